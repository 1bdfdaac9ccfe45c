package robot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/robot"
)

// world is a server with the robot in it.
type world struct {
	*apptest.Server
	t     *testing.T
	moved *moves
}

// moves tells that something was committed.
type moves struct {
	mu   sync.Mutex
	next chan struct{}
}

func (m *moves) committed([]change.Change) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.next != nil {
		close(m.next)
	}
	m.next = nil
}

func (m *moves) wait() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.next == nil {
		m.next = make(chan struct{})
	}
	return m.next
}

func start(t *testing.T, alter func(*config.Config)) *world {
	t.Helper()
	w := &world{t: t, moved: &moves{}}
	w.Server = apptest.Start(t, func(c *config.Config, o *app.Options) {
		c.Robot = config.Robot{State: config.RobotOn, Budget: 100, Patience: 20 * time.Second, Timeout: time.Minute}
		if alter != nil {
			alter(c)
		}
		o.Committed = w.moved.committed
	})
	return w
}

// until waits for a condition, looking again after every commit, and now and
// then for what is committed without being announced.
func (w *world) until(what string, ok func() bool) {
	w.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		next := w.moved.wait()
		if ok() {
			return
		}
		select {
		case <-next:
		case <-time.After(50 * time.Millisecond):
		case <-deadline:
			w.t.Fatalf("%s: never", what)
		}
	}
}

