package conversation

import (
	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
)

// Errors of this noun.
var (
	ErrNotFound    = change.Errorf(change.NotFound, "conversation.not_found", "There is no such conversation.")
	ErrNotFriends  = change.Errorf(change.Forbidden, "conversation.not_friends", "You are not friends any more. Send a friend request to write again; what you wrote stays here.")
	ErrIBlocked    = change.Errorf(change.Forbidden, "conversation.blocked", "You have blocked this person. Unblock them to write.")
	ErrNotAllowed  = change.Errorf(change.Forbidden, "conversation.not_allowed", "This message can not be delivered: this person is not taking messages from you.")
	ErrEmpty       = change.Errorf(change.Invalid, "message.empty", "There is nothing to send.").On("body")
	ErrTooLong     = change.Errorf(change.Invalid, "message.too_long", "This is longer than %d characters. Send it in parts.", MaxBody).On("body")
	ErrAttachments = change.Errorf(change.Invalid, "message.attachments", "A message can have %d different attachments. Send it in parts.", attachment.MaxPerMessage).On("attachments")
	ErrAlone       = change.Errorf(change.Invalid, "message.sticker_alone", "A sticker is sent by itself, without words, files or mentions.").On("sticker")
	ErrMention     = change.Errorf(change.Invalid, "message.mention_unknown", "Somebody who is mentioned is not in this conversation.").On("mentions")
	ErrMentionAll  = change.Errorf(change.Forbidden, "message.mention_all", "Only owner and admins can mention everybody.").On("mentionsAll")
	ErrNotEditable = change.Errorf(change.NotFound, "message.not_found", "There is no such message.")
	ErrClientID    = change.Errorf(change.Invalid, "message.client_id", "clientId must be %d to %d letters, digits, - or _.", MinClientID, MaxClientID).On("clientId")
)

// Standing is all that the right to post depends on, as of the commit.
type Standing struct {
	Kind   Kind
	Member MemberState // of the sender; empty for a stranger
	At     int64       // when it is sent
	// Of a group:
	Role       Role
	MutedUntil int64
	Muted      bool // everybody but owner and admins is
	// Of a direct conversation:
	Friends   bool
	IBlocked  bool // the sender blocked the peer
	Blocked   bool // the peer blocked the sender
	PeerState account.State
	// Attachments is how the sender stands to each of those of the message.
	Attachments []attachment.Standing
}

// MayPost tells whether the sender may post, and if not, why not. Strangers and
// former members are told that there is no such conversation.
func MayPost(s Standing) error {
	if err := mayWrite(s); err != nil {
		return err
	}
	for _, a := range s.Attachments {
		if err := attachment.MayUse(a); err != nil {
			return err
		}
	}
	return nil
}

func mayWrite(s Standing) error {
	switch {
	case s.Member != Joined:
		return ErrNotFound
	case s.Kind == InGroup:
		return mayPostInGroup(s)
	case s.IBlocked:
		return ErrIBlocked
	case !s.Friends:
		return ErrNotFriends
	case s.Blocked, s.PeerState != account.Active:
		return ErrNotAllowed
	}
	return nil
}

// mayRead tells whether somebody may see a conversation. The zero Member is a
// stranger.
func mayRead(m Member) error {
	if m.State != Joined {
		return ErrNotFound
	}
	return nil
}

func mayPostInGroup(s Standing) error {
	switch {
	case s.Role == Owner:
		return nil
	case s.MutedUntil > s.At:
		return errMuted(s.MutedUntil)
	case s.Muted && s.Role != Admin:
		return ErrGroupMuted
	}
	return nil
}

// mayMentionAll tells whether a message may mention all members.
func mayMentionAll(s Standing) error {
	if s.Kind != InGroup || s.Role != Owner && s.Role != Admin {
		return ErrMentionAll
	}
	return nil
}

// mayEdit tells whether somebody may go on with a message: whoever wrote it,
// while they may see it.
func mayEdit(m Message, actor Member) error {
	if actor.State != Joined {
		return ErrNotFound
	}
	if m.SenderID != actor.Account.ID || m.Kind != Text {
		return ErrNotEditable
	}
	return nil
}
