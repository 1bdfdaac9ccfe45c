package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// script is a transport whose answers are written down beforehand; after the
// last of them it takes everything.
type script struct {
	mu      sync.Mutex
	answers []error
	at      []time.Time
	taken   []*Letter
	block   chan struct{} // if set, Deliver waits for it or for its context
	busy    int
	most    int
}

func (s *script) Deliver(ctx context.Context, l *Letter) error {
	s.mu.Lock()
	s.busy++
	s.most = max(s.most, s.busy)
	s.at = append(s.at, time.Now())
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.busy--
		s.mu.Unlock()
	}()
	if s.block != nil {
		select {
		case <-s.block:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.answers) > 0 {
		answer := s.answers[0]
		s.answers = s.answers[1:]
		if answer != nil {
			return answer
		}
	}
	s.taken = append(s.taken, l)
	return nil
}

func (s *script) letters() []*Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken
}

func testMessage(to string) Message {
	return Message{Kind: Activation, To: to, Language: "en", Link: "http://localhost/activate#x", Expires: time.Hour}
}

func newTestSender(t *testing.T, transport Transport, change func(*Options)) (*Sender, *bytes.Buffer) {
	t.Helper()
	var lines bytes.Buffer
	o := Options{Transport: transport, From: "chat@example.com", SiteLink: "http://localhost", Log: slog.New(slog.NewTextHandler(&lines, nil))}
	if change != nil {
		change(&o)
	}
	s, err := NewSender(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, &lines
}

func TestRetriesWithGrowingPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := errors.New("try again later")
		transport := &script{answers: []error{busy, busy, busy}}
		s, _ := newTestSender(t, transport, nil)
		start := time.Now()
		if err := s.Send(testMessage("ann@example.com")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour) // of the test's own clock
		synctest.Wait()
		var pauses []time.Duration
		for _, at := range transport.at {
			pauses = append(pauses, at.Sub(start))
		}
		if got, want := fmt.Sprint(pauses), "[0s 5s 35s 2m35s]"; got != want {
			t.Errorf("attempts at %s, want %s", got, want)
		}
		if len(transport.letters()) != 1 {
			t.Errorf("%d letters", len(transport.letters()))
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &script{answers: []error{fmt.Errorf("no such mailbox: %w", ErrPermanent)}}
		s, lines := newTestSender(t, transport, nil)
		_ = s.Send(testMessage("nobody@example.com"))
		synctest.Wait()
		if len(transport.at) != 1 || !strings.Contains(lines.String(), "no such mailbox") || !strings.Contains(lines.String(), "mail given up") {
			t.Errorf("%d attempts; log: %s", len(transport.at), lines)
		}
		for range 20 {
			transport.answers = append(transport.answers, errors.New("busy"))
		}
		_ = s.Send(testMessage("ann@example.com"))
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if got, want := len(transport.at)-1, 1+len(defaultBackoff); got != want {
			t.Errorf("%d attempts, want %d", got, want)
		}
		if s.held != 0 {
			t.Errorf("%d letters still held", s.held)
		}
		_ = s.Close(t.Context())
	})
}

func TestOneThatFailsHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &script{answers: []error{errors.New("busy"), errors.New("busy")}}
		s, _ := newTestSender(t, transport, func(o *Options) { o.Workers = 1 })
		for i := range 3 {
			_ = s.Send(testMessage(fmt.Sprintf("p%d@example.com", i)))
		}
		synctest.Wait()
		if n := len(transport.letters()); n != 1 {
			t.Errorf("%d letters at once, want the third one", n)
		}
		time.Sleep(time.Minute)
		if n := len(transport.letters()); n != 3 {
			t.Errorf("%d letters a minute later", n)
		}
		_ = s.Close(t.Context())
	})
}

func TestLettersToOneAddressKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &script{block: make(chan struct{})}
		s, _ := newTestSender(t, transport, nil)
		for i := range 3 {
			m := testMessage("ann@example.com")
			m.Link = fmt.Sprintf("http://localhost/activate#%d", i)
			_ = s.Send(m)
		}
		_ = s.Send(testMessage("bea@example.com"))
		synctest.Wait()
		if transport.busy != 2 {
			t.Errorf("%d under way, want one for each address", transport.busy)
		}
		close(transport.block)
		synctest.Wait()
		next := 0
		for _, l := range transport.letters() {
			if l.To != "ann@example.com" {
				continue
			}
			if want := fmt.Sprintf("#%d", next); !strings.Contains(l.Text, want) {
				t.Errorf("letter %d does not hold %s:\n%s", next, want, l.Text)
			}
			next++
		}
		if next != 3 {
			t.Errorf("%d letters, want 3", next)
		}
		_ = s.Close(t.Context())
	})
}

func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &script{block: make(chan struct{})}
		s, _ := newTestSender(t, transport, func(o *Options) { o.Queue, o.Workers = 10, 3 })
		for i := range 10 {
			if err := s.Send(testMessage(fmt.Sprintf("p%d@example.com", i))); err != nil {
				t.Fatalf("letter %d: %v", i, err)
			}
		}
		synctest.Wait()
		if err := s.Send(testMessage("ann@example.com")); !errors.Is(err, ErrQueueFull) {
			t.Errorf("the eleventh: %v", err)
		}
		if err := s.Send(testMessage("not an address")); err == nil || errors.Is(err, ErrQueueFull) {
			t.Errorf("a malformed one: %v", err)
		}
		close(transport.block)
		synctest.Wait()
		if err := s.Send(testMessage("ann@example.com")); err != nil {
			t.Errorf("after the others were sent: %v", err)
		}
		if transport.most != 3 {
			t.Errorf("%d at the same time, want 3", transport.most)
		}
		_ = s.Close(t.Context())
		if n := len(transport.letters()); n != 11 {
			t.Errorf("%d letters", n)
		}
	})
}

func TestCloseSendsWhatIsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &script{answers: []error{errors.New("busy")}}
		s, _ := newTestSender(t, transport, nil)
		_ = s.Send(testMessage("ann@example.com"))
		synctest.Wait() // now waiting for its second attempt
		start := time.Now()
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if len(transport.letters()) != 1 || time.Since(start) > 0 {
			t.Errorf("%d letters after %v", len(transport.letters()), time.Since(start))
		}
		if err := s.Send(testMessage("ann@example.com")); !errors.Is(err, ErrClosed) {
			t.Errorf("send after close: %v", err)
		}
	})
}

func TestCloseHasADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &script{block: make(chan struct{})}
		s, lines := newTestSender(t, transport, func(o *Options) { o.Workers, o.Timeout = 1, time.Hour })
		_ = s.Send(testMessage("ann@example.com"))
		_ = s.Send(testMessage("bea@example.com"))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		if err := s.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("close: %v", err)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("close took %v", took)
		}
		if got := strings.Count(lines.String(), "mail given up"); got != 2 {
			t.Errorf("%d lines about lost letters, want 2:\n%s", got, lines)
		}
	})
}

func TestAnAttemptHasATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &script{block: make(chan struct{})}
		s, lines := newTestSender(t, transport, func(o *Options) { o.Timeout = 10 * time.Second })
		_ = s.Send(testMessage("ann@example.com"))
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if !strings.Contains(lines.String(), "deadline exceeded") {
			t.Errorf("log: %s", lines)
		}
		close(transport.block)
		time.Sleep(time.Minute)
		if len(transport.letters()) != 1 {
			t.Error("not sent afterwards")
		}
		_ = s.Close(t.Context())
	})
}
