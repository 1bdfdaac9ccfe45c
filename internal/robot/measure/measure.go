// Package measure converts between units, with exact factors and in the names
// that people type, Chinese and English.
package measure

import (
	"errors"
	"math/big"
	"slices"
	"strings"

	"github.com/happychat/happychat/internal/robot/calc"
)

// ErrNotMeasure is returned for what is no question about units.
var ErrNotMeasure = errors.New("measure: this is no conversion")

// ErrDimension: both are units, but of different things.
var ErrDimension = errors.New("measure: these measure different things")

// Unit of a dimension.
type Unit struct {
	Chinese, English string // what it is called in an answer
	dimension        string
	factor           *big.Rat // times the base unit
	offset           *big.Rat // added to the base unit: of temperatures
	names            []string
}

// Name is what the unit is called.
func (u *Unit) Name(chinese bool) string {
	if chinese {
		return u.Chinese
	}
	return u.English
}

// Singular is what one of it is called in English.
func (u *Unit) Singular() string {
	switch u.English {
	case "feet":
		return "foot"
	case "inches":
		return "inch"
	}
	if one, plural := strings.CutSuffix(u.English, "s"); plural && slices.Contains(u.names, one) {
		return one
	}
	return u.English
}

// Conversion is a question about units with its answer.
type Conversion struct {
	From, To *Unit
	Amount   *big.Rat
	Result   *big.Rat
}

func convert(amount *big.Rat, from, to *Unit) *big.Rat {
	base := new(big.Rat).Mul(amount, from.factor)
	if from.offset != nil {
		base.Add(base, from.offset)
	}
	if to.offset != nil {
		base.Sub(base, to.offset)
	}
	return base.Quo(base, to.factor)
}

// Words around a question that say nothing about it; the text is in lower case
// and without marks at its end.
var (
	leading   = []string{"请问", "帮我", "换算", "转换", "计算", "算一下", "算算", "把", "将", "一下", "convert", "what is", "what's", "whats", "how much is", "how much are", "how long is", "how far is", "how heavy is", "calculate", "please"}
	trailing  = []string{"是多少", "等于多少", "等于", "多少", "是什么", "呢", "啊", "吗", "?", "=", "please"}
	between   = []string{"是多少", "等于多少", "等于几", "是几", "有多少", "有几", "换算成多少", "换算成", "换算为", "转换成", "转换为", "转成", "换成", "折合", "合多少", "合", "等于", "多少", "几", "到", "为", "is how many", "are how many", "is what in", "equals how many", "equals", "equal to", "expressed in", "converted to", "into", "in", "to", "as", "=>", "->", "→", "=", "是"}
	backwards = []string{"are there in", "are in", "is in", "there are in", "in", "make", "is", "are", "equals", "="}
)

// Parse answers a question such as "5 km in miles", "3斤是多少公斤" or "how many
// feet are in a mile".
func Parse(text string) (Conversion, error) {
	if len(text) > 200 {
		return Conversion{}, ErrNotMeasure
	}
	text = cutAround(text)
	for _, prefix := range []string{"how many ", "how much "} {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			return parseBackwards(rest)
		}
	}
	amount, rest, ok := quantity(text)
	if !ok {
		return Conversion{}, ErrNotMeasure
	}
	for _, from := range unitsAt(rest) {
		rest := strings.TrimLeft(rest[len(from.name):], " ")
		amount := amount
		if half, ok := strings.CutPrefix(rest, "半"); ok { // 两斤半
			amount, rest = new(big.Rat).Add(amount, big.NewRat(1, 2)), strings.TrimLeft(half, " ")
		}
		if more, after, ok := further(rest, from.Unit); ok { // 5 feet 10 inches
			amount, rest = new(big.Rat).Add(amount, more), after
		}
		rest, ok := cutFirst(rest, between)
		if !ok {
			continue
		}
		if to := unitNamed(rest, from.Unit); to != nil {
			return finish(amount, from.Unit, to)
		}
	}
	return Conversion{}, ErrNotMeasure
}

// further reads a second amount in a smaller unit of the same dimension, and
// gives it in the first.
func further(text string, first *Unit) (*big.Rat, string, bool) {
	if first.offset != nil {
		return nil, text, false
	}
	amount, rest, ok := quantity(text)
	if !ok {
		return nil, text, false
	}
	for _, u := range unitsAt(rest) {
		if u.dimension == first.dimension && u.factor.Cmp(first.factor) < 0 {
			return convert(amount, u.Unit, first), strings.TrimLeft(rest[len(u.name):], " "), true
		}
	}
	return nil, text, false
}

