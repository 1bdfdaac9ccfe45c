package lite_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app/apptest"
)

type htmlNode = html.Node

func TestFriends(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming := s.Person("lan"), s.Person("ming")
	b, other := newBrowser(t, s, "en"), newBrowser(t, s, "en")
	b.signIn("lan")
	other.signIn("ming")
	b.open("/lite/contacts")
	b.shows("No friends here yet")
	b.open("/lite/add")
	b.submit("/lite/add", fields{"query": "min"})
	b.at(404, "/lite/add")
	b.shows("Nobody here has exactly this user name or e-mail address.")
	if b.form("/lite/add")["query"] != "min" {
		t.Error("what was typed is gone")
	}
	b.submit("/lite/add", fields{"query": "lan"})
	b.shows("This is you.")
	b.submit("/lite/add", fields{"query": "ming@example.org"})
	b.shows("Ming", "User name: ming")
	ask := "/lite/people/" + ming.ID.String() + "/request"
	if got := b.form(ask)["greeting"]; got != "Hello, this is Lan." {
		t.Errorf("the greeting is %q", got)
	}
	b.submit(ask, fields{"greeting": strings.Repeat("x", 201)})
	b.at(422, ask)
	b.submit(ask, fields{"greeting": "It's me & only <me>"})
	b.at(200, "/lite/requests?done=asked")
	b.shows("The request is sent.", "Sent", "Ming", "Waiting for an answer")

	other.open("/lite/chats")
	other.shows("Friend requests 1")
	other.open("/lite/requests")
	other.shows("Lan", "It's me & only <me>")
	var accept string
	for _, n := range other.find("form") {
		if strings.HasSuffix(attr(n, "action"), "/accept") {
			accept = attr(n, "action")
		}
	}
	other.submit(strings.Replace(accept, "accept", "decline", 1), nil)
	other.at(200, "/lite/requests?done=declined")
	other.shows("The request is declined.", "No requests waiting")
	b.open("/lite/people/" + ming.ID.String())
	b.submit(ask, nil)
	b.at(409, ask)
	b.shows("Your last request was declined.")

	// The other way round, and taken back once.
	other.open("/lite/people/" + lan.ID.String())
	other.submit("/lite/people/"+lan.ID.String()+"/request", nil)
	for _, n := range other.find("form") {
		if strings.HasSuffix(attr(n, "action"), "/withdraw") {
			other.submit(attr(n, "action"), nil)
			break
		}
	}
	other.at(200, "/lite/requests?done=withdrawn")
	other.open("/lite/people/" + lan.ID.String())
	other.submit("/lite/people/"+lan.ID.String()+"/request", nil)
	b.open("/lite/requests")
	for _, n := range b.find("form") {
		if strings.HasSuffix(attr(n, "action"), "/accept") {
			b.submit(attr(n, "action"), nil)
			break
		}
	}
	b.at(200, "/lite/requests?done=accepted")
	b.shows("You are friends now.")
	b.open("/lite/contacts")
	b.shows("Ming", "ming")
	b.open("/lite/people/" + ming.ID.String())
	b.submit("/lite/people/"+ming.ID.String()+"/chat", nil)
	b.shows("Messages with Ming")
	b.open("/lite/add")
	b.submit("/lite/add", fields{"query": "ming"})
	b.shows("You are friends already.")

	// An answer that comes too late.
	other.open("/lite/requests")
	other.post(accept, fields{"token": other.form("/lite/language")["token"]})
	other.shows("This request was answered already.")
	// Somebody who is blocked can not be written to.
	s.Do(lan, "PUT", "/blocks/"+ming.ID.String(), nil)
	b.open("/lite/contacts")
	b.shows("Blocked people", "Ming")
	b.open("/lite/people/" + ming.ID.String())
	b.shows("Blocked")
}

