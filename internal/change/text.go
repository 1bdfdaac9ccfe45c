package change

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckText refuses what no text of a person may hold: bytes that are not
// UTF-8, and U+0000, which one of the databases can not keep. min and max
// count code points.
func CheckText(field, s string, min, max int) error {
	if !utf8.ValidString(s) {
		return Errorf(Invalid, "request.invalid", "The text is not valid UTF-8.").On(field)
	}
	if strings.IndexByte(s, 0) >= 0 {
		return Errorf(Invalid, "request.invalid", "The text holds a NUL character, which can not be stored.").On(field)
	}
	switch n := utf8.RuneCountInString(s); {
	case n < min && min == 1:
		return Errorf(Invalid, "request.invalid", "Please fill this in.").On(field)
	case n < min:
		return Errorf(Invalid, "request.invalid", "This needs at least %d characters.", min).On(field)
	case n > max:
		return Errorf(Invalid, "request.invalid", "This is %d characters long; at most %d fit.", n, max).On(field)
	}
	return nil
}

// CheckLine is CheckText for names and other single lines: surrounding space
// is cut, and control characters and line breaks are refused.
func CheckLine(field, s string, min, max int) (string, error) {
	s = strings.TrimSpace(s)
	if err := CheckText(field, s, min, max); err != nil {
		return "", err
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || isBidiControl(r) {
			return "", Errorf(Invalid, "request.invalid", "This holds a control character; please type it again.").On(field)
		}
	}
	return s, nil
}

// isBidiControl finds the characters that turn the direction of the text
// around them (Unicode TR 9, section 2), with which one name passes for
// another.
func isBidiControl(r rune) bool {
	return r == '\u061c' || r == '\u200e' || r == '\u200f' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}
