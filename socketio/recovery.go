package socketio

import (
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/happychat/happychat/socketio/engineio"
)

// recovery lets clients that lost their connection for a moment go on as if
// nothing had happened: with the same ID, rooms and data, and with what they have
// missed ("connection state recovery", clients 4.6 and newer). Every event carries
// an offset as one more argument, by which a client says how far it has come. What
// is kept is bounded in time, number and bytes; who has missed more starts afresh.
//
// It knows the events of this server only: a client that comes back to another
// server of the cluster starts afresh, too.
type recovery struct {
	window time.Duration
	epoch  string // sets the offsets of this process apart from those of another

	mu    sync.Mutex // held while an event is numbered, kept and queued: one order for all
	last  uint64
	kept  []keptEvent
	bytes int
	live  map[string]*liveSocket  // connected, by private ID
	saved map[string]*savedSocket // by private ID
	order []*savedSocket          // by time
}

const (
	maxKeptEvents  = 20_000
	maxKeptBytes   = 16 << 20
	maxSavedStates = 100_000
)

// keptEvent is an event with those whom it was for.
type keptEvent struct {
	number   uint64
	at       time.Time
	all      bool
	rooms    []string
	except   []string
	messages []*engineio.Message
	size     int
}

// liveSocket is a socket that has not lost its connection, as far as is known.
type liveSocket struct {
	socket *Socket
	saved  chan struct{} // closed once it has, or has left
}

// savedSocket is what is kept of a socket that has lost its connection.
type savedSocket struct {
	pid   string
	id    string
	rooms []string
	data  any
	at    time.Time
	taken bool
}

func newRecovery(window time.Duration) *recovery {
	if window <= 0 {
		return nil
	}
	return &recovery{window: window, epoch: newID()[:6], live: map[string]*liveSocket{}, saved: map[string]*savedSocket{}}
}

// number appends the next offset to the payload of an event. r.mu is held.
func (r *recovery) number(payload []byte) []byte {
	r.last++
	payload = append(payload[:len(payload)-1:len(payload)-1], `,"`...)
	payload = append(payload, r.epoch...)
	return append(strconv.AppendUint(payload, r.last, 36), `"]`...)
}

// keep remembers the event that was numbered last. r.mu is held.
func (r *recovery) keep(e keptEvent) {
	e.number, e.at = r.last, time.Now()
	for _, m := range e.messages {
		e.size += m.Size()
	}
	r.kept = append(r.kept, e)
	r.bytes += e.size
	old := 0
	for old < len(r.kept) && (len(r.kept)-old > maxKeptEvents || r.bytes > maxKeptBytes || e.at.Sub(r.kept[old].at) > r.window) {
		r.bytes -= r.kept[old].size
		old++
	}
	if old > 0 {
		clear(r.kept[:old])
		r.kept = r.kept[old:]
	}
}

// ended is called when a socket has ended, and remembers it if it may come back.
func (r *recovery) ended(s *Socket, rooms []string, reason Reason) {
	s.mu.Lock()
	saved := &savedSocket{pid: s.past.pid, id: s.id, rooms: rooms, data: s.data, at: time.Now()}
	s.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if l := r.live[saved.pid]; l != nil && l.socket == s {
		delete(r.live, saved.pid)
		close(l.saved)
	}
	if !recoverable(reason) {
		return
	}
	r.saved[saved.pid] = saved
	r.order = append(r.order, saved)
	old := 0
	for old < len(r.order) && (r.order[old].taken || len(r.order)-old > maxSavedStates || saved.at.Sub(r.order[old].at) > r.window) {
		if pid := r.order[old].pid; r.saved[pid] == r.order[old] {
			delete(r.saved, pid)
		}
		old++
	}
	clear(r.order[:old])
	r.order = r.order[old:]
}

// find returns the saved socket that a client asks for, once, if what it has
// missed since is all still there.
func (r *recovery) find(auth json.RawMessage) (*savedSocket, uint64) {
	var ask struct{ PID, Offset string }
	if json.Unmarshal(auth, &ask) != nil || ask.PID == "" {
		return nil, 0
	}
	r.mu.Lock()
	if l := r.live[ask.PID]; l != nil {
		// The client knows earlier than this side that its connection is lost.
		r.mu.Unlock()
		l.socket.client.eng.Close(ReasonTransportClose)
		select {
		case <-l.saved:
		case <-time.After(time.Second):
		}
		r.mu.Lock()
	}
	defer r.mu.Unlock()
	saved := r.saved[ask.PID]
	if saved == nil || time.Since(saved.at) > r.window {
		return nil, 0
	}
	if len(ask.Offset) <= len(r.epoch) || ask.Offset[:len(r.epoch)] != r.epoch {
		return nil, 0
	}
	number, err := strconv.ParseUint(ask.Offset[len(r.epoch):], 36, 64)
	if err != nil || !r.complete(number) {
		return nil, 0
	}
	delete(r.saved, ask.PID)
	saved.taken = true
	return saved, number
}

// complete reports whether all events after a number are kept. r.mu is held.
func (r *recovery) complete(number uint64) bool {
	return number <= r.last && (number == r.last || len(r.kept) > 0 && r.kept[0].number <= number+1)
}

// missed calls f with the events after a number that were for a socket with these
// rooms. r.mu is held.
func (r *recovery) missed(number uint64, id string, rooms []string, f func([]*engineio.Message)) {
	in := func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return n == id || slices.Contains(rooms, n) })
	}
	for i := range r.kept {
		if e := &r.kept[i]; e.number > number && (e.all || in(e.rooms)) && !in(e.except) {
			f(e.messages)
		}
	}
}

// recoverable reports whether a socket that ended for this reason may come back.
func recoverable(reason Reason) bool {
	switch reason {
	case ReasonTransportClose, ReasonTransportError, ReasonPingTimeout:
		return true
	}
	return false
}