func TestInvitations(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming := s.Person("lan"), s.Person("ming")
	made := s.Do(ming, "POST", "/conversations", map[string]any{"group": map[string]any{"name": "Tea", "members": []string{}}})
	invite := func() string {
		t.Helper()
		s.Do(ming, "POST", "/conversations/"+made.Get("conversationId")+"/members", map[string]any{"accountIds": []string{lan.ID.String()}})
		list, err := s.Conversations.Invitations(t.Context(), lan.ID)
		if err != nil || len(list) == 0 {
			t.Fatal(len(list), err)
		}
		return "/lite/invitations/" + list[0].ID.String()
	}
	at := invite()
	b := newBrowser(t, s, "zh-CN")
	b.signIn("lan")
	b.submit("/lite/language", nil)
	b.shows("新的朋友 1")
	b.open("/lite/requests")
	b.shows("群聊邀请", "Tea", "Ming邀请你加入")
	b.submit(at+"/decline", nil)
	b.shows("已拒绝邀请。")
	at = invite()
	b.open("/lite/requests")
	b.submit(at+"/accept", nil)
	b.shows("你已加入群聊。")
	b.open("/lite/chats")
	b.shows("Tea (2)")
}

// Looking people up is bounded as with the API, and both count together.
func TestLookupsAreBounded(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	b := newBrowser(t, s, "en")
	b.signIn("lan")
	b.open("/lite/add")
	for range account.StandardRates.Lookup.Burst {
		s.Do(lan, "POST", "/account-lookups", map[string]string{"query": "nobody"})
	}
	b.submit("/lite/add", fields{"query": "nobody"})
	b.at(429, "/lite/add")
	b.shows("Too many attempts.")
}

// Hostile names, remarks, greetings, messages and file names on every page: what
// a page may consist of is seen each time that the browser gets one.
func TestHostileTexts(t *testing.T) {
	s := apptest.Start(t, nil)
	hostile := []string{
		"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "'><svg onload=alert(1)>", "</textarea><script>alert(1)</script>", "</title><script>x</script>",
		`" autofocus onfocus=alert(1) x="`, "javascript:alert(1)", "{{.Token}}", "<!--", "-->", "&lt;script&gt;", "<meta http-equiv=refresh content=0>", "]]>", "`${x}`",
	}
	lan, ming := s.Person("lan"), s.Person("ming")
	chat := s.Befriend(lan, ming)
	b := newBrowser(t, s, "en")
	b.signIn("lan")
	for _, text := range hostile {
		s.Clock.Advance(time.Hour) // no limit of how often is reached
		lan.SignIn()
		ming.SignIn()
		b = newBrowser(t, s, "en")
		b.signIn("lan")
		s.Do(lan, "PATCH", "/contacts/"+ming.ID.String(), map[string]string{"remark": text})
		s.Do(ming, "PATCH", "/account", map[string]string{"name": text})
		made := s.Do(ming, "POST", "/conversations", map[string]any{"group": map[string]any{"name": text, "announcement": text, "members": []string{lan.ID.String()}}})
		say(t, ming, chat, text+" https://example.org/"+text)
		b.open("/lite/chats")
		b.shows(text)
		for _, path := range []string{"/lite/chats/" + made.Get("conversationId"), "/lite/chats/" + made.Get("conversationId") + "/members", "/lite/contacts", "/lite/people/" + ming.ID.String()} {
			b.open(path)
			b.shows(text)
		}
		action := "/lite/chats/" + chat.String()
		b.open(action)
		b.submit(action, fields{"body": text + strings.Repeat("x", 10_000)})
		b.at(422, action)
		b.shows(text)
		b.open(action + "/file")
		b.upload(action+"/file", fields{"body": text}, file{text + ".txt", []byte("x")})
		b.shows(text)
		b.open("/lite/add")
		b.submit("/lite/add", fields{"query": text})
		b.open("/lite/sign-in?next=" + strings.ReplaceAll(text, " ", "%20"))
		b.open("/lite/chats?done=" + strings.NewReplacer(" ", "%20", "#", "%23").Replace(text))
		out := newBrowser(t, s, "en")
		out.open("/lite/sign-in")
		out.submit("/lite/sign-in", fields{"login": text, "next": text})
		out.open("/lite/sign-up")
		out.submit("/lite/sign-up", fields{"username": text, "email": text, "name": text})
		out.post("/lite/activate", fields{"brought": "1", "link": text})
	}
}
