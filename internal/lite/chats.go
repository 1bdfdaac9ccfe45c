package lite

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/sticker"
)

const (
	// listRefresh and followRefresh are after how many seconds the list, and a
	// conversation that is only followed, load themselves again.
	listRefresh, followRefresh = 60, 15
	// listPage and historyPage are how much there is on a page.
	listPage, historyPage = 50, conversation.SyncMessages
	// kept is how many messages that were read before stay in view when a page
	// opens at what is new.
	kept = 3
	// pictureSide is the most that a picture takes in a page, in pixels.
	pictureSide = 240
)

// chats registers conversations and their messages.
func (d *door) chats(mux *http.ServeMux) {
	mux.HandleFunc("GET "+Prefix+"/chats", d.member(list))
	mux.HandleFunc("GET "+Prefix+"/chats/{id}", d.member(func(v *visit) error { return v.conversationPage(nil) }))
	mux.HandleFunc("GET "+Prefix+"/chats/{id}/members", d.member(members))
	mux.HandleFunc("POST "+Prefix+"/chats/{id}", d.memberSends(send))
	mux.HandleFunc("GET "+Prefix+"/chats/{id}/file", d.member(func(v *visit) error { return v.filePage(nil) }))
	mux.HandleFunc("POST "+Prefix+"/chats/{id}/file", d.memberSendsFiles(sendFile))
}

// id is that of the path; 0, which nothing has, if it is none.
func (v *visit) id() change.ID {
	id, _ := change.ParseID(v.r.PathValue("id"))
	return id
}

// row is a line of the conversation list.
type row struct {
	ID          change.ID
	Title       string
	Unread      int64
	Group       int // how many members it has; 0: it is no group
	Quiet       bool
	Pinned      bool
	Said, At    string
	MentionsYou bool
}

type listData struct {
	Rows             []row
	More             string // cursor of the next page
	First            bool   // page
	Refreshes        bool
	Friends, Answers int
}

func list(v *visit) error {
	ctx := v.r.Context()
	cursor := v.r.URL.Query().Get("cursor")
	found, err := v.Conversations.List(ctx, v.me.ID, cursor, listPage)
	if err != nil {
		return err
	}
	names, err := v.names(ctx)
	if err != nil {
		return err
	}
	data := listData{More: found.NextCursor, First: cursor == "", Refreshes: v.refreshes()}
	var all int64
	for i, delta := range found.Conversations {
		r, err := v.row(names, delta, found.Memberships[i])
		if err != nil {
			return err
		}
		if !r.Quiet {
			all += r.Unread
		}
		data.Rows = append(data.Rows, r)
	}
	slices.SortStableFunc(data.Rows, func(a, b row) int {
		switch {
		case a.Pinned == b.Pinned:
			return 0
		case a.Pinned:
			return -1
		}
		return 1
	})
	p := page{name: "chats.html", title: v.t("chats.title"), unread: all, place: "chats", data: data}
	if data.Refreshes && data.First {
		p.refresh, p.refreshURL = listRefresh, "/chats"
	}
	return v.show(p)
}

func (v *visit) row(names names, d conversation.Delta, m conversation.Membership) (row, error) {
	people, err := v.everybody(names, d, d.Messages)
	if err != nil {
		return row{}, err
	}
	c := *d.Conversation
	r := row{
		ID: c.ID, Title: people.title(c, m), Unread: unread(d, m.ReadSeq, v.me.ID), Quiet: m.Notify == conversation.NotifyNone,
		Pinned: m.PinnedAt != 0, At: v.at(c.LastActivityAt),
	}
	if c.Kind == conversation.InGroup {
		r.Group = c.MemberCount
	}
	if n := len(d.Messages); n > 0 {
		last := d.Messages[n-1]
		r.Said = people.said(last)
		r.MentionsYou = r.Unread > 0 && (last.MentionsAll && last.SenderID != v.me.ID || slices.Contains(last.Mentions, v.me.ID))
	} else if c.Kind == conversation.Direct {
		r.Said = v.t("chats.newest")
	}
	return r, nil
}

// everybody are the members of a conversation, and those who are in messages
// and have left or are not known for another reason.
func (v *visit) everybody(names names, d conversation.Delta, messages []conversation.Message) (in, error) {
	people := names.in(d.Members)
	unnamed := people.unnamed(messages)
	if len(unnamed) == 0 {
		return people, nil
	}
	more, err := v.Conversations.GetMembers(v.r.Context(), v.me.ID, d.ConversationID, unnamed)
	people.add(more)
	return people, err
}

