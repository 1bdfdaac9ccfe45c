package account_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/ratelimit"
	"github.com/happychat/happychat/internal/sqlstore"
)

// clock stands still until it is moved.
type clock struct{ now atomic.Int64 }

func (c *clock) Now() int64              { return c.now.Load() }
func (c *clock) advance(d time.Duration) { c.now.Add(change.Ms(d)) }

// ending is what was announced of sessions.
type ending struct {
	account  change.ID
	sessions []change.ID
	reason   account.EndReason
}

// fixture is the service on a store of its own, with a clock that stands still
// and a mailbox.
type fixture struct {
	*account.Service
	t      *testing.T
	ctx    context.Context
	store  *sqlstore.Store
	clock  *clock
	hasher *account.Hasher

	mu      sync.Mutex
	letters []account.Letter
	endings []ending
	changes []change.Change
}

// wide lets everything through.
var wide = func() (r account.Rates) {
	all := ratelimit.Rate{Burst: 1_000_000, Every: time.Millisecond}
	return account.Rates{
		RegisterByAddress: all, SignInByAddress: all, SignInByLogin: all, SignInByBoth: all, MailByAddress: all,
		MailByRecipient: all, Password: all, Edit: all, TokenByAddress: all, Lookup: all, Export: all, Profile: all, Factor: all, PasskeyByAddress: all,
	}
}()

func newFixture(t *testing.T, alter ...func(*account.Options)) *fixture {
	f := &fixture{t: t, ctx: context.Background(), clock: new(clock), hasher: account.NewHasher(account.HashCost{Memory: 64, Passes: 1, Threads: 1})}
	f.clock.now.Store(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).UnixMilli())
	var err error
	f.store, err = sqlstore.Open(f.ctx, sqlstore.Options{Path: filepath.Join(t.TempDir(), "happychat.db"), Publish: func(list []change.Change) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.changes = append(f.changes, list...)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.store.Close(); err != nil {
			t.Error(err)
		}
	})
	o := account.Options{
		Store: f.store, Mailer: f, IDs: change.NewIDs(f.clock), Clock: f.clock, Hasher: f.hasher, Rates: wide,
		Ended: func(id change.ID, sessions []change.ID, reason account.EndReason) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.endings = append(f.endings, ending{id, sessions, reason})
		},
	}
	for _, fn := range alter {
		fn(&o)
	}
	f.Service = account.NewService(o)
	return f
}

// counting counts the rows that were written for nobody signed in.
type counting struct {
	*sqlstore.Store
	rows atomic.Int64
}

func (c *counting) CreateRegistration(ctx context.Context, r account.Registration) error {
	c.rows.Add(1)
	return c.Store.CreateRegistration(ctx, r)
}

func (c *counting) RenewRegistration(ctx context.Context, id change.ID, hash string, expiresAt int64) error {
	c.rows.Add(1)
	return c.Store.RenewRegistration(ctx, id, hash, expiresAt)
}

func (c *counting) CreateToken(ctx context.Context, t account.Token) error {
	c.rows.Add(1)
	return c.Store.CreateToken(ctx, t)
}

// Send implements account.Mailer.
func (f *fixture) Send(l account.Letter) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.letters = append(f.letters, l)
}

// mail takes the letters that were sent since the last call.
func (f *fixture) mail() []account.Letter {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.letters
	f.letters = nil
	return list
}

// letter takes the one letter that was sent since the last call.
func (f *fixture) letter(kind account.LetterKind, to string) account.Letter {
	f.t.Helper()
	list := f.mail()
	if len(list) != 1 || list[0].Kind != kind || list[0].To != to {
		f.t.Fatalf("letters: %+v; want one of kind %s to %s", list, kind, to)
	}
	return list[0]
}

// ended takes the endings announced since the last call.
func (f *fixture) ended() []ending {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.endings
	f.endings = nil
	return list
}

const secret = "vK8#mQ2x-right"

var phone = account.Client{Device: "Firefox, Android", Address: "192.0.2.7"}

func wish(name string) account.Wish {
	return account.Wish{Username: name, Email: name + "@example.org", Password: secret, Language: "en"}
}

