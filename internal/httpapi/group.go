package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/wire"
)

type (
	withBody[T any]   struct{ Body T }
	idWithBody[T any] struct {
		IDPath
		Body T
	}
	// MemberPath is the input of operations on one member.
	MemberPath struct {
		IDPath
		AccountID wire.PathID `path:"accountId"`
	}
)

// group registers groups and their members.
func (a *api) group() {
	const tag = "Groups"

	handle(a, operation{
		method: http.MethodPatch, path: "/conversations/{id}", id: "group.update", tag: tag,
		summary: "Change a group", text: "Owner and admins may. What does not change is not told.", errors: []int{403, 404, 409},
	},
		func(ctx context.Context, in *idWithBody[wire.GroupEdit]) (*body[wire.ConversationDelta], error) {
			d, err := a.Conversations.UpdateGroup(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Body.Domain())
			return answer(wire.NewConversationDelta(d), err)
		})
	handle(a, operation{
		method: http.MethodPut, path: "/conversations/{id}/announcement", id: "announcement.set", tag: tag,
		summary: "Set the announcement, which every member is shown once", errors: []int{403, 404, 409},
	},
		func(ctx context.Context, in *idWithBody[wire.SetAnnouncement]) (*body[wire.ConversationDelta], error) {
			d, err := a.Conversations.Announce(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Body.Body)
			return answer(wire.NewConversationDelta(d), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/conversations/{id}/owner", id: "group.hand_over", tag: tag,
		summary: "Make another member the owner; I become an admin", errors: []int{403, 404, 409},
	},
		func(ctx context.Context, in *idWithBody[wire.NewOwner]) (*body[wire.ConversationDelta], error) {
			d, err := a.Conversations.HandOver(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Body.AccountID.Domain())
			return answer(wire.NewConversationDelta(d), err)
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/conversations/{id}", id: "group.dissolve", tag: tag, status: http.StatusNoContent,
		summary: "End a group for everybody", errors: []int{403, 404, 409},
	},
		func(ctx context.Context, in *IDPath) (*none, error) {
			return nil, a.Conversations.Dissolve(ctx, actor(ctx).AccountID, in.ID.Domain())
		})
	handle(a, operation{
		method: http.MethodPatch, path: "/conversations/{id}/membership", id: "membership.update", tag: tag,
		summary: "Change my own settings for a conversation", errors: []int{404, 409},
	},
		func(ctx context.Context, in *idWithBody[wire.Settings]) (*body[wire.Membership], error) {
			m, err := a.Conversations.UpdateMembership(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Body.Domain())
			return answer(wire.NewMembership(m), err)
		})
	handle(a, operation{
		method: http.MethodGet, path: "/accounts/{id}/groups", id: "group.common", tag: tag,
		summary: "The groups that I have in common with somebody",
		text:    "Those that were made last first. Somebody whom there is not, and somebody who has blocked me, has none.",
	},
		func(ctx context.Context, in *struct {
			IDPath
			Cursor string `query:"cursor" maxLength:"100" doc:"nextCursor of the page before"`
			Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
		},
		) (*body[wire.CommonGroups], error) {
			if err := a.Accounts.AllowProfile(ctx, actor(ctx)); err != nil {
				return nil, err
			}
			l, err := a.Conversations.CommonGroups(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Cursor, in.Limit)
			return answer(wire.NewCommonGroups(l), err)
		})
	a.members(tag)
}

func (a *api) members(tag string) {
	handle(a, operation{
		method: http.MethodGet, path: "/conversations/{id}/members", id: "member.list", tag: tag,
		summary: "Members: a page of them, or those of some accounts",
		text:    "The owner, the admins, the others, each as long as they have been there. With `ids`, those accounts, former members too.", errors: []int{404},
	},
		func(ctx context.Context, in *struct {
			IDPath
			Cursor string   `query:"cursor" maxLength:"100" doc:"nextCursor of the page before"`
			Limit  int      `query:"limit" minimum:"1" maximum:"100" default:"50"`
			Role   string   `query:"role" enum:"owner,admin,member"`
			Query  string   `query:"query" maxLength:"50" doc:"A part of a name, a nickname or a user name"`
			IDs    []string `query:"ids" maxItems:"100" doc:"Accounts"`
		},
		) (*body[wire.MemberList], error) {
			if len(in.IDs) > 0 {
				ids, err := identifiers(in.IDs)
				if err != nil {
					return nil, err
				}
				list, err := a.Conversations.GetMembers(ctx, actor(ctx).AccountID, in.ID.Domain(), ids)
				return answer(wire.NewMemberList(conversation.MemberList{Members: list, Total: len(list)}), err)
			}
			list, err := a.Conversations.ListMembers(ctx, actor(ctx).AccountID, in.ID.Domain(),
				conversation.MemberFilter{Role: conversation.Role(in.Role), Query: in.Query}, in.Cursor, in.Limit)
			return answer(wire.NewMemberList(list), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/conversations/{id}/members", id: "member.add", tag: tag,
		summary: "Bring friends into a group, and invite others", errors: []int{403, 404, 409},
	},
		func(ctx context.Context, in *idWithBody[wire.AddMembers]) (*body[wire.MembersAdded], error) {
			if err := a.Accounts.AllowLookup(ctx, actor(ctx)); err != nil {
				return nil, err
			}
			added, err := a.Conversations.AddMembers(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Body.Domain())
			return answer(wire.NewMembersAdded(added), err)
		})
	handle(a, operation{
		method: http.MethodPatch, path: "/conversations/{id}/members/me", id: "member.rename", tag: tag,
		summary: "Set my own name in a group", errors: []int{404, 409},
	},
		func(ctx context.Context, in *idWithBody[wire.Nickname]) (*body[wire.ConversationDelta], error) {
			d, err := a.Conversations.Rename(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Body.Nickname)
			return answer(wire.NewConversationDelta(d), err)
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/conversations/{id}/members/me", id: "group.leave", tag: tag, status: http.StatusNoContent,
		summary: "Quit a group", text: "An owner hands over to the admin, or else the member, who has been there longest; with nobody left the group is dissolved.", errors: []int{404, 409},
	},
		func(ctx context.Context, in *IDPath) (*none, error) {
			return nil, a.Conversations.Quit(ctx, actor(ctx).AccountID, in.ID.Domain())
		})
	handle(a, operation{
		method: http.MethodPatch, path: "/conversations/{id}/members/{accountId}", id: "member.update", tag: tag,
		summary: "Change what a member may do", text: "The owner names admins, and mutes anybody; admins mute ordinary members.", errors: []int{403, 404, 409},
	},
		func(ctx context.Context, in *struct {
			MemberPath
			Body wire.MemberEdit
		},
		) (*body[wire.ConversationDelta], error) {
			d, err := a.Conversations.UpdateMember(ctx, actor(ctx).AccountID, in.ID.Domain(), in.AccountID.Domain(), in.Body.Domain())
			return answer(wire.NewConversationDelta(d), err)
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/conversations/{id}/members/{accountId}", id: "member.remove", tag: tag, status: http.StatusNoContent,
		summary: "Remove a member", text: "The owner removes anybody, admins remove ordinary members; with my own account I quit.", errors: []int{403, 404, 409},
	},
		func(ctx context.Context, in *MemberPath) (*none, error) {
			return nil, a.Conversations.RemoveMember(ctx, actor(ctx).AccountID, in.ID.Domain(), in.AccountID.Domain())
		})
}

// identifiers reads those of a query, given apart or with commas.
func identifiers(texts []string) ([]change.ID, error) {
	var ids []change.ID
	for _, text := range texts {
		for part := range strings.SplitSeq(text, ",") {
			id, ok := change.ParseID(part)
			if !ok {
				return nil, change.Errorf(change.Invalid, "request.invalid", "%.40q is not an identifier.", part)
			}
			ids = append(ids, id)
		}
	}
	if len(ids) > conversation.MaxMemberIDs {
		return nil, change.Errorf(change.Invalid, "request.invalid", "Ask for %d members at a time.", conversation.MaxMemberIDs)
	}
	return ids, nil
}
