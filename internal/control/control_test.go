package control_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/control"
	"github.com/happychat/happychat/internal/sqlstore"
)

const password = "vK8#mQ2x-right"

func service(t *testing.T) *account.Service {
	store, err := sqlstore.Open(t.Context(), sqlstore.Options{Path: filepath.Join(t.TempDir(), "happychat.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	clock := change.SystemClock{}
	return account.NewService(account.Options{
		Store: store, IDs: change.NewIDs(clock), Clock: clock,
		Hasher: account.NewHasher(account.HashCost{Memory: 64, Passes: 1, Threads: 1}),
	})
}

func create(name string) control.Request {
	return control.Request{
		Action: control.Create, Password: password,
		Wish: &control.Wish{Username: name, Email: name + "@example.org", Language: "en"},
	}
}

// Everything works the same directly and by the socket.
func TestActions(t *testing.T) {
	for name, start := range map[string]func(t *testing.T, s *account.Service) func(control.Request) (control.Answer, error){
		"directly": func(t *testing.T, s *account.Service) func(control.Request) (control.Answer, error) {
			return func(r control.Request) (control.Answer, error) {
				return control.Desk{Accounts: s}.Perform(t.Context(), r)
			}
		},
		"by the socket": func(t *testing.T, s *account.Service) func(control.Request) (control.Answer, error) {
			folder := serve(t, s)
			return func(r control.Request) (control.Answer, error) { return control.Ask(t.Context(), folder, r) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := service(t)
			do := start(t, s)
			for i, c := range []struct {
				request control.Request
				want    string // username role state, or a code
			}{
				{create("lan"), "lan user active"},
				{create("LAN"), "account.taken"},
				{control.Request{Action: control.Create, Password: "short", Wish: create("wei").Wish}, "password.too_short"},
				{control.Request{Action: control.Create}, "request.invalid"},
				{control.Request{Action: control.Owner, Login: "lan@example.org"}, "lan owner active"},
				{control.Request{Action: control.Disable, Login: "lan"}, "account.last_owner"},
				{control.Request{Action: control.Create, Password: password, Wish: &control.Wish{Username: "小明明", Email: "m@example.org", Language: "zh-CN", Owner: true}}, "小明明 owner active"},
				{control.Request{Action: control.Disable, Login: "lan"}, "lan owner disabled"},
				{control.Request{Action: control.Enable, Login: "lan"}, "lan owner active"},
				{control.Request{Action: control.Password, Login: "lan", Password: "new-" + password}, "lan owner active"},
				{control.Request{Action: control.Password, Login: "lan", Password: "password1"}, "password.common"},
				{control.Request{Action: control.Password, Login: "nobody", Password: password}, "account.not_found"},
				{control.Request{Action: control.Activate, Login: "wei"}, "registration.not_found"},
				{control.Request{Action: "dance"}, "request.invalid"},
			} {
				got, err := do(c.request)
				text := ""
				if e, ok := errors.AsType[*change.Error](err); ok {
					text = e.Code
				} else if err != nil {
					t.Fatal(err)
				} else if len(got.Accounts) == 1 {
					a := got.Accounts[0]
					text = strings.Join([]string{a.Username, a.Role, a.State}, " ")
				}
				if text != c.want {
					t.Errorf("%d: %+v: %q, want %q", i, c.request, text, c.want)
				}
			}
			if _, err := s.SignIn(t.Context(), account.Credentials{Login: "lan", Password: "new-" + password}, account.Client{}); err != nil {
				t.Error("the new password:", err)
			}
			for _, email := range []string{"wei@example.org", "lan@example.org"} { // the second is an account's
				if err := s.Register(t.Context(), account.Wish{Username: "wei", Email: email, Password: password, Language: "en"}, account.Client{}); err != nil {
					t.Fatal(err)
				}
			}
			list, err := do(control.Request{Action: control.List})
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, a := range list.Accounts {
				lines = append(lines, a.Username+" "+a.State)
			}
			if got := strings.Join(lines, ", "); got != "lan active, 小明明 active, wei waiting" {
				t.Errorf("list: %s", got)
			}
			if _, err := do(control.Request{Action: control.Activate, Login: "wei@example.org"}); err != nil {
				t.Error(err)
			}
		})
	}
}

func serve(t *testing.T, s *account.Service) (folder string) {
	folder, err := os.MkdirTemp("", "control") // shorter than t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	server, err := control.Serve(folder, control.Desk{Accounts: s}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(folder, "control.sock")); !errors.Is(err, os.ErrNotExist) {
			t.Error("the socket is left behind:", err)
		}
	})
	return folder
}

func TestSocket(t *testing.T) {
	s := service(t)
	folder := serve(t, s)
	path := filepath.Join(folder, "control.sock")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; only the owner of the data may open it", info.Mode(), err)
	}
	// Nonsense and silence hold nobody up.
	for _, sent := range []string{"", "{", "null\n", "[]\n", strings.Repeat(" ", 200_000), `{"action":1}` + "\n"} {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte(sent)) // it may be cut off
		_ = conn.(*net.UnixConn).CloseWrite()
		var a control.Answer
		if json.NewDecoder(conn).Decode(&a) == nil && a.Error == nil {
			t.Errorf("%.20q was answered: %+v", sent, a)
		}
		_ = conn.Close()
	}
	if _, err := control.Ask(t.Context(), folder, create("lan")); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := control.Ask(ctx, folder, create("wei")); err == nil {
		t.Error("asked though it was given up")
	}
}

// What a killed process left is no hindrance.
func TestStaleSocket(t *testing.T) {
	folder, err := os.MkdirTemp("", "control")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	stale, err := net.Listen("unix", filepath.Join(folder, "control.sock"))
	if err != nil {
		t.Fatal(err)
	}
	stale.(*net.UnixListener).SetUnlinkOnClose(false)
	_ = stale.Close()
	if _, err := control.Ask(t.Context(), folder, control.Request{Action: control.List}); err == nil || !strings.Contains(err.Error(), "does not take commands") {
		t.Errorf("%v", err)
	}
	server, err := control.Serve(folder, control.Desk{Accounts: service(t)}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := control.Ask(t.Context(), folder, control.Request{Action: control.List}); err != nil {
		t.Error(err)
	}
	_ = server.Close()
}

func TestPathTooLong(t *testing.T) {
	_, err := control.Serve("/"+strings.Repeat("long/", 30), control.Desk{}, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("%v", err)
	}
}
