// Package ratelimit counts tries by key and says when there were too many. It
// keeps a bounded number of keys in the memory of one node: it slows guessing
// down, and is no means of keeping accounts.
package ratelimit

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/change"
)

// Rate allows Burst tries at once, and one more each Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// Limiter keeps one bucket for each key. It is safe for concurrent use.
type Limiter struct {
	clock change.Clock
	every int64 // ms
	burst int64
	size  int

	mu     sync.Mutex
	byKey  map[string]*list.Element
	recent *list.List // of *bucket, the latest used first
}

// bucket is empty from full on: a try costs `every`, and as much as burst times
// that may be borrowed from the time to come (the generic cell rate algorithm).
type bucket struct {
	key  string
	full int64 // when all tries are available again, in ms
}

// New makes a limiter that remembers at most size keys: the one that was not
// used for longest is forgotten for a new one.
func New(clock change.Clock, rate Rate, size int) *Limiter {
	return &Limiter{
		clock: clock, every: max(1, change.Ms(rate.Every)), burst: int64(rate.Burst), size: size,
		byKey: map[string]*list.Element{}, recent: list.New(),
	}
}

// Take uses up one try of key. If there is none left it returns when the next
// one will be, and takes nothing.
func (l *Limiter) Take(key string) (wait time.Duration, ok bool) {
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(key)
	full := max(b.full, now) + l.every
	if over := full - now - l.burst*l.every; over > 0 {
		return time.Duration(over) * time.Millisecond, false
	}
	b.full = full
	return 0, true
}

// Check is Take with an error to be shown when there is none left.
func (l *Limiter) Check(key string) error {
	wait, ok := l.Take(key)
	if ok {
		return nil
	}
	seconds := max(1, int(wait.Round(time.Second)/time.Second))
	err := change.Errorf(change.RateLimited, "request.too_many", "These were too many tries. Try again in %d seconds.", seconds)
	err.RetryAfter = time.Duration(seconds) * time.Second
	return err
}

// Return gives a try back, one that turned out to be no guess.
func (l *Limiter) Return(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.byKey[key]; e != nil {
		e.Value.(*bucket).full -= l.every
	}
}

func (l *Limiter) bucket(key string) *bucket {
	if e := l.byKey[key]; e != nil {
		l.recent.MoveToFront(e)
		return e.Value.(*bucket)
	}
	for len(l.byKey) >= l.size {
		oldest := l.recent.Back()
		delete(l.byKey, l.recent.Remove(oldest).(*bucket).key)
	}
	b := &bucket{key: key}
	l.byKey[key] = l.recent.PushFront(b)
	return b
}

// Network is what an address counts as: itself for IPv4, the /64 for IPv6,
// because that is what one household gets (RFC 6177). What is no address
// counts as itself.
func Network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return address
	}
	return p.Masked().String()
}
