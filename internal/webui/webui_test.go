package webui

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

func newTestHandler(t *testing.T) *Handler {
	t.Helper()
	h, err := newHandler(fstest.MapFS{
		"index.html":             {Data: []byte("<!doctype html>the app")},
		"index.html.br":          {Data: []byte("index in br")},
		"first.js":               {Data: []byte("first()")},
		"assets/main-abc.js":     {Data: []byte("main()")},
		"assets/main-abc.js.br":  {Data: []byte("main in br")},
		"assets/main-abc.js.gz":  {Data: []byte("main in gz")},
		"assets/only-abc.css":    {Data: []byte("a{}")},
		"assets/only-abc.css.gz": {Data: []byte("css in gz")},
		"assets/mark-abc.svg":    {Data: []byte("<svg/>")},
		"assets/main.js.map":     {Data: []byte("{}")},
		".vite/manifest.json":    {Data: []byte("{}")},
		"hints.json":             {Data: []byte(`{"page":["assets/a.css","assets/a.js"],"signedOut":["assets/out.js"],"signedIn":["assets/in.css"],"zh-CN":["assets/zh.js"],"en":["assets/en.js"]}`)},
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func request(method, target string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, "http://chat.example"+target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func TestServe(t *testing.T) {
	const person = "text/html,application/xhtml+xml"
	h := newTestHandler(t)
	for _, test := range []struct {
		name    string
		request *http.Request
		status  int
		body    string
		headers map[string]string
	}{
		{"first page", request("GET", "/"), 200, "<!doctype html>the app", map[string]string{"Cache-Control": "no-cache", "Content-Type": "text/html; charset=utf-8", "Vary": "Accept-Encoding"}},
		{"first page, compressed", request("GET", "/", "Accept-Encoding", "gzip, br"), 200, "index in br", map[string]string{"Content-Encoding": "br", "Content-Length": "11", "Content-Type": "text/html; charset=utf-8"}},
		{"first page by its name", request("GET", "/index.html"), 200, "<!doctype html>the app", map[string]string{"Cache-Control": "no-cache"}},
		{"address inside the app", request("GET", "/contacts/123", "Accept", person), 200, "<!doctype html>the app", map[string]string{"Cache-Control": "no-cache"}},
		{"address inside the app, reader says so", request("GET", "/contacts/123", "Sec-Fetch-Mode", "navigate", "Accept", "*/*"), 200, "<!doctype html>the app", nil},
		{"same address, wanted by a script", request("GET", "/contacts/123", "Sec-Fetch-Mode", "cors", "Accept", person), 404, "There is nothing at this address.\n", map[string]string{"Cache-Control": "no-store"}},
		{"same address, wanted by a program", request("GET", "/contacts/123", "Accept", "application/json"), 404, "There is nothing at this address.\n", nil},
		{"file that is gone", request("GET", "/assets/main-old.js", "Accept", person), 404, "There is nothing at this address.\n", map[string]string{"Cache-Control": "no-store"}},
		{"file that never was", request("GET", "/wp-login.php", "Accept", person), 404, "There is nothing at this address.\n", nil},

		{"script", request("GET", "/assets/main-abc.js"), 200, "main()", map[string]string{"Cache-Control": "public, max-age=31536000, immutable", "Content-Type": "text/javascript; charset=utf-8", "Content-Length": "6", "Content-Encoding": ""}},
		{"script, br before gzip", request("GET", "/assets/main-abc.js", "Accept-Encoding", "gzip, deflate, br, zstd"), 200, "main in br", map[string]string{"Content-Encoding": "br"}},
		{"script, gzip", request("GET", "/assets/main-abc.js", "Accept-Encoding", "gzip"), 200, "main in gz", map[string]string{"Content-Encoding": "gzip"}},
		{"script, br refused", request("GET", "/assets/main-abc.js", "Accept-Encoding", "br;q=0, GZIP;q=0.5"), 200, "main in gz", map[string]string{"Content-Encoding": "gzip"}},
		{"script, nothing known", request("GET", "/assets/main-abc.js", "Accept-Encoding", "zstd, brr"), 200, "main()", map[string]string{"Content-Encoding": "", "Vary": "Accept-Encoding"}},
		{"style, only gzip there", request("GET", "/assets/only-abc.css", "Accept-Encoding", "br, gzip"), 200, "css in gz", map[string]string{"Content-Encoding": "gzip", "Content-Type": "text/css; charset=utf-8"}},
		{"picture, never compressed", request("GET", "/assets/mark-abc.svg", "Accept-Encoding", "br, gzip"), 200, "<svg/>", map[string]string{"Content-Encoding": "", "Vary": "", "Content-Type": "image/svg+xml"}},
		{"file whose name stays the same", request("GET", "/first.js"), 200, "first()", map[string]string{"Cache-Control": "no-cache"}},
		{"HEAD", request("HEAD", "/assets/main-abc.js", "Accept-Encoding", "br"), 200, "", map[string]string{"Content-Length": "10", "Content-Encoding": "br"}},
		{"HEAD of an address inside the app", request("HEAD", "/me", "Accept", person), 200, "", map[string]string{"Content-Length": "22"}},

		{"the compressed file itself", request("GET", "/assets/main-abc.js.br"), 404, "There is nothing at this address.\n", nil},
		{"what the server only reads itself", request("GET", "/hints.json"), 404, "There is nothing at this address.\n", nil},
		{"source map", request("GET", "/assets/main.js.map"), 404, "There is nothing at this address.\n", nil},
		{"folder", request("GET", "/assets/"), 404, "There is nothing at this address.\n", nil},
		{"out of the folder", request("GET", "/../webui.go"), 404, "There is nothing at this address.\n", nil},
		{"out of the folder, escaped", request("GET", "/%2e%2e/webui.go"), 404, "There is nothing at this address.\n", nil},
		{"write", request("POST", "/"), 405, "This address can only be read.\n", map[string]string{"Allow": "GET, HEAD"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, test.request)
			if w.Code != test.status || w.Body.String() != test.body {
				t.Errorf("%d %q, want %d %q", w.Code, w.Body, test.status, test.body)
			}
			for name, want := range test.headers {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
				"Cross-Origin-Opener-Policy": "same-origin", "X-Frame-Options": "DENY",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'self'; script-src 'self'; style-src 'self'; ") || strings.Contains(policy, "unsafe") {
				t.Errorf("policy %q", policy)
			}
		})
	}
}

// Whoever installs the app finds it under the name of the installation.
func TestManifest(t *testing.T) {
	for _, tt := range []struct{ site, accept, name, lang string }{
		{"", "zh-TW,zh;q=0.9,en;q=0.8", "乐聊", "zh-CN"},
		{"", "en-GB,en;q=0.9", "Happy Chat", "en"},
		{"", "", "乐聊", "zh-CN"},
		{"Family", "en", "Family", "en"},
	} {
		h, err := newHandler(fstest.MapFS{"index.html": {Data: []byte("app")}}, tt.site)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, request("GET", "/manifest.webmanifest", "Accept-Language", tt.accept))
		var m manifest
		if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil || w.Code != 200 {
			t.Fatalf("%d %s: %v", w.Code, w.Body, err)
		}
		if m.Name != tt.name || m.ShortName != tt.name || m.Lang != tt.lang {
			t.Errorf("%+v: %q %q %q", tt, m.Name, m.ShortName, m.Lang)
		}
		if got := w.Header().Get("Content-Type"); got != "application/manifest+json" {
			t.Errorf("type %q", got)
		}
	}
}

func TestETag(t *testing.T) {
	h := newTestHandler(t)
	tags := map[string]bool{}
	for _, encoding := range []string{"", "br", "gzip"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, request("GET", "/assets/main-abc.js", "Accept-Encoding", encoding))
		tag := w.Header().Get("ETag")
		if tag == "" || tags[tag] {
			t.Errorf("%q has the tag %q, as another encoding has", encoding, tag)
		}
		tags[tag] = true
		for _, known := range []string{tag, `"other", ` + tag, "W/" + tag, "*"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, request("GET", "/assets/main-abc.js", "Accept-Encoding", encoding, "If-None-Match", known))
			if w.Code != http.StatusNotModified || w.Body.Len() > 0 || w.Header().Get("ETag") != tag {
				t.Errorf("%q, known %s: %d %q", encoding, known, w.Code, w.Body)
			}
		}
		w = httptest.NewRecorder()
		h.ServeHTTP(w, request("GET", "/assets/main-abc.js", "Accept-Encoding", encoding, "If-None-Match", `"other"`))
		if w.Code != http.StatusOK {
			t.Errorf("%q, another one known: %d", encoding, w.Code)
		}
	}
}

