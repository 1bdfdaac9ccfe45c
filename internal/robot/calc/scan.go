package calc

import (
	"math"
	"math/big"
	"sort"
	"strings"
	"unicode/utf8"
)

type kind int

const (
	end kind = iota
	number
	add
	sub
	mul
	div
	mod
	pow
	factorial
	hundredth
	square
	cube
	rootOf
	powerOf
	open
	shut
	function
)

type token struct {
	kind    kind
	value   *big.Rat
	rounded bool
	fn      func(Result) (Result, error)
}

// words are what operators are called, the longest first.
var words = func() []word {
	list := []word{
		{"+", token{kind: add}},
		{"plus", token{kind: add}},
		{"and", token{kind: add}},
		{"加上", token{kind: add}},
		{"加", token{kind: add}},
		{"-", token{kind: sub}},
		{"−", token{kind: sub}},
		{"–", token{kind: sub}},
		{"minus", token{kind: sub}},
		{"减去", token{kind: sub}},
		{"减", token{kind: sub}},
		{"负", token{kind: sub}},
		{"*", token{kind: mul}},
		{"×", token{kind: mul}},
		{"·", token{kind: mul}},
		{"x", token{kind: mul}},
		{"times", token{kind: mul}},
		{"multiplied by", token{kind: mul}},
		{"of", token{kind: mul}},
		{"乘以", token{kind: mul}},
		{"乘上", token{kind: mul}},
		{"乘", token{kind: mul}},
		{"的", token{kind: mul}},
		{"/", token{kind: div}},
		{"÷", token{kind: div}},
		{"divided by", token{kind: div}},
		{"over", token{kind: div}},
		{"除以", token{kind: div}},
		{"mod", token{kind: mod}},
		{"取余", token{kind: mod}},
		{"模", token{kind: mod}},
		{"^", token{kind: pow}},
		{"**", token{kind: pow}},
		{"to the power of", token{kind: pow}},
		{"to the power", token{kind: pow}},
		{"!", token{kind: factorial}},
		{"factorial", token{kind: factorial}},
		{"的阶乘", token{kind: factorial}},
		{"%", token{kind: hundredth}},
		{"percent of", token{kind: hundredth}},
		{"percent", token{kind: hundredth}},
		{"per cent", token{kind: hundredth}},
		{"²", token{kind: square}},
		{"squared", token{kind: square}},
		{"的平方", token{kind: square}},
		{"平方", token{kind: square}},
		{"³", token{kind: cube}},
		{"cubed", token{kind: cube}},
		{"的立方", token{kind: cube}},
		{"立方", token{kind: cube}},
		{"次方", token{kind: powerOf}},
		{"次幂", token{kind: powerOf}},
		{"的平方根", token{kind: rootOf}},
		{"开平方", token{kind: rootOf}},
		{"开方", token{kind: rootOf}},
		{"(", token{kind: open}},
		{"[", token{kind: open}},
		{")", token{kind: shut}},
		{"]", token{kind: shut}},
		{"√", token{kind: function, fn: root}},
		{"sqrt", token{kind: function, fn: root}},
		{"square root of", token{kind: function, fn: root}},
		{"the square root of", token{kind: function, fn: root}},
		{"根号", token{kind: function, fn: root}},
		{"abs", token{kind: function, fn: func(v Result) (Result, error) { return Result{new(big.Rat).Abs(v.value), v.rounded}, nil }}},
		{"sin", token{kind: function, fn: float(math.Sin)}},
		{"cos", token{kind: function, fn: float(math.Cos)}},
		{"tan", token{kind: function, fn: float(math.Tan)}},
		{"ln", token{kind: function, fn: float(math.Log)}},
		{"log", token{kind: function, fn: float(math.Log10)}},
		{"lg", token{kind: function, fn: float(math.Log10)}},
		{"log2", token{kind: function, fn: float(math.Log2)}},
		{"pi", constant(math.Pi)},
		{"π", constant(math.Pi)},
		{"圆周率", constant(math.Pi)},
		{"e", constant(math.E)},
		{"半", token{kind: number, value: big.NewRat(1, 2)}},
		{"zero", whole(0)},
		{"one", whole(1)},
		{"two", whole(2)},
		{"three", whole(3)},
		{"four", whole(4)},
		{"five", whole(5)},
		{"six", whole(6)},
		{"seven", whole(7)},
		{"eight", whole(8)},
		{"nine", whole(9)},
		{"ten", whole(10)},
		{"eleven", whole(11)},
		{"twelve", whole(12)},
		{"twenty", whole(20)},
		{"hundred", whole(100)},
		{"half", token{kind: number, value: big.NewRat(1, 2)}},
	}
	sort.SliceStable(list, func(i, j int) bool { return len(list[i].text) > len(list[j].text) })
	return list
}()

