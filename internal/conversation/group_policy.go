package conversation

import (
	"time"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
)

// Errors of groups.
var (
	ErrNoGroup         = change.Errorf(change.Conflict, "conversation.no_group", "This is no group.")
	ErrNotAllowedHere  = change.Errorf(change.Forbidden, "group.not_allowed", "Your role in this group does not allow this.")
	ErrGroupMuted      = change.Errorf(change.Forbidden, "group.muted", "Only owner and admins can write here at the moment.")
	ErrFull            = change.Errorf(change.Conflict, "group.full", "A group can have %d members, and there is no room for these.", MaxGroupMembers)
	ErrMemberNotFound  = change.Errorf(change.NotFound, "member.not_found", "This person is not in the group.")
	ErrAlreadyIn       = change.Errorf(change.Conflict, "group.already_in", "You are in this group already.")
	ErrNotFriend       = change.Errorf(change.NotFound, "contact.not_found", "Only friends can be added at once.")
	ErrNobody          = change.Errorf(change.NotFound, "account.not_found", "There is no such person.")
	ErrClientIDUsed    = change.Errorf(change.Conflict, "message.client_id_used", "This clientId was used for something else.").On("clientId")
	ErrLinkInvalid     = change.Errorf(change.Gone, "link.invalid", "This link was taken back, is used up, or is too old. Ask for a new one.")
	ErrNoLink          = change.Errorf(change.NotFound, "link.not_found", "There is no such link.")
	ErrTooManyLinks    = change.Errorf(change.Conflict, "link.too_many", "A group can have %d links at a time. Take one back first.", MaxLinks)
	ErrNoJoinRequest   = change.Errorf(change.NotFound, "join_request.not_found", "There is no such request.")
	ErrRequestAnswered = change.Errorf(change.Conflict, "join_request.answered", "This request has been answered or withdrawn already.")
	ErrAskedLately     = change.Errorf(change.Conflict, "join_request.declined", "Your request was declined. You can ask again a day later.")
	ErrTooManyAsked    = change.Errorf(change.Conflict, "join_request.too_many", "You have %d requests waiting for an answer. Withdraw some first.", MaxPendingAsked)
	ErrNoInvitation    = change.Errorf(change.NotFound, "invitation.not_found", "There is no such invitation.")
	ErrInvitationUsed  = change.Errorf(change.Conflict, "invitation.answered", "This invitation has been answered already.")
	ErrInvitationGone  = change.Errorf(change.Gone, "invitation.gone", "This invitation does not hold any more. Ask somebody in the group for a new one.")
	ErrTooManyInvited  = change.Errorf(change.Conflict, "invitation.too_many", "You have invited %d people who have not answered yet. Wait for some of them.", MaxPendingInvited)
	errNothingToChange = change.Errorf(change.Invalid, "request.invalid", "There is nothing to change.")
	errCursor          = change.Errorf(change.Invalid, "request.invalid", "This cursor is not one that was given.").On("cursor")
)

// errMuted says until when somebody can not write.
func errMuted(until int64) error {
	if until >= Forever {
		return change.Errorf(change.Forbidden, "member.muted", "You can not write here until an admin allows it again.")
	}
	return change.Errorf(change.Forbidden, "member.muted", "You can not write here until %s UTC.", time.UnixMilli(until).UTC().Format("2006-01-02 15:04:05"))
}

// inGroup tells whether somebody belongs to a group. To everybody else there is
// none.
func inGroup(c Conversation, m Member) error {
	switch {
	case m.State != Joined:
		return ErrNotFound
	case c.Kind != InGroup:
		return ErrNoGroup
	}
	return nil
}

// mayManage: owner and admins change the group, and answer who asks to be in.
func mayManage(c Conversation, m Member) error {
	if err := inGroup(c, m); err != nil {
		return err
	}
	if m.Role != Owner && m.Role != Admin {
		return ErrNotAllowedHere
	}
	return nil
}

