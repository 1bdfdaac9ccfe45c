package realtime

import (
	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/socketio"
)

// Devices is told what happens to sessions, whose devices may be called while
// they are not connected.
type Devices interface {
	// Seen is told that somebody with that session came to this node.
	Seen(session change.ID)
	// SeenElsewhere is told of sessions that came to another node after they
	// had been called.
	SeenElsewhere(sessions []change.ID)
	// CalledElsewhere is told of sessions that another node has called.
	CalledElsewhere(sessions []change.ID)
	// Lost is told of sessions that went, on any node, without taking leave.
	Lost(sessions []change.ID)
}

// left notes that a socket has gone.
func (h *Hub) left(who account.Actor, r socketio.Reason) {
	h.presence.left(who.AccountID, who.SessionID)
	switch r {
	case socketio.ReasonPingTimeout, socketio.ReasonTransportError, socketio.ReasonSlow:
		m := bus.Message{Kind: bus.Lost, Sessions: []change.ID{who.SessionID}}
		h.mention(m)
		h.deliver(m)
	}
}

// Live gives those of the sessions that are connected to some node.
func (h *Hub) Live(sessions []change.ID) []change.ID {
	p := &h.presence
	p.mu.Lock()
	defer p.mu.Unlock()
	var live []change.ID
	for _, id := range sessions {
		_, on := p.live[id]
		for _, o := range p.others {
			if !on {
				_, on = o.live[id]
			}
		}
		if on {
			live = append(live, id)
		}
	}
	return live
}

// TellCalled tells the other nodes that these sessions were called.
func (h *Hub) TellCalled(sessions []change.ID) { h.mentionSessions(bus.Called, sessions) }

// TellSeen tells the other nodes that this session was seen after it was called.
func (h *Hub) TellSeen(session change.ID) { h.mentionSessions(bus.Seen, []change.ID{session}) }

func (h *Hub) mentionSessions(kind bus.Kind, sessions []change.ID) {
	for i := 0; i < len(sessions); i += partSize {
		h.mention(bus.Message{Kind: kind, Sessions: sessions[i:min(len(sessions), i+partSize)]})
	}
}

func (h *Hub) hearOfDevices(m bus.Message) {
	switch m.Kind {
	case bus.Called:
		h.Devices.CalledElsewhere(m.Sessions)
	case bus.Seen:
		h.Devices.SeenElsewhere(m.Sessions)
	case bus.Lost:
		h.presence.lost(m)
		h.Devices.Lost(m.Sessions)
	}
}

// sessionCame notes a socket of a session. The lock is held.
func (p *presence) sessionCame(id change.ID) {
	if p.live[id]++; p.live[id] == 1 {
		p.moves[id] = true
		p.wake()
	}
}

// sessionLeft notes that one is gone. The session does not linger: whatever
// comes now would not be seen. The lock is held.
func (p *presence) sessionLeft(id change.ID) {
	if p.live[id]--; p.live[id] > 0 {
		return
	}
	delete(p.live, id)
	p.moves[id] = true
	p.wake()
}

// announceSessions tells all nodes which sessions came to this one and which
// went.
func (p *presence) announceSessions(moves map[change.ID]bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var m bus.Message
	send := func() {
		p.revision++
		m.Kind, m.Revision = bus.Present, p.revision
		p.hub.mention(m)
		m = bus.Message{}
	}
	for id := range moves {
		if _, here := p.live[id]; here {
			m.Came = append(m.Came, id)
		} else {
			m.Went = append(m.Went, id)
		}
		if len(m.Came)+len(m.Went) == partSize {
			send()
		}
	}
	if len(m.Came)+len(m.Went) > 0 {
		send()
	}
}

// lost lets sessions of another node go, of which their own list may not have
// told yet.
func (p *presence) lost(m bus.Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o := p.others[m.From]; o != nil {
		for _, id := range m.Sessions {
			delete(o.live, id)
		}
	}
}

// move notes which sessions came to another node and which went.
func (o *elsewhere) move(m bus.Message) {
	for _, id := range m.Came {
		o.live[id] = struct{}{}
	}
	for _, id := range m.Went {
		delete(o.live, id)
	}
}
