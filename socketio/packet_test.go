package socketio

import (
	"fmt"
	"testing"
)

// TestPacketExamples has the examples of the Socket.IO documents ("Packet
// encoding" in revision 5, "Examples" in revision 4): each is read, and written
// again, byte for byte.
func TestPacketExamples(t *testing.T) {
	for _, e := range []struct {
		encoded     string
		kind        byte
		namespace   string
		id          int64
		attachments int
		payload     string
	}{
		// Revision 5.
		{`0`, packetConnect, "/", -1, 0, ``},
		{`0{"sid":"wZX3oN0bSVIhsaknAAAI"}`, packetConnect, "/", -1, 0, `{"sid":"wZX3oN0bSVIhsaknAAAI"}`},
		{`0/admin,`, packetConnect, "/admin", -1, 0, ``},
		{`0/admin,{"sid":"oSO0OpakMV_3jnilAAAA"}`, packetConnect, "/admin", -1, 0, `{"sid":"oSO0OpakMV_3jnilAAAA"}`},
		{`4{"message":"Not authorized"}`, packetConnectError, "/", -1, 0, `{"message":"Not authorized"}`},
		{`2["foo"]`, packetEvent, "/", -1, 0, `["foo"]`},
		{`2/admin,["bar"]`, packetEvent, "/admin", -1, 0, `["bar"]`},
		{`51-["baz",{"_placeholder":true,"num":0}]`, packetBinaryEvent, "/", -1, 1, `["baz",{"_placeholder":true,"num":0}]`},
		{`52-/admin,["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`, packetBinaryEvent, "/admin", -1, 2, `["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`},
		{`212["foo"]`, packetEvent, "/", 12, 0, `["foo"]`},
		{`312[]`, packetAck, "/", 12, 0, `[]`},
		{`2/admin,13["foo"]`, packetEvent, "/admin", 13, 0, `["foo"]`},
		{`3/admin,13["bar"]`, packetAck, "/admin", 13, 0, `["bar"]`},
		{`51-14["foo",{"_placeholder":true,"num":0}]`, packetBinaryEvent, "/", 14, 1, `["foo",{"_placeholder":true,"num":0}]`},
		{`61-15["bar",{"_placeholder":true,"num":0}]`, packetBinaryAck, "/", 15, 1, `["bar",{"_placeholder":true,"num":0}]`},
		{`1`, packetDisconnect, "/", -1, 0, ``},
		{`1/admin,`, packetDisconnect, "/admin", -1, 0, ``},
		// Revision 4.
		{`0/admin?token=1234&uid=abcd,`, packetConnect, "/admin?token=1234&uid=abcd", -1, 0, ``},
		{`2["hello",1]`, packetEvent, "/", -1, 0, `["hello",1]`},
		{`2/admin,456["project:delete",123]`, packetEvent, "/admin", 456, 0, `["project:delete",123]`},
		{`3/admin,456[]`, packetAck, "/admin", 456, 0, `[]`},
		{`4/admin,"Not authorized"`, packetConnectError, "/admin", -1, 0, `"Not authorized"`},
		{`51-/admin,456["project:delete",{"_placeholder":true,"num":0}]`, packetBinaryEvent, "/admin", 456, 1, `["project:delete",{"_placeholder":true,"num":0}]`},
		{`61-/admin,456[{"_placeholder":true,"num":0}]`, packetBinaryAck, "/admin", 456, 1, `[{"_placeholder":true,"num":0}]`},
	} {
		p, err := parsePacket([]byte(e.encoded), 10)
		id := int64(-1)
		if p.hasID {
			id = int64(p.id)
		}
		got := fmt.Sprint(string(p.kind), string(p.namespace), id, p.attachments, string(p.payload))
		want := fmt.Sprint(string(e.kind), e.namespace, e.id, e.attachments, e.payload)
		if err != nil || got != want {
			t.Errorf("%s is read as %s, %v; want %s", e.encoded, got, err, want)
		}
		if got := string(appendHeader(nil, e.kind, e.attachments, e.namespace, e.id)) + e.payload; got != e.encoded {
			t.Errorf("%s is written as %s", e.encoded, got)
		}
	}
}
