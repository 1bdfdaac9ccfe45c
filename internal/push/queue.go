package push

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
)

const (
	// mattersAtOnce is in how many conversations something new may wait to be
	// looked at, callsAtOnce how many calls may wait, and callers how many are
	// made at once.
	mattersAtOnce = 10_000
	callsAtOnce   = 1024
	callers       = 16
	// reviewEvery is how often what is new is looked at: many messages of one
	// conversation are then looked at once.
	reviewEvery = 100 * time.Millisecond
	// freshFor is for how long after it was made something is new: its row is
	// told again when something else of it changes.
	freshFor = time.Minute
)

// matter is where something is new: a conversation, or what is somebody's own.
type matter struct {
	scope change.Scope
	// session is the only one that is to be called; 0: all whom it concerns.
	session change.ID
}

// mentioned are those who were mentioned.
type mentioned struct {
	all bool
	ids []change.ID
}

// queue holds the matters that are to be looked at.
type queue struct {
	mu      sync.Mutex
	waiting map[matter]mentioned
	some    chan struct{} // holds one while there are any
}

// put never blocks. What is beyond the bound is told with what comes next.
func (q *queue) put(m matter, who mentioned) {
	q.mu.Lock()
	defer q.mu.Unlock()
	have, ok := q.waiting[m]
	if !ok && len(q.waiting) >= mattersAtOnce {
		return
	}
	if q.waiting == nil {
		q.waiting = map[matter]mentioned{}
	}
	have.all = have.all || who.all
	have.ids = append(have.ids, who.ids...)
	q.waiting[m] = have
	select {
	case q.some <- struct{}{}:
	default:
	}
}

func (q *queue) take() map[matter]mentioned {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.waiting
	q.waiting = nil
	return list
}

// Committed hears what was committed on this node, which is the one that calls.
// It never blocks.
func (s *Service) Committed(changes []change.Change) {
	if s.Caller == nil {
		return
	}
	now := s.Clock.Now()
	for _, c := range changes {
		for _, row := range c.Rows {
			switch r := row.(type) {
			case conversation.Message:
				if r.EditedAt == 0 && fresh(r.CreatedAt, now) {
					s.queue.put(matter{scope: c.Scope}, mentioned{all: r.MentionsAll, ids: r.Mentions})
				}
			case contact.Request:
				if c.Scope.ID == r.To.ID && r.State == contact.Pending && fresh(r.CreatedAt, now) {
					s.queue.put(matter{scope: c.Scope}, mentioned{})
				}
			case conversation.Invitation:
				if c.Scope.ID == r.To && r.State == conversation.Pending && fresh(r.CreatedAt, now) {
					s.queue.put(matter{scope: c.Scope}, mentioned{})
				}
			}
		}
	}
}

func fresh(at, now int64) bool { return now-at < freshFor.Milliseconds() }

// review looks at what is new until ctx is done.
func (s *Service) review(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.queue.some:
		}
		for m, who := range s.queue.take() {
			if err := s.consider(ctx, m, who); err != nil && ctx.Err() == nil {
				s.Log.Warn("nobody called: it could not be looked up who is concerned", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(reviewEvery):
		}
	}
}

// consider has those called whom a matter concerns and who do not see it
// without.
func (s *Service) consider(ctx context.Context, m matter, who mentioned) error {
	list, err := s.concerned(ctx, m, who)
	if err != nil || len(list) == 0 {
		return err
	}
	ids := make([]change.ID, len(list))
	for i, v := range list {
		ids[i] = v.SessionID
	}
	live := map[change.ID]bool{}
	for _, id := range s.Live().Live(ids) {
		live[id] = true
	}
	now := s.Clock.Now()
	var called []change.ID
	var calls []Subscription
	for _, v := range list {
		m.session = v.SessionID
		if s.devices.mayCall(m, live[v.SessionID], now) {
			called = append(called, v.SessionID)
			calls = append(calls, v)
		}
	}
	s.Live().TellCalled(called)
	for _, v := range calls {
		select {
		case s.calls <- v:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// concerned lists the subscriptions of those whom a matter concerns.
func (s *Service) concerned(ctx context.Context, m matter, who mentioned) ([]Subscription, error) {
	now := s.Clock.Now()
	if m.scope.Kind == change.User {
		list, err := s.Store.Subscriptions(ctx, m.scope.ID, now)
		return slices.DeleteFunc(list, func(v Subscription) bool { return m.session != 0 && v.SessionID != m.session }), err
	}
	concerns, err := s.Store.Concerned(ctx, m.scope.ID, now)
	var list []Subscription
	for _, c := range concerns {
		if m.session != 0 && c.SessionID != m.session || c.Muted && !who.all && !slices.Contains(who.ids, c.AccountID) {
			continue
		}
		list = append(list, c.Subscription)
	}
	return list, err
}

// call calls devices until ctx is done.
func (s *Service) call(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case v := <-s.calls:
			s.callOne(ctx, v)
		}
	}
}

func (s *Service) callOne(ctx context.Context, v Subscription) {
	answer, err := s.Caller.Call(ctx, v)
	if ctx.Err() != nil {
		return
	}
	switch {
	case answer.Gone:
		s.devices.forget(v.SessionID)
		if err := s.Store.Update(ctx, func(ctx context.Context) error {
			return s.Store.DeleteSubscription(ctx, v.SessionID, v.Endpoint)
		}); err != nil && ctx.Err() == nil {
			s.Log.Warn("a subscription that is over was not removed", "session", v.SessionID, "err", err)
		}
	case answer.Later:
		s.devices.failed(v.SessionID, answer.After, s.Clock.Now())
	default:
		s.devices.reached(v.SessionID)
	}
	if err != nil {
		s.Log.Info("a device was not called", "session", v.SessionID, "over", answer.Gone, "again", answer.Later, "err", err)
	}
}

// watchEvery is how often devices are looked at that may be called again.
const watchEvery = time.Second

// watch calls again for what devices were not called for in time, until ctx is
// done.
func (s *Service) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, m := range s.devices.due(s.Clock.Now()) {
				s.queue.put(m, mentioned{all: true})
			}
		}
	}
}
