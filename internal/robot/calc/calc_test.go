package calc_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/robot/calc"
)

func TestSums(t *testing.T) {
	for text, want := range map[string]string{
		"1+1":                           "2",
		"0.1+0.2":                       "0.3",
		"2+3*4":                         "14",
		"(2+3)*4":                       "20",
		"2(3+4)":                        "14",
		"-2^2":                          "-4",
		"(-2)^2":                        "4",
		"2^3^2":                         "512",
		"2^-2":                          "0.25",
		"2**10":                         "1024",
		"2的10次方":                        "1024",
		"二的三次方加一":                       "9",
		"10/4":                          "2.5",
		"1/3":                           "~0.333333333333",
		"2/3":                           "~0.666666666667",
		"100/7":                         "~14.2857142857",
		"17 % 5":                        "2",
		"-7 mod 3":                      "2",
		"7.5 mod 2":                     "1.5",
		"20% of 50":                     "10",
		"20 percent of 50":              "10",
		"200+10%":                       "220",
		"200-10%":                       "180",
		"200*10%":                       "20",
		"50%":                           "0.5",
		"5!":                            "120",
		"3²+4²":                         "25",
		"sqrt(16)":                      "4",
		"√2":                            "~1.41421356237",
		"sqrt 2 * sqrt 2":               "~2",
		"sqrt(1/4)":                     "0.5",
		"4^0.5":                         "2",
		"8^(1/3)":                       "~2",
		"2 pi":                          "~6.28318530718",
		"2*e":                           "~5.43656365692",
		"log 1000":                      "3",
		"abs(-5)":                       "5",
		"1,000,000 * 3":                 "3000000",
		"12,5":                          "!",
		"3 x 4":                         "12",
		"6÷2×3":                         "9",
		"12 plus 30":                    "42",
		"seven times eight":             "56",
		"100 divided by 8":              "12.5",
		"5 squared":                     "25",
		"2 to the power of 10":          "1024",
		"the square root of 81":         "9",
		"三加五":                           "8",
		"25乘以4":                         "100",
		"一百二十三减二十三":                     "100",
		"三百五加五十":                        "400",
		"十五除以四":                         "3.75",
		"两万五乘二":                         "50000",
		"三点一四乘二":                        "6.28",
		"百分之二十的五十":                      "10",
		"百分之二十乘五十":                      "10",
		"九的平方根":                         "3",
		"9开平方":                          "3",
		"根号16":                          "4",
		"5的平方":                          "25",
		"3的立方":                          "27",
		"5的阶乘":                          "120",
		"1.5万+5000":                     "20000",
		"一万亿除以一亿":                       "10000",
		"负三加五":                          "2",
		"二〇二六减一":                        "2025",
		"1000000007*998244353":          "998244359987710471",
		"2^200":                         "~1.60693804426 × 10^60",
		"1/10^9":                        "0.000000001",
		"1/3/10^9":                      "~3.33333333333 × 10^-10",
		"1^99999999999":                 "1",
		"(-1)^99999999999":              "-1",
		"0^5":                           "0",
		"1/0":                           "zero",
		"5 mod 0":                       "zero",
		"0^-1":                          "zero",
		"sqrt(-4)":                      "root",
		"(-8)^0.3":                      "root",
		"ln 0":                          "large",
		"9^9^9":                         "large",
		"2^99999":                       "large",
		"401!":                          "large",
		"400!*400!*400!":                "large",
		"12":                            "!",
		"-12":                           "!",
		"":                              "!",
		"hello":                         "!",
		"1+":                            "!",
		"(1+2":                          "!",
		"1+2)":                          "!",
		"1 2":                           "!",
		"3 apples":                      "!",
		"example":                       "!",
		"2.5!":                          "!",
		"百分之":                           "!",
		"+":                             "!",
		strings.Repeat("(", 60) + "1+1": "!",
		strings.Repeat("1+", 200) + "1": "!",
		strings.Repeat("-", 90) + "1":   "!",
		strings.Repeat("9", 150) + "+1": "!",
		strings.Repeat("2^", 60) + "1":  "!",
	} {
		r, err := calc.Eval(text)
		got := "!"
		switch {
		case err == nil:
			var exact bool
			if got, exact = r.Text(); !exact {
				got = "~" + got
			}
		case errors.Is(err, calc.ErrZero):
			got = "zero"
		case errors.Is(err, calc.ErrRoot):
			got = "root"
		case errors.Is(err, calc.ErrTooLarge):
			got = "large"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestFractions(t *testing.T) {
	for text, want := range map[string]string{"1/3": "1/3", "2/4": "", "1/3+1/3": "2/3", "√2": "", "1/1048583": ""} {
		r, err := calc.Eval(text)
		if got := r.Fraction(); err != nil || got != want {
			t.Errorf("%q is the fraction %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestChinese(t *testing.T) {
	for text, want := range map[string]string{
		"零": "0", "十": "10", "十五": "15", "二十": "20", "两百": "200", "一百零三": "103", "一百一十": "110", "一百十五": "115", "三千零五十": "3050",
		"一万二": "12000", "三百五": "350", "一亿零一": "100000001", "二〇二六": "2026", "一点五": "3/2", "半": "1/2", "十二万三千": "123000",
		"点五": "", "一点": "", "": "", "万": "", "一二十": "", "哈": "", "一点十": "",
		strings.Repeat("九", 40): "", "九千万亿亿亿": "",
	} {
		got := ""
		if v, ok := calc.Chinese(text); ok {
			got = v.RatString()
		}
		if got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
}

// Nothing that is typed takes long or panics.
func FuzzEval(f *testing.F) {
	for _, s := range []string{"1+1", "9^9^9", "√(2)!%", "三加五", "百分之二十的", "((((", "2 pi e", "1/0", "(-1)^(1/2)", "4096^4096", "1e5", "0.0000001^300"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := calc.Eval(s); err == nil {
			if text, _ := r.Text(); text == "" || len(text) > 60 {
				t.Errorf("%q is %q", s, text)
			}
			_ = r.Fraction()
		}
	})
}
