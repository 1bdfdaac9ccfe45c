package lite_test

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/happychat/happychat/internal/app/apptest"
)

// browser is one that knows links and forms, and nothing else. Every page that
// it gets is looked at for what no page may have.
type browser struct {
	t      *testing.T
	base   string
	http   *http.Client
	accept string // Accept-Language
	header map[string]string

	status   int
	answer   http.Header
	location string // the path of the page that is shown
	raw      string
	page     *html.Node
}

func newBrowser(t *testing.T, s *apptest.Server, accept string) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, base: s.Base, accept: accept, header: map[string]string{}}
	b.http = &http.Client{Jar: jar, Transport: transport{b}}
	return b
}

// transport sends what this browser sends with everything.
type transport struct{ b *browser }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Accept-Language", t.b.accept)
	for name, value := range t.b.header {
		r.Header.Set(name, value)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func (b *browser) load(r *http.Request) {
	b.t.Helper()
	res, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.status, b.answer, b.raw = res.StatusCode, res.Header, string(raw)
	b.location = res.Request.URL.RequestURI()
	if f := res.Request.URL.Fragment; f != "" {
		b.location += "#" + f
	}
	if b.page, err = html.Parse(bytes.NewReader(raw)); err != nil {
		b.t.Fatal(err)
	}
	if strings.HasPrefix(b.location, "/lite") {
		b.check()
	}
}

// open follows an address.
func (b *browser) open(path string) {
	b.t.Helper()
	r, err := http.NewRequest("GET", b.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	b.load(r)
}

// fields are those of a form, by name.
type fields map[string]string

// form finds the form that goes to an address, with what it holds.
func (b *browser) form(action string) fields {
	b.t.Helper()
	for n := range b.page.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" || attr(n, "action") != action {
			continue
		}
		f := fields{}
		for c := range n.Descendants() {
			switch {
			case c.Data == "textarea":
				f[attr(c, "name")] = text(c)
			case c.Data != "input", attr(c, "type") == "submit", attr(c, "type") == "file", attr(c, "type") == "checkbox" && !has(c, "checked"):
			default:
				f[attr(c, "name")] = attr(c, "value")
			}
		}
		return f
	}
	b.t.Fatalf("%s has no form that goes to %s:\n%s", b.location, action, b.text())
	return nil
}

// submit fills a form in and sends it.
func (b *browser) submit(action string, typed fields) {
	b.t.Helper()
	f := b.form(action)
	maps.Copy(f, typed)
	b.post(action, f)
}

// post sends what is not on any page, perhaps.
func (b *browser) post(action string, f fields) {
	b.t.Helper()
	values := url.Values{}
	for name, value := range f {
		values.Set(name, strings.ReplaceAll(value, "\n", "\r\n"))
	}
	r, err := http.NewRequest("POST", b.base+action, strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	b.load(r)
}

// file is one that is chosen in a form.
type file struct {
	name string
	data []byte
}

// upload sends a form with files. Fields go before files, as they stand on the
// page.
func (b *browser) upload(action string, typed fields, files ...file) {
	b.t.Helper()
	f := b.form(action)
	maps.Copy(f, typed)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		_ = w.WriteField(name, f[name]) // a buffer takes everything
	}
	if len(files) == 0 {
		files = []file{{}} // what browsers send when nothing was chosen
	}
	for _, one := range files {
		part, err := w.CreateFormFile("file", one.name)
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = part.Write(one.data)
	}
	_ = w.Close()
	r, err := http.NewRequest("POST", b.base+action, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	b.load(r)
}

func (b *browser) signIn(name string) {
	b.t.Helper()
	b.open("/lite/sign-in")
	b.submit("/lite/sign-in", fields{"login": name, "password": apptest.Password})
	if b.location != "/lite/chats" {
		b.t.Fatalf("%s is not signed in: %s\n%s", name, b.location, b.text())
	}
}

// text is what a person reads on the page.
func (b *browser) text() string { return strings.Join(strings.Fields(text(b.page)), " ") }

// shows tells that the page shows all of the texts.
func (b *browser) shows(texts ...string) {
	b.t.Helper()
	for _, want := range texts {
		if !strings.Contains(b.text(), want) {
			b.t.Errorf("%s does not show %q:\n%s", b.location, want, b.text())
		}
	}
}

func (b *browser) hides(texts ...string) {
	b.t.Helper()
	for _, bad := range texts {
		if strings.Contains(b.text(), bad) {
			b.t.Errorf("%s shows %q:\n%s", b.location, bad, b.text())
		}
	}
}

// at tells what answered: the status, and the page.
func (b *browser) at(status int, location string) {
	b.t.Helper()
	if b.status != status || b.location != location {
		b.t.Fatalf("%d %s, want %d %s:\n%s", b.status, b.location, status, location, b.text())
	}
}

// links are the addresses that the page leads to.
func (b *browser) links() []string {
	var list []string
	for n := range b.page.Descendants() {
		if n.Data == "a" && has(n, "href") {
			list = append(list, attr(n, "href"))
		}
	}
	return list
}

// find gives the elements of a kind.
func (b *browser) find(element string) []*html.Node {
	var list []*html.Node
	for n := range b.page.Descendants() {
		if n.Type == html.ElementNode && n.Data == element {
			list = append(list, n)
		}
	}
	return list
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		switch {
		case c.Type == html.TextNode && c.Parent.Data != "style" && c.Parent.Data != "script":
			b.WriteString(c.Data)
		case c.Data == "input" && attr(c, "type") == "submit":
			b.WriteString(attr(c, "value") + " ")
		case c.Data == "br" || c.Data == "p" || c.Data == "li":
			b.WriteString("\n")
		}
	}
	return b.String()
}

