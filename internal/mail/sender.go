package mail

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Transport gets one letter out of the house.
//
// Deliver returns nil once the letter is somebody else's responsibility: taken
// by the SMTP server, or on disk. It returns an error that wraps ErrPermanent
// if trying again is pointless; any other error may pass with time. It gives up
// soon after ctx is done, and may be called from several goroutines at once.
type Transport interface {
	Deliver(ctx context.Context, l *Letter) error
}

// ErrPermanent marks a failure that trying again would not cure.
var ErrPermanent = errors.New("will not succeed")

var (
	// ErrQueueFull is returned by Send when as many letters are waiting as the
	// sender may hold.
	ErrQueueFull = errors.New("mail: too many letters are waiting")
	// ErrClosed is returned by Send after Close.
	ErrClosed = errors.New("mail: the sender is closed")
)

// Options of a Sender. Transport, From and Log are required.
type Options struct {
	Transport Transport
	// From is the address letters come from, "chat@example.com" or
	// "Family chat <chat@example.com>"; without a name the site's is shown.
	From     string
	SiteName string // empty: the product's name in the reader's language
	SiteLink string // where the site is, shown at the foot
	Language string // for messages that name none that letters are written in
	Log      *slog.Logger

	Queue   int             // letters held at most; 0 means 1000
	Workers int             // letters on their way at the same time; 0 means 4
	Timeout time.Duration   // for one attempt; 0 means a minute
	Backoff []time.Duration // wait before each further attempt; nil means 8 more within about 3 hours
	Now     func() time.Time
}

// A letter refused for now (a busy server, greylisting) usually gets through
// at the second or third of these.
var defaultBackoff = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 5 * time.Minute,
	15 * time.Minute, 30 * time.Minute, time.Hour, time.Hour,
}

// Sender holds letters until they are delivered. Send never waits for the
// network, so how long it takes says nothing about the letter. Letters to one
// address leave one after the other, in the order in which they were sent but
// for those that were refused for now: of two links, the one that still works
// arrives last.
type Sender struct {
	options Options
	writer  *writer
	stop    context.CancelFunc // ends attempts that are under way
	stopped context.Context
	idle    chan struct{} // closed when the last worker has gone home
	workers sync.WaitGroup

	mu       sync.Mutex
	waiting  []*attempt      // not yet given to a worker, in the order of arrival
	underWay map[string]bool // addresses that a worker is sending to
	held     int             // waiting and under way
	closed   bool
	changed  chan struct{} // closed and replaced whenever waiting or closed change
}

type attempt struct {
	message Message
	letter  *Letter // nil until the first attempt
	tried   int
	due     time.Time
}

// NewSender starts the workers. End them with Close.
func NewSender(o Options) (*Sender, error) {
	if o.Queue == 0 {
		o.Queue = 1000
	}
	if o.Workers == 0 {
		o.Workers = 4
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.Backoff == nil {
		o.Backoff = defaultBackoff
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	w, err := newWriter(o)
	if err != nil {
		return nil, err
	}
	s := &Sender{options: o, writer: w, underWay: make(map[string]bool), idle: make(chan struct{}), changed: make(chan struct{})}
	s.stopped, s.stop = context.WithCancel(context.Background())
	for range o.Workers {
		s.workers.Go(s.work)
	}
	go func() {
		s.workers.Wait()
		close(s.idle)
	}()
	return s, nil
}

// Send queues a letter. It returns an error if the message is malformed, the
// queue is full or the sender is closed; what happens to a queued letter is
// told by the log only.
func (s *Sender) Send(m Message) error {
	if err := m.validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return ErrClosed
	case s.held >= s.options.Queue:
		return ErrQueueFull
	}
	s.held++
	s.waiting = append(s.waiting, &attempt{message: m, due: s.options.Now()})
	s.wake()
	return nil
}

// Close takes no more letters, tries each that is still held once more without
// waiting for its turn, and returns when all are settled or ctx is done. What
// is left then is dropped, with a line in the log for each.
func (s *Sender) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	s.wake()
	s.mu.Unlock()
	defer s.stop()
	select {
	case <-s.idle:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	left := s.waiting
	s.waiting = nil
	s.wake()
	s.mu.Unlock()
	for _, a := range left {
		s.drop(a, ctx.Err())
	}
	s.stop()
	<-s.idle
	return ctx.Err()
}

// wake tells every worker that the queue is another one. Callers hold mu.
func (s *Sender) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Sender) work() {
	for {
		a := s.next()
		if a == nil {
			return
		}
		retry := s.try(a)
		s.mu.Lock()
		delete(s.underWay, a.message.To)
		if retry {
			s.waiting = append(s.waiting, a)
		} else {
			s.held--
		}
		s.wake()
		s.mu.Unlock()
	}
}

// next waits for a letter that is due, to an address that nobody is sending to.
// It returns nil when the sender is closed and nothing is left.
func (s *Sender) next() *attempt {
	for {
		s.mu.Lock()
		earliest := -1
		for i, a := range s.waiting {
			if s.underWay[a.message.To] {
				continue
			}
			if earliest < 0 || a.due.Before(s.waiting[earliest].due) {
				earliest = i
			}
		}
		changed := s.changed
		if earliest < 0 {
			done := s.closed && len(s.waiting) == 0
			s.mu.Unlock()
			if done {
				return nil
			}
			<-changed
			continue
		}
		a := s.waiting[earliest]
		wait := a.due.Sub(s.options.Now())
		if wait <= 0 || s.closed {
			s.waiting = slices.Delete(s.waiting, earliest, earliest+1)
			s.underWay[a.message.To] = true
			s.mu.Unlock()
			return a
		}
		s.mu.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-changed:
			timer.Stop()
		}
	}
}

// try makes one attempt and reports whether there is to be another.
func (s *Sender) try(a *attempt) (retry bool) {
	if a.letter == nil {
		letter, err := s.writer.write(a.message)
		if err != nil {
			s.drop(a, err)
			return false
		}
		a.letter = letter
	}
	a.tried++
	ctx, cancel := context.WithTimeout(s.stopped, s.options.Timeout)
	err := s.options.Transport.Deliver(ctx, a.letter)
	cancel()
	if err == nil {
		s.options.Log.Info("mail sent", "kind", a.message.Kind, "to", a.message.To, "attempt", a.tried)
		return false
	}
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if errors.Is(err, ErrPermanent) || a.tried > len(s.options.Backoff) || closed {
		s.drop(a, err)
		return false
	}
	wait := s.options.Backoff[a.tried-1]
	s.options.Log.Warn("mail not sent yet", "kind", a.message.Kind, "to", a.message.To, "attempt", a.tried, "again_in", wait, "reason", err)
	a.due = s.options.Now().Add(wait)
	return true
}

func (s *Sender) drop(a *attempt, reason error) {
	s.options.Log.Error("mail given up", "kind", a.message.Kind, "to", a.message.To, "attempts", a.tried, "reason", reason)
}
