package realtime

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/wire"
)

// lingers is how long somebody counts as online after the last socket closed,
// and everybody of a node after it stopped: a page that is loaded again does not
// make them flicker.
const lingers = 5 * time.Second

// presence knows who is connected, and tells their friends. What it tells is a
// hint that may be lost; the truth comes with sync.
//
// Each node tells the others who came to it and who went. These lists have
// versions, as everything has: who has missed a change of one asks for all of
// it.
type presence struct {
	hub *Hub

	mu      sync.Mutex
	sockets map[change.ID]int         // by account; those with none linger
	leaving map[change.ID]*time.Timer // lingering
	// live counts the sockets of each session, and moves are the sessions that
	// came or went here, of which all nodes are to be told.
	live  map[change.ID]int32
	moves map[change.ID]bool
	// news are the accounts that came or went here, of which all nodes are to
	// be told; flips those elsewhere whose friends here are to be told; reviews
	// the pairs that are to be told of each other; and doubts those of whom
	// somebody is to be told if they are still friends. Each is told how things
	// are when its turn comes, so none grows beyond the accounts there are.
	news    map[change.ID]bool
	flips   map[change.ID]bool
	reviews map[[2]change.ID]bool
	doubts  map[doubt]bool
	some    chan struct{} // holds one while there are any

	revision uint64 // of the list of this node
	asked    bool   // somebody wants all of it
	others   map[string]*elsewhere
	// reviewed are the pairs between whom something changed lately: news of one
	// of them may come from a node that did not know of it yet.
	reviewed map[[2]change.ID]time.Time

	quit context.CancelFunc
	done chan struct{}
}

// doubt is whether somebody may be told of an account.
type doubt struct{ of, to change.ID }

// elsewhere is who is at another node.
type elsewhere struct {
	revision uint64
	online   map[change.ID]struct{}
	live     map[change.ID]struct{} // sessions
	until    time.Time              // when all of them go, if the node has stopped

	// parts collects a whole list.
	parts    map[change.ID]struct{}
	liveOf   map[change.ID]struct{}
	partsOf  uint64 // the revision that it is of
	nextPart int
}

const (
	// partSize is how many accounts one part of a whole list names.
	partSize = 2000
	// newsSize and newsFriends bound a message about who came and went.
	newsSize, newsFriends = 100, 5000
	// flipsSingly is up to how many accounts, of those that changed at once,
	// friends are told of one by one. For more everybody here is told to ask.
	flipsSingly = 500
)

