package lite_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/conversation"
)

// say sends a message by another door.
func say(t *testing.T, p *apptest.Person, chat change.ID, body string) {
	t.Helper()
	clientID := fmt.Sprintf("client-%d", rand.Int64())
	if a := p.Server.Do(p, "POST", "/conversations/"+chat.String()+"/messages", map[string]string{"clientId": clientID, "body": body}); a.Status != 201 {
		t.Fatalf("%s", a.Raw)
	}
}

// bodies are all messages of a conversation.
func bodies(t *testing.T, p *apptest.Person, chat change.ID) []string {
	t.Helper()
	page, err := p.Server.Conversations.History(t.Context(), p.ID, chat, 0, 0, conversation.MaxPage)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range page.Messages {
		list = append(list, m.Body)
	}
	return list
}

func TestConversation(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming := s.Person("lan"), s.Person("ming")
	chat := s.Befriend(lan, ming)
	action := "/lite/chats/" + chat.String()
	b := newBrowser(t, s, "en")
	b.signIn("lan")
	b.shows("Ming", "You are friends now. Say hello.")
	say(t, ming, chat, "Hello\nhttps://example.org/x, you know")
	say(t, ming, chat, "Are you there?")
	b.open("/lite/chats")
	b.shows("Ming 2 unread", "Ming: Are you there?", "05:06")
	if !strings.Contains(b.raw, `<title>(2) Messages - `) {
		t.Error("the title does not count")
	}
	if meta := b.find("meta"); !slices.ContainsFunc(meta, func(n *htmlNode) bool { return attr(n, "content") == "60;url=/lite/chats" }) {
		t.Error("the list does not load itself again")
	}
	b.open(action)
	b.shows("Unread from here", "Hello", "Are you there?")
	if !slices.Contains(b.links(), "https://example.org/x") {
		t.Errorf("links: %v", b.links())
	}
	if strings.Contains(b.raw, "http-equiv") {
		t.Error("a page on which somebody writes loads itself again")
	}
	// It has been read, and the other one sees it.
	b.open("/lite/chats")
	b.hides("unread")
	if a := s.Do(ming, "GET", "/conversations/"+chat.String(), nil); !strings.Contains(string(a.Raw), `"readSeq":2`) {
		t.Errorf("not read: %s", a.Raw)
	}

	b.open(action)
	first := b.form(action)
	b.submit(action, fields{"body": "Yes\n\n  here <b>I</b> am"})
	b.at(200, action+"#new")
	b.shows("You", "Yes", "here <b>I</b> am")
	// Pressed twice, sent once.
	first["body"] = "Yes\n\n  here <b>I</b> am"
	b.post(action, first)
	b.at(200, action+"#new")
	// Gone back, something else written: that is another message.
	first["body"] = "And more"
	b.post(action, first)
	if got := bodies(t, lan, chat); !slices.Equal(got[2:], []string{"Yes\n\n  here <b>I</b> am", "And more"}) {
		t.Errorf("%q", got)
	}

	// What can not be sent is still there.
	b.open(action)
	b.submit(action, fields{"body": " \n "})
	b.at(422, action)
	b.shows("There is nothing to send.")
	long := strings.Repeat("长", conversation.MaxBody+1)
	b.submit(action, fields{"body": long})
	b.at(422, action)
	b.shows("This message is too long.")
	if got := b.form(action)["body"]; got != long {
		t.Errorf("of %d characters %d are left", len(long), len(got))
	}
	b.submit(action, fields{"body": "\n" + long[3:]})
	b.at(422, action) // one line break too many
	b.submit(action, fields{"body": long[3:]})
	b.at(200, action+"#new")

	// A form that comes when nobody is signed in any more is not lost either.
	b.open(action)
	form := b.form(action)
	if err := s.Accounts.EndSessions(t.Context(), lan.ID); err != nil {
		t.Fatal(err)
	}
	form["body"] = "very long text"
	b.post(action, form)
	b.at(403, action)
	b.shows("Please sign in again.", "This was not sent.", "very long text")
	b.submit("/lite/sign-in", fields{"login": "lan", "password": apptest.Password})
	b.at(200, action)
}

