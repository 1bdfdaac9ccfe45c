package lite

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/wire"
)

// Every text that a page asks for is there, in all languages, and every one of
// our own is asked for.
func TestWordsAreThere(t *testing.T) {
	asked := map[string]bool{}
	patterns := []*regexp.Regexp{regexp.MustCompile(`\{\{-?\s*t "([\w.-]+)"`), regexp.MustCompile(`\bt\("([\w.-]+)"`), regexp.MustCompile(`\(t "([\w.-]+)"`), regexp.MustCompile(`\(p\.t\("([\w.-]+)"`)}
	families := []string{"notice.", "role.", "lite.done.", "lite.problem."}
	read := func(text []byte) {
		for _, p := range patterns {
			for _, m := range p.FindAllSubmatch(text, -1) {
				asked[string(m[1])] = true
			}
		}
	}
	err := fs.WalkDir(pages, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := pages.ReadFile(name)
		read(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sources, _ := filepath.Glob("*.go")
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "_test.go") {
			read(text)
			for _, m := range regexp.MustCompile(`\bsay\("(\w+)"`).FindAllSubmatch(text, -1) {
				asked["notice."+string(m[1])] = true
			}
		}
	}
	if len(asked) < 100 {
		t.Fatalf("only %d texts are asked for: the patterns find them no more", len(asked))
	}
	var english []string
	for _, language := range account.Languages {
		w, err := newWords(language)
		if err != nil {
			t.Fatal(err)
		}
		for key := range asked {
			if _, ok := w.texts[key]; !ok && !slices.Contains(families, key) {
				t.Errorf("%s has no %q", language, key)
			}
		}
		keys := slices.Sorted(maps.Keys(w.texts))
		keys = slices.DeleteFunc(keys, func(key string) bool { return !strings.HasPrefix(key, "lite.") })
		if english == nil {
			english = keys
		} else if !slices.Equal(english, keys) {
			t.Errorf("%s has %v, others have %v", language, keys, english)
		}
		for _, key := range keys {
			inFamily := slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(key, f) })
			if !asked[key] && !inFamily {
				t.Errorf("nobody asks for %q", key)
			}
			if strings.ContainsAny(w.texts[key], "!！") {
				t.Errorf("%q shouts", key)
			}
		}
	}
}

func TestTexts(t *testing.T) {
	w := &words{texts: map[string]string{"plain": "a {name} b", "one": "{n} file | {n} files", "at": "[{'@'}me] {x}", "open": "a {name"}}
	for _, c := range []struct {
		key    string
		values []any
		want   string
	}{
		{"plain", []any{"name", "{n} | x"}, "a {n} | x b"},
		{"one", []any{"n", 1}, "1 file"},
		{"one", []any{"n", 0}, "0 files"},
		{"one", []any{"n", int64(2)}, "2 files"},
		{"at", nil, "[@me] "},
		{"open", []any{"name", "x"}, "a x"},
		{"none", nil, "none"},
	} {
		if got := w.t(c.key, c.values...); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.key, c.values, got, c.want)
		}
	}
}

func TestProblems(t *testing.T) {
	w, err := newWords("zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p    wire.Problem
		want string
	}{
		{wire.Problem{Code: "session.bad_credentials", Detail: "x"}, "用户名或密码不正确。"},
		{wire.Problem{Code: "password.too_short"}, "密码至少需要 8 个字符。"},
		{wire.Problem{Code: "something.new", Detail: "The server says so."}, "The server says so."},
		{wire.Problem{Code: "session", Detail: "A branch is no sentence."}, "A branch is no sentence."},
		{wire.Problem{Code: "x"}, "出了点问题，请重试。"},
		{wire.Problem{Code: "x", Status: 429, RetryAfter: 30}, "尝试次数过多，请等待 30 秒。"},
		{wire.Problem{Code: "x", Status: 429, RetryAfter: 599}, "尝试次数过多，请等待 10 分钟。"},
	} {
		if got := w.problem(&c.p, wire.Limits{PasswordMin: 8}); got != c.want {
			t.Errorf("%s: %q, want %q", c.p.Code, got, c.want)
		}
	}
}

func TestMomentsAndSizes(t *testing.T) {
	en, zh := &words{language: "en"}, &words{language: "zh-CN"}
	zone := time.FixedZone("", 8*3600)
	now := time.Date(2026, 3, 4, 1, 0, 0, 0, zone).UnixMilli()
	for at, want := range map[time.Time][2]string{
		time.Date(2026, 3, 3, 16, 30, 0, 0, time.UTC):   {"00:30", "00:30"},
		time.Date(2026, 3, 3, 15, 59, 0, 0, time.UTC):   {"3 Mar 23:59", "3月3日 23:59"},
		time.Date(2025, 12, 31, 15, 59, 0, 0, time.UTC): {"31 Dec 2025 23:59", "2025年12月31日 23:59"},
	} {
		if got := [2]string{en.moment(at.UnixMilli(), now, zone), zh.moment(at.UnixMilli(), now, zone)}; got != want {
			t.Errorf("%v: %v, want %v", at, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1 KB", 1536: "1.5 KB", 200 << 10: "200 KB", 25_000_000: "23.8 MB", 3 << 40: "3 TB"} {
		if got := en.bytes(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
