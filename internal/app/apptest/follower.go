package apptest

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/wire"
)

// Follower is a client that keeps up to date by itself, as docs/protocol.md
// says: it applies what comes next, passes over what it knows, and asks when
// something is missing or may be.
type Follower struct {
	*Mirror
	Socket *Socket
	// Online are the friends who are online, as far as it was told.
	Online map[wire.ID]bool
	// Asked counts how often it had to ask.
	Asked int
}

// Follow connects the person to that node, and takes what there is.
func (p *Person) Follow(node *Server) *Follower {
	p.Server.T.Helper()
	f := &Follower{Mirror: &Mirror{person: p, conversations: map[wire.ID]*wire.ConversationDelta{}}, Socket: node.Connect(p.Token), Online: map[wire.ID]bool{}}
	if f.Socket.Refused != nil {
		p.Server.T.Fatalf("%s is refused: %s", p.Name, f.Socket.Refused)
	}
	f.ask()
	return f
}

// Step takes all that has come so far.
func (f *Follower) Step() {
	f.person.Server.T.Helper()
	for _, e := range f.Socket.Take() {
		switch e.Name {
		case wire.EventUser:
			var d wire.UserDelta
			f.decode(e.Payload, &d)
			f.hear(change.Scope{Kind: change.User, ID: f.person.ID}, e, d.Version, f.user.Version)
		case wire.EventConversation:
			var d wire.ConversationDelta
			f.decode(e.Payload, &d)
			have := int64(0)
			if c := f.conversations[d.ConversationID]; c != nil {
				have = c.Version
			}
			f.hear(change.Scope{Kind: change.Conversation, ID: d.ConversationID.Domain()}, e, d.Version, have)
		case wire.EventPresence:
			var p wire.Presence
			f.decode(e.Payload, &p)
			f.Online[p.AccountID] = p.Online
		case wire.EventMissed:
			f.ask()
		}
	}
}

func (f *Follower) decode(raw json.RawMessage, into any) {
	f.person.Server.T.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		f.person.Server.T.Fatal(err)
	}
}

func (f *Follower) hear(scope change.Scope, e Event, version, have int64) {
	f.person.Server.T.Helper()
	switch {
	case version <= have:
	case version == have+1:
		e.Scope = scope
		f.Apply(e)
	default:
		f.ask()
	}
}

// ask catches up from the versions that it has.
func (f *Follower) ask() {
	t := f.person.Server.T
	t.Helper()
	f.Asked++
	for {
		in := wire.SyncIn{User: f.user.Version, Conversations: []wire.KnownConversation{}, Messages: 100}
		for _, id := range slices.Sorted(maps.Keys(f.conversations)) {
			in.Conversations = append(in.Conversations, wire.KnownConversation{ID: id, Version: f.conversations[id].Version})
		}
		var answer struct{ Result wire.SyncResult }
		f.decode(f.Socket.Ask(wire.CommandSync, in), &answer)
		r := answer.Result
		f.user.Version = r.User.Version
		f.mergeUser(r.User)
		for _, d := range r.Conversations {
			have := f.conversations[d.ConversationID]
			if have == nil || d.Truncated {
				d.Truncated = false
				f.conversations[d.ConversationID] = &d
				continue
			}
			have.Version = d.Version
			f.mergeConversation(have, d)
		}
		clear(f.Online)
		for _, id := range r.Online {
			f.Online[id] = true
		}
		if !r.More {
			return
		}
	}
}

// Sees tells whether the friend is online, as far as it was told.
func (f *Follower) Sees(friend *Person) bool { return f.Online[wire.ID(friend.ID)] }

// UpToDate tells whether it has what a new snapshot shows.
func (f *Follower) UpToDate() bool {
	f.person.Server.T.Helper()
	f.Step()
	return f.String() == f.person.Snapshot().String()
}
