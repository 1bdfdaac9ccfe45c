package engineio

import (
	"encoding/base64"
	"errors"
	"sync/atomic"
	"unicode/utf8"

	"github.com/happychat/happychat/socketio/internal/websocket"
)

// The packet types of the Engine.IO protocol, as they stand on the wire.
const (
	typeOpen    = '0'
	typeClose   = '1'
	typePing    = '2'
	typePong    = '3'
	typeMessage = '4'
	typeUpgrade = '5'
	typeNoop    = '6'
)

// separator stands between the packets of a polling payload of protocol 4.
const separator = 0x1e

var errPacket = errors.New("engineio: invalid packet")

// Message is one outgoing Engine.IO message, encoded once. It is immutable and
// may be sent to any number of sessions at the same time; all of them share its
// bytes.
type Message struct {
	// frame is the WebSocket frame. For text, frame[body:] is the packet as it
	// stands in a polling payload. For binary it is the bare data.
	frame  []byte
	body   int
	binary bool
	v3     atomic.Pointer[Message] // a binary message for protocol 3
	small  atomic.Pointer[[]byte]  // the compressed frame; frame itself if that is not shorter
}

// NewText encodes a text message; the parts are put together. They must be
// UTF-8.
func NewText(parts ...[]byte) *Message {
	n := 1
	for _, p := range parts {
		n += len(p)
	}
	frame := make([]byte, 0, headerLen(n)+n)
	frame = websocket.AppendHeader(frame, websocket.OpText, n)
	body := len(frame)
	frame = append(frame, typeMessage)
	for _, p := range parts {
		frame = append(frame, p...)
	}
	return &Message{frame: frame, body: body}
}

// NewBinary encodes a binary message. It copies data.
func NewBinary(data []byte) *Message {
	frame := make([]byte, 0, headerLen(len(data))+len(data))
	frame = websocket.AppendHeader(frame, websocket.OpBinary, len(data))
	body := len(frame)
	return &Message{frame: append(frame, data...), body: body, binary: true}
}

// Size is the length of the message's WebSocket frame in bytes, which is what
// it counts for in a session's queue.
func (m *Message) Size() int { return len(m.frame) }

// headerLen is the length of an unmasked frame header for n bytes.
func headerLen(n int) int {
	switch {
	case n < 126:
		return 2
	case n < 1<<16:
		return 4
	}
	return 10
}

// control encodes a packet that is not a message.
func control(packet string) *Message {
	frame := websocket.AppendHeader(nil, websocket.OpText, len(packet))
	body := len(frame)
	return &Message{frame: append(frame, packet...), body: body}
}

var (
	goodbye = control("1")
	ping    = control("2")
	pong    = control("3")
	noop    = control("6")
	probe   = control("3probe")
)

// forProtocol returns m as a WebSocket of that protocol wants it: in protocol 3
// the type stands before binary data too.
func (m *Message) forProtocol(p int) *Message {
	if p != 3 || !m.binary {
		return m
	}
	if v := m.v3.Load(); v != nil {
		return v
	}
	data := m.frame[m.body:]
	frame := websocket.AppendHeader(nil, websocket.OpBinary, 1+len(data))
	body := len(frame) // for a WebSocket, the type belongs to the payload
	frame = append(frame, 4)
	v := &Message{frame: append(frame, data...), body: body, binary: true}
	m.v3.Store(v)
	return v
}

// frameFor returns m's WebSocket frame as a connection wants it. deflate is the
// length of payload from which on it is compressed, or 0.
func (m *Message) frameFor(protocol, deflate int) []byte {
	m = m.forProtocol(protocol)
	if deflate == 0 || len(m.frame)-m.body < deflate {
		return m.frame
	}
	if small := m.small.Load(); small != nil {
		return *small
	}
	op := websocket.OpText
	if m.binary {
		op = websocket.OpBinary
	}
	small := websocket.DeflateFrame(op, m.frame[m.body:])
	if small == nil {
		small = m.frame
	}
	m.small.CompareAndSwap(nil, &small)
	return *m.small.Load()
}

// packet is one incoming packet, taken apart. data aliases the input.
type packet struct {
	kind   byte // one of the type… constants
	data   []byte
	binary bool
}

// parseText takes a text packet apart.
func parseText(p []byte) (packet, error) {
	if len(p) == 0 || p[0] < typeOpen || p[0] > typeNoop {
		return packet{}, errPacket
	}
	return packet{kind: p[0], data: p[1:]}, nil
}

// parseBinary takes the payload of a binary WebSocket frame apart.
func parseBinary(p []byte, protocol int) (packet, error) {
	if protocol != 3 {
		return packet{kind: typeMessage, data: p, binary: true}, nil
	}
	if len(p) == 0 || p[0] != 4 {
		return packet{}, errPacket
	}
	return packet{kind: typeMessage, data: p[1:], binary: true}, nil
}

// parseEncoded takes a packet of a polling payload apart: text, or binary data
// as "b" and base64 (in protocol 3 with the type in between).
func parseEncoded(p []byte, protocol int) (packet, error) {
	if len(p) == 0 || p[0] != 'b' {
		return parseText(p)
	}
	p = p[1:]
	if protocol == 3 {
		if len(p) == 0 || p[0] != typeMessage {
			return packet{}, errPacket
		}
		p = p[1:]
	}
	data := make([]byte, base64.StdEncoding.DecodedLen(len(p)))
	n, err := base64.StdEncoding.Decode(data, p)
	if err != nil {
		return packet{}, errPacket
	}
	return packet{kind: typeMessage, data: data[:n], binary: true}, nil
}

// appendEncoded appends m as a packet of a polling payload.
func (m *Message) appendEncoded(dst []byte, protocol int) []byte {
	if !m.binary {
		return append(dst, m.frame[m.body:]...)
	}
	dst = append(dst, 'b')
	if protocol == 3 {
		dst = append(dst, typeMessage)
	}
	return base64.StdEncoding.AppendEncode(dst, m.frame[m.body:])
}

// encodedSize is the length that appendEncoded adds, in bytes.
func (m *Message) encodedSize() int {
	n := len(m.frame) - m.body
	if m.binary {
		return 2 + base64.StdEncoding.EncodedLen(n)
	}
	return n
}

// appendPayload appends all of ms as one polling payload.
func appendPayload(dst []byte, ms []*Message, protocol int) []byte {
	for i, m := range ms {
		if protocol == 3 {
			dst = appendLength(dst, m)
		} else if i > 0 {
			dst = append(dst, separator)
		}
		dst = m.appendEncoded(dst, protocol)
	}
	return dst
}

// eachPacket calls f with the packets of a polling payload, one after the
// other, at most limit of them.
func eachPacket(body []byte, protocol, limit int, f func(packet) error) error {
	if !utf8.Valid(body) || len(body) == 0 {
		return errPacket
	}
	for more := true; more; limit-- {
		if limit == 0 {
			return errPacket
		}
		var raw []byte
		var err error
		if protocol == 3 {
			raw, body, err = cutLength(body)
			more = len(body) > 0
		} else {
			raw, body, more = cutSeparator(body)
		}
		if err != nil {
			return err
		}
		p, err := parseEncoded(raw, protocol)
		if err != nil {
			return err
		}
		if err := f(p); err != nil {
			return err
		}
	}
	return nil
}

func cutSeparator(b []byte) (head, tail []byte, more bool) {
	for i, c := range b {
		if c == separator {
			return b[:i], b[i+1:], true
		}
	}
	return b, nil, false
}
