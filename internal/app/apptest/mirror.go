package apptest

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/wire"
)

// Mirror is a client's copy of what a person sees: a snapshot, kept up to date
// by nothing but events. After every operation it must equal a new snapshot.
type Mirror struct {
	person        *Person
	user          wire.UserDelta
	conversations map[wire.ID]*wire.ConversationDelta
}

// Snapshot fetches all that the person sees.
func (p *Person) Snapshot() *Mirror {
	p.Server.T.Helper()
	m := &Mirror{person: p, conversations: map[wire.ID]*wire.ConversationDelta{}}
	var r wire.SyncResult
	a := p.Server.Do(p, "POST", "/sync", wire.SyncIn{Conversations: []wire.KnownConversation{}, Messages: 100})
	if a.Status != 200 {
		p.Server.T.Fatalf("sync: %d %s", a.Status, a.Raw)
	}
	a.Into(p.Server.T, &r)
	m.user = r.User
	for _, d := range r.Conversations {
		d.Truncated, d.MembersTruncated = false, false
		m.conversations[d.ConversationID] = &d
	}
	return m
}

// large tells whether only a part of the members is known.
func large(d *wire.ConversationDelta) bool {
	return d.Conversation.MemberCount > conversation.MaxSmall
}

// Apply takes an announced change, if it is the person's.
func (m *Mirror) Apply(e Event) {
	t := m.person.Server.T
	t.Helper()
	if e.Scope.Kind == change.User {
		if e.Scope.ID != m.person.ID {
			return
		}
		var d wire.UserDelta
		if err := json.Unmarshal(e.Payload, &d); err != nil {
			t.Fatal(err)
		}
		if d.Version != m.user.Version+1 {
			t.Errorf("%s: user scope went from %d to %d", m.person.Name, m.user.Version, d.Version)
		}
		m.user.Version = d.Version
		m.mergeUser(d)
		for _, s := range d.Memberships {
			if s.State == "left" {
				delete(m.conversations, s.ConversationID)
			} else if m.conversations[s.ConversationID] == nil {
				// It came while nothing of it was known: it is asked for.
				if now := m.person.Snapshot().conversations[s.ConversationID]; now != nil {
					m.conversations[s.ConversationID] = now
				}
			}
		}
		return
	}
	var d wire.ConversationDelta
	if err := json.Unmarshal(e.Payload, &d); err != nil {
		t.Fatal(err)
	}
	have := m.conversations[d.ConversationID]
	switch {
	case have == nil && d.Version != 1, have != nil && d.Version <= have.Version:
		return // asked for when the membership comes; known already
	case have == nil:
		mine := false
		for _, member := range d.Members {
			mine = mine || member.Account.ID.Domain() == m.person.ID
		}
		if !mine {
			return
		}
		have = &wire.ConversationDelta{ConversationID: d.ConversationID}
		m.conversations[d.ConversationID] = have
	}
	if d.Version != have.Version+1 {
		t.Errorf("%s: conversation went from version %d to %d", m.person.Name, have.Version, d.Version)
	}
	have.Version = d.Version
	m.mergeConversation(have, d)
}

func (m *Mirror) mergeUser(d wire.UserDelta) {
	if d.Account != nil {
		m.user.Account = d.Account
	}
	m.user.Contacts = merge(m.user.Contacts, d.Contacts, func(c wire.Contact) wire.ID { return c.Account.ID })
	m.user.FriendRequests = merge(m.user.FriendRequests, d.FriendRequests, func(r wire.FriendRequest) wire.ID { return r.ID })
	m.user.JoinRequests = merge(m.user.JoinRequests, d.JoinRequests, func(r wire.JoinRequest) wire.ID { return r.ID })
	m.user.Invitations = merge(m.user.Invitations, d.Invitations, func(i wire.Invitation) wire.ID { return i.ID })
	m.user.StickerPacks = merge(m.user.StickerPacks, d.StickerPacks, func(p wire.StickerPack) wire.ID { return p.ID })
	m.user.FavouriteStickers = merge(m.user.FavouriteStickers, d.FavouriteStickers, func(f wire.FavouriteSticker) string {
		return string(f.Sticker.Key) + string(f.Sticker.ID)
	})
	read := map[wire.ID]int64{}
	for _, s := range m.user.Memberships {
		read[s.ConversationID] = s.ReadSeq
	}
	m.user.Memberships = merge(m.user.Memberships, d.Memberships, func(s wire.Membership) wire.ID { return s.ConversationID })
	for i := range m.user.Memberships {
		s := &m.user.Memberships[i]
		s.ReadSeq = max(s.ReadSeq, read[s.ConversationID]) // it never goes back
	}
}

