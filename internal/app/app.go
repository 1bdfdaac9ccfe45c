// Package app puts the parts together: what `happychat serve` runs, and what
// the tests start.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/console"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/control"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/export"
	"github.com/happychat/happychat/internal/feedback"
	"github.com/happychat/happychat/internal/httpapi"
	"github.com/happychat/happychat/internal/ingress"
	"github.com/happychat/happychat/internal/lite"
	"github.com/happychat/happychat/internal/mail"
	"github.com/happychat/happychat/internal/push"
	"github.com/happychat/happychat/internal/realtime"
	"github.com/happychat/happychat/internal/robot"
	"github.com/happychat/happychat/internal/sqlstore"
	"github.com/happychat/happychat/internal/sticker"
	"github.com/happychat/happychat/internal/webui"
	"github.com/happychat/happychat/internal/wire"
)

// Options are what is not the operator's to configure.
type Options struct {
	Version string
	// Console is where the operator reads addresses and links.
	Console io.Writer
	Log     *slog.Logger
	// Clock may be nil: the machine's.
	Clock change.Clock
	// Hasher and Rates may be zero: the standard ones.
	Hasher *account.Hasher
	Rates  account.Rates
	// Bus joins the nodes of an installation; nil: as configured.
	Bus bus.Bus
	// Beat is realtime.Options.Beat.
	Beat time.Duration
	// Files stands before the place where files are kept. It may be nil.
	Files func(attachment.Blobs) attachment.Blobs
	// Committed is called with the changes of every commit, after they were
	// published. It may be nil.
	Committed func([]change.Change)
}

// App is a running server.
type App struct {
	Store         *sqlstore.Store
	Accounts      *account.Service
	Contacts      *contact.Service
	Conversations *conversation.Service
	Attachments   *attachment.Service
	Stickers      *sticker.Service
	Feedback      *feedback.Service
	Console       *console.Service
	Hub           *realtime.Hub
	Push          *push.Service
	Robot         *robot.Service // nil: there is none

	others   []account.Provider     // by whose word people sign in
	answers  chan feedback.Feedback // to be told by the robot
	counter  *console.Counter
	config   config.Config
	options  Options
	lock     *flock.Flock
	bus      bus.Bus
	stopBus  func()
	claim    *sqlstore.Claim
	control  *control.Server // nil where there can be none
	mail     *mail.Sender
	listener net.Listener
	http     *http.Server
	base     *url.URL
	work     sync.WaitGroup
	stopWork context.CancelFunc
	served   chan error
}

// listening leaves TCP's own keep-alive off, which Go would send every 15 seconds
// on each connection: sockets have heartbeats, requests have time limits, and
// every packet wakes the radio of a phone.
var listening = net.ListenConfig{KeepAlive: -1}

// lockFile keeps a second process off the data.
const lockFile = "happychat.lock"

// Start starts a server and returns when it accepts connections. Its errors are
// sentences for the operator, and leave nothing running.
func Start(ctx context.Context, c config.Config, o Options) (_ *App, err error) {
	if o.Clock == nil {
		o.Clock = change.SystemClock{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Console == nil {
		o.Console = io.Discard
	}
	a := &App{config: c, options: o, served: make(chan error, 1), answers: make(chan feedback.Feedback, answersAtOnce)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close(context.Background()))
		}
	}()
	if err := a.takeData(); err != nil {
		return nil, err
	}
	if a.listener, err = listening.Listen(ctx, "tcp", c.Listen); err != nil {
		return nil, fmt.Errorf("%s can not be listened on (%w); is happychat running already? Choose another address with --listen", c.Listen, err)
	}
	if a.base, err = url.Parse(c.LinkBase(a.listener.Addr())); err != nil {
		return nil, err
	}
	if err := a.joinNodes(ctx); err != nil {
		return nil, err
	}
	if a.Store, err = OpenStore(ctx, c, o.Log, a.publish); err != nil {
		return nil, err
	}
	if a.Push, err = a.newPush(ctx); err != nil {
		return nil, err
	}
	if err := a.build(); err != nil {
		return nil, err
	}
	if err := a.prepareRobot(ctx); err != nil {
		return nil, err
	}
	if err := a.invite(ctx); err != nil {
		return nil, err
	}
	if door, err := control.Serve(c.Data, control.Desk{Accounts: a.Accounts, Noted: Noted(a.Console)}, o.Log); err != nil {
		// The messenger works without.
		o.Log.Warn("happychat user will not work while the server runs", "err", err)
	} else {
		a.control = door
	}
	background, stop := context.WithCancel(context.Background())
	a.stopWork = stop
	a.work.Go(func() { a.Accounts.Run(background) })
	a.work.Go(func() { a.Attachments.Run(background) })
	a.work.Go(func() { a.Hub.Run(background) })
	a.work.Go(func() { a.counter.Run(background) })
	a.work.Go(func() { a.Push.Run(background) })
	if a.Robot != nil {
		a.work.Go(func() { a.Robot.Run(background) })
		a.work.Go(func() { a.tellAnswers(background) })
	}
	go func() { a.served <- a.http.Serve(a.listener) }()
	return a, nil
}

