package realtime

import (
	"context"
	"slices"
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
	sockets map[change.ID]int         // by account; those with none linger
	leaving map[change.ID]*time.Timer // lingering
	// news are the accounts whose friends are to be told, and reviews the
	// pairs that are to be told of each other. Each is told how things are
	// when its turn comes, so neither grows beyond the accounts there are.
	news    map[change.ID]bool
	reviews map[[2]change.ID]bool
	some    chan struct{} // holds one while there are any

	quit context.CancelFunc
	done chan struct{}
}

func (p *presence) start(h *Hub) {
	p.hub = h
	p.sockets = map[change.ID]int{}
	p.leaving = map[change.ID]*time.Timer{}
	p.news = map[change.ID]bool{}
	p.reviews = map[[2]change.ID]bool{}
	p.some = make(chan struct{}, 1)
	p.done = make(chan struct{})
	ctx, quit := context.WithCancel(context.Background())
	p.quit = quit
	go func() {
		defer close(p.done)
		for {
			select {
			case <-p.some:
				p.work(ctx)
			case <-ctx.Done():
				return
			}
		}
	}()
}

// work tells all that is to be told.
func (p *presence) work(ctx context.Context) {
	for ctx.Err() == nil {
		p.mu.Lock()
		news, reviews := p.news, p.reviews
		p.news, p.reviews = map[change.ID]bool{}, map[[2]change.ID]bool{}
		p.mu.Unlock()
		if len(news)+len(reviews) == 0 {
			return
		}
		for id := range news {
			p.tell(ctx, id)
		}
		for pair := range reviews {
			p.tellPair(ctx, pair[0], pair[1])
		}
	}
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

func (p *presence) wake() {
	select {
	case p.some <- struct{}{}:
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
		p.news[id] = true
		p.wake()
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
		p.news[id] = true
		p.wake()
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

// tell lets the friends of an account know whether it is online.
func (p *presence) tell(ctx context.Context, id change.ID) {
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
	p.emit(rooms, id, p.isOnline(id))
}

// review tells two accounts of each other's presence after something between
// them changed: friends see it, others do not.
func (p *presence) review(a, b change.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reviews[[2]change.ID{min(a, b), max(a, b)}] = true
	p.wake()
}

func (p *presence) tellPair(ctx context.Context, a, b change.ID) {
	if !p.here(a) && !p.here(b) {
		return
	}
	friends, err := p.hub.Directory.Friends(ctx, a)
	if err != nil {
		p.hub.Log.Warn("presence not told", "account", a, "err", err)
		return
	}
	visible := slices.Contains(friends, b)
	p.emit([]string{accountRoom(a)}, b, visible && p.isOnline(b))
	p.emit([]string{accountRoom(b)}, a, visible && p.isOnline(a))
}

func (p *presence) isOnline(id change.ID) bool { return len(p.online([]change.ID{id})) > 0 }

func (p *presence) emit(rooms []string, id change.ID, online bool) {
	if len(rooms) == 0 {
		return
	}
	if err := p.hub.chat.To(rooms...).Emit(wire.EventPresence, wire.Presence{AccountID: wire.ID(id), Online: online}); err != nil {
		p.hub.Log.Error("event not sent", "event", wire.EventPresence, "err", err)
	}
}
