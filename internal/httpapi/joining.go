package httpapi

import (
	"context"
	"net/http"

	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/wire"
)

// joining registers the ways into a group.
func (a *api) joining() {
	const tag = "Coming into a group"

	handle(a, operation{
		method: http.MethodPost, path: "/group-lookups", id: "group.lookup", tag: tag,
		summary: "Find groups by their whole name or number", text: "Those that only invite are not found.",
	},
		func(ctx context.Context, in *withBody[wire.GroupLookup]) (*body[wire.GroupsFound], error) {
			if err := a.Accounts.AllowLookup(ctx, actor(ctx)); err != nil {
				return nil, err
			}
			list, err := a.Conversations.FindGroups(ctx, in.Body.Query)
			return answer(wire.NewGroupsFound(list), err)
		})

	type requestPath struct {
		IDPath
		RequestID wire.PathID `path:"requestId"`
	}
	handle(a, operation{
		method: http.MethodPost, path: "/conversations/{id}/join-requests", id: "join_request.create", tag: tag, status: http.StatusCreated,
		summary: "Ask to be let into a group", text: "If a request of mine is waiting already, its greeting is replaced.", errors: []int{404, 409},
	},
		func(ctx context.Context, in *struct {
			IDPath
			Body *wire.AskToJoin
		},
		) (*body[wire.JoinRequest], error) {
			if err := a.Accounts.AllowLookup(ctx, actor(ctx)); err != nil {
				return nil, err
			}
			var greeting string
			if in.Body != nil {
				greeting = in.Body.Greeting
			}
			r, err := a.Conversations.AskToJoin(ctx, actor(ctx).AccountID, in.ID.Domain(), greeting)
			return answer(wire.NewJoinRequest(r), err)
		})
	handle(a, operation{
		method: http.MethodGet, path: "/conversations/{id}/join-requests", id: "join_request.list", tag: tag,
		summary: "Who asks to be let in", text: "Owner and admins may see it; the oldest 200.", errors: []int{403, 404, 409},
	},
		func(ctx context.Context, in *IDPath) (*body[wire.JoinRequests], error) {
			list, err := a.Conversations.JoinRequests(ctx, actor(ctx).AccountID, in.ID.Domain())
			return answer(wire.NewJoinRequests(list), err)
		})
	settle := func(verb, summary string, shape func(conversation.JoinRequest) wire.JoinRequest, do func(ctx context.Context, in *requestPath) (conversation.JoinRequest, error)) {
		handle(a, operation{
			method: http.MethodPost, path: "/conversations/{id}/join-requests/{requestId}/" + verb, id: "join_request." + verb, tag: tag,
			summary: summary, errors: []int{403, 404, 409},
		},
			func(ctx context.Context, in *requestPath) (*body[wire.JoinRequest], error) {
				r, err := do(ctx, in)
				return answer(shape(r), err)
			})
	}
	settle("accept", "Let somebody in", wire.NewJoinRequestOf, func(ctx context.Context, in *requestPath) (conversation.JoinRequest, error) {
		return a.Conversations.AnswerJoinRequest(ctx, actor(ctx).AccountID, in.ID.Domain(), in.RequestID.Domain(), conversation.Accepted)
	})
	settle("decline", "Do not let somebody in", wire.NewJoinRequestOf, func(ctx context.Context, in *requestPath) (conversation.JoinRequest, error) {
		return a.Conversations.AnswerJoinRequest(ctx, actor(ctx).AccountID, in.ID.Domain(), in.RequestID.Domain(), conversation.Declined)
	})
	settle("withdraw", "Take my own request back", wire.NewJoinRequest, func(ctx context.Context, in *requestPath) (conversation.JoinRequest, error) {
		return a.Conversations.WithdrawJoinRequest(ctx, actor(ctx).AccountID, in.ID.Domain(), in.RequestID.Domain())
	})

	handle(a, operation{
		method: http.MethodPost, path: "/group-invitations/{id}/accept", id: "invitation.accept", tag: tag,
		summary: "Come into a group that I was invited into", errors: []int{404, 409, 410},
	},
		func(ctx context.Context, in *IDPath) (*body[wire.ConversationDelta], error) {
			d, err := a.Conversations.AcceptInvitation(ctx, actor(ctx).AccountID, in.ID.Domain())
			return answer(wire.NewConversationDelta(d), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/group-invitations/{id}/decline", id: "invitation.decline", tag: tag,
		summary: "Say no to an invitation", errors: []int{404, 409},
	},
		func(ctx context.Context, in *IDPath) (*body[wire.Invitation], error) {
			i, err := a.Conversations.DeclineInvitation(ctx, actor(ctx).AccountID, in.ID.Domain())
			return answer(wire.NewInvitation(i), err)
		})
	a.links(tag)
}

func (a *api) links(tag string) {
	handle(a, operation{
		method: http.MethodPost, path: "/conversations/{id}/links", id: "group_link.create", tag: tag, status: http.StatusCreated,
		summary: "Make a link into a group", text: "Owner and admins may. The token is in this answer only.", errors: []int{403, 404, 409},
	},
		func(ctx context.Context, in *idWithBody[wire.NewLink]) (*body[wire.GroupLink], error) {
			l, token, err := a.Conversations.CreateLink(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Body.Domain())
			return answer(wire.NewGroupLinkWith(l, token, a.Base), err)
		})
	handle(a, operation{
		method: http.MethodGet, path: "/conversations/{id}/links", id: "group_link.list", tag: tag,
		summary: "The links into a group", text: "Owner and admins may see them, without their tokens.", errors: []int{403, 404, 409},
	},
		func(ctx context.Context, in *IDPath) (*body[wire.GroupLinks], error) {
			list, err := a.Conversations.Links(ctx, actor(ctx).AccountID, in.ID.Domain())
			return answer(wire.NewGroupLinks(list), err)
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/conversations/{id}/links/{linkId}", id: "group_link.revoke", tag: tag, status: http.StatusNoContent,
		summary: "Take a link back", errors: []int{403, 404, 409},
	},
		func(ctx context.Context, in *struct {
			IDPath
			LinkID wire.PathID `path:"linkId"`
		},
		) (*none, error) {
			return nil, a.Conversations.RevokeLink(ctx, actor(ctx).AccountID, in.ID.Domain(), in.LinkID.Domain())
		})
	handle(a, operation{
		method: http.MethodPost, path: "/group-link-lookups", id: "group_link.lookup", tag: tag,
		summary: "Where a link leads", errors: []int{410},
	},
		func(ctx context.Context, in *withBody[wire.LinkLookup]) (*body[wire.LinkFound], error) {
			if err := a.Accounts.AllowLookup(ctx, actor(ctx)); err != nil {
				return nil, err
			}
			found, err := a.Conversations.LookUpLink(ctx, actor(ctx).AccountID, in.Body.Token)
			return answer(wire.NewLinkFound(found), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/group-link-uses", id: "group_link.use", tag: tag,
		summary: "Come into a group by a link, or ask to", text: "Whoever was removed from the group only asks.", errors: []int{409, 410},
	},
		func(ctx context.Context, in *withBody[wire.LinkUse]) (*body[wire.LinkUsed], error) {
			if err := a.Accounts.AllowLookup(ctx, actor(ctx)); err != nil {
				return nil, err
			}
			used, err := a.Conversations.UseLink(ctx, actor(ctx).AccountID, in.Body.Token, in.Body.Greeting)
			return answer(wire.NewLinkUsed(used), err)
		})
}
