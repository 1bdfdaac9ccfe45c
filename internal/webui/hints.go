package webui

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/happychat/happychat/internal/ingress"
)

// appLanguages are those of the app, the one for everybody else first
// (preferredLanguage in web/src/i18n).
var appLanguages = language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese})

// hintsName is a file that the build of the web app writes (web/build/hints.ts).
const hintsName = "hints.json"

// hints name what the first screen needs, also what its page does not name
// itself, so that a browser fetches everything at once (HTML standard, "Link types": preload
// and modulepreload). They are values of the header Link (RFC 8288); a browser
// that does not know them finds the same files a little later.
type hints struct {
	Page      []string `json:"page"`
	SignedOut []string `json:"signedOut"`
	SignedIn  []string `json:"signedIn"`
	Chinese   []string `json:"zh-CN"`
	English   []string `json:"en"`
}

// What no build changes: what runs before the first paint, and what the app asks
// of the server at every start.
const (
	first = "</first.js>; rel=preload; as=script"
	asked = "</api/v1/server>; rel=preload; as=fetch; crossorigin"
)

func readHints(files fs.FS) (hints, error) {
	var h hints
	data, err := fs.ReadFile(files, hintsName)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(data, &h); err != nil {
		return h, fmt.Errorf("%s: %w", hintsName, err)
	}
	for _, list := range []*[]string{&h.Page, &h.SignedOut, &h.SignedIn, &h.Chinese, &h.English} {
		for i, name := range *list {
			(*list)[i] = hint(name)
		}
	}
	return h, nil
}

func hint(name string) string {
	if path.Ext(name) == ".css" {
		return "</" + name + ">; rel=preload; as=style; crossorigin"
	}
	return "</" + name + ">; rel=modulepreload; crossorigin"
}

// give adds to the answer what its reader will most likely need: the pages of
// somebody who is signed in if there is a session, which nobody has looked at
// yet, and the words of the browser's language.
func (h hints) give(header http.Header, r *http.Request) {
	header.Add("Vary", "Accept-Language, Cookie")
	pages := h.SignedOut
	if _, cookie := ingress.Token(r); cookie {
		pages = h.SignedIn
	}
	words := h.English
	if _, chinese := language.MatchStrings(appLanguages, r.Header.Get("Accept-Language")); chinese == 1 {
		words = h.Chinese
	}
	header.Set("Link", strings.Join(slices.Concat([]string{first}, h.Page, words, pages, []string{asked}), ", "))
}
