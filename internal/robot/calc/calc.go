package calc

import (
	"errors"
	"math"
	"math/big"
	"strings"
)

// Bounds, so that no sum takes long.
const (
	maxText   = 300
	maxDepth  = 40
	maxBits   = 4096 // of a number, above or below the line
	maxPower  = 4096
	maxFactor = 400 // for !
)

// What is wrong with a sum.
var (
	ErrNotSum   = errors.New("calc: this is no sum")
	ErrZero     = errors.New("calc: division by zero")
	ErrTooLarge = errors.New("calc: too large")
	ErrRoot     = errors.New("calc: no real result")
)

// Result of a sum.
type Result struct {
	value   *big.Rat
	rounded bool // a root or the like went into it
}

// Rat gives the value.
func (r Result) Rat() *big.Rat { return r.value }

// Eval does a sum. ErrNotSum is for what is none: a number alone is not.
func Eval(text string) (Result, error) {
	if len(text) > maxText {
		return Result{}, ErrNotSum
	}
	tokens, err := scan(text)
	if err != nil {
		return Result{}, err
	}
	p := &parser{tokens: tokens}
	v, err := p.sum()
	switch {
	case err != nil:
		return Result{}, err
	case p.at < len(p.tokens), p.operations == 0:
		return Result{}, ErrNotSum
	}
	return v, nil
}

type parser struct {
	tokens     []token
	at         int
	depth      int
	operations int
}

func (p *parser) peek() kind {
	if p.at < len(p.tokens) {
		return p.tokens[p.at].kind
	}
	return end
}

func (p *parser) take(k kind) bool {
	if p.peek() != k {
		return false
	}
	p.at++
	return true
}

// sum is terms with + and -. A percentage behind them is one of what is before:
// 200 + 10% is 220.
func (p *parser) sum() (Result, error) {
	if p.depth++; p.depth > maxDepth {
		return Result{}, ErrNotSum
	}
	defer func() { p.depth-- }()
	left, _, err := p.product()
	for err == nil {
		minus := p.peek() == sub
		if !minus && p.peek() != add {
			return left, nil
		}
		p.at++
		p.operations++
		var right Result
		var percent bool
		if right, percent, err = p.product(); err != nil {
			break
		}
		if percent {
			right.value = new(big.Rat).Mul(left.value, right.value)
		}
		if minus {
			right.value = new(big.Rat).Neg(right.value)
		}
		left, err = checked(new(big.Rat).Add(left.value, right.value), left.rounded || right.rounded)
	}
	return Result{}, err
}

func (p *parser) product() (left Result, percent bool, err error) {
	left, percent, err = p.signed()
	for err == nil {
		op := p.peek()
		if op != mul && op != div && op != mod {
			return left, percent, nil
		}
		p.at++
		p.operations++
		var right Result
		if right, _, err = p.signed(); err != nil {
			break
		}
		percent = false
		rounded := left.rounded || right.rounded
		out := new(big.Rat)
		switch {
		case op == mul:
			out.Mul(left.value, right.value)
		case right.value.Sign() == 0:
			return left, false, ErrZero
		case op == div:
			out.Quo(left.value, right.value)
		default:
			q := new(big.Rat).Quo(left.value, right.value)
			floor := new(big.Int).Div(q.Num(), q.Denom()) // Euclidean; the denominator is positive
			out.Sub(left.value, new(big.Rat).Mul(right.value, new(big.Rat).SetInt(floor)))
		}
		left, err = checked(out, rounded)
	}
	return left, false, err
}

func (p *parser) signed() (Result, bool, error) {
	minus := false
	for n := 0; ; n++ {
		switch {
		case n > maxDepth:
			return Result{}, false, ErrNotSum
		case p.take(sub):
			minus = !minus
			continue
		case p.take(add):
			continue
		}
		break
	}
	v, percent, err := p.power()
	if err == nil && minus {
		v.value = new(big.Rat).Neg(v.value)
	}
	return v, percent, err
}

