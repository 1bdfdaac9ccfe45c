package webui

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"rsc.io/qr"
)

// The pattern matches the folder apk if there is one, and apk.md always.
//
//go:embed all:apk*
var embeddedApp embed.FS

//go:embed download.html
var downloadHTML string

//go:embed download.css
var downloadCSS []byte

var downloadPage = template.Must(template.New("download").Parse(downloadHTML))

// DownloadOptions are what the page says of its server.
type DownloadOptions struct {
	// Base is where people reach the server; empty when nobody said: then
	// it is where the page itself was reached.
	Base string
	// Secure tells whether a request came by TLS.
	Secure func(context.Context) bool
	// Name is that of the site, Language the one for visitors whose own is
	// neither.
	Name, Language string
}

// Download gives out the Android app, and helps to get onto a phone. It works
// without script.
type Download struct {
	options DownloadOptions
	app     []byte // empty: this program was built without
	sum     string
}

// NewDownload makes it.
func NewDownload(o DownloadOptions) (*Download, error) {
	apps, err := fs.Sub(embeddedApp, "apk")
	if err != nil {
		return nil, fmt.Errorf("webui: %w", err)
	}
	return newDownload(o, apps), nil
}

const appFile = "happychat.apk"

func newDownload(o DownloadOptions, apps fs.FS) *Download {
	d := &Download{options: o}
	if app, err := fs.ReadFile(apps, appFile); err == nil {
		sum := sha256.Sum256(app)
		d.app, d.sum = app, hex.EncodeToString(sum[:])
	}
	return d
}

// ServeHTTP serves /download and what is below it.
func (d *Download) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	protect(h, r.Host)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "This address can only be read.", http.StatusMethodNotAllowed)
		return
	}
	h.Set("Cache-Control", "no-cache")
	switch strings.TrimPrefix(r.URL.Path, "/download") {
	case "", "/":
		d.page(w, r)
	case "/style.css":
		h.Set("Content-Type", contentTypes[".css"])
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(downloadCSS))
	case "/" + appFile:
		if len(d.app) == 0 {
			http.Error(w, "The Android app is not inside this server.", http.StatusNotFound)
			return
		}
		h.Set("Content-Type", "application/vnd.android.package-archive")
		h.Set("Content-Disposition", `attachment; filename="`+appFile+`"`)
		h.Set("ETag", `"`+d.sum[:16]+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(d.app))
	default:
		http.Error(w, "There is nothing at this address.", http.StatusNotFound)
	}
}

// downloadView is what the page shows.
type downloadView struct {
	Words   downloadWords
	Name    string
	Address string // of the server, for people
	Size    string // of the app; empty: there is none
	Sum     string
	Open    template.URL // opens the server in the app; empty: not on this device
	Code    template.HTML
}

func (d *Download) page(w http.ResponseWriter, r *http.Request) {
	words := wordsFor(r, d.options.Language)
	base := d.base(r)
	view := downloadView{Words: words, Name: d.options.Name, Address: strings.TrimPrefix(strings.TrimPrefix(base, "https://"), "http://")}
	if len(d.app) > 0 {
		view.Size, view.Sum = fmt.Sprintf("%.1f MB", float64(len(d.app))/1e6), d.sum
		if base != "" && strings.Contains(r.UserAgent(), "Android") {
			view.Open = inApp(base)
		}
	}
	if base != "" && reachable(base) {
		view.Code = qrCode(base+"/download", words.CodeLabel)
	} else {
		view.Address = ""
	}
	var out bytes.Buffer
	if err := downloadPage.Execute(&out, view); err != nil {
		http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentTypes[".html"])
	w.Header().Set("Content-Language", words.Lang)
	w.Header().Set("Vary", "Accept-Language, User-Agent")
	_, _ = w.Write(out.Bytes())
}

// base is where the server is reached; empty when the request does not say.
func (d *Download) base(r *http.Request) string {
	if d.options.Base != "" {
		return d.options.Base
	}
	if !plainHost(r.Host) {
		return ""
	}
	if d.options.Secure != nil && d.options.Secure(r.Context()) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// reachable tells whether another device could come to an address: not to one
// that means the device itself.
func reachable(base string) bool {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" || strings.EqualFold(u.Hostname(), "localhost") || strings.HasSuffix(u.Hostname(), ".localhost") {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err != nil || !ip.IsLoopback() && !ip.IsUnspecified()
}

// inApp is the address by which browsers on Android open the app at a server
// (web/src/platform/browser.ts).
func inApp(base string) template.URL {
	return template.URL("intent://open?url=" + url.QueryEscape(base+"/") + "#Intent;scheme=happychat;package=io.github.happychat;end") //nolint:gosec // all of it is escaped
}

// qrCode draws a code, dark on light in every theme, a row's run of dark
// squares in one stroke.
func qrCode(text, label string) template.HTML {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return ""
	}
	const border = 4
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			start := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > start {
				fmt.Fprintf(&path, "M%d %dh%dv1H%dz", start+border, y+border, x-start, start+border)
			}
		}
	}
	size := code.Size + 2*border
	return template.HTML(fmt.Sprintf( //nolint:gosec // numbers, and a label that is escaped
		`<svg class="qr" role="img" aria-label="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#14171f" d="%s"/></svg>`,
		template.HTMLEscapeString(label), size, size, size, size, path.String()))
}

// wordsFor picks the language that was asked for, or else the first one of the
// browser's that there is.
func wordsFor(r *http.Request, standard string) downloadWords {
	asked := append([]string{r.URL.Query().Get("lang")}, strings.Split(r.Header.Get("Accept-Language"), ",")...)
	for _, item := range append(asked, standard) {
		tag, _, _ := strings.Cut(strings.TrimSpace(item), ";")
		primary, _, _ := strings.Cut(tag, "-")
		if words, ok := downloadLanguages[strings.ToLower(primary)]; ok {
			return words
		}
	}
	return downloadLanguages["en"]
}