// elements are all that our pages are made of: those of HTML 4, and wbr, which
// does no harm where it is unknown.
var elements = strings.Fields("html head meta title link body div span p a h1 h2 ul li dl dt dd form label input textarea br strong img wbr")

// attributes are all that there are on them.
var attributes = strings.Fields("lang charset name content http-equiv rel href class id role aria-label aria-current aria-describedby dir method action " +
	"accept-charset type value size for autocomplete autocapitalize rows cols readonly checked src alt width height enctype multiple accesskey")

// check looks for what no page may have, whatever somebody wrote, and what every
// page has.
func (b *browser) check() {
	b.t.Helper()
	fault := func(format string, args ...any) {
		b.t.Helper()
		b.t.Errorf(b.location+": "+format+"\n"+b.raw, args...)
	}
	h := b.answer
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"Referrer-Policy":         "same-origin",
	} {
		if h.Get(name) != want {
			fault("%s is %q", name, h.Get(name))
		}
	}
	language := ""
	labels, ids, headings := map[string]bool{}, map[string]bool{}, 0
	for n := range b.page.Descendants() {
		if n.Type == html.CommentNode {
			fault("a comment: %q", n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		if !slices.Contains(elements, n.Data) {
			fault("an element %s", n.Data)
		}
		for _, a := range n.Attr {
			if !slices.Contains(attributes, a.Key) {
				fault("an attribute %s on %s", a.Key, n.Data)
			}
			if (a.Key == "href" || a.Key == "src" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") &&
				!strings.HasPrefix(a.Val, "http://") && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "mailto:") {
				fault("%s leads to %s", n.Data, a.Val)
			}
			if a.Key == "id" {
				if ids[a.Val] {
					fault("two elements are called %s", a.Val)
				}
				ids[a.Val] = true
			}
		}
		switch n.Data {
		case "html":
			language = attr(n, "lang")
		case "label":
			labels[attr(n, "for")] = true
		case "h1":
			headings++
		}
	}
	if language == "" || language != h.Get("Content-Language") {
		fault("it is in %q, and says %q", language, h.Get("Content-Language"))
	}
	if headings != 1 {
		fault("%d main headings", headings)
	}
	for n := range b.page.Descendants() {
		if n.Data != "input" && n.Data != "textarea" {
			continue
		}
		if kind := attr(n, "type"); kind == "hidden" || kind == "submit" {
			continue
		}
		if !labels[attr(n, "id")] {
			fault("the field %s has no label", attr(n, "name"))
		}
	}
	if strings.Contains(b.raw, "ZgotmplZ") || strings.Contains(b.text(), "lite.") {
		fault("something is not filled in")
	}
}
