package httpapi

import (
	"context"
	"net/http"

	"github.com/happychat/happychat/internal/feedback"
	"github.com/happychat/happychat/internal/wire"
)

// feedback registers what people tell those who run the server.
func (a *api) feedback() {
	const tag = "Feedback"
	one := func(f feedback.Feedback, err error) (*body[wire.Feedback], error) {
		return answer(wire.NewFeedback(f), err)
	}

	handle(a, operation{
		method: http.MethodPost, path: "/feedback", id: "feedback.create", tag: tag, status: http.StatusCreated,
		summary: "Tell the owners of this server what I think of it", errors: []int{404, 409},
	},
		func(ctx context.Context, in *struct{ Body wire.GiveFeedback }) (*body[wire.Feedback], error) {
			return one(a.Feedback.Tell(ctx, actor(ctx), in.Body.Body, in.Body.Picture))
		})
	handle(a, operation{
		method: http.MethodPost, path: "/reports", id: "report.create", tag: tag, status: http.StatusCreated,
		summary: "Report somebody, a conversation or a message to the owners of this server",
		text:    "Of a conversation the owners see nothing but the message that is reported.", errors: []int{404, 409},
	},
		func(ctx context.Context, in *struct{ Body wire.MakeReport }) (*body[wire.Feedback], error) {
			return one(a.Feedback.Report(ctx, actor(ctx), in.Body.Domain(), in.Body.Body))
		})
	handle(a, operation{
		method: http.MethodGet, path: "/feedback", id: "feedback.list", tag: tag,
		summary: "What I told the owners, and what they answered; the newest hundred",
	},
		func(ctx context.Context, _ *struct{}) (*body[wire.Feedbacks], error) {
			list, err := a.Feedback.Mine(ctx, actor(ctx))
			return answer(wire.NewFeedbacks(list, feedback.MaxPage+1), err)
		})
}
