package engineio_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/happychat/happychat/socketio/engineio"
)

// FuzzPayload checks that whatever is posted, the parsers of payloads neither crash
// nor make more of it than it is.
func FuzzPayload(f *testing.F) {
	for _, p := range []string{"4a", "4a\x1e4b", "bAQ==", "1:4", "2:4a3:4ab", "b4AQ==", "10:b4AQIDBA==", "\x00\x02\xff4a\x01\x02\xff\x04a", "4\xff", "3:4😀"} {
		f.Add([]byte(p), true)
		f.Add([]byte(p), false)
	}
	f.Fuzz(func(t *testing.T, body []byte, three bool) {
		protocol := 4
		if three {
			protocol = 3
		}
		for _, binary := range []bool{false, true} {
			n, size := 0, 0
			_ = engineio.EachPacket(bytes.Clone(body), protocol, 100, binary, func(data []byte) { n++; size += len(data) })
			if n > 100 || size > len(body) {
				t.Fatalf("%d packets with %d bytes out of %d", n, size, len(body))
			}
		}
	})
}

// FuzzPayloadThereAndBack checks that what is written as a payload, in each of the
// three forms, is read as it was.
func FuzzPayloadThereAndBack(f *testing.F) {
	f.Add("hello", []byte{1, 2, 3, 4}, "", uint8(0))
	f.Add("€😀\x00", []byte{}, "\x1d:", uint8(5))
	f.Add("", []byte{0, 255, 30}, "b4AQ==", uint8(3))
	f.Fuzz(func(t *testing.T, a string, data []byte, b string, order uint8) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			return // Message says that they must be
		}
		parts := []*engineio.Message{engineio.NewText([]byte(a)), engineio.NewBinary(data), engineio.NewText([]byte(b))}
		content := []string{a, string(data), b}
		var ms []*engineio.Message
		var want []string
		for i := range 3 {
			if k := (int(order) + i*int(order%3+1)) % 3; order&(8<<i) == 0 {
				ms, want = append(ms, parts[k]), append(want, content[k])
			}
		}
		if len(ms) == 0 {
			return
		}
		for _, form := range []struct {
			payload  []byte
			protocol int
			binary   bool
		}{{engineio.Payload(ms, 4), 4, false}, {engineio.Payload(ms, 3), 3, false}, {engineio.BinaryPayload(ms), 3, true}} {
			if form.protocol == 4 && strings.Contains(a+b, "\x1e") {
				continue // "this assumes the record separator is not used in the data"
			}
			var got []string
			err := engineio.EachPacket(form.payload, form.protocol, 3, form.binary, func(p []byte) { got = append(got, string(p)) })
			if err != nil || strings.Join(got, "|") != strings.Join(want, "|") {
				t.Fatalf("%q was read as %q, %v; want %q", form.payload, got, err, want)
			}
		}
	})
}

// FuzzJSONP checks that what a page posts is read as it was, and that what it is
// sent is a string in a script and nothing else.
func FuzzJSONP(f *testing.F) {
	for _, s := range []string{"", "a\nb", `a\nb`, `\\n\`, "\u2028</script>", `");alert("`, "\xff%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		// As polling-jsonp.js of engine.io-client does it. It takes a backslash
		// before a newline for an escaped one, which no JSON contains.
		escaped := strings.ReplaceAll(strings.ReplaceAll(s, `\n`, "\\\n"), "\n", `\n`)
		if got, ok := engineio.FormPayload(escaped); !strings.Contains(s, "\\\n") && (!ok || got != s) {
			t.Fatalf("%q was read as %q, %v", s, got, ok)
		}
		script := engineio.Script("7", s)
		inner, ok := strings.CutPrefix(script, "___eio[7](")
		inner, ok2 := strings.CutSuffix(inner, ");")
		var got string
		if err := json.Unmarshal([]byte(inner), &got); err != nil || !ok || !ok2 || utf8.ValidString(s) && got != s {
			t.Fatalf("%q became %s", s, script)
		}
		if strings.ContainsAny(inner, "<>&\u2028\u2029\n\r") {
			t.Fatalf("%q became %s", s, script)
		}
	})
}