// OpenStore opens the store that the configuration names.
func OpenStore(ctx context.Context, c config.Config, log *slog.Logger, publish func([]change.Change)) (*sqlstore.Store, error) {
	return sqlstore.Open(ctx, storeOptions(c, log, publish))
}

func storeOptions(c config.Config, log *slog.Logger, publish func([]change.Change)) sqlstore.Options {
	return sqlstore.Options{URL: c.Database, Path: filepath.Join(c.Data, "happychat.db"), Publish: publish, Log: log}
}

// takeData makes the data folder and locks it.
func (a *App) takeData() error {
	lock, err := LockData(a.config.Data)
	a.lock = lock
	return err
}

// ErrDataInUse is returned by LockData when another process has the data.
var ErrDataInUse = errors.New("another happychat is running on this data")

// LockData makes the data folder, readable by its owner only, and keeps other
// processes off it until the lock is unlocked.
func LockData(folder string) (*flock.Flock, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder %s can not be made (%w); choose another with --data", folder, err)
	}
	lock := flock.New(filepath.Join(folder, lockFile), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("the data folder %s can not be written to (%w); give it to the user that runs happychat, or choose another with --data", folder, err)
	}
	if !ok {
		return nil, fmt.Errorf("%w, in %s: stop it first, or choose another folder with --data", ErrDataInUse, folder)
	}
	return lock, nil
}

// publish is the store's: the hub exists before anything is written.
func (a *App) publish(changes []change.Change) {
	a.Hub.Publish(changes)
	a.counter.Committed(changes)
	a.Push.Committed(changes)
	if a.Robot != nil {
		a.Robot.Committed(changes)
	}
	if a.options.Committed != nil {
		a.options.Committed(changes)
	}
}