func TestHistory(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming := s.Person("lan"), s.Person("ming")
	chat := s.Befriend(lan, ming)
	action := "/lite/chats/" + chat.String()
	for i := range 50 {
		say(t, ming, chat, fmt.Sprintf("number %d.", i+1))
		s.Clock.Advance(time.Hour)
	}
	b := newBrowser(t, s, "en")
	b.signIn("lan")
	b.open(action)
	b.shows("number 31.", "number 50.", "Older messages", "5 Mar 11:06", "06:06")
	b.hides("number 30.", "Newer messages")
	b.open(action + "?before=31")
	b.shows("number 11.", "number 30.", "Older messages", "Newer messages", "To the newest")
	b.hides("number 10.", "number 31.")
	b.open(action + "?before=11")
	b.shows("number 1.", "number 10.", "Newer messages")
	b.hides("Older messages", "number 11.")
	b.open(action + "?after=10")
	b.shows("number 11.", "number 30.")
	for _, odd := range []string{"?before=-1", "?before=x", "?after=99999999999999999999", "?before=1", "?after=50"} {
		b.open(action + odd)
		if b.status != 200 {
			t.Errorf("%s: %d", odd, b.status)
		}
	}

	// What is followed loads itself again, under an address that is another one.
	b.open(action + "?follow=1")
	b.shows("number 50.", "This page loads again every 15 seconds.")
	for turn, want := range []string{"2", "1"} {
		meta := ""
		for _, n := range b.find("meta") {
			if attr(n, "http-equiv") == "refresh" {
				meta = attr(n, "content")
			}
		}
		if meta != "15;url="+action+"?follow="+want+"#new" {
			t.Errorf("turn %d: %q", turn, meta)
		}
		_, address, _ := strings.Cut(meta, "url=")
		b.open(address)
	}
	if len(b.find("textarea")) > 0 {
		t.Error("one writes where the page goes away")
	}
	// Whoever writes from there comes back there.
	b.open(action + "?back=follow")
	b.submit(action, fields{"body": "hello"})
	b.at(200, action+"?follow=1#new")

	// The list does so unless that is turned off.
	b.open("/lite/chats?refresh=off")
	b.open("/lite/chats")
	if strings.Contains(b.raw, "http-equiv") {
		t.Error("it was turned off")
	}
	b.open("/lite/chats?refresh=on")
	b.open("/lite/chats")
	if !strings.Contains(b.raw, "http-equiv") {
		t.Error("it was turned on")
	}
}

func TestLongList(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	for i := range 60 {
		s.Clock.Advance(time.Second)
		a := s.Do(lan, "POST", "/conversations", map[string]any{"group": map[string]any{"name": fmt.Sprintf("Group-%d.", i+1), "members": []string{}}})
		if a.Status != 201 {
			t.Fatalf("%s", a.Raw)
		}
		if i == 30 {
			s.Do(lan, "PATCH", "/conversations/"+a.Get("conversationId")+"/membership", map[string]any{"pinned": true, "notify": "none"})
		}
	}
	b := newBrowser(t, s, "en")
	b.signIn("lan")
	b.shows("Group-60.", "Group-11.", "Group-31. (1) Pinned Notifications off")
	b.hides("Group-10.")
	if strings.Index(b.text(), "Group-31.") > strings.Index(b.text(), "Group-60.") {
		t.Error("what is pinned is not first")
	}
	more := b.links()[slices.IndexFunc(b.links(), func(l string) bool { return strings.Contains(l, "cursor") })]
	b.open(more)
	b.shows("Group-10.", "Group-1.", "To the beginning")
	b.hides("Group-11.")
	b.open("/lite/chats?cursor=nonsense")
	b.at(422, "/lite/chats?cursor=nonsense")
}

