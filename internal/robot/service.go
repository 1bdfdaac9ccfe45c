package robot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/ratelimit"
	"github.com/happychat/happychat/internal/robot/offline"
)

// Options are what the robot works with.
type Options struct {
	Store         Store
	Contacts      *contact.Service
	Conversations *conversation.Service
	IDs           *change.IDs
	Clock         change.Clock
	Log           *slog.Logger
	// Language of the installation, in which the robot is named.
	Language string
	// Zone is where people are who have not told.
	Zone *time.Location
	// Typing tells the others in a conversation that the robot writes.
	Typing func(ctx context.Context, actor, conversation change.ID) error
	// Facts tells of the server; People is filled in.
	Facts func() offline.Server
	// Random gives the luck for one answer; nil: that of the machine.
	Random func() *rand.Rand

	// Endpoint may be nil: everything is answered by the robot's own wit.
	Endpoint Endpoint
	// System is said to the endpoint before every conversation; empty: what is
	// said by default.
	System string
	// Budget is how many answers of the endpoint somebody has a day.
	Budget int
	// Alone: no other node uses the store, so what is unfinished at the start
	// will be finished by nobody.
	Alone bool
	// Gap is how often at most a message that grows is changed.
	Gap time.Duration
}

// Service is the robot at work.
type Service struct {
	Options
	self account.Account

	heard  chan heard
	asked  chan change.ID // friend requests
	places *places
	lanes  *lanes
	pace   *ratelimit.Limiter
	asides *ratelimit.Limiter // how often somebody is asked to slow down
	work   sync.WaitGroup
	talks  chan struct{} // holds one for each conversation with the endpoint
}

// What the robot does at once, and how much may wait.
const (
	heardAtOnce    = 8192
	askedAtOnce    = 1024
	lanesAtOnce    = 512
	laneLength     = 8
	endpointAtOnce = 8
	// paceBurst answers may be asked for at once, and one more each paceEvery.
	paceBurst = 20
	paceEvery = 3 * time.Second
)

// NewService makes the robot, which does nothing until Prepare and Run.
func NewService(o Options) *Service {
	if o.Random == nil {
		o.Random = func() *rand.Rand { return rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())) }
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Gap = cmp.Or(o.Gap, 250*time.Millisecond)
	s := &Service{
		Options: o,
		heard:   make(chan heard, heardAtOnce),
		asked:   make(chan change.ID, askedAtOnce),
		places:  &places{},
		pace:    ratelimit.New(o.Clock, ratelimit.Rate{Burst: paceBurst, Every: paceEvery}, 10_000),
		asides:  ratelimit.New(o.Clock, ratelimit.Rate{Burst: 1, Every: time.Minute}, 10_000),
		talks:   make(chan struct{}, endpointAtOnce),
	}
	s.lanes = &lanes{byPlace: map[change.ID]*lane{}}
	return s
}

// Prepare makes the robot's account if there is none. It must have returned
// before anything is written.
func (s *Service) Prepare(ctx context.Context) error { return s.ensureAccount(ctx) }

// retryMeeting is after how long the robot goes on befriending people when
// something was in its way: the database, or another node that befriends the
// same ones.
const retryMeeting = 5 * time.Second

// meetAll makes the robot a friend of everybody who was here before it, piece
// by piece, and rests after each as long as it took, so that others write
// meanwhile. Whoever is a friend is no stranger any more: the next start goes
// on where this one stopped.
func (s *Service) meetAll(ctx context.Context) {
	rest := time.NewTimer(0)
	defer rest.Stop()
	for after := change.ID(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-rest.C:
		}
		began := time.Now()
		last, err := s.meet(ctx, after)
		switch {
		case err != nil && ctx.Err() == nil:
			s.Log.Warn("robot: those who were here before are befriended later", "err", err)
			rest.Reset(retryMeeting)
			continue
		case err != nil || last == 0:
			return
		}
		after = last
		rest.Reset(time.Since(began))
	}
}