func (a *App) build() error {
	c, o := a.config, a.options
	guard := ingress.New(ingress.Options{TrustedProxies: c.TrustedProxies, AllowedOrigins: c.AllowedOrigins, PublicURL: a.base})
	sender, err := a.sender()
	if err != nil {
		return err
	}
	a.mail = sender
	ids := change.NewIDs(o.Clock)
	if err := a.attachments(ids); err != nil {
		return err
	}
	party, _ := account.PasskeyPartyAt(a.base, cmp.Or(c.SiteName, "Happy Chat"))
	if a.others, err = a.providers(); err != nil {
		return err
	}
	a.Accounts = account.NewService(account.Options{
		Passkeys: party,
		Store:    a.Store, Mailer: letters{sender, a.base, o.Log}, IDs: ids, Clock: o.Clock, Hasher: o.Hasher, Rates: o.Rates,
		Used:    func(id change.ID) { a.counter.Used(id) },
		Ended:   func(id change.ID, sessions []change.ID, reason account.EndReason) { a.Hub.Ended(id, sessions, reason) },
		Created: func(ctx context.Context, who account.Account) error { return a.welcome(ctx, who) },
		Gone:    Forget(a.Store, ids, o.Clock), Avatars: a.Attachments,
		Closed: c.Registration == config.RegistrationClosed, Providers: a.others, Log: o.Log,
	})
	a.Conversations = conversation.NewService(conversation.Options{Store: a.Store, IDs: ids, Clock: o.Clock, Picture: a.Attachments.MakeAvatar})
	a.Stickers = sticker.NewService(sticker.Options{Store: a.Store, IDs: ids, Clock: o.Clock, Picture: a.Attachments.MakeSticker})
	a.Contacts = contact.NewService(a.Store, ids, o.Clock, func(ctx context.Context, x, y change.ID) error {
		_, err := a.Conversations.EnsureDirect(ctx, x, y)
		return err
	})
	a.Feedback = feedback.NewService(feedback.Options{Store: a.Store, IDs: ids, Clock: o.Clock, Show: a.show, Picture: a.picture, Answered: a.answered})
	a.Console = console.NewService(console.Options{
		Store: a.Store, Accounts: a.Accounts, Feedback: a.Feedback, IDs: ids, Clock: o.Clock, Zone: time.Local,
		Dissolve: a.Conversations.DissolveAs,
	})
	a.counter = console.NewCounter(a.Store, o.Clock, time.Local, func() int { return a.Hub.Connections() }, o.Log)
	a.Hub = realtime.New(realtime.Options{
		Authenticate: a.Accounts.Authenticate, StillUsed: a.Accounts.StillUsed, AllowLookup: a.Accounts.AllowLookup, AllowProfile: a.Accounts.AllowProfile, Base: a.base.String(), Conversations: a.Conversations,
		Ask:       a.ask,
		Directory: a.Store, Devices: a.Push, Bus: a.bus, Beat: o.Beat, Clock: o.Clock, Guard: guard, Log: o.Log,
	})
	if a.Robot, err = a.newRobot(ids); err != nil {
		return err
	}
	ui, err := webui.New(a.config.SiteName)
	if err != nil {
		return err
	}
	plain, err := lite.New(lite.Options{
		Accounts: a.Accounts, Contacts: a.Contacts, Conversations: a.Conversations, Attachments: a.Attachments,
		Clock: o.Clock, Guard: guard, Info: a.info, Zone: time.Local, Log: o.Log,
	})
	if err != nil {
		return err
	}
	downloads, err := webui.NewDownload(webui.DownloadOptions{Base: c.PublicURL, Secure: ingress.Secure, Name: c.SiteName, Language: string(c.Language)})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", a.viewed(ui))
	mux.Handle(lite.Prefix, a.viewed(plain))
	mux.Handle(lite.Prefix+"/", a.viewed(plain))
	mux.Handle("/download", a.viewed(downloads))
	mux.Handle("/download/", downloads)
	mux.Handle("/socket.io/", a.Hub)
	mux.Handle("/api/", httpapi.New(httpapi.Options{
		Accounts: a.Accounts, Contacts: a.Contacts, Conversations: a.Conversations, Attachments: a.Attachments,
		Stickers: a.Stickers, Feedback: a.Feedback, Console: a.Console, Push: a.Push,
		Archive: export.New(a.Accounts, a.Contacts, a.Conversations, a.Attachments, a.Stickers, a.Store, o.Clock),
		Live:    a.Hub, Clock: o.Clock, Guard: guard, Base: a.base.String(), Info: a.info, Log: o.Log,
	}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := a.Store.Ready(r.Context()); err != nil {
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ready\n")
	})
	a.http = &http.Server{
		Handler:           guard.Wrap(mux),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
	}
	return nil
}

// Forget gives what makes the other nouns forget an account, in the transaction
// that deletes it.
func Forget(store *sqlstore.Store, ids *change.IDs, clock change.Clock) func(ctx context.Context, id change.ID) error {
	contacts := contact.NewService(store, ids, clock, nil)
	conversations := conversation.NewService(conversation.Options{Store: store, IDs: ids, Clock: clock})
	stickers := sticker.NewService(sticker.Options{Store: store, IDs: ids, Clock: clock})
	return func(ctx context.Context, id change.ID) error {
		if err := stickers.Forget(ctx, id); err != nil {
			return err
		}
		if err := conversations.AccountGone(ctx, id); err != nil {
			return err
		}
		if err := store.ForgetPerson(ctx, id); err != nil {
			return err
		}
		return contacts.Forget(ctx, id)
	}
}

// ask sends a friend request, as often as anybody may.
func (a *App) ask(ctx context.Context, actor account.Actor, to change.ID, greeting string) error {
	if err := a.Accounts.AllowLookup(ctx, actor); err != nil {
		return err
	}
	_, err := a.Contacts.Ask(ctx, actor.AccountID, to, greeting, "")
	return err
}

// Noted gives what writes the commands that the command line gives into the log
// of what operators do.
func Noted(c *console.Service) func(ctx context.Context, action control.Action, a account.Account) error {
	actions := map[control.Action]console.Action{
		control.Create: console.Created, control.Activate: console.Activated, control.Password: console.PasswordSet,
		control.Owner: console.MadeOwner, control.Disable: console.Disabled, control.Enable: console.Enabled,
		control.Email: console.EmailSet, control.Factors: console.FactorsReset, control.Delete: console.Deleted,
	}
	return func(ctx context.Context, action control.Action, a account.Account) error {
		done, ok := actions[action]
		if !ok {
			return fmt.Errorf("%q was done to %s, and there is no word for it in the log", action, a.Username)
		}
		return c.Note(ctx, done, a)
	}
}

// Count writes down what was counted until now, which happens every minute by
// itself.
func (a *App) Count(ctx context.Context) error { return a.counter.Flush(ctx) }

// viewed counts the pages that people open. Who opens them is not looked at.
func (a *App) viewed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
			a.counter.Viewed()
		}
		next.ServeHTTP(w, r)
	})
}