func TestPolicyNamesTheWebSocketOfThisHostOnly(t *testing.T) {
	for host, want := range map[string]string{
		"chat.example":      "connect-src 'self' ws://chat.example wss://chat.example;",
		"127.0.0.1:8080":    "connect-src 'self' ws://127.0.0.1:8080 wss://127.0.0.1:8080;",
		"[::1]:8080":        "connect-src 'self' ws://[::1]:8080 wss://[::1]:8080;",
		"":                  "connect-src 'self';",
		"x; script-src *":   "connect-src 'self';",
		"x *":               "connect-src 'self';",
		"x\r\nSet-Cookie:a": "connect-src 'self';",
	} {
		if policy := contentSecurityPolicy(host); !strings.Contains(policy, want) {
			t.Errorf("%q: %s", host, policy)
		}
	}
}

func TestWithoutABuild(t *testing.T) {
	h, err := newHandler(fstest.MapFS{}, "")
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request("GET", "/"))
	if h.Built() || w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "make build") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Whatever is embedded right now, built or not, can be served.
func TestEmbedded(t *testing.T) {
	h, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	response, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || len(body) == 0 {
		t.Fatalf("%d bytes, %v", len(body), err)
	}
	if h.Built() != (response.StatusCode == http.StatusOK) {
		t.Errorf("built %v, status %d", h.Built(), response.StatusCode)
	}
}

