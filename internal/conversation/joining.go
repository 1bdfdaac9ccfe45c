package conversation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// invite asks people into a group. Whoever has blocked the actor is not shown
// it, and the actor does not notice.
func (s *Service) invite(ctx context.Context, c Conversation, me Member, people []account.Account) ([]change.ID, error) {
	if len(people) == 0 {
		return nil, nil
	}
	list, err := s.store.PendingInvitations(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	waiting := make(map[change.ID]bool, len(list))
	for _, i := range list {
		waiting[i.To] = true
	}
	pending, err := s.store.CountInvitations(ctx, me.Account.ID)
	if err != nil {
		return nil, err
	}
	var invited []change.ID
	for _, p := range people {
		invited = append(invited, p.ID)
		if waiting[p.ID] {
			continue
		}
		if pending++; pending > MaxPendingInvited {
			return nil, ErrTooManyInvited
		}
		theirs, err := s.store.Contact(ctx, p.ID, me.Account.ID)
		if err != nil && !errors.Is(err, change.ErrNotFound) {
			return nil, err
		}
		i := Invitation{ID: s.ids.Next(), Group: c.Card(), From: me.Account, To: p.ID, State: Pending, CreatedAt: s.clock.Now()}
		if !theirs.Blocked {
			i.Version = 1 // shown; the store sets the version
		}
		if _, err := s.store.PutInvitation(ctx, i); err != nil {
			return nil, err
		}
	}
	return invited, nil
}

// AcceptInvitation brings the actor into the group.
func (s *Service) AcceptInvitation(ctx context.Context, actor, id change.ID) (Delta, error) {
	var out Delta
	err := s.store.Update(ctx, func(ctx context.Context) error {
		i, err := s.invitation(ctx, actor, id)
		if err != nil {
			return err
		}
		c, err := s.store.Conversation(ctx, i.Group.ID)
		if err != nil {
			return err
		}
		inviter, err := s.member(ctx, c.ID, i.From.ID)
		if err != nil {
			return err
		}
		if err := mayAccept(i, c, inviter); err != nil {
			return err
		}
		if err := s.enter(ctx, c, actor, actor, ViaInvitation); err != nil {
			return err
		}
		out, err = s.entered(ctx, actor, c.ID)
		return err
	})
	return out, err
}

// Invitations lists those to the actor: all that wait, and the newest of the
// others.
func (s *Service) Invitations(ctx context.Context, actor change.ID) ([]Invitation, error) {
	return s.store.Invitations(ctx, actor, 0)
}

// invitation gives one that the actor was sent.
func (s *Service) invitation(ctx context.Context, actor, id change.ID) (Invitation, error) {
	i, err := s.store.Invitation(ctx, id)
	if errors.Is(err, change.ErrNotFound) || err == nil && (i.To != actor || i.Version == 0) {
		return i, ErrNoInvitation
	}
	return i, err
}

// DeclineInvitation says no.
func (s *Service) DeclineInvitation(ctx context.Context, actor, id change.ID) (Invitation, error) {
	var out Invitation
	err := s.store.Update(ctx, func(ctx context.Context) error {
		i, err := s.invitation(ctx, actor, id)
		if err != nil {
			return err
		}
		if i.State != Pending {
			return ErrInvitationUsed
		}
		i.State, i.AnsweredAt = Declined, s.clock.Now()
		out, err = s.store.PutInvitation(ctx, i)
		return err
	})
	return out, err
}

// enter makes somebody a member, who is none, and tells who brought it about.
func (s *Service) enter(ctx context.Context, c Conversation, actor, joiner change.ID, via Via) error {
	a, err := s.store.Account(ctx, joiner)
	if err != nil {
		return err
	}
	was, err := s.member(ctx, c.ID, joiner)
	if err != nil {
		return err
	}
	if err := s.tell(ctx, actor, c.ID, Happening{Event: MemberJoined, Via: via}, joiner); err != nil {
		return err
	}
	return s.join(ctx, c, []Member{{Account: a.Card(), Role: Ordinary, JoinedAt: s.clock.Now(), MutedUntil: was.MutedUntil}})
}

// entered gives a group to somebody who has just come into it.
func (s *Service) entered(ctx context.Context, actor, conversation change.ID) (Delta, error) {
	c, err := s.store.Conversation(ctx, conversation)
	if err != nil {
		return Delta{}, err
	}
	return s.delta(ctx, actor, c, 0)
}

// FindGroups finds groups by their whole name or number. Those that only
// invite are not found.
func (s *Service) FindGroups(ctx context.Context, query string) ([]GroupCard, error) {
	list, err := s.store.FindGroups(ctx, strings.TrimSpace(query), MaxFoundGroups)
	cards := make([]GroupCard, len(list))
	for i, c := range list {
		cards[i] = c.Card()
	}
	return cards, err
}

// AskToJoin asks owner and admins of a group to be let in. Asking again while a
// request waits gives that one, with the new greeting.
func (s *Service) AskToJoin(ctx context.Context, actor, conversation change.ID, greeting string) (JoinRequest, error) {
	if err := change.CheckText("greeting", greeting, 0, MaxGreeting); err != nil {
		return JoinRequest{}, err
	}
	var out JoinRequest
	err := s.store.Update(ctx, func(ctx context.Context) error {
		c, err := s.store.Conversation(ctx, conversation)
		if errors.Is(err, change.ErrNotFound) {
			return ErrNotFound
		} else if err != nil {
			return err
		}
		out, _, err = s.ask(ctx, c, actor, greeting, false)
		return err
	})
	return out, err
}

// ask makes a request to be let in, or gives the one that waits.
func (s *Service) ask(ctx context.Context, c Conversation, actor change.ID, greeting string, link bool) (r JoinRequest, fresh bool, err error) {
	a := asking{group: c, link: link, now: s.clock.Now()}
	if a.member, err = s.member(ctx, c.ID, actor); err != nil {
		return r, false, err
	}
	if a.last, err = s.store.LastJoinRequest(ctx, c.ID, actor); err != nil && !errors.Is(err, change.ErrNotFound) {
		return r, false, err
	}
	if a.pending, err = s.store.CountJoinRequests(ctx, actor); err != nil {
		return r, false, err
	}
	if err := mayAsk(a); err != nil {
		return r, false, err
	}
	if r = a.last; r.State != Pending {
		fresh = true
		from, err := s.store.Account(ctx, actor)
		if err != nil {
			return r, false, err
		}
		r = JoinRequest{ID: s.ids.Next(), From: from.Card(), State: Pending, CreatedAt: a.now}
	}
	r.Group, r.Greeting, r.Via = c.Card(), greeting, ViaNumber
	if link {
		r.Via = ViaLink
	}
	r, err = s.store.PutJoinRequest(ctx, r)
	return r, fresh, err
}

// JoinRequests lists those that wait for owner and admins of a group.
func (s *Service) JoinRequests(ctx context.Context, actor, conversation change.ID) ([]JoinRequest, error) {
	var out []JoinRequest
	err := s.store.View(ctx, func(ctx context.Context) error {
		c, me, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		if err := mayManage(c, me); err != nil {
			return err
		}
		out, err = s.store.PendingJoinRequests(ctx, conversation, MaxListedRequests)
		return err
	})
	return out, err
}

// AnswerJoinRequest lets somebody in, with Accepted, or does not.
func (s *Service) AnswerJoinRequest(ctx context.Context, actor, conversation, request change.ID, answer AnswerState) (JoinRequest, error) {
	var out JoinRequest
	err := s.store.Update(ctx, func(ctx context.Context) error {
		c, me, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		if err := mayManage(c, me); err != nil {
			return err
		}
		r, err := s.store.JoinRequest(ctx, request)
		if err != nil && !errors.Is(err, change.ErrNotFound) {
			return err
		}
		if r.Group.ID != conversation {
			return ErrNoJoinRequest
		}
		if r.State != Pending {
			return ErrRequestAnswered
		}
		if answer == Accepted {
			if err := fits(c, 1); err != nil {
				return err
			}
			if err := s.enter(ctx, c, actor, r.From.ID, ViaRequest); err != nil {
				return err
			}
			out, err = s.store.JoinRequest(ctx, request)
			return err
		}
		r.State, r.AnsweredAt = Declined, s.clock.Now()
		out, err = s.store.PutJoinRequest(ctx, r)
		return err
	})
	return out, err
}

// WithdrawJoinRequest takes the actor's own request back.
func (s *Service) WithdrawJoinRequest(ctx context.Context, actor, conversation, request change.ID) (JoinRequest, error) {
	var out JoinRequest
	err := s.store.Update(ctx, func(ctx context.Context) error {
		r, err := s.store.JoinRequest(ctx, request)
		if err != nil && !errors.Is(err, change.ErrNotFound) {
			return err
		}
		if r.From.ID != actor || r.Group.ID != conversation {
			return ErrNoJoinRequest
		}
		if r.State != Pending {
			return ErrRequestAnswered
		}
		r.State, r.AnsweredAt = Withdrawn, s.clock.Now()
		out, err = s.store.PutJoinRequest(ctx, r)
		return err
	})
	return out, err
}

// NewLink is what somebody asks for who makes a link.
type NewLink struct {
	ExpiresIn int // seconds; 0: never
	MaxUses   int // 0: any number
	Approval  bool
}

// CreateLink makes a link into a group, and gives its token, which is not
// stored.
func (s *Service) CreateLink(ctx context.Context, actor, conversation change.ID, wish NewLink) (Link, string, error) {
	if wish.ExpiresIn != 0 && (wish.ExpiresIn < MinLinkLife || wish.ExpiresIn > MaxLinkLife) {
		return Link{}, "", change.Errorf(change.Invalid, "request.invalid", "A link lasts a minute to a year.").On("expiresIn")
	}
	if wish.MaxUses < 0 || wish.MaxUses > MaxLinkUses {
		return Link{}, "", change.Errorf(change.Invalid, "request.invalid", "A link can be used %d times at most.", MaxLinkUses).On("maxUses")
	}
	token := change.NewToken()
	var out Link
	err := s.store.Update(ctx, func(ctx context.Context) error {
		c, me, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		if err := mayManage(c, me); err != nil {
			return err
		}
		list, err := s.store.Links(ctx, conversation)
		if err != nil {
			return err
		}
		now, valid := s.clock.Now(), 0
		for _, l := range list {
			if mayUse(l, c, now) == nil {
				valid++
			} else if err := s.store.DeleteLink(ctx, l.ID); err != nil {
				return err
			}
		}
		if valid >= MaxLinks {
			return ErrTooManyLinks
		}
		out = Link{
			ID: s.ids.Next(), ConversationID: conversation, TokenHash: hashToken(token), CreatedBy: me.Account, CreatedAt: now,
			MaxUses: wish.MaxUses, Approval: wish.Approval,
		}
		if wish.ExpiresIn > 0 {
			out.ExpiresAt = now + int64(wish.ExpiresIn)*1000
		}
		return s.store.PutLink(ctx, out)
	})
	return out, token, err
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Links lists the links into a group, those too that do not hold any more.
func (s *Service) Links(ctx context.Context, actor, conversation change.ID) ([]Link, error) {
	var out []Link
	err := s.store.View(ctx, func(ctx context.Context) error {
		c, me, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		if err := mayManage(c, me); err != nil {
			return err
		}
		out, err = s.store.Links(ctx, conversation)
		return err
	})
	return out, err
}

// RevokeLink takes a link back.
func (s *Service) RevokeLink(ctx context.Context, actor, conversation, link change.ID) error {
	return s.store.Update(ctx, func(ctx context.Context) error {
		c, me, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		if err := mayManage(c, me); err != nil {
			return err
		}
		l, err := s.store.Link(ctx, link)
		if errors.Is(err, change.ErrNotFound) || err == nil && l.ConversationID != conversation {
			return ErrNoLink
		} else if err != nil {
			return err
		}
		return s.store.DeleteLink(ctx, link)
	})
}

// FoundLink is what a link leads to.
type FoundLink struct {
	Group    GroupCard
	Approval bool // using it asks
	Member   bool // the actor is in the group already
}

// LookUpLink tells where a link leads.
func (s *Service) LookUpLink(ctx context.Context, actor change.ID, token string) (FoundLink, error) {
	var out FoundLink
	err := s.store.View(ctx, func(ctx context.Context) error {
		l, c, me, err := s.link(ctx, actor, token)
		if err != nil {
			return err
		}
		out = FoundLink{Group: c.Card(), Approval: asks(l, me), Member: me.State == Joined}
		return nil
	})
	return out, err
}

// asks tells whether using a link only asks: whoever was removed does not come
// back unseen.
func asks(l Link, m Member) bool { return l.Approval || m.LeftReason == Removed }

// link gives a link that holds, the group, and the actor's row of it.
func (s *Service) link(ctx context.Context, actor change.ID, token string) (Link, Conversation, Member, error) {
	l, err := s.store.LinkByHash(ctx, hashToken(token))
	if errors.Is(err, change.ErrNotFound) {
		return l, Conversation{}, Member{}, ErrLinkInvalid
	} else if err != nil {
		return l, Conversation{}, Member{}, err
	}
	c, err := s.store.Conversation(ctx, l.ConversationID)
	if err != nil {
		return l, c, Member{}, err
	}
	me, err := s.member(ctx, c.ID, actor)
	if err == nil && me.State != Joined {
		err = mayUse(l, c, s.clock.Now())
	}
	return l, c, me, err
}

// LinkUse is what came of using a link: one of the two.
type LinkUse struct {
	Delta       *Delta
	JoinRequest *JoinRequest
}

// UseLink brings the actor into a group, or asks for it. Who is in it already
// uses nothing up.
func (s *Service) UseLink(ctx context.Context, actor change.ID, token, greeting string) (LinkUse, error) {
	if err := change.CheckText("greeting", greeting, 0, MaxGreeting); err != nil {
		return LinkUse{}, err
	}
	var out LinkUse
	err := s.store.Update(ctx, func(ctx context.Context) error {
		out = LinkUse{}
		l, c, me, err := s.link(ctx, actor, token)
		if err != nil {
			return err
		}
		used := false
		switch {
		case me.State == Joined:
		case asks(l, me):
			var r JoinRequest
			if r, used, err = s.ask(ctx, c, actor, greeting, true); err != nil {
				return err
			}
			out.JoinRequest = &r
		default:
			if err := fits(c, 1); err != nil {
				return err
			}
			if err := s.enter(ctx, c, actor, actor, ViaLink); err != nil {
				return err
			}
			used = true
		}
		if used {
			l.Uses++
			if err := s.store.PutLink(ctx, l); err != nil {
				return err
			}
		}
		if out.JoinRequest == nil {
			d, err := s.entered(ctx, actor, c.ID)
			if err != nil {
				return err
			}
			out.Delta = &d
		}
		return nil
	})
	return out, err
}
