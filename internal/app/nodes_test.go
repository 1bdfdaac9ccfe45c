package app_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/bus/bustest"
	"github.com/happychat/happychat/internal/bus/membus"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/natstest"
	"github.com/happychat/happychat/internal/storetest/pgcluster"
	"github.com/happychat/happychat/internal/wire"
)

// postgres is started when the first test wants it.
var postgres struct {
	once    sync.Once
	running *pgcluster.Cluster
	err     error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if postgres.running != nil {
		if err := postgres.running.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func database(t *testing.T) string {
	t.Helper()
	postgres.once.Do(func() {
		postgres.running, postgres.err = pgcluster.Start("fsync=off", "synchronous_commit=off", "full_page_writes=off")
	})
	if errors.Is(postgres.err, pgcluster.ErrMissing) {
		t.Skip(postgres.err)
	}
	if postgres.err != nil {
		t.Fatal(postgres.err)
	}
	url, err := postgres.running.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// overNATS joins nodes by a NATS server.
func overNATS(s *natstest.Server) func(int, *config.Config, *app.Options) {
	return func(_ int, c *config.Config, _ *app.Options) {
		c.NATS = config.NATS{Servers: []string{s.URL(nil)}, Subject: "happychat"}
	}
}

// soon is within what a second is for people; the machine may be busy.
func soon(t *testing.T, what string, since time.Time) {
	t.Helper()
	if took := time.Since(since); took > time.Second {
		t.Errorf("%s took %v", what, took)
	}
}

// until takes events of that name until one has that value there.
func until(t *testing.T, c *apptest.Socket, event, path, value string) {
	t.Helper()
	for apptest.Get(c.Event(event), path) != value { // Event gives up in the end
	}
}

// Whoever is connected to one node hears at once what is done on another.
func TestNodesHearOfEachOther(t *testing.T) {
	nodes := apptest.StartNodes(t, 2, database(t), overNATS(natstest.Start(t, nil)))
	one, two := nodes[0], nodes[1]
	lan, ming := one.Person("lan"), one.Person("ming")
	conv := one.Befriend(lan, ming)
	a := lan.Connect()
	b := two.Connect(ming.Token)
	until(t, a, wire.EventPresence, "accountId", ming.ID.String())
	apptest.Eventually(t, "both are online, as sync says", func() bool {
		return apptest.Get(b.Ask(wire.CommandSync, `{"user":0,"conversations":[]}`), "result.online.0") == lan.ID.String()
	})

	began := time.Now()
	a.Ask(wire.CommandSend, fmt.Sprintf(`{"conversationId":"%d","clientId":"client-1","body":"你好"}`, conv))
	until(t, b, wire.EventConversation, "messages.0.body", "你好")
	soon(t, "a message", began)
	b.Ask(wire.CommandSend, fmt.Sprintf(`{"conversationId":"%d","clientId":"client-2","body":"hi"}`, conv))
	until(t, a, wire.EventConversation, "messages.0.body", "hi")
	a.Ask(wire.CommandTyping, fmt.Sprintf(`{"conversationId":"%d"}`, conv))
	until(t, b, wire.EventTyping, "accountId", lan.ID.String())
	if r := one.Do(ming, "PATCH", "/contacts/"+lan.ID.String(), `{"remark":"兰兰"}`); r.Status != http.StatusOK {
		t.Fatal(string(r.Raw))
	}
	until(t, b, wire.EventUser, "contacts.0.remark", "兰兰")

	// A block is seen by both, wherever they are, and typing stops.
	began = time.Now()
	if _, err := one.Contacts.Block(t.Context(), ming.ID, lan.ID); err != nil {
		t.Fatal(err)
	}
	until(t, a, wire.EventPresence, "online", "false")
	until(t, b, wire.EventPresence, "online", "false")
	soon(t, "a block", began)
	if ack := a.Ask(wire.CommandTyping, fmt.Sprintf(`{"conversationId":"%d"}`, conv)); apptest.Get(ack, "error.status") != "403" {
		t.Errorf("typing to somebody who blocked me: %s", ack)
	}
}

// A session that ends, ends on all nodes within a second, whatever ends it.
func TestSessionsEndOnAllNodes(t *testing.T) {
	nodes := apptest.StartNodes(t, 2, database(t), overNATS(natstest.Start(t, nil)))
	one, two := nodes[0], nodes[1]
	lan := one.Person("lan")
	for _, c := range []struct {
		what string
		do   func(who account.Actor) error
		want account.EndReason
	}{
		{"signing out", func(who account.Actor) error { return one.Accounts.SignOut(t.Context(), who) }, account.SignedOut},
		{"ending it from another device", func(who account.Actor) error {
			return one.Accounts.EndOtherSessions(t.Context(), account.Actor{AccountID: who.AccountID, SessionID: 1})
		}, account.Revoked},
		{"a new password", func(account.Actor) error {
			_, err := one.Accounts.SetPassword(t.Context(), "lan", apptest.Password+"!")
			if err == nil {
				_, err = two.Accounts.SetPassword(t.Context(), "lan", apptest.Password)
			}
			return err
		}, account.PasswordChanged},
		{"disabling the account", func(account.Actor) error {
			_, err := one.Accounts.Disable(t.Context(), "lan")
			return err
		}, account.AccountDisabled},
	} {
		t.Run(c.what, func(t *testing.T) {
			lan.SignIn()
			who, err := two.Accounts.Authenticate(t.Context(), lan.Token)
			if err != nil {
				t.Fatal(err)
			}
			sockets := []*apptest.Socket{lan.Connect(), two.Connect(lan.Token)}
			began := time.Now()
			if err := c.do(who); err != nil {
				t.Fatal(err)
			}
			for _, s := range sockets {
				if e := s.Event(wire.EventSessionEnded); apptest.Get(e, "reason") != string(c.want) {
					t.Errorf("told %s, not %s", e, c.want)
				}
				s.Ended()
			}
			soon(t, c.what, began)
		})
	}
}

// The command line ends sessions on servers that run elsewhere, too.
func TestErrandIsHeard(t *testing.T) {
	s := natstest.Start(t, nil)
	url := database(t)
	nodes := apptest.StartNodes(t, 2, url, overNATS(s))
	lan := nodes[0].Person("lan")
	sockets := []*apptest.Socket{lan.Connect(), nodes[1].Connect(lan.Token)}
	errand, err := app.OpenErrand(t.Context(), config.Config{Data: t.TempDir(), Database: url, NATS: config.NATS{Servers: []string{s.URL(nil)}, Subject: "happychat"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	clock := change.SystemClock{}
	accounts := account.NewService(account.Options{Store: errand.Store, IDs: change.NewIDs(clock), Clock: clock, Ended: errand.Ended})
	_, err = accounts.Disable(t.Context(), "lan")
	if err := errors.Join(err, errand.Close()); err != nil {
		t.Fatal(err)
	}
	for _, c := range sockets {
		if e := c.Event(wire.EventSessionEnded); apptest.Get(e, "reason") != string(account.AccountDisabled) {
			t.Errorf("told %s", e)
		}
	}
}

// While NATS is away everything works, only slower between nodes; when it is
// back, nobody has missed anything.
func TestNATSComesAndGoes(t *testing.T) {
	s := natstest.Start(t, nil)
	nodes := apptest.StartNodes(t, 2, database(t), overNATS(s))
	one, two := nodes[0], nodes[1]
	lan, ming, hong := one.Person("lan"), one.Person("ming"), one.Person("hong")
	conv := one.Befriend(lan, ming)
	one.Befriend(ming, hong)
	a, b, h := lan.Follow(one), ming.Follow(two), hong.Follow(two)
	// Who is at a node that has not been heard for a while counts as offline.
	all := func(what string, heard bool) {
		t.Helper()
		apptest.Eventually(t, "all are up to date "+what, func() bool {
			return a.UpToDate() && b.UpToDate() && h.UpToDate() && a.Sees(ming) == heard && b.Sees(lan) == heard && b.Sees(hong)
		})
	}
	sent := 0
	send := func(node *apptest.Server, p *apptest.Person) {
		t.Helper()
		sent++
		if r := node.Do(p, "POST", fmt.Sprintf("/conversations/%d/messages", conv), fmt.Sprintf(`{"clientId":"message-%d","body":"%d"}`, sent, sent)); r.Status >= 300 {
			t.Fatal(string(r.Raw))
		}
	}
	send(one, lan)
	all("at first", true)
	for range 2 {
		s.Stop()
		send(one, lan)
		send(two, ming)
		all("while NATS is away", false)
		send(one, lan)
		if err := s.Run(); err != nil {
			t.Fatal(err)
		}
		send(two, ming)
		all("after it came back", true)
	}

	// What ends while nobody hears of it, ends all the same.
	s.Stop()
	if _, err := one.Accounts.Disable(t.Context(), "hong"); err != nil {
		t.Fatal(err)
	}
	h.Socket.Event(wire.EventSessionEnded)
	h.Socket.Ended()
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	apptest.Eventually(t, "who was cut off is offline", func() bool { return b.UpToDate() && !b.Sees(hong) })
}

// cable is a node's way to a bus, which can be pulled.
type cable struct {
	bus.Bus
	pulled atomic.Bool
}

func (c *cable) Publish(m bus.Message) {
	if !c.pulled.Load() {
		c.Bus.Publish(m)
	}
}

func (c *cable) Subscribe(deliver func(bus.Message)) (cancel func()) {
	return c.Bus.Subscribe(func(m bus.Message) {
		if !c.pulled.Load() {
			deliver(m)
		}
	})
}

// A node that dies takes its presence with it, and what it could not tell any
// more is asked for.
func TestNodeDies(t *testing.T) {
	shared := &membus.Bus{}
	cables := []*cable{{Bus: shared}, {Bus: shared}}
	nodes := apptest.StartNodes(t, 2, database(t), func(i int, _ *config.Config, o *app.Options) { o.Bus = cables[i] })
	one, two := nodes[0], nodes[1]
	lan, ming := one.Person("lan"), one.Person("ming")
	conv := one.Befriend(lan, ming)
	a := lan.Follow(one)
	ming.Follow(two)
	apptest.Eventually(t, "they see each other", func() bool { a.Step(); return a.Sees(ming) })
	cables[1].pulled.Store(true)
	// Committed, and told to nobody.
	if r := two.Do(ming, "POST", fmt.Sprintf("/conversations/%d/messages", conv), `{"clientId":"message-1","body":"last words"}`); r.Status >= 300 {
		t.Fatal(string(r.Raw))
	}
	apptest.Eventually(t, "the dead node's people are offline", func() bool { a.Step(); return !a.Sees(ming) })
	apptest.Eventually(t, "its last words were found", a.UpToDate)
	cables[1].pulled.Store(false)
	apptest.Eventually(t, "it was not dead after all", func() bool { a.Step(); return a.Sees(ming) })
}

// Who stops says goodbye; its people have some time to come back elsewhere.
func TestNodeLeaves(t *testing.T) {
	shared := &membus.Bus{}
	url := database(t)
	one := apptest.StartNodes(t, 1, url, func(_ int, _ *config.Config, o *app.Options) { o.Bus = shared })[0]
	lan, ming, hong := one.Person("lan"), one.Person("ming"), one.Person("hong")
	one.Befriend(lan, ming)
	one.Befriend(lan, hong)
	a := lan.Follow(one)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	two, err := app.Start(ctx, config.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Database: url, Registration: config.RegistrationOpen, Language: config.English},
		app.Options{Clock: one.Clock, Bus: shared, Beat: apptest.Beat})
	if err != nil {
		t.Fatal(err)
	}
	other := &apptest.Server{App: two, T: t, Base: "http://" + two.Addr().String()}
	other.Connect(ming.Token)
	other.Connect(hong.Token)
	apptest.Eventually(t, "both are online", func() bool { a.Step(); return a.Sees(ming) && a.Sees(hong) })
	if err := two.Close(ctx); err != nil {
		t.Fatal(err)
	}
	closed := time.Now()
	apptest.Eventually(t, "some beats pass", func() bool { return time.Since(closed) > 5*apptest.Beat })
	one.Connect(ming.Token)
	seen := true
	apptest.Eventually(t, "who did not come back is offline", func() bool {
		a.Step()
		seen = seen && a.Sees(ming)
		return !a.Sees(hong)
	})
	if !seen {
		t.Error("who came back was offline for a while")
	}
}

// Over a bus that loses, repeats and reorders, every client still ends with
// what a new snapshot shows, without being asked to look.
func TestUnkindBus(t *testing.T) {
	seed := rand.Uint64()
	t.Log("seed", seed)
	unkind := bustest.NewUnkind(&membus.Bus{}, seed)
	nodes := apptest.StartNodes(t, 2, database(t), func(_ int, _ *config.Config, o *app.Options) { o.Bus = unkind })
	random := rand.New(rand.NewPCG(seed, 1))
	var people []*apptest.Person
	for _, name := range []string{"lan", "ming", "hong", "wei"} {
		people = append(people, nodes[0].Person(name))
	}
	conversations := map[[2]int]change.ID{}
	for i := range people {
		for k := range i {
			conversations[[2]int{i, k}] = nodes[random.IntN(2)].Befriend(people[i], people[k])
		}
	}
	var followers []*apptest.Follower
	for i, p := range people {
		followers = append(followers, p.Follow(nodes[i%2]), p.Follow(nodes[(i+1)%2]))
	}
	for n := range 300 {
		node := nodes[random.IntN(2)]
		i := 1 + random.IntN(len(people)-1)
		k := random.IntN(i)
		p, friend, conv := people[i], people[k], conversations[[2]int{i, k}]
		if random.IntN(2) == 0 {
			p, friend = friend, p
		}
		var err error
		switch random.IntN(10) {
		case 0:
			_, err = node.Contacts.Remark(t.Context(), p.ID, friend.ID, fmt.Sprint("remark ", n))
		case 1:
			_, err = node.Contacts.Block(t.Context(), p.ID, friend.ID)
		case 2, 3:
			_, err = node.Contacts.Unblock(t.Context(), p.ID, friend.ID)
		case 4:
			node.Do(p, "PUT", fmt.Sprintf("/conversations/%d/read", conv), fmt.Sprintf(`{"seq":%d}`, n))
		case 5:
			if r := node.Do(p, "PATCH", "/account", fmt.Sprintf(`{"name":"Name %d"}`, n)); r.Status != http.StatusOK && r.Status != http.StatusTooManyRequests {
				t.Fatal(string(r.Raw))
			}
		default: // refused where one blocks the other
			node.Do(p, "POST", fmt.Sprintf("/conversations/%d/messages", conv), fmt.Sprintf(`{"clientId":"message-%d","body":"%d"}`, n, n))
		}
		if e, ok := errors.AsType[*change.Error](err); err != nil && !ok {
			t.Fatal(err, e)
		}
		for _, f := range followers {
			f.Step()
		}
	}
	apptest.Eventually(t, "all are up to date", func() bool {
		for _, f := range followers {
			if !f.UpToDate() {
				return false
			}
		}
		return true
	})
	asked := 0
	for _, f := range followers {
		asked += f.Asked
	}
	t.Logf("%+v; asked %d times", unkind.Done(), asked)
	for i, f := range followers {
		for k, friend := range people {
			if k != i/2 {
				want := apptest.Get(nodes[0].Do(people[i/2], "POST", "/sync", `{"user":0,"conversations":[]}`).Raw, "online")
				apptest.Eventually(t, fmt.Sprintf("%s sees %s as sync says (%s)", people[i/2].Name, friend.Name, want), func() bool {
					f.Step()
					return f.Sees(friend) == strings.Contains(want, friend.ID.String())
				})
			}
		}
	}
}

// Two servers on one database that hear nothing of each other would each show
// only half of what happens: the second does not start.
func TestDatabaseIsClaimed(t *testing.T) {
	url := database(t)
	s := natstest.Start(t, nil)
	begin := func(nats bool) (*app.App, error) {
		c := config.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Database: url, Registration: config.RegistrationOpen, Language: config.English}
		if nats {
			c.NATS = config.NATS{Servers: []string{s.URL(nil)}, Subject: "happychat"}
		}
		return app.Start(t.Context(), c, app.Options{})
	}
	end := func(a *app.App) {
		t.Helper()
		if err := a.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	lone, err := begin(false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := begin(false); err == nil || !strings.Contains(err.Error(), "start each with --nats") {
		t.Errorf("a second one without NATS: %v", err)
	}
	if _, err := begin(true); err == nil || !strings.Contains(err.Error(), "without --nats") {
		t.Errorf("one with NATS beside it: %v", err)
	}
	end(lone)
	one, err := begin(true)
	if err != nil {
		t.Fatal(err)
	}
	two, err := begin(true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := begin(false); err == nil {
		t.Error("one without NATS started beside two with it")
	}
	end(one)
	end(two)
	if lone, err = begin(false); err != nil {
		t.Fatal(err)
	}
	end(lone)
}
