package socketio

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzPacket checks the parser of packets against encoding/json, and that what
// it accepts keeps to the limits.
func FuzzPacket(f *testing.F) {
	for _, p := range []string{
		`0`, `0{"token":"x"}`, `0/admin,`, `0/admin?a=b,{"x":1}`, `1`, `1/admin,`, `2["foo"]`, `2/admin,13["bar",1.5e3,-0,null,true,{"a":[]}]`,
		`312[]`, `3/admin,13["bar"]`, `4{"message":"x"}`, `51-["baz",{"_placeholder":true,"num":0}]`, `52-/admin,14["baz"]`, `61-15["bar"]`,
		`2["\u00e9\ud83d\ude00"]`, `2[[[[[[[[1]]]]]]]]`, `2["a",]`, `2["a" , 1 ] `, `511-["x"]`, `5-["x"]`, `299999999999999999999["x"]`,
	} {
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
