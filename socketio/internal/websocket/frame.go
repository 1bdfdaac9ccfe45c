// Package websocket is the server's half of the WebSocket frame layer of
// RFC 6455: the opening handshake, taking frames apart and putting them
// together. It reads and writes no connection itself: bytes are pushed into a
// Reader as they come, whatever they come from, so that a connection on which
// nothing happens holds neither a goroutine nor a buffer.
//
// It is not a general WebSocket library: there is no client, and what a message
// means is not known here.
package websocket

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Opcode says what a frame is (RFC 6455, section 5.2).
type Opcode byte

// The opcodes that RFC 6455 defines; all others are reserved and refused.
const (
	OpContinuation Opcode = 0x0
	OpText         Opcode = 0x1
	OpBinary       Opcode = 0x2
	OpClose        Opcode = 0x8
	OpPing         Opcode = 0x9
	OpPong         Opcode = 0xA
)

// The close codes that this package sends or understands by name
// (RFC 6455, section 7.4.1).
const (
	CloseNormal          = 1000
	CloseGoingAway       = 1001
	CloseProtocolError   = 1002
	CloseUnsupportedData = 1003
	CloseNoStatus        = 1005
	CloseInvalidPayload  = 1007
	ClosePolicyViolation = 1008
	CloseTooBig          = 1009
)

// MaxControlPayload is the longest payload of a close, ping or pong frame, in
// bytes (RFC 6455, section 5.5).
const MaxControlPayload = 125

// maxFragments is how many frames one message may be split into. A megabyte in
// pieces of 256 bytes passes; an endless chain of empty pieces does not.
const maxFragments = 4096

// MaxHeader is the length of the longest frame header in bytes.
const MaxHeader = 14

// Error is a breach of the protocol by the peer. Code is the close code to
// answer with.
type Error struct {
	Code   int
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("websocket: %s (%d)", e.Reason, e.Code) }

func breach(reason string) error { return &Error{CloseProtocolError, reason} }

// CloseCode returns the close code that answers err: that of an *Error, and
// CloseProtocolError for everything else.
func CloseCode(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CloseProtocolError
}

// Sink receives what a Reader takes out of the stream, in the order of the
// stream. The payload is only valid until the method returns. An error stops
// the Reader, and Feed returns it.
type Sink interface {
	// Message is called with a whole message: op is OpText, with valid UTF-8,
	// or OpBinary.
	Message(op Opcode, payload []byte) error
	// Control is called with OpPing, OpPong, or OpClose, whose payload is
	// already known to be well-formed (empty, or a valid code and a UTF-8
	// reason).
	Control(op Opcode, payload []byte) error
}

// Reader takes the frames of a client apart. The zero value is ready once Limit
// is set. While no frame and no message is half-read, it holds no buffer.
type Reader struct {
	// Limit is the largest message in bytes, all fragments together. A frame
	// that would go beyond it is refused by its header, before its payload is
	// stored.
	Limit int
	// Inflate, when set, means that permessage-deflate was agreed: a message
	// whose first frame has RSV1 is handed to it, with the limit for the
	// result (RFC 7692).
	Inflate func(payload []byte, limit int) ([]byte, error)

	part   *part // nil between messages
	closed bool  // a close frame was seen; all that follows is ignored
}

// part is what has come of a frame or a message that is not complete.
type part struct {
	raw        []byte // an incomplete frame, header included
	msg        []byte // the fragments of an incomplete message
	fragments  uint16
	op         Opcode // of the incomplete message; 0 when there is none
	compressed bool
}

// Idle reports whether the Reader is between messages, holding nothing.
func (r *Reader) Idle() bool { return r.part == nil }

// half returns what r has of something incomplete.
func (r *Reader) half() *part {
	if r.part == nil {
		r.part = &part{}
	}
	return r.part
}

// op is that of the incomplete message; 0 when there is none.
func (r *Reader) op() Opcode {
	if r.part == nil {
		return 0
	}
	return r.part.op
}

// Feed takes in the next bytes of the stream, which it changes in place
// (unmasking), and calls sink for all that is complete. It keeps no reference
// to p. An error is final: an *Error for a breach of the protocol, or what the
// sink returned.
func (r *Reader) Feed(p []byte, sink Sink) error {
	data := p
	held := r.part != nil && r.part.raw != nil
	if held {
		r.part.raw = append(r.part.raw, p...)
		data = r.part.raw
	}
	whole := len(data)
	for len(data) > 0 && !r.closed {
		n, err := r.frame(data, sink)
		if err != nil {
			r.part = nil
			return err
		}
		if n == 0 { // the frame goes on in a later Feed
			break
		}
		data = data[n:]
	}
	switch {
	case !r.closed && len(data) > 0:
		if !held || len(data) != whole {
			r.half().raw = append([]byte(nil), data...)
		}
	case r.closed || r.op() == 0:
		r.part = nil
	default:
		r.part.raw = nil
	}
	return nil
}

