package conversation

import (
	"context"

	"github.com/happychat/happychat/internal/change"
)

// maxMessagesOfChange is how many messages one version of a conversation adds
// at most: the notices of one command.
const maxMessagesOfChange = 4

// ask is for what changed in a conversation since a version; 0 is for all.
type ask struct {
	conversation Conversation
	since        int64
}

// delta is deltas for one conversation, with the usual page.
func (s *Service) delta(ctx context.Context, viewer change.ID, c Conversation, since int64) (Delta, error) {
	list, err := s.deltas(ctx, viewer, []ask{{c, since}}, SyncMessages)
	if err != nil {
		return Delta{}, err
	}
	return list[0], nil
}

// outcome gives what the transaction in ctx has changed in a conversation; if
// it changed nothing, what the last change did.
func (s *Service) outcome(ctx context.Context, viewer, conversation change.ID) (Delta, error) {
	c, err := s.store.Conversation(ctx, conversation)
	if err != nil {
		return Delta{}, err
	}
	return s.delta(ctx, viewer, c, c.Version-1)
}

// deltas gives what changed in conversations, as Delta says. With 0, or when
// more than MaxPage messages were missed, it is a page of the newest and
// Truncated. However many conversations there are, it takes as many reads.
func (s *Service) deltas(ctx context.Context, viewer change.ID, asks []ask, page int) ([]Delta, error) {
	if len(asks) == 0 {
		return nil, nil
	}
	page = min(page, MaxPage)
	b := &deltas{list: make([]Delta, len(asks)), index: make(map[change.ID]int, len(asks)), have: map[Place]bool{}}
	var small, large []Since
	var led []change.ID // large ones that are told from the beginning
	spans := make([]Span, len(asks))
	for i := range asks {
		c, since := &asks[i].conversation, asks[i].since
		b.index[c.ID] = i
		b.list[i] = Delta{ConversationID: c.ID, Version: c.Version, Truncated: since == 0}
		if c.RowVersion > since {
			b.list[i].Conversation = c
		}
		switch {
		case c.MemberCount <= MaxSmall:
			small = append(small, Since{c.ID, since})
		case since == 0:
			led = append(led, c.ID)
		default:
			large = append(large, Since{c.ID, since})
		}
		spans[i] = span(*c, since, page)
	}

	messages, err := s.store.MessagesIn(ctx, spans)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		d := &b.list[b.index[m.ConversationID]]
		d.Messages = append(d.Messages, m)
	}
	for i := range asks {
		if c, d := &asks[i].conversation, &b.list[i]; missedMore(*c, spans[i], d.Messages) {
			d.Truncated, d.Conversation = true, c
			d.Messages = d.Messages[max(0, len(d.Messages)-page):]
			if c.MemberCount > MaxSmall {
				led = append(led, c.ID)
			}
		}
	}

	if len(small) > 0 {
		members, err := s.store.Members(ctx, small)
		if err != nil {
			return nil, err
		}
		b.add(members)
	}
	if len(large) > 0 {
		members, many, err := s.store.ChangedMembers(ctx, large)
		if err != nil {
			return nil, err
		}
		b.add(members)
		for _, id := range many {
			b.list[b.index[id]].MembersTruncated = true
		}
		led = append(led, many...)
	}
	if len(led) > 0 {
		members, err := s.store.Leaders(ctx, led)
		if err != nil {
			return nil, err
		}
		b.add(members)
	}
	if len(large)+len(led) > 0 {
		members, err := s.store.MembersAt(ctx, b.missing(viewer, asks))
		if err != nil {
			return nil, err
		}
		b.add(members)
	}
	return b.list, nil
}

// span tells which messages to read. Seqs are dense, so the newest are those
// behind the last; and those that are new since a version are among as many as
// its changes can have added.
func span(c Conversation, since int64, page int) Span {
	n := int64(page)
	if since > 0 {
		n = min(MaxPage+1, maxMessagesOfChange*(c.Version-since))
	}
	return Span{Conversation: c.ID, After: max(0, c.LastSeq-n), Version: since}
}

// missedMore tells whether more than MaxPage messages are new: the oldest that
// was looked at is.
func missedMore(c Conversation, s Span, found []Message) bool {
	if s.Version == 0 || c.LastSeq-s.After <= MaxPage {
		return false
	}
	for _, m := range found {
		if m.Seq == s.After+1 {
			return true
		}
	}
	return false
}

// deltas are in the making.
type deltas struct {
	list  []Delta
	index map[change.ID]int
	have  map[Place]bool
}

// add adds members that are not there yet.
func (b *deltas) add(members []Member) {
	for _, m := range members {
		at := Place{m.ConversationID, m.Account.ID}
		if !b.have[at] {
			b.have[at] = true
			d := &b.list[b.index[m.ConversationID]]
			d.Members = append(d.Members, m)
		}
	}
}

// missing are, of the large conversations, the viewer and the senders that are
// not there yet.
func (b *deltas) missing(viewer change.ID, asks []ask) []Place {
	var places []Place
	for i, a := range asks {
		if a.conversation.MemberCount <= MaxSmall {
			continue
		}
		wanted := map[Place]bool{{a.conversation.ID, viewer}: true}
		for _, m := range b.list[i].Messages {
			wanted[Place{m.ConversationID, m.SenderID}] = true
		}
		for at := range wanted {
			if !b.have[at] {
				places = append(places, at)
			}
		}
	}
	return places
}
