package contact

import (
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Errors of this noun.
var (
	ErrNotFound       = change.Errorf(change.NotFound, "contact.not_found", "This person is not among your contacts.")
	ErrNoAccount      = change.Errorf(change.NotFound, "account.not_found", "Nobody was found. Check the spelling: the whole user name or e-mail address is needed.")
	ErrNoProfile      = change.Errorf(change.NotFound, "account.not_found", "There is no such account.")
	ErrSelf           = change.Errorf(change.Invalid, "contact.self", "This is you.")
	ErrAlreadyFriends = change.Errorf(change.Conflict, "contact.already_friends", "You are friends already.")
	ErrIBlocked       = change.Errorf(change.Conflict, "contact.blocked", "You have blocked this person. Unblock them first.")
	ErrDeclinedLately = change.Errorf(change.Conflict, "friend_request.declined", "Your request was declined. You can ask again a day later.")
	ErrTooMany        = change.Errorf(change.Conflict, "friend_request.too_many", "You have %d requests waiting for an answer. Withdraw some first.", MaxPending)
	ErrNoRequest      = change.Errorf(change.NotFound, "friend_request.not_found", "There is no such friend request.")
	ErrAnswered       = change.Errorf(change.Conflict, "friend_request.answered", "This request has been answered or withdrawn already.")
)

// askAgainAfter is how long somebody who was declined waits to ask again.
const askAgainAfter = 24 * time.Hour

// standing is all that a request to befriend somebody depends on.
type standing struct {
	from, to     account.Account
	mine, theirs Contact // zero when there is none
	last         Request // the newest of from to to; zero when there is none
	pending      int     // that from has waiting in all
	now          int64
}

// mayAsk tells whether from may ask to for friendship.
func mayAsk(s standing) error {
	switch {
	case s.from.ID == s.to.ID:
		return ErrSelf
	case s.to.State != account.Active:
		return ErrNoAccount
	case s.mine.Blocked:
		return ErrIBlocked
	case s.mine.State == Friend:
		return ErrAlreadyFriends
	case s.last.State == Declined && s.now-s.last.AnsweredAt < change.Ms(askAgainAfter):
		return ErrDeclinedLately
	case s.pending >= MaxPending:
		return ErrTooMany
	}
	return nil
}

// mayAnswer tells whether actor may bring the request into the given state:
// whoever was asked accepts or declines, whoever asked withdraws. To everybody
// else there is no such request.
func mayAnswer(r Request, actor change.ID, answer RequestState) error {
	who := r.To.ID
	if answer == Withdrawn {
		who = r.From.ID
	}
	switch {
	case actor != r.From.ID && actor != r.To.ID, actor == r.To.ID && r.ToVersion == 0:
		return ErrNoRequest
	case actor != who:
		return ErrNoRequest
	case r.State != Pending:
		return ErrAnswered
	}
	return nil
}