// unread counts what somebody has not read: what is newer than what they have
// read, and than what they wrote.
func unread(d conversation.Delta, read int64, me change.ID) int64 {
	for _, m := range d.Members {
		if m.Account.ID == me {
			read = max(read, m.ReadSeq)
		}
	}
	for _, m := range d.Messages {
		if m.SenderID == me {
			read = max(read, m.Seq)
		}
	}
	return max(0, d.Conversation.LastSeq-read)
}

// line is a message on the page.
type line struct {
	From, At   string
	Mine       bool
	Notice     string // what happened, if it is a notice
	Paragraphs [][]piece
	Empty      string // what it is, when there is nothing to show of it
	Files      []file
	Partial    bool   // it is still being written
	Via        string // where the words of a robot came from
	Open       bool   // the page opens here
	Unread     bool   // the first one that is
}

// file is an attachment on the page.
type file struct {
	ID            attachment.ID
	Name, Size    string
	Picture       bool
	Width, Height int
}

type conversationData struct {
	ID                    change.ID
	Title                 string
	Group                 int
	Announcement          [][]piece
	AnnouncedBy           string
	Lines                 []line
	Start                 bool  // nothing is older
	Before, After, Newest int64 // seqs from where the pages beside this one go on; 0: there is none
	Following             bool
	Stamp                 string // makes an address another one, so that it is loaded
	Note                  string // why nothing can be written, as far as it is known
	Body                  string
	ClientID              string
	Back                  string
}

// conversationPage shows messages and what one can write with. With what went
// wrong, it keeps what was written.
func (v *visit) conversationPage(problem error) error {
	ctx, id, q := v.r.Context(), v.id(), v.r.URL.Query()
	d, err := v.Conversations.Get(ctx, v.me.ID, id)
	if err != nil {
		return err
	}
	m, err := v.Conversations.Membership(ctx, v.me.ID, id)
	if err != nil {
		return err
	}
	names, err := v.names(ctx)
	if err != nil {
		return err
	}
	c := *d.Conversation
	before, after := seq(q.Get("before")), seq(q.Get("after"))
	messages := d.Messages
	if before > 0 || after > 0 {
		history, err := v.Conversations.History(ctx, v.me.ID, id, after, before, historyPage)
		if err != nil {
			return err
		}
		messages = history.Messages
	}
	people, err := v.everybody(names, d, messages)
	if err != nil {
		return err
	}
	read := c.LastSeq - unread(d, m.ReadSeq, v.me.ID)
	data := conversationData{
		ID: id, Title: people.title(c, m), Lines: v.lines(people, messages, read), Following: q.Get("follow") != "",
		Stamp: strconv.FormatInt(v.Clock.Now(), 36), Body: v.value("body"), ClientID: cmp.Or(v.value("clientId"), newName()), Back: q.Get("back"),
	}
	if c.Kind == conversation.InGroup {
		data.Group = c.MemberCount
		if a := c.Group.Announcement; a.Body != "" {
			data.Announcement = paragraphs(a.Body)
			data.AnnouncedBy = v.t("group.announcedBy", "name", people.name(a.AuthorID), "time", v.at(a.CreatedAt))
		}
	} else {
		data.Note = v.refusal(people)
	}
	data.beside(c.LastSeq, messages)
	if data.After == 0 && v.Guard.OwnPage(v.r) && v.r.Method == http.MethodGet {
		if err := v.seen(c, m, read); err != nil {
			return err
		}
	}
	p := page{name: "chat.html", title: data.Title, unread: c.LastSeq - read, place: "chats", problem: problem, data: data}
	if data.Following && data.After == 0 {
		// The address alternates: one that differs in nothing but what is behind
		// its # is not loaded again.
		turn := 1
		if q.Get("follow") == "1" {
			turn = 2
		}
		p.refresh, p.refreshURL = followRefresh, fmt.Sprintf("/chats/%s?follow=%d#new", id, turn)
	}
	return v.show(p)
}

// beside finds out which messages there are before and behind those of a page.
func (d *conversationData) beside(last int64, messages []conversation.Message) {
	d.Start = true
	if len(messages) == 0 {
		return
	}
	if first := messages[0].Seq; first > 1 {
		d.Before, d.Start = first, false
	}
	if newest := messages[len(messages)-1].Seq; newest < last {
		d.After = newest
	}
}

