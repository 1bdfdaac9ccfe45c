// Package lite is the door for browsers that can not run the web app: old ones,
// small ones, those of a terminal, and those whose owner runs no scripts. It
// makes plain HTML pages under /lite, which need neither script nor style. Like
// the other doors it decodes, asks a service, and encodes; it decides nothing.
package lite

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/ingress"
	"github.com/happychat/happychat/internal/wire"
)

// Prefix is where the pages are.
const Prefix = "/lite"

// Options are what the door leads to.
type Options struct {
	Accounts      *account.Service
	Contacts      *contact.Service
	Conversations *conversation.Service
	Attachments   *attachment.Service
	Clock         change.Clock
	Guard         *ingress.Guard
	// Info is the answer to "what server is this".
	Info func(ctx context.Context) (wire.Server, error)
	// Zone is that of people who have not said where they are.
	Zone *time.Location
	Log  *slog.Logger
}

type door struct {
	Options
	languages map[string]*words
	arriving  *attachment.Gate
	style     []byte
	styleTag  string // names the contents of the style sheet
}

//go:embed style.css
var styleSheet []byte

//go:embed pages/*.html
var pages embed.FS

// New gives the handler of everything under /lite.
func New(o Options) (http.Handler, error) {
	sum := sha256.Sum256(styleSheet)
	d := &door{
		Options: o, languages: map[string]*words{}, style: styleSheet, styleTag: hex.EncodeToString(sum[:6]),
		arriving: attachment.NewGate(filesAtOnce, filesAtOnceAll),
	}
	for _, language := range account.Languages {
		w, err := newWords(language)
		if err != nil {
			return nil, err
		}
		d.languages[language] = w
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"/style.css", d.serveStyle)
	d.entrance(mux)
	d.registration(mux)
	d.chats(mux)
	d.people(mux)
	d.mine(mux)
	mux.HandleFunc("GET "+Prefix, d.anybody(front))
	mux.HandleFunc("GET "+Prefix+"/{$}", d.anybody(front))
	mux.HandleFunc("/", d.anybody(func(v *visit) error { return errNoPage }))
	return d.protected(mux), nil
}

// errNoPage is for addresses that lead nowhere.
var errNoPage = change.Errorf(change.NotFound, "page.not_found", "There is no such page.")

// front leads to the first page there is for somebody.
func front(v *visit) error {
	if v.signedIn() {
		return v.to("/chats")
	}
	return v.to("/sign-in")
}

// protected sets the headers that hold for every answer from here, and keeps a
// fault of one page from ending more than that page.
func (d *door) protected(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				d.Log.Error("panic", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				d.anybody(func(*visit) error { return change.Errorf(change.Internal, "internal", "panic") })(w, r)
			}
		}()
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Frame-Options", "DENY")
		// Not no-referrer, with which the browser's own forms would come from the
		// origin "null".
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		// Internet Explorer takes the pages of an intranet for those of its
		// version 7 unless told otherwise.
		h.Set("X-UA-Compatible", "IE=edge")
		next.ServeHTTP(w, r)
	})
}

func (d *door) serveStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // another one has another address
	_, _ = w.Write(d.style)                                                // the client may be gone
}