func TestGroup(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming, hong := s.Person("lan"), s.Person("ming"), s.Person("hong")
	s.Befriend(lan, ming)
	s.Befriend(lan, hong)
	made := s.Do(ming, "POST", "/conversations", map[string]any{"group": map[string]any{"name": "Tea & <i>cake</i>", "announcement": "Friday\nat 4", "members": []string{lan.ID.String()}}})
	group, _ := change.ParseID(made.Get("conversationId"))
	at := "/conversations/" + group.String()
	s.Do(lan, "PATCH", "/contacts/"+ming.ID.String(), map[string]string{"remark": "Little Ming"})
	s.Do(lan, "POST", at+"/members", map[string]any{"accountIds": []string{hong.ID.String()}})
	s.Do(hong, "PATCH", at+"/members/me", map[string]string{"nickname": "The Red"})
	s.Do(ming, "PATCH", at, map[string]any{"name": "Cake"})
	s.Do(ming, "PATCH", at+"/members/"+hong.ID.String(), map[string]any{"mutedUntil": s.Clock.Now() + 2*time.Hour.Milliseconds()})
	s.Do(ming, "PATCH", at+"/members/"+lan.ID.String(), map[string]any{"role": "admin"})
	s.Do(ming, "PUT", at+"/announcement", map[string]any{"body": "Friday\nat 5"})
	s.Do(hong, "DELETE", at+"/members/me", nil)

	b := newBrowser(t, s, "en")
	b.signIn("lan")
	b.shows("Cake (2)", "The Red left the group")
	b.open("/lite/chats/" + group.String())
	b.shows("2 members", "Announcement", "at 5", "Little Ming created the group with you", "You added The Red", "renamed the group to “Cake”",
		"Little Ming muted The Red until 07:06", "Little Ming made you admin", "Little Ming published an announcement", "The Red left the group")
	if a := s.Do(lan, "POST", "/sync", map[string]any{"user": 0, "conversations": []any{}}); !strings.Contains(string(a.Raw), `"announcementSeen":2`) {
		t.Errorf("the announcement was not noted as seen: %s", a.Raw)
	}
	b.submit("/lite/chats/"+group.String(), fields{"body": "I come"})
	b.shows("I come")
	b.open("/lite/chats/" + group.String() + "/members")
	b.shows("2 members", "Little Ming Owner ming", "Lan Admin lan", "No. ")
	s.Do(ming, "PATCH", at, map[string]any{"muted": true})
	s.Do(ming, "PATCH", at+"/members/"+lan.ID.String(), map[string]any{"role": "member"})
	b.open("/lite/chats/" + group.String())
	b.submit("/lite/chats/"+group.String(), fields{"body": "and bring milk"})
	b.at(403, "/lite/chats/"+group.String())
	b.shows("Only admins may write here at the moment.", "and bring milk")

	chinese := newBrowser(t, s, "zh-CN")
	chinese.signIn("ming")
	chinese.submit("/lite/language", nil)
	chinese.open("/lite/chats/" + group.String())
	chinese.shows("你邀请Lan加入了群聊", "Lan邀请The Red加入了群聊", "你将群名修改为“Cake”", "你将Lan设为管理员", "The Red退出了群聊", "Lan", "2 位成员")
	// Whoever is out of it finds nothing.
	s.Do(ming, "DELETE", at+"/members/"+lan.ID.String(), nil)
	b.open("/lite/chats/" + group.String())
	b.at(404, "/lite/chats/"+group.String())
	b.hides("Cake")
}

// Of a large group its page names the people who are on it.
func TestLargeGroup(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	var ids []string
	for _, id := range s.Crowd(lan, 150) {
		ids = append(ids, id.String())
	}
	made := s.Do(lan, "POST", "/conversations", map[string]any{"group": map[string]any{"name": "All", "members": ids}})
	b := newBrowser(t, s, "en")
	b.signIn("lan")
	b.shows("All (151)")
	b.open("/lite/chats/" + made.Get("conversationId"))
	b.shows("You created the group with Crowd 0, Crowd 1, Crowd 2, Crowd 3, Crowd 4 and 145 others", "151 members")
	b.open("/lite/chats/" + made.Get("conversationId") + "/members")
	b.shows("Lan Owner", "Crowd 48", "More")
	b.open(b.links()[slices.IndexFunc(b.links(), func(l string) bool { return strings.Contains(l, "cursor") })])
	b.shows("Crowd 49", "Crowd 98")
}

