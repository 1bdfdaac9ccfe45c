package socketio

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/happychat/happychat/socketio/engineio"
)

// The packet types of the Socket.IO protocol, as they stand on the wire.
const (
	packetConnect      = '0'
	packetDisconnect   = '1'
	packetEvent        = '2'
	packetAck          = '3'
	packetConnectError = '4'
	packetBinaryEvent  = '5'
	packetBinaryAck    = '6'
)

var errPacket = errors.New("socketio: invalid packet")

// packet is a Socket.IO packet, taken apart. Everything aliases the input of
// parsePacket.
type packet struct {
	kind        byte
	attachments int
	namespace   []byte // never empty; may carry "?query" in protocol 4
	hasID       bool
	id          uint64
	payload     []byte // JSON, or empty
}

// maxPacketID keeps IDs where JavaScript counts exactly.
const maxPacketID = 1<<53 - 1

var rootName = []byte("/")

// parsePacket takes the header of a packet apart, as the Socket.IO protocol
// describes it in "Packet encoding". The payload is judged by its caller.
func parsePacket(p []byte, maxAttachments int) (packet, error) {
	if len(p) == 0 || p[0] < packetConnect || p[0] > packetBinaryAck {
		return packet{}, errPacket
	}
	k := packet{kind: p[0], namespace: rootName}
	p = p[1:]
	if k.kind == packetBinaryEvent || k.kind == packetBinaryAck {
		n, rest, ok := cutNumber(p, uint64(maxAttachments))
		if !ok || n == 0 || len(rest) == 0 || rest[0] != '-' {
			return packet{}, errPacket
		}
		k.attachments, p = int(n), rest[1:]
	}
	if len(p) > 0 && p[0] == '/' {
		end := 0
		for end < len(p) && p[end] != ',' {
			end++
		}
		k.namespace = p[:end]
		p = p[min(end+1, len(p)):]
	}
	if len(p) > 0 && p[0] >= '0' && p[0] <= '9' && k.kind != packetConnect && k.kind != packetConnectError && k.kind != packetDisconnect {
		var ok bool
		if k.id, p, ok = cutNumber(p, maxPacketID); !ok {
			return packet{}, errPacket
		}
		k.hasID = true
	}
	k.payload = p
	return k, nil
}

// cutNumber takes decimal digits off p. It fails without any, and beyond limit.
func cutNumber(p []byte, limit uint64) (n uint64, rest []byte, ok bool) {
	i := 0
	for ; i < len(p) && p[i] >= '0' && p[i] <= '9'; i++ {
		n = n*10 + uint64(p[i]-'0')
		if n > limit {
			return 0, nil, false
		}
	}
	return n, p[i:], i > 0
}

// splitArray checks that p is one JSON array and returns its elements, which
// alias p.
func splitArray(p []byte, maxNesting int) ([]json.RawMessage, error) {
	i := skipSpace(p, 0)
	if i >= len(p) || p[i] != '[' {
		return nil, errPacket
	}
	args := make([]json.RawMessage, 0, 4)
	i, err := scanArray(p, i, maxNesting-1, func(from, to int) {
		args = append(args, json.RawMessage(p[from:to:to]))
	})
	if err != nil || skipSpace(p, i) != len(p) {
		return nil, errPacket
	}
	return args, nil
}

// checkObject checks that p is one JSON object, or empty.
func checkObject(p []byte, maxNesting int) error {
	if len(p) == 0 {
		return nil
	}
	if p[0] != '{' {
		return errPacket
	}
	if end, err := scanValue(p, 0, maxNesting); err != nil || end != len(p) {
		return errPacket
	}
	return nil
}

// appendHeader appends what stands before the payload of a packet. id < 0 means
// none.
func appendHeader(dst []byte, kind byte, attachments int, namespace string, id int64) []byte {
	dst = append(dst, kind)
	if kind == packetBinaryEvent || kind == packetBinaryAck {
		dst = append(strconv.AppendInt(dst, int64(attachments), 10), '-')
	}
	if namespace != "/" {
		dst = append(append(dst, namespace...), ',')
	}
	if id >= 0 {
		dst = strconv.AppendInt(dst, id, 10)
	}
	return dst
}

// Binary is an argument of Emit, Ack or a reply that travels as a binary
// attachment, which a JavaScript client sees as an ArrayBuffer or a Buffer. To send
// it, it must be an argument itself: inside another value it becomes a base64
// string, as any []byte, because encoding/json cannot know of attachments (EmitRaw
// and AckRaw can send them anywhere). What clients send may have it at any depth:
// see Event.Decode.
type Binary []byte

// appendArgs appends the elements of a JSON array. A json.RawMessage is taken
// as it is, without being checked. Binary arguments become placeholders and are
// added to attachments.
func appendArgs(dst []byte, args []any, attachments *[][]byte) ([]byte, error) {
	for i, arg := range args {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch v := arg.(type) {
		case json.RawMessage:
			if len(v) == 0 {
				dst = append(dst, "null"...)
			} else {
				dst = append(dst, v...)
			}
		case Binary:
			dst = append(dst, `{"_placeholder":true,"num":`...)
			dst = strconv.AppendInt(dst, int64(len(*attachments)), 10)
			dst = append(dst, '}')
			*attachments = append(*attachments, v)
		default:
			b, err := json.Marshal(arg)
			if err != nil {
				return nil, err
			}
			dst = append(dst, b...)
		}
	}
	return dst, nil
}

// encodeEvent makes the payload of an event: the JSON array that begins with its
// name, and the attachments.
func encodeEvent(event string, args []any, more ...[]byte) (payload []byte, attachments [][]byte, err error) {
	attachments = more
	name, err := json.Marshal(event)
	if err != nil {
		return nil, nil, err
	}
	payload = append(append(make([]byte, 0, 128), '['), name...)
	if len(args) > 0 {
		payload = append(payload, ',')
	}
	if payload, err = appendArgs(payload, args, &attachments); err != nil {
		return nil, nil, err
	}
	return append(payload, ']'), attachments, nil
}

// encode makes the messages of an event. id < 0 means that no acknowledgement is
// wanted.
func encode(namespace string, id int64, event string, args []any, more ...[]byte) ([]*engineio.Message, error) {
	payload, attachments, err := encodeEvent(event, args, more...)
	if err != nil {
		return nil, err
	}
	return encodeRaw(packetEvent, namespace, id, payload, attachments), nil
}

// encodeRaw makes the messages of a packet from its JSON payload.
func encodeRaw(kind byte, namespace string, id int64, payload []byte, attachments [][]byte) []*engineio.Message {
	if len(attachments) > 0 {
		switch kind {
		case packetEvent:
			kind = packetBinaryEvent
		case packetAck:
			kind = packetBinaryAck
		}
	}
	var buf [64]byte
	header := appendHeader(buf[:0], kind, len(attachments), namespace, id)
	ms := make([]*engineio.Message, 1, 1+len(attachments))
	ms[0] = engineio.NewText(header, payload)
	for _, a := range attachments {
		ms = append(ms, engineio.NewBinary(a))
	}
	return ms
}
