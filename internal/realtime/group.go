package realtime

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/wire"
)

// groupCommands registers what can be done with groups.
func (h *Hub) groupCommands(registry huma.Registry) {
	delta := func(d conversation.Delta, err error) (any, error) { return wire.NewConversationDelta(d), err }

	on(h, registry, wire.CommandGroupCreate, func(ctx context.Context, who account.Actor, in wire.NewGroup) (any, error) {
		return delta(h.Conversations.CreateGroup(ctx, who.AccountID, in.Domain()))
	})
	on(h, registry, wire.CommandGroupUpdate, func(ctx context.Context, who account.Actor, in wire.GroupEditIn) (any, error) {
		return delta(h.Conversations.UpdateGroup(ctx, who.AccountID, in.ConversationID.Domain(), in.Domain()))
	})
	on(h, registry, wire.CommandGroupHandOver, func(ctx context.Context, who account.Actor, in wire.GroupMemberIn) (any, error) {
		return delta(h.Conversations.HandOver(ctx, who.AccountID, in.ConversationID.Domain(), in.AccountID.Domain()))
	})
	on(h, registry, wire.CommandGroupLeave, func(ctx context.Context, who account.Actor, in wire.GroupIn) (any, error) {
		return wire.None{}, h.Conversations.Quit(ctx, who.AccountID, in.ConversationID.Domain())
	})
	on(h, registry, wire.CommandGroupDissolve, func(ctx context.Context, who account.Actor, in wire.GroupIn) (any, error) {
		return wire.None{}, h.Conversations.Dissolve(ctx, who.AccountID, in.ConversationID.Domain())
	})
	on(h, registry, wire.CommandAnnounce, func(ctx context.Context, who account.Actor, in wire.AnnouncementIn) (any, error) {
		return delta(h.Conversations.Announce(ctx, who.AccountID, in.ConversationID.Domain(), in.Body))
	})
	on(h, registry, wire.CommandMembership, func(ctx context.Context, who account.Actor, in wire.SettingsIn) (any, error) {
		m, err := h.Conversations.UpdateMembership(ctx, who.AccountID, in.ConversationID.Domain(), in.Domain())
		return wire.NewMembership(m), err
	})

	on(h, registry, wire.CommandMemberList, func(ctx context.Context, who account.Actor, in wire.MemberListIn) (any, error) {
		list, err := h.Conversations.ListMembers(ctx, who.AccountID, in.ConversationID.Domain(),
			conversation.MemberFilter{Role: conversation.Role(in.Role), Query: in.Query}, in.Cursor, in.Limit)
		return wire.NewMemberList(list), err
	})
	on(h, registry, wire.CommandMemberGet, func(ctx context.Context, who account.Actor, in wire.MembersIn) (any, error) {
		list, err := h.Conversations.GetMembers(ctx, who.AccountID, in.ConversationID.Domain(), in.Domain())
		return wire.NewMembers(list), err
	})
	on(h, registry, wire.CommandMemberAdd, func(ctx context.Context, who account.Actor, in wire.AddMembersIn) (any, error) {
		if err := h.AllowLookup(ctx, who); err != nil {
			return nil, err
		}
		added, err := h.Conversations.AddMembers(ctx, who.AccountID, in.ConversationID.Domain(), in.Domain())
		return wire.NewMembersAdded(added), err
	})
	on(h, registry, wire.CommandMemberUpdate, func(ctx context.Context, who account.Actor, in wire.MemberEditIn) (any, error) {
		return delta(h.Conversations.UpdateMember(ctx, who.AccountID, in.ConversationID.Domain(), in.AccountID.Domain(), in.Domain()))
	})
	on(h, registry, wire.CommandMemberRename, func(ctx context.Context, who account.Actor, in wire.NicknameIn) (any, error) {
		return delta(h.Conversations.Rename(ctx, who.AccountID, in.ConversationID.Domain(), in.Nickname.Nickname))
	})
	on(h, registry, wire.CommandMemberRemove, func(ctx context.Context, who account.Actor, in wire.GroupMemberIn) (any, error) {
		return wire.None{}, h.Conversations.RemoveMember(ctx, who.AccountID, in.ConversationID.Domain(), in.AccountID.Domain())
	})
	on(h, registry, wire.CommandGroupCommon, func(ctx context.Context, who account.Actor, in wire.CommonGroupsIn) (any, error) {
		if err := h.AllowProfile(ctx, who); err != nil {
			return nil, err
		}
		list, err := h.Conversations.CommonGroups(ctx, who.AccountID, in.AccountID.Domain(), in.Cursor, in.Limit)
		return wire.NewCommonGroups(list), err
	})
	h.joiningCommands(registry)
}

