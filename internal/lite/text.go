package lite

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// piece is a part of what somebody wrote.
type piece struct {
	Text string
	Href string // of a link: http, https or mailto
	// Heap goes on with a heap of combining marks, which browsers need quadratic
	// time to shape unless something stands between.
	Heap bool
}

const (
	// mostMarks is how many marks stand on a letter in any script.
	mostMarks = 32
	// mostLinks is how many links are looked for in one text, and longestLink
	// the longest in bytes.
	mostLinks, longestLink = 200, 2048
)

// paragraphs gives a text line by line. It looks at every character a constant
// number of times.
func paragraphs(body string) [][]piece {
	var lines [][]piece
	links := 0
	for line := range strings.SplitSeq(strings.ReplaceAll(body, "\r\n", "\n"), "\n") {
		lines = append(lines, pieces(line, &links))
	}
	return lines
}

var prefixes = []string{"https://", "http://", "mailto:", "www."}

func pieces(text string, links *int) []piece {
	var list []piece
	plain, word := 0, false // whether a letter of a word stands before
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if prefix := prefixAt(text[at:]); prefix != "" && !word && *links < mostLinks {
			*links++
			end := at + scan(text[at:], len(prefix))
			if href := address(text[at:at+trimmed(text[at:end], len(prefix))], prefix); href != "" {
				list = appendPlain(list, text[plain:at])
				stop := at + trimmed(text[at:end], len(prefix))
				list = append(list, piece{Text: text[at:stop], Href: href})
				plain, at, word = stop, stop, true
				continue
			}
			// What was looked at once is never looked at again.
			if end > at {
				at, word = end, true
				continue
			}
		}
		word = r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
		at += size
	}
	return appendPlain(list, text[plain:])
}

// appendPlain adds text that is no link, in pieces of at most mostMarks marks in
// a row.
func appendPlain(list []piece, text string) []piece {
	marks, from, heap := 0, 0, false
	for at, r := range text {
		if r < 0x300 || !unicode.Is(unicode.M, r) {
			marks = 0
			continue
		}
		if marks++; marks > mostMarks {
			list = append(list, piece{Text: text[from:at], Heap: heap})
			from, marks, heap = at, 1, true
		}
	}
	if from < len(text) {
		list = append(list, piece{Text: text[from:], Heap: heap})
	}
	return list
}

func prefixAt(text string) string {
	switch text[0] | 0x20 {
	case 'h', 'm', 'w':
		for _, p := range prefixes {
			if len(text) >= len(p) && strings.EqualFold(text[:len(p)], p) {
				return p
			}
		}
	}
	return ""
}

// scan tells where an address ends at the latest. Chinese text follows one
// without a space; only a host that is itself not Latin may hold such letters.
func scan(text string, prefix int) int {
	latin := prefix < len(text) && text[prefix] < utf8.RuneSelf
	for at, r := range text[prefix:] {
		if r <= ' ' || strings.ContainsRune("\"<>`", r) || r >= 0x7f && r <= 0xa0 || r >= 0x2000 && r <= 0x206f || r == 0xfeff ||
			r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff65 || latin && eastAsian(r) {
			return prefix + at
		}
	}
	return len(text)
}

func eastAsian(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// trimmed leaves out the punctuation of the sentence around an address, but
// keeps brackets that the address opened.
func trimmed(text string, prefix int) int {
	end := len(text)
	round := strings.Count(text[prefix:], "(") - strings.Count(text[prefix:], ")")
	square := strings.Count(text[prefix:], "[") - strings.Count(text[prefix:], "]")
	for end > prefix {
		switch c := text[end-1]; {
		case c == ')' && round < 0:
			round++
		case c == ']' && square < 0:
			square++
		case strings.IndexByte(".,:;!?'*_~", c) < 0:
			return end
		}
		end--
	}
	return end
}

func address(text, prefix string) string {
	if len(text) > longestLink || len(text) == len(prefix) {
		return ""
	}
	if prefix == "www." {
		if strings.Count(text, ".") < 2 {
			return ""
		}
		text = "https://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return ""
	case strings.EqualFold(u.Scheme, "mailto") && strings.Contains(u.Opaque, "@"):
		return u.String()
	case strings.EqualFold(u.Scheme, "http"), strings.EqualFold(u.Scheme, "https"):
		if u.Hostname() != "" {
			return u.String()
		}
	}
	return ""
}

// inShort gives the beginning of a text on one line.
func inShort(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if short := firstRunes(text, most); short != text {
		return short + "…"
	}
	return text
}

func firstRunes(text string, most int) string {
	n := 0
	for at := range text {
		if n == most {
			return text[:at]
		}
		n++
	}
	return text
}
