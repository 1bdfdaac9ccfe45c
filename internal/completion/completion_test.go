package completion_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/completion"
	"github.com/happychat/happychat/internal/robot"
)

// endpoint answers as the test says.
func endpoint(t *testing.T, serve http.HandlerFunc) *completion.Client {
	return endpointFor(t, patient, serve)
}

// patient waits for whatever a busy machine does late; hasty is for endpoints
// that never come to an end.
var (
	patient = completion.Options{Patience: time.Minute, Total: time.Minute}
	hasty   = completion.Options{Patience: 2 * time.Second, Total: 4 * time.Second}
)

func endpointFor(t *testing.T, o completion.Options, serve http.HandlerFunc) *completion.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Only then does the server notice that the client goes away.
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		serve(w, r)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	o.URL, o.Model, o.Key = server.URL+"/v1", "small", "secret"
	c, err := completion.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// events writes a stream.
func events(w http.ResponseWriter, lines ...string) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, l := range lines {
		fmt.Fprint(w, l, "\n\n")
		w.(http.Flusher).Flush()
	}
}

func piece(text string) string {
	raw, _ := json.Marshal(text)
	return `data: {"choices":[{"delta":{"content":` + string(raw) + `},"finish_reason":null}]}`
}

// hold keeps a request until the client goes away.
func hold(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		serve http.HandlerFunc
		want  string
		err   error
	}{
		"a stream": {func(w http.ResponseWriter, _ *http.Request) {
			events(w, `data: {"choices":[{"delta":{"role":"assistant"}}]}`, piece("Hel"), ": a comment", piece("lo"), `data: {"choices":[],"usage":{"total_tokens":3}}`, "data: [DONE]", piece("not told"))
		}, "Hello", nil},
		"an end by its reason": {func(w http.ResponseWriter, _ *http.Request) {
			events(w, piece("Hello"), `data: {"choices":[{"delta":{},"finish_reason":"stop"}]}`)
		}, "Hello", nil},
		"lines that end as they like": {func(w http.ResponseWriter, _ *http.Request) {
			events(w, "event: x\r\nid: 1\r\n"+piece("Hello")+"\r", "data:[DONE]\r")
		}, "Hello", nil},
		"no stream": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			fmt.Fprint(w, `{"choices":[{"message":{"role":"assistant","content":"Hello"}}]}`)
		}, "Hello", nil},
		"thoughts": {func(w http.ResponseWriter, _ *http.Request) {
			events(w, piece("<th"), piece("ink>hm, "), piece("what</thi"), piece("nk>\n\nHello"), piece("!"), "data: [DONE]")
		}, "Hello!", nil},
		"no thoughts": {func(w http.ResponseWriter, _ *http.Request) {
			events(w, piece("<th"), piece("e end>"), "data: [DONE]")
		}, "<the end>", nil},
		"a beginning that is all": {func(w http.ResponseWriter, _ *http.Request) { events(w, piece("<t"), "data: [DONE]") }, "<t", nil},
		"nothing":                 {func(w http.ResponseWriter, _ *http.Request) { events(w, "data: [DONE]") }, "", nil},

		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			events(w, piece("Hel"))
			conn, _, _ := w.(http.Hijacker).Hijack()
			_ = conn.Close()
		}, "Hel", robot.ErrUnreachable},
		"no end": {func(w http.ResponseWriter, _ *http.Request) { events(w, piece("Hel")) }, "Hel", robot.ErrUnreachable},
		"an error in stream": {func(w http.ResponseWriter, _ *http.Request) {
			events(w, piece("Hel"), `data: {"error":{"message":"out of memory"}}`)
		}, "Hel", robot.ErrUnreachable},
		"an error as JSON": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"error":"no"}`)
		}, "", robot.ErrUnreachable},
		"garbage": {func(w http.ResponseWriter, _ *http.Request) { events(w, piece("Hel"), "data: \x00\xff{{{") }, "Hel", robot.ErrUnreachable},
		"a page":  {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>Hello</html>") }, "", robot.ErrUnreachable},
		"empty":   {func(http.ResponseWriter, *http.Request) {}, "", robot.ErrUnreachable},
		"JSON of others": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `[1,2,3]`)
		}, "", robot.ErrUnreachable},
		"an endless line": {func(w http.ResponseWriter, _ *http.Request) {
			for range 40 {
				fmt.Fprint(w, strings.Repeat("x", 64<<10))
			}
		}, "", robot.ErrUnreachable},
		"401": {func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"error":"key"}`, http.StatusUnauthorized)
		}, "", robot.ErrRefused},
		"404": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no model", http.StatusNotFound) }, "", robot.ErrRefused},
		"429": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "slow down", http.StatusTooManyRequests) }, "", robot.ErrBusy},
		"503": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "loading", http.StatusServiceUnavailable) }, "", robot.ErrBusy},
		"500": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oh", http.StatusInternalServerError) }, "", robot.ErrUnreachable},
		"a redirection": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/elsewhere", http.StatusTemporaryRedirect)
		}, "", robot.ErrRefused},
		"no answer at all":      {hold, "", robot.ErrSlow},
		"a stall at the start":  {func(w http.ResponseWriter, r *http.Request) { events(w, ": wait"); hold(w, r) }, "", robot.ErrSlow},
		"a stall in the middle": {func(w http.ResponseWriter, r *http.Request) { events(w, piece("Hel")); hold(w, r) }, "Hel", robot.ErrSlow},
		"comments for ever": {func(w http.ResponseWriter, r *http.Request) {
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					events(w, ": still here")
				case <-r.Context().Done():
					return
				}
			}
		}, "", robot.ErrSlow},
		"a slow drip": {func(w http.ResponseWriter, r *http.Request) {
			tick := time.NewTicker(100 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					events(w, piece("x"))
				case <-r.Context().Done():
					return
				}
			}
		}, "…", robot.ErrSlow},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			options := patient
			if errors.Is(tt.err, robot.ErrSlow) {
				options = hasty
			}
			err := endpointFor(t, options, tt.serve).Converse(t.Context(), "be kind", []robot.Line{{Text: "hi"}}, func(s string) error {
				got.WriteString(s)
				return nil
			})
			if !errors.Is(err, tt.err) || err != nil && tt.err == nil {
				t.Errorf("the error is %v, want %v", err, tt.err)
			}
			if tt.want == "…" && strings.Trim(got.String(), "x") == "" && got.Len() > 5 {
				return
			}
			if got.String() != tt.want {
				t.Errorf("it says %q, want %q", got.String(), tt.want)
			}
		})
	}
}

