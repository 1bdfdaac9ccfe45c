package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"
)

func newTestWriter(t *testing.T, change func(*Options)) *writer {
	t.Helper()
	o := Options{
		From: "chat@example.com", SiteName: "Family", SiteLink: "https://chat.example.com",
		Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
	}
	if change != nil {
		change(&o)
	}
	w, err := newWriter(o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestEveryKindInEveryLanguage(t *testing.T) {
	w := newTestWriter(t, nil)
	for _, kind := range Kinds() {
		for _, language := range languages {
			t.Run(string(kind)+" "+language, func(t *testing.T) {
				l, err := w.write(Message{
					Kind: kind, To: "ann@example.com", Language: language, Name: "Ann",
					Link: "https://chat.example.com/x#secret", Expires: 24 * time.Hour,
				})
				if err != nil {
					t.Fatal(err)
				}
				for what, s := range map[string]string{"subject": l.Subject, "text": l.Text, "HTML": l.HTML} {
					if strings.TrimSpace(s) == "" {
						t.Errorf("no %s", what)
					}
					if strings.Contains(s, "<no value>") || strings.Contains(s, "{{") {
						t.Errorf("%s has a hole: %s", what, s)
					}
					if what != "subject" && !strings.Contains(s, "https://chat.example.com/x#secret") {
						t.Errorf("%s lacks the link: %s", what, s)
					}
				}
				if !strings.Contains(l.Subject, "Family") {
					t.Errorf("subject %q does not name the site", l.Subject)
				}
				chinese := strings.ContainsAny(l.Subject, "你请的")
				if chinese != (language == "zh-CN") {
					t.Errorf("subject %q is in the wrong language", l.Subject)
				}
				if !strings.Contains(l.HTML, `lang="`+language+`"`) {
					t.Error("the HTML does not state its language")
				}
			})
		}
	}
}

func TestLanguageFallsBackToTheDefault(t *testing.T) {
	for _, test := range []struct{ standard, asked, want string }{
		{"en", "fr", "Choose a new password"},
		{"zh-CN", "fr", "重设你的"},
		{"zh-CN", "", "重设你的"},
		{"zh-CN", "en", "Choose a new password"},
		{"", "", "Choose a new password"},
	} {
		w := newTestWriter(t, func(o *Options) { o.Language = test.standard })
		l, err := w.write(Message{Kind: PasswordReset, To: "a@example.com", Language: test.asked, Link: "http://x/y"})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(l.Subject, test.want) {
			t.Errorf("default %q, asked %q: subject %q", test.standard, test.asked, l.Subject)
		}
	}
}

func TestSiteWithoutANameIsCalledByTheProduct(t *testing.T) {
	w := newTestWriter(t, func(o *Options) { o.SiteName = "" })
	for language, want := range map[string]string{"en": "Happy Chat", "zh-CN": "乐聊"} {
		l, err := w.write(Message{Kind: PasswordReset, To: "a@example.com", Language: language, Link: "http://x/y"})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(l.Subject, want) {
			t.Errorf("subject %q does not say %q", l.Subject, want)
		}
	}
}

func TestLifetimeInWords(t *testing.T) {
	w := newTestWriter(t, nil)
	for _, test := range []struct {
		d      time.Duration
		en, zh string
	}{
		{time.Minute, "for 1 minute.", "1 分钟内有效"},
		{30 * time.Minute, "for 30 minutes.", "30 分钟内有效"},
		{time.Hour, "for 1 hour.", "1 小时内有效"},
		{90 * time.Minute, "for 90 minutes.", "90 分钟内有效"},
		{24 * time.Hour, "for 24 hours.", "24 小时内有效"},
		{72 * time.Hour, "for 3 days.", "3 天内有效"},
		{0, "The link works once.", "链接只能使用一次。"},
	} {
		for language, want := range map[string]string{"en": test.en, "zh-CN": test.zh} {
			l, err := w.write(Message{Kind: PasswordReset, To: "a@example.com", Language: language, Link: "http://x/y", Expires: test.d})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(l.Text, want) {
				t.Errorf("%v in %s: want %q in %q", test.d, language, want, l.Text)
			}
		}
	}
}

func TestStringsOfUsersStayText(t *testing.T) {
	hostile := `<script>alert(1)</script><img src=x onerror=alert(1)>"'&{{.Site}}` + "\r\nBcc: eve@example.com\r\n\r\n<b>\u202e"
	w := newTestWriter(t, func(o *Options) { o.SiteName = hostile })
	l, err := w.write(Message{Kind: PasswordChanged, To: "ann@example.com", Language: "en", Name: hostile, Link: "https://x.example/a?b=<c>&d=\"e\""})
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range []string{"<script", "<img", "<b>", `="e"`} {
		if strings.Contains(l.HTML, tag) {
			t.Errorf("%s stands in the HTML", tag)
		}
	}
	if strings.ContainsAny(l.Subject, "\r\n\u202e") {
		t.Errorf("subject %q has control characters", l.Subject)
	}
	raw := mimeOf(t, l)
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.Get("Bcc") != "" {
		t.Error("a name made a header")
	}
	for line := range strings.SplitSeq(l.Text, "\n") {
		if strings.HasPrefix(line, "Bcc:") {
			t.Errorf("a name began a line: %q", line)
		}
	}
}

// Whoever signs somebody else up must not be able to put words into the letter.
func TestActivationDoesNotCarryTheName(t *testing.T) {
	w := newTestWriter(t, nil)
	for _, language := range languages {
		l, err := w.write(Message{Kind: Activation, To: "ann@example.com", Language: language, Name: "win at casino.example", Link: "http://x/y"})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(l.Subject+l.Text+l.HTML, "casino") {
			t.Errorf("the letter in %s carries the name", language)
		}
	}
}

func TestBadMessages(t *testing.T) {
	good := Message{Kind: Activation, To: "ann@example.com", Link: "https://x.example/a"}
	for name, change := range map[string]func(*Message){
		"no kind":                func(m *Message) { m.Kind = "" },
		"unknown kind":           func(m *Message) { m.Kind = "../layout" },
		"no address":             func(m *Message) { m.To = "" },
		"no domain":              func(m *Message) { m.To = "ann" },
		"two addresses":          func(m *Message) { m.To = "ann@example.com, eve@example.com" },
		"display name":           func(m *Message) { m.To = "Ann <ann@example.com>" },
		"header injection":       func(m *Message) { m.To = "ann@example.com\r\nBcc: eve@example.com" },
		"quoted header injected": func(m *Message) { m.To = "\"a\r\nBcc: eve\"@example.com" },
		"NUL":                    func(m *Message) { m.To = "ann@example.com\x00" },
		"invalid UTF-8":          func(m *Message) { m.To = "an\xffn@example.com" },
		"long address":           func(m *Message) { m.To = strings.Repeat("a", 400) + "@example.com" },
		"no link":                func(m *Message) { m.Link = "" },
		"relative link":          func(m *Message) { m.Link = "/activate#x" },
		"javascript link":        func(m *Message) { m.Link = "javascript:alert(1)//x" },
		"line break in link":     func(m *Message) { m.Link = "https://x.example/\r\na" },
		"negative expiry":        func(m *Message) { m.Expires = -time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			m := good
			change(&m)
			if err := m.validate(); err == nil {
				t.Errorf("%+v was taken", m)
			}
		})
	}
	if err := good.validate(); err != nil {
		t.Errorf("the good message: %v", err)
	}
	if err := (Message{Kind: Activation, To: "王芳@例子.example", Link: "http://x/"}).validate(); err != nil {
		t.Errorf("an address in Chinese: %v", err)
	}
}

func TestBadSenderAddress(t *testing.T) {
	for _, from := range []string{"", "chat", "chat@example.com\r\nBcc: eve@example.com", "a@x.example, b@x.example"} {
		if _, err := newWriter(Options{From: from}); err == nil {
			t.Errorf("%q was taken", from)
		}
	}
	if _, err := newWriter(Options{From: "a@x.example", Language: "fr"}); err == nil {
		t.Error("a default language without texts was taken")
	}
}

func TestMIME(t *testing.T) {
	w := newTestWriter(t, func(o *Options) {
		o.SiteName = "老王家的聊天室，大家都在这里说话，名字取得特别特别长"
	})
	l, err := w.write(Message{Kind: AlreadyRegistered, To: "ann@example.com", Language: "zh-CN", Name: "安", Link: "https://x.example/sign-in"})
	if err != nil {
		t.Fatal(err)
	}
	raw := mimeOf(t, l)
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes (RFC 5322 2.1.1 allows 998)", len(line))
		}
		for _, b := range line {
			if b >= 0x80 {
				t.Fatalf("8-bit line %q would need 8BITMIME", line)
			}
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != l.Subject {
		t.Errorf("subject %q (%v), want %q", subject, err, l.Subject)
	}
	from, err := mail.ParseAddress(m.Header.Get("From"))
	if err != nil || from.Address != "chat@example.com" || from.Name != "老王家的聊天室，大家都在这里说话，名字取得特别特别长" {
		t.Errorf("from %v (%v)", from, err)
	}
	for header, want := range map[string]string{
		"To": "<ann@example.com>", "Auto-Submitted": "auto-generated", "Date": "Sun, 01 Mar 2026 12:00:00 +0000", "Mime-Version": "1.0",
	} {
		if got := m.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	if id := m.Header.Get("Message-Id"); !strings.HasSuffix(id, "@example.com>") {
		t.Errorf("Message-ID %q", id)
	}
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q (%v)", kind, err)
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	for _, want := range []struct{ kind, body string }{{"text/plain", l.Text}, {"text/html", l.HTML}} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		var r io.Reader = part
		switch part.Header.Get("Content-Transfer-Encoding") {
		case "quoted-printable":
			r = quotedprintable.NewReader(part)
		case "base64":
			r = base64.NewDecoder(base64.StdEncoding, part)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n")); got != strings.TrimSpace(want.body) {
			t.Errorf("%s arrived as %q, was %q", want.kind, got, want.body)
		}
		if kind := part.Header.Get("Content-Type"); !strings.HasPrefix(kind, want.kind) || !strings.Contains(strings.ToLower(kind), "utf-8") {
			t.Errorf("part of type %q", kind)
		}
	}
}

func mimeOf(t *testing.T, l *Letter) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := l.mime.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLettersOfPasskeysSayWhichAndWhatIsLeft(t *testing.T) {
	w := newTestWriter(t, nil)
	for language, alone := range map[string]string{"en": "the password alone is enough", "zh-CN": "只用密码就能登录"} {
		for _, last := range []bool{true, false} {
			l, err := w.write(Message{Kind: PasskeyRemoved, To: "a@example.com", Language: language, Passkey: "Old\nphone", Alone: last, Link: "http://x/y"})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(l.Text, "Old phone") || strings.Contains(l.Text, alone) != last {
				t.Errorf("%s, last %v: %s", language, last, l.Text)
			}
		}
	}
}
