package realtime

import (
	"context"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/wire"
)

// lingers is how long somebody counts as online after the last socket closed: a
// page that is loaded again does not make them flicker.
const lingers = 5 * time.Second

// presence knows who is connected, and tells their friends. What it tells is a
// hint that may be lost; the truth comes with sync.
type presence struct {
	hub *Hub

	mu      sync.Mutex
	sockets map[change.ID]int         // by account; those with none may linger
	leaving map[change.ID]*time.Timer // lingering

	work chan func(context.Context)
	quit context.CancelFunc
	done chan struct{}
}

// maxNews is how much news of comings and goings may wait to be told; more is
// not told.
const maxNews = 10_000

func (p *presence) start(h *Hub) {
	p.hub = h
	p.sockets = map[change.ID]int{}
	p.leaving = map[change.ID]*time.Timer{}
	p.work = make(chan func(context.Context), maxNews)
	p.done = make(chan struct{})
	ctx, quit := context.WithCancel(context.Background())
	p.quit = quit
	go func() {
		defer close(p.done)
		for {
			select {
			case f := <-p.work:
				f(ctx)
			case <-ctx.Done():
				return
			}
		}
	}()
}

func (p *presence) stop() {
	p.quit()
	<-p.done
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.leaving {
		t.Stop()
	}
}

func (p *presence) later(f func(context.Context)) {
	select {
	case p.work <- f:
	default:
	}
}

func (p *presence) came(id change.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sockets[id]++
	if t := p.leaving[id]; t != nil {
		t.Stop()
		delete(p.leaving, id)
		return
	}
	if p.sockets[id] == 1 {
		p.later(func(ctx context.Context) { p.tell(ctx, id, true) })
	}
}

func (p *presence) left(id change.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sockets[id]--; p.sockets[id] > 0 {
		return
	}
	var t *time.Timer
	t = time.AfterFunc(lingers, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.leaving[id] != t {
			return
		}
		delete(p.leaving, id)
		delete(p.sockets, id)
		p.later(func(ctx context.Context) { p.tell(ctx, id, false) })
	})
	p.leaving[id] = t
}

// here tells whether the account has a socket on this node.
func (p *presence) here(id change.ID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sockets[id] > 0
}

// online gives those who count as online.
func (p *presence) online(ids []change.ID) []change.ID {
	p.mu.Lock()
	defer p.mu.Unlock()
	var on []change.ID
	for _, id := range ids {
		if _, ok := p.sockets[id]; ok {
			on = append(on, id)
		}
	}
	return on
}

// tell lets the friends of an account know that it came or went.
func (p *presence) tell(ctx context.Context, id change.ID, online bool) {
	friends, err := p.hub.Directory.Friends(ctx, id)
	if err != nil {
		p.hub.Log.Warn("presence not told", "account", id, "err", err)
		return
	}
	var rooms []string
	for _, f := range friends {
		if p.here(f) {
			rooms = append(rooms, accountRoom(f))
		}
	}
	p.emit(rooms, id, online)
}

// review tells two accounts of each other's presence after something between
// them changed: friends see it, others do not.
func (p *presence) review(a, b change.ID) {
	p.later(func(ctx context.Context) {
		if !p.here(a) && !p.here(b) {
			return
		}
		friends, err := p.hub.Directory.Friends(ctx, a)
		if err != nil {
			p.hub.Log.Warn("presence not told", "account", a, "err", err)
			return
		}
		visible := false
		for _, f := range friends {
			visible = visible || f == b
		}
		p.emit([]string{accountRoom(a)}, b, visible && len(p.online([]change.ID{b})) > 0)
		p.emit([]string{accountRoom(b)}, a, visible && len(p.online([]change.ID{a})) > 0)
	})
}

func (p *presence) emit(rooms []string, id change.ID, online bool) {
	if len(rooms) == 0 {
		return
	}
	if err := p.hub.chat.To(rooms...).Emit(wire.EventPresence, wire.Presence{AccountID: wire.ID(id), Online: online}); err != nil {
		p.hub.Log.Error("event not sent", "event", wire.EventPresence, "err", err)
	}
}