// talk is the conversation of a person and the robot.
func (w *world) talk(p *apptest.Person) change.ID {
	w.t.Helper()
	c, err := w.Store.DirectConversation(w.t.Context(), p.ID, w.Robot.Account().ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return c.ID
}

func (w *world) history(talk change.ID) []conversation.Message {
	w.t.Helper()
	list, err := w.Store.Messages(w.t.Context(), talk, 0, 1<<62, 1000, false)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// said are the finished texts of the robot in a conversation, in order.
func (w *world) said(talk change.ID) []string {
	var texts []string
	for _, m := range w.history(talk) {
		if m.SenderID == w.Robot.Account().ID && !m.Partial {
			texts = append(texts, m.Body)
		}
	}
	return texts
}

func (w *world) send(p *apptest.Person, talk change.ID, text string, mentions ...change.ID) conversation.Message {
	w.t.Helper()
	d, err := w.Conversations.Send(w.t.Context(), p.ID, talk, conversation.Draft{ClientID: change.NewToken()[:20], Body: text, Mentions: mentions})
	if err != nil {
		w.t.Fatal(err)
	}
	return d.Messages[0]
}

// ask says something in the direct conversation, and gives the answer.
func (w *world) ask(p *apptest.Person, text string) string {
	w.t.Helper()
	talk := w.talk(p)
	m := w.send(p, talk, text)
	var answer string
	w.until("an answer to "+text, func() bool {
		got, err := w.Store.MessageSent(w.t.Context(), w.Robot.Account().ID, fmt.Sprintf("answer-%d-%d", talk, m.Seq))
		answer = got.Body
		return err == nil && !got.Partial
	})
	return answer
}

// newcomer makes an account that speaks Chinese.
func (w *world) newcomer(name string) *apptest.Person {
	w.t.Helper()
	a, err := w.Accounts.Create(w.t.Context(), account.Wish{Username: name, Name: "小兰", Email: name + "@example.org", Password: apptest.Password, Language: "zh-CN"}, account.User)
	if err != nil {
		w.t.Fatal(err)
	}
	p := &apptest.Person{Server: w.Server, ID: a.ID, Name: name}
	p.SignIn()
	return p
}

func TestNewPeopleAreGreeted(t *testing.T) {
	w := start(t, nil)
	for _, tt := range []struct {
		p    *apptest.Person
		want string
	}{{w.Person("ann"), "Hello Ann, I am Lele"}, {w.newcomer("xiaolan"), "你好，小兰，我是Lele"}} {
		talk := w.talk(tt.p)
		w.until("a greeting", func() bool { return len(w.said(talk)) == 1 })
		if got := w.said(talk)[0]; !strings.HasPrefix(got, tt.want) {
			t.Errorf("the greeting is %q, want %q", got, tt.want)
		}
		list := w.Do(tt.p, "GET", "/contacts", nil)
		if list.Get("contacts.0.account.kind") != "robot" || list.Get("contacts.0.state") != "friend" || list.Get("contacts.#") != "1" {
			t.Errorf("contacts: %s", list.Raw)
		}
	}
	// Nobody signs in as the robot, gives it a password, or makes it an owner.
	if _, err := w.Accounts.SignIn(t.Context(), account.Credentials{Login: "lele"}, account.Client{Address: "192.0.2.1"}); !errors.Is(err, account.ErrBadCredentials) {
		t.Errorf("signing in as the robot: %v", err)
	}
	if _, err := w.Accounts.SetPassword(t.Context(), "lele", apptest.Password); !errors.Is(err, account.ErrRobot) {
		t.Errorf("a password for the robot: %v", err)
	}
	if _, err := w.Accounts.MakeOwner(t.Context(), "lele"); !errors.Is(err, account.ErrRobot) {
		t.Errorf("the robot as owner: %v", err)
	}
	if _, err := w.Accounts.Create(t.Context(), account.Wish{Username: "Lele", Email: "x@example.org", Password: apptest.Password, Language: "en"}, account.User); !errors.Is(err, account.ErrTaken) {
		t.Errorf("its user name for somebody else: %v", err)
	}
}

// Those who were here before the robot know it from its first start on; it does
// not push itself forward, and takes another user name if its own is taken.
func TestPeopleFromBefore(t *testing.T) {
	data := t.TempDir()
	before := apptest.Start(t, func(c *config.Config, _ *app.Options) { c.Data = data })
	person := before.Person("lele")
	for i := range 20 {
		before.Person(fmt.Sprintf("person%d", i))
	}
	before.Stop()
	for i, state := range []config.RobotState{config.RobotOn, config.RobotOn, config.RobotOff, config.RobotOn} {
		w := &world{t: t, moved: &moves{}}
		w.Server = apptest.Start(t, func(c *config.Config, o *app.Options) {
			c.Data, c.Robot.State, o.Committed = data, state, w.moved.committed
		})
		person.Server = w.Server
		id, err := w.Store.RobotAccount(t.Context(), robot.Name)
		if err != nil || id.Username != "lele.robot" {
			t.Fatalf("the robot is %+v, %v", id, err)
		}
		w.until("everybody knows the robot", func() bool {
			list, err := w.Store.Strangers(t.Context(), id.ID, 0, 1)
			return err == nil && len(list) == 0
		})
		contacts, err := w.Contacts.List(t.Context(), person.ID)
		if err != nil || len(contacts) != 1 || contacts[0].Account.ID != id.ID {
			t.Fatalf("contacts: %+v, %v", contacts, err)
		}
		c, err := w.Store.DirectConversation(t.Context(), person.ID, id.ID)
		if err != nil || i == 0 && (c.LastSeq != 0 || c.LastActivityAt != c.CreatedAt) || c.MemberCount != 2 {
			t.Fatalf("the conversation: %+v, %v", c, err)
		}
		sync, err := w.Conversations.Sync(t.Context(), person.ID, conversation.Known{}, 0)
		if err != nil || len(sync.Conversations) != 1 || len(sync.Memberships) != 1 || len(sync.Conversations[0].Members) != 2 {
			t.Fatalf("sync: %+v, %v", sync, err)
		}
		_, err = w.Conversations.Send(t.Context(), person.ID, c.ID, conversation.Draft{ClientID: change.NewToken()[:20], Body: "hello"})
		if state == config.RobotOff && !errors.Is(err, conversation.ErrNotAllowed) || state == config.RobotOn && err != nil {
			t.Errorf("writing to the robot that is %s: %v", state, err)
		}
		w.Stop()
	}
}

func TestAnswers(t *testing.T) {
	w := start(t, nil)
	ann, lan := w.Person("ann"), w.newcomer("xiaolan")
	if got := w.ask(ann, "6*7"); got != "6*7 = 42" {
		t.Error(got)
	}
	if got := w.ask(lan, "6*7"); got != "6*7 = 42" {
		t.Error(got)
	}
	if got := w.ask(lan, "今天星期几"); !strings.HasPrefix(got, "2026年3月4日 星期三") {
		t.Error(got)
	}
	if got := w.ask(lan, "服务器怎么样"); !strings.Contains(got, "这里是乐聊，版本 test") || !strings.Contains(got, "共有 2 人") || !strings.Contains(got, "不会离开") {
		t.Error(got)
	}
	talk := w.talk(ann)
	if _, err := w.Conversations.Send(t.Context(), ann.ID, talk, conversation.Draft{ClientID: "a-sticker", Sticker: "thanks"}); err != nil {
		t.Fatal(err)
	}
	w.until("the sticker is answered", func() bool {
		said := w.said(talk)
		return said[len(said)-1] == "😊 You are welcome."
	})
	riddle := w.ask(ann, "riddle")
	if !strings.HasPrefix(riddle, "🧩 Riddle: ") {
		t.Error(riddle)
	}
	if got := w.ask(ann, "I give up"); !strings.HasPrefix(got, "The answer: ") {
		t.Error(got)
	}
	// Time is told where the person is, once that is known.
	if got := w.ask(ann, "what time is it"); !strings.Contains(got, "server's time zone") {
		t.Error(got)
	}
	if got := w.Do(ann, "PATCH", "/account", map[string]string{"timeZone": "Asia/Tokyo"}); got.Status != 200 || got.Get("timeZone") != "Asia/Tokyo" {
		t.Fatalf("%d %s", got.Status, got.Raw)
	}
	if got := w.ask(ann, "what time is it"); got != "It is 14:06, Wednesday, 4 March 2026." {
		t.Error(got)
	}
	for _, zone := range []string{"Mars/Olympus", "Local", "../etc/passwd"} {
		if got := w.Do(ann, "PATCH", "/account", map[string]string{"timeZone": zone}); got.Code() != "time_zone.unknown" {
			t.Errorf("%s: %d %s", zone, got.Status, got.Raw)
		}
	}
	// The robot has read what it answers.
	m, err := w.Store.Member(t.Context(), w.talk(ann), w.Robot.Account().ID)
	if err != nil || m.ReadSeq < 2 {
		t.Errorf("%+v, %v", m, err)
	}
}

// A robot is removed and asked for like a person, and answers to neither when it
// is blocked.
func TestFriendship(t *testing.T) {
	w := start(t, nil)
	ann := w.Person("ann")
	self := w.Robot.Account().ID
	talk := w.talk(ann)
	w.until("a greeting", func() bool { return len(w.said(talk)) == 1 })
	if _, err := w.Contacts.Delete(t.Context(), ann.ID, self); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Conversations.Send(t.Context(), ann.ID, talk, conversation.Draft{ClientID: "client-1", Body: "hello"}); !errors.Is(err, conversation.ErrNotFriends) {
		t.Fatal(err)
	}
	found, err := w.Contacts.Find(t.Context(), ann.ID, "lele")
	if err != nil || found.Kind != account.Robot {
		t.Fatalf("%+v, %v", found, err)
	}
	if _, err := w.Contacts.Ask(t.Context(), ann.ID, found.ID, "", ""); err != nil {
		t.Fatal(err)
	}
	w.until("a friend again", func() bool { return len(w.said(talk)) == 2 })
	if got := w.ask(ann, "1+1"); got != "1+1 = 2" {
		t.Error(got)
	}
}

// It speaks in groups when a person mentions it, and never to a robot.
func TestGroups(t *testing.T) {
	w := start(t, nil)
	ann, bob := w.Person("ann"), w.Person("bob")
	w.Befriend(ann, bob)
	self := w.Robot.Account().ID
	group, err := w.Conversations.CreateGroup(t.Context(), ann.ID, conversation.NewGroup{Name: "Club", Members: []change.ID{bob.ID, self}})
	if err != nil {
		t.Fatal(err)
	}
	talk := group.ConversationID
	w.send(bob, talk, "1+1")
	w.send(bob, talk, "2+2", ann.ID)
	w.send(bob, talk, "@Lele 3+3", self)
	w.until("an answer", func() bool { return len(w.said(talk)) > 0 })
	answers := w.history(talk)
	last := answers[len(answers)-1]
	if last.SenderID != self || last.Body != "@Bob\u20053+3 = 6" || len(last.Mentions) != 1 || last.Mentions[0] != bob.ID {
		t.Errorf("%+v", last)
	}
	if got := w.said(talk); len(got) != 1 {
		t.Errorf("it says %q", got)
	}

	// Another robot mentions it: there is no answer, so there is no loop.
	other := account.Account{ID: 77, Kind: account.Robot, Username: "other", Name: "Other", Role: account.User, State: account.Active, Language: "en"}
	if err := w.Store.Update(t.Context(), func(ctx context.Context) error {
		if _, err := w.Store.CreateAccount(ctx, other); err != nil {
			return err
		}
		return w.Store.Join(ctx, talk, []conversation.Member{{ConversationID: talk, Account: other.Card(), Role: conversation.Ordinary, State: conversation.Joined}})
	}); err != nil {
		t.Fatal(err)
	}
	w.send(&apptest.Person{ID: other.ID}, talk, "@Lele 4+4", self)
	w.send(bob, talk, "@Lele 5+5", self)
	w.until("an answer", func() bool { return len(w.said(talk)) == 2 })
	if got := w.said(talk)[1]; got != "@Bob\u20055+5 = 10" {
		t.Errorf("the answer after that of a robot: %q", got)
	}
	// A reminder asked for in a group arrives there.
	w.send(bob, talk, "@Lele remind me in 20 minutes to eat", self)
	w.until("a promise", func() bool { return len(w.said(talk)) == 3 })
	w.Clock.Advance(20 * time.Minute)
	w.until("the reminder", func() bool { return len(w.said(talk)) == 4 })
	if got := w.said(talk)[3]; got != "@Bob\u2005⏰ Reminder: eat" {
		t.Error(got)
	}
}

func TestReminders(t *testing.T) {
	data := t.TempDir()
	w := start(t, func(c *config.Config) { c.Data = data })
	ann := w.Person("ann")
	w.Do(ann, "PATCH", "/account", map[string]string{"timeZone": "Europe/Berlin"})
	if got := w.ask(ann, "remind me in 20 minutes to drink"); got != "Alright, I will remind you today at 06:26: drink." {
		t.Fatal(got)
	}
	if got := w.ask(ann, "remind me every day at 7:30 to get up"); got != "Alright, I will remind you every day at 07:30: get up. The first time is today at 07:30." {
		t.Fatal(got)
	}
	if got := w.ask(ann, "my reminders"); got != "Your reminders:\n1. today at 06:26: drink\n2. every day at 07:30: get up\nSay “cancel reminder 1” to cancel one." {
		t.Fatal(got)
	}
	talk := w.talk(ann)
	count := func(part string) (n int) {
		for _, text := range w.said(talk) {
			if strings.HasPrefix(text, "⏰") && strings.Contains(text, part) {
				n++
			}
		}
		return n
	}
	w.Clock.Advance(19 * time.Minute)
	w.Robot.Remind(t.Context())
	if count("drink") != 0 {
		t.Fatal("too early")
	}
	w.Clock.Advance(time.Minute)
	due, err := w.Store.DueReminders(t.Context(), w.Clock.Now(), 10)
	if err != nil || len(due) > 1 {
		t.Fatal(due, err)
	}
	// Many at once, as nodes would: it arrives once.
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { w.Robot.Remind(t.Context()) })
	}
	all.Wait()
	w.until("a reminder", func() bool { return count("drink") == 1 })
	w.Robot.Remind(t.Context())
	if n := count("drink"); n != 1 {
		t.Errorf("it came %d times", n)
	}
	if got := w.ask(ann, "my reminders"); strings.Contains(got, "drink") {
		t.Error(got)
	}

	// The program stops between sending and noting that it was sent.
	w.Clock.Advance(44*time.Minute + time.Hour) // 07:30 and some
	w.until("the daily one", func() bool { return count("get up") == 1 })
	w.until("moved on", func() bool {
		list, _ := w.Store.Reminders(t.Context(), ann.ID)
		return len(list) == 1 && list[0].DueAt > w.Clock.Now()
	})
	list, err := w.Store.Reminders(t.Context(), ann.ID)
	if err != nil {
		t.Fatal(err)
	}
	sent := list[0]
	sent.DueAt -= 24 * time.Hour.Milliseconds()
	if err := w.Store.Update(t.Context(), func(ctx context.Context) error {
		_, err := w.Store.MoveReminder(ctx, list[0], sent.DueAt)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w.until("moved on again", func() bool {
		list, _ := w.Store.Reminders(t.Context(), ann.ID)
		return len(list) == 1 && list[0].DueAt > w.Clock.Now()
	})
	if n := count("get up"); n != 1 {
		t.Errorf("it came %d times", n)
	}

	// It survives, comes late after days without the program, and once.
	now := w.Clock.Now()
	w.Stop()
	w2 := &world{t: t, moved: &moves{}}
	clock := &apptest.Clock{}
	clock.Advance(time.Duration(now)*time.Millisecond + 3*24*time.Hour)
	w2.Server = apptest.Start(t, func(c *config.Config, o *app.Options) {
		c.Data, c.Robot.State, o.Committed, o.Clock = data, config.RobotOn, w2.moved.committed, clock
	})
	w2.until("late", func() bool {
		texts := w2.said(talk)
		return strings.Contains(texts[len(texts)-1], "was due at 07:30")
	})
	if got := w2.ask(ann, "cancel reminder 1"); got != "Cancelled: get up" {
		t.Error(got)
	}
	if got := w2.ask(ann, "cancel reminder"); !strings.HasPrefix(got, "You have no reminders") {
		t.Error(got)
	}
}

// What was asked while nobody listened is answered afterwards, once.
func TestUnansweredQuestions(t *testing.T) {
	data := t.TempDir()
	w := start(t, func(c *config.Config) { c.Data = data })
	ann := w.Person("ann")
	talk := w.talk(ann)
	w.ask(ann, "1+1")
	now := w.Clock.Now()
	w.Stop()
	// A server without Run: the robot is stopped before the questions come.
	w.Server = apptest.Start(t, func(c *config.Config, o *app.Options) {
		c.Data, o.Committed = data, w.moved.committed
		c.Robot.State = config.RobotOff
	})
	if _, err := w.Accounts.Enable(t.Context(), "lele"); err != nil {
		t.Fatal(err)
	}
	old := w.send(ann, talk, "2+2")
	w.Clock.Advance(10 * time.Minute)
	w.send(ann, talk, "3+3")
	w.send(ann, talk, "4+4")
	if old.CreatedAt != now {
		t.Fatal("the clock has moved")
	}
	w.Stop()
	clock := w.Clock
	w.Server = apptest.Start(t, func(c *config.Config, o *app.Options) {
		c.Data, o.Committed, o.Clock = data, w.moved.committed, clock
		c.Robot.State = config.RobotOn
	})
	w.until("answers", func() bool { return len(w.said(talk)) == 4 })
	if got := w.said(talk)[2:]; fmt.Sprint(got) != "[3+3 = 6 4+4 = 8]" {
		t.Errorf("%q", got)
	}
}

// Whoever writes too fast is asked to slow down, and the queue stays short.
func TestPace(t *testing.T) {
	w := start(t, nil)
	ann, bob := w.Person("ann"), w.Person("bob")
	talk := w.talk(ann)
	for i := range 120 {
		w.send(ann, talk, fmt.Sprintf("%d+1", i))
	}
	if got := w.ask(bob, "1+1"); got != "1+1 = 2" {
		t.Error(got)
	}
	w.until("a word", func() bool {
		texts := w.said(talk)
		return strings.Contains(strings.Join(texts, "\n"), "too fast")
	})
	if n := len(w.said(talk)); n > 40 {
		t.Errorf("%d answers to 120 questions at once", n)
	}
}

// model is an endpoint whose answers the test gives, piece by piece.
type model struct {
	*httptest.Server
	asked chan asked
}

type asked struct {
	lines  []string // "role: text", without the first
	system string
	say    chan string // "": the end; closed: cut off
	gone   <-chan struct{}
	status chan int
}

func newModel(t *testing.T) *model {
	m := &model{asked: make(chan asked, 10)}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var body struct {
			Messages []struct{ Role, Content string }
		}
		if err := json.Unmarshal(raw, &body); err != nil {
			return
		}
		a := asked{say: make(chan string), gone: r.Context().Done(), status: make(chan int, 1)}
		for i, l := range body.Messages {
			if i == 0 {
				a.system = l.Content
				continue
			}
			a.lines = append(a.lines, l.Role+": "+l.Content)
		}
		m.asked <- a
		for {
			select {
			case code := <-a.status:
				w.WriteHeader(code)
				return
			case text, ok := <-a.say:
				switch {
				case !ok:
					return
				case text == "":
					fmt.Fprint(w, "data: [DONE]\n\n")
					return
				}
				quoted, _ := json.Marshal(text)
				fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":%s}}]}\n\n", quoted)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}))
	t.Cleanup(func() {
		m.CloseClientConnections()
		m.Close()
	})
	return m
}

