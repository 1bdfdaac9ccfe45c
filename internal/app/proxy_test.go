package app_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/bench/wsload"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/bus/membus"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/wire"
)

// recipes are the blocks of docs/operations.md in a language, "" for plain ones,
// that have a word in them.
func recipes(t *testing.T, language, word string) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range regexp.MustCompile("(?s)\n```([a-z]*)\n(.*?)\n```").FindAllStringSubmatch(string(text), -1) {
		if m[1] == language && strings.Contains(m[2], word) {
			list = append(list, m[2])
		}
	}
	if len(list) == 0 {
		t.Fatalf("there is no recipe with %q", word)
	}
	return list
}

// The recipes for proxies work as they stand, but for addresses and
// certificates.
func TestProxyRecipes(t *testing.T) {
	for _, proxy := range []struct {
		program, language, word string
		// run gives the command, and the file with the recipe.
		run func(folder, address, recipe string) (file, text string, args []string)
	}{
		{"nginx", "nginx", "proxy_pass", func(folder, address, recipe string) (file, text string, args []string) {
			recipe = regexp.MustCompile(`(?m)^\s*ssl_.*\n`).ReplaceAllString(recipe, "")
			recipe = strings.Replace(recipe, "listen 443 ssl", "listen "+address, 1)
			text = "daemon off; pid nginx.pid; error_log stderr; worker_processes 1; events {}\nhttp {\naccess_log off;\n"
			for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
				text += kind + "_temp_path " + kind + ";\n"
			}
			if os.Getuid() == 0 {
				text = "user root;\n" + text
			}
			return "nginx.conf", text + recipe + "\n}\n", []string{"-p", folder, "-c", "nginx.conf", "-e", "stderr"}
		}},
		{"caddy", "", "reverse_proxy", func(folder, address, recipe string) (file, text string, args []string) {
			recipe = strings.Replace(recipe, "chat.example.com", "http://"+address, 1)
			return "Caddyfile", "{\nadmin off\n}\n" + recipe + "\n", []string{"run", "--config", filepath.Join(folder, "Caddyfile"), "--adapter", "caddyfile"}
		}},
	} {
		t.Run(proxy.program, func(t *testing.T) {
			program, err := exec.LookPath(proxy.program)
			if err != nil {
				t.Skipf("%s is not installed (Debian: apt install %s)", proxy.program, proxy.program)
			}
			for i, recipe := range recipes(t, proxy.language, proxy.word) {
				t.Run(fmt.Sprint(i), func(t *testing.T) {
					nodes := behind(t)
					free, err := net.Listen("tcp", "127.0.0.1:0")
					if err != nil {
						t.Fatal(err)
					}
					address := free.Addr().String()
					_ = free.Close()
					several := strings.Contains(recipe, "10.0.0.11:8080")
					for from, node := range map[string]*apptest.Server{"127.0.0.1:8080": nodes[0], "10.0.0.11:8080": nodes[0], "10.0.0.12:8080": nodes[1]} {
						recipe = strings.ReplaceAll(recipe, from, node.Addr().String())
					}
					folder := t.TempDir()
					file, text, args := proxy.run(folder, address, recipe)
					if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
					c := exec.CommandContext(context.Background(), program, args...)
					c.WaitDelay = 5 * time.Second
					var log bytes.Buffer
					c.Stdout, c.Stderr = &log, &log
					c.Env = append(os.Environ(), "HOME="+folder, "XDG_CONFIG_HOME="+folder, "XDG_DATA_HOME="+folder)
					if err := c.Start(); err != nil {
						t.Fatal(err)
					}
					t.Cleanup(func() {
						_ = c.Process.Signal(os.Interrupt)
						_ = c.Wait() // it was told to end
						if t.Failed() {
							t.Logf("%s\n%s", text, log.String())
						}
					})
					through(t, nodes, address, several)
				})
			}
		})
	}
}

// behind starts two nodes that trust a proxy on this machine.
func behind(t *testing.T) []*apptest.Server {
	t.Helper()
	shared := &membus.Bus{}
	return apptest.StartNodes(t, 2, database(t), func(_ int, c *config.Config, o *app.Options) {
		o.Bus = shared
		c.PublicURL = "https://chat.example.com"
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	})
}

// through talks to the nodes through the proxy, by all that clients use.
func through(t *testing.T, nodes []*apptest.Server, address string, several bool) {
	t.Helper()
	proxy := &apptest.Server{App: nodes[0].App, T: t, Clock: nodes[0].Clock, Base: "http://" + address}
	apptest.Eventually(t, "the proxy serves", func() bool {
		res, err := http.Get(proxy.Base + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
	lan := nodes[0].Person("lan")
	if a := proxy.Do(lan, "GET", "/account", nil); a.Status != http.StatusOK {
		t.Errorf("over HTTP: %d %s", a.Status, a.Raw)
	}
	// Long-polling, all of whose requests must meet the same node.
	polling := proxy.Connect(lan.Token)
	for range 10 {
		if ack := polling.Ask(wire.CommandSync, `{"user":0,"conversations":[]}`); apptest.Get(ack, "result.accountId") != lan.ID.String() {
			t.Fatalf("by polling: %s", ack)
		}
	}
	socket := func() *wsload.Conn {
		t.Helper()
		c, err := wsload.Dial(address, "/socket.io/?EIO=4&transport=websocket", "")
		if err != nil {
			t.Fatal("by WebSocket:", err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if _, err := c.Next(); err != nil {
			t.Fatal(err)
		}
		if err := c.Send([]byte(`40{"token":"` + lan.Token + `"}`)); err != nil {
			t.Fatal(err)
		}
		if m, err := c.Next(); err != nil || !bytes.HasPrefix(m, []byte("40")) {
			t.Fatalf("by WebSocket: %s %v", m, err)
		}
		return c
	}
	socket()
	if !several {
		return
	}
	// One node stops: the other takes over.
	nodes[0].Stop()
	apptest.Eventually(t, "the other node answers", func() bool { return proxy.Do(lan, "GET", "/account", nil).Status == http.StatusOK })
	socket()
}
