// Package bus carries what one node has to tell all nodes of an installation,
// itself included. A bus may lose, repeat and reorder: what is told is a hint,
// and the truth is in the store.
package bus

import (
	"encoding/json"

	"github.com/happychat/happychat/internal/change"
)

// Kind of a message.
type Kind uint8

const (
	// Changed: Event with Payload goes to whoever belongs to Scope.
	Changed Kind = iota + 1
	// Typed: the same, for an event that nobody misses when it is lost.
	Typed
	// Ended: the Sessions of Scope's account end because of Reason.
	Ended
)

// Message is what is told.
type Message struct {
	Kind  Kind
	Scope change.Scope
	// MembersVersion is, for a conversation, what a cache of its members is
	// checked against.
	MembersVersion int64
	Event          string
	Payload        json.RawMessage
	// Except is an account that is not told.
	Except   change.ID
	Sessions []change.ID
	Reason   string
}

// Bus is the port. Both methods are safe for concurrent use.
type Bus interface {
	// Publish tells all subscribers, at some time, if it can. It does not wait
	// for them.
	Publish(m Message)
	// Subscribe has deliver called for every message, one at a time, until
	// cancel is called.
	Subscribe(deliver func(Message)) (cancel func())
}