func (m *model) next(t *testing.T) asked {
	t.Helper()
	select {
	case a := <-m.asked:
		return a
	case <-time.After(20 * time.Second):
		t.Fatal("the endpoint is not asked")
	}
	return asked{}
}

func (a asked) tell(t *testing.T, text string) {
	t.Helper()
	select {
	case a.say <- text:
	case <-time.After(20 * time.Second):
		t.Fatalf("nobody listens to %q", text)
	}
}

func withModel(m *model, more func(*config.Config)) func(*config.Config) {
	return func(c *config.Config) {
		c.Robot.Endpoint, c.Robot.Model = m.URL+"/v1", "small"
		if more != nil {
			more(c)
		}
	}
}

func (w *world) newest(talk change.ID) conversation.Message {
	list := w.history(talk)
	return list[len(list)-1]
}

func TestEndpoint(t *testing.T) {
	m := newModel(t)
	w := start(t, withModel(m, nil))
	ann := w.Person("ann")
	talk := w.talk(ann)
	w.until("a greeting", func() bool { return len(w.said(talk)) == 1 })

	// One message that grows, and says where its words come from.
	question := w.send(ann, talk, "write me a poem")
	a := m.next(t)
	a.tell(t, "Roses ")
	w.until("a beginning", func() bool { n := w.newest(talk); return n.Seq == question.Seq+1 && n.Partial })
	if n := w.newest(talk); n.Body != "Roses " || n.Via != "127.0.0.1" {
		t.Errorf("%+v", n)
	}
	a.tell(t, "are red")
	a.tell(t, "")
	w.until("an end", func() bool { return !w.newest(talk).Partial })
	if n := w.newest(talk); n.Body != "Roses are red" || n.Via != "127.0.0.1" || n.Seq != question.Seq+1 {
		t.Errorf("%+v", n)
	}

	// The conversation is its context; the greeting is part of it.
	w.send(ann, talk, "another verse")
	a = m.next(t)
	if n := len(a.lines); n != 4 || a.lines[1] != "user: write me a poem" || a.lines[2] != "assistant: Roses are red" || a.lines[3] != "user: another verse" {
		t.Errorf("it is told %q", a.lines)
	}
	if !strings.Contains(a.system, "Lele") || !strings.Contains(a.system, "4 March 2026") {
		t.Errorf("the system is %q", a.system)
	}
	a.tell(t, "Violets")
	a.tell(t, "")
	w.until("an end", func() bool { n := w.newest(talk); return n.Body == "Violets" && !n.Partial })

	// What the robot knows for sure it says itself.
	if got := w.ask(ann, "12*12"); got != "12*12 = 144" {
		t.Error(got)
	}
	if got := w.ask(ann, "remind me in 5 minutes"); !strings.HasPrefix(got, "Alright") {
		t.Error(got)
	}
	if got := w.ask(ann, "server status"); !strings.Contains(got, "goes to 127.0.0.1") {
		t.Error(got)
	}
	if n := w.newest(talk); n.Via != "" {
		t.Errorf("%+v", n)
	}
	select {
	case a := <-m.asked:
		t.Errorf("it is told %q", a.lines)
	default:
	}
}

