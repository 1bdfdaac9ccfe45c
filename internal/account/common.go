package account

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// commonPasswords are lines in ascending order of bytes, folded: passwords that
// many people use, and words that many put into one. Where they are from is in
// common_passwords.LICENSE.
//
//go:embed common_passwords.txt
var commonPasswords string

// tail is how many digits and signs around a common word do not make it a
// password that is hard to guess.
const tail = 4

// isCommon tells whether a password is one that is tried first: one of the
// list, one of the list with letters written as digits or signs, with a few
// digits or signs around it, one thing repeated, or a run along the alphabet or
// the keyboard.
func isCommon(password string) bool {
	p := norm.NFKC.String(cases.Fold().String(norm.NFKC.String(password)))
	if listed(p) || isRepeated(p) || isRun(p) {
		return true
	}
	for _, v := range []string{p, unleet(p, "l"), unleet(p, "i")} {
		word := strings.TrimFunc(v, func(r rune) bool { return !unicode.IsLetter(r) })
		if word != "" && utf8.RuneCountInString(v)-utf8.RuneCountInString(word) <= tail && (listed(word) || isRun(word)) {
			return true
		}
		if listed(v) {
			return true
		}
	}
	return false
}

// listed searches the lines by halves.
func listed(word string) bool {
	list := commonPasswords
	for list != "" {
		start := strings.LastIndexByte(list[:len(list)/2], '\n') + 1
		end := start + strings.IndexByte(list[start:], '\n')
		switch c := strings.Compare(word, list[start:end]); {
		case c == 0:
			return true
		case c < 0:
			list = list[:start]
		default:
			list = list[end+1:]
		}
	}
	return false
}

var leet = strings.NewReplacer("0", "o", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b", "@", "a", "$", "s", "!", "i", "|", "l", "+", "t")

// unleet writes digits and signs as the letters that they stand for, between
// the first letter and the last. A 1 stands for one of two.
func unleet(p, one string) string {
	first := strings.IndexFunc(p, isLeetStart)
	last := strings.LastIndexFunc(p, unicode.IsLetter)
	if first < 0 || last < first {
		return p
	}
	_, size := utf8.DecodeRuneInString(p[last:])
	return p[:first] + leet.Replace(strings.ReplaceAll(p[first:last+size], "1", one)) + p[last+size:]
}

func isLeetStart(r rune) bool { return unicode.IsLetter(r) || r == '@' || r == '$' }

// isRepeated finds one to four characters over and over.
func isRepeated(p string) bool {
	runes := []rune(p)
	for period := 1; period <= 4 && 2*period <= len(runes); period++ {
		if slices.Equal(runes[period:], runes[:len(runes)-period]) {
			return true
		}
	}
	return false
}

var runs = []string{"abcdefghijklmnopqrstuvwxyz", "01234567890", "`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "qwertzuiop", "azertyuiop", "qazwsxedcrfvtgbyhnujmik"}

// isRun finds what can be cut into runs of at least four keys or letters that
// follow each other, forwards or backwards.
func isRun(p string) bool {
	if len(p) < 4 {
		return false
	}
	for len(p) > 0 {
		n := 0
		for _, run := range runs {
			n = max(n, common(p, run), common(p, reversed(run)))
		}
		if n < 4 {
			return false
		}
		p = p[n:]
	}
	return true
}

// common is the length of the longest start of p that stands somewhere in run.
func common(p, run string) int {
	n := 0
	for n < len(p) && strings.Contains(run, p[:n+1]) {
		n++
	}
	return n
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
