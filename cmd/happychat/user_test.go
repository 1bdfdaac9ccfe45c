package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/control"
)

// run runs the program as the command line would, with a standard input.
func run(t *testing.T, stdin string, args ...string) (code int, out, err string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "stdin")
	if err := os.WriteFile(name, []byte(stdin), 0o600); err != nil {
		t.Fatal(err)
	}
	f, openErr := os.Open(name)
	if openErr != nil {
		t.Fatal(openErr)
	}
	defer f.Close()
	before := os.Stdin
	os.Stdin = f
	defer func() { os.Stdin = before }()
	var stdout, stderr strings.Builder
	p := config.Program{Name: "happychat", Commands: userCommands()}
	code = p.Main(context.Background(), args, nil, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestUserCommands(t *testing.T) {
	data := t.TempDir()
	for _, c := range []struct {
		stdin    string
		args     string
		code     int
		out, err string
	}{
		{"", "user list", 0, "There are no accounts yet.\n", ""},
		{"vK8#mQ2x-right\r\n", "user create lan lan@example.org --owner --name 小兰", 0, "lan can sign in now.\n", ""},
		{"", "user create ming ming@example.org", 2, "", "The password is missing"},
		{"short\n", "user create ming ming@example.org", 1, "", "at least 8 characters"},
		{"vK8#mQ2x-right", "user create m ming@example.org", 1, "", "A user name is"},
		{"vK8#mQ2x-right", "user create LAN ming@example.org", 1, "", "in use"},
		{"vK8#mQ2x-right", "user create ming ming@example.org --language en", 0, "ming can sign in now.\n", ""},
		{"", "user disable lan", 1, "", "only owner"},
		{"", "user owner ming@example.org", 0, "ming is an owner now.\n", ""},
		{"", "user disable LAN", 0, "lan can not sign in any more. All sessions have ended.\n", ""},
		{"", "user enable lan", 0, "lan can sign in again.\n", ""},
		{"another-vK8#mQ2x\n", "user password lan", 0, "lan has a new password. All sessions have ended.\n", ""},
		{"", "user email ming ming@example.net", 0, "ming has the new address.\n", ""},
		{"", "user email ming lan@example.org", 1, "", "in use"},
		{"", "user email ming nonsense", 1, "", "no e-mail address"},
		{"vK8#mQ2x-right", "user create hong hong@example.org", 0, "hong can sign in now.\n", ""},
		{"", "user delete hong", 0, "hong is deleted. The user name rests for 90 days.\n", ""},
		{"", "user delete hong", 1, "", "no such account"},
		{"vK8#mQ2x-right", "user create Hong hong@example.org", 1, "", "in use"},
		{"", "user activate nobody", 1, "", "Nobody of this user name"},
		{"", "user disable", 2, "", "USERNAME|EMAIL"},
	} {
		code, out, err := run(t, c.stdin, append(strings.Fields(c.args), "--data", data)...)
		if code != c.code || out != c.out || !strings.Contains(err, c.err) {
			t.Errorf("%s: %d %q %q; want %d %q %q", c.args, code, out, err, c.code, c.out, c.err)
		}
		if strings.Contains(out+err, "mQ2x") {
			t.Errorf("%s shows the password: %q %q", c.args, out, err)
		}
	}
	_, out, _ := run(t, "", "user", "list", "--data", data)
	lines := strings.Split(out, "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[1], "lan        小兰  lan@example.org   owner  active  ") || !strings.HasPrefix(lines[2], "ming       ming  ming@example.net  owner  active  ") {
		t.Errorf("the list:\n%s", out)
	}
}

func TestCells(t *testing.T) {
	for s, want := range map[string]int{"": 0, "lan": 3, "小兰": 4, "é": 1, "ＡＢ": 4} {
		if got := cells(s); got != want {
			t.Errorf("cells(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestWaitingInTheList(t *testing.T) {
	var b strings.Builder
	printAccounts(&b, []control.Account{{Username: "wei", State: control.Waiting}})
	if !strings.Contains(b.String(), "waits for mail") {
		t.Error(b.String())
	}
}

// While a server runs, it is the server that does it, so that its live sockets
// hear of it.
func TestUserCommandsWhileServing(t *testing.T) {
	data, err := os.MkdirTemp("", "happychat") // short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(data) })
	a, err := app.Start(t.Context(), config.Config{Listen: "127.0.0.1:0", Data: data, Registration: config.RegistrationOpen, Language: config.English},
		app.Options{Hasher: account.NewHasher(account.HashCost{Memory: 64, Passes: 1, Threads: 1})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if code, out, err := run(t, "", "user", "list", "--data", data); code != 0 || !strings.Contains(out, "disabled") {
			t.Errorf("after the server has ended: %d %q %q", code, out, err)
		}
	})
	if code, out, err := run(t, "vK8#mQ2x-right\n", "user", "create", "lan", "lan@example.org", "--data", data); code != 0 {
		t.Fatal(code, out, err)
	}
	in, err := a.Accounts.SignIn(t.Context(), account.Credentials{Login: "lan", Password: "vK8#mQ2x-right"}, account.Client{})
	if err != nil {
		t.Fatal(err)
	}
	if code, _, err := run(t, "", "user", "disable", "lan", "--data", data); code != 0 {
		t.Fatal(err)
	}
	if _, err := a.Accounts.Authenticate(t.Context(), in.Token); err == nil {
		t.Error("a disabled account is signed in")
	}
	if code, _, err := run(t, "", "user", "disable", "nobody", "--data", data); code != 1 || err != "happychat: There is no such account.\n" {
		t.Errorf("%d %q", code, err)
	}
}
