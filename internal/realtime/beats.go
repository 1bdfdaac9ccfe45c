package realtime

import (
	"context"
	"slices"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/wire"
)

// runBeats tells the other nodes that this one lives, and has everybody here
// ask what changed when something may have been missed.
func (h *Hub) runBeats(ctx context.Context) {
	tick := time.NewTicker(h.Beat)
	defer tick.Stop()
	var hints hints
	deaf := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		h.presence.beat(now)
		t := h.nodes.review(now)
		h.presence.forget(t.dead, now)
		t.deaf = t.deaf || !h.Bus.Connected()
		if t.deaf != deaf {
			if deaf = t.deaf; deaf {
				h.Log.Warn("this node hears nothing, not even itself: clients ask for news every few seconds")
			} else {
				h.Log.Info("this node hears the others again")
			}
			h.check() // what ended meanwhile was not heard
		}
		if t.lost || deaf {
			hints.due = true
			h.check()
		}
		// A household asks at once; ten thousand take twenty seconds.
		within := min(time.Duration(h.server.Connections())*hintPace, maxHint)
		if deaf {
			within = max(within, deafHints*h.Beat)
		}
		if hints.now(now, within) {
			h.hint(within)
		}
	}
}

const (
	// hintPace is how much time each connection adds to that in which all of
	// them ask what changed.
	hintPace = 2 * time.Millisecond
	maxHint  = time.Minute
	// deafHints is after how many beats those who hear nothing of other nodes
	// ask again, however few they are.
	deafHints = 5
)

// hints says when everybody is to be told to ask. Those who were told take some
// time, and what is missed meanwhile they may have asked for already.
type hints struct {
	due  bool
	next time.Time
}

func (h *hints) now(now time.Time, within time.Duration) bool {
	if !h.due || now.Before(h.next) {
		return false
	}
	h.due, h.next = false, now.Add(within)
	return true
}

// hint tells all who are connected here to ask what changed, each at some time
// within.
func (h *Hub) hint(within time.Duration) {
	if err := h.chat.Except().Emit(wire.EventMissed, wire.Missed{Within: change.Ms(within)}); err != nil {
		h.Log.Error("event not sent", "event", wire.EventMissed, "err", err)
	}
}

// checkEvery is how often the sessions of all sockets are looked at also when
// nothing seems to be missed.
const checkEvery = time.Minute

// checkPause is how many times as long as it took nobody looks again.
const checkPause = 5

// check has the sessions of all sockets looked at soon.
func (h *Hub) check() {
	select {
	case h.checks <- struct{}{}:
	default:
	}
}

func (h *Hub) runChecks(ctx context.Context) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.checks:
		}
		began := time.Now()
		if err := h.checkSessions(ctx); err != nil && ctx.Err() == nil {
			h.Log.Warn("sessions of sockets not looked at", "err", err)
			time.AfterFunc(h.Beat, h.check)
		}
		// A database that is slow is not asked all the time.
		select {
		case <-ctx.Done():
		case <-time.After(checkPause * time.Since(began)):
		}
	}
}

// sessionsAtOnce is how many are looked up with one question.
const sessionsAtOnce = 1024

// checkSessions ends the sockets of sessions that are over, whoever ended them,
// also if nobody told.
func (h *Hub) checkSessions(ctx context.Context) error {
	var ids []change.ID
	for _, s := range h.chat.Except().Sockets() {
		ids = append(ids, actorOf(s).SessionID)
	}
	slices.Sort(ids)
	for some := range slices.Chunk(slices.Compact(ids), sessionsAtOnce) {
		gone, err := h.Directory.SessionsGone(ctx, some)
		if err != nil {
			return err
		}
		if len(gone) > 0 {
			h.endSessions(gone, string(account.Revoked))
		}
	}
	return nil
}
