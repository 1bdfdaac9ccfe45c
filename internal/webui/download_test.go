package webui

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func withApp() fs.FS {
	return fstest.MapFS{appFile: {Data: []byte("an archive of some bytes")}}
}

func TestDownloadPage(t *testing.T) {
	const android = "Mozilla/5.0 (Linux; Android 14) Chrome/124.0 Mobile"
	secure := func(context.Context) bool { return true }
	for _, test := range []struct {
		name    string
		options DownloadOptions
		apps    fs.FS
		request *http.Request
		want    []string
		not     []string
	}{
		{
			"English, with the app",
			DownloadOptions{Base: "https://chat.example", Language: "zh-CN", Name: "The Lins"},
			withApp(),
			request("GET", "/download", "Accept-Language", "de, en-GB;q=0.8"),
			[]string{`<html lang="en">`, "Download the app <span>0.0 MB</span>", "<b>chat.example</b>", "The Lins", `class="qr"`, "?lang=zh-CN"},
			[]string{"intent:", "<script", "style="},
		},
		{
			"Chinese by the address",
			DownloadOptions{Base: "https://chat.example"},
			withApp(),
			request("GET", "/download/?lang=zh-CN", "Accept-Language", "en"),
			[]string{`<html lang="zh-CN">`, "下载应用"},
			nil,
		},
		{
			"the server's language for others",
			DownloadOptions{Language: "zh-CN"},
			withApp(),
			request("GET", "/download", "Accept-Language", "fr"),
			[]string{`<html lang="zh-CN">`},
			nil,
		},
		{
			"on the phone",
			DownloadOptions{Base: "https://chat.example"},
			withApp(),
			request("GET", "/download", "User-Agent", android),
			[]string{`href="intent://open?url=https%3A%2F%2Fchat.example%2F#Intent;scheme=happychat;package=io.github.happychat;end"`},
			nil,
		},
		{
			"without the app",
			DownloadOptions{},
			fstest.MapFS{},
			request("GET", "/download", "User-Agent", android),
			[]string{"There is no app on this server", `class="qr"`},
			[]string{"happychat.apk", "intent:"},
		},
		{
			"where it is reached, when nobody said",
			DownloadOptions{Secure: secure},
			withApp(),
			request("GET", "/download"),
			[]string{"<b>chat.example</b>"},
			nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			newDownload(test.options, test.apps).ServeHTTP(w, test.request)
			if w.Code != http.StatusOK || w.Header().Get("Content-Security-Policy") == "" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
				t.Fatalf("%d %v", w.Code, w.Header())
			}
			for _, want := range test.want {
				if !strings.Contains(w.Body.String(), want) {
					t.Errorf("no %q in\n%s", want, w.Body)
				}
			}
			for _, not := range test.not {
				if strings.Contains(w.Body.String(), not) {
					t.Errorf("%q in\n%s", not, w.Body)
				}
			}
		})
	}
}

// Nobody can scan the way to their own computer, and what a client writes into
// Host stays words.
func TestDownloadPageWithoutCode(t *testing.T) {
	for _, host := range []string{"localhost:8080", "127.0.0.1:8080", "[::1]:8080", "0.0.0.0", "chat.localhost", `"><script>`, ""} {
		r := request("GET", "/download")
		r.Host = host
		w := httptest.NewRecorder()
		newDownload(DownloadOptions{}, withApp()).ServeHTTP(w, r)
		if body := w.Body.String(); strings.Contains(body, `class="qr"`) || strings.Contains(body, "<script") || !strings.Contains(body, "open this page under the address") {
			t.Errorf("%q: %s", host, body)
		}
	}
}

func TestDownloadFiles(t *testing.T) {
	for _, test := range []struct {
		name    string
		apps    fs.FS
		request *http.Request
		status  int
		body    string
		headers map[string]string
	}{
		{"the app", withApp(), request("GET", "/download/happychat.apk"), 200, "an archive of some bytes", map[string]string{"Content-Type": "application/vnd.android.package-archive", "Content-Disposition": `attachment; filename="happychat.apk"`, "X-Content-Type-Options": "nosniff", "Content-Length": "24"}},
		{"the rest of it", withApp(), request("GET", "/download/happychat.apk", "Range", "bytes=19-"), 206, "bytes", map[string]string{"Content-Range": "bytes 19-23/24"}},
		{"no app", fstest.MapFS{}, request("GET", "/download/happychat.apk"), 404, "The Android app is not inside this server.\n", nil},
		{"style", withApp(), request("HEAD", "/download/style.css"), 200, "", map[string]string{"Content-Type": "text/css; charset=utf-8"}},
		{"nothing", withApp(), request("GET", "/download/apk.md"), 404, "There is nothing at this address.\n", nil},
		{"write", withApp(), request("POST", "/download"), 405, "This address can only be read.\n", map[string]string{"Allow": "GET, HEAD"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			newDownload(DownloadOptions{}, test.apps).ServeHTTP(w, test.request)
			if w.Code != test.status || w.Body.String() != test.body {
				t.Errorf("%d %q, want %d %q", w.Code, w.Body, test.status, test.body)
			}
			for name, want := range test.headers {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestDownloadWords(t *testing.T) {
	for language, words := range downloadLanguages {
		other := downloadLanguages[strings.Split(words.OtherLang, "-")[0]]
		if other.Lang != words.OtherLang || other.OtherLang != words.Lang {
			t.Errorf("%s does not lead to the other language and back", language)
		}
	}
}

// The same name of the app here, for browsers and for phones.
func TestDownloadNamesTheApp(t *testing.T) {
	if id := regexp.MustCompile(`package=([\w.]+);`).FindStringSubmatch(string(inApp("https://chat.example"))); id == nil || id[1] != "io.github.happychat" {
		t.Errorf("the app is called %v", id)
	}
}