func (m *Mirror) mergeConversation(have *wire.ConversationDelta, d wire.ConversationDelta) {
	if d.Conversation != nil {
		c := *d.Conversation
		have.Conversation = &c
	}
	if d.MembersTruncated {
		have.Members = slices.DeleteFunc(have.Members, func(s wire.Member) bool { return s.Account.ID.Domain() != m.person.ID })
	}
	have.Members = merge(have.Members, d.Members, func(s wire.Member) wire.ID { return s.Account.ID })
	known := int64(0)
	for _, msg := range have.Messages {
		known = max(known, msg.Seq)
	}
	have.Messages = merge(have.Messages, d.Messages, func(s wire.Message) wire.ID { return wire.ID(s.Seq) })
	for _, msg := range d.Messages {
		if msg.Seq > known {
			m.sent(have, msg)
		}
	}
}

// sent concludes from a new message how far its sender has read.
func (m *Mirror) sent(have *wire.ConversationDelta, msg wire.Message) {
	have.Conversation.LastSeq = max(have.Conversation.LastSeq, msg.Seq)
	have.Conversation.LastActivityAt = max(have.Conversation.LastActivityAt, msg.CreatedAt)
	for i := range have.Members {
		if s := &have.Members[i]; s.Account.ID == msg.SenderID && s.State == "member" {
			s.ReadSeq = max(s.ReadSeq, msg.Seq)
			if !large(have) {
				s.Version = max(s.Version, msg.Version)
			}
		}
	}
	if msg.SenderID.Domain() == m.person.ID {
		for i := range m.user.Memberships {
			if s := &m.user.Memberships[i]; s.ConversationID == msg.ConversationID {
				s.ReadSeq = max(s.ReadSeq, msg.Seq)
			}
		}
	}
}

func merge[T any, K comparable](have, news []T, key func(T) K) []T {
next:
	for _, n := range news {
		for i := range have {
			if key(have[i]) == key(n) {
				have[i] = n
				continue next
			}
		}
		have = append(have, n)
	}
	return have
}

// String prints all of it in a fixed order, without what is gone.
func (m *Mirror) String() string {
	var lines []string
	line := func(kind string, v any) { lines = append(lines, kind+" "+string(wire.Raw(v))) }
	line("user", m.user.Version)
	line("account", m.user.Account)
	for _, c := range m.user.Contacts {
		if c.State == "friend" || c.Blocked {
			line("contact", c)
		}
	}
	for _, r := range m.user.FriendRequests {
		line("request", r)
	}
	for _, s := range m.user.Memberships {
		if s.State == "member" {
			line("membership", s)
		}
	}
	for _, r := range m.user.JoinRequests {
		line("join request", r)
	}
	for _, i := range m.user.Invitations {
		line("invitation", i)
	}
	for _, p := range m.user.StickerPacks {
		if p.State == "there" {
			line("sticker pack", p)
		}
	}
	for _, f := range m.user.FavouriteStickers {
		if f.State == "there" {
			line("favourite sticker", f)
		}
	}
	for _, d := range m.conversations {
		line(fmt.Sprintf("conversation %d at %d", d.ConversationID, d.Version), d.Conversation)
		for _, s := range d.Members {
			if s.State != "member" {
				continue
			}
			// Of a large one only a part is known, and no read positions, nor
			// the versions that these alone have raised.
			if large(d) {
				if s.Role == "member" && s.Account.ID.Domain() != m.person.ID {
					continue
				}
				s.ReadSeq, s.Version = 0, 0
			}
			line(fmt.Sprintf("member %d", d.ConversationID), s)
		}
		for _, s := range d.Messages {
			line(fmt.Sprintf("message %d", d.ConversationID), s)
		}
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n")
}
