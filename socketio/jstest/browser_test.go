package jstest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// chromium finds the browser, as the end-to-end tests do.
func chromium(t *testing.T) string {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("Chromium is not installed: the clients are not tested in a browser")
	return ""
}

// TestBrowser has the clients' bundles for browsers connect from a page of
// another origin: real XMLHttpRequests with CORS and cookies, real WebSockets,
// and, for 2.x, real scripts and forms (JSONP).
func TestBrowser(t *testing.T) {
	installed(t)
	browser := chromium(t)
	url := serve(t, (*httptest.Server).Start)
	page, err := os.ReadFile("browser.html")
	if err != nil {
		t.Fatal(err)
	}
	type report struct {
		Tried  int
		Failed []string
	}
	reports := make(chan report, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(strings.ReplaceAll(string(page), "%SERVER%", url)))
	})
	for generation, file := range map[string]string{
		"4": "socket.io-client-4/dist/socket.io.js", "3": "socket.io-client-3/dist/socket.io.js", "2": "socket.io-client-2/dist/socket.io.dev.js",
	} {
		mux.HandleFunc("GET /client-"+generation+".js", func(w http.ResponseWriter, r *http.Request) {
			http.ServeFile(w, r, filepath.Join("node_modules", file))
		})
	}
	mux.HandleFunc("POST /report", func(_ http.ResponseWriter, r *http.Request) {
		var got report
		if err := json.NewDecoder(r.Body).Decode(&got); err == nil {
			reports <- got
		}
	})
	pages := httptest.NewServer(mux)
	defer pages.Close()

	profile, err := os.MkdirTemp("", "browser") // not t.TempDir: what is left of the browser may still write
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(profile)
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--user-data-dir="+profile, pages.URL)
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case got := <-reports:
		for _, f := range got.Failed {
			t.Error(f)
		}
		if got.Tried != 12 {
			t.Errorf("%d ways to connect were tried", got.Tried)
		}
		cancel()
		<-ended
	case err := <-ended:
		t.Fatalf("the browser ended without a report: %v", err)
	}
}