// power binds to the right, and stronger than a sign: -2^2 is -4.
func (p *parser) power() (Result, bool, error) {
	base, percent, err := p.postfix()
	if err != nil || !p.take(pow) {
		return base, percent, err
	}
	p.operations++
	if p.depth++; p.depth > maxDepth {
		return base, false, ErrNotSum
	}
	defer func() { p.depth-- }()
	exponent, _, err := p.signed()
	if err != nil {
		return base, false, err
	}
	out, err := raise(base, exponent)
	return out, false, err
}

func raise(base, exponent Result) (Result, error) {
	rounded := base.rounded || exponent.rounded
	if !exponent.value.IsInt() {
		b, _ := base.value.Float64()
		e, _ := exponent.value.Float64()
		if exponent.value.Cmp(big.NewRat(1, 2)) == 0 {
			return root(base)
		}
		return fromFloat(math.Pow(b, e))
	}
	n := exponent.value.Num()
	if !n.IsInt64() || n.Int64() > maxPower || n.Int64() < -maxPower {
		if small := new(big.Rat).Abs(base.value); small.Cmp(big.NewRat(1, 1)) == 0 || small.Sign() == 0 && n.Sign() > 0 {
			if small.Sign() != 0 && base.value.Sign() < 0 && n.Bit(0) == 1 {
				small.Neg(small)
			}
			return Result{small, rounded}, nil
		}
		return Result{}, ErrTooLarge
	}
	e := n.Int64()
	if e < 0 && base.value.Sign() == 0 {
		return Result{}, ErrZero
	}
	times := int(max(e, -e))
	if times > 0 && max(base.value.Num().BitLen(), base.value.Denom().BitLen())*times > 2*maxBits {
		return Result{}, ErrTooLarge
	}
	k := big.NewInt(int64(times))
	out := new(big.Rat).SetFrac(new(big.Int).Exp(base.value.Num(), k, nil), new(big.Int).Exp(base.value.Denom(), k, nil))
	if e < 0 {
		out.Inv(out)
	}
	return checked(out, rounded)
}

// postfix is a value with !, %, ² or ³ behind it.
func (p *parser) postfix() (Result, bool, error) {
	v, err := p.value()
	percent := false
	for err == nil {
		switch {
		case p.take(factorial):
			p.operations++
			if !v.value.IsInt() || v.value.Sign() < 0 {
				return v, false, ErrNotSum
			}
			if v.value.Cmp(big.NewRat(maxFactor, 1)) > 0 {
				return v, false, ErrTooLarge
			}
			v.value = new(big.Rat).SetInt(new(big.Int).MulRange(1, v.value.Num().Int64()))
			percent = false
		case p.take(hundredth):
			p.operations++
			v.value = new(big.Rat).Quo(v.value, big.NewRat(100, 1))
			percent = true
		case p.take(square):
			p.operations++
			v, err = raise(v, Result{value: big.NewRat(2, 1)})
		case p.take(cube):
			p.operations++
			v, err = raise(v, Result{value: big.NewRat(3, 1)})
		case p.take(rootOf): // behind it: 9 的平方根
			p.operations++
			v, err = root(v)
		default:
			return v, percent, nil
		}
	}
	return v, false, err
}

func (p *parser) value() (Result, error) {
	if p.at == len(p.tokens) {
		return Result{}, ErrNotSum
	}
	t := p.tokens[p.at]
	p.at++
	switch t.kind {
	case number:
		return Result{t.value, t.rounded}, nil
	case open:
		v, err := p.sum()
		if err == nil && !p.take(shut) {
			err = ErrNotSum
		}
		return v, err
	case function:
		p.operations++
		if p.depth++; p.depth > maxDepth {
			return Result{}, ErrNotSum
		}
		defer func() { p.depth-- }()
		v, _, err := p.signed()
		if err != nil {
			return v, err
		}
		return t.fn(v)
	}
	return Result{}, ErrNotSum
}

