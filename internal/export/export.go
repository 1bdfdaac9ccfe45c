// Package export writes everything that somebody has here into one archive: a
// ZIP with pages for people and JSON for programs. It reads through the same
// services as the person does, so there is nothing in it that they may not see,
// and holds one page of messages at a time. Of files it holds where they are in
// the archive.
package export

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/sticker"
	"github.com/happychat/happychat/internal/wire"
)

// ErrBusy is returned when as many archives are written as the server does at
// once.
var ErrBusy = &change.Error{
	Kind: change.Unavailable, Code: "server.busy", RetryAfter: time.Minute,
	Detail: "Other archives are being made just now. Try again in a minute.",
}

// atOnce is how many archives are written side by side.
const atOnce = 2

// perPage is how many messages one HTML page holds.
const perPage = 2000

// Archive makes archives.
type Archive struct {
	accounts      *account.Service
	contacts      *contact.Service
	conversations *conversation.Service
	attachments   *attachment.Service
	stickers      *sticker.Service
	reminders     Reminders
	clock         change.Clock
	running       chan struct{}
}

// New makes what makes archives.
func New(accounts *account.Service, contacts *contact.Service, conversations *conversation.Service, attachments *attachment.Service, stickers *sticker.Service, reminders Reminders, clock change.Clock) *Archive {
	return &Archive{
		accounts: accounts, contacts: contacts, conversations: conversations, attachments: attachments, stickers: stickers, reminders: reminders,
		clock: clock, running: make(chan struct{}, atOnce),
	}
}

// Begin takes a place among those that are written at once; release gives it
// back.
func (a *Archive) Begin(ctx context.Context, actor account.Actor) (release func(), err error) {
	select {
	case a.running <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	if err := a.accounts.AllowExport(ctx, actor); err != nil {
		<-a.running
		return nil, err
	}
	return func() { <-a.running }, nil
}

// Write writes the archive of the actor. still is asked before every page of
// messages and every file whether the actor is still signed in; its error ends the archive.
func (a *Archive) Write(ctx context.Context, actor account.Actor, still func() error, w io.Writer) error {
	me, err := a.accounts.Current(ctx, actor)
	if err != nil {
		return err
	}
	b := &book{
		Archive: a, me: me, words: wordsIn(me.Language), now: time.UnixMilli(a.clock.Now()), still: still, zip: zip.NewWriter(w),
		files: files{paths: map[attachment.ID]string{}, contents: map[change.ID]string{}},
	}
	if err := b.write(ctx, actor); err != nil {
		return err
	}
	return b.zip.Close()
}

// book is one archive in the making.
type book struct {
	*Archive
	me    account.Account
	words words
	now   time.Time
	still func() error
	zip   *zip.Writer
	files files
}

// create begins a file of the archive.
func (b *book) create(name string) (io.Writer, error) {
	return b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: b.now})
}

func (b *book) putJSON(name string, v any) error {
	w, err := b.create(name)
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, wire.Raw(v), "", "  "); err != nil {
		return err
	}
	_, err = w.Write(append(pretty.Bytes(), '\n'))
	return err
}

func (b *book) putPage(name string, p page) error {
	w, err := b.create(name)
	if err != nil {
		return err
	}
	p.Language, p.Words = b.me.Language, b.words
	return layout.ExecuteTemplate(w, "page", p)
}

// entry is a conversation in the list of the front page.
type entry struct {
	Name     string
	Page     string
	Messages int64
	Last     string
}

