package conversation

import (
	"context"
	"errors"
	"slices"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
)

// Store is what conversations need from storage. Reads return
// change.ErrNotFound when there is none. Puts stamp the row with the new
// version of its scope, put it into the transaction's change, and need a
// transaction.
type Store interface {
	change.Transactor
	// AppendMessage gives the draft the next seq and version of its
	// conversation, in a transaction of its own, and moves the sender's read
	// position to it. admit is called with the sender's standing as of the
	// commit, and its error refuses the draft. A draft whose sender has used
	// its ClientID before is not stored: the message stored then is the
	// result, whatever admit says, whatever else differs. done is called once
	// with the result when the commit is durable, perhaps before AppendMessage
	// returns, and must not block. Drafts given one after the other get
	// ascending seqs; drafts that wait together share a commit.
	AppendMessage(ctx context.Context, draft Message, admit func(Standing) error, done func(Message, error))

	Conversation(ctx context.Context, id change.ID) (Conversation, error)
	// DirectConversation finds that of a pair, in any order.
	DirectConversation(ctx context.Context, a, b change.ID) (Conversation, error)
	// CreateDirect stores a direct conversation and its two members.
	CreateDirect(ctx context.Context, c Conversation, a, b change.ID) (Conversation, error)

	Member(ctx context.Context, conversation, account change.ID) (Member, error)
	// Members lists rows with version > since; with since 0, only those who
	// are members now.
	Members(ctx context.Context, conversation change.ID, since int64) ([]Member, error)
	// Memberships lists the rows of the account with version > since; with
	// since 0, only those of conversations that it belongs to now.
	Memberships(ctx context.Context, account change.ID, since int64) ([]Membership, error)
	// Joined lists the conversations that the account belongs to, those with
	// the newest activity first.
	Joined(ctx context.Context, account change.ID) ([]Conversation, error)
	// SetReadSeq moves a member's read position, in the user scope and, if
	// shown, in the conversation's.
	SetReadSeq(ctx context.Context, conversation, account change.ID, seq int64, shown bool) (Membership, error)

	// UserVersion is that of the account's user scope.
	UserVersion(ctx context.Context, account change.ID) (int64, error)
	Account(ctx context.Context, id change.ID) (account.Account, error)
	Contact(ctx context.Context, owner, other change.ID) (contact.Contact, error)
	Contacts(ctx context.Context, owner change.ID, since int64) ([]contact.Contact, error)
	Requests(ctx context.Context, account change.ID, since int64) ([]contact.Request, error)
	// Friends lists the accounts that are friends of the account, where
	// neither has blocked the other.
	Friends(ctx context.Context, account change.ID) ([]change.ID, error)

	// Messages lists ascending those with after < seq < before, at most limit,
	// the newest of them if newest, else the oldest.
	Messages(ctx context.Context, conversation change.ID, after, before int64, limit int, newest bool) ([]Message, error)
}

// Options are what conversations need.
type Options struct {
	Store Store
	IDs   *change.IDs
	Clock change.Clock
}

// Service does what a person can do in conversations.
type Service struct {
	store Store
	ids   *change.IDs
	clock change.Clock
}

// NewService makes the service.
func NewService(o Options) *Service {
	return &Service{store: o.Store, ids: o.IDs, clock: o.Clock}
}

// EnsureDirect gives the direct conversation of two accounts, which is made if
// there is none. It asks nobody's leave; see OpenDirect.
func (s *Service) EnsureDirect(ctx context.Context, a, b change.ID) (Conversation, error) {
	var out Conversation
	err := s.store.Update(ctx, func(ctx context.Context) error {
		c, err := s.store.DirectConversation(ctx, a, b)
		if errors.Is(err, change.ErrNotFound) {
			now := s.clock.Now()
			c, err = s.store.CreateDirect(ctx, Conversation{
				ID: s.ids.Next(), Kind: Direct, MemberCount: 2, CreatedAt: now, LastActivityAt: now,
			}, a, b)
		}
		out = c
		return err
	})
	return out, err
}

