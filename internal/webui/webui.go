// Package webui carries the built web app inside the server and serves it,
// under a policy that lets nothing run in a page but that app. It knows
// nothing of accounts or messages.
package webui

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// The pattern matches the folder dist if there is one, and dist.md always.
//
//go:embed all:dist*
var embedded embed.FS

const index = "index.html"

// Handler serves the files of the web app, and its first page for every other
// address that a person can open: /contacts/123 is a matter of the app.
type Handler struct {
	files fs.FS
	known map[string]file // by path without a leading slash
	name  string          // what the installation is called; "": after the product
	hints hints
}

// file is one file in every encoding there is.
type file struct {
	contentType string
	immutable   bool
	forms       []form // smallest first, plain last
}

type form struct {
	name     string // in files
	encoding string // "" for plain
	size     int64
	etag     string
}

// Smallest first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}, {"", ""}}

// New returns the handler of the embedded web app of an installation that is
// called name, or after the product if that is empty. Without a build of the web
// app in this program it serves a page that says how to make one.
func New(name string) (*Handler, error) {
	dist, err := fs.Sub(embedded, "dist")
	if err != nil {
		return nil, fmt.Errorf("webui: %w", err)
	}
	return newHandler(dist, name)
}

func newHandler(files fs.FS, name string) (*Handler, error) {
	h := &Handler{files: files, known: map[string]file{}, name: name}
	if _, err := fs.Stat(files, index); errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	var err error
	if h.hints, err = readHints(files); err != nil {
		return nil, fmt.Errorf("webui: %w", err)
	}
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		contentType, ok := contentTypes[path.Ext(name)]
		if !ok || name == hintsName {
			// A compressed twin, or nothing that a browser should be given.
			return nil
		}
		f := file{contentType: contentType, immutable: strings.HasPrefix(name, "assets/")}
		for _, e := range encodings {
			form, err := h.form(name+e.suffix, e.name)
			if err != nil {
				if e.name != "" {
					continue
				}
				return err
			}
			f.forms = append(f.forms, form)
		}
		h.known[name] = f
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("webui: %w", err)
	}
	return h, nil
}

func (h *Handler) form(name, encoding string) (form, error) {
	data, err := fs.ReadFile(h.files, name)
	if err != nil {
		return form{}, err
	}
	sum := sha256.Sum256(data)
	return form{
		name: name, encoding: encoding, size: int64(len(data)),
		etag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`,
	}, nil
}

// Built reports whether the web app is inside.
func (h *Handler) Built() bool { return len(h.known) > 0 }

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header(), r.Host)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This address can only be read.", http.StatusMethodNotAllowed)
		return
	}
	if !h.Built() {
		notBuilt(w)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == manifestName {
		h.serveManifest(w, r)
		return
	}
	if f, ok := h.known[name]; ok {
		h.serve(w, r, f)
		return
	}
	if name == "" || navigation(r) && path.Ext(name) == "" {
		if navigation(r) {
			h.hints.give(w.Header(), r)
		}
		h.serve(w, r, h.known[index])
		return
	}
	// A script of an earlier build, perhaps: what is not there now must not be
	// remembered as missing.
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, "There is nothing at this address.", http.StatusNotFound)
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request, f file) {
	best := f.forms[len(f.forms)-1]
	for _, candidate := range f.forms {
		if candidate.encoding == "" || accepts(r.Header.Get("Accept-Encoding"), candidate.encoding) {
			best = candidate
			break
		}
	}
	header := w.Header()
	header.Set("Content-Type", f.contentType)
	header.Set("ETag", best.etag)
	if len(f.forms) > 1 {
		header.Add("Vary", "Accept-Encoding")
	}
	if f.immutable {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		header.Set("Cache-Control", "no-cache")
	}
	if matches(r.Header.Get("If-None-Match"), best.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if best.encoding != "" {
		header.Set("Content-Encoding", best.encoding)
	}
	header.Set("Content-Length", strconv.FormatInt(best.size, 10))
	if r.Method == http.MethodHead {
		return
	}
	content, err := h.files.Open(best.name)
	if err != nil {
		http.Error(w, "This file cannot be read.", http.StatusInternalServerError)
		return
	}
	defer content.Close()
	_, _ = io.Copy(w, content) // a reader who went away is no error
}

// navigation reports whether a person opened the address, as against a script
// or a tag that wanted a file.
func navigation(r *http.Request) bool {
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "navigate"
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// accepts reads Accept-Encoding (RFC 9110 12.5.3) as far as it matters here:
// what is named and not refused with q=0 is accepted.
func accepts(header, encoding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		key, q, _ := strings.Cut(strings.TrimSpace(parameters), "=")
		if !strings.EqualFold(key, "q") {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}

// matches reads If-None-Match (RFC 9110 13.1.2), comparing weakly.
func matches(header, etag string) bool {
	for item := range strings.SplitSeq(header, ",") {
		item = strings.TrimPrefix(strings.TrimSpace(item), "W/")
		if item == etag || item == "*" {
			return true
		}
	}
	return false
}

// Types are written down here and not asked of the system, whose answers
// differ from machine to machine.
var contentTypes = map[string]string{
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".webp":        "image/webp",
	".ico":         "image/x-icon",
	".json":        "application/json",
	".webmanifest": "application/manifest+json",
	".txt":         "text/plain; charset=utf-8",
	".woff2":       "font/woff2",
	".wasm":        "application/wasm",
	".mp3":         "audio/mpeg",
}

func notBuilt(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, notBuiltPage)
}

const notBuiltPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Happy Chat</title></head>
<body>
<h1>The web app is not inside this program</h1>
<p>The server works, but it was compiled without the web app. In the source folder, run <code>make build</code> and start it again.</p>
<p lang="zh-CN">服务器运行正常，但这个程序编译时没有包含网页应用。请在源码目录运行 <code>make build</code> 后重新启动。</p>
</body>
</html>
`