// show gives what is reported as whoever reports it sees it.
func (a *App) show(ctx context.Context, actor change.ID, s feedback.Subject) (feedback.Subject, error) {
	var err error
	switch {
	case s.Seq != 0:
		var page conversation.Page
		if page, err = a.Conversations.History(ctx, actor, s.ConversationID, s.Seq-1, s.Seq+1, 1); err == nil {
			if len(page.Messages) == 0 {
				return s, feedback.ErrSubject
			}
			s.AccountID, s.Quote = page.Messages[0].SenderID, page.Messages[0].Body
		}
	case s.ConversationID != 0:
		_, err = a.Conversations.Get(ctx, actor, s.ConversationID)
	default:
		_, err = a.Store.Account(ctx, s.AccountID)
	}
	if change.KindOf(err) == change.NotFound && err != nil {
		err = feedback.ErrSubject
	}
	return s, err
}

// sender makes what gets mail out of the house.
func (a *App) sender() (*mail.Sender, error) {
	c := a.config
	var transport mail.Transport = &mail.Outbox{Folder: c.OutboxFolder(), Console: a.options.Console}
	from := c.SMTP.From
	if c.SMTP.Host != "" {
		transport = &mail.SMTP{Host: c.SMTP.Host, Port: c.SMTP.Port, Username: c.SMTP.Username, Password: c.SMTP.Password.Reveal(), TLS: mail.TLSMode(c.SMTP.TLS)}
	}
	if from == "" {
		from = "happychat@" + a.base.Hostname()
	}
	return mail.NewSender(mail.Options{Transport: transport, From: from, SiteName: c.SiteName, SiteLink: a.base.String(), Language: string(c.Language), Log: a.options.Log})
}

// invite prints the link with which the owner's account is made, as long as
// there is none.
func (a *App) invite(ctx context.Context) error {
	need, err := a.Accounts.NeedsSetup(ctx)
	if err != nil || !need {
		return err
	}
	token, err := a.Accounts.NewSetupToken(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.options.Console, "\nThere is no owner yet. Open this link to make the owner's account:\n\n    %s/setup#%s\n\n", a.base, token)
	return nil
}

func (a *App) info(ctx context.Context) (wire.Server, error) {
	setup, err := a.Accounts.NeedsSetup(ctx)
	delivery := "outbox"
	if a.config.SMTP.Host != "" {
		delivery = "smtp"
	}
	return wire.Server{
		Name: a.config.SiteName, Version: a.options.Version, Registration: string(a.config.Registration), Mail: delivery,
		Setup: setup, Language: string(a.config.Language), Limits: wire.NewLimits(a.Attachments.Limits()), Robot: a.robotInfo(), Providers: providerInfo(a.others),
		Passkeys: wire.NewPasskeyParty(a.Accounts.PasskeyParty()), Push: wire.NewPush(a.Push.PublicKey()),
	}, err
}

