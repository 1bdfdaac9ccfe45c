package conversation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// MemberList is a part of the members.
type MemberList struct {
	Members    []Member
	NextCursor string // empty on the last page
	Total      int    // that there are of the kind asked for
}

// MemberFilter chooses among members.
type MemberFilter struct {
	Role  Role   // empty: any
	Query string // a part of a name, a nickname or a user name; empty: any
}

// ListMembers gives a page of the members: the owner, the admins, the others,
// each as long as they have been there.
func (s *Service) ListMembers(ctx context.Context, actor, conversation change.ID, filter MemberFilter, cursor string, limit int) (MemberList, error) {
	if limit < 1 || limit > MaxPage {
		limit = DefaultPage
	}
	after, err := parsePosition(cursor)
	if err != nil {
		return MemberList{}, err
	}
	var out MemberList
	err = s.store.View(ctx, func(ctx context.Context) error {
		out = MemberList{}
		if _, _, err := s.readable(ctx, actor, conversation); err != nil {
			return err
		}
		if filter.Query != "" {
			out, err = s.searchMembers(ctx, conversation, filter, after, limit)
			return err
		}
		if out.Total, err = s.store.CountMembers(ctx, conversation, filter.Role); err != nil {
			return err
		}
		out.Members, err = s.store.MemberPage(ctx, conversation, filter.Role, after, limit+1)
		out.cut(limit)
		return err
	})
	return out, err
}

// searchMembers looks at all of them: how letters are folded does not depend on
// the database then.
func (s *Service) searchMembers(ctx context.Context, conversation change.ID, filter MemberFilter, after MemberPosition, limit int) (out MemberList, err error) {
	list, err := s.store.MemberPage(ctx, conversation, filter.Role, MemberPosition{}, MaxGroupMembers)
	query := NameKey(filter.Query)
	found := after == MemberPosition{}
	for _, m := range list {
		if !strings.Contains(NameKey(m.Account.Name), query) && !strings.Contains(NameKey(m.Nickname), query) && !strings.Contains(NameKey(m.Account.Username), query) {
			continue
		}
		out.Total++
		if found && len(out.Members) <= limit {
			out.Members = append(out.Members, m)
		}
		found = found || position(m) == after
	}
	out.cut(limit)
	return out, err
}

// cut keeps a page of the members, and says where the next begins.
func (l *MemberList) cut(limit int) {
	if len(l.Members) > limit {
		l.Members = l.Members[:limit]
		p := position(l.Members[limit-1])
		l.NextCursor = fmt.Sprintf("%s-%d-%d", p.Role, p.JoinedAt, p.Account)
	}
}

func position(m Member) MemberPosition { return MemberPosition{m.Role, m.JoinedAt, m.Account.ID} }

func parsePosition(cursor string) (p MemberPosition, err error) {
	if cursor == "" {
		return p, nil
	}
	role, rest, _ := strings.Cut(cursor, "-")
	p.Role = Role(role)
	if n, err := fmt.Sscanf(rest, "%d-%d", &p.JoinedAt, &p.Account); n != 2 || err != nil || !slices.Contains([]Role{Owner, Admin, Ordinary}, p.Role) {
		return p, errCursor
	}
	return p, nil
}

// GetMembers gives members by their accounts, former ones too.
func (s *Service) GetMembers(ctx context.Context, actor, conversation change.ID, ids []change.ID) ([]Member, error) {
	var out []Member
	err := s.store.View(ctx, func(ctx context.Context) error {
		if _, _, err := s.readable(ctx, actor, conversation); err != nil {
			return err
		}
		places := make([]Place, 0, len(ids))
		for _, id := range unique(ids, 0) {
			places = append(places, Place{conversation, id})
		}
		var err error
		out, err = s.store.MembersAt(ctx, places)
		return err
	})
	return out, err
}

// GroupList is a part of a list of groups.
type GroupList struct {
	Groups     []GroupCard
	NextCursor string // empty on the last page
}

// CommonGroups gives a page of the groups that the actor has in common with
// another, those that were made last first. Somebody whom there is not, and
// somebody who has blocked the actor, has none.
func (s *Service) CommonGroups(ctx context.Context, actor, other change.ID, cursor string, limit int) (GroupList, error) {
	if limit < 1 || limit > MaxPage {
		limit = DefaultPage
	}
	var before change.ID
	if cursor != "" {
		var ok bool
		if before, ok = change.ParseID(cursor); !ok {
			return GroupList{}, errCursor
		}
	}
	var out GroupList
	err := s.store.View(ctx, func(ctx context.Context) error {
		out = GroupList{}
		theirs, err := s.store.Contact(ctx, other, actor)
		if err != nil && !errors.Is(err, change.ErrNotFound) {
			return err
		}
		if !mayCompare(theirs) {
			return nil
		}
		list, err := s.store.CommonGroups(ctx, actor, other, before, limit+1)
		for i, c := range list {
			if i == limit {
				out.NextCursor = list[i-1].ID.String()
				break
			}
			out.Groups = append(out.Groups, c.Card())
		}
		return err
	})
	return out, err
}

