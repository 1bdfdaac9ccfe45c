// Package bus carries what one node has to tell all nodes of an installation,
// itself included. A bus may lose, repeat and reorder: what is told is a hint,
// and the truth is in the store.
package bus

import (
	"encoding/json"

	"github.com/happychat/happychat/internal/change"
)

// Kind of a message. Nodes of two versions share a bus while an installation is
// upgraded, so that a number never changes its meaning; one that is not known
// is passed over.
type Kind uint8

const (
	// Changed: Event with Payload goes to whoever belongs to Scope.
	Changed Kind = iota + 1
	// Typed: the same, for an event that nobody misses when it is lost, and
	// that is of no use later.
	Typed
	// Ended: the Sessions of Scope's account end because of Reason.
	Ended
	// Reviewed: something changed between the accounts of Pair, which decides
	// whether they see each other online.
	Reviewed
	// Present: who came to node From and who went, or, with Parts, a part of
	// the list of all who are there.
	Present
	// Asked: node To is asked for that list.
	Asked
	// Beat: node From lives.
	Beat
	// Left: node From stops, and has said all it had to say.
	Left
	// Called: the devices of Sessions were called.
	Called
	// Seen: the devices of Sessions, which were called, have shown themselves.
	Seen
	// Lost: Sessions did not take leave; what they were told last may not have
	// arrived.
	Lost
)

// Message is what is told. Nothing that it refers to is ever changed again.
type Message struct {
	Kind Kind   `json:"kind"`
	From string `json:"from"`
	// Number counts, from 1, the messages of From that somebody would miss. It
	// is 0 for others, and for Beat and Left the number of the last one.
	Number uint64 `json:"number,omitempty"`

	Scope change.Scope `json:"scope,omitzero"`
	// MembersVersion is, for a conversation, what a cache of its members is
	// checked against.
	MembersVersion int64           `json:"membersVersion,omitempty"`
	Event          string          `json:"event,omitempty"`
	Payload        json.RawMessage `json:"payload,omitempty"`
	// Except is an account that is not told.
	Except   change.ID    `json:"except,omitempty"`
	Sessions []change.ID  `json:"sessions,omitempty"`
	Reason   string       `json:"reason,omitempty"`
	Pair     [2]change.ID `json:"pair,omitzero"`

	// Revision counts the changes of who is at node From.
	Revision uint64     `json:"revision,omitempty"`
	Presence []Presence `json:"presence,omitempty"`
	// Came and Went are sessions that are connected to node From, and that are
	// not any more; all that are, in a list of all who are there.
	Came  []change.ID `json:"came,omitempty"`
	Went  []change.ID `json:"went,omitempty"`
	Part  int         `json:"part,omitempty"` // from 0
	Parts int         `json:"parts,omitempty"`
	To    string      `json:"to,omitempty"`
}

// Presence is that somebody is at a node, or not any more.
type Presence struct {
	Account change.ID `json:"id"`
	Online  bool      `json:"on,omitempty"`
	// Friends are those who may know; none in a list of all who are there.
	Friends []change.ID `json:"friends,omitempty"`
}

// Bus is the port. Its methods are safe for concurrent use. Package bustest
// holds implementations to what is said here.
type Bus interface {
	// Publish tells the subscribers of all nodes, those of this one included,
	// at some time, if it can. Each hears of it as it is. Publish does not wait
	// for them, however slow they are, nor for the network; what can not be
	// kept meanwhile is lost.
	Publish(m Message)
	// Subscribe has deliver called for the messages that are published from
	// now on, one at a time, until cancel is called; after cancel has returned
	// it is not called any more. deliver may publish, and does not cancel.
	Subscribe(deliver func(Message)) (cancel func())
	// Connected tells whether messages travel now, as far as is known.
	Connected() bool
}