// When the endpoint fails before it has said anything, the robot answers by
// itself and says why.
func TestFallback(t *testing.T) {
	m := newModel(t)
	w := start(t, withModel(m, func(c *config.Config) { c.Robot.Patience = time.Second; c.Robot.Budget = 3 }))
	ann := w.Person("ann")
	talk := w.talk(ann)
	fails := func(what, want string, fail func(a asked)) {
		t.Helper()
		question := w.send(ann, talk, "tell me about the sea")
		if fail != nil {
			fail(m.next(t))
		}
		w.until(what, func() bool { n := w.newest(talk); return n.Seq > question.Seq && !n.Partial })
		if n := w.newest(talk); !strings.Contains(n.Body, want) || !strings.Contains(n.Body, "\n") || n.Via != "" {
			t.Errorf("%s: %+v", what, n)
		}
	}
	fails("401", "refused", func(a asked) { a.status <- 401 })
	fails("429", "is busy", func(a asked) { a.status <- 429 })
	fails("500", "can not be reached", func(a asked) { a.status <- 500 })
	fails("cut off", "can not be reached", func(a asked) { close(a.say) })
	fails("silence", "can not be reached", func(a asked) { a.tell(t, "") })
	fails("a stall", "is too slow", func(a asked) { <-a.gone })
	// None of these counted; now three do.
	for range 3 {
		question := w.send(ann, talk, "tell me about the sea")
		a := m.next(t)
		a.tell(t, "It is wet.")
		a.tell(t, "")
		w.until("an answer", func() bool { n := w.newest(talk); return n.Seq > question.Seq && !n.Partial })
	}
	fails("over budget", "used up", nil)
	w.Clock.Advance(24 * time.Hour)
	question := w.send(ann, talk, "tell me about the sea")
	a := m.next(t)
	a.tell(t, "It is deep.")
	a.tell(t, "")
	w.until("the next day", func() bool { n := w.newest(talk); return n.Seq > question.Seq && n.Body == "It is deep." })
	m.CloseClientConnections()
	m.Close()
	fails("nobody there", "can not be reached", nil)
}