// person makes an active account.
func (f *fixture) person(name string) account.Account {
	f.t.Helper()
	a, err := f.Create(f.ctx, wish(name), account.User)
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func (f *fixture) signIn(name string) account.SignedIn {
	f.t.Helper()
	in, err := f.SignIn(f.ctx, account.Credentials{Login: name, Password: secret, Remember: true}, phone)
	if err != nil {
		f.t.Fatal(err)
	}
	return in
}

func (f *fixture) actor(token string) account.Actor {
	f.t.Helper()
	a, err := f.Authenticate(f.ctx, token)
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func (f *fixture) alive(token string) bool {
	f.t.Helper()
	_, err := f.Authenticate(f.ctx, token)
	if err != nil && !errors.Is(err, account.ErrSignedOut) {
		f.t.Fatal(err)
	}
	return err == nil
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// wants fails unless err has the code of want; nil wants none.
func wants(t *testing.T, what string, err, want error) {
	t.Helper()
	if want == nil && err != nil || want != nil && !errors.Is(err, want) {
		t.Fatalf("%s: %v; want %v", what, err, want)
	}
}

func TestRegisterAndActivate(t *testing.T) {
	f := newFixture(t)
	f.must(f.Register(f.ctx, account.Wish{Username: "Lan", Email: "Lan@Example.org", Password: secret, Name: "小兰", Language: "zh-CN"}, phone))
	l := f.letter(account.LetterActivation, "Lan@Example.org")
	if l.Token == "" || l.Language != "zh-CN" || l.Valid != 48*time.Hour || l.Name != "" {
		t.Errorf("letter: %+v", l)
	}
	_, err := f.SignIn(f.ctx, account.Credentials{Login: "lan", Password: secret}, phone)
	wants(t, "sign in before", err, account.ErrNotActivated)
	_, err = f.SignIn(f.ctx, account.Credentials{Login: "lan@example.org", Password: secret}, phone)
	wants(t, "sign in before, by address", err, account.ErrNotActivated)
	_, err = f.SignIn(f.ctx, account.Credentials{Login: "lan", Password: secret + "x"}, phone)
	wants(t, "sign in before with a wrong password", err, account.ErrBadCredentials)

	in, err := f.Activate(f.ctx, l.Token, secret, "", phone)
	f.must(err)
	if in.Account.Username != "Lan" || in.Account.Name != "小兰" || in.Account.Role != account.User || in.Account.Version != 1 {
		t.Errorf("account: %+v", in.Account)
	}
	if in.Session.Device != phone.Device || in.Session.Address != phone.Address || !f.alive(in.Token) {
		t.Errorf("session: %+v", in.Session)
	}
	_, err = f.Activate(f.ctx, l.Token, secret, "", phone)
	wants(t, "the same token again", err, account.ErrTokenInvalid)
	f.signIn("lan@EXAMPLE.org")
	f.signIn("ＬＡＮ")
	if w, err := f.Waiting(f.ctx); err != nil || len(w) != 0 {
		t.Errorf("still waiting: %v, %v", w, err)
	}
}

func TestActivationTokens(t *testing.T) {
	f := newFixture(t)
	f.must(f.Register(f.ctx, wish("lan"), phone))
	first := f.letter(account.LetterActivation, "lan@example.org").Token
	f.must(f.ResendActivation(f.ctx, "LAN@example.org", phone))
	second := f.letter(account.LetterActivation, "lan@example.org").Token
	_, err := f.Activate(f.ctx, first, secret, "", phone)
	wants(t, "a token that was replaced", err, account.ErrTokenInvalid)
	for _, token := range []string{"", "x", second + "x"} {
		_, err := f.Activate(f.ctx, token, secret, "", phone)
		wants(t, "no token", err, account.ErrTokenInvalid)
	}
	f.clock.advance(account.RegistrationLife)
	_, err = f.Activate(f.ctx, second, secret, "", phone)
	wants(t, "an expired token", err, account.ErrTokenInvalid)
	f.must(f.ResendActivation(f.ctx, "lan@example.org", phone))
	if got := f.mail(); len(got) != 0 {
		t.Errorf("an expired registration was mailed again: %+v", got)
	}
	f.must(f.Purge(f.ctx))
	_, err = f.store.RegistrationsByLogin(f.ctx, "lan", 0)
	f.must(err)
	if list, _ := f.store.RegistrationsByLogin(f.ctx, "lan", 0); len(list) != 0 {
		t.Error("an expired registration is still stored")
	}
}

// Nothing is taken before the activation, and who comes second is asked for
// another name.
func TestUsernameTakenMeanwhile(t *testing.T) {
	f := newFixture(t)
	lan := wish("lan")
	other := wish("lan")
	other.Email = "other@example.org"
	f.must(f.Register(f.ctx, lan, phone))
	lanToken := f.letter(account.LetterActivation, lan.Email).Token
	f.must(f.Register(f.ctx, other, phone))
	otherToken := f.letter(account.LetterActivation, other.Email).Token
	_, err := f.Activate(f.ctx, otherToken, secret, "", phone)
	f.must(err)
	_, err = f.Activate(f.ctx, lanToken, secret, "", phone)
	wants(t, "the taken name", err, account.ErrUsernameTaken)
	_, err = f.Activate(f.ctx, lanToken, secret, "LAN", phone)
	wants(t, "the taken name in capitals", err, account.ErrUsernameTaken)
	_, err = f.Activate(f.ctx, lanToken, secret, "2", phone)
	if change.KindOf(err) != change.Invalid {
		t.Errorf("a name that is none: %v", err)
	}
	in, err := f.Activate(f.ctx, lanToken, secret, "lan2", phone)
	f.must(err)
	if in.Account.Username != "lan2" || in.Account.Name != "lan2" || in.Account.Email != lan.Email {
		t.Errorf("account: %+v", in.Account)
	}
}

// Two registrations with one address: the first that is activated ends the
// other.
func TestOneAddressTwice(t *testing.T) {
	f := newFixture(t)
	one, two := wish("lan"), wish("lan")
	two.Username = "ming"
	f.must(f.Register(f.ctx, one, phone))
	first := f.letter(account.LetterActivation, one.Email).Token
	f.must(f.Register(f.ctx, two, phone))
	second := f.letter(account.LetterActivation, one.Email).Token
	_, err := f.Activate(f.ctx, first, secret, "", phone)
	f.must(err)
	_, err = f.Activate(f.ctx, second, secret, "", phone)
	wants(t, "the other", err, account.ErrTokenInvalid)
	for i := range 20 {
		w := wish("wei")
		w.Username = fmt.Sprintf("wei%d", i)
		f.must(f.Register(f.ctx, w, phone))
	}
	if list, err := f.Waiting(f.ctx); err != nil || len(list) > 5 {
		t.Errorf("%d registrations wait for one address, %v", len(list), err)
	}
}

// Whoever asks learns nothing about who has an account: the same result after
// the same work, and the same number of rows written.
func TestNothingIsTold(t *testing.T) {
	var store *counting
	f := newFixture(t, func(o *account.Options) {
		store = &counting{Store: o.Store.(*sqlstore.Store)}
		o.Store = store
	})
	f.person("lan")
	f.must(f.Register(f.ctx, wish("ming"), phone))
	disabled := f.person("off")
	_, err := f.Disable(f.ctx, disabled.Username)
	f.must(err)
	f.mail()

	hashings := func(do func() error) (int64, error) {
		before := f.hasher.Count()
		err := do()
		return f.hasher.Count() - before, err
	}
	register := func(username, email string) func() error {
		return func() error {
			w := wish(username)
			w.Email = email
			return f.Register(f.ctx, w, phone)
		}
	}
	signIn := func(login, password string) func() error {
		return func() error {
			_, err := f.SignIn(f.ctx, account.Credentials{Login: login, Password: password}, phone)
			return err
		}
	}
	for _, c := range []struct {
		name     string
		do       func() error
		hashings int64
		want     error
		letter   account.LetterKind
	}{
		{"register, new", register("neu", "neu@example.org"), 1, nil, account.LetterActivation},
		{"register, name of an account", register("lan", "neu2@example.org"), 1, nil, account.LetterActivation},
		{"register, name that waits", register("ming", "neu3@example.org"), 1, nil, account.LetterActivation},
		{"register, address of an account", register("neu4", "LAN@example.org"), 1, nil, account.LetterExists},
		{"register, both of an account", register("lan", "lan@example.org"), 1, nil, account.LetterExists},
		{"sign in, unknown", signIn("nobody", secret), 1, account.ErrBadCredentials, ""},
		{"sign in, unknown address", signIn("nobody@example.org", secret), 1, account.ErrBadCredentials, ""},
		{"sign in, wrong password", signIn("lan", "wrong-"+secret), 1, account.ErrBadCredentials, ""},
		{"sign in, disabled", signIn("off", secret), 1, account.ErrBadCredentials, ""},
		{"sign in, waiting and wrong", signIn("ming", "wrong-"+secret), 1, account.ErrBadCredentials, ""},
		{"sign in, empty", signIn("", ""), 1, account.ErrBadCredentials, ""},
		{"sign in, not UTF-8", signIn("\xff", "\xff"), 1, account.ErrBadCredentials, ""},
		{"reset, account", func() error { return f.RequestReset(f.ctx, "lan@example.org", phone) }, 0, nil, account.LetterReset},
		{"reset, nobody", func() error { return f.RequestReset(f.ctx, "nobody@example.org", phone) }, 0, nil, ""},
		{"reset, disabled", func() error { return f.RequestReset(f.ctx, "off@example.org", phone) }, 0, nil, ""},
		{"reset, waiting", func() error { return f.RequestReset(f.ctx, "ming@example.org", phone) }, 0, nil, ""},
		{"resend, waiting", func() error { return f.ResendActivation(f.ctx, "ming@example.org", phone) }, 0, nil, account.LetterActivation},
		{"resend, account", func() error { return f.ResendActivation(f.ctx, "lan@example.org", phone) }, 0, nil, ""},
		{"resend, nobody", func() error { return f.ResendActivation(f.ctx, "nobody@example.org", phone) }, 0, nil, ""},
	} {
		rows := store.rows.Load()
		n, err := hashings(c.do)
		wants(t, c.name, err, c.want)
		want := int64(1)
		if strings.HasPrefix(c.name, "sign in") {
			want = 0
		}
		if rows := store.rows.Load() - rows; rows != want {
			t.Errorf("%s wrote %d rows, want %d", c.name, rows, want)
		}
		if n != c.hashings {
			t.Errorf("%s took %d hashings, want %d", c.name, n, c.hashings)
		}
		var got account.LetterKind
		if letters := f.mail(); len(letters) == 1 {
			got = letters[0].Kind
		} else if len(letters) > 1 {
			t.Errorf("%s: %+v", c.name, letters)
		}
		if got != c.letter {
			t.Errorf("%s: letter %q, want %q", c.name, got, c.letter)
		}
	}
}

// A registration with the address of an account can not be activated by
// guessing that there is one, and changes nothing for the account.
func TestRegisteringOverAnAccount(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	w := wish("lan")
	w.Password = "another-" + secret
	f.must(f.Register(f.ctx, w, phone))
	if l := f.letter(account.LetterExists, "lan@example.org"); l.Token != "" || l.Name != "lan" {
		t.Errorf("letter: %+v", l)
	}
	_, err := f.SignIn(f.ctx, account.Credentials{Login: "lan", Password: w.Password}, phone)
	wants(t, "with the other password", err, account.ErrBadCredentials)
	f.signIn("lan")
}

func TestBadWishes(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		alter func(*account.Wish)
		want  string
		field string
	}{
		{func(w *account.Wish) { w.Username = "" }, "request.invalid", "username"},
		{func(w *account.Wish) { w.Username = "1ab" }, "username.invalid", "username"},
		{func(w *account.Wish) { w.Email = "nobody" }, "email.invalid", "email"},
		{func(w *account.Wish) { w.Password = "short" }, "password.too_short", "password"},
		{func(w *account.Wish) { w.Password = "password1" }, "password.common", "password"},
		{func(w *account.Wish) { w.Password = "lan@example.org" }, "password.known", "password"},
		{func(w *account.Wish) { w.Name = "a\nb" }, "request.invalid", "name"},
		{func(w *account.Wish) { w.Name = string(make([]rune, 51)) }, "request.invalid", "name"},
		{func(w *account.Wish) { w.Language = "fr" }, "language.unknown", "language"},
	} {
		w := wish("lan")
		c.alter(&w)
		err := f.Register(f.ctx, w, phone)
		var e *change.Error
		if !errors.As(err, &e) || e.Code != c.want || e.Field != c.field || e.Kind != change.Invalid {
			t.Errorf("%+v: %v; want %s on %s", w, err, c.want, c.field)
		}
	}
	if f.hasher.Count() != 0 || len(f.mail()) != 0 {
		t.Error("a bad wish was hashed or mailed")
	}
}

func TestClosed(t *testing.T) {
	f := newFixture(t, func(o *account.Options) { o.Closed = true })
	wants(t, "register", f.Register(f.ctx, wish("lan"), phone), account.ErrClosed)
	f.person("lan")
	f.signIn("lan")
}

// racing calls fn n times at once and counts the successes; all others must
// fail as lost.
func racing(t *testing.T, n int, lost error, fn func(i int) error) {
	t.Helper()
	var won atomic.Int64
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			switch err := fn(i); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, lost):
				t.Errorf("%v; want %v", err, lost)
			}
		})
	}
	close(start)
	wg.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d of %d succeeded, not one", won.Load(), n)
	}
}