// meet makes the robot a friend of the next strangers, and gives the last of
// them; 0 if there are none.
func (s *Service) meet(ctx context.Context, after change.ID) (last change.ID, err error) {
	// Mostly there are none: that is found out without keeping writers waiting.
	if list, err := s.Store.Strangers(ctx, s.self.ID, after, 1); err != nil || len(list) == 0 {
		return 0, err
	}
	err = s.Store.Update(ctx, func(ctx context.Context) error {
		list, err := s.Store.Strangers(ctx, s.self.ID, after, introduceAtOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		last = list[len(list)-1].ID
		return s.introduce(ctx, list)
	})
	return last, err
}

func (s *Service) ensureAccount(ctx context.Context) error {
	return s.Store.Update(ctx, func(ctx context.Context) error {
		have, err := s.Store.RobotAccount(ctx, Name)
		if s.self = have; err == nil && have.State == account.Disabled {
			have.State = account.Active
			s.self, err = s.Store.PutAccount(ctx, have)
		}
		if !errors.Is(err, change.ErrNotFound) {
			return err
		}
		for _, username := range usernames {
			s.self, err = s.Store.CreateAccount(ctx, account.Account{
				ID: s.IDs.Next(), Kind: account.Robot, Username: username, Name: displayName(s.Language),
				Role: account.User, State: account.Active, Language: s.Language, CreatedAt: s.Clock.Now(),
			})
			if !errors.Is(err, account.ErrTaken) {
				break
			}
		}
		if err != nil {
			return err
		}
		return s.Store.PutRobot(ctx, Name, s.self.ID)
	})
}

// Retire keeps people from writing to a robot that is not there any more.
func Retire(ctx context.Context, store Store) error {
	return store.Update(ctx, func(ctx context.Context) error {
		have, err := store.RobotAccount(ctx, Name)
		if errors.Is(err, change.ErrNotFound) || err == nil && have.State == account.Disabled {
			return nil
		}
		if err != nil {
			return err
		}
		have.State = account.Disabled
		_, err = store.PutAccount(ctx, have)
		return err
	})
}

// introduce makes friends of the robot and those who were here before it. Their
// conversation is as old as their account: it does not push itself forward.
func (s *Service) introduce(ctx context.Context, people []account.Account) error {
	list := make([]Acquaintance, len(people))
	for i, a := range people {
		list[i] = Acquaintance{Account: a, ConversationID: s.IDs.Next(), Since: a.CreatedAt}
	}
	return s.Store.Introduce(ctx, s.self, list)
}

// Welcome makes a friend of somebody new, in the transaction that makes their
// account, and greets them when it is committed.
func (s *Service) Welcome(ctx context.Context, a account.Account) error {
	if a.Kind != account.Person || s.self.ID == 0 {
		return nil
	}
	place := s.IDs.Next()
	if err := s.Store.Introduce(ctx, s.self, []Acquaintance{{Account: a, ConversationID: place, Since: a.CreatedAt}}); err != nil {
		return err
	}
	s.Store.AfterCommit(ctx, func() {
		s.greet(place, a, offline.Greeting(a.Language == chinese, s.self.Name, a.Name), "greeting-"+a.ID.String())
	})
	return nil
}

// greet sends a text that nobody has asked for, without waiting.
func (s *Service) greet(place change.ID, to account.Account, text, clientID string) {
	s.Conversations.Submit(context.Background(), s.self.ID, place, conversation.Draft{ClientID: clientID, Body: text}, func(_ conversation.Delta, err error) {
		if err != nil {
			s.Log.Warn("robot: nobody greeted", "account", to.ID, "err", err)
		}
	})
}

// Tell says a text to somebody alone, once for each key, however often it is
// called. Whoever has removed or blocked the robot is left in peace, which is
// no error.
func (s *Service) Tell(ctx context.Context, to change.ID, key, text string) error {
	direct, err := s.Conversations.OpenDirect(ctx, s.self.ID, to)
	if err != nil {
		return unlessUnwanted(err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", to, key))
	_, err = s.Conversations.Send(ctx, s.self.ID, direct.ConversationID, conversation.Draft{ClientID: fmt.Sprintf("tell-%x", sum[:16]), Body: text})
	return unlessUnwanted(err)
}

// Forget removes what the robot keeps of somebody whose account is deleted.
func (s *Service) Forget(ctx context.Context, id change.ID) error {
	return s.Store.ForgetPerson(ctx, id)
}

// Host is where words go that the robot does not answer by itself; empty if
// there is no endpoint.
func (s *Service) Host() string {
	if s.Endpoint == nil {
		return ""
	}
	return s.Endpoint.Host()
}

// Account is the robot's own.
func (s *Service) Account() account.Account { return s.self }

// Run befriends those who do not know the robot yet, listens, answers and
// reminds until ctx ends, and then finishes what it says.
func (s *Service) Run(ctx context.Context) {
	const (
		remindEvery  = time.Second
		recoverEvery = time.Minute
	)
	if s.Alone {
		s.finishAll(ctx, 0)
	}
	s.recover(ctx)
	remind, again := time.NewTicker(remindEvery), time.NewTicker(recoverEvery)
	defer remind.Stop()
	defer again.Stop()
	s.work.Go(func() { s.listen(ctx) })
	s.work.Go(func() { s.meetAll(ctx) })
	for {
		select {
		case <-ctx.Done():
			s.work.Wait()
			return
		case <-remind.C:
			s.Remind(ctx)
		case <-again.C:
			s.finishAll(ctx, abandoned)
			s.recover(ctx)
		}
	}
}
