package console

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

// dayLayout is how days are named.
const dayLayout = "2006-01-02"

// Statistics gives the counts of the last days, the oldest first, days on which
// nothing happened included.
func (s *Service) Statistics(ctx context.Context, actor account.Actor, days int) ([]Day, error) {
	if err := mayLook(actor); err != nil {
		return nil, err
	}
	days = max(1, min(days, MaxDays))
	today := time.UnixMilli(s.Clock.Now()).In(s.Zone)
	from := today.AddDate(0, 0, 1-days)
	counts, err := s.Store.DayCounts(ctx, from.Format(dayLayout))
	if err != nil {
		return nil, err
	}
	list := make([]Day, days)
	for i := range list {
		date := from.AddDate(0, 0, i).Format(dayLayout)
		list[i] = Day{Date: date, Counts: counts[date]}
	}
	return list, nil
}

// How often counts are written, and for how long it is kept who was there and
// who signed in.
const (
	flushEvery  = time.Minute
	signInsKept = 180 * 24 * time.Hour
)

// Counter counts what happens on this node and writes it down once a minute:
// what a crash loses is at most that.
type Counter struct {
	store       Store
	clock       change.Clock
	zone        *time.Location
	connections func() int
	log         *slog.Logger

	mu      sync.Mutex
	written written
	add     map[Count]int64
	// active are those who were there on day: true as long as it is not noted.
	day    string
	active map[change.ID]bool
}

// NewCounter makes a counter. connections tells how many there are now.
func NewCounter(store Store, clock change.Clock, zone *time.Location, connections func() int, log *slog.Logger) *Counter {
	return &Counter{store: store, clock: clock, zone: zone, connections: connections, log: log, add: map[Count]int64{}, active: map[change.ID]bool{}}
}

// written is what the store has of a day that this node counted.
type written struct {
	day                                    string
	active, signIns, accounts, connections int64
}

// covers tells whether writing w would change nothing.
func (before written) covers(w written) bool {
	return w.day == before.day && w.active == before.active && w.signIns == before.signIns &&
		w.accounts == before.accounts && w.connections <= before.connections
}

// maxActive bounds what is remembered of one day.
const maxActive = 1_000_000

// Used notes that an account is there.
func (c *Counter) Used(id change.ID) {
	today := c.now().Format(dayLayout)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.day != today {
		// Those of the last minute before midnight count for the new day too.
		maps.DeleteFunc(c.active, func(_ change.ID, fresh bool) bool { return !fresh })
		c.day = today
	}
	if _, known := c.active[id]; !known && len(c.active) < maxActive {
		c.active[id] = true
	}
}

// Viewed counts a view of a page. Who viewed it is not known here.
func (c *Counter) Viewed() { c.count(PageViews, 1) }

func (c *Counter) now() time.Time { return time.UnixMilli(c.clock.Now()).In(c.zone) }

func (c *Counter) count(name Count, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add[name] += n
}

// Committed counts messages in what was committed.
func (c *Counter) Committed(changes []change.Change) {
	n := int64(0)
	for _, ch := range changes {
		for _, row := range ch.Rows {
			if m, ok := row.(conversation.Message); ok && m.EditedAt == 0 {
				n++
			}
		}
	}
	if n > 0 {
		c.count(Messages, n)
	}
}

// Run writes the counts every minute, until ctx is done, and then once more.
func (c *Counter) Run(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			c.flush(context.WithoutCancel(ctx))
			return
		case <-tick.C:
			c.flush(ctx)
		}
	}
}

func (c *Counter) flush(ctx context.Context) {
	if err := c.Flush(ctx); err != nil {
		c.log.Warn("counts were not written", "err", err)
	}
}

// Flush writes what was counted since the last time, for the day that it is.
// What can not be written is kept for the next time. It is called by one at a
// time.
func (c *Counter) Flush(ctx context.Context) error {
	now := c.now()
	c.mu.Lock()
	add := maps.Clone(c.add)
	clear(c.add)
	var active []change.ID
	for id, fresh := range c.active {
		if fresh {
			active = append(active, id)
			c.active[id] = false
		}
	}
	before := c.written
	c.mu.Unlock()
	slices.Sort(active)
	after, err := c.write(ctx, now, before, add, active)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		for name, n := range add {
			c.add[name] += n
		}
		for _, id := range active {
			c.active[id] = true
		}
		return err
	}
	c.written = after
	return nil
}

// write adds to what was written before, and gives what is written then.
func (c *Counter) write(ctx context.Context, now time.Time, before written, add map[Count]int64, active []change.ID) (written, error) {
	w := written{day: now.Format(dayLayout), connections: int64(c.connections())}
	began := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, c.zone).UnixMilli()
	count := func(ctx context.Context) (err error) {
		w.active, w.signIns, w.accounts, err = c.store.CountDay(ctx, w.day, began)
		return err
	}
	if len(add) == 0 && len(active) == 0 {
		if err := c.store.View(ctx, count); err != nil {
			return written{}, err
		}
		if before.covers(w) {
			return before, nil // nothing is written while nothing happens
		}
	}
	err := c.store.Update(ctx, func(ctx context.Context) error {
		if err := c.store.NoteActive(ctx, w.day, active); err != nil {
			return err
		}
		if err := count(ctx); err != nil {
			return err
		}
		highest := map[Count]int64{Active: w.active, SignIns: w.signIns, NewAccounts: w.accounts, Connections: w.connections}
		if err := c.store.AddCounts(ctx, w.day, add, highest); err != nil || w.day == before.day {
			return err
		}
		return c.store.ForgetDays(ctx, now.AddDate(0, 0, -1).Format(dayLayout), now.Add(-signInsKept).UnixMilli())
	})
	return w, err
}