func TestTokensWorkOnce(t *testing.T) {
	const n = 50
	t.Run("activation", func(t *testing.T) {
		f := newFixture(t)
		f.must(f.Register(f.ctx, wish("lan"), phone))
		token := f.letter(account.LetterActivation, "lan@example.org").Token
		racing(t, n, account.ErrTokenInvalid, func(i int) error {
			_, err := f.Activate(f.ctx, token, secret, fmt.Sprintf("lan%d", i), phone)
			return err
		})
	})
	t.Run("reset", func(t *testing.T) {
		f := newFixture(t)
		f.person("lan")
		f.must(f.RequestReset(f.ctx, "lan@example.org", phone))
		token := f.letter(account.LetterReset, "lan@example.org").Token
		racing(t, n, account.ErrTokenInvalid, func(i int) error {
			return f.ConfirmReset(f.ctx, token, fmt.Sprintf("%s-%d", secret, i), phone)
		})
	})
	t.Run("setup", func(t *testing.T) {
		f := newFixture(t)
		token, err := f.NewSetupToken(f.ctx)
		f.must(err)
		racing(t, n, account.ErrTokenInvalid, func(i int) error {
			_, err := f.Setup(f.ctx, token, wish(fmt.Sprintf("lan%d", i)), phone)
			return err
		})
	})
	t.Run("one name, many registrations", func(t *testing.T) {
		f := newFixture(t)
		tokens := make([]string, n)
		for i := range tokens {
			w := wish("lan")
			w.Email = fmt.Sprintf("lan%d@example.org", i)
			f.must(f.Register(f.ctx, w, phone))
			tokens[i] = f.letter(account.LetterActivation, w.Email).Token
		}
		racing(t, n, account.ErrUsernameTaken, func(i int) error {
			_, err := f.Activate(f.ctx, tokens[i], secret, "", phone)
			return err
		})
	})
}

