package engineio

// EachPacket gives tests the payload parsers.
func EachPacket(body []byte, protocol, limit int, binary bool, f func(data []byte)) error {
	each := eachPacket
	if binary {
		each = eachBinaryPacket
	}
	return each(body, protocol, limit, func(p packet) error {
		f(p.data)
		return nil
	})
}

// Payload gives tests the payload encoder.
func Payload(ms []*Message, protocol int) []byte { return appendPayload(nil, ms, protocol) }

// Polling reports whether a GET waits.
func Polling(s *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.polling != nil
}
