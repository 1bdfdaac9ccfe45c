package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/httpapi"
	"github.com/happychat/happychat/internal/wire"
)

// described is the part of the description that the tests walk.
type described struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Parameters  []struct{ Name, In string }
		RequestBody struct {
			Required bool
			Content  map[string]struct {
				Schema struct {
					Ref string `json:"$ref"`
				}
			}
		}
		Security []any
	}
	Components struct {
		Schemas map[string]struct {
			Properties map[string]struct {
				Type      string
				MaxLength int
				MinLength int
			}
			Required []string
		}
	}
}

func describe(t *testing.T) described {
	t.Helper()
	raw, err := httpapi.Description()
	if err != nil {
		t.Fatal(err)
	}
	var d described
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// Whatever is wrong with the body of whatever operation is answered with a
// problem that has a code and a sentence; nothing changes, and nobody is told.
func TestBadBodies(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	w.befriend("lan", "ming")
	d := describe(t)
	before := w.people["lan"].Snapshot().String()
	tried := 0
	for path, methods := range d.Paths {
		for method, op := range methods {
			content, ok := op.RequestBody.Content["application/json"]
			if !ok {
				continue
			}
			schema := d.Components.Schemas[content.Schema.Ref[strings.LastIndexByte(content.Schema.Ref, '/')+1:]]
			url := strings.TrimPrefix(strings.ReplaceAll(path, "{id}", w.vars["lan+ming"]), httpapi.Prefix)
			bad := map[string]string{
				"not JSON":        `{`,
				"not an object":   `"text"`,
				"a list":          `[]`,
				"unknown field":   `{"surprise":1}`,
				"not UTF-8":       "{\"body\":\"\xff\xfe\"}",
				"half a pair":     `{"body":"\ud83d"}`,
				"NUL":             `{"body":"a\u0000b"}`,
				"two objects":     `{}{}`,
				"too large":       `{"body":"` + strings.Repeat("x", 1<<20) + `"}`,
				"nested too deep": strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000),
			}
			if op.RequestBody.Required {
				bad["nothing"] = ""
				bad["null"] = "null"
				if len(schema.Required) > 0 {
					bad["empty"] = `{}`
				}
			}
			for name, p := range schema.Properties {
				wrong := `{"x":1}`
				bad[name+" of another type"] = fmt.Sprintf(`{%q:%s}`, name, wrong)
				if p.Type == "string" && p.MaxLength > 0 {
					bad[name+" too long"] = fmt.Sprintf(`{%q:%q}`, name, strings.Repeat("字", p.MaxLength+1))
				}
				if p.Type == "string" && p.MinLength > 0 {
					bad[name+" empty"] = fmt.Sprintf(`{%q:""}`, name)
				}
			}
			for what, body := range bad {
				var with any
				if body != "" {
					with = body
				}
				a := w.Do(w.people["lan"], strings.ToUpper(method), url, with)
				tried++
				checkProblem(t, op.OperationID+", "+what, a)
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d bad requests were made: is the description read?", tried)
	}
	if events := w.Events(); len(events) > 0 {
		t.Errorf("something was changed: %s", w.describe(events))
	}
	if after := w.people["lan"].Snapshot().String(); after != before {
		t.Errorf("something was changed:\n%s\nfrom\n%s", after, before)
	}
}

func checkProblem(t *testing.T, what string, a apptest.Answer) {
	t.Helper()
	var p wire.Problem
	err := json.Unmarshal(a.Raw, &p)
	if a.Status < 400 || a.Status > 499 || err != nil || p.Code == "" || len(p.Detail) < 10 || p.Status != a.Status ||
		a.Header.Get("Content-Type") != "application/problem+json" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: %d %v %.300s", what, a.Status, a.Header, a.Raw)
	}
}

// The same for what is in the address.
func TestBadAddresses(t *testing.T) {
	w := newWorld(t, "lan")
	d := describe(t)
	for path, methods := range d.Paths {
		for method, op := range methods {
			for _, p := range op.Parameters {
				for _, value := range []string{"0", "-1", "x", "99999999999999999999999", "%00", "1e3", "%F0%28", strings.Repeat("9", 2000), "%27%20OR%201=1"} {
					var url string
					switch p.In {
					case "path":
						url = strings.ReplaceAll(path, "{"+p.Name+"}", value)
					case "query":
						if p.Name == "after" && value == "0" {
							continue
						}
						url = strings.ReplaceAll(path, "{id}", "7") + "?" + p.Name + "=" + value
					default:
						continue
					}
					a := w.Do(w.people["lan"], strings.ToUpper(method), strings.TrimPrefix(url, httpapi.Prefix), nil)
					checkProblem(t, op.OperationID+" with "+p.Name+"="+value[:min(len(value), 30)], a)
				}
			}
			if strings.ToUpper(method) == http.MethodGet {
				a := w.Do(w.people["lan"], http.MethodGet, strings.TrimPrefix(strings.ReplaceAll(path, "{id}", "7"), httpapi.Prefix)+"?surprise=1", nil)
				checkProblem(t, op.OperationID+" with an unknown parameter", a)
			}
		}
	}
	checkProblem(t, "an unknown address", w.Do(w.people["lan"], "GET", "/nothing-here", nil))
	checkProblem(t, "an unknown method", w.Do(w.people["lan"], "PATCH", "/contacts", nil))
}

// nobody: every operation that is not public asks for a session first.
func TestNobody(t *testing.T) {
	w := newWorld(t, "lan")
	d := describe(t)
	for path, methods := range d.Paths {
		for method, op := range methods {
			if len(op.Security) == 0 {
				continue
			}
			url := strings.TrimPrefix(strings.ReplaceAll(path, "{id}", w.vars["lan"]), httpapi.Prefix)
			for what, p := range map[string]*apptest.Person{"nobody": nil, "somebody with a made-up token": {Token: "made-up"}, "an empty token": {}} {
				a := w.Do(p, strings.ToUpper(method), url, "{}")
				if a.Status != http.StatusUnauthorized || a.Code() != "session.required" {
					t.Errorf("%s as %s: %d %s", op.OperationID, what, a.Status, a.Raw)
				}
			}
		}
	}
}

// A page of another site writes nothing in the name of whoever looks at it.
func TestForeignPages(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	w.befriend("lan", "ming")
	for _, c := range []struct {
		header map[string]string
		ok     bool
	}{
		{map[string]string{}, true}, // no browser
		{map[string]string{"Origin": w.Base}, true},
		{map[string]string{"Origin": w.Base, "Sec-Fetch-Site": "same-origin"}, true},
		{map[string]string{"Origin": "https://evil.example"}, false},
		{map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, false},
		{map[string]string{"Origin": "null"}, false},
		{map[string]string{"Sec-Fetch-Site": "cross-site"}, false},
		{map[string]string{"Sec-Fetch-Site": "same-site"}, false},
		{map[string]string{"Origin": "http://evil.example/" + strings.TrimPrefix(w.Base, "http://")}, false},
	} {
		for method, url := range map[string]string{
			"PUT":  w.Base + "/api/v1/blocks/" + w.vars["ming"],
			"POST": w.Base + "/api/v1/sessions",
			"GET":  w.Base + "/socket.io/?EIO=4&transport=polling",
		} {
			req, err := http.NewRequest(method, url, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.AddCookie(&http.Cookie{Name: "happychat_session", Value: w.people["lan"].Token})
			for k, v := range c.header {
				req.Header.Set(k, v)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			var body bytes.Buffer
			_, _ = body.ReadFrom(res.Body)
			_ = res.Body.Close()
			if refused := res.StatusCode == http.StatusForbidden; refused == c.ok {
				t.Errorf("%s %s with %v: %d %s", method, strings.TrimPrefix(url, w.Base), c.header, res.StatusCode, body.String())
			}
		}
	}
}
