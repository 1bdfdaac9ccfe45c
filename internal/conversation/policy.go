package conversation

import (
	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Errors of this noun.
var (
	ErrNotFound   = change.Errorf(change.NotFound, "conversation.not_found", "There is no such conversation.")
	ErrNotFriends = change.Errorf(change.Forbidden, "conversation.not_friends", "You are not friends any more. Send a friend request to write again; what you wrote stays here.")
	ErrIBlocked   = change.Errorf(change.Forbidden, "conversation.blocked", "You have blocked this person. Unblock them to write.")
	ErrNotAllowed = change.Errorf(change.Forbidden, "conversation.not_allowed", "This message can not be delivered: this person is not taking messages from you.")
	ErrEmpty      = change.Errorf(change.Invalid, "message.empty", "There is nothing to send.").On("body")
	ErrTooLong    = change.Errorf(change.Invalid, "message.too_long", "This is longer than %d characters. Send it in parts.", MaxBody).On("body")
	ErrClientID   = change.Errorf(change.Invalid, "message.client_id", "clientId must be %d to %d letters, digits, - or _.", MinClientID, MaxClientID).On("clientId")
)

// Standing is all that the right to post depends on, as of the commit.
type Standing struct {
	Kind   Kind
	Member MemberState // of the sender; empty for a stranger
	// Of a direct conversation:
	Friends   bool
	IBlocked  bool // the sender blocked the peer
	Blocked   bool // the peer blocked the sender
	PeerState account.State
}

// MayPost tells whether the sender may post, and if not, why not. Strangers and
// former members are told that there is no such conversation.
func MayPost(s Standing) error {
	switch {
	case s.Member != Joined:
		return ErrNotFound
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
