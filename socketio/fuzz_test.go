package socketio

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

var packetSeeds = []string{
	`0`, `0{"token":"x"}`, `0/admin,`, `0/admin?a=b,{"x":1}`, `1`, `1/admin,`, `2["foo"]`, `2/admin,13["bar",1.5e3,-0,null,true,{"a":[]}]`,
	`312[]`, `3/admin,13["bar"]`, `4{"message":"x"}`, `51-["baz",{"_placeholder":true,"num":0}]`, `52-/admin,14["baz"]`, `61-15["bar"]`,
	`2["\u00e9\ud83d\ude00"]`, `2[[[[[[[[1]]]]]]]]`, `2["a",]`, `2["a" , 1 ] `, `511-["x"]`, `5-["x"]`, `299999999999999999999["x"]`,
}

// FuzzPacket checks the parser of packets against encoding/json, and that what
// it accepts keeps to the limits.
func FuzzPacket(f *testing.F) {
	for _, p := range packetSeeds {
		f.Add([]byte(p))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := parsePacket(bytes.Clone(in), 10)
		if err != nil {
			return
		}
		if p.attachments > 10 || p.id > maxPacketID || len(p.namespace) == 0 || p.namespace[0] != '/' {
			t.Fatalf("%q gives %+v", in, p)
		}
		args, err := splitArray(p.payload, 8)
		if err == nil {
			var want []json.RawMessage
			if err := json.Unmarshal(p.payload, &want); err != nil || len(want) != len(args) {
				t.Fatalf("%q passed: %d elements, encoding/json says %d, %v", p.payload, len(args), len(want), err)
			}
			for i := range want {
				if !bytes.Equal(bytes.TrimSpace(want[i]), args[i]) {
					t.Fatalf("element %d: %q, want %q", i, args[i], want[i])
				}
			}
		} else if json.Valid(p.payload) && depth(p.payload) <= 8 && bytes.HasPrefix(bytes.TrimSpace(p.payload), []byte("[")) {
			t.Fatalf("%q was refused", p.payload)
		}
	})
}

// FuzzEvent checks that what is sent is understood again: the name, the arguments
// and the attachments, in any namespace.
func FuzzEvent(f *testing.F) {
	f.Add("say", "hello", []byte{1, 2}, int64(-1), "/")
	f.Add("", "\x00\u2028</script>", []byte{}, int64(0), "/admin")
	f.Add("a\"b\\", "\xff", []byte(nil), int64(1<<53-1), "/乐聊")
	f.Fuzz(func(t *testing.T, name, text string, data []byte, id int64, namespace string) {
		if strings.Contains(namespace, ",") || !strings.HasPrefix(namespace, "/") || id > maxPacketID {
			return
		}
		args := []any{text, Binary(data), map[string]string{text: name}, json.RawMessage("[1.50]"), nil}
		payload, attachments, err := encodeEvent(name, args)
		if err != nil {
			t.Fatal(err)
		}
		id = max(id, -1)
		encoded := append(appendHeader(nil, packetBinaryEvent, len(attachments), namespace, id), payload...)
		p, err := parsePacket(encoded, 1)
		if err != nil || p.attachments != 1 || string(p.namespace) != namespace || p.hasID != (id >= 0) || p.hasID && int64(p.id) != id {
			t.Fatalf("%q gives %+v, %v", encoded, p, err)
		}
		got, err := splitArray(p.payload, 8)
		if err != nil || len(got) != 1+len(args) {
			t.Fatalf("%q gives %q, %v", p.payload, got, err)
		}
		if utf8.ValidString(name) && unquote(got[0]) != name {
			t.Fatalf("the name %q became %q", name, unquote(got[0]))
		}
		if utf8.ValidString(text) && unquote(got[1]) != text {
			t.Fatalf("%q became %q", text, unquote(got[1]))
		}
		if string(got[2]) != `{"_placeholder":true,"num":0}` || !bytes.Equal(attachments[0], data) || string(got[4]) != "[1.50]" || string(got[5]) != "null" {
			t.Fatalf("%q", got)
		}
	})
}

// depth is how deep valid JSON is nested.
func depth(p []byte) int {
	now, deepest, quoted := 0, 0, false
	for i := 0; i < len(p); i++ {
		switch {
		case quoted && p[i] == '\\':
			i++
		case p[i] == '"':
			quoted = !quoted
		case quoted:
		case p[i] == '[' || p[i] == '{':
			now++
			deepest = max(deepest, now)
		case p[i] == ']' || p[i] == '}':
			now--
		}
	}
	return deepest
}
