// Package calc does sums that people type: exactly where that is possible, in
// figures or in Chinese and English words, and never for long.
package calc

import (
	"math/big"
	"strings"
)

var (
	chineseDigits = map[rune]int64{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	chineseUnits  = map[rune]int64{'十': 10, '百': 100, '千': 1000}
	chineseGroups = map[rune]int64{'万': 10_000, '亿': 100_000_000}
)

// IsChineseDigit tells whether a character is part of a number in words.
func IsChineseDigit(r rune) bool {
	_, digit := chineseDigits[r]
	return digit || chineseUnits[r] != 0 || chineseGroups[r] != 0
}

// Chinese reads a whole number in words, 三百零五, 两万 or 二〇二六, with
// decimals behind 点, and half behind 半.
func Chinese(s string) (*big.Rat, bool) {
	if s == "半" {
		return big.NewRat(1, 2), true
	}
	whole, decimals, dotted := strings.Cut(s, "点")
	if len(whole) > 90 || len(decimals) > 90 {
		return nil, false
	}
	n, ok := chineseWhole([]rune(whole))
	if !ok {
		return nil, false
	}
	out := new(big.Rat).SetInt64(n)
	if !dotted {
		return out, true
	}
	scale := big.NewRat(1, 1)
	for _, r := range decimals {
		d, ok := chineseDigits[r]
		if !ok || r == '两' {
			return nil, false
		}
		scale.Mul(scale, big.NewRat(1, 10))
		out.Add(out, new(big.Rat).Mul(scale, big.NewRat(d, 1)))
	}
	return out, decimals != ""
}

func chineseWhole(s []rune) (int64, bool) {
	if len(s) == 0 || len(s) > 30 {
		return 0, false
	}
	plain := true // digits only: 二〇二六
	for _, r := range s {
		if !IsChineseDigit(r) {
			return 0, false
		}
		_, digit := chineseDigits[r]
		plain = plain && digit
	}
	if plain {
		n := int64(0)
		for _, r := range s {
			if n > 1e15 {
				return 0, false
			}
			n = n*10 + chineseDigits[r]
		}
		return n, true
	}
	var total, group, digit int64
	last := int64(1) // the unit before, for 三百五 = 350
	for i, r := range s {
		if d, ok := chineseDigits[r]; ok {
			if digit != 0 {
				return 0, false
			}
			digit = d
			if r == '零' || r == '〇' {
				last = 1
			}
			if i == len(s)-1 {
				group += d * max(1, last/10)
				digit = 0
			}
			continue
		}
		if u := chineseUnits[r]; u != 0 {
			if digit == 0 && u == 10 && group%100 == 0 {
				digit = 1 // 十五, 一百十五
			}
			group += digit * u
			digit, last = 0, u
			continue
		}
		g := chineseGroups[r]
		group += digit
		if group == 0 && (total == 0 || total > g) {
			return 0, false
		}
		if g > total && total > 0 { // 一万亿
			total, group = (total+group)*g, 0
		} else {
			total, group = total+group*g, 0
		}
		digit, last = 0, g
		if total > 1e17 {
			return 0, false
		}
	}
	return total + group, true
}
