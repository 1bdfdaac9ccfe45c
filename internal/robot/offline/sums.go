package offline

import (
	"errors"
	"regexp"
	"strings"

	"github.com/happychat/happychat/internal/robot/calc"
	"github.com/happychat/happychat/internal/robot/measure"
)

// question strips what people put around a sum or a conversion.
func question(text string) string {
	text = strings.TrimSpace(text)
	for again := true; again; {
		again = false
		for _, w := range []string{"请问", "帮我", "麻烦", "算一下", "算算", "计算一下", "计算", "求", "算", "what is", "what's", "whats", "calculate", "compute", "how much is", "how much are", "please", "tell me", "so", "and", "hey", ","} {
			if rest, ok := strings.CutPrefix(text, w); ok && (!latin(w[len(w)-1]) || rest == "" || !latin(rest[0])) {
				text, again = strings.TrimSpace(rest), true
			}
		}
		for _, w := range []string{"等于多少", "等于几", "是多少", "是几", "得多少", "得几", "等于", "多少", "呢", "吗", "啊", "?", "=", ".", ",", "please", "equals"} {
			if rest, ok := strings.CutSuffix(text, w); ok {
				text, again = strings.TrimSpace(rest), true
			}
		}
	}
	return text
}

var reDiscount = regexp.MustCompile(`^(.+?)(?:元|块钱|块)?的?打([一二三四五六七八九]|[1-9])([一二三四五六七八九]|[1-9])?折`)

// sum does arithmetic.
func sum(q *ask) (string, bool) {
	text := question(q.plain)
	if m := reDiscount.FindStringSubmatch(text); m != nil { // 打八五折
		text = "(" + m[1] + ")*0." + digit(m[2]) + digit(m[3])
	}
	r, err := calc.Eval(text)
	switch {
	case errors.Is(err, calc.ErrZero):
		return q.say("除数不能是零哦。", "Nothing can be divided by zero."), true
	case errors.Is(err, calc.ErrRoot):
		return q.say("这个在实数范围内没有结果。", "There is no real number that this could be."), true
	case errors.Is(err, calc.ErrTooLarge):
		return q.say("这个数太大了，我算不下。", "That number is too large for me."), true
	case err != nil:
		return "", false
	}
	value, exact := r.Text()
	sign := " = "
	if !exact {
		sign = " ≈ "
	}
	out := tidy(q, text) + sign + value
	if f := r.Fraction(); f != "" {
		out += q.say("（"+f+"）", " ("+f+")")
	}
	return out, true
}

// tidy is the sum as it was typed, if it is in figures; short sums only.
func tidy(q *ask, text string) string {
	at := strings.Index(q.plain, text)
	if at < 0 {
		return text
	}
	from := len([]rune(q.plain[:at]))
	return strings.TrimSpace(string(q.kept[from : from+len([]rune(text))]))
}

func digit(s string) string {
	if n := num(s); s != "" && n >= 0 {
		return string(rune('0' + n))
	}
	return ""
}

// conversion converts units.
func conversion(q *ask) (string, bool) {
	c, err := measure.Parse(strings.TrimRight(strings.TrimSpace(q.plain), " ?.!,"))
	if errors.Is(err, measure.ErrDimension) {
		return q.say(
			c.From.Name(true)+"和"+c.To.Name(true)+"不是一类单位，没法换算。",
			c.From.Name(false)+" and "+c.To.Name(false)+" measure different things, so one can not become the other."), true
	}
	if err != nil {
		return "", false
	}
	amount, _ := calc.Format(c.Amount, false)
	result, exact := calc.Short(c.Result)
	sign := " = "
	if !exact {
		sign = " ≈ "
	}
	from := c.From.Name(q.zh)
	if !q.zh && amount == "1" {
		from = c.From.Singular()
	}
	return amount + " " + from + sign + result + " " + c.To.Name(q.zh), true
}