// URL is where the server is, as links in mails say.
func (a *App) URL() *url.URL { return a.base }

// Addr is what the server listens on.
func (a *App) Addr() net.Addr { return a.listener.Addr() }

// Wait returns when the server can not serve any more.
func (a *App) Wait(ctx context.Context) error {
	select {
	case err := <-a.served:
		a.served <- err
		return err
	case <-ctx.Done():
		return nil
	}
}

// socketsClose is how long sockets may take to hear that the server stops.
const socketsClose = 3 * time.Second

// Close stops in the order in which nothing is lost: no new requests, what runs
// is finished, sockets are drained, mail is tried once more, the store is
// closed. ctx bounds the waiting.
func (a *App) Close(ctx context.Context) error {
	var errs []error
	if a.control != nil {
		errs = append(errs, a.control.Close())
	}
	if a.http != nil {
		// Sockets first: those that poll need the listener to hear of it.
		sockets, cancel := context.WithTimeout(ctx, socketsClose)
		if err := a.Hub.Close(sockets); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			errs = append(errs, err)
		}
		cancel()
		if a.http.Shutdown(ctx) != nil {
			errs = append(errs, a.http.Close())
		}
	} else if a.listener != nil {
		errs = append(errs, a.listener.Close())
	}
	if a.stopWork != nil {
		a.stopWork()
		a.work.Wait()
	}
	if a.mail != nil {
		errs = append(errs, a.mail.Close(ctx))
	}
	if a.Store != nil {
		errs = append(errs, a.Store.Close())
	}
	a.leaveNodes()
	if a.lock != nil {
		errs = append(errs, a.lock.Unlock())
	}
	return errors.Join(errs...)
}

// letters turns what accounts want mailed into mail with links.
type letters struct {
	sender *mail.Sender
	base   *url.URL
	log    *slog.Logger
}

// Send implements account.Mailer.
func (l letters) Send(letter account.Letter) {
	m := mail.Message{To: letter.To, Language: letter.Language, Name: letter.Name, About: letter.About, Passkey: letter.Passkey, Alone: letter.Alone, With: letter.With, Expires: letter.Valid}
	page := ""
	switch letter.Kind {
	case account.LetterActivation:
		m.Kind, page = mail.Activation, "/activate"
	case account.LetterExists:
		m.Kind, page = mail.AlreadyRegistered, "/sign-in"
	case account.LetterReset:
		m.Kind, page = mail.PasswordReset, "/reset"
	case account.LetterPasswordChanged:
		m.Kind, page = mail.PasswordChanged, "/forgot"
	case account.LetterEmailProve:
		m.Kind, page = mail.EmailProve, "/confirm-email"
	case account.LetterEmailApprove:
		m.Kind, page = mail.EmailApprove, "/confirm-email"
	case account.LetterEmailChanged:
		m.Kind = mail.EmailChanged
	case account.LetterDeleted:
		m.Kind = mail.Deleted
	case account.LetterTOTPOn:
		m.Kind, page = mail.TOTPOn, "/forgot"
	case account.LetterTOTPOff:
		m.Kind, page = mail.TOTPOff, "/forgot"
	case account.LetterRecoveryCodes:
		m.Kind, page = mail.RecoveryCodes, "/forgot"
	case account.LetterFactorsReset:
		m.Kind = mail.FactorsReset
	case account.LetterPasskeyAdded:
		m.Kind, page = mail.PasskeyAdded, "/forgot"
	case account.LetterPasskeyRemoved:
		m.Kind, page = mail.PasskeyRemoved, "/forgot"
	case account.LetterLinked:
		m.Kind, page = mail.Linked, "/me/account"
	case account.LetterUnlinked:
		m.Kind, page = mail.Unlinked, "/me/account"
	}
	m.Link = l.base.String() + page
	if letter.Token != "" {
		m.Link += "#" + letter.Token
	}
	if err := l.sender.Send(m); err != nil {
		l.log.Error("letter not sent", "kind", letter.Kind, "err", err)
	}
}