// parseBackwards is for "how many feet are in 2 miles".
func parseBackwards(text string) (Conversion, error) {
	for _, to := range unitsAt(text) {
		rest, ok := cutFirst(strings.TrimLeft(text[len(to.name):], " "), backwards)
		if !ok {
			continue
		}
		amount, rest, ok := quantity(rest)
		if !ok {
			continue
		}
		if from := unitNamed(rest, to.Unit); from != nil {
			return finish(amount, from, to.Unit)
		}
	}
	return Conversion{}, ErrNotMeasure
}

func finish(amount *big.Rat, from, to *Unit) (Conversion, error) {
	if from.dimension != to.dimension {
		return Conversion{From: from, To: to}, ErrDimension
	}
	return Conversion{From: from, To: to, Amount: amount, Result: convert(amount, from, to)}, nil
}

func cutAround(text string) string {
	for again := true; again; {
		again = false
		text = strings.TrimSpace(text)
		for _, w := range leading {
			if rest, ok := strings.CutPrefix(text, w); ok {
				text, again = strings.TrimSpace(rest), true
			}
		}
		for _, w := range trailing {
			if rest, ok := strings.CutSuffix(text, w); ok && rest != "" {
				text, again = strings.TrimSpace(rest), true
			}
		}
	}
	return text
}

// cutFirst takes the words of the list that a text begins with, at least one.
func cutFirst(text string, list []string) (string, bool) {
	found := false
	for again := true; again; {
		again = false
		for _, w := range list {
			rest, ok := strings.CutPrefix(text, w)
			if !ok || letter(w[len(w)-1]) && rest != "" && rest[0] != ' ' {
				continue
			}
			text, found, again = strings.TrimLeft(rest, " "), true, true
			break
		}
	}
	return text, found
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' }

// quantity reads the number that a text begins with; a, an and one are 1.
func quantity(text string) (*big.Rat, string, bool) {
	sign := big.NewRat(1, 1)
	for _, minus := range []string{"-", "−", "minus ", "零下", "负"} {
		if rest, ok := strings.CutPrefix(text, minus); ok {
			sign, text = big.NewRat(-1, 1), strings.TrimLeft(rest, " ")
			break
		}
	}
	for _, one := range []string{"half a ", "half an ", "a ", "an ", "the ", "one "} {
		if rest, ok := strings.CutPrefix(text, one); ok {
			v := big.NewRat(1, 1)
			if strings.HasPrefix(one, "half") {
				v = big.NewRat(1, 2)
			}
			return v.Mul(v, sign), strings.TrimLeft(rest, " "), true
		}
	}
	v, n := calc.Number(text)
	if shorter, ok := strings.CutSuffix(text[:n], "两"); ok && shorter != "" { // 二两: the unit
		v, n = calc.Number(shorter)
	}
	if rest, ok := strings.CutPrefix(text, "半"); ok {
		v, n = big.NewRat(1, 2), len(text)-len(rest)
	}
	if n == 0 {
		return nil, text, false
	}
	rest := strings.TrimLeft(text[n:], " ")
	rest = strings.TrimPrefix(rest, "个")
	return new(big.Rat).Mul(v, sign), rest, true
}

type named struct {
	name string
	*Unit
}

// unitsAt lists the units that a text begins with, the longest name first.
func unitsAt(text string) []named {
	var found []named
	for _, n := range byLength {
		rest, ok := strings.CutPrefix(text, n.name)
		if !ok || letter(n.name[len(n.name)-1]) && rest != "" && letter(rest[0]) {
			continue
		}
		found = append(found, n)
	}
	return found
}

// unitNamed is the unit that a text is the whole name of; of those with the
// same name, one that goes with the other.
func unitNamed(text string, with *Unit) *Unit {
	var found *Unit
	for _, n := range byLength {
		if n.name == strings.TrimSpace(text) && (found == nil || n.dimension == with.dimension) {
			found = n.Unit
		}
	}
	return found
}

var byLength = func() []named {
	var list []named
	for i := range units {
		for _, name := range units[i].names {
			list = append(list, named{name, &units[i]})
		}
	}
	slices.SortStableFunc(list, func(a, b named) int { return len(b.name) - len(a.name) })
	return list
}()