func picture(t *testing.T, side int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, side, side/2))
	for i := range m.Pix {
		m.Pix[i] = uint8(i * 7)
	}
	m.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFiles(t *testing.T) {
	s := apptest.Start(t, func(c *config.Config, _ *app.Options) { c.MaxUpload = 200_000 })
	lan, ming := s.Person("lan"), s.Person("ming")
	chat := s.Befriend(lan, ming)
	action, files := "/lite/chats/"+chat.String(), "/lite/chats/"+chat.String()+"/file"
	b := newBrowser(t, s, "en")
	b.signIn("lan")
	b.open(action)
	b.submit(action, fields{"body": "Look\nat this", "attach": "x"})
	b.at(200, action)
	b.shows("Picture or file to Ming", "At most 195 KB each.")
	if got := b.form(files)["body"]; got != "Look\nat this" {
		t.Errorf("what was written became %q", got)
	}
	form := b.form(files)
	b.upload(files, nil, file{`C:\Users\lan\cat & "dog".png`, picture(t, 600)}, file{"notes.txt", []byte("some words")})
	b.at(200, action+"#new")
	b.shows("Look", "notes.txt", "10 B")
	images := b.find("img")
	if len(images) != 1 || attr(images[0], "alt") != `Picture: cat & "dog".png` || attr(images[0], "width") != "240" || attr(images[0], "height") != "120" {
		t.Errorf("%d pictures: %v", len(images), images)
	}
	for path, kind := range map[string]string{attr(images[0], "src"): "image/", attr(images[0].Parent, "href"): "image/png"} {
		res, err := b.http.Get(s.Base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), kind) {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Header.Get("Content-Type"))
		}
	}
	b.open("/lite/chats")
	b.shows("You: Look at this")

	// Pressed twice, sent once.
	b.open(files)
	b.upload(files, fields{"clientId": form["clientId"], "body": form["body"]}, file{`C:\Users\lan\cat & "dog".png`, picture(t, 600)}, file{"notes.txt", []byte("some words")})
	b.at(200, action+"#new")
	b.open(files)
	b.upload(files, fields{"clientId": form["clientId"], "body": form["body"]}, file{"notes.txt", []byte("other words")})
	if got := bodies(t, ming, chat); len(got) != 2 {
		t.Errorf("%d messages: %q", len(got), got)
	}
	b.open(files)
	b.upload(files, nil, file{"a.png", picture(t, 10)})
	b.open("/lite/chats")
	b.shows("You: [Picture]")

	// What can not be sent.
	before := len(bodies(t, ming, chat))
	b.open(files)
	b.upload(files, fields{"body": "kept"})
	b.at(200, action+"#new") // only words, then
	before++
	b.open(files)
	b.upload(files, nil)
	b.at(422, files)
	b.shows("There is nothing to send.")
	b.upload(files, fields{"body": "kept"}, file{"large.bin", make([]byte, 200_001)})
	b.at(413, files)
	b.shows("larger than this server takes")
	if b.form(files)["body"] != "kept" {
		t.Error("what was written is gone")
	}
	b.upload(files, nil, file{"empty.txt", nil})
	b.at(422, files)
	b.shows("This file is empty.")
	b.upload(files, nil, file{"broken.png", picture(t, 600)[:300]})
	b.at(422, files)
	b.shows("This picture is damaged")
	b.upload(files, nil, slices.Repeat([]file{{"x.txt", []byte("x")}}, attachment.MaxPerMessage+1)...)
	b.at(422, files)
	b.upload(files, fields{"token": "x"}, file{"x.txt", []byte("x")})
	b.at(403, files)
	b.header = map[string]string{"Origin": "https://evil.example"}
	b.upload(files, nil, file{"x.txt", []byte("x")})
	b.at(403, files)
	b.header = map[string]string{}
	b.open(files)
	b.post(files, b.form(files)) // no multipart form
	b.at(422, files)
	if got := len(bodies(t, ming, chat)); got != before {
		t.Errorf("%d messages, want %d", got, before)
	}
}