// Output without end is read up to a limit.
func TestHuge(t *testing.T) {
	c := endpoint(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			events(w, piece(strings.Repeat("x", 60_000)))
		}
	})
	n := 0
	err := c.Converse(t.Context(), "", nil, func(s string) error {
		n += len(s)
		return nil
	})
	if !errors.Is(err, robot.ErrUnreachable) || n > 5<<20 {
		t.Errorf("%d bytes were told, %v", n, err)
	}
}

// What is sent: the model, the key, and the conversation.
func TestRequest(t *testing.T) {
	var mu sync.Mutex
	var path, key string
	var body struct {
		Model    string
		Stream   bool
		Messages []struct{ Role, Content string }
	}
	c := endpoint(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		path, key = r.URL.Path, r.Header.Get("Authorization")
		raw, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Error(err)
		}
		events(w, "data: [DONE]")
	})
	if err := c.Converse(t.Context(), "be kind", []robot.Line{{Text: "hi"}, {Robot: true, Text: "hello"}, {Text: "你好"}}, func(string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if got := fmt.Sprint(path, key, body); got != "/v1/chat/completionsBearer secret{small true [{system be kind} {user hi} {assistant hello} {user 你好}]}" {
		t.Error(got)
	}
	if c.Host() != "127.0.0.1" {
		t.Error(c.Host())
	}
}

// Whoever is told can end it, and so can the caller.
func TestEnds(t *testing.T) {
	gone := make(chan struct{}, 2)
	serve := func(w http.ResponseWriter, r *http.Request) {
		events(w, piece("Hello"))
		<-r.Context().Done()
		gone <- struct{}{}
	}
	enough := errors.New("enough")
	if err := endpoint(t, serve).Converse(t.Context(), "", nil, func(string) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("told to end: %v", err)
	}
	<-gone
	ctx, cancel := context.WithCancelCause(t.Context())
	if err := endpoint(t, serve).Converse(ctx, "", nil, func(string) error { cancel(enough); return nil }); !errors.Is(err, enough) {
		t.Errorf("the caller ends: %v", err)
	}
	<-gone
}

// Where nobody listens there is no answer.
func TestNobody(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	c, err := completion.New(completion.Options{URL: "http://" + address, Patience: time.Second, Total: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Converse(t.Context(), "", nil, func(string) error { return nil }); !errors.Is(err, robot.ErrUnreachable) {
		t.Error(err)
	}
}
