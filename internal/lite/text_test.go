package lite

import (
	"strings"
	"testing"
)

// marked writes the pieces of a text down: links in brackets, heaps after a bar.
func marked(body string) string {
	var b strings.Builder
	for i, line := range paragraphs(body) {
		if i > 0 {
			b.WriteString("/")
		}
		for _, p := range line {
			switch {
			case p.Href == p.Text:
				b.WriteString("[" + p.Text + "]")
			case p.Href != "":
				b.WriteString("[" + p.Text + " " + p.Href + "]")
			case p.Heap:
				b.WriteString("|" + p.Text)
			default:
				b.WriteString(p.Text)
			}
		}
	}
	return b.String()
}

func TestLinks(t *testing.T) {
	for body, want := range map[string]string{
		"plain":                                    "plain",
		"":                                         "",
		"two\r\nlines\n":                           "two/lines/",
		"see https://example.org/a?b=c#d.":         "see [https://example.org/a?b=c#d].",
		"(https://example.org/a_(b))":              "([https://example.org/a_(b)])",
		"看https://example.org/吧。":                  "看[https://example.org/]吧。",
		"https://例子.测试/路径":                         "[https://例子.测试/路径 https://%E4%BE%8B%E5%AD%90.%E6%B5%8B%E8%AF%95/%E8%B7%AF%E5%BE%84]",
		"HTTP://example.org":                       "[HTTP://example.org http://example.org]",
		"www.example.org, and www.x":               "[www.example.org https://www.example.org], and www.x",
		"mailto:lan@example.org":                   "[mailto:lan@example.org]",
		"mailto:nobody":                            "mailto:nobody",
		"xhttps://example.org":                     "xhttps://example.org",
		"javascript:alert(1)":                      "javascript:alert(1)",
		"javascript://x/%0aalert(1)":               "javascript://x/%0aalert(1)",
		`https://example.org/"onmouseover="x`:      `[https://example.org/]"onmouseover="x`,
		"http://<script>":                          "http://<script>",
		"http://a.example/http://b.example/":       "[http://a.example/http://b.example/]",
		"e" + strings.Repeat("\u0301", 40):         "e" + strings.Repeat("\u0301", 32) + "|" + strings.Repeat("\u0301", 8),
		"a\u0301b" + strings.Repeat("c\u0301", 40): "a\u0301b" + strings.Repeat("c\u0301", 40),
	} {
		if got := marked(body); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
	many := marked(strings.Repeat("http://a.example/ ", 300))
	if n := strings.Count(many, "["); n != mostLinks {
		t.Errorf("%d links, want %d", n, mostLinks)
	}
	for _, long := range []string{strings.Repeat("www.", 20_000), strings.Repeat("http://", 20_000), strings.Repeat("(", 50_000), strings.Repeat("\u0301", 50_000), "https://a.b/" + strings.Repeat(")", 50_000)} {
		if got := strings.NewReplacer("[", "", "]", "", "|", "").Replace(marked(long)); len(got) < len(long) {
			t.Errorf("of %.20q… %d of %d bytes are left", long, len(got), len(long))
		}
	}
}

// Whatever is written is shown as it is.
func FuzzParagraphs(f *testing.F) {
	for _, s := range []string{"https://example.org/x", "www.a.b c\nd", "mailto:a@b", "\xff\u0301\u0301", "http://user:pass@[::1]:1/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var b strings.Builder
		for i, line := range paragraphs(body) {
			if i > 0 {
				b.WriteString("\n")
			}
			for _, p := range line {
				b.WriteString(p.Text)
				if h := strings.ToLower(p.Href); h != "" && !strings.HasPrefix(h, "http://") && !strings.HasPrefix(h, "https://") && !strings.HasPrefix(h, "mailto:") {
					t.Errorf("%q leads to %q", p.Text, p.Href)
				}
			}
		}
		if want := strings.ReplaceAll(body, "\r\n", "\n"); b.String() != want {
			t.Errorf("%q became %q", want, b.String())
		}
	})
}

func TestInShort(t *testing.T) {
	for text, want := range map[string]string{"": "", "a\n b  c": "a b c", "0123456789": "0123456789", "0123456789x": "0123456789…", "\u4e00\u4e01": "\u4e00\u4e01"} {
		if got := inShort(text, 10); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := inShort(strings.Repeat(" ", 100)+"x", 10); got != "x" {
		t.Errorf("%q", got)
	}
}
