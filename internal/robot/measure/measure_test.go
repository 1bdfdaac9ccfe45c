package measure_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/robot/calc"
	"github.com/happychat/happychat/internal/robot/measure"
)

func TestConversions(t *testing.T) {
	for text, want := range map[string]string{
		"5 km in miles":                   "5 km = 3.10685596119 miles",
		"5km to mi":                       "5 km = 3.10685596119 miles",
		"convert 10 miles to km":          "10 miles = 16.09344 km",
		"how many feet are in a mile":     "1 miles = 5280 feet",
		"how many feet are in a mile?":    "1 miles = 5280 feet",
		"how many cm in 2 m":              "2 m = 200 cm",
		"what is 100 f in c":              "100 °F = 37.7777777778 °C",
		"32°f in °c":                      "32 °F = 0 °C",
		"-40 c to f":                      "-40 °C = -40 °F",
		"0 kelvin in celsius":             "0 K = -273.15 °C",
		"12 in in cm":                     "12 inches = 30.48 cm",
		"5 feet 10 inches in cm":          "5.83333333333 feet = 177.8 cm",
		"1 gb in mb":                      "1 GB = 1000 MB",
		"1 gib in mib":                    "1 GiB = 1024 MiB",
		"100 mbit to mb":                  "100 Mbit = 12.5 MB",
		"60 mph in km/h":                  "60 mph = 96.56064 km/h",
		"1 acre in m2":                    "1 acres = 4046.8564224 m²",
		"2 oz to g":                       "2 oz = 56.69904625 g",
		"8 fl oz in ml":                   "8 fl oz = 236.5882365 ml",
		"half a mile in m":                "0.5 miles = 804.672 m",
		"3 hours in minutes":              "3 hours = 180 minutes",
		"3斤是多少公斤":                         "3 斤 = 1.5 千克",
		"三斤等于多少千克":                        "3 斤 = 1.5 千克",
		"两斤半是几公斤":                         "2.5 斤 = 1.25 千克",
		"半斤是几两":                           "0.5 斤 = 5 两",
		"二两是多少克":                          "2 两 = 100 克",
		"一公里等于几里":                         "1 公里 = 2 里",
		"1亩是多少平方米":                        "1 亩 = 666.666666667 平方米",
		"10公顷等于多少亩":                       "10 公顷 = 150 亩",
		"37摄氏度是多少华氏度":                     "37 ℃ = 98.6 ℉",
		"100华氏度等于多少摄氏度":                   "100 ℉ = 37.7777777778 ℃",
		"零下10度是多少华氏度":                     "-10 ℃ = 14 ℉",
		"5英里换算成公里":                        "5 英里 = 8.04672 公里",
		"把5英里换算成公里":                       "5 英里 = 8.04672 公里",
		"6英尺是多少厘米":                        "6 英尺 = 182.88 厘米",
		"一光年是多少公里":                        "1 光年 = 9460730472580.8 公里",
		"3个小时是多少分钟":                       "3 小时 = 180 分钟",
		"100磅=公斤":                         "100 磅 = 45.359237 千克",
		"1千米等于多少米":                        "1 公里 = 1000 米",
		"三尺是几厘米":                          "3 尺 = 100 厘米",
		"500大卡是多少千焦":                      "500 千卡 = 2092 千焦",
		"1 kg in m":                       "dimension",
		"5公里等于多少斤":                        "dimension",
		"5 km":                            "no",
		"km in miles":                     "no",
		"5 apples in oranges":             "no",
		"in":                              "no",
		"":                                "no",
		"how many people are in the room": "no",
		"我今天走了5公里":                        "no",
		strings.Repeat("5 km in ", 30):    "no",
	} {
		c, err := measure.Parse(text)
		got := "no"
		switch {
		case errors.Is(err, measure.ErrDimension):
			got = "dimension"
		case err == nil:
			chinese := strings.ContainsFunc(text, func(r rune) bool { return r >= 0x4e00 && r < 0xa000 })
			amount, _ := calc.Format(c.Amount, false)
			result, _ := calc.Format(c.Result, false)
			got = amount + " " + c.From.Name(chinese) + " = " + result + " " + c.To.Name(chinese)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