func (p *presence) start(h *Hub) {
	p.hub = h
	p.sockets = map[change.ID]int{}
	p.leaving = map[change.ID]*time.Timer{}
	p.live = map[change.ID]int32{}
	p.moves = map[change.ID]bool{}
	p.news = map[change.ID]bool{}
	p.flips = map[change.ID]bool{}
	p.reviews = map[[2]change.ID]bool{}
	p.doubts = map[doubt]bool{}
	p.others = map[string]*elsewhere{}
	p.reviewed = map[[2]change.ID]time.Time{}
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
		news, moves, flips, reviews, doubts := p.news, p.moves, p.flips, p.reviews, p.doubts
		p.moves = map[change.ID]bool{}
		p.news, p.flips, p.reviews, p.doubts = map[change.ID]bool{}, map[change.ID]bool{}, map[[2]change.ID]bool{}, map[doubt]bool{}
		p.mu.Unlock()
		if len(news)+len(moves)+len(flips)+len(reviews)+len(doubts) == 0 {
			return
		}
		p.announce(ctx, news)
		p.announceSessions(moves)
		for id := range flips {
			if friends, ok := p.friends(ctx, id); ok {
				p.tell(id, p.isOnline(id), friends)
			}
		}
		for pair := range reviews {
			p.tellPair(ctx, pair[0], pair[1])
		}
		for d := range doubts {
			if friends, ok := p.friends(ctx, d.of); ok && slices.Contains(friends, d.to) {
				p.emit([]string{accountRoom(d.to)}, d.of, p.isOnline(d.of))
			}
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

func (p *presence) came(id, session change.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessionCame(session)
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

func (p *presence) left(id, session change.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessionLeft(session)
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

// among gives those of the accounts that have a socket on this node.
func (p *presence) among(ids []change.ID) []change.ID {
	p.mu.Lock()
	defer p.mu.Unlock()
	var here []change.ID
	for _, id := range ids {
		if p.sockets[id] > 0 {
			here = append(here, id)
		}
	}
	return here
}

// online gives those who count as online, on any node.
func (p *presence) online(ids []change.ID) []change.ID {
	p.mu.Lock()
	defer p.mu.Unlock()
	var on []change.ID
	for _, id := range ids {
		if _, ok := p.sockets[id]; ok || p.away(id) {
			on = append(on, id)
		}
	}
	return on
}

func (p *presence) isOnline(id change.ID) bool { return len(p.online([]change.ID{id})) > 0 }

// away tells whether the account is at another node. The lock is held.
func (p *presence) away(id change.ID) bool {
	for _, o := range p.others {
		if _, ok := o.online[id]; ok {
			return true
		}
	}
	return false
}

func (p *presence) friends(ctx context.Context, id change.ID) ([]change.ID, bool) {
	friends, err := p.hub.Directory.Friends(ctx, id)
	if err != nil {
		p.hub.Log.Warn("presence not told", "account", id, "err", err)
	}
	return friends, err == nil
}

// announce tells all nodes who came to this one and who went, with the friends
// who may know, so that only one node has to read who they are.
func (p *presence) announce(ctx context.Context, news map[change.ID]bool) {
	var batch []bus.Presence
	friends := 0
	for id := range news {
		known, _ := p.friends(ctx, id) // without, the nodes still know
		batch = append(batch, bus.Presence{Account: id, Friends: known})
		if friends += len(known); len(batch) >= newsSize || friends >= newsFriends {
			p.send(batch)
			batch, friends = nil, 0
		}
	}
	if len(batch) > 0 {
		p.send(batch)
	}
}

func (p *presence) send(batch []bus.Presence) {
	p.mu.Lock()
	var changed []bus.Presence
	for i := range batch {
		b := &batch[i]
		_, b.Online = p.sockets[b.Account]
		if !p.away(b.Account) {
			changed = append(changed, *b)
		}
	}
	p.revision++
	p.hub.mention(bus.Message{Kind: bus.Present, Revision: p.revision, Presence: batch})
	p.mu.Unlock()
	p.tellAll(changed)
}

// beat tells that this node lives, and which revision its list has; and all of
// the list, if somebody asked for it.
func (p *presence) beat(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for pair, at := range p.reviewed {
		if now.Sub(at) > time.Minute {
			delete(p.reviewed, pair)
		}
	}
	p.hub.mention(bus.Message{Kind: bus.Beat, Revision: p.revision})
	if !p.asked {
		return
	}
	p.asked = false
	list := make([]bus.Presence, 0, len(p.sockets))
	for id := range p.sockets {
		list = append(list, bus.Presence{Account: id, Online: true})
	}
	live := slices.Collect(maps.Keys(p.live))
	parts := max(1, (max(len(list), len(live))+partSize-1)/partSize)
	for i := range parts {
		p.hub.mention(bus.Message{Kind: bus.Present, Revision: p.revision, Presence: part(list, i), Came: part(live, i), Part: i, Parts: parts})
	}
}

// part is one of a list.
func part[T any](list []T, i int) []T {
	return list[min(len(list), i*partSize):min(len(list), (i+1)*partSize)]
}

// ask has all of the list told with the next beat.
func (p *presence) ask() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = true
}

// hear takes what another node says of who is there.
func (p *presence) hear(m bus.Message) {
	var changed []bus.Presence
	p.mu.Lock()
	o := p.others[m.From]
	if o == nil && m.Kind != bus.Left {
		o = &elsewhere{online: map[change.ID]struct{}{}, live: map[change.ID]struct{}{}}
		p.others[m.From] = o
	}
	switch {
	case m.Kind == bus.Left:
		if o != nil {
			o.until = time.Now().Add(lingers)
			clear(o.live)
		}
	case m.Kind == bus.Beat:
		if m.Revision != o.revision {
			p.hub.mention(bus.Message{Kind: bus.Asked, To: m.From})
		}
	case m.Parts > 0:
		p.collect(o, m)
	case m.Revision == o.revision+1:
		o.revision++
		o.move(m)
		for _, c := range m.Presence {
			before := p.away(c.Account)
			if c.Online {
				o.online[c.Account] = struct{}{}
			} else {
				delete(o.online, c.Account)
			}
			if _, here := p.sockets[c.Account]; !here && before != p.away(c.Account) {
				changed = append(changed, c)
			}
		}
	}
	p.mu.Unlock()
	p.tellAll(changed)
}

// collect takes a part of a whole list. The lock is held.
func (p *presence) collect(o *elsewhere, m bus.Message) {
	if m.Revision <= o.revision {
		return
	}
	if m.Part == 0 {
		o.parts, o.liveOf, o.partsOf, o.nextPart = map[change.ID]struct{}{}, map[change.ID]struct{}{}, m.Revision, 0
	}
	if o.parts == nil || m.Revision != o.partsOf || m.Part != o.nextPart {
		o.parts, o.liveOf = nil, nil // it will be asked for again
		return
	}
	for _, c := range m.Presence {
		o.parts[c.Account] = struct{}{}
	}
	for _, id := range m.Came {
		o.liveOf[id] = struct{}{}
	}
	if o.nextPart++; o.nextPart < m.Parts {
		return
	}
	was := o.online
	o.online, o.live, o.revision, o.parts, o.liveOf = o.parts, o.liveOf, o.partsOf, nil, nil
	p.compare(was, o.online)
}

// compare finds those who are online now and were not, or the other way round,
// and has their friends told. The lock is held, and all lists are as they are
// now.
func (p *presence) compare(was, is map[change.ID]struct{}) {
	var flipped []change.ID
	differ := func(a, b map[change.ID]struct{}) {
		for id := range a {
			_, same := b[id]
			if _, here := p.sockets[id]; !same && !here && !p.awayBut(id, is) {
				flipped = append(flipped, id)
			}
		}
	}
	differ(was, is)
	differ(is, was)
	if len(flipped) > flipsSingly {
		p.hub.nodes.missed()
		return
	}
	for _, id := range flipped {
		p.flips[id] = true
	}
	p.wake()
}

// awayBut is away without one of the lists.
func (p *presence) awayBut(id change.ID, list map[change.ID]struct{}) bool {
	if _, ok := list[id]; !ok {
		return p.away(id)
	}
	n := 0
	for _, o := range p.others {
		if _, ok := o.online[id]; ok {
			n++
		}
	}
	return n > 1
}

// forget lets everybody of a node go, at once if it died. Those that stopped a
// while ago go with it.
func (p *presence) forget(dead []string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, o := range p.others {
		if slices.Contains(dead, name) || !o.until.IsZero() && now.After(o.until) {
			delete(p.others, name)
			p.compare(o.online, nil)
		}
	}
}

// tellAll tells friends who are here of those who came or went.
func (p *presence) tellAll(list []bus.Presence) {
	for _, c := range list {
		p.tell(c.Account, c.Online, c.Friends)
	}
}

// tell lets those friends of an account who are here know whether it is online.
func (p *presence) tell(id change.ID, online bool, friends []change.ID) {
	var rooms []string
	p.mu.Lock()
	for _, f := range friends {
		if p.sockets[f] == 0 {
			continue
		}
		// Whoever said that they are friends may not have known the latest.
		if _, lately := p.reviewed[pairOf(id, f)]; lately {
			p.doubts[doubt{id, f}] = true
			p.wake()
			continue
		}
		rooms = append(rooms, accountRoom(f))
	}
	p.mu.Unlock()
	p.emit(rooms, id, online)
}

// review tells two accounts of each other's presence after something between
// them changed: friends see it, others do not.
func (p *presence) review(pair [2]change.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reviewed[pair] = time.Now()
	if p.sockets[pair[0]] == 0 && p.sockets[pair[1]] == 0 {
		return
	}
	p.reviews[pair] = true
	p.wake()
}

func (p *presence) tellPair(ctx context.Context, a, b change.ID) {
	if !p.here(a) && !p.here(b) {
		return
	}
	friends, ok := p.friends(ctx, a)
	if !ok {
		return
	}
	visible := slices.Contains(friends, b)
	p.emit([]string{accountRoom(a)}, b, visible && p.isOnline(b))
	p.emit([]string{accountRoom(b)}, a, visible && p.isOnline(a))
}

func (p *presence) emit(rooms []string, id change.ID, online bool) {
	if len(rooms) == 0 {
		return
	}
	if err := p.hub.chat.To(rooms...).Emit(wire.EventPresence, wire.Presence{AccountID: wire.ID(id), Online: online}); err != nil {
		p.hub.Log.Error("event not sent", "event", wire.EventPresence, "err", err)
	}
}
