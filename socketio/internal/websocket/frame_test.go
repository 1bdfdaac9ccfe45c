package websocket_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/happychat/happychat/socketio/internal/websocket"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

// log notes what a Reader delivers.
type log struct{ got []string }

func (l *log) Message(op websocket.Opcode, p []byte) error {
	l.got = append(l.got, fmt.Sprintf("%d:%s", op, p))
	return nil
}

func (l *log) Control(op websocket.Opcode, p []byte) error {
	l.got = append(l.got, fmt.Sprintf("c%d:%s", op, p))
	return nil
}

func frames(f ...[]byte) []byte { return bytes.Join(f, nil) }

var streams = []struct {
	name string
	in   []byte
	want []string
	code int // of the error, 0 for none
}{
	{"text", wstest.Masked(0x81, "Hello"), []string{"1:Hello"}, 0},
	{"empty text", wstest.Masked(0x81, ""), []string{"1:"}, 0},
	{"binary", wstest.Masked(0x82, "\x00\xff"), []string{"2:\x00\xff"}, 0},
	{"length of 16 bits", wstest.Masked(0x81, strings.Repeat("a", 126)), []string{"1:" + strings.Repeat("a", 126)}, 0},
	{"several frames", frames(wstest.Masked(0x81, "a"), wstest.Masked(0x81, "b")), []string{"1:a", "1:b"}, 0},
	{"fragments", frames(wstest.Masked(0x01, "Hel"), wstest.Masked(0x00, "l"), wstest.Masked(0x80, "o")), []string{"1:Hello"}, 0},
	{"control between fragments", frames(wstest.Masked(0x01, "a"), wstest.Masked(0x89, "p"), wstest.Masked(0x80, "b")), []string{"c9:p", "1:ab"}, 0},
	{"character across fragments", frames(wstest.Masked(0x01, "\xe4\xb9"), wstest.Masked(0x80, "\x90")), []string{"1:乐"}, 0},
	{"pong", wstest.Masked(0x8A, ""), []string{"c10:"}, 0},
	{"close", wstest.Masked(0x88, "\x03\xe8bye"), []string{"c8:\x03\xe8bye"}, 0},
	{"close without code", wstest.Masked(0x88, ""), []string{"c8:"}, 0},
	{"after close nothing counts", frames(wstest.Masked(0x88, ""), []byte{0xFF, 0xFF}), []string{"c8:"}, 0},

	{"not masked", []byte{0x81, 0x01, 'a'}, nil, 1002},
	{"RSV1", wstest.Masked(0xC1, "a"), nil, 1002},
	{"RSV2", wstest.Masked(0xA1, "a"), nil, 1002},
	{"RSV3", wstest.Masked(0x91, "a"), nil, 1002},
	{"reserved data opcode", wstest.Masked(0x83, "a"), nil, 1002},
	{"reserved control opcode", wstest.Masked(0x8B, ""), nil, 1002},
	{"fragmented control", wstest.Masked(0x09, ""), nil, 1002},
	{"long control", wstest.Masked(0x89, strings.Repeat("a", 126)), nil, 1002},
	{"continuation of nothing", wstest.Masked(0x80, "a"), nil, 1002},
	{"message in a message", frames(wstest.Masked(0x01, "a"), wstest.Masked(0x81, "b")), nil, 1002},
	{"16 bits for a short length", []byte{0x81, 0xFE, 0, 125}, nil, 1002},
	{"64 bits for a short length", []byte{0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, nil, 1002},
	{"highest bit of the length", []byte{0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0}, nil, 1002},
	{"too long, known from the header", []byte{0x81, 0xFE, 0x04, 0x01}, nil, 1009},
	{"huge, known from the header", []byte{0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, nil, 1009},
	{"fragments too long together", frames(wstest.Masked(0x01, strings.Repeat("a", 1000)), wstest.Masked(0x80, strings.Repeat("a", 25))), nil, 1009},
	{"endless empty fragments", frames(wstest.Masked(0x01, ""), bytes.Repeat(wstest.Masked(0x00, ""), 5000)), nil, 1008},
	{"text that is not UTF-8", wstest.Masked(0x81, "\xff"), nil, 1007},
	{"a surrogate in UTF-8", wstest.Masked(0x81, "\xed\xa0\x80"), nil, 1007},
	{"half a close code", wstest.Masked(0x88, "\x03"), nil, 1002},
	{"close code 999", wstest.Masked(0x88, "\x03\xe7"), nil, 1002},
	{"close code 1004", wstest.Masked(0x88, "\x03\xec"), nil, 1002},
	{"close code 1005", wstest.Masked(0x88, "\x03\xed"), nil, 1002},
	{"close code 1006", wstest.Masked(0x88, "\x03\xee"), nil, 1002},
	{"close code 1015", wstest.Masked(0x88, "\x03\xf7"), nil, 1002},
	{"close code 2999", wstest.Masked(0x88, "\x0b\xb7"), nil, 1002},
	{"close code 5000", wstest.Masked(0x88, "\x13\x88"), nil, 1002},
	{"close reason that is not UTF-8", wstest.Masked(0x88, "\x03\xe8\xff"), nil, 1007},
}

func TestReader(t *testing.T) {
	for _, s := range streams {
		for _, step := range []int{1 << 20, 1, 3} {
			t.Run(fmt.Sprintf("%s by %d", s.name, step), func(t *testing.T) {
				var l log
				r := websocket.Reader{Limit: 1024}
				err := feed(&r, s.in, step, &l)
				code := 0
				if err != nil {
					code = websocket.CloseCode(err)
				}
				if code != s.code {
					t.Fatalf("error %v, want code %d", err, s.code)
				}
				if s.code == 0 && strings.Join(l.got, "|") != strings.Join(s.want, "|") {
					t.Fatalf("got %q, want %q", l.got, s.want)
				}
				if s.code == 0 && !r.Idle() {
					t.Error("something is held after the last frame")
				}
			})
		}
	}
}

// feed hands over a copy of p in pieces: the Reader writes into what it is given.
func feed(r *websocket.Reader, p []byte, step int, sink websocket.Sink) error {
	p = bytes.Clone(p)
	for len(p) > 0 {
		n := min(step, len(p))
		if err := r.Feed(p[:n], sink); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

type failing struct{ log }

var errStop = errors.New("stop")

func (*failing) Message(websocket.Opcode, []byte) error { return errStop }

func TestReaderReturnsTheErrorOfTheSink(t *testing.T) {
	r := websocket.Reader{Limit: 10}
	if err := r.Feed(wstest.Masked(0x81, "a"), new(failing)); !errors.Is(err, errStop) {
		t.Fatal(err)
	}
}

func TestAppendClose(t *testing.T) {
	long := strings.Repeat("a", 122) + "乐" // the last character crosses the limit
	got := websocket.AppendClose(nil, 1000, long)
	if len(got) != 2+2+122 || got[1] != 124 {
		t.Errorf("a long reason gives %d bytes with length %d", len(got), got[1])
	}
	if got := websocket.AppendClose(nil, websocket.CloseNoStatus, "x"); !bytes.Equal(got, []byte{0x88, 0}) {
		t.Errorf("no status gives % x", got)
	}
}

// FuzzReader checks that whatever comes, and in whatever pieces, the Reader
// neither crashes nor delivers something else nor keeps more than its limit.
func FuzzReader(f *testing.F) {
	for _, s := range streams {
		if len(s.in) < 4096 {
			f.Add(s.in, 3)
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		if step < 1 {
			return
		}
		var whole, pieces log
		r1, r2 := websocket.Reader{Limit: 256}, websocket.Reader{Limit: 256}
		err1 := feed(&r1, in, len(in)+1, &whole)
		err2 := feed(&r2, in, step, &pieces)
		if (err1 == nil) != (err2 == nil) || strings.Join(whole.got, "|") != strings.Join(pieces.got, "|") {
			t.Fatalf("at once: %q, %v; in pieces of %d: %q, %v", whole.got, err1, step, pieces.got, err2)
		}
		for _, m := range whole.got {
			if len(m) > 256+4 {
				t.Fatalf("a message of %d bytes passed", len(m))
			}
		}
	})
}
