package conversation

import (
	"context"
	"errors"
	"slices"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
)

// Options are what conversations need.
type Options struct {
	Store Store
	IDs   *change.IDs
	Clock change.Clock
	// Picture makes what somebody uploaded the picture of a group, before it is
	// set, or tells why it can not be one. Without it groups have no pictures.
	Picture func(ctx context.Context, actor change.ID, avatar string) error
}

// Service does what a person can do in conversations.
type Service struct {
	store   Store
	ids     *change.IDs
	clock   change.Clock
	picture func(ctx context.Context, actor change.ID, avatar string) error
}

// NewService makes the service.
func NewService(o Options) *Service {
	return &Service{store: o.Store, ids: o.IDs, clock: o.Clock, picture: o.Picture}
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

// member gives the actor's row; the zero Member for a stranger.
func (s *Service) member(ctx context.Context, conversation, actor change.ID) (Member, error) {
	m, err := s.store.Member(ctx, conversation, actor)
	if errors.Is(err, change.ErrNotFound) {
		return Member{}, nil
	}
	return m, err
}

// readable gives a conversation and the actor's row of it, if it may be seen.
func (s *Service) readable(ctx context.Context, actor, conversation change.ID) (Conversation, Member, error) {
	m, err := s.member(ctx, conversation, actor)
	if err != nil {
		return Conversation{}, m, err
	}
	if err := mayRead(m); err != nil {
		return Conversation{}, m, err
	}
	c, err := s.store.Conversation(ctx, conversation)
	return c, m, err
}

// Get gives a conversation with its members and its newest messages.
func (s *Service) Get(ctx context.Context, actor, conversation change.ID) (Delta, error) {
	var out Delta
	err := s.store.View(ctx, func(ctx context.Context) error {
		c, _, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		out, err = s.delta(ctx, actor, c, 0)
		return err
	})
	return out, err
}

// Membership gives the entry for a conversation in the actor's list.
func (s *Service) Membership(ctx context.Context, actor, conversation change.ID) (Membership, error) {
	var out Membership
	err := s.store.View(ctx, func(ctx context.Context) error {
		if _, _, err := s.readable(ctx, actor, conversation); err != nil {
			return err
		}
		var err error
		out, err = s.store.Membership(ctx, conversation, actor)
		return err
	})
	return out, err
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
		c, _, err := s.readable(ctx, actor, conversation)
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
		c, m, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		seq := max(m.ReadSeq, min(seq, c.LastSeq))
		out, err = s.store.SetReadSeq(ctx, conversation, actor, seq, c.MemberCount <= MaxSmall)
		return err
	})
	return out, err
}

// Typing tells whether the others are to know that the actor types, and the
// version at which somebody last came or went: in a direct conversation, only
// friends of whom neither has blocked the other; in a group of up to MaxSmall
// members, who may write there.
func (s *Service) Typing(ctx context.Context, actor, conversation change.ID) (show bool, membersVersion int64, err error) {
	err = s.store.View(ctx, func(ctx context.Context) error {
		c, m, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		membersVersion = c.MembersVersion
		if c.Kind == InGroup {
			may := MayPost(Standing{Kind: c.Kind, Member: m.State, At: s.clock.Now(), Role: m.Role, MutedUntil: m.MutedUntil, Muted: c.Group.Muted})
			show = c.MemberCount <= MaxSmall && may == nil
			return nil
		}
		members, err := s.store.Members(ctx, []Since{{Conversation: conversation}})
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
		show = true
		return nil
	})
	return show, membersVersion, err
}
