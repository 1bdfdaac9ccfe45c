// Package change is the ground of the domain: scopes and their versions, the
// changes that a transaction collects, time, identifiers and errors. It knows
// neither accounts nor messages, and imports nothing but the standard library.
package change

import (
	"context"
)

// ScopeKind says what a version counts.
type ScopeKind uint8

const (
	// User is the scope of one account: itself, its contacts, friend requests
	// and conversation list. Only that account's own sessions see it.
	User ScopeKind = iota + 1
	// Conversation is the scope of one conversation: itself, its members and
	// its messages. Every member sees it, and sees the same.
	Conversation
)

// Scope names what has a version of its own.
type Scope struct {
	Kind ScopeKind
	ID   ID
}

// Row is one versioned thing in a scope, in its whole new state.
type Row interface {
	// RowKey identifies the thing within its scope, so that the later of two
	// states in one transaction replaces the earlier.
	RowKey() any
}

// A Change is what one committed transaction did to one scope: the scope's new
// version, which is the one before plus one, and the new state of every row
// that it touched. It is published after the commit, and is a hint: whoever
// misses it finds the same rows by asking for what changed since a version.
type Change struct {
	Scope   Scope
	Version int64
	// MembersVersion is, for a conversation, the version at which somebody
	// last came or went: what a cache of its members is checked against.
	MembersVersion int64
	Rows           []Row
	// places finds rows by their keys when there are many.
	places map[any]int
}

// manyRows is from how many rows on their places are kept.
const manyRows = 64

// Put adds a row, or replaces the state that this change held of it before.
func (c *Change) Put(r Row) {
	key := r.RowKey()
	if i := c.place(key); i >= 0 {
		c.Rows[i] = r
		return
	}
	if c.places != nil {
		c.places[key] = len(c.Rows)
	}
	c.Rows = append(c.Rows, r)
}

// place tells where the row with a key is; -1 if there is none.
func (c *Change) place(key any) int {
	if c.places == nil && len(c.Rows) >= manyRows {
		c.places = make(map[any]int, 2*len(c.Rows))
		for i, have := range c.Rows {
			c.places[have.RowKey()] = i
		}
	}
	if c.places != nil {
		if i, ok := c.places[key]; ok {
			return i
		}
		return -1
	}
	for i, have := range c.Rows {
		if have.RowKey() == key {
			return i
		}
	}
	return -1
}

// Transactor runs functions in transactions. The transaction travels in the
// context: every port method called with it takes part, and an Update inside
// an Update joins it.
type Transactor interface {
	// Update runs fn in a write transaction and returns when the commit is
	// durable. If fn fails nothing is changed, and its error is returned as
	// it is. Changes made in it are published after the commit, in the order
	// of commits. fn runs while other writers wait: it computes and reads the
	// store, and does no other I/O.
	Update(ctx context.Context, fn func(ctx context.Context) error) error
	// View runs fn on one consistent snapshot.
	View(ctx context.Context, fn func(ctx context.Context) error) error
	// AfterCommit runs effect once the transaction in ctx has committed, or
	// never. Effects must not block: they hand over to a queue.
	AfterCommit(ctx context.Context, effect func())
}