// joiningCommands registers the ways into a group.
func (h *Hub) joiningCommands(registry huma.Registry) {
	on(h, registry, wire.CommandGroupLookup, func(ctx context.Context, who account.Actor, in wire.GroupLookup) (any, error) {
		if err := h.AllowLookup(ctx, who); err != nil {
			return nil, err
		}
		list, err := h.Conversations.FindGroups(ctx, in.Query)
		return wire.NewGroupsFound(list), err
	})
	on(h, registry, wire.CommandJoinRequestCreate, func(ctx context.Context, who account.Actor, in wire.AskToJoinIn) (any, error) {
		if err := h.AllowLookup(ctx, who); err != nil {
			return nil, err
		}
		r, err := h.Conversations.AskToJoin(ctx, who.AccountID, in.ConversationID.Domain(), in.Greeting)
		return wire.NewJoinRequest(r), err
	})
	on(h, registry, wire.CommandJoinRequestList, func(ctx context.Context, who account.Actor, in wire.GroupIn) (any, error) {
		list, err := h.Conversations.JoinRequests(ctx, who.AccountID, in.ConversationID.Domain())
		return wire.NewJoinRequests(list), err
	})
	for name, answer := range map[string]conversation.AnswerState{
		wire.CommandJoinRequestAccept: conversation.Accepted, wire.CommandJoinRequestDecline: conversation.Declined,
	} {
		on(h, registry, name, func(ctx context.Context, who account.Actor, in wire.JoinRequestIn) (any, error) {
			r, err := h.Conversations.AnswerJoinRequest(ctx, who.AccountID, in.ConversationID.Domain(), in.RequestID.Domain(), answer)
			return wire.NewJoinRequestOf(r), err
		})
	}
	on(h, registry, wire.CommandJoinRequestWithdraw, func(ctx context.Context, who account.Actor, in wire.JoinRequestIn) (any, error) {
		r, err := h.Conversations.WithdrawJoinRequest(ctx, who.AccountID, in.ConversationID.Domain(), in.RequestID.Domain())
		return wire.NewJoinRequest(r), err
	})
	on(h, registry, wire.CommandInvitationAccept, func(ctx context.Context, who account.Actor, in wire.InvitationIn) (any, error) {
		d, err := h.Conversations.AcceptInvitation(ctx, who.AccountID, in.InvitationID.Domain())
		return wire.NewConversationDelta(d), err
	})
	on(h, registry, wire.CommandInvitationDecline, func(ctx context.Context, who account.Actor, in wire.InvitationIn) (any, error) {
		i, err := h.Conversations.DeclineInvitation(ctx, who.AccountID, in.InvitationID.Domain())
		return wire.NewInvitation(i), err
	})

	on(h, registry, wire.CommandLinkCreate, func(ctx context.Context, who account.Actor, in wire.NewLinkIn) (any, error) {
		l, token, err := h.Conversations.CreateLink(ctx, who.AccountID, in.ConversationID.Domain(), in.Domain())
		return wire.NewGroupLinkWith(l, token, h.Base), err
	})
	on(h, registry, wire.CommandLinkList, func(ctx context.Context, who account.Actor, in wire.GroupIn) (any, error) {
		list, err := h.Conversations.Links(ctx, who.AccountID, in.ConversationID.Domain())
		return wire.NewGroupLinks(list), err
	})
	on(h, registry, wire.CommandLinkRevoke, func(ctx context.Context, who account.Actor, in wire.LinkIn) (any, error) {
		return wire.None{}, h.Conversations.RevokeLink(ctx, who.AccountID, in.ConversationID.Domain(), in.LinkID.Domain())
	})
	on(h, registry, wire.CommandLinkLookup, func(ctx context.Context, who account.Actor, in wire.LinkLookup) (any, error) {
		if err := h.AllowLookup(ctx, who); err != nil {
			return nil, err
		}
		found, err := h.Conversations.LookUpLink(ctx, who.AccountID, in.Token)
		return wire.NewLinkFound(found), err
	})
	on(h, registry, wire.CommandLinkUse, func(ctx context.Context, who account.Actor, in wire.LinkUse) (any, error) {
		if err := h.AllowLookup(ctx, who); err != nil {
			return nil, err
		}
		used, err := h.Conversations.UseLink(ctx, who.AccountID, in.Token, in.Greeting)
		return wire.NewLinkUsed(used), err
	})
}
