package lite_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/ingress"
)

// session is the cookie that the browser signs in with.
func (b *browser) session() string {
	u, err := url.Parse(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.http.Jar.Cookies(u) {
		if c.Name == ingress.CookieName {
			return c.Value
		}
	}
	return ""
}

func makeOwner(t *testing.T, s *apptest.Server, name string) {
	t.Helper()
	if _, err := s.Accounts.MakeOwner(t.Context(), name); err != nil {
		t.Fatal(err)
	}
}

func TestSignInAndOut(t *testing.T) {
	s := apptest.Start(t, nil)
	s.Person("lan")
	makeOwner(t, s, "lan")
	b := newBrowser(t, s, "en")
	b.open("/lite")
	b.at(200, "/lite/sign-in")
	b.shows("Sign in", "User name or e-mail address", "Stay signed in")

	b.submit("/lite/sign-in", fields{"login": "lan", "password": "not this one"})
	b.at(403, "/lite/sign-in")
	b.shows("User name or password is wrong.")
	if f := b.form("/lite/sign-in"); f["login"] != "lan" || f["password"] != "" {
		t.Errorf("the form holds %v", f)
	}
	b.submit("/lite/sign-in", fields{"password": apptest.Password})
	b.at(200, "/lite/chats")

	// It is the session of the app, too.
	me := &apptest.Person{Server: s, Token: b.session()}
	if a := s.Do(me, "GET", "/account", nil); a.Get("username") != "lan" {
		t.Errorf("the app is answered %s", a.Raw)
	}
	// And it ends at once.
	old := b.session()
	b.open("/lite/me")
	b.shows("Lan", "lan@example.org")
	b.submit("/lite/sign-out", nil)
	b.at(200, "/lite/sign-in?done=signed-out")
	b.shows("You are signed out.")
	if b.session() != "" {
		t.Error("the cookie is still there")
	}
	if a := s.Do(&apptest.Person{Server: s, Token: old}, "GET", "/account", nil); a.Status != 401 {
		t.Errorf("the session is still good: %s", a.Raw)
	}
	b.open("/lite/chats?cursor=1-1")
	b.at(200, "/lite/sign-in?next=%2Flite%2Fchats%3Fcursor%3D1-1")
	b.submit("/lite/sign-in", fields{"login": "LAN@example.org", "password": apptest.Password, "remember": "1"})
	b.at(200, "/lite/chats?cursor=1-1")

	// Signing in ends the session that the browser had.
	before := b.session()
	u, _ := url.Parse(s.Base)
	b.open("/lite/sign-in")
	b.at(200, "/lite/chats")
	other := newBrowser(t, s, "en")
	other.open("/lite/sign-in")
	form := other.form("/lite/sign-in")
	other.http.Jar.SetCookies(u, []*http.Cookie{{Name: ingress.CookieName, Value: before}})
	form["login"], form["password"] = "lan", apptest.Password
	other.post("/lite/sign-in", form)
	other.at(403, "/lite/sign-in") // the form is not that of this session
	other.shows("open for too long")
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	s := apptest.Start(t, nil)
	s.Person("lan")
	for next, want := range map[string]string{
		"/lite/contacts": "/lite/contacts", "//evil.example/lite/": "/lite/chats", "https://evil.example/lite/x": "/lite/chats", "/lite/../chats": "/lite/chats",
		`/lite/\evil.example`: "/lite/chats", "/api/v1/account": "/lite/chats", "javascript:alert(1)": "/lite/chats", "/lite//evil.example": "/lite/evil.example",
		"/lite/me\r\nX: y": "/lite/chats", "": "/lite/chats",
	} {
		b := newBrowser(t, s, "en")
		b.open("/lite/sign-in?next=" + url.QueryEscape(next))
		b.submit("/lite/sign-in", fields{"login": "lan", "password": apptest.Password})
		if b.location != want {
			t.Errorf("%q leads to %s, want %s", next, b.location, want)
		}
	}
}

func TestSecondStep(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	begun := s.Do(lan, "POST", "/account/totp", map[string]string{"password": apptest.Password})
	code, err := apptest.CodeOf(begun.Get("secret"), s.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	recovery := s.Do(lan, "POST", "/account/totp/confirmation", map[string]string{"code": code})
	b := newBrowser(t, s, "zh-CN")
	b.open("/lite/sign-in?next=/lite/me")
	b.submit("/lite/sign-in", fields{"login": "lan", "password": apptest.Password, "remember": "1"})
	b.at(200, "/lite/sign-in")
	b.shows("密码正确，还差一步。")
	if b.session() != "" {
		t.Error("there is a session already")
	}
	b.submit("/lite/sign-in/code", fields{"code": "000000"})
	b.at(422, "/lite/sign-in/code")
	b.shows("验证码不正确")
	b.submit("/lite/sign-in/code", fields{"code": recovery.Get("recoveryCodes.0")})
	b.at(200, "/lite/me")

	// A challenge that is over leads back to the beginning.
	b = newBrowser(t, s, "en")
	b.open("/lite/sign-in")
	b.submit("/lite/sign-in", fields{"login": "lan", "password": apptest.Password})
	s.Clock.Advance(account.ChallengeLife)
	b.submit("/lite/sign-in/code", fields{"code": recovery.Get("recoveryCodes.1")})
	b.at(410, "/lite/sign-in/code")
	b.shows("That took too long")
	b.form("/lite/sign-in")
}

// outbox gives the links of the letters as they are printed.
type outbox chan string

var link = regexp.MustCompile(`http\S+/(?:activate|reset)#\S+`)

func (o outbox) Write(b []byte) (int, error) {
	for _, l := range link.FindAllString(string(b), -1) {
		o <- l
	}
	return len(b), nil
}

func (o outbox) next(t *testing.T) string {
	t.Helper()
	select {
	case l := <-o:
		return l
	case <-time.After(20 * time.Second):
		t.Fatal("no letter came")
		return ""
	}
}

func TestSignUpAndForgottenPassword(t *testing.T) {
	letters := make(outbox, 10)
	s := apptest.Start(t, func(_ *config.Config, o *app.Options) { o.Console = letters })
	s.Person("owner")
	makeOwner(t, s, "owner")
	b := newBrowser(t, s, "zh-CN,zh;q=0.9")
	b.open("/lite/sign-in")
	b.open("/lite/sign-up")
	b.shows("注册账号", "此服务器不发送邮件")
	b.submit("/lite/sign-up", fields{"username": "小兰", "email": "not an address", "name": "<b>兰</b>", "password": "short"})
	b.at(422, "/lite/sign-up")
	b.shows("邮箱格式不正确。")
	if f := b.form("/lite/sign-up"); f["username"] != "小兰" || f["name"] != "<b>兰</b>" || f["password"] != "" {
		t.Errorf("the form holds %v", f)
	}
	b.submit("/lite/sign-up", fields{"email": "lan@example.org", "password": "short"})
	b.shows("密码至少需要 8 个字符。")
	b.submit("/lite/sign-up", fields{"password": apptest.Password})
	b.at(200, "/lite/activate?sent=1")
	b.shows("激活账号", "请把邮件中的完整链接复制到第一个输入框。")
	mailed := letters.next(t)
	b.submit("/lite/activate", fields{"link": mailed, "password": "wrong password"})
	b.at(422, "/lite/activate")
	b.shows("这不是注册时设置的密码。")
	if f := b.form("/lite/activate"); f["link"] != mailed {
		t.Errorf("the form holds %v", f)
	}
	b.submit("/lite/activate", fields{"password": apptest.Password})
	b.at(200, "/lite/chats")
	b.open("/lite/me")
	b.shows("<b>兰</b>", "小兰")

	// What a browser brings that found out that it can not run the app.
	b = newBrowser(t, s, "en")
	b.post("/lite/activate", fields{"brought": "1", "link": "abc"})
	b.at(200, "/lite/activate")
	b.submit("/lite/activate", fields{"password": "x"})
	b.at(410, "/lite/activate")
	b.shows("This link was used already")

	b.open("/lite/forgot")
	b.submit("/lite/forgot", fields{"email": "lan@example.org"})
	b.at(200, "/lite/reset?sent=1")
	mailed = letters.next(t)
	_, token, _ := strings.Cut(mailed, "#")
	b.submit("/lite/reset", fields{"link": token, "password": "password"})
	b.at(422, "/lite/reset")
	b.shows("Too many people use this password.")
	b.submit("/lite/reset", fields{"password": "a quiet harbour"})
	b.at(200, "/lite/sign-in?done=reset")
	b.shows("The new password is set.")
	b.submit("/lite/sign-in", fields{"login": "小兰", "password": "a quiet harbour"})
	b.at(200, "/lite/chats")
}

func TestSignUpWhereNobodyCan(t *testing.T) {
	s := apptest.Start(t, func(c *config.Config, _ *app.Options) { c.Registration = config.RegistrationClosed })
	b := newBrowser(t, s, "en")
	b.open("/lite/sign-in")
	b.shows("Open the one-time link that was printed when the server was started.")
	b.hides("Create an account")
	b.open("/lite/sign-up")
	b.shows("This server takes no new accounts")
}

// As often as the API, and in words.
func TestTooManyTries(t *testing.T) {
	s := apptest.Start(t, nil)
	s.Person("lan")
	b := newBrowser(t, s, "en")
	b.open("/lite/sign-in")
	for range account.StandardRates.SignInByBoth.Burst {
		b.submit("/lite/sign-in", fields{"login": "lan", "password": "not this one"})
		b.at(403, "/lite/sign-in")
	}
	b.submit("/lite/sign-in", fields{"login": "lan", "password": apptest.Password})
	b.at(429, "/lite/sign-in")
	b.shows("Too many attempts. Please wait 30 seconds.")
	if b.answer.Get("Retry-After") != "30" {
		t.Errorf("Retry-After: %s", b.answer.Get("Retry-After"))
	}
}

func TestLanguages(t *testing.T) {
	s := apptest.Start(t, nil) // in English, unless somebody prefers Chinese
	lan := s.Person("lan")
	for accept, want := range map[string]string{
		"": "en", "zh-CN,zh;q=0.9,en;q=0.8": "zh-CN", "zh-TW": "zh-CN", "en-GB;q=0.5,zh;q=0.7": "zh-CN", "de,en;q=0.1,zh;q=0.01": "en", "fr": "en", ",,;;": "en",
		strings.Repeat("x", 9000): "en",
	} {
		b := newBrowser(t, s, accept)
		b.open("/lite/sign-in")
		if got := b.answer.Get("Content-Language"); got != want {
			t.Errorf("%.40q is answered in %s, want %s", accept, got, want)
		}
	}
	b := newBrowser(t, s, "en")
	b.open("/lite/sign-in?next=/lite/me")
	b.submit("/lite/language", nil)
	b.at(200, "/lite/sign-in?next=/lite/me")
	b.shows("登录", "English")
	b.open("/lite/forgot")
	b.shows("忘记密码")
	// The account's own goes before that.
	b.signIn("lan")
	b.shows("Messages", "中文")
	b.open("/lite/contacts")
	b.submit("/lite/language", nil)
	b.at(200, "/lite/contacts")
	b.shows("通讯录")
	if a := s.Do(lan, "GET", "/account", nil); a.Get("language") != "zh-CN" {
		t.Errorf("the account says %s", a.Raw)
	}
	b.submit("/lite/language", fields{"language": "tlh"})
	b.at(422, "/lite/language")
}

// A form is taken only from the browser that was given it, and not from a page
// of another site.
func TestForms(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming := s.Person("lan"), s.Person("ming")
	chat := s.Befriend(lan, ming)
	action := "/lite/chats/" + chat.String()
	theirs := newBrowser(t, s, "en")
	theirs.signIn("ming")
	theirs.open(action)
	stolen := theirs.form(action)["token"]
	b := newBrowser(t, s, "en")
	b.signIn("lan")
	for name, change := range map[string]func(f fields){
		"no token":         func(f fields) { delete(f, "token") },
		"a short token":    func(f fields) { f["token"] = f["token"][:8] },
		"a changed token":  func(f fields) { f["token"] = "A" + f["token"][1:] + "A" },
		"somebody else's":  func(f fields) { f["token"] = stolen },
		"foreign origin":   func(fields) { b.header["Origin"] = "https://evil.example" },
		"origin null":      func(fields) { b.header["Origin"] = "null" },
		"foreign referer":  func(fields) { b.header["Referer"] = "http://evil.example/lite/chats" },
		"fetched from far": func(fields) { b.header["Sec-Fetch-Site"] = "cross-site" },
		"fetched from by":  func(fields) { b.header["Sec-Fetch-Site"] = "same-site" },
	} {
		b.open(action)
		f := b.form(action)
		f["body"] = "evil"
		change(f)
		b.post(action, f)
		b.header = map[string]string{}
		if b.status != 403 {
			t.Errorf("%s: %d %s", name, b.status, b.text())
		}
		if name != "fetched from far" && !strings.Contains(b.text(), "not done") && !strings.Contains(b.text(), "open for too long") {
			t.Errorf("%s: %s", name, b.text())
		}
	}
	for _, own := range []map[string]string{
		{}, {"Origin": s.Base, "Referer": s.Base + "/lite/chats"}, {"Origin": s.Base, "Sec-Fetch-Site": "same-origin"}, {"Referer": s.Base + "/"},
	} {
		b.header = own
		b.open(action)
		b.submit(action, fields{"body": fmt.Sprint("good ", own)})
		b.at(200, action+"#new")
	}
	page, err := s.Conversations.History(t.Context(), lan.ID, chat, 0, 0, 100)
	if err != nil || len(page.Messages) != 4 {
		t.Errorf("%d messages, %v", len(page.Messages), err)
	}
	// A page of another site does not even move a read position.
	s.Do(ming, "POST", "/conversations/"+chat.String()+"/messages", map[string]string{"clientId": "client-1", "body": "new"})
	for _, header := range []map[string]string{{"Referer": "http://evil.example/"}, {"Sec-Fetch-Site": "cross-site"}} {
		b.header = header
		b.open(action)
		b.open("/lite/chats")
		b.header = map[string]string{}
		b.open("/lite/chats")
		b.shows("1 unread")
	}
}

// Cookies that are refused make no loop, but a sentence.
func TestWithoutCookies(t *testing.T) {
	s := apptest.Start(t, nil)
	s.Person("lan")
	b := newBrowser(t, s, "en")
	b.http.Jar = nil
	b.open("/lite/sign-in")
	b.submit("/lite/sign-in", fields{"login": "lan", "password": apptest.Password})
	b.at(403, "/lite/sign-in")
	b.shows("the browser keeps no cookies")
}

func TestCookies(t *testing.T) {
	for name, c := range map[string]struct {
		public string
		secure bool
	}{"plain": {"", false}, "behind TLS": {"https://chat.example.org", true}} {
		s := apptest.Start(t, func(c2 *config.Config, _ *app.Options) {
			c2.PublicURL = c.public
		})
		s.Person("lan")
		res, err := http.Get(s.Base + "/lite/sign-in")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		cookies := res.Cookies()
		if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].Secure != c.secure || cookies[0].SameSite != http.SameSiteLaxMode || cookies[0].Path != "/" {
			t.Errorf("%s: %v", name, cookies)
		}
	}
}
