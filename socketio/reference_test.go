package socketio

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzAgainstReference compares what is accepted, and how it is understood, with
// the reference implementation's parser in a process beside. As a test it tries the
// corpus; as a fuzzer it is for running by hand:
//
//	go test -run '^$' -fuzz AgainstReference ./socketio
func FuzzAgainstReference(f *testing.F) {
	if _, err := os.Stat("jstest/node_modules/socket.io-client-4"); err != nil {
		f.Skip("the official clients are not installed: run npm ci --prefix socketio/jstest")
	}
	if _, err := exec.LookPath("node"); err != nil {
		f.Skip("node is not installed")
	}
	for _, p := range packetSeeds {
		f.Add([]byte(p))
	}
	ask := sync.OnceValues(startReference)
	f.Fuzz(func(t *testing.T, in []byte) {
		header := in
		if i := bytes.IndexAny(in, `[{"`); i >= 0 {
			header = in[:i]
		}
		if !utf8.Valid(in) || depth(in) > 8 || len(in) == 0 || bytes.ContainsFunc(header, blank) {
			return // it does not come so far, is refused on purpose, or has what JavaScript takes for a 0
		}
		reference, err := ask()
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := reference(in)
		if err != nil {
			t.Fatal(err)
		}
		ours, known := understood(in)
		switch {
		case known:
			return
		case (ours == nil) != (theirs == nil):
			t.Fatalf("%q: we understand %v, the reference %v", in, ours, theirs)
		case ours != nil && !reflect.DeepEqual(ours, theirs):
			t.Fatalf("%q: we understand %v, the reference %v", in, ours, theirs)
		}
	})
}

// blank is what JavaScript's Number takes for nothing, and so for a 0.
func blank(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }

// understood is a packet as client.Message judges it, or nil if it is refused. It
// also reports whether the reference is known, and meant, to judge otherwise.
func understood(in []byte) (packet map[string]any, otherwise bool) {
	p, err := parsePacket(in, 10)
	if err != nil {
		// Numbers beyond what JavaScript counts exactly.
		return nil, bytes.ContainsAny(in, "123456789") && longNumber(in)
	}
	var data any
	switch p.kind {
	case packetConnect:
		if checkObject(p.payload, 8) != nil {
			return nil, len(p.payload) > 0 && bytes.ContainsAny(p.payload[:1], " \t\r\n0123456789") // white space, and an ID that means nothing
		}
	case packetDisconnect:
		if len(p.payload) > 0 {
			return nil, bytes.ContainsAny(p.payload[:1], "0123456789")
		}
	case packetConnectError: // which only a server sends
		return nil, true
	default:
		args, err := splitArray(p.payload, 8)
		if err != nil {
			return nil, len(p.payload) == 0 // "mandatory", but the reference looks at what is there
		}
		if p.kind == packetAck || p.kind == packetBinaryAck {
			if !p.hasID { // nobody could have asked for it
				return nil, true
			}
		} else if !isEventName(args) {
			// The reference also takes numbers for names.
			return nil, len(args) > 0 && args[0][0] != '"' || len(args) > 0 && bytes.ContainsRune(args[0], '\\')
		} else if bytes.ContainsRune(args[0], '\\') {
			return nil, true // a reserved name, perhaps, that is written with escapes
		}
	}
	if len(p.payload) > 0 {
		if json.Unmarshal(p.payload, &data) != nil {
			return nil, true // a number beyond float64
		}
	}
	if p.attachments > 0 {
		var ok bool
		if data, ok = fill(data, p.attachments); !ok {
			return nil, true // a false placeholder: the application sees it as it is
		}
	}
	id := -1.0
	if p.hasID {
		id = float64(p.id)
	}
	kind := p.kind
	switch kind { // once they are whole, the reference calls them so
	case packetBinaryEvent:
		kind = packetEvent
	case packetBinaryAck:
		kind = packetAck
	}
	return map[string]any{
		"kind": float64(kind - '0'), "namespace": string(p.namespace), "id": id, "data": data, "attachments": float64(p.attachments),
	}, false
}

func longNumber(in []byte) bool {
	digits := 0
	for _, c := range in {
		if c < '0' || c > '9' {
			digits = 0
		} else if digits++; digits > 15 {
			return true
		}
	}
	return false
}

// fill puts something in the place of placeholders, as the reference does.
func fill(v any, attachments int) (any, bool) {
	switch v := v.(type) {
	case []any:
		for i := range v {
			var ok bool
			if v[i], ok = fill(v[i], attachments); !ok {
				return nil, false
			}
		}
	case map[string]any:
		if v["_placeholder"] == true {
			n, ok := v["num"].(float64)
			if !ok || n < 0 || n >= float64(attachments) || n != float64(int(n)) {
				return nil, false
			}
			return "an attachment", true
		}
		for key := range v {
			var ok bool
			if v[key], ok = fill(v[key], attachments); !ok {
				return nil, false
			}
		}
	}
	return v, true
}

// startReference starts the parser, and returns a function that asks it.
func startReference() (func([]byte) (map[string]any, error), error) {
	cmd := exec.Command("node", "parser.mjs")
	cmd.Dir = "jstest"
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil { // it ends with its input
		return nil, err
	}
	answers := bufio.NewReader(out)
	return func(p []byte) (map[string]any, error) {
		if _, err := io.WriteString(in, base64.StdEncoding.EncodeToString(p)+"\n"); err != nil {
			return nil, err
		}
		line, err := answers.ReadString('\n')
		if line = strings.TrimSpace(line); err != nil || line == "" {
			return nil, err
		}
		var packet map[string]any
		if err := json.Unmarshal([]byte(line), &packet); err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		return packet, nil
	}, nil
}
