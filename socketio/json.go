package socketio

import "errors"

// A scanner for the JSON of untrusted packets: it checks the whole value
// against RFC 8259, bounds its nesting, and finds the elements of the outermost
// array, all in one pass and without allocation of its own. What a value means
// is left to encoding/json.

var errJSON = errors.New("socketio: invalid JSON")

// scanValue returns the index after the JSON value that starts at p[i], with
// the white space around it.
func scanValue(p []byte, i, depth int) (int, error) {
	i = skipSpace(p, i)
	if i >= len(p) {
		return 0, errJSON
	}
	var err error
	switch c := p[i]; {
	case c == '"':
		i, err = scanString(p, i)
	case c == '{':
		i, err = scanObject(p, i, depth-1)
	case c == '[':
		i, err = scanArray(p, i, depth-1, nil)
	case c == '-' || c >= '0' && c <= '9':
		i, err = scanNumber(p, i)
	case c == 't':
		i, err = scanWord(p, i, "true")
	case c == 'f':
		i, err = scanWord(p, i, "false")
	case c == 'n':
		i, err = scanWord(p, i, "null")
	default:
		return 0, errJSON
	}
	if err != nil {
		return 0, err
	}
	return skipSpace(p, i), nil
}

func skipSpace(p []byte, i int) int {
	for i < len(p) && (p[i] == ' ' || p[i] == '\t' || p[i] == '\n' || p[i] == '\r') {
		i++
	}
	return i
}

func scanWord(p []byte, i int, word string) (int, error) {
	if len(p)-i < len(word) || string(p[i:i+len(word)]) != word {
		return 0, errJSON
	}
	return i + len(word), nil
}

// scanString checks a string; that the bytes are UTF-8 is known already.
func scanString(p []byte, i int) (int, error) {
	for i++; i < len(p); i++ {
		switch c := p[i]; {
		case c == '"':
			return i + 1, nil
		case c < 0x20:
			return 0, errJSON
		case c == '\\':
			if i++; i >= len(p) {
				return 0, errJSON
			}
			switch p[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if len(p)-i < 5 || !isHex(p[i+1]) || !isHex(p[i+2]) || !isHex(p[i+3]) || !isHex(p[i+4]) {
					return 0, errJSON
				}
				i += 4
			default:
				return 0, errJSON
			}
		}
	}
	return 0, errJSON
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func scanNumber(p []byte, i int) (int, error) {
	digits := func() bool {
		start := i
		for i < len(p) && p[i] >= '0' && p[i] <= '9' {
			i++
		}
		return i > start
	}
	if p[i] == '-' {
		i++
	}
	if i < len(p) && p[i] == '0' {
		i++
	} else if !digits() {
		return 0, errJSON
	}
	if i < len(p) && p[i] == '.' {
		if i++; !digits() {
			return 0, errJSON
		}
	}
	if i < len(p) && (p[i] == 'e' || p[i] == 'E') {
		if i++; i < len(p) && (p[i] == '+' || p[i] == '-') {
			i++
		}
		if !digits() {
			return 0, errJSON
		}
	}
	return i, nil
}

func scanObject(p []byte, i, depth int) (int, error) {
	if depth < 0 {
		return 0, errJSON
	}
	i = skipSpace(p, i+1)
	if i < len(p) && p[i] == '}' {
		return i + 1, nil
	}
	for {
		var err error
		if i >= len(p) || p[i] != '"' {
			return 0, errJSON
		}
		if i, err = scanString(p, i); err != nil {
			return 0, err
		}
		i = skipSpace(p, i)
		if i >= len(p) || p[i] != ':' {
			return 0, errJSON
		}
		if i, err = scanValue(p, i+1, depth); err != nil {
			return 0, err
		}
		if i >= len(p) {
			return 0, errJSON
		}
		switch p[i] {
		case '}':
			return i + 1, nil
		case ',':
			i = skipSpace(p, i+1)
		default:
			return 0, errJSON
		}
	}
}

// scanArray calls element, if it is not nil, with the bounds of each element.
func scanArray(p []byte, i, depth int, element func(from, to int)) (int, error) {
	if depth < 0 {
		return 0, errJSON
	}
	i = skipSpace(p, i+1)
	if i < len(p) && p[i] == ']' {
		return i + 1, nil
	}
	for {
		from := skipSpace(p, i)
		var err error
		if i, err = scanValue(p, i, depth); err != nil {
			return 0, err
		}
		if element != nil {
			to := i
			for to > from && (p[to-1] == ' ' || p[to-1] == '\t' || p[to-1] == '\n' || p[to-1] == '\r') {
				to--
			}
			element(from, to)
		}
		if i >= len(p) {
			return 0, errJSON
		}
		switch p[i] {
		case ']':
			return i + 1, nil
		case ',':
			i++
		default:
			return 0, errJSON
		}
	}
}
