package httpapi

import (
	"context"
	"net/http"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/console"
	"github.com/happychat/happychat/internal/feedback"
	"github.com/happychat/happychat/internal/wire"
)

// Page is where a list goes on, and how far.
type Page struct {
	Cursor wire.Cursor `query:"cursor" doc:"nextCursor of the page before"`
	Limit  int         `query:"limit" minimum:"1" maximum:"100"`
}

// console registers what owners see and do.
func (a *api) console() {
	const tag = "Console"
	refused := []int{403}

	handle(a, operation{method: http.MethodGet, path: "/console/people", id: "console.people", tag: tag, summary: "All accounts, the newest first", errors: refused},
		func(ctx context.Context, in *struct {
			Page
			Query string `query:"query" maxLength:"254" doc:"A part of user name, name or e-mail address"`
			State string `query:"state" enum:"active,disabled,deleted"`
			Role  string `query:"role" enum:"owner,user"`
		},
		) (*body[wire.ConsolePeople], error) {
			list, total, err := a.Console.People(ctx, actor(ctx), console.PeopleFilter{
				Query: in.Query, State: account.State(in.State), Role: account.Role(in.Role), Before: in.Cursor.Domain(), Limit: in.Limit,
			})
			return answer(wire.NewConsolePeople(list, total, in.Limit), err)
		})
	handle(a, operation{method: http.MethodGet, path: "/console/people/{id}", id: "console.person", tag: tag, summary: "One account", errors: []int{403, 404}},
		func(ctx context.Context, in *IDPath) (*body[wire.ConsolePerson], error) {
			p, err := a.Console.Person(ctx, actor(ctx), in.ID.Domain())
			return answer(wire.NewConsolePerson(p), err)
		})
	on := func(id, verb, summary string, do func(ctx context.Context, actor account.Actor, id change.ID) (console.Person, error)) {
		handle(a, operation{method: http.MethodPost, path: "/console/people/{id}/" + verb, id: id, tag: tag, summary: summary, errors: []int{403, 404, 409}},
			func(ctx context.Context, in *IDPath) (*body[wire.ConsolePerson], error) {
				p, err := do(ctx, actor(ctx), in.ID.Domain())
				return answer(wire.NewConsolePerson(p), err)
			})
	}
	on("console.disable", "disable", "Sign somebody out everywhere and keep them from signing in", func(ctx context.Context, who account.Actor, id change.ID) (console.Person, error) {
		return a.Console.Disable(ctx, who, id)
	})
	on("console.enable", "enable", "Let somebody sign in again", func(ctx context.Context, who account.Actor, id change.ID) (console.Person, error) {
		return a.Console.Enable(ctx, who, id)
	})
	on("console.sign_out", "sign-out", "Sign somebody out everywhere", func(ctx context.Context, who account.Actor, id change.ID) (console.Person, error) {
		return a.Console.SignOut(ctx, who, id)
	})
	on("console.send_reset", "send-reset", "Mail somebody a link with which they choose a new password", func(ctx context.Context, who account.Actor, id change.ID) (console.Person, error) {
		return a.Console.SendReset(ctx, who, id)
	})
	on("console.make_owner", "make-owner", "Let somebody run this server too", func(ctx context.Context, who account.Actor, id change.ID) (console.Person, error) {
		return a.Console.SetOwner(ctx, who, id, true)
	})
	on("console.make_user", "make-user", "Take the right to run this server from somebody", func(ctx context.Context, who account.Actor, id change.ID) (console.Person, error) {
		return a.Console.SetOwner(ctx, who, id, false)
	})

	handle(a, operation{method: http.MethodGet, path: "/console/groups", id: "console.groups", tag: tag, summary: "All groups, the newest first", text: "Nothing of what is said in them.", errors: refused},
		func(ctx context.Context, in *struct {
			Page
			Query string `query:"query" maxLength:"100" doc:"A part of the name, or the whole number"`
		},
		) (*body[wire.ConsoleGroups], error) {
			list, err := a.Console.Groups(ctx, actor(ctx), console.GroupFilter{Query: in.Query, Before: in.Cursor.Domain(), Limit: in.Limit})
			return answer(wire.NewConsoleGroups(list, in.Limit), err)
		})
	handle(a, operation{method: http.MethodDelete, path: "/console/groups/{id}", id: "console.dissolve_group", tag: tag, status: http.StatusNoContent, summary: "Dissolve a group, for everybody in it", errors: []int{403, 404}},
		func(ctx context.Context, in *IDPath) (*none, error) {
			return &none{}, a.Console.DissolveGroup(ctx, actor(ctx), in.ID.Domain())
		})

	handle(a, operation{method: http.MethodGet, path: "/console/feedback", id: "console.feedback", tag: tag, summary: "What people told, the newest first", errors: refused},
		func(ctx context.Context, in *struct {
			Page
			Kind  string `query:"kind" enum:"feedback,report"`
			State string `query:"state" enum:"open,answered,closed"`
		},
		) (*body[wire.Feedbacks], error) {
			list, err := a.Console.Feedbacks(ctx, actor(ctx), feedback.Filter{
				Kind: feedback.Kind(in.Kind), State: feedback.State(in.State), Before: in.Cursor.Domain(), Limit: in.Limit,
			})
			return answer(wire.NewFeedbacks(list, in.Limit), err)
		})
	handle(a, operation{method: http.MethodPost, path: "/console/feedback/{id}/answer", id: "console.answer", tag: tag, summary: "Answer feedback; its author is told", errors: []int{403, 404, 409}},
		func(ctx context.Context, in *struct {
			IDPath
			Body wire.AnswerFeedback
		},
		) (*body[wire.Feedback], error) {
			f, err := a.Console.Answer(ctx, actor(ctx), in.ID.Domain(), in.Body.Answer)
			return answer(wire.NewFeedback(f), err)
		})
	for _, v := range []struct {
		verb, summary string
		closed        bool
	}{{"close", "Close feedback", true}, {"reopen", "Open feedback again", false}} {
		handle(a, operation{method: http.MethodPost, path: "/console/feedback/{id}/" + v.verb, id: "console." + v.verb, tag: tag, summary: v.summary, errors: []int{403, 404}},
			func(ctx context.Context, in *IDPath) (*body[wire.Feedback], error) {
				f, err := a.Console.SetClosed(ctx, actor(ctx), in.ID.Domain(), v.closed)
				return answer(wire.NewFeedback(f), err)
			})
	}

	handle(a, operation{method: http.MethodGet, path: "/console/sign-ins", id: "console.sign_ins", tag: tag, summary: "Who signed in, the newest first; kept for 180 days", errors: refused},
		func(ctx context.Context, in *struct {
			Page
			AccountID wire.Cursor `query:"accountId" doc:"Only of this account"`
		},
		) (*body[wire.ConsoleSignIns], error) {
			list, err := a.Console.SignIns(ctx, actor(ctx), console.SignInFilter{AccountID: in.AccountID.Domain(), Before: in.Cursor.Domain(), Limit: in.Limit})
			return answer(wire.NewConsoleSignIns(list, in.Limit), err)
		})
	handle(a, operation{method: http.MethodGet, path: "/console/audit", id: "console.audit", tag: tag, summary: "What owners did here, and what was done at the command line, the newest first", errors: refused},
		func(ctx context.Context, in *Page) (*body[wire.AuditEntries], error) {
			list, err := a.Console.Audit(ctx, actor(ctx), in.Cursor.Domain(), in.Limit)
			return answer(wire.NewAuditEntries(list, in.Limit), err)
		})
	handle(a, operation{method: http.MethodGet, path: "/console/statistics", id: "console.statistics", tag: tag, summary: "Counts by the day", errors: refused},
		func(ctx context.Context, in *struct {
			Days int `query:"days" minimum:"1" maximum:"366" default:"30"`
		},
		) (*body[wire.ConsoleStatistics], error) {
			list, err := a.Console.Statistics(ctx, actor(ctx), in.Days)
			return answer(wire.NewConsoleStatistics(list), err)
		})
	handle(a, operation{method: http.MethodGet, path: "/console/storage", id: "console.storage", tag: tag, summary: "What is kept, and how much room it takes", errors: refused},
		func(ctx context.Context, _ *struct{}) (*body[wire.ConsoleStorage], error) {
			s, err := a.Console.Storage(ctx, actor(ctx))
			return answer(wire.NewConsoleStorage(s), err)
		})
}