// OpenDirect gives the conversation with a friend. With somebody who is no
// friend there is only one if they were.
func (s *Service) OpenDirect(ctx context.Context, actor, other change.ID) (Delta, error) {
	c, err := s.store.DirectConversation(ctx, actor, other)
	if errors.Is(err, change.ErrNotFound) {
		friend, ferr := s.store.Contact(ctx, actor, other)
		if ferr != nil && !errors.Is(ferr, change.ErrNotFound) {
			return Delta{}, ferr
		}
		if friend.State != contact.Friend {
			return Delta{}, contact.ErrNotFound
		}
		c, err = s.EnsureDirect(ctx, actor, other)
	}
	if err != nil {
		return Delta{}, err
	}
	return s.Get(ctx, actor, c.ID)
}

// Get gives a conversation with its members and its newest messages.
func (s *Service) Get(ctx context.Context, actor, conversation change.ID) (Delta, error) {
	var out Delta
	err := s.store.View(ctx, func(ctx context.Context) error {
		if err := s.readable(ctx, actor, conversation); err != nil {
			return err
		}
		c, err := s.store.Conversation(ctx, conversation)
		if err != nil {
			return err
		}
		out, err = s.delta(ctx, c, 0, SyncMessages)
		return err
	})
	return out, err
}

func (s *Service) readable(ctx context.Context, actor, conversation change.ID) error {
	m, err := s.store.Member(ctx, conversation, actor)
	if err != nil && !errors.Is(err, change.ErrNotFound) {
		return err
	}
	return mayRead(m)
}

// Page is a part of the history, ascending.
type Page struct {
	Messages []Message
	LastSeq  int64 // of the conversation, as of this page
	Version  int64
}

// History gives messages with after < seq < before. Without before the oldest
// after `after`; without both, the newest. 0 means not given.
func (s *Service) History(ctx context.Context, actor, conversation change.ID, after, before int64, limit int) (Page, error) {
	var page Page
	newest := before != 0 || after == 0
	if before == 0 {
		before = 1<<63 - 1
	}
	if limit == 0 {
		limit = DefaultPage
	}
	limit = min(limit, MaxPage)
	err := s.store.View(ctx, func(ctx context.Context) error {
		if err := s.readable(ctx, actor, conversation); err != nil {
			return err
		}
		c, err := s.store.Conversation(ctx, conversation)
		if err != nil {
			return err
		}
		page = Page{LastSeq: c.LastSeq, Version: c.Version}
		page.Messages, err = s.store.Messages(ctx, conversation, after, before, limit, newest)
		return err
	})
	return page, err
}

// Read moves the actor's read position forward to seq, never back and never
// beyond the newest message.
func (s *Service) Read(ctx context.Context, actor, conversation change.ID, seq int64) (Membership, error) {
	var out Membership
	err := s.store.Update(ctx, func(ctx context.Context) error {
		m, err := s.store.Member(ctx, conversation, actor)
		if err != nil && !errors.Is(err, change.ErrNotFound) {
			return err
		}
		if err := mayRead(m); err != nil {
			return err
		}
		c, err := s.store.Conversation(ctx, conversation)
		if err != nil {
			return err
		}
		seq := max(m.ReadSeq, min(seq, c.LastSeq))
		out, err = s.store.SetReadSeq(ctx, conversation, actor, seq, c.MemberCount <= MaxReadMarks)
		return err
	})
	return out, err
}

// MayType tells whether the actor may let the others know of typing: in a
// direct conversation, only friends of whom neither has blocked the other.
func (s *Service) MayType(ctx context.Context, actor, conversation change.ID) error {
	return s.store.View(ctx, func(ctx context.Context) error {
		if err := s.readable(ctx, actor, conversation); err != nil {
			return err
		}
		members, err := s.store.Members(ctx, conversation, 0)
		if err != nil {
			return err
		}
		friends, err := s.store.Friends(ctx, actor)
		if err != nil {
			return err
		}
		for _, m := range members {
			if m.Account.ID != actor && !slices.Contains(friends, m.Account.ID) {
				return ErrNotAllowed
			}
		}
		return nil
	})
}
