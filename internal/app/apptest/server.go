// Package apptest starts the whole server for tests, with people in it who talk
// to it from outside: over HTTP, and over a socket.
package apptest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/wire"
)

// Clock is a clock that moves when it is told to.
type Clock struct {
	mu  sync.Mutex
	now int64
}

// Now implements change.Clock.
func (c *Clock) Now() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += d.Milliseconds()
}

// Server is a running server with its data in a temporary folder.
type Server struct {
	*app.App
	T     testing.TB
	Clock *Clock
	Base  string // http://127.0.0.1:port
	// Stop ends the server before the test does.
	Stop func()

	mu        sync.Mutex
	committed []change.Change
}

// Password is everybody's.
const Password = "correct horse 电池 staple"

// Start starts a server that ends with the test. alter may change what it is
// told; it may be nil.
func Start(t testing.TB, alter func(*config.Config, *app.Options)) *Server {
	t.Helper()
	s := &Server{T: t, Clock: &Clock{now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC).UnixMilli()}}
	c := config.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Registration: config.RegistrationOpen, Language: config.English}
	o := app.Options{
		Version: "test", Clock: s.Clock, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Hasher: account.NewHasher(account.HashCost{Memory: 64, Passes: 1, Threads: 1}),
		Committed: func(changes []change.Change) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.committed = append(s.committed, changes...)
		},
	}
	if alter != nil {
		alter(&c, &o)
	}
	a, err := app.Start(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	s.App = a
	s.Base = "http://" + a.Addr().String()
	s.Stop = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := a.Close(ctx); err != nil {
			t.Error("close:", err)
		}
	})
	t.Cleanup(s.Stop)
	return s
}

// Event is an announced change as clients see it.
type Event struct {
	Scope   change.Scope
	Name    string
	Payload json.RawMessage
}

// Events gives what was announced since the last call, in order.
func (s *Server) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Event
	for _, c := range s.committed {
		name, payload := wire.Event(c)
		list = append(list, Event{c.Scope, name, wire.Raw(payload)})
	}
	s.committed = nil
	return list
}

// Person is somebody with an account and a session.
type Person struct {
	Server  *Server
	ID      change.ID
	Name    string
	Token   string
	Session change.ID
}

// Person makes an account, and signs it in.
func (s *Server) Person(name string) *Person {
	s.T.Helper()
	ctx := context.Background()
	a, err := s.Accounts.Create(ctx, account.Wish{Username: name, Name: strings.ToUpper(name[:1]) + name[1:], Email: name + "@example.org", Password: Password, Language: "en"}, account.User)
	if err != nil {
		s.T.Fatal(err)
	}
	p := &Person{Server: s, ID: a.ID, Name: name}
	p.SignIn()
	return p
}

// SignIn gives the person a new session.
func (p *Person) SignIn() {
	p.Server.T.Helper()
	in, err := p.Server.Accounts.SignIn(context.Background(), account.Credentials{Login: p.Name, Password: Password, Remember: true}, account.Client{Device: "test", Address: "192.0.2.1"})
	if err != nil {
		p.Server.T.Fatal(err)
	}
	p.Token, p.Session = in.Token, in.Session.ID
}

// Befriend makes friends of two people and gives their conversation.
func (s *Server) Befriend(a, b *Person) change.ID {
	s.T.Helper()
	ctx := context.Background()
	r, err := s.Contacts.Ask(ctx, a.ID, b.ID, "", "")
	if err == nil {
		_, err = s.Contacts.Accept(ctx, b.ID, r.ID, "")
	}
	if err != nil {
		s.T.Fatal(err)
	}
	c, err := s.Store.DirectConversation(ctx, a.ID, b.ID)
	if err != nil {
		s.T.Fatal(err)
	}
	return c.ID
}

// Crowd makes accounts that are friends of somebody, and do nothing else.
func (s *Server) Crowd(friend *Person, n int) []change.ID {
	s.T.Helper()
	ids, list := change.NewIDs(s.Clock), make([]change.ID, n)
	err := s.Store.Update(context.Background(), func(ctx context.Context) error {
		of, err := s.Store.Account(ctx, friend.ID)
		if err != nil {
			return err
		}
		for i := range list {
			a, err := s.Store.CreateAccount(ctx, account.Account{
				ID: ids.Next(), Kind: account.Person, Username: fmt.Sprintf("crowd-%05d", i), Name: fmt.Sprintf("Crowd %d", i),
				Role: account.User, State: account.Active, Language: "en", CreatedAt: s.Clock.Now(),
			})
			if err != nil {
				return err
			}
			list[i] = a.ID
			for _, side := range [][2]account.Account{{of, a}, {a, of}} {
				if _, err := s.Store.PutContact(ctx, contact.Contact{Owner: side[0].ID, Account: side[1].Card(), State: contact.Friend, Since: s.Clock.Now()}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		s.T.Fatal(err)
	}
	return list
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Raw    []byte
}

// Into decodes the body.
func (a Answer) Into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.Raw, v); err != nil {
		t.Fatalf("%d %s: %v", a.Status, a.Raw, err)
	}
}

// Code is the code of a problem, or empty.
func (a Answer) Code() string {
	var p wire.Problem
	_ = json.Unmarshal(a.Raw, &p) // anything else has no code
	return p.Code
}

// Get follows a path of dots into the body: "messages.0.seq".
func (a Answer) Get(path string) string { return Get(a.Raw, path) }

// Get follows a path of dots into JSON and prints what is there; "-" if there
// is nothing.
func Get(raw json.RawMessage, path string) string {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return "-"
	}
	for key := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[key]
			if !ok {
				return "-"
			}
			v = next
		case []any:
			if key == "#" {
				return fmt.Sprint(len(at))
			}
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(at) {
				return "-"
			}
			v = at[i]
		default:
			return "-"
		}
	}
	return fmt.Sprint(v)
}

// Do makes a request under /api/v1 as the person; as nobody if p is nil. body is
// sent as it is if it is a string or bytes, and as JSON otherwise.
func (s *Server) Do(p *Person, method, path string, body any) Answer {
	s.T.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	case []byte:
		r = bytes.NewReader(b)
	default:
		r = bytes.NewReader(wire.Raw(b))
	}
	req, err := http.NewRequest(method, s.Base+"/api/v1"+path, r)
	if err != nil {
		s.T.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if p != nil {
		req.Header.Set("Authorization", "Bearer "+p.Token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.T.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.T.Fatal(err)
	}
	return Answer{res.StatusCode, res.Header, raw}
}