func TestSetup(t *testing.T) {
	f := newFixture(t)
	if needed, err := f.NeedsSetup(f.ctx); err != nil || !needed {
		t.Fatal(needed, err)
	}
	older, err := f.NewSetupToken(f.ctx)
	f.must(err)
	token, err := f.NewSetupToken(f.ctx)
	f.must(err)
	_, err = f.Setup(f.ctx, older, wish("lan"), phone)
	wants(t, "a token that was replaced", err, account.ErrTokenInvalid)
	f.person("ming")
	_, err = f.Setup(f.ctx, token, wish("ming"), phone)
	wants(t, "a name in use", err, account.ErrTaken)
	f.must(f.Register(f.ctx, wish("wei"), phone))
	_, err = f.Setup(f.ctx, f.letter(account.LetterActivation, "wei@example.org").Token, wish("lan"), phone)
	wants(t, "a token for something else", err, account.ErrTokenInvalid)
	in, err := f.Setup(f.ctx, token, wish("lan"), phone)
	f.must(err)
	if in.Account.Role != account.Owner || f.actor(in.Token).Role != account.Owner {
		t.Errorf("the first account is %s", in.Account.Role)
	}
	if again, err := f.NewSetupToken(f.ctx); err != nil || again != "" {
		t.Errorf("a link for a second first owner: %q, %v", again, err)
	}

	late := newFixture(t)
	token, err = late.NewSetupToken(late.ctx)
	late.must(err)
	late.clock.advance(account.SetupLife)
	_, err = late.Setup(late.ctx, token, wish("lan"), phone)
	wants(t, "an expired token", err, account.ErrTokenInvalid)
}
