package lite

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"math"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/wire"
	"github.com/happychat/happychat/web/src/i18n/locales"
)

// ownWords are those that only these pages have. They begin with "lite."; all
// others are the web app's.
//
//go:embed words/*.json
var ownWords embed.FS

// words are the texts of one language, and the pages written with them.
type words struct {
	language string
	texts    map[string]string
	pages    *template.Template
}

func newWords(language string) (*words, error) {
	w := &words{language: language, texts: map[string]string{}}
	for _, source := range []struct {
		files fs.FS
		name  string
	}{{locales.Files, language + ".json"}, {ownWords, "words/" + language + ".json"}} {
		data, err := fs.ReadFile(source.files, source.name)
		if err != nil {
			return nil, err
		}
		var tree map[string]any
		if err := json.Unmarshal(data, &tree); err != nil {
			return nil, fmt.Errorf("%s: %w", source.name, err)
		}
		w.add("", tree)
	}
	var err error
	w.pages, err = template.New("").Funcs(template.FuncMap{"t": w.t}).ParseFS(pages, "pages/*.html")
	return w, err
}

func (w *words) add(path string, tree map[string]any) {
	for key, value := range tree {
		switch v := value.(type) {
		case string:
			w.texts[path+key] = v
		case map[string]any:
			w.add(path+key+".", v)
		}
	}
}

// t gives a text with its values, which come as names and values in turn. Of
// singular and plural, "n" chooses.
func (w *words) t(key string, values ...any) string {
	text, ok := w.texts[key]
	if !ok {
		return key
	}
	with := make(map[string]string, len(values)/2)
	for i := 0; i+1 < len(values); i += 2 {
		with[fmt.Sprint(values[i])] = fmt.Sprint(values[i+1])
	}
	if one, many, ok := strings.Cut(text, " | "); ok {
		text = many
		if with["n"] == "1" {
			text = one
		}
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		if literal, ok := strings.CutPrefix(name, "'"); ok {
			b.WriteString(strings.TrimSuffix(literal, "'"))
		} else {
			b.WriteString(with[name])
		}
		text = after
	}
}

// problem says what went wrong: by its code, else in the server's own words.
func (w *words) problem(p *wire.Problem, limits wire.Limits) string {
	if p.Status == http.StatusTooManyRequests && p.RetryAfter > 0 {
		if p.RetryAfter < 90 {
			return w.t("problem.tooMany", "n", p.RetryAfter)
		}
		return w.t("problem.tooManyMinutes", "n", int(math.Ceil(float64(p.RetryAfter)/60)))
	}
	for _, key := range []string{"lite.problem." + p.Code, "problem." + p.Code} {
		if _, ok := w.texts[key]; ok {
			return w.t(key, "passwordMin", limits.PasswordMin, "usernameMin", limits.UsernameMin, "username", limits.Username)
		}
	}
	return cmp.Or(p.Detail, w.t("problem.unknown"))
}

// moment says when something was, seen from now: the clock on the same day,
// otherwise the date too. A page stays as it is, so it says nothing like
// "yesterday".
func (w *words) moment(at, now int64, zone *time.Location) string {
	t, n := time.UnixMilli(at).In(zone), time.UnixMilli(now).In(zone)
	chinese := w.language == "zh-CN"
	switch {
	case t.YearDay() == n.YearDay() && t.Year() == n.Year():
		return t.Format("15:04")
	case t.Year() == n.Year() && chinese:
		return t.Format("1月2日 15:04")
	case t.Year() == n.Year():
		return t.Format("2 Jan 15:04")
	case chinese:
		return t.Format("2006年1月2日 15:04")
	}
	return t.Format("2 Jan 2006 15:04")
}

// and makes a list of names.
func (w *words) and(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], w.t("notice.comma")) + w.t("lite.and") + names[last]
}

// bytes says how large a file is: 1024 bytes are a KB.
func (w *words) bytes(n int64) string {
	size, unit := float64(n), 0
	units := []string{"B", "KB", "MB", "GB", "TB"}
	for size >= 1024 && unit < len(units)-1 {
		size /= 1024
		unit++
	}
	if unit == 0 || size >= 100 {
		return fmt.Sprintf("%.0f %s", size, units[unit])
	}
	return strings.Replace(fmt.Sprintf("%.1f %s", size, units[unit]), ".0 ", " ", 1)
}

// chosen gives the best of our languages for what a browser prefers.
func chosen(accept, otherwise string) string {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return otherwise
	}
	for _, tag := range tags {
		base, _ := tag.Base()
		for _, ours := range account.Languages {
			if is, _, _ := strings.Cut(ours, "-"); is == base.String() {
				return ours
			}
		}
	}
	return otherwise
}