// Addition is what became of whom somebody wanted in a group.
type Addition struct{ Added, Invited []change.ID }

// AddMembers brings the actor's friends into a group at once, and invites all
// others, and friends who once quit it. Who is in it already is passed over.
func (s *Service) AddMembers(ctx context.Context, actor, conversation change.ID, ids []change.ID) (Addition, error) {
	var out Addition
	err := s.store.Update(ctx, func(ctx context.Context) error {
		out = Addition{}
		c, me, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		if err := mayAdd(c, me); err != nil {
			return err
		}
		members, others, err := s.candidates(ctx, c, me, unique(ids, actor))
		if err != nil {
			return err
		}
		if err := fits(c, len(members)); err != nil {
			return err
		}
		if out.Invited, err = s.invite(ctx, c, me, others); err != nil || len(members) == 0 {
			return err
		}
		out.Added = accountsOf(members)
		if err := s.tell(ctx, actor, c.ID, Happening{Event: MemberAdded}, out.Added...); err != nil {
			return err
		}
		return s.join(ctx, c, members)
	})
	return out, err
}

// candidates sorts those who are to come into a group into those who come at
// once, and those who are asked.
func (s *Service) candidates(ctx context.Context, c Conversation, me Member, ids []change.ID) (members []Member, others []account.Account, err error) {
	friends, err := s.store.Friends(ctx, me.Account.ID)
	if err != nil {
		return nil, nil, err
	}
	accounts, err := s.store.AccountsOf(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	if len(accounts) < len(ids) {
		return nil, nil, ErrNobody
	}
	places := make([]Place, len(ids))
	for i, id := range ids {
		places[i] = Place{c.ID, id}
	}
	rows, err := s.store.MembersAt(ctx, places)
	if err != nil {
		return nil, nil, err
	}
	before := make(map[change.ID]Member, len(rows))
	for _, m := range rows {
		before[m.Account.ID] = m
	}
	now := s.clock.Now()
	for _, a := range accounts {
		was := before[a.ID]
		if was.State == Joined {
			continue
		}
		if a.State != account.Active {
			return nil, nil, ErrNobody
		}
		if was.LeftReason == Removed && me.Role == Ordinary {
			return nil, nil, ErrNotAllowedHere
		}
		if _, friend := slices.BinarySearch(friends, a.ID); friend && was.LeftReason != Quit {
			members = append(members, Member{Account: a.Card(), Role: Ordinary, JoinedAt: now, MutedUntil: was.MutedUntil})
			continue
		}
		if a.Kind != account.Person {
			return nil, nil, ErrNobody
		}
		others = append(others, a)
	}
	return members, others, nil
}

// join brings members into a group of whose coming was told, and answers what
// they asked for and were asked.
func (s *Service) join(ctx context.Context, c Conversation, members []Member) error {
	if err := s.store.Join(ctx, c.ID, members); err != nil {
		return err
	}
	came := make(map[change.ID]bool, len(members))
	for _, m := range members {
		came[m.Account.ID] = true
	}
	now := s.clock.Now()
	if c.Group.JoinRequests > 0 {
		requests, err := s.store.PendingJoinRequests(ctx, c.ID, c.Group.JoinRequests)
		if err != nil {
			return err
		}
		for _, r := range requests {
			if came[r.From.ID] {
				r.State, r.AnsweredAt = Accepted, now
				if _, err := s.store.PutJoinRequest(ctx, r); err != nil {
					return err
				}
			}
		}
	}
	invitations, err := s.store.PendingInvitations(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, i := range invitations {
		if came[i.To] {
			i.State, i.AnsweredAt = Accepted, now
			if _, err := s.store.PutInvitation(ctx, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// MemberEdit changes a member; what is nil stays.
type MemberEdit struct {
	Role       *Role  // Admin or Ordinary
	MutedUntil *int64 // in the past: may write
}

// UpdateMember changes what another member may do.
func (s *Service) UpdateMember(ctx context.Context, actor, conversation, id change.ID, edit MemberEdit) (Delta, error) {
	if edit == (MemberEdit{}) {
		return Delta{}, errNothingToChange
	}
	return s.in(ctx, actor, conversation, func(ctx context.Context, c Conversation, me Member) error {
		them, err := s.member(ctx, conversation, id)
		if err != nil {
			return err
		}
		after := them
		var told []Happening
		if edit.Role != nil {
			if err := maySetRole(c, me, them); err != nil {
				return err
			}
			if after.Role = *edit.Role; after.Role != them.Role {
				told = append(told, Happening{Event: RoleChanged, Role: after.Role})
			}
		}
		if edit.MutedUntil != nil {
			if err := mayRuleOver(c, me, them); err != nil {
				return err
			}
			if after.MutedUntil = *edit.MutedUntil; after.MutedUntil <= s.clock.Now() {
				after.MutedUntil = 0
			}
			switch after.MutedUntil {
			case them.MutedUntil:
			case 0:
				told = append(told, Happening{Event: MemberUnmuted})
			default:
				told = append(told, Happening{Event: MemberMuted, Until: after.MutedUntil})
			}
		}
		if after == them {
			return nil
		}
		for _, h := range told {
			if err := s.tell(ctx, actor, conversation, h, id); err != nil {
				return err
			}
		}
		_, err = s.store.PutMember(ctx, after)
		return err
	})
}

// Rename sets the actor's own name in a group; empty removes it.
func (s *Service) Rename(ctx context.Context, actor, conversation change.ID, nickname string) (Delta, error) {
	nickname, err := change.CheckLine("nickname", nickname, 0, MaxNickname)
	if err != nil {
		return Delta{}, err
	}
	return s.in(ctx, actor, conversation, func(ctx context.Context, c Conversation, me Member) error {
		if err := inGroup(c, me); err != nil || me.Nickname == nickname {
			return err
		}
		me.Nickname = nickname
		_, err := s.store.PutMember(ctx, me)
		return err
	})
}

// HandOver makes another member the owner; the actor becomes an admin.
func (s *Service) HandOver(ctx context.Context, actor, conversation, to change.ID) (Delta, error) {
	return s.in(ctx, actor, conversation, func(ctx context.Context, c Conversation, me Member) error {
		if err := mayOwn(c, me); err != nil {
			return err
		}
		them, err := s.member(ctx, conversation, to)
		if err != nil {
			return err
		}
		heir, err := s.store.Account(ctx, to)
		if err != nil && !errors.Is(err, change.ErrNotFound) {
			return err
		}
		if them.State != Joined || to == actor || !mayInherit(heir) {
			return ErrMemberNotFound
		}
		if err := s.tell(ctx, actor, conversation, Happening{Event: OwnerChanged}, to); err != nil {
			return err
		}
		me.Role, them.Role = Admin, Owner
		if _, err := s.store.PutMember(ctx, me); err != nil {
			return err
		}
		_, err = s.store.PutMember(ctx, them)
		return err
	})
}

// mayInherit tells whether somebody can own a group.
func mayInherit(a account.Account) bool {
	return a.Kind == account.Person && a.State == account.Active
}

// RemoveMember ends somebody else's membership, or the actor's own.
func (s *Service) RemoveMember(ctx context.Context, actor, conversation, id change.ID) error {
	if id == actor {
		return s.Quit(ctx, actor, conversation)
	}
	return s.store.Update(ctx, func(ctx context.Context) error {
		c, me, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		them, err := s.member(ctx, conversation, id)
		if err != nil {
			return err
		}
		if err := mayRuleOver(c, me, them); err != nil {
			return err
		}
		if err := s.tell(ctx, actor, conversation, Happening{Event: MemberRemoved}, id); err != nil {
			return err
		}
		return s.store.Leave(ctx, conversation, []change.ID{id}, Removed)
	})
}

// Quit ends the actor's own membership. An owner hands over to the admin, or
// else the member, who has been there longest; with nobody to hand over to, the
// group is dissolved.
func (s *Service) Quit(ctx context.Context, actor, conversation change.ID) error {
	return s.store.Update(ctx, func(ctx context.Context) error {
		c, me, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		if err := inGroup(c, me); err != nil {
			return err
		}
		if me.Role == Owner {
			heir, err := s.heir(ctx, c, actor)
			if err != nil {
				return err
			}
			if heir.Account.ID == 0 {
				return s.quitLast(ctx, c, actor)
			}
			if err := s.tell(ctx, actor, conversation, Happening{Event: OwnerChanged}, heir.Account.ID); err != nil {
				return err
			}
			heir.Role = Owner
			if _, err := s.store.PutMember(ctx, heir); err != nil {
				return err
			}
		}
		if err := s.tell(ctx, actor, conversation, Happening{Event: MemberQuit}, actor); err != nil {
			return err
		}
		return s.store.Leave(ctx, conversation, []change.ID{actor}, Quit)
	})
}

// heir is who owns the group after the actor; the zero Member if there is
// nobody.
func (s *Service) heir(ctx context.Context, c Conversation, actor change.ID) (Member, error) {
	var after MemberPosition
	for {
		list, err := s.store.MemberPage(ctx, c.ID, "", after, MaxPage)
		if err != nil || len(list) == 0 {
			return Member{}, err
		}
		accounts, err := s.store.AccountsOf(ctx, accountsOf(list))
		if err != nil {
			return Member{}, err
		}
		may := make(map[change.ID]bool, len(accounts))
		for _, a := range accounts {
			may[a.ID] = mayInherit(a) && a.ID != actor
		}
		for _, m := range list {
			if may[m.Account.ID] {
				return m, nil
			}
		}
		after = position(list[len(list)-1])
	}
}

// quitLast dissolves a group because its last owner quits.
func (s *Service) quitLast(ctx context.Context, c Conversation, actor change.ID) error {
	if err := s.tell(ctx, actor, c.ID, Happening{Event: MemberQuit}, actor); err != nil {
		return err
	}
	members, _, err := s.store.MemberIDs(ctx, c.ID)
	if err != nil {
		return err
	}
	if err := s.close(ctx, c); err != nil {
		return err
	}
	if err := s.store.Leave(ctx, c.ID, []change.ID{actor}, Quit); err != nil {
		return err
	}
	if others := unique(members, actor); len(others) > 0 {
		return s.store.Leave(ctx, c.ID, others, Dissolved)
	}
	return nil
}

// AccountGone takes an account out of all groups, because it ends: its groups are
// handed over, what it asked for is withdrawn, and what it was asked is
// declined.
func (s *Service) AccountGone(ctx context.Context, actor change.ID) error {
	return s.store.Update(ctx, func(ctx context.Context) error {
		list, err := s.store.Joined(ctx, actor)
		if err != nil {
			return err
		}
		for _, c := range list {
			if c.Kind != InGroup {
				continue
			}
			if err := s.Quit(ctx, actor, c.ID); err != nil {
				return err
			}
		}
		now := s.clock.Now()
		requests, err := s.store.JoinRequests(ctx, actor, 0)
		if err != nil {
			return err
		}
		for _, r := range requests {
			if r.State == Pending {
				r.State, r.AnsweredAt = Withdrawn, now
				if _, err := s.store.PutJoinRequest(ctx, r); err != nil {
					return err
				}
			}
		}
		invitations, err := s.store.Invitations(ctx, actor, 0)
		if err != nil {
			return err
		}
		for _, i := range invitations {
			if i.State == Pending {
				i.State, i.AnsweredAt = Declined, now
				if _, err := s.store.PutInvitation(ctx, i); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Settings are what somebody sets for a conversation for themselves; what is
// nil stays.
type Settings struct {
	Remark           *string // of a group; empty removes it
	Notify           *Notify
	Pinned           *bool
	AnnouncementSeen *int64
}

// UpdateMembership changes the actor's settings for a conversation.
func (s *Service) UpdateMembership(ctx context.Context, actor, conversation change.ID, set Settings) (Membership, error) {
	if set == (Settings{}) {
		return Membership{}, errNothingToChange
	}
	var remark string
	if set.Remark != nil {
		var err error
		if remark, err = change.CheckLine("remark", *set.Remark, 0, MaxGroupRemark); err != nil {
			return Membership{}, err
		}
	}
	var out Membership
	err := s.store.Update(ctx, func(ctx context.Context) error {
		c, me, err := s.readable(ctx, actor, conversation)
		if err != nil {
			return err
		}
		if out, err = s.store.Membership(ctx, conversation, actor); err != nil {
			return err
		}
		before := out
		if set.Remark != nil {
			if err := inGroup(c, me); err != nil {
				return err
			}
			out.Remark = remark
		}
		if set.Notify != nil {
			out.Notify = *set.Notify
		}
		if set.Pinned != nil && *set.Pinned != (out.PinnedAt != 0) {
			if out.PinnedAt = 0; *set.Pinned {
				out.PinnedAt = s.clock.Now()
			}
		}
		if set.AnnouncementSeen != nil {
			out.AnnouncementSeen = max(out.AnnouncementSeen, min(*set.AnnouncementSeen, c.Group.Announcement.Number))
		}
		if out == before {
			return nil
		}
		out, err = s.store.PutMembership(ctx, out)
		return err
	})
	return out, err
}