func checked(v *big.Rat, rounded bool) (Result, error) {
	if v.Num().BitLen() > maxBits || v.Denom().BitLen() > maxBits {
		return Result{}, ErrTooLarge
	}
	return Result{v, rounded}, nil
}

func fromFloat(f float64) (Result, error) {
	if math.IsNaN(f) {
		return Result{}, ErrRoot
	}
	if math.IsInf(f, 0) {
		return Result{}, ErrTooLarge
	}
	v := new(big.Rat)
	v.SetFloat64(f)
	return Result{v, true}, nil
}

// root is exact for squares, and good for 30 digits otherwise.
func root(v Result) (Result, error) {
	if v.value.Sign() < 0 {
		return Result{}, ErrRoot
	}
	n, d := new(big.Int).Sqrt(v.value.Num()), new(big.Int).Sqrt(v.value.Denom())
	exact := new(big.Rat).SetFrac(n, d)
	if new(big.Rat).Mul(exact, exact).Cmp(v.value) == 0 {
		return Result{exact, v.rounded}, nil
	}
	f := new(big.Float).SetPrec(128).SetRat(v.value)
	out, _ := f.Sqrt(f).Rat(nil)
	return checked(out, true)
}

func float(fn func(float64) float64) func(Result) (Result, error) {
	return func(v Result) (Result, error) {
		f, _ := v.value.Float64()
		return fromFloat(fn(f))
	}
}

// Text writes the result for people: exactly if it has at most 15 decimals,
// else rounded to 12 digits. exact tells which.
func (r Result) Text() (text string, exact bool) { return Format(r.value, r.rounded) }

// Fraction is the result as a fraction, if it is a small one that decimals can
// not tell.
func (r Result) Fraction() string {
	if _, exact := r.Text(); exact || r.rounded || r.value.Denom().BitLen() > 20 || r.value.Num().BitLen() > 40 {
		return ""
	}
	return r.value.RatString()
}

// Format writes a number for people; see Result.Text.
func Format(v *big.Rat, rounded bool) (text string, exact bool) { return format(v, rounded, 12) }

// Short writes a number for people who measure: exactly if it has at most 15
// decimals, else rounded to 7 digits.
func Short(v *big.Rat) (text string, exact bool) { return format(v, false, 7) }

func format(v *big.Rat, rounded bool, digits int) (text string, exact bool) {
	const decimals, longest = 15, 40
	if !rounded {
		if n, ok := terminating(v); ok && n <= decimals {
			if s := v.FloatString(n); len(s) <= longest {
				return s, true
			}
		}
	}
	f, _ := new(big.Float).SetPrec(200).SetRat(v).Float64()
	size := math.Abs(f)
	if v.Sign() != 0 && (size < 1e-6 || size >= 1e21) {
		s := new(big.Float).SetPrec(200).SetRat(v).Text('e', digits-1)
		mantissa, exponent, _ := strings.Cut(s, "e")
		mantissa = strings.TrimSuffix(strings.TrimRight(mantissa, "0"), ".")
		exponent = strings.TrimLeft(strings.TrimPrefix(exponent, "+"), "0")
		return mantissa + " × 10^" + strings.Replace(exponent, "-0", "-", 1), false
	}
	places := 0
	if v.Sign() != 0 {
		places = max(0, digits-1-int(math.Floor(math.Log10(size))))
	}
	s := v.FloatString(places)
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	back, ok := new(big.Rat).SetString(s)
	return s, ok && back.Cmp(v) == 0
}

// terminating tells how many decimals a number has, if they end.
func terminating(v *big.Rat) (int, bool) {
	d := new(big.Int).Set(v.Denom())
	two, five := strip(d, 2), strip(d, 5)
	return max(two, five), d.IsInt64() && d.Int64() == 1
}

func strip(d *big.Int, by int64) (n int) {
	divisor, rest := big.NewInt(by), new(big.Int)
	for {
		q, _ := new(big.Int).QuoRem(d, divisor, rest)
		if rest.Sign() != 0 {
			return n
		}
		d.Set(q)
		n++
	}
}
