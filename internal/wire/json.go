package wire

import (
	"bytes"
	"errors"
	"unicode/utf8"
)

// Errors of CheckJSON.
var (
	ErrNotUTF8   = errors.New("the request is not valid UTF-8")
	ErrSurrogate = errors.New("the request holds half of a surrogate pair, which is not a character")
	ErrNUL       = errors.New("the request holds a NUL character, which can not be stored")
)

// CheckJSON refuses text that decoders would silently change or that can not be
// stored: bytes that are not UTF-8 (RFC 8259, section 8.1), escaped halves of
// surrogate pairs (8.2), and U+0000. It takes linear time.
func CheckJSON(data []byte) error {
	if !utf8.Valid(data) {
		return ErrNotUTF8
	}
	for {
		i := bytes.IndexByte(data, '\\')
		if i < 0 {
			return nil
		}
		data = data[i:]
		unit, ok := escaped(data)
		switch {
		case !ok:
			data = data[min(2, len(data)):]
			continue
		case unit == 0:
			return ErrNUL
		case unit >= 0xdc00 && unit <= 0xdfff:
			return ErrSurrogate
		case unit >= 0xd800 && unit <= 0xdbff:
			low, ok := escaped(data[6:])
			if !ok || low < 0xdc00 || low > 0xdfff {
				return ErrSurrogate
			}
			data = data[6:]
		}
		data = data[6:]
	}
}

// escaped reads a \uXXXX at the front.
func escaped(data []byte) (unit uint16, ok bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	for _, c := range data[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		unit = unit<<4 | uint16(c)
	}
	return unit, true
}
