package conversation

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// NameKey is what makes names of groups the same: without regard to case.
func NameKey(name string) string {
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return account.UsernameKey(name)
		}
	}
	return strings.ToLower(strings.TrimSpace(name)) // the same, and ten times as fast
}

// NewGroup is what somebody asks for who makes a group.
type NewGroup struct {
	// ClientID is the maker's own name for it, or empty. The same again gives
	// the same group.
	ClientID     string
	Name         string
	Avatar       string
	Announcement string
	Members      []change.ID // friends
}

// CreateGroup makes a group of the actor, who owns it, and friends of theirs.
func (s *Service) CreateGroup(ctx context.Context, actor change.ID, wish NewGroup) (Delta, error) {
	name, err := change.CheckLine("name", wish.Name, 1, MaxGroupName)
	if err != nil {
		return Delta{}, err
	}
	if err := change.CheckText("announcement", wish.Announcement, 0, MaxAnnouncement); err != nil {
		return Delta{}, err
	}
	clientID := s.noticeID()
	if wish.ClientID != "" {
		if err := checkClientID(wish.ClientID); err != nil {
			return Delta{}, err
		}
		clientID = noticeClientIDStart + wish.ClientID
	}
	avatar, err := s.newPicture(ctx, actor, wish.Avatar)
	if err != nil {
		return Delta{}, err
	}
	var out Delta
	err = s.store.Update(ctx, func(ctx context.Context) error {
		if made, err := s.store.MessageSent(ctx, actor, clientID); err == nil {
			c, _, err := s.readable(ctx, actor, made.ConversationID)
			if err == nil {
				out, err = s.delta(ctx, actor, c, 0)
			}
			return err
		} else if !errors.Is(err, change.ErrNotFound) {
			return err
		}
		now := s.clock.Now()
		members, err := s.firstMembers(ctx, actor, wish.Members, now)
		if err != nil {
			return err
		}
		g := Group{Name: name, Avatar: avatar, JoinPolicy: JoinByRequest, State: GroupActive}
		if strings.TrimSpace(wish.Announcement) != "" {
			g.Announcement = Announcement{Number: 1, Body: wish.Announcement, AuthorID: actor, CreatedAt: now}
		}
		c, err := s.createGroup(ctx, Conversation{ID: s.ids.Next(), Kind: InGroup, Group: g, CreatedAt: now, LastActivityAt: now})
		if err != nil {
			return err
		}
		m := s.notice(actor, c.ID, Happening{Event: GroupCreated, Text: name}, accountsOf(members[1:]))
		m.ClientID = clientID
		if _, err := s.store.AddMessage(ctx, m); err != nil {
			return err
		}
		if err := s.store.Join(ctx, c.ID, members); err != nil {
			return err
		}
		if err := s.seen(ctx, actor, c.ID, g.Announcement.Number); err != nil {
			return err
		}
		out, err = s.outcome(ctx, actor, c.ID)
		return err
	})
	return out, err
}

// firstMembers gives the maker and their friends as members.
func (s *Service) firstMembers(ctx context.Context, actor change.ID, ids []change.ID, now int64) ([]Member, error) {
	ids = unique(ids, actor)
	if len(ids)+1 > MaxGroupMembers {
		return nil, ErrFull
	}
	friends, err := s.store.Friends(ctx, actor)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if _, ok := slices.BinarySearch(friends, id); !ok {
			return nil, ErrNotFriend.On("members")
		}
	}
	accounts, err := s.store.AccountsOf(ctx, append([]change.ID{actor}, ids...))
	if err != nil {
		return nil, err
	}
	members := make([]Member, 0, len(accounts))
	for _, a := range accounts {
		if a.State != account.Active {
			return nil, ErrNotFriend.On("members")
		}
		m := Member{Account: a.Card(), Role: Ordinary, JoinedAt: now}
		if a.ID == actor {
			m.Role = Owner
			members = append([]Member{m}, members...)
			continue
		}
		members = append(members, m)
	}
	return members, nil
}

// unique gives each identifier once, in order, without one of them.
func unique(ids []change.ID, without change.ID) []change.ID {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	return slices.DeleteFunc(ids, func(id change.ID) bool { return id == without })
}

func accountsOf(members []Member) []change.ID {
	ids := make([]change.ID, len(members))
	for i, m := range members {
		ids[i] = m.Account.ID
	}
	return ids
}

