package httpapi

import (
	"context"
	"net/http"

	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/wire"
)

// contact registers contacts, friend requests and blocks.
func (a *api) contact() {
	const tag = "Contacts"

	handle(a, operation{
		method: http.MethodPost, path: "/account-lookups", id: "account.lookup", tag: tag,
		summary: "Find a person by exact user name or e-mail address", errors: []int{404},
	},
		func(ctx context.Context, in *withBody[wire.AccountLookup]) (*body[wire.AccountFound], error) {
			if err := a.Accounts.AllowLookup(ctx, actor(ctx)); err != nil {
				return nil, err
			}
			card, err := a.Contacts.Find(ctx, actor(ctx).AccountID, in.Body.Query)
			return answer(wire.AccountFound{Account: wire.NewCard(card)}, err)
		})

	handle(a, operation{
		method: http.MethodGet, path: "/contacts", id: "contact.list", tag: tag,
		summary: "My contacts, those I blocked included",
	},
		func(ctx context.Context, _ *struct{}) (*body[wire.Contacts], error) {
			list, err := a.Contacts.List(ctx, actor(ctx).AccountID)
			return answer(wire.NewContacts(list), err)
		})

	one := func(id, method, path, summary string, do func(ctx context.Context, in *IDPath) (contact.Contact, error)) {
		handle(a, operation{method: method, path: path, id: id, tag: tag, summary: summary, errors: []int{404}},
			func(ctx context.Context, in *IDPath) (*body[wire.Contact], error) {
				c, err := do(ctx, in)
				return answer(wire.NewContact(c), err)
			})
	}
	handle(a, operation{
		method: http.MethodPatch, path: "/contacts/{id}", id: "contact.remark", tag: tag,
		summary: "Set what I call somebody", errors: []int{404},
	},
		func(ctx context.Context, in *idWithBody[wire.Remark]) (*body[wire.Contact], error) {
			c, err := a.Contacts.Remark(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Body.Remark)
			return answer(wire.NewContact(c), err)
		})
	one("contact.delete", http.MethodDelete, "/contacts/{id}", "End a friendship, for both; the conversation stays readable",
		func(ctx context.Context, in *IDPath) (contact.Contact, error) {
			return a.Contacts.Delete(ctx, actor(ctx).AccountID, in.ID.Domain())
		})
	one("contact.block", http.MethodPut, "/blocks/{id}", "Keep somebody from writing to me and asking me",
		func(ctx context.Context, in *IDPath) (contact.Contact, error) {
			if err := a.Accounts.AllowLookup(ctx, actor(ctx)); err != nil {
				return contact.Contact{}, err
			}
			return a.Contacts.Block(ctx, actor(ctx).AccountID, in.ID.Domain())
		})
	one("contact.unblock", http.MethodDelete, "/blocks/{id}", "End a block",
		func(ctx context.Context, in *IDPath) (contact.Contact, error) {
			return a.Contacts.Unblock(ctx, actor(ctx).AccountID, in.ID.Domain())
		})

	handle(a, operation{
		method: http.MethodGet, path: "/friend-requests", id: "friend_request.list", tag: tag,
		summary: "The friend requests that I sent or was sent: all that wait, and the newest hundred of the others",
	},
		func(ctx context.Context, _ *struct{}) (*body[wire.FriendRequests], error) {
			list, err := a.Contacts.Requests(ctx, actor(ctx).AccountID)
			return answer(wire.NewFriendRequests(list, actor(ctx).AccountID), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/friend-requests", id: "friend_request.create", tag: tag, status: http.StatusCreated,
		summary: "Ask somebody to be my friend", text: "If they have asked me already, this accepts. If my own request is still waiting, its greeting is replaced.", errors: []int{404, 409},
	},
		func(ctx context.Context, in *withBody[wire.AskFriend]) (*body[wire.FriendRequest], error) {
			if err := a.Accounts.AllowLookup(ctx, actor(ctx)); err != nil {
				return nil, err
			}
			r, err := a.Contacts.Ask(ctx, actor(ctx).AccountID, in.Body.AccountID.Domain(), in.Body.Greeting, in.Body.Remark)
			return answer(wire.NewFriendRequest(r, actor(ctx).AccountID), err)
		})
	settle := func(id, verb, summary string, do func(ctx context.Context, in *IDPath) (contact.Request, error)) {
		handle(a, operation{method: http.MethodPost, path: "/friend-requests/{id}/" + verb, id: id, tag: tag, summary: summary, errors: []int{404, 409}},
			func(ctx context.Context, in *IDPath) (*body[wire.FriendRequest], error) {
				r, err := do(ctx, in)
				return answer(wire.NewFriendRequest(r, actor(ctx).AccountID), err)
			})
	}
	handle(a, operation{
		method: http.MethodPost, path: "/friend-requests/{id}/accept", id: "friend_request.accept", tag: tag,
		summary: "Become friends; the conversation is made at once", errors: []int{404, 409},
	},
		func(ctx context.Context, in *struct {
			IDPath
			Body *wire.AcceptFriend
		},
		) (*body[wire.FriendRequest], error) {
			var remark string
			if in.Body != nil {
				remark = in.Body.Remark
			}
			r, err := a.Contacts.Accept(ctx, actor(ctx).AccountID, in.ID.Domain(), remark)
			return answer(wire.NewFriendRequest(r, actor(ctx).AccountID), err)
		})
	settle("friend_request.decline", "decline", "Say no to a friend request",
		func(ctx context.Context, in *IDPath) (contact.Request, error) {
			return a.Contacts.Decline(ctx, actor(ctx).AccountID, in.ID.Domain())
		})
	settle("friend_request.withdraw", "withdraw", "Take my own friend request back",
		func(ctx context.Context, in *IDPath) (contact.Request, error) {
			return a.Contacts.Withdraw(ctx, actor(ctx).AccountID, in.ID.Domain())
		})
}