// frame handles the frame at the start of data and returns its length, or 0
// when it is not complete yet. The header is judged as soon as it is there.
func (r *Reader) frame(data []byte, sink Sink) (int, error) {
	if len(data) < 2 {
		return 0, nil
	}
	fin, rsv, op := data[0]&0x80 != 0, data[0]&0x70, Opcode(data[0]&0x0F)
	control := op >= 0x8
	if data[1]&0x80 == 0 {
		return 0, breach("a frame of a client must be masked") // section 5.1
	}
	switch op {
	case OpContinuation:
		if r.op() == 0 {
			return 0, breach("continuation without a message")
		}
	case OpText, OpBinary:
		if r.op() != 0 {
			return 0, breach("new message inside a fragmented one")
		}
	case OpClose, OpPing, OpPong:
		if !fin {
			return 0, breach("fragmented control frame")
		}
	default:
		return 0, breach("reserved opcode")
	}
	if rsv != 0 {
		if rsv != 0x40 || r.Inflate == nil || control || op == OpContinuation {
			return 0, breach("reserved bits are set")
		}
	}

	length, head := uint64(data[1]&0x7F), 2
	switch {
	case control && length > MaxControlPayload:
		return 0, breach("control frame too long")
	case length == 126:
		if len(data) < 4 {
			return 0, nil
		}
		length, head = uint64(binary.BigEndian.Uint16(data[2:])), 4
		if length < 126 {
			return 0, breach("length not in its shortest form")
		}
	case length == 127:
		if len(data) < 10 {
			return 0, nil
		}
		length, head = binary.BigEndian.Uint64(data[2:]), 10
		if length < 1<<16 {
			return 0, breach("length not in its shortest form")
		}
		if length >= 1<<63 {
			return 0, breach("length out of range")
		}
	}
	gathered := 0
	if r.part != nil {
		gathered = len(r.part.msg)
	}
	if !control && length > uint64(max(0, r.Limit-gathered)) {
		return 0, &Error{CloseTooBig, "message too long"}
	}
	total := head + 4 + int(length)
	if len(data) < total {
		return 0, nil
	}
	payload := data[head+4 : total : total]
	unmask(payload, [4]byte(data[head:head+4]))
	if control {
		return total, r.control(op, payload, sink)
	}
	return total, r.data(fin, rsv != 0, op, payload, sink)
}

func (r *Reader) control(op Opcode, payload []byte, sink Sink) error {
	if op == OpClose {
		if err := checkClose(payload); err != nil {
			return err
		}
		r.closed = true
	}
	return sink.Control(op, payload)
}

func (r *Reader) data(fin, compressed bool, op Opcode, payload []byte, sink Sink) error {
	if op != OpContinuation {
		if fin {
			return r.deliver(op, compressed, payload, sink)
		}
		h := r.half()
		h.op, h.compressed, h.fragments = op, compressed, 0
	}
	h := r.part
	if h.fragments++; h.fragments > maxFragments {
		return &Error{ClosePolicyViolation, "too many fragments"}
	}
	h.msg = append(h.msg, payload...)
	if !fin {
		return nil
	}
	op, compressed, payload = h.op, h.compressed, h.msg
	h.op, h.msg = 0, nil
	return r.deliver(op, compressed, payload, sink)
}

func (r *Reader) deliver(op Opcode, compressed bool, payload []byte, sink Sink) error {
	if compressed {
		var err error
		if payload, err = r.Inflate(payload, r.Limit); err != nil {
			return err
		}
	}
	if op == OpText && !utf8.Valid(payload) {
		return &Error{CloseInvalidPayload, "text is not UTF-8"} // section 8.1
	}
	return sink.Message(op, payload)
}

// checkClose judges the payload of a close frame (sections 5.5.1 and 7.4).
func checkClose(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	if len(p) == 1 {
		return breach("close frame with half a code")
	}
	switch code := binary.BigEndian.Uint16(p); {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014, code >= 3000 && code <= 4999:
	default:
		return breach("close code that may not be sent")
	}
	if !utf8.Valid(p[2:]) {
		return &Error{CloseInvalidPayload, "close reason is not UTF-8"}
	}
	return nil
}

// unmask applies the mask of section 5.3 in place, eight bytes at a time.
func unmask(p []byte, key [4]byte) {
	k := uint64(binary.LittleEndian.Uint32(key[:]))
	k |= k << 32
	for len(p) >= 8 {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^k)
		p = p[8:]
	}
	for i := range p {
		p[i] ^= key[i&3]
	}
}

// AppendHeader appends the header of an unfragmented, unmasked frame, which is
// what a server sends (section 5.1), with n bytes of payload to follow.
func AppendHeader(dst []byte, op Opcode, n int) []byte {
	dst = append(dst, 0x80|byte(op))
	switch {
	case n < 126:
		return append(dst, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, 126), uint16(n))
	default:
		return binary.BigEndian.AppendUint64(append(dst, 127), uint64(n))
	}
}

// AppendClose appends a close frame. A code of CloseNoStatus makes it empty,
// since that code may not be sent; a reason that is too long is cut at a
// character.
func AppendClose(dst []byte, code int, reason string) []byte {
	if code == CloseNoStatus {
		return AppendHeader(dst, OpClose, 0)
	}
	if len(reason) > MaxControlPayload-2 {
		cut := MaxControlPayload - 2
		for cut > 0 && !utf8.RuneStart(reason[cut]) {
			cut--
		}
		reason = reason[:cut]
	}
	dst = AppendHeader(dst, OpClose, 2+len(reason))
	dst = binary.BigEndian.AppendUint16(dst, uint16(code))
	return append(dst, reason...)
}