// What was begun and broke off is ended and says so.
func TestBrokenAnswers(t *testing.T) {
	m := newModel(t)
	w := start(t, withModel(m, func(c *config.Config) { c.Robot.Patience = time.Second }))
	ann := w.Person("ann")
	talk := w.talk(ann)
	begun := func() asked {
		t.Helper()
		w.send(ann, talk, "tell me about the sea")
		a := m.next(t)
		a.tell(t, "It is")
		w.until("a beginning", func() bool { return w.newest(talk).Partial })
		return a
	}
	ended := func(what, want string) {
		t.Helper()
		w.until(what, func() bool { return !w.newest(talk).Partial })
		if n := w.newest(talk); n.Body != want || n.Via != "127.0.0.1" {
			t.Errorf("%s: %+v", what, n)
		}
	}
	close(begun().say)
	ended("cut off", "It is… (interrupted)")
	begun()
	ended("a stall", "It is… (interrupted)")
	a := begun()
	w.send(ann, talk, "stop")
	<-a.gone
	w.until("told to stop", func() bool {
		list := w.history(talk)
		return !list[len(list)-2].Partial
	})
	if list := w.history(talk); list[len(list)-2].Body != "It is" {
		t.Errorf("told to stop: %+v", list[len(list)-2])
	}
	// More than fits into a message.
	w.send(ann, talk, "tell me everything")
	a = m.next(t)
	a.tell(t, strings.Repeat("海", 9_000))
	a.tell(t, strings.Repeat("海", 9_000))
	<-a.gone
	w.until("full", func() bool { return !w.newest(talk).Partial })
	if n := len([]rune(w.newest(talk).Body)); n < 9_500 || n > conversation.MaxBody {
		t.Errorf("%d characters", n)
	}
	// Whoever blocks the robot hears no more.
	a = begun()
	if _, err := w.Contacts.Block(t.Context(), ann.ID, w.Robot.Account().ID); err != nil {
		t.Fatal(err)
	}
	<-a.gone
	w.until("blocked", func() bool { return !w.newest(talk).Partial })
}

// A message that was being written when the program was killed does not stay so.
func TestUnfinished(t *testing.T) {
	data := t.TempDir()
	w := start(t, func(c *config.Config) { c.Data = data })
	ann := w.Person("ann")
	talk := w.talk(ann)
	if _, err := w.Conversations.Send(t.Context(), w.Robot.Account().ID, talk, conversation.Draft{ClientID: "answer-1-1", Body: "很久很久以", Partial: true, Via: "llm.example"}); err != nil {
		t.Fatal(err)
	}
	w.Stop()
	w2 := start(t, func(c *config.Config) { c.Data = data })
	w2.until("ended", func() bool {
		list, err := w2.Conversations.Unfinished(t.Context(), w2.Robot.Account().ID)
		return err == nil && len(list) == 0
	})
	found := false
	for _, m := range w2.history(talk) {
		found = found || m.Body == "很久很久以……（说到一半断了）" && m.Via == "llm.example"
	}
	if !found {
		t.Errorf("%+v", w2.history(talk))
	}
}
