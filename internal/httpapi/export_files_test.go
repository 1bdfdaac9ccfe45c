package httpapi_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"path"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/robot"
)

// broken keeps files and does not give all of them back.
type broken struct {
	attachment.Blobs
	gone, torn *sync.Map // keys of which there is nothing, and of which a part
}

// Get implements attachment.Blobs.
func (b broken) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if _, ok := b.gone.Load(key); ok {
		return nil, errors.New("the disk is broken")
	}
	in, err := b.Blobs.Get(ctx, key, offset, length)
	if _, ok := b.torn.Load(key); ok && err == nil {
		return struct {
			io.Reader
			io.Closer
		}{io.LimitReader(in, 5000), in}, nil
	}
	return in, err
}

// The archive holds the files of my conversations, each once, under names that
// every system takes, and says which could not be read.
func TestExportOfFiles(t *testing.T) {
	disk := broken{gone: &sync.Map{}, torn: &sync.Map{}}
	s := apptest.Start(t, func(_ *config.Config, o *app.Options) {
		o.Files = func(b attachment.Blobs) attachment.Blobs {
			disk.Blobs = b
			return disk
		}
	})
	lan, ming, eve := s.Person("lan"), s.Person("ming"), s.Person("eve")
	talk, other := s.Befriend(lan, ming), s.Befriend(ming, eve)
	send := func(p *apptest.Person, to change.ID, body string, ids ...string) {
		t.Helper()
		d := conversation.Draft{ClientID: change.NewToken()[:20], Body: body}
		for _, id := range ids {
			d.Attachments = append(d.Attachments, attachment.ID(id))
		}
		if _, err := s.Conversations.Send(t.Context(), p.ID, to, d); err != nil {
			t.Fatal(err)
		}
	}
	key := func(id string) string {
		t.Helper()
		a, err := s.Store.Attachment(t.Context(), attachment.ID(id))
		if err != nil {
			t.Fatal(err)
		}
		return a.Key
	}
	noise := make([]byte, 100_000)
	_, _ = rand.Read(noise)
	picture := upload(t, s, ming, "pic.png", fixture(t, "alpha.png"))
	again := upload(t, s, lan, "the same.png", fixture(t, "alpha.png"))
	hostile := upload(t, s, ming, `C:\..\a<b>"c|d%2e?#`+strings.Repeat("长", 200)+`.html. `, []byte("<script>alert(1)</script>"))
	gone := upload(t, s, ming, "gone.txt", []byte("this is lost"))
	torn := upload(t, s, ming, "torn.bin", noise)
	secret := upload(t, s, eve, "secret.txt", []byte("not for lan"))
	send(ming, talk, "look", picture, hostile)
	send(lan, talk, "", again)
	send(ming, talk, "", gone, torn)
	send(eve, other, "", secret)
	disk.gone.Store(key(gone), true)
	disk.torn.Store(key(torn), true)
	avatar := upload(t, s, lan, "me.jpg", fixture(t, "gray.jpg"))
	status(t, "avatar", s.Do(lan, "PATCH", "/account", map[string]string{"avatar": avatar}), 200, "")
	if err := s.Store.Update(t.Context(), func(ctx context.Context) error {
		return s.Store.CreateReminder(ctx, robot.Reminder{ID: 7, AccountID: lan.ID, ConversationID: talk, Body: "喝水", DueAt: 1 << 50, Every: "day", Zone: "Asia/Tokyo", Language: "en", CreatedAt: 5})
	}); err != nil {
		t.Fatal(err)
	}

	raw := s.Do(lan, "GET", "/account/export", nil).Raw
	files := unzip(t, raw)
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{} // by the attachment
	for _, f := range r.File {
		name, ok := strings.CutPrefix(f.Name, "files/")
		if !ok {
			continue
		}
		paths[name[:attachment.IDLength]] = f.Name
		if strings.ContainsAny(name, `<>:"/\|?*#%`) || len(name) > 255 || !utf8.ValidString(name) || strings.TrimRight(name, ". ") != name {
			t.Errorf("the name %q", name)
		}
	}
	if len(paths) != 4 || paths[torn] == "" || paths[picture] == "" || paths[hostile] == "" || paths[avatar] == "" {
		t.Errorf("files: %q", paths)
	}
	if path.Ext(paths[hostile]) != ".html" || files[paths[hostile]] != "<script>alert(1)</script>" {
		t.Errorf("the hostile name became %q", paths[hostile])
	}
	page := files["conversations/"+talk.String()+".html"]
	for what, want := range map[string]int{
		`<img src="../` + paths[picture] + `"`: 2, // sent twice, there once
		`<a href="../files/` + hostile + `-`:   1,
		`torn.bin <small>This file could not`:  1,
		`gone.txt <small>This file could not`:  1,
		`src="http`:                            0,
	} {
		if got := strings.Count(page, what); got != want {
			t.Errorf("the page has %s %d times: %s", what, got, page)
		}
	}
	if !strings.Contains(files["index.html"], `src="`+paths[avatar]+`"`) {
		t.Errorf("the front page lacks the picture: %s", files["index.html"])
	}
	list := []byte(files["files.json"])
	if apptest.Get(list, picture) != paths[picture] || apptest.Get(list, again) != paths[picture] || apptest.Get(list, gone) != "-" || apptest.Get(list, torn) != "-" {
		t.Errorf("the list of files: %s", list)
	}
	if got := []byte(files["reminders.json"]); apptest.Get(got, "reminders.0.body") != "喝水" || apptest.Get(got, "reminders.0.conversationId") != talk.String() || apptest.Get(got, "reminders.#") != "1" {
		t.Errorf("reminders: %s", got)
	}
	if strings.Contains(string(raw), secret) {
		t.Error("it holds a file that is not lan's to see")
	}
}
