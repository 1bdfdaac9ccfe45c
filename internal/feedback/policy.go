package feedback

import (
	"strings"

	"github.com/happychat/happychat/internal/change"
)

// Errors of this noun.
var (
	ErrNotFound = change.Errorf(change.NotFound, "feedback.not_found", "There is no such feedback.")
	ErrTooMany  = change.Errorf(change.Conflict, "feedback.too_many", "%d of your messages wait for an answer. Please wait for some of them first.", MaxOpen)
	ErrClosed   = change.Errorf(change.Conflict, "feedback.closed", "This is closed. Open it again to answer.")
	ErrEmpty    = change.Errorf(change.Invalid, "feedback.empty", "Please write what it is about.").On("body")
	ErrSelf     = change.Errorf(change.Invalid, "feedback.self", "This is you.")
	ErrSubject  = change.Errorf(change.NotFound, "feedback.no_subject", "What you report does not exist, or you can not see it.")
	ErrPicture  = change.Errorf(change.NotFound, "attachment.not_found", "There is no such picture of yours.")
)

// mayTell tells whether somebody of whom so much is open may tell more.
func mayTell(open int) error {
	if open >= MaxOpen {
		return ErrTooMany
	}
	return nil
}

// mayAnswer tells whether it can be answered.
func mayAnswer(f Feedback) error {
	if f.State == Closed {
		return ErrClosed
	}
	return nil
}

// checkBody gives the text as it is kept.
func checkBody(field, text string, most int) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", ErrEmpty.On(field)
	}
	return text, change.CheckText(field, text, 1, most)
}
