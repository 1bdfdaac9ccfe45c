package mail

import (
	"bytes"
	"crypto/rand"
	"embed"
	"fmt"
	htmltemplate "html/template"
	"net/mail"
	"strings"
	texttemplate "text/template"
	"time"

	gomail "github.com/wneessen/go-mail"
)

//go:embed templates
var templateFiles embed.FS

// Languages that letters are written in. The first is used when a message and
// the sender name no other.
var languages = []string{"en", "zh-CN"}

// Letter is a message put into words, ready for a transport. It stays the same
// through every attempt to deliver it, Message-ID and date included, so that a
// letter that arrives twice can be told to be one.
type Letter struct {
	To      string
	Subject string
	Text    string
	HTML    string
	Link    string
	mime    *gomail.Msg
}

// writer turns messages into letters.
type writer struct {
	words    map[string]*texttemplate.Template // language -> texts
	html     *htmltemplate.Template
	text     *texttemplate.Template
	language string
	site     string
	siteLink string
	from     *mail.Address
	now      func() time.Time
}

// page is what the layouts show. All strings are plain text: the HTML layout
// escapes them, whoever wrote them.
type page struct {
	Language string
	Site     string
	SiteLink string
	Subject  string
	Greeting string
	Body     []string
	Action   string
	Link     string
	LinkHint string
	Notes    []string
	Footer   string
}

func newWriter(o Options) (*writer, error) {
	w := &writer{
		words:    map[string]*texttemplate.Template{},
		language: o.Language,
		site:     oneLine(o.SiteName),
		siteLink: o.SiteLink,
		now:      o.Now,
	}
	if w.language == "" {
		w.language = languages[0]
	}
	from, err := mail.ParseAddress(o.From)
	if err != nil || checkAddress(from.Address) != nil {
		return nil, fmt.Errorf("mail: sender address %q: %w", o.From, errAddress)
	}
	w.from = from
	for _, language := range languages {
		t, err := texttemplate.New(language).Option("missingkey=error").ParseFS(templateFiles, "templates/"+language+".tmpl")
		if err != nil {
			return nil, fmt.Errorf("mail: texts in %s: %w", language, err)
		}
		w.words[language] = t
	}
	if w.words[w.language] == nil {
		return nil, fmt.Errorf("mail: no texts in language %q", w.language)
	}
	if w.html, err = htmltemplate.ParseFS(templateFiles, "templates/layout.html"); err != nil {
		return nil, fmt.Errorf("mail: HTML layout: %w", err)
	}
	if w.text, err = texttemplate.ParseFS(templateFiles, "templates/layout.txt"); err != nil {
		return nil, fmt.Errorf("mail: text layout: %w", err)
	}
	return w, nil
}

// write puts a message into words.
func (w *writer) write(m Message) (*Letter, error) {
	if err := m.validate(); err != nil {
		return nil, err
	}
	language := m.Language
	if w.words[language] == nil {
		language = w.language
	}
	words := w.words[language]

	say := func(block string, data any) (string, error) {
		if words.Lookup(block) == nil {
			return "", nil
		}
		var b strings.Builder
		err := words.ExecuteTemplate(&b, block, data)
		return strings.TrimSpace(b.String()), err
	}
	site := w.site
	if site == "" {
		var err error
		if site, err = say("product", nil); err != nil {
			return nil, err
		}
	}
	name := oneLine(m.Name)
	if m.Kind == Activation || m.Kind == EmailProve {
		name = ""
	}
	data := struct {
		Site, SiteLink, Name, About, Passkey, With string
		Alone                                      bool
		Lifetime                                   lifetime
	}{site, w.siteLink, name, oneLine(m.About), oneLine(m.Passkey), oneLine(m.With), m.Alone, lifetimeOf(m.Expires)}

	p := page{Language: language, Site: site, SiteLink: w.siteLink, Link: m.Link}
	var body, notes string
	kind := string(m.Kind)
	for _, part := range []struct {
		block string
		into  *string
	}{
		{kind + ".subject", &p.Subject},
		{"greeting", &p.Greeting},
		{kind + ".body", &body},
		{kind + ".action", &p.Action},
		{kind + ".notes", &notes},
		{"linkhint", &p.LinkHint},
		{"footer", &p.Footer},
	} {
		s, err := say(part.block, data)
		if err != nil {
			return nil, fmt.Errorf("mail: %s in %s: %w", part.block, language, err)
		}
		*part.into = s
	}
	p.Subject = oneLine(p.Subject)
	p.Body = paragraphs(body)
	p.Notes = paragraphs(notes)

	var html, text bytes.Buffer
	if err := w.html.Execute(&html, p); err != nil {
		return nil, fmt.Errorf("mail: HTML of %s in %s: %w", kind, language, err)
	}
	if err := w.text.Execute(&text, p); err != nil {
		return nil, fmt.Errorf("mail: text of %s in %s: %w", kind, language, err)
	}
	l := &Letter{To: m.To, Subject: p.Subject, Text: text.String(), HTML: html.String(), Link: m.Link}
	if err := w.wrap(l, site); err != nil {
		return nil, err
	}
	return l, nil
}

// wrap makes the MIME message of a letter.
func (w *writer) wrap(l *Letter, site string) error {
	msg := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	from := *w.from
	if from.Name == "" {
		from.Name = site
	}
	from.Name = oneLine(from.Name)
	msg.FromMailAddress(&from)
	if err := msg.To(l.To); err != nil {
		return fmt.Errorf("mail: recipient: %w", err)
	}
	msg.Subject(l.Subject)
	msg.SetDateWithValue(w.now())
	_, domain, _ := strings.Cut(from.Address, "@")
	msg.SetMessageIDWithValue(rand.Text() + "@" + domain)
	// RFC 3834: nobody's "I am on holiday" should answer these.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	msg.SetBodyString(gomail.TypeTextPlain, l.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	l.mime = msg
	return nil
}

// paragraphs splits text at blank lines and joins the lines of each paragraph.
func paragraphs(text string) []string {
	var out []string
	for block := range strings.SplitSeq(text, "\n\n") {
		if block = strings.TrimSpace(block); block != "" {
			out = append(out, block)
		}
	}
	return out
}

// lifetime is a duration in the largest unit that states it without a
// remainder, for sentences such as "this link works for 24 hours".
type lifetime struct {
	Count int
	Unit  string // "", "minute", "hour", "day"
}

func lifetimeOf(d time.Duration) lifetime {
	minutes := int(d.Round(time.Minute) / time.Minute)
	switch {
	case minutes <= 0:
		return lifetime{}
	case minutes%(24*60) == 0 && minutes > 24*60:
		return lifetime{minutes / (24 * 60), "day"}
	case minutes%60 == 0:
		return lifetime{minutes / 60, "hour"}
	default:
		return lifetime{minutes, "minute"}
	}
}