// createGroup stores a group under a number that nobody has.
func (s *Service) createGroup(ctx context.Context, c Conversation) (Conversation, error) {
	span := new(big.Int).Exp(big.NewInt(10), big.NewInt(groupNumberDigits-1), nil)
	for range maxNumberAttempts {
		n, err := rand.Int(rand.Reader, new(big.Int).Mul(span, big.NewInt(9)))
		if err != nil {
			return c, err
		}
		c.Group.Number = n.Add(n, span).String()
		stored, err := s.store.CreateGroup(ctx, c)
		if !errors.Is(err, change.ErrNotFound) {
			return stored, err
		}
	}
	return c, fmt.Errorf("no number for a group was found in %d attempts", maxNumberAttempts)
}

// newPicture makes what somebody uploaded the picture of a group.
func (s *Service) newPicture(ctx context.Context, actor change.ID, avatar string) (string, error) {
	if avatar == "" {
		return "", nil
	}
	if s.picture == nil {
		return "", change.Errorf(change.NotFound, "attachment.not_found", "There is no such picture.").On("avatar")
	}
	return avatar, s.picture(ctx, actor, avatar)
}

// noticeID is a ClientID that no client can choose.
func (s *Service) noticeID() string { return noticeClientIDStart + s.ids.Next().String() }

// notice makes the message that tells what somebody did.
func (s *Service) notice(actor, conversation change.ID, h Happening, concerned []change.ID) Message {
	h.Count = len(concerned)
	h.Accounts = concerned[:min(len(concerned), MaxNamedInNotice)]
	return Message{
		ConversationID: conversation, SenderID: actor, ClientID: s.noticeID(), Kind: Notice, Happening: &h, CreatedAt: s.clock.Now(),
	}
}

// tell adds a notice to the conversation.
func (s *Service) tell(ctx context.Context, actor, conversation change.ID, h Happening, concerned ...change.ID) error {
	_, err := s.store.AddMessage(ctx, s.notice(actor, conversation, h, concerned))
	return err
}

// seen notes that somebody has seen an announcement.
func (s *Service) seen(ctx context.Context, actor, conversation change.ID, number int64) error {
	ms, err := s.store.Membership(ctx, conversation, actor)
	if err != nil || ms.AnnouncementSeen >= number {
		return err
	}
	ms.AnnouncementSeen = number
	_, err = s.store.PutMembership(ctx, ms)
	return err
}

// in runs fn in a transaction with a conversation and the actor's row of it,
// the zero Member for a stranger, and gives what it changed.
func (s *Service) in(ctx context.Context, actor, conversation change.ID, fn func(ctx context.Context, c Conversation, me Member) error) (Delta, error) {
	var out Delta
	err := s.store.Update(ctx, func(ctx context.Context) error {
		c, me, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		if err := fn(ctx, c, me); err != nil {
			return err
		}
		out, err = s.outcome(ctx, actor, conversation)
		return err
	})
	return out, err
}

// GroupEdit changes a group; what is nil stays.
type GroupEdit struct {
	Name       *string
	Avatar     *string // empty: none
	JoinPolicy *JoinPolicy
	Muted      *bool
}

// UpdateGroup changes a group. What does not change is not told.
func (s *Service) UpdateGroup(ctx context.Context, actor, conversation change.ID, edit GroupEdit) (Delta, error) {
	if edit == (GroupEdit{}) {
		return Delta{}, errNothingToChange
	}
	var name string
	if edit.Name != nil {
		var err error
		if name, err = change.CheckLine("name", *edit.Name, 1, MaxGroupName); err != nil {
			return Delta{}, err
		}
	}
	var avatar string
	if edit.Avatar != nil {
		var err error
		if avatar, err = s.newPicture(ctx, actor, *edit.Avatar); err != nil {
			return Delta{}, err
		}
	}
	return s.in(ctx, actor, conversation, func(ctx context.Context, c Conversation, me Member) error {
		if err := mayManage(c, me); err != nil {
			return err
		}
		g := c.Group
		var told []Happening
		if edit.Name != nil && name != g.Name {
			g.Name = name
			told = append(told, Happening{Event: GroupRenamed, Text: name})
		}
		if edit.Avatar != nil && avatar != g.Avatar {
			g.Avatar = avatar
			told = append(told, Happening{Event: GroupPictured})
		}
		if edit.JoinPolicy != nil {
			g.JoinPolicy = *edit.JoinPolicy
		}
		if edit.Muted != nil && *edit.Muted != g.Muted {
			g.Muted = *edit.Muted
			event := GroupUnmuted
			if g.Muted {
				event = GroupMuted
			}
			told = append(told, Happening{Event: event})
		}
		if g == c.Group {
			return nil
		}
		for _, h := range told {
			if err := s.tell(ctx, actor, conversation, h); err != nil {
				return err
			}
		}
		_, err := s.store.PutGroup(ctx, conversation, g)
		return err
	})
}