// The Android app serves the same files under the same policy, from this list.
func TestAndroidHeaders(t *testing.T) {
	list, err := os.ReadFile("../../android/app/src/main/assets/headers.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := http.Header{}
	protect(want, "HOST")
	got := http.Header{}
	for line := range strings.Lines(string(list)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		got.Add(name, value)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("android/app/src/main/assets/headers.txt has\n%v\nwant\n%v", got, want)
	}
}

func TestHints(t *testing.T) {
	const (
		begin = "</first.js>; rel=preload; as=script, </assets/a.css>; rel=preload; as=style; crossorigin, </assets/a.js>; rel=modulepreload; crossorigin, "
		out   = ", </assets/out.js>; rel=modulepreload; crossorigin"
		in    = ", </assets/in.css>; rel=preload; as=style; crossorigin"
		zh    = "</assets/zh.js>; rel=modulepreload; crossorigin"
		en    = "</assets/en.js>; rel=modulepreload; crossorigin"
		end   = ", </api/v1/server>; rel=preload; as=fetch; crossorigin"
	)
	h := newTestHandler(t)
	for _, test := range []struct {
		name    string
		request *http.Request
		link    string
	}{
		{"a visitor", request("GET", "/", "Accept", "text/html"), begin + en + out + end},
		{"one who reads Chinese", request("GET", "/sign-in", "Sec-Fetch-Mode", "navigate", "Accept-Language", "zh-Hans-CN,zh;q=0.9,en;q=0.8"), begin + zh + out + end},
		{"one who reads neither", request("GET", "/", "Accept", "text/html", "Accept-Language", "fr"), begin + en + out + end},
		{"somebody signed in", request("GET", "/chats/1", "Accept", "text/html", "Cookie", "happychat_session=x", "Accept-Language", "en-GB"), begin + en + in + end},
		{"the service worker, which keeps what it gets", request("GET", "/", "Sec-Fetch-Mode", "cors", "Accept", "*/*"), ""},
		{"a script", request("GET", "/assets/main-abc.js"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, test.request)
			if got := w.Header().Get("Link"); got != test.link {
				t.Errorf("Link: %s\nwant: %s", got, test.link)
			}
			if vary := strings.Join(w.Header().Values("Vary"), ", "); test.link != "" && vary != "Accept-Language, Cookie, Accept-Encoding" {
				t.Errorf("Vary: %s", vary)
			}
		})
	}
}
