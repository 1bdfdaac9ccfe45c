package lite

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
)

// names tells what the viewer calls people: by their remark, else their name in
// the group, else the name that they gave themselves.
type names struct {
	*visit
	contacts map[change.ID]contact.Contact
}

func (v *visit) names(ctx context.Context) (names, error) {
	list, err := v.Contacts.List(ctx, v.me.ID)
	n := names{visit: v, contacts: make(map[change.ID]contact.Contact, len(list))}
	for _, c := range list {
		n.contacts[c.Account.ID] = c
	}
	return n, err
}

func (n names) of(card account.Card, nickname string) string {
	if card.Deleted {
		return n.t("person.deleted")
	}
	return cmp.Or(n.contacts[card.ID].Remark, nickname, card.Name, card.Username)
}

// in are the people of one conversation.
type in struct {
	names
	members map[change.ID]conversation.Member
}

func (n names) in(members []conversation.Member) in {
	p := in{names: n, members: make(map[change.ID]conversation.Member, len(members))}
	p.add(members)
	return p
}

func (p in) add(members []conversation.Member) {
	for _, m := range members {
		p.members[m.Account.ID] = m
	}
}

func (p in) name(id change.ID) string {
	if m, ok := p.members[id]; ok {
		return p.of(m.Account, m.Nickname)
	}
	if c, ok := p.contacts[id]; ok {
		return p.of(c.Account, "")
	}
	return p.t("notice.someone")
}

// other is the one whom a direct conversation is with.
func (p in) other() account.Card {
	for id, m := range p.members {
		if id != p.me.ID {
			return m.Account
		}
	}
	return account.Card{}
}

// title is what the viewer calls a conversation.
func (p in) title(c conversation.Conversation, m conversation.Membership) string {
	if c.Kind == conversation.InGroup {
		return cmp.Or(m.Remark, c.Group.Name)
	}
	return p.name(p.other().ID)
}

// unnamed are those of the accounts in messages about whom nothing is known yet.
func (p in) unnamed(messages []conversation.Message) []change.ID {
	var list []change.ID
	want := func(id change.ID) {
		if _, ok := p.members[id]; !ok && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	for _, m := range messages {
		want(m.SenderID)
		if m.Happening != nil {
			for _, id := range m.Happening.Accounts[:min(mostNamed, len(m.Happening.Accounts))] {
				want(id)
			}
		}
	}
	return list
}

// mostNamed is how many people a notice names; it counts the others.
const mostNamed = 5

// notice says what happened in a group.
func (p in) notice(m conversation.Message) string {
	h := m.Happening
	if h == nil {
		return p.t("notice.other")
	}
	actor := p.noticed([]change.ID{m.SenderID}, 1, "notice.you")
	// At the beginning of a sentence "you" is written otherwise than within it.
	leading, names := p.noticed(h.Accounts, h.Count, "notice.you"), p.noticed(h.Accounts, h.Count, "notice.youWithin")
	say := func(key string, more ...any) string {
		return p.t("notice."+key, append([]any{"actor", actor, "names", names, "text", h.Text}, more...)...)
	}
	switch h.Event {
	case conversation.GroupCreated:
		if len(h.Accounts) > 0 {
			return say("createdWith")
		}
		return say("created")
	case conversation.MemberAdded:
		return say("added")
	case conversation.MemberJoined:
		if h.Via == conversation.ViaLink {
			return p.t("notice.joinedByLink", "names", leading)
		}
		if slices.Contains(h.Accounts, m.SenderID) {
			return p.t("notice.joined", "names", leading)
		}
		return say("letIn")
	case conversation.MemberRemoved:
		return say("removed")
	case conversation.MemberQuit:
		return p.t("notice.quit", "names", cmp.Or(leading, actor))
	case conversation.GroupRenamed:
		return say("renamed")
	case conversation.GroupPictured:
		return say("avatar")
	case conversation.AnnouncementChanged:
		if h.Text == "" {
			return say("unannounced")
		}
		return say("announced")
	case conversation.RoleChanged:
		if h.Role == conversation.Admin {
			return say("promoted")
		}
		return say("demoted")
	case conversation.OwnerChanged:
		return say("owner")
	case conversation.MemberMuted:
		if h.Until > 0 && h.Until < conversation.Forever {
			return say("mutedUntil", "time", p.words.moment(h.Until, m.CreatedAt, p.zone()))
		}
		return say("muted")
	case conversation.MemberUnmuted:
		return say("unmuted")
	case conversation.GroupMuted:
		return say("allMuted")
	case conversation.GroupUnmuted:
		return say("allUnmuted")
	case conversation.GroupWasDissolved:
		return say("dissolved")
	}
	return p.t("notice.other")
}

// noticed lists people in a notice; count is how many they are in all.
func (p in) noticed(ids []change.ID, count int, you string) string {
	var list []string
	for _, id := range ids[:min(mostNamed, len(ids))] {
		if id == p.me.ID {
			list = append(list, p.t(you))
		} else {
			list = append(list, p.name(id))
		}
	}
	if more := max(count, len(ids)) - len(list); more > 0 {
		return p.t("notice.andMore", "names", strings.Join(list, p.t("notice.comma")), "n", more)
	}
	return p.words.and(list)
}

// said gives a message in short, for the list of conversations.
func (p in) said(m conversation.Message) string {
	if m.Kind == conversation.Notice {
		return p.notice(m)
	}
	text := inShort(p.visit.said(m), 80)
	if text == "" {
		text = p.sent(m)
	}
	if m.SenderID == p.me.ID {
		return p.t("chat.you") + p.t("news.authorEnds") + text
	}
	return p.name(m.SenderID) + p.t("news.authorEnds") + text
}

// sent says what a message without words brings.
func (p in) sent(m conversation.Message) string {
	pictures := 0
	for _, a := range m.Attachments {
		if a.Kind == "image" {
			pictures++
		}
	}
	switch n := len(m.Attachments); {
	case n == 0:
		return p.t("lite.unknown")
	case pictures == n:
		return p.t("attachment.inListPictures", "n", n)
	case n == 1:
		return p.t("attachment.inListFile", "name", m.Attachments[0].Name)
	default:
		return p.t("attachment.inListFiles", "n", n)
	}
}