type word struct {
	text string
	token
}

func constant(f float64) token {
	v := new(big.Rat)
	v.SetFloat64(f)
	return token{kind: number, value: v, rounded: true}
}

func whole(n int64) token { return token{kind: number, value: big.NewRat(n, 1)} }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }

// scan cuts a text into tokens; it is in lower case.
func scan(text string) ([]token, error) {
	var list []token
	var after []token // what stands behind the next number
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimLeft(rest, " \t") {
		if behind, ok := strings.CutPrefix(rest, "百分之"); ok {
			after, rest = append(after, token{kind: hundredth}), behind
			continue
		}
		if t, n := figures(rest); n > 0 {
			list = append(append(list, t), after...)
			after, rest = nil, rest[n:]
			continue
		}
		w, ok := wordAt(rest)
		if !ok {
			return nil, ErrNotSum
		}
		rest = rest[len(w.text):]
		switch {
		case w.kind == hundredth && w.text == "%" && startsValue(rest):
			list = append(list, token{kind: mod}) // 17 % 5
		case w.kind == powerOf: // 2 的 10 次方
			if n := len(list); n < 3 || list[n-1].kind != number || list[n-2].kind != mul {
				return nil, ErrNotSum
			}
			list[len(list)-2] = token{kind: pow}
		case w.text == "percent of":
			list = append(list, w.token, token{kind: mul})
		default:
			list = append(list, w.token)
		}
	}
	if after != nil {
		return nil, ErrNotSum
	}
	return implied(list), nil
}

// startsValue tells whether a number or a parenthesis comes next.
func startsValue(s string) bool {
	s = strings.TrimLeft(s, " ")
	if s == "" {
		return false
	}
	_, n := figures(s)
	return n > 0 || s[0] == '('
}

// implied puts the multiplication between 2 and (3+4), or 2 and π.
func implied(list []token) []token {
	out := make([]token, 0, len(list))
	for i, t := range list {
		if i > 0 {
			before := list[i-1].kind
			value := before == shut || before == number
			if value && (t.kind == open || t.kind == function || t.kind == number && t.rounded && !list[i-1].rounded) {
				out = append(out, token{kind: mul})
			}
		}
		out = append(out, t)
	}
	return out
}

// wordAt finds the longest word that the text begins with. One of letters ends
// where the letters end.
func wordAt(s string) (word, bool) {
	for _, w := range words {
		if !strings.HasPrefix(s, w.text) {
			continue
		}
		n := len(w.text)
		if isLetter(w.text[n-1]) && n < len(s) && isLetter(s[n]) {
			continue
		}
		return w, true
	}
	return word{}, false
}

// figures reads a number in figures, with , between the thousands and 万 or 亿
// behind it, or one in Chinese words, and says how long it is.
func figures(s string) (token, int) {
	n, digits, dot := 0, 0, false
	for ; n < len(s); n++ {
		c := s[n]
		switch {
		case c >= '0' && c <= '9':
			digits++
			continue
		case c == '.' && !dot && n+1 < len(s) && s[n+1] >= '0' && s[n+1] <= '9':
			dot = true
			continue
		case c == ',' && !dot && digits > 0 && thousands(s[n+1:]):
			continue
		}
		break
	}
	if digits == 0 {
		return chineseFigures(s)
	}
	if digits > 100 {
		return token{}, 0
	}
	v, ok := new(big.Rat).SetString(strings.ReplaceAll(s[:n], ",", ""))
	if !ok {
		return token{}, 0
	}
	if r, size := utf8.DecodeRuneInString(s[n:]); chineseGroups[r] != 0 {
		v.Mul(v, big.NewRat(chineseGroups[r], 1))
		n += size
	}
	return token{kind: number, value: v}, n
}

// Number reads the number that a text begins with, in figures or in Chinese
// words, and says how many bytes it takes; 0 if there is none.
func Number(text string) (*big.Rat, int) {
	t, n := figures(text)
	return t.value, n
}

// thousands tells whether exactly three digits follow.
func thousands(s string) bool {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n == 3
}

func chineseFigures(s string) (token, int) {
	n := 0
	for i, r := range s {
		if !IsChineseDigit(r) && r != '点' {
			break
		}
		n = i + len(string(r))
	}
	v, ok := Chinese(s[:n])
	if !ok {
		return token{}, 0
	}
	return token{kind: number, value: v}, n
}
