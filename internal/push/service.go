package push

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Live is what is known of who is connected, on all nodes.
type Live interface {
	// Live gives those of the sessions that are connected.
	Live(sessions []change.ID) []change.ID
	// TellCalled tells the other nodes that these sessions were called, and
	// TellSeen that one has been seen since.
	TellCalled(sessions []change.ID)
	TellSeen(session change.ID)
}

// Options are what push is made of.
type Options struct {
	Store  Store
	Caller Caller // nil: push is switched off
	// Hosts are machines that whoever runs the server named.
	Hosts []string
	// Live is asked only after something was committed.
	Live  func() Live
	Clock change.Clock
	Log   *slog.Logger
}

// Service knows where devices are called, and calls them. It is safe for
// concurrent use.
type Service struct {
	Options
	queue   queue
	devices devices
	calls   chan Subscription
}

// NewService makes one. It calls nobody until it runs.
func NewService(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{Options: o, calls: make(chan Subscription, callsAtOnce)}
	s.queue.some = make(chan struct{}, 1)
	return s
}

// PublicKey is what devices subscribe with; "" where push is switched off.
func (s *Service) PublicKey() string {
	if s.Caller == nil {
		return ""
	}
	return s.Caller.PublicKey()
}

// Subscribe has the actor's session called from now on, at that place only.
func (s *Service) Subscribe(ctx context.Context, actor account.Actor, v Subscription) error {
	if s.Caller == nil {
		return ErrOff
	}
	v, err := Checked(v, func(host string) bool {
		return slices.ContainsFunc(s.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
	})
	if err != nil {
		return err
	}
	v.SessionID, v.AccountID, v.CreatedAt = actor.SessionID, actor.AccountID, s.Clock.Now()
	err = s.Store.Update(ctx, func(ctx context.Context) error { return s.Store.PutSubscription(ctx, v) })
	if errors.Is(err, change.ErrNotFound) {
		return account.ErrSignedOut
	}
	s.devices.forget(actor.SessionID) // how often the place before failed means nothing here
	return err
}

// Unsubscribe has the actor's session called no more.
func (s *Service) Unsubscribe(ctx context.Context, actor account.Actor) error {
	return s.Store.Update(ctx, func(ctx context.Context) error { return s.Store.DeleteSubscription(ctx, actor.SessionID, "") })
}

// Seen notes that the device of a session has shown itself: it may be called
// again at once.
func (s *Service) Seen(session change.ID) {
	if s.Caller == nil {
		return
	}
	m, late, was := s.devices.seen(session, s.Clock.Now())
	if was {
		s.Live().TellSeen(session)
	}
	if late {
		s.queue.put(m, mentioned{all: true})
	}
}

// SeenElsewhere notes what Seen was told on other nodes.
func (s *Service) SeenElsewhere(sessions []change.ID) {
	now := s.Clock.Now()
	for _, id := range sessions {
		if m, late, _ := s.devices.seen(id, now); late {
			s.queue.put(m, mentioned{all: true})
		}
	}
}

// CalledElsewhere notes that another node has called devices.
func (s *Service) CalledElsewhere(sessions []change.ID) {
	now := s.Clock.Now()
	for _, id := range sessions {
		s.devices.called(id, now)
	}
}

// Lost has devices called for what they were not called for because they were
// connected, or seemed to be.
func (s *Service) Lost(sessions []change.ID) {
	now := s.Clock.Now()
	for _, id := range sessions {
		if m, ok := s.devices.missed(id, now); ok {
			s.queue.put(m, mentioned{all: true})
		}
	}
}

// Run calls devices until ctx is done. What waits then is not called for.
func (s *Service) Run(ctx context.Context) {
	if s.Caller == nil {
		return
	}
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { s.watch(ctx) })
	for range callers {
		work.Go(func() { s.call(ctx) })
	}
	s.review(ctx)
}
