package httpapi_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

// unzip gives the files of an archive.
func unzip(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.Name, ".json") && !json.Valid(text) {
			t.Errorf("%s is no JSON: %s", f.Name, text)
		}
		files[f.Name] = string(text)
	}
	return files
}

func TestExport(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming, eve := s.Person("lan"), s.Person("ming"), s.Person("eve")
	talk := s.Befriend(lan, ming)
	other := s.Befriend(ming, eve)
	send := func(p *apptest.Person, to change.ID, id, body string) {
		t.Helper()
		if _, err := s.Conversations.Send(t.Context(), p.ID, to, conversation.Draft{ClientID: id, Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	const n = 250
	for i := range n {
		send([]*apptest.Person{lan, ming}[i%2], talk, fmt.Sprintf("client-%d", i), fmt.Sprintf("message %d <script>alert(1)</script>", i+1))
	}
	send(eve, other, "client-x", "not for lan")
	status(t, "remark", s.Do(lan, "PATCH", "/contacts/"+ming.ID.String(), `{"remark":"小明"}`), 200, "")

	a := s.Do(lan, "GET", "/account/export", nil)
	if a.Status != 200 || a.Header.Get("Content-Type") != "application/zip" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") || a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", a.Status, a.Header)
	}
	files := unzip(t, a.Raw)
	page, record := files["conversations/"+talk.String()+".html"], files["conversations/"+talk.String()+".json"]
	for i := range n {
		if want := fmt.Sprintf("<p>message %d &lt;script&gt;", i+1); !strings.Contains(page, want) {
			t.Fatalf("the page lacks %s", want)
		}
	}
	if strings.Count(page, "<article") != n || !strings.Contains(page, "小明") || strings.Contains(page, "<script") || !strings.HasSuffix(page, "</html>\n") {
		t.Errorf("the page: %d messages", strings.Count(page, "<article"))
	}
	if got := apptest.Get([]byte(record), "messages.#"); got != fmt.Sprint(n) || apptest.Get([]byte(record), "messages.249.seq") != fmt.Sprint(n) {
		t.Errorf("the record has %s messages", got)
	}
	index := files["index.html"]
	for _, want := range []string{"lan@example.org", "conversations/" + talk.String() + ".html", "小明", `default-src 'none'`} {
		if !strings.Contains(index, want) {
			t.Errorf("the index lacks %s: %s", want, index)
		}
	}
	all := strings.Join([]string{fmt.Sprint(files)}, "")
	if strings.Contains(all, "not for lan") || strings.Contains(all, "eve@") || strings.Contains(all, "$argon2id") {
		t.Error("it holds what is not lan's to see")
	}
	if a := s.Do(nil, "GET", "/account/export", nil); a.Status != 401 {
		t.Errorf("nobody: %d", a.Status)
	}
	for range account.StandardRates.Export.Burst - 1 {
		s.Do(lan, "GET", "/account/export", nil)
	}
	status(t, "too often", s.Do(lan, "GET", "/account/export", nil), 429, "request.too_many")
}

// Every page of a long conversation is there, and leads to the next.
func TestExportOfALongConversation(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming := s.Person("lan"), s.Person("ming")
	talk := s.Befriend(lan, ming)
	const n = 2001
	results := make(chan error, n)
	for i := range n {
		s.Conversations.Submit(t.Context(), lan.ID, talk, conversation.Draft{ClientID: fmt.Sprintf("client-%d", i), Body: fmt.Sprint("message ", i+1)}, func(_ conversation.Delta, err error) { results <- err })
	}
	for range n {
		if err := <-results; err != nil {
			t.Fatal(err)
		}
	}
	files := unzip(t, s.Do(lan, "GET", "/account/export", nil).Raw)
	first, second := files["conversations/"+talk.String()+".html"], files["conversations/"+talk.String()+"-2.html"]
	if strings.Count(first, "<article") != 2000 || !strings.Contains(first, talk.String()+"-2.html") {
		t.Errorf("the first page has %d messages", strings.Count(first, "<article"))
	}
	if strings.Count(second, "<article") != 1 || !strings.Contains(second, "message 2001") || !strings.Contains(second, `href="`+talk.String()+`.html"`) {
		t.Errorf("the second page: %s", second)
	}
}