func (b *book) write(ctx context.Context, actor account.Actor) error {
	if err := b.putJSON("account.json", wire.NewAccount(b.me)); err != nil {
		return err
	}
	sessions, err := b.accounts.Sessions(ctx, actor)
	if err != nil {
		return err
	}
	if err := b.putJSON("sessions.json", wire.NewSessions(sessions, actor.SessionID)); err != nil {
		return err
	}
	passkeys, err := b.accounts.Passkeys(ctx, actor)
	if err != nil {
		return err
	}
	if err := b.putJSON("passkeys.json", wire.NewPasskeys(b.me.ID, passkeys)); err != nil {
		return err
	}
	identities, err := b.accounts.Identities(ctx, actor)
	if err != nil {
		return err
	}
	if err := b.putJSON("identities.json", wire.NewIdentities(identities)); err != nil {
		return err
	}
	contacts, err := b.contacts.List(ctx, b.me.ID)
	if err != nil {
		return err
	}
	if err := b.putJSON("contacts.json", wire.NewContacts(contacts)); err != nil {
		return err
	}
	requests, err := b.contacts.Requests(ctx, b.me.ID)
	if err != nil {
		return err
	}
	if err := b.putJSON("friend-requests.json", wire.NewFriendRequests(requests, b.me.ID)); err != nil {
		return err
	}
	reminders, err := b.reminders.Reminders(ctx, b.me.ID)
	if err != nil {
		return err
	}
	if err := b.putJSON("reminders.json", newReminders(reminders)); err != nil {
		return err
	}
	if err := b.ownStickers(ctx); err != nil {
		return err
	}
	avatar := attachment.ID(b.me.Avatar)
	if avatar != "" {
		if err := b.file(ctx, attachment.Attachment{ID: avatar}); err != nil {
			return err
		}
	}
	remarks := map[change.ID]string{}
	for _, c := range contacts {
		remarks[c.Account.ID] = c.Remark
	}
	// The list first: it moves while the messages are read.
	var ids []change.ID
	for cursor := ""; ; {
		list, err := b.conversations.List(ctx, b.me.ID, cursor, conversation.MaxPage)
		if err != nil {
			return err
		}
		for i := range list.Conversations {
			ids = append(ids, list.Conversations[i].ConversationID)
		}
		if cursor = list.NextCursor; cursor == "" {
			break
		}
	}
	var entries []entry
	for _, id := range ids {
		e, err := b.conversation(ctx, id, remarks)
		if change.KindOf(err) == change.NotFound {
			continue // left meanwhile
		} else if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	if err := b.putJSON("files.json", b.files.paths); err != nil {
		return err
	}
	return b.putPage("index.html", page{
		Title: b.words.Title, Front: &front{
			Account: b.me, Avatar: b.files.paths[avatar], At: b.time(b.now.UnixMilli()), Contacts: contacts, Conversations: entries,
		},
	})
}

// name is what the person calls somebody.
func (b *book) name(c account.Card, remarks map[change.ID]string) string {
	switch {
	case c.Deleted:
		return b.words.Deleted
	case remarks[c.ID] != "":
		return remarks[c.ID]
	}
	return c.Name
}

// people are those of one conversation whose names are known.
type people map[change.ID]string

// meet learns the names of those who sent messages and are not known yet.
func (b *book) meet(ctx context.Context, id change.ID, known people, remarks map[change.ID]string, messages []conversation.Message) error {
	var ask []change.ID
	note := func(id change.ID) {
		if _, ok := known[id]; !ok {
			known[id] = b.words.Somebody
			ask = append(ask, id)
		}
	}
	for _, m := range messages {
		note(m.SenderID)
		if m.Happening != nil {
			for _, id := range m.Happening.Accounts {
				note(id)
			}
		}
	}
	for len(ask) > 0 {
		n := min(len(ask), conversation.MaxPage)
		members, err := b.conversations.GetMembers(ctx, b.me.ID, id, ask[:n])
		if err != nil {
			return err
		}
		for _, m := range members {
			known[m.Account.ID] = b.called(m, remarks)
		}
		ask = ask[n:]
	}
	return nil
}

// called is what a member is called in a conversation.
func (b *book) called(m conversation.Member, remarks map[change.ID]string) string {
	if remarks[m.Account.ID] == "" && m.Nickname != "" && !m.Account.Deleted {
		return m.Nickname
	}
	return b.name(m.Account, remarks)
}

func (b *book) time(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04 UTC")
}

// conversation writes one conversation: its JSON, its files, and its pages.
func (b *book) conversation(ctx context.Context, id change.ID, remarks map[change.ID]string) (entry, error) {
	whole, err := b.conversations.Get(ctx, b.me.ID, id)
	if err != nil {
		return entry{}, err
	}
	known := people{}
	e := entry{Page: fmt.Sprintf("conversations/%s.html", id), Messages: whole.Conversation.LastSeq, Last: b.time(whole.Conversation.LastActivityAt)}
	e.Name = whole.Conversation.Group.Name
	for _, m := range whole.Members {
		known[m.Account.ID] = b.called(m, remarks)
		if whole.Conversation.Kind == conversation.Direct && m.Account.ID != b.me.ID {
			e.Name = b.name(m.Account, remarks)
		}
	}
	attached, err := b.record(ctx, id, whole)
	if err != nil {
		return entry{}, err
	}
	for _, a := range attached {
		if err := b.file(ctx, a); err != nil {
			return entry{}, err
		}
	}
	return e, b.pages(ctx, id, e, known, remarks)
}

// each calls fn with the messages of a conversation, a page at a time.
func (b *book) each(ctx context.Context, id change.ID, last int64, fn func([]conversation.Message) error) error {
	for after := int64(0); after < last; {
		if err := b.still(); err != nil {
			return err
		}
		var got conversation.Page
		var err error
		if after == 0 {
			// Without a bound the service gives the newest; the oldest come
			// before the first that a page does not hold.
			got, err = b.conversations.History(ctx, b.me.ID, id, 0, conversation.MaxPage+1, conversation.MaxPage)
		} else {
			got, err = b.conversations.History(ctx, b.me.ID, id, after, 0, conversation.MaxPage)
		}
		if err != nil {
			return err
		}
		if len(got.Messages) == 0 {
			return nil
		}
		if err := fn(got.Messages); err != nil {
			return err
		}
		after = got.Messages[len(got.Messages)-1].Seq
	}
	return nil
}

// pages writes the HTML of a conversation.
func (b *book) pages(ctx context.Context, id change.ID, e entry, known people, remarks map[change.ID]string) error {
	number := func(n int64) string {
		if n == 1 {
			return fmt.Sprintf("%s.html", id)
		}
		return fmt.Sprintf("%s-%d.html", id, n)
	}
	total := max(1, (e.Messages+perPage-1)/perPage)
	var w io.Writer
	at := int64(0)
	turn := func(n int64) (err error) {
		if at > 0 {
			next := ""
			if at < total {
				next = number(at + 1)
			}
			if err := layout.ExecuteTemplate(w, "foot", foot{Words: b.words, Next: next}); err != nil {
				return err
			}
		}
		if at = n; n > total {
			return nil
		}
		if w, err = b.create("conversations/" + number(n)); err != nil {
			return err
		}
		previous := ""
		if n > 1 {
			previous = number(n - 1)
		}
		return layout.ExecuteTemplate(w, "head", head{Language: b.me.Language, Words: b.words, Title: e.Name, Previous: previous})
	}
	if err := turn(1); err != nil {
		return err
	}
	err := b.each(ctx, id, e.Messages, func(messages []conversation.Message) error {
		if err := b.meet(ctx, id, known, remarks, messages); err != nil {
			return err
		}
		for _, m := range messages {
			if n := (m.Seq-1)/perPage + 1; n > at && n <= total {
				if err := turn(n); err != nil {
					return err
				}
			}
			line := line{Words: b.words, From: known[m.SenderID], At: b.time(m.CreatedAt), Body: m.Body, Mine: m.SenderID == b.me.ID, Files: b.shown(m.Attachments)}
			if t := m.Sticker; t != nil {
				line.Body = sticker.Words(b.me.Language, t.Key, t.Emoji)
			}
			if m.Happening != nil {
				line.Notice = b.words.notice(*m.Happening, known)
			}
			if err := layout.ExecuteTemplate(w, "line", line); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return turn(total + 1)
}

// record writes the JSON of a conversation, message by message, and gives what
// is attached to them.
func (b *book) record(ctx context.Context, id change.ID, whole conversation.Delta) ([]attachment.Attachment, error) {
	w, err := b.create(fmt.Sprintf("conversations/%s.json", id))
	if err != nil {
		return nil, err
	}
	members := make([]wire.Member, len(whole.Members))
	for i, m := range whole.Members {
		members[i] = wire.NewMember(m)
	}
	if _, err := fmt.Fprintf(w, "{\"conversation\":%s,\n\"members\":%s,\n\"messages\":[", wire.Raw(wire.NewConversation(*whole.Conversation)), wire.Raw(members)); err != nil {
		return nil, err
	}
	before := "\n"
	var attached []attachment.Attachment
	err = b.each(ctx, id, whole.Conversation.LastSeq, func(messages []conversation.Message) error {
		for _, m := range messages {
			if _, err := fmt.Fprintf(w, "%s%s", before, wire.Raw(wire.NewMessage(m))); err != nil {
				return err
			}
			before = ",\n"
			attached = append(attached, m.Attachments...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(w, "\n]}\n")
	return attached, err
}
