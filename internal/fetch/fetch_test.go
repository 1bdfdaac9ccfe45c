package fetch_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/fetch"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"1.1.1.1": true, "140.82.121.4": true, "2606:4700::1111": true, "2a00:1450::1": true, "::ffff:1.1.1.1": true, "64:ff9b::1.1.1.1": true,
		"127.0.0.1": false, "127.9.9.9": false, "::1": false, "::ffff:127.0.0.1": false, "::127.0.0.1": false,
		"10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "::ffff:10.0.0.1": false,
		"169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12::1": false, "fec0::1": false,
		"0.0.0.0": false, "::": false, "0.1.2.3": false, "100.64.0.1": false, "192.0.0.1": false, "198.18.0.1": false,
		"224.0.0.1": false, "ff02::1": false, "240.0.0.1": false, "255.255.255.255": false,
		"64:ff9b::10.0.0.1": false, "64:ff9b::127.0.0.1": false, "2002:7f00:1::": false, "2001::1": false, "2001:db8::1": false,
	} {
		if got := fetch.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}

// get tells what came, or the error.
func get(c *http.Client, address string) (string, error) {
	res, err := c.Get(address)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return string(text), err
}

func serve(t *testing.T, h http.HandlerFunc) (address, port string) {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	u, _ := url.Parse(s.URL)
	return s.URL, u.Port()
}

// Only machines that the operator named may be in the own network, by whatever
// name or address they are reached. The server counts who got through.
func TestOnlyNamedMachinesArePrivate(t *testing.T) {
	_, port := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") })
	c := fetch.New(fetch.Options{})
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1.2.3"} {
		if text, err := get(c, "http://"+host+":"+port); !errors.Is(err, fetch.ErrForbidden) {
			t.Errorf("%s: %q %v", host, text, err)
		}
	}
	c = fetch.New(fetch.Options{Trusted: []string{"LocalHost"}})
	if text, err := get(c, "http://localhost:"+port); err != nil || text != "secret" {
		t.Errorf("the named one: %q %v", text, err)
	}
	if text, err := get(c, "http://127.0.0.1:"+port); !errors.Is(err, fetch.ErrForbidden) {
		t.Errorf("another name of it: %q %v", text, err)
	}
}

func TestRedirects(t *testing.T) {
	_, inside := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") })
	var posts int
	_, port := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/in":
			http.Redirect(w, r, "http://127.0.0.1:"+inside, http.StatusFound)
		case r.URL.Path == "/self":
			http.Redirect(w, r, "/end", http.StatusFound)
		case r.URL.Path == "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case r.Method == http.MethodPost:
			posts++
			http.Redirect(w, r, "/post", http.StatusTemporaryRedirect)
		default:
			_, _ = io.WriteString(w, "end")
		}
	})
	named := "http://localhost:" + port
	c := fetch.New(fetch.Options{Trusted: []string{"localhost"}, Redirects: 3})
	if text, err := get(c, named+"/self"); err != nil || text != "end" {
		t.Errorf("to itself: %q %v", text, err)
	}
	if text, err := get(c, named+"/in"); !errors.Is(err, fetch.ErrForbidden) {
		t.Errorf("into the own network: %q %v", text, err)
	}
	if _, err := get(c, named+"/loop"); !errors.Is(err, fetch.ErrRedirects) {
		t.Errorf("in circles: %v", err)
	}
	if _, err := get(fetch.New(fetch.Options{Trusted: []string{"localhost"}}), named+"/self"); !errors.Is(err, fetch.ErrRedirects) {
		t.Errorf("where none are followed: %v", err)
	}
	res, err := c.Post(named+"/post", "text/plain", strings.NewReader("key"))
	if err != nil || res.StatusCode != http.StatusTemporaryRedirect || posts != 1 {
		t.Errorf("what was posted went on: %v, %d times", err, posts)
	}
	res.Body.Close()
}

func TestAnswersAreBounded(t *testing.T) {
	stop := make(chan struct{})
	_, port := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/fits":
			_, _ = io.WriteString(w, strings.Repeat("x", 1000))
		case "/told":
			w.Header().Set("Content-Length", "1001")
			_, _ = io.WriteString(w, strings.Repeat("x", 1001))
		case "/endless":
			for {
				if _, err := fmt.Fprint(w, strings.Repeat("x", 4096)); err != nil {
					return
				}
			}
		case "/never":
			select {
			case <-stop:
			case <-r.Context().Done():
			}
		case "/headers":
			w.Header().Set("X-Long", strings.Repeat("x", 100<<10))
		}
	})
	defer close(stop)
	c := fetch.New(fetch.Options{Trusted: []string{"localhost"}, Bytes: 1000, Time: 30 * time.Second})
	at := "http://localhost:" + port
	if text, err := get(c, at+"/fits"); err != nil || len(text) != 1000 {
		t.Errorf("what fits: %d %v", len(text), err)
	}
	for _, path := range []string{"/told", "/endless"} {
		if text, err := get(c, at+path); !errors.Is(err, fetch.ErrTooLarge) || len(text) > 1000 {
			t.Errorf("%s: %d bytes, %v", path, len(text), err)
		}
	}
	if _, err := get(c, at+"/headers"); err == nil {
		t.Error("endless headers were read")
	}
	c = fetch.New(fetch.Options{Trusted: []string{"localhost"}, Time: 50 * time.Millisecond})
	if _, err := get(c, at+"/never"); err == nil {
		t.Error("an answer that never comes was waited for")
	}
}