// Announce sets the announcement; empty takes it away, which is not told.
func (s *Service) Announce(ctx context.Context, actor, conversation change.ID, body string) (Delta, error) {
	if err := change.CheckText("body", body, 0, MaxAnnouncement); err != nil {
		return Delta{}, err
	}
	return s.in(ctx, actor, conversation, func(ctx context.Context, c Conversation, me Member) error {
		if err := mayManage(c, me); err != nil {
			return err
		}
		g := c.Group
		if strings.TrimSpace(body) == "" {
			if g.Announcement.Body == "" {
				return nil
			}
			g.Announcement = Announcement{Number: g.Announcement.Number}
			_, err := s.store.PutGroup(ctx, conversation, g)
			return err
		}
		g.Announcement = Announcement{Number: g.Announcement.Number + 1, Body: body, AuthorID: actor, CreatedAt: s.clock.Now()}
		if err := s.tell(ctx, actor, conversation, Happening{Event: AnnouncementChanged, Text: body}); err != nil {
			return err
		}
		if _, err := s.store.PutGroup(ctx, conversation, g); err != nil {
			return err
		}
		return s.seen(ctx, actor, conversation, g.Announcement.Number)
	})
}

// Dissolve ends a group for everybody.
func (s *Service) Dissolve(ctx context.Context, actor, conversation change.ID) error {
	return s.store.Update(ctx, func(ctx context.Context) error {
		c, me, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		if err := mayOwn(c, me); err != nil {
			return err
		}
		return s.dissolve(ctx, c, actor)
	})
}

// DissolveAs dissolves a group because the operator wants it so. It asks
// nobody's leave.
func (s *Service) DissolveAs(ctx context.Context, operator, conversation change.ID) error {
	return s.store.Update(ctx, func(ctx context.Context) error {
		c, err := s.store.Conversation(ctx, conversation)
		if err != nil && !errors.Is(err, change.ErrNotFound) {
			return err
		}
		if c.Kind != InGroup || c.Group.State != GroupActive {
			return ErrNotFound
		}
		return s.dissolve(ctx, c, operator)
	})
}

func (s *Service) dissolve(ctx context.Context, c Conversation, actor change.ID) error {
	if err := s.tell(ctx, actor, c.ID, Happening{Event: GroupWasDissolved}); err != nil {
		return err
	}
	members, _, err := s.store.MemberIDs(ctx, c.ID)
	if err != nil {
		return err
	}
	if err := s.close(ctx, c); err != nil {
		return err
	}
	return s.store.Leave(ctx, c.ID, members, Dissolved)
}

// close ends the ways into a group that ends.
func (s *Service) close(ctx context.Context, c Conversation) error {
	g := c.Group
	g.State = GroupDissolved
	if _, err := s.store.PutGroup(ctx, c.ID, g); err != nil {
		return err
	}
	now := s.clock.Now()
	requests, err := s.store.PendingJoinRequests(ctx, c.ID, c.Group.JoinRequests)
	if err != nil {
		return err
	}
	for _, r := range requests {
		r.State, r.AnsweredAt = Declined, now
		if _, err := s.store.PutJoinRequest(ctx, r); err != nil {
			return err
		}
	}
	invitations, err := s.store.PendingInvitations(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, i := range invitations {
		i.State, i.AnsweredAt = Withdrawn, now
		if _, err := s.store.PutInvitation(ctx, i); err != nil {
			return err
		}
	}
	links, err := s.store.Links(ctx, c.ID)
	for _, l := range links {
		err = errors.Join(err, s.store.DeleteLink(ctx, l.ID))
	}
	return err
}
