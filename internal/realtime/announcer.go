package realtime

import (
	"sync"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/wire"
)

// Announcer tells all nodes what was committed by this process. It numbers what
// somebody would miss, so that the others notice when they did not hear it. A
// hub has one; a command that changes something and ends needs no more.
type Announcer struct {
	bus  bus.Bus
	self string            // what this process is called on the bus
	here func(bus.Message) // what is done with it in this process; may be nil

	mu     sync.Mutex
	number uint64
}

// NewAnnouncer makes one for a process to which nobody is connected. It must
// Leave when it is done.
func NewAnnouncer(b bus.Bus) *Announcer { return &Announcer{bus: b, self: change.NewToken()} }

// tell publishes what somebody would miss.
func (a *Announcer) tell(m bus.Message) {
	m.From = a.self
	a.mu.Lock()
	a.number++
	m.Number = a.number
	a.bus.Publish(m) // in the order of the numbers
	a.mu.Unlock()
	if a.here != nil {
		a.here(m)
	}
}

// mention publishes what is not numbered.
func (a *Announcer) mention(m bus.Message) {
	m.From = a.self
	a.mu.Lock()
	defer a.mu.Unlock()
	if m.Kind == bus.Beat || m.Kind == bus.Left {
		m.Number = a.number
	}
	a.bus.Publish(m)
}

// Publish tells all nodes what was committed. It is a store's Publish.
func (a *Announcer) Publish(changes []change.Change) {
	var reviewed map[[2]change.ID]bool
	for _, c := range changes {
		name, payload := wire.Event(c)
		a.tell(bus.Message{Kind: bus.Changed, Scope: c.Scope, MembersVersion: c.MembersVersion, Event: name, Payload: wire.Raw(payload)})
		if c.Scope.Kind != change.User {
			continue
		}
		for _, row := range c.Rows {
			if r, ok := row.(contact.Contact); ok {
				if reviewed == nil {
					reviewed = map[[2]change.ID]bool{}
				}
				reviewed[pairOf(r.Owner, r.Account.ID)] = true
			}
		}
	}
	for pair := range reviewed {
		a.tell(bus.Message{Kind: bus.Reviewed, Pair: pair})
	}
}

func pairOf(a, b change.ID) [2]change.ID { return [2]change.ID{min(a, b), max(a, b)} }

// Ended tells all nodes that sessions of an account have ended; their sockets
// are told why and disconnected.
func (a *Announcer) Ended(id change.ID, sessions []change.ID, reason account.EndReason) {
	a.tell(bus.Message{Kind: bus.Ended, Scope: change.Scope{Kind: change.User, ID: id}, Sessions: sessions, Reason: string(reason)})
}

// Leave says goodbye: nothing more will come. Who is silent without it may have
// died before it told everything.
func (a *Announcer) Leave() { a.mention(bus.Message{Kind: bus.Left}) }