// seen moves the read position to what the page shows, and notes that the
// announcement was shown.
func (v *visit) seen(c conversation.Conversation, m conversation.Membership, read int64) error {
	if read < c.LastSeq {
		if _, err := v.Conversations.Read(v.r.Context(), v.me.ID, c.ID, c.LastSeq); err != nil {
			return err
		}
	}
	if number := c.Group.Announcement.Number; number > m.AnnouncementSeen {
		_, err := v.Conversations.UpdateMembership(v.r.Context(), v.me.ID, c.ID, conversation.Settings{AnnouncementSeen: &number})
		return err
	}
	return nil
}

func seq(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// refusal tells why nothing can be written to somebody, as far as the viewer's
// own list says.
func (v *visit) refusal(p in) string {
	other := p.other()
	c, known := p.contacts[other.ID]
	switch {
	case other.Deleted:
		return v.t("refusal.deleted")
	case c.Blocked:
		return v.t("refusal.blocked", "name", p.name(other.ID))
	case !known || c.State != "friend":
		return v.t("refusal.not_friends")
	}
	return ""
}

// lines are the messages of a page. It opens where the first unread one is, or
// a few before the end.
func (v *visit) lines(people in, messages []conversation.Message, read int64) []line {
	list := make([]line, len(messages))
	open := max(0, len(messages)-kept)
	for i, m := range slices.Backward(messages) {
		if m.Seq > read {
			open = min(open, i)
		}
	}
	for i, m := range messages {
		l := line{At: v.at(m.CreatedAt), Open: i == open, Unread: m.Seq == read+1 && m.SenderID != v.me.ID}
		if m.Kind == conversation.Notice {
			l.Notice = people.notice(m)
			list[i] = l
			continue
		}
		l.Mine, l.Partial, l.Via = m.SenderID == v.me.ID, m.Partial, m.Via
		if l.From = v.t("chat.you"); !l.Mine {
			l.From = people.name(m.SenderID)
		}
		if text := v.said(m); text != "" {
			l.Paragraphs = paragraphs(text)
		} else if len(m.Attachments) == 0 && !m.Partial {
			l.Empty = v.t("lite.unknown")
		}
		for _, a := range m.Attachments {
			l.Files = append(l.Files, v.file(a))
		}
		list[i] = l
	}
	return list
}

// said is what a message says in words. A sticker of a pack has a picture
// besides.
func (v *visit) said(m conversation.Message) string {
	if t := m.Sticker; t != nil {
		return sticker.Words(v.words.language, t.Key, t.Emoji)
	}
	return m.Body
}

func (v *visit) file(a attachment.Attachment) file {
	f := file{ID: a.ID, Name: a.Name, Size: v.words.bytes(a.Size), Picture: a.Kind == attachment.Image && a.Width > 0 && a.Height > 0}
	if f.Picture {
		scale := min(1, float64(pictureSide)/float64(max(a.Width, a.Height)))
		f.Width, f.Height = max(1, int(float64(a.Width)*scale)), max(1, int(float64(a.Height)*scale))
	}
	return f
}

// person is a line of a list of people.
type person struct {
	ID                   change.ID
	Name, Username, Note string
	Robot                bool
}

type membersData struct {
	ID     change.ID
	Title  string
	Number string
	Total  int
	People []person
	More   string
	First  bool
}

func members(v *visit) error {
	ctx, id := v.r.Context(), v.id()
	cursor := v.r.URL.Query().Get("cursor")
	d, err := v.Conversations.Get(ctx, v.me.ID, id)
	if err != nil {
		return err
	}
	if d.Conversation.Kind != conversation.InGroup {
		return conversation.ErrNotFound
	}
	m, err := v.Conversations.Membership(ctx, v.me.ID, id)
	if err != nil {
		return err
	}
	all, err := v.Conversations.ListMembers(ctx, v.me.ID, id, conversation.MemberFilter{}, cursor, listPage)
	if err != nil {
		return err
	}
	names, err := v.names(ctx)
	if err != nil {
		return err
	}
	people := names.in(all.Members)
	data := membersData{
		ID: id, Title: people.title(*d.Conversation, m), Number: d.Conversation.Group.Number,
		Total: all.Total, More: all.NextCursor, First: cursor == "",
	}
	for _, member := range all.Members {
		p := person{ID: member.Account.ID, Name: people.name(member.Account.ID), Username: member.Account.Username}
		if member.Role != conversation.Ordinary {
			p.Note = v.t("role." + string(member.Role))
		}
		data.People = append(data.People, p)
	}
	return v.show(page{name: "members.html", title: data.Title, place: "chats", data: data})
}
