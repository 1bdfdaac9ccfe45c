package storetest

import (
	"context"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/feedback"
)

func (w *world) tell(author account.Account, kind feedback.Kind, body string) feedback.Feedback {
	w.t.Helper()
	f := feedback.Feedback{ID: w.ids.Next(), Kind: kind, Author: author.Card(), Body: body, State: feedback.Open, CreatedAt: w.clock.Now()}
	w.putFeedback(f)
	return f
}

func (w *world) putFeedback(f feedback.Feedback) {
	w.t.Helper()
	w.update(func(ctx context.Context) error { return w.PutFeedback(ctx, f) })
}

var feedbacks = map[string]func(*testing.T, *world){
	"feedback is stored whole, and changed": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		picture := w.attach(ann, "a picture", 1<<50)
		f := feedback.Feedback{
			ID: w.ids.Next(), Kind: feedback.Report, Author: ann.Card(), Body: "他骂人 😠", Picture: string(picture.ID),
			Subject: feedback.Subject{AccountID: bob.ID, ConversationID: 7, Seq: 9, Quote: "…"}, State: feedback.Open, CreatedAt: 42,
		}
		w.putFeedback(f)
		wantEqual(t, "stored", must(w.Feedback(t.Context(), f.ID))(t), f)
		f.State, f.Answer, f.AnsweredBy, f.AnsweredAt = feedback.Answered, "We talked to them.", bob.ID, 77
		w.putFeedback(f)
		wantEqual(t, "changed", must(w.Feedback(t.Context(), f.ID))(t), f)
		wantErr(t, second(w.Feedback(t.Context(), w.ids.Next())), change.ErrNotFound)
	},

	"a list is filtered, newest first, in pages": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		first := w.tell(ann, feedback.Opinion, "one")
		report := w.tell(bob, feedback.Report, "two")
		third := w.tell(ann, feedback.Opinion, "three")
		first.State = feedback.Closed
		w.putFeedback(first)
		ids := func(f feedback.Filter) []change.ID {
			t.Helper()
			return names(must(w.FeedbackList(t.Context(), f))(t), func(f feedback.Feedback) change.ID { return f.ID })
		}
		wantEqual(t, "all", ids(feedback.Filter{Limit: 10}), []change.ID{third.ID, report.ID, first.ID})
		wantEqual(t, "a page", ids(feedback.Filter{Limit: 2}), []change.ID{third.ID, report.ID})
		wantEqual(t, "the next", ids(feedback.Filter{Limit: 2, Before: report.ID}), []change.ID{first.ID})
		wantEqual(t, "of Ann", ids(feedback.Filter{Limit: 10, Author: ann.ID}), []change.ID{third.ID, first.ID})
		wantEqual(t, "reports", ids(feedback.Filter{Limit: 10, Kind: feedback.Report}), []change.ID{report.ID})
		wantEqual(t, "open", ids(feedback.Filter{Limit: 10, State: feedback.Open}), []change.ID{third.ID, report.ID})
		wantEqual(t, "open ones of Ann", must(w.OpenFeedback(t.Context(), ann.ID))(t), 1)
		wantEqual(t, "open ones of nobody", must(w.OpenFeedback(t.Context(), w.ids.Next()))(t), 0)
	},
}