// To everybody who is not in it, a conversation looks like one that never was,
// and whoever is not signed in is asked to.
func TestAccess(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming, eve := s.Person("lan"), s.Person("ming"), s.Person("eve")
	chat := s.Befriend(lan, ming)
	say(t, lan, chat, "secret")
	asked := s.Do(lan, "POST", "/friend-requests", map[string]string{"accountId": s.Person("hong").ID.String()}).Get("id")
	const never = "412316860416000001"
	get := []string{"/chats/%s", "/chats/%s/members", "/chats/%s/file", "/chats/%s?before=2", "/chats/%s?follow=1"}
	post := []string{"/chats/%s", "/requests/%s/accept", "/requests/%s/decline", "/requests/%s/withdraw", "/invitations/%s/accept", "/invitations/%s/decline"}
	b := newBrowser(t, s, "en")
	nobody := newBrowser(t, s, "en")
	b.signIn("eve")
	token := b.form("/lite/language")["token"]
	plain := func(id string) string {
		return strings.NewReplacer(id, "ID").Replace(b.text())
	}
	for _, path := range get {
		b.open("/lite" + fmt.Sprintf(path, chat))
		theirs, status := plain(chat.String()), b.status
		b.open("/lite" + fmt.Sprintf(path, never))
		if status != 404 || theirs != plain(never) || strings.Contains(theirs, "Ming") {
			t.Errorf("GET %s: %d %q, but of what never was %q", path, status, theirs, plain(never))
		}
		nobody.open("/lite" + fmt.Sprintf(path, chat))
		if !strings.HasPrefix(nobody.location, "/lite/sign-in?next=") {
			t.Errorf("GET %s as nobody: %s", path, nobody.location)
		}
	}
	for _, path := range post {
		id := asked
		if strings.HasPrefix(path, "/chats") {
			id = chat.String()
		}
		b.post("/lite"+fmt.Sprintf(path, id), fields{"token": token, "body": "x"})
		theirs, status := plain(id), b.status
		b.post("/lite"+fmt.Sprintf(path, never), fields{"token": token, "body": "x"})
		if status != 404 || theirs != plain(never) {
			t.Errorf("POST %s: %d %q, but of what never was %q", path, status, theirs, plain(never))
		}
	}
	for _, path := range append(post, "/chats/%s/file", "/people/%s/chat", "/people/%s/request", "/add", "/sign-out") {
		if strings.Contains(path, "%") {
			path = fmt.Sprintf(path, chat)
		}
		nobody.post("/lite"+path, fields{"token": token})
		if nobody.status != 403 || len(nobody.find("form")) == 0 {
			t.Errorf("POST %s as nobody: %d", path, nobody.status)
		}
	}
	for _, path := range []string{"/chats", "/contacts", "/requests", "/me", "/add", "/people/" + lan.ID.String()} {
		nobody.open("/lite" + path)
		if !strings.HasPrefix(nobody.location, "/lite/sign-in?next=") {
			t.Errorf("GET %s as nobody: %s", path, nobody.location)
		}
		b.open("/lite" + path)
		b.hides("secret")
	}
	b.open("/lite/people/" + never)
	b.at(404, "/lite/people/"+never)
	if got := bodies(t, lan, chat); len(got) != 1 {
		t.Errorf("%q", got)
	}
	// A session that ends is over with the next page.
	if err := s.Accounts.EndSessions(t.Context(), eve.ID); err != nil {
		t.Fatal(err)
	}
	b.open("/lite/me")
	b.at(200, "/lite/sign-in?next=%2Flite%2Fme")
}

func TestOtherAddresses(t *testing.T) {
	s := apptest.Start(t, nil)
	s.Person("lan")
	b := newBrowser(t, s, "en")
	for _, path := range []string{"/lite/nothing", "/lite/chats/x/y", "/lite/sign-in/"} {
		b.open(path)
		b.at(404, path)
		b.shows("This page does not exist", "To the start")
	}
	b.signIn("lan")
	b.open("/lite/chats/x")
	b.at(404, "/lite/chats/x")
	res, err := http.Get(s.Base + "/lite/style.css")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/css; charset=utf-8" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
}
