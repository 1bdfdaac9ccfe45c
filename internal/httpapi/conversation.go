package httpapi

import (
	"context"
	"net/http"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/wire"
)

// opened is a conversation that was there or is new.
type opened struct {
	Status int
	Body   wire.ConversationDelta
}

// conversation registers conversations, messages, read positions and sync.
func (a *api) conversation() {
	const tag = "Conversations"

	handle(a, operation{
		method: http.MethodGet, path: "/conversations", id: "conversation.list", tag: tag,
		summary: "My conversations, newest activity first",
	},
		func(ctx context.Context, in *struct {
			Cursor string `query:"cursor" maxLength:"100" doc:"nextCursor of the page before"`
			Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
		},
		) (*body[wire.Conversations], error) {
			page, err := a.Conversations.List(ctx, actor(ctx).AccountID, in.Cursor, in.Limit)
			return answer(wire.NewConversations(page), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/conversations", id: "conversation.open", tag: tag,
		summary: "The direct conversation with a friend, made if there is none, or a new group", text: "A new group is answered with 201.", errors: []int{404, 409},
	},
		func(ctx context.Context, in *withBody[wire.NewConversationIn]) (*opened, error) {
			who, want := actor(ctx).AccountID, in.Body
			if (want.AccountID == nil) == (want.Group == nil) {
				return nil, change.Errorf(change.Invalid, "request.invalid", "Give either accountId or group.")
			}
			if want.Group != nil {
				d, err := a.Conversations.CreateGroup(ctx, who, want.Group.Domain())
				return &opened{http.StatusCreated, wire.NewConversationDelta(d)}, err
			}
			d, err := a.Conversations.OpenDirect(ctx, who, want.AccountID.Domain())
			return &opened{http.StatusOK, wire.NewConversationDelta(d)}, err
		})
	handle(a, operation{
		method: http.MethodGet, path: "/conversations/{id}", id: "conversation.get", tag: tag,
		summary: "A conversation with its members and its newest messages", errors: []int{404},
	},
		func(ctx context.Context, in *IDPath) (*body[wire.ConversationDelta], error) {
			d, err := a.Conversations.Get(ctx, actor(ctx).AccountID, in.ID.Domain())
			return answer(wire.NewConversationDelta(d), err)
		})
	handle(a, operation{
		method: http.MethodGet, path: "/conversations/{id}/messages", id: "message.list", tag: tag,
		summary: "A part of the history", text: "The newest messages before `before`, or the oldest after `after`; without both, the newest.", errors: []int{404},
	},
		func(ctx context.Context, in *struct {
			IDPath
			Before int64 `query:"before" minimum:"1" doc:"Messages with a smaller seq"`
			After  int64 `query:"after" minimum:"0" doc:"Messages with a greater seq"`
			Limit  int   `query:"limit" minimum:"1" maximum:"100" default:"50"`
		},
		) (*body[wire.MessagePage], error) {
			p, err := a.Conversations.History(ctx, actor(ctx).AccountID, in.ID.Domain(), in.After, in.Before, in.Limit)
			return answer(wire.NewMessagePage(p), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/conversations/{id}/messages", id: "message.send", tag: tag, status: http.StatusCreated,
		summary: "Send a message", text: "Answered when it is durable. The same clientId again gives the first result.", errors: []int{403, 404},
	},
		func(ctx context.Context, in *idWithBody[wire.SendMessage]) (*body[wire.ConversationDelta], error) {
			d, err := a.Conversations.Send(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Body.Domain())
			return answer(wire.NewConversationDelta(d), err)
		})
	handle(a, operation{
		method: http.MethodPut, path: "/conversations/{id}/read", id: "conversation.read", tag: tag,
		summary: "Move my read position forward", errors: []int{404},
	},
		func(ctx context.Context, in *idWithBody[wire.Read]) (*body[wire.Membership], error) {
			m, err := a.Conversations.Read(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Body.Seq)
			return answer(wire.NewMembership(m), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/conversations/{id}/typing", id: "conversation.typing", tag: tag, status: http.StatusNoContent,
		summary: "Tell the others that I type", errors: []int{403, 404},
	},
		func(ctx context.Context, in *IDPath) (*none, error) {
			return nil, a.Live.Typing(ctx, actor(ctx).AccountID, in.ID.Domain())
		})
	handle(a, operation{
		method: http.MethodPost, path: "/sync", id: "sync", tag: tag,
		summary: "What changed since the versions that I have",
	},
		func(ctx context.Context, in *withBody[wire.SyncIn]) (*body[wire.SyncResult], error) {
			who := actor(ctx).AccountID
			c, err := a.Conversations.Sync(ctx, who, in.Body.Domain(), in.Body.Messages)
			if err != nil {
				return nil, err
			}
			return answer(wire.NewSyncResult(c, who, a.Live.Online(c.Friends), a.Clock.Now()), nil)
		})
}