// mayOwn: the owner names admins, hands over and dissolves.
func mayOwn(c Conversation, m Member) error {
	if err := inGroup(c, m); err != nil {
		return err
	}
	if m.Role != Owner {
		return ErrNotAllowedHere
	}
	return nil
}

// mayAdd tells whether somebody may bring others in.
func mayAdd(c Conversation, m Member) error {
	if err := inGroup(c, m); err != nil {
		return err
	}
	if c.Group.JoinPolicy == JoinByInvitation && m.Role == Ordinary {
		return ErrNotAllowedHere
	}
	return nil
}

// mayCompare tells whether somebody is shown the groups that they have in common
// with another. Whoever the other has blocked is shown none, as if there were
// none.
func mayCompare(theirs contact.Contact) bool { return !theirs.Blocked }

// outranks tells whether one member has rights over another: the owner over
// all, admins over ordinary members.
func outranks(actor, target Member) bool {
	switch actor.Role {
	case Owner:
		return target.Role != Owner
	case Admin:
		return target.Role == Ordinary
	}
	return false
}

// mayRuleOver tells whether somebody may remove or mute a member.
func mayRuleOver(c Conversation, actor, target Member) error {
	if err := inGroup(c, actor); err != nil {
		return err
	}
	if actor.Role == Ordinary {
		return ErrNotAllowedHere
	}
	if target.State != Joined {
		return ErrMemberNotFound
	}
	if !outranks(actor, target) {
		return ErrNotAllowedHere
	}
	return nil
}

// maySetRole tells whether somebody may make a member an admin, or an ordinary
// member.
func maySetRole(c Conversation, actor, target Member) error {
	if err := mayOwn(c, actor); err != nil {
		return err
	}
	if target.State != Joined {
		return ErrMemberNotFound
	}
	if target.Role == Owner {
		return ErrNotAllowedHere
	}
	return nil
}

// fits tells whether a group has room for more members.
func fits(c Conversation, more int) error {
	if c.MemberCount+more > MaxGroupMembers {
		return ErrFull
	}
	return nil
}

// askAgainAfter is how long somebody who was declined waits to ask again.
const askAgainAfter = 24 * time.Hour

// asking is all that a request to be let in depends on.
type asking struct {
	group   Conversation
	member  Member      // zero if never one
	last    JoinRequest // zero when there is none
	pending int         // of the asker in all
	link    bool        // by a link that is valid
	now     int64
}

// mayAsk tells whether somebody may ask to be let in. Who finds no group is
// told that there is none.
func mayAsk(a asking) error {
	switch {
	case a.group.Kind != InGroup, a.group.Group.State != GroupActive:
		return ErrNotFound
	case a.member.State == Joined:
		return ErrAlreadyIn
	case a.group.Group.JoinPolicy == JoinByInvitation && !a.link:
		return ErrNotFound
	case a.last.State == Declined && a.now-a.last.AnsweredAt < change.Ms(askAgainAfter):
		return ErrAskedLately
	case a.last.State != Pending && a.pending >= MaxPendingAsked:
		return ErrTooManyAsked
	}
	return fits(a.group, 1)
}

// mayUse tells whether a link still lets anybody in.
func mayUse(l Link, c Conversation, now int64) error {
	if l.ExpiresAt != 0 && now >= l.ExpiresAt || l.MaxUses != 0 && l.Uses >= l.MaxUses || c.Group.State != GroupActive {
		return ErrLinkInvalid
	}
	return nil
}

// mayAccept tells whether an invitation still holds: whoever invited may still
// add.
func mayAccept(i Invitation, c Conversation, inviter Member) error {
	if i.State != Pending {
		return ErrInvitationUsed
	}
	if c.Group.State != GroupActive || mayAdd(c, inviter) != nil {
		return ErrInvitationGone
	}
	return fits(c, 1)
}
