package engineio

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// The polling payloads of protocol 3: every packet is preceded by its length
// and a colon. The length counts what JavaScript calls characters, which are
// UTF-16 code units.

// appendLength appends the length of m as it will be encoded, and the colon.
func appendLength(dst []byte, m *Message) []byte {
	n := m.encodedSize()
	if !m.binary {
		n = utf16Len(m.frame[m.body:])
	}
	return append(strconv.AppendInt(dst, int64(n), 10), ':')
}

func utf16Len(p []byte) int {
	n := 0
	for len(p) > 0 {
		if p[0] < utf8.RuneSelf {
			n++
			p = p[1:]
			continue
		}
		r, size := utf8.DecodeRune(p)
		if n++; r > 0xFFFF {
			n++
		}
		p = p[size:]
	}
	return n
}

// cutLength takes the first packet off a payload of valid UTF-8.
func cutLength(b []byte) (head, tail []byte, err error) {
	n, i := 0, 0
	for ; i < len(b) && b[i] != ':'; i++ {
		if b[i] < '0' || b[i] > '9' || i == 9 {
			return nil, nil, errPacket
		}
		n = n*10 + int(b[i]-'0')
	}
	if i == 0 || i == len(b) || n == 0 {
		return nil, nil, errPacket
	}
	b = b[i+1:]
	end := 0
	for n > 0 {
		if end == len(b) {
			return nil, nil, errPacket
		}
		r, size := utf8.DecodeRune(b[end:])
		if n--; r > 0xFFFF {
			if n--; n < 0 { // half a surrogate pair
				return nil, nil, errPacket
			}
		}
		end += size
	}
	return b[:end], b[end:], nil
}

// eachBinaryPacket is eachPacket for the binary form of the payload: for every
// packet 0 (text) or 1 (binary), the digits of its length in bytes each as a
// number, 255, and the packet.
func eachBinaryPacket(body []byte, protocol, limit int, f func(packet) error) error {
	for ; len(body) > 0; limit-- {
		if limit == 0 || body[0] > 1 {
			return errPacket
		}
		binary := body[0] == 1
		n, i := 0, 1
		for ; i < len(body) && body[i] != 255; i++ {
			if body[i] > 9 || i > 9 {
				return errPacket
			}
			n = n*10 + int(body[i])
		}
		if i == 1 || i == len(body) || n == 0 || n > len(body)-i-1 {
			return errPacket
		}
		raw := body[i+1 : i+1+n]
		body = body[i+1+n:]
		var p packet
		var err error
		if binary {
			p, err = parseBinary(raw, protocol)
		} else if !utf8.Valid(raw) {
			err = errPacket
		} else {
			p, err = parseText(raw)
		}
		if err != nil {
			return err
		}
		if err := f(p); err != nil {
			return err
		}
	}
	return nil
}

// hasBinary reports whether one of ms is binary: only then is the binary form
// of the payload worth it.
func hasBinary(ms []*Message) bool {
	return slices.ContainsFunc(ms, func(m *Message) bool { return m.binary })
}

// appendBinaryPayload appends all of ms in the binary form of the payload.
func appendBinaryPayload(dst []byte, ms []*Message) []byte {
	for _, m := range ms {
		data := m.frame[m.body:]
		n := len(data)
		if m.binary {
			dst = append(dst, 1)
			n++
		} else {
			dst = append(dst, 0)
		}
		from := len(dst)
		dst = strconv.AppendInt(dst, int64(n), 10)
		for i := from; i < len(dst); i++ {
			dst[i] -= '0'
		}
		dst = append(dst, 255)
		if m.binary {
			dst = append(dst, typeMessage-'0')
		}
		dst = append(dst, data...)
	}
	return dst
}
