package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
)

// in runs what must succeed in a transaction and gives its result.
func in[T any](w *world, fn func(ctx context.Context) (T, error)) (out T) {
	w.t.Helper()
	w.update(func(ctx context.Context) (err error) {
		out, err = fn(ctx)
		return err
	})
	return out
}

// attach stores an attachment of a content that has this hash, which is made if
// there is none. It is looked at again at due.
func (w *world) attach(owner account.Account, hash string, due int64) attachment.Attachment {
	w.t.Helper()
	return in(w, func(ctx context.Context) (attachment.Attachment, error) {
		a := attachment.Attachment{ID: attachment.NewID(), OwnerID: owner.ID, Name: "小狗 <b>.png", CreatedAt: w.clock.Now()}
		c, err := w.ContentByHash(ctx, hash)
		if err != nil {
			c = attachment.Content{
				ID: w.ids.Next(), Hash: hash, Key: "key-" + hash, Kind: attachment.Image, Type: "image/png", Size: 1 << 40,
				Width: 30, Height: 20, Placeholder: "YWJj", Animated: true, CreatedAt: w.clock.Now(),
			}
			thumb := attachment.Rendition{Variant: attachment.Thumb, Key: "thumb-" + hash, Type: "image/jpeg", Size: 7}
			if err := w.Reserve(ctx, 1<<50, c.Key, thumb.Key); err != nil {
				return a, err
			}
			if ok, err := w.CreateContent(ctx, c, []attachment.Rendition{thumb}); err != nil || !ok {
				return a, fmt.Errorf("CreateContent: %v, %w", ok, err)
			}
		}
		a.Content = c
		return a, w.CreateAttachment(ctx, a, due)
	})
}

func (w *world) standing(a attachment.Attachment, who account.Account) attachment.Standing {
	w.t.Helper()
	return must(w.AttachmentStanding(w.t.Context(), a.ID, who.ID))(w.t)
}

// discarded takes all that is due now.
func (w *world) discarded() []string {
	w.t.Helper()
	keys := in(w, func(ctx context.Context) ([]string, error) { return w.TakeDiscarded(ctx, 1<<40, 1000) })
	slices.Sort(keys)
	return keys
}

func (w *world) removeUnused(now int64) int {
	w.t.Helper()
	return in(w, func(ctx context.Context) (int, error) { return w.RemoveUnused(ctx, now, 100) })
}

func (w *world) upload(owner account.Account, size, createdAt int64) attachment.Upload {
	w.t.Helper()
	u := attachment.Upload{ID: attachment.NewID(), OwnerID: owner.ID, Name: "a \"b\".txt", Size: size, State: attachment.Open, CreatedAt: createdAt, ExpiresAt: createdAt + 100}
	w.update(func(ctx context.Context) error { return w.CreateUpload(ctx, u) })
	return u
}

func (w *world) addPart(u attachment.Upload, from, size int64, key string) bool {
	w.t.Helper()
	return in(w, func(ctx context.Context) (bool, error) {
		return w.AddPart(ctx, u.ID, attachment.Part{From: from, Size: size, Key: key})
	})
}

func (w *world) reserve(due int64, keys ...string) {
	w.t.Helper()
	w.update(func(ctx context.Context) error { return w.Reserve(ctx, due, keys...) })
}

var attachments = map[string]func(*testing.T, *world){
	"an upload is what was stored, and grows where it stands": func(t *testing.T, w *world) {
		ann := w.person("ann")
		u := w.upload(ann, 10, 1000)
		wantEqual(t, "upload", must(w.Upload(t.Context(), u.ID))(t), u)
		_, err := w.Upload(t.Context(), attachment.NewID())
		wantErr(t, err, change.ErrNotFound)
		w.reserve(1<<50, "part-1", "part-2", "part-3")
		for _, c := range []struct {
			from, size int64
			key        string
			want       bool
		}{
			{1, 4, "part-1", false},         // a gap
			{0, 11, "part-1", false},        // more than announced
			{0, 4, "never-reserved", false}, // might be removed at any time
			{0, 4, "part-1", true},
			{0, 4, "part-2", false}, // the same once more
			{4, 6, "part-1", false}, // in use already
			{4, 6, "part-2", true},
			{10, 1, "part-3", false},
		} {
			if got := w.addPart(u, c.from, c.size, c.key); got != c.want {
				t.Errorf("part %+v: %v", c, got)
			}
		}
		u.Received = 10
		wantEqual(t, "upload", must(w.Upload(t.Context(), u.ID))(t), u)
		wantEqual(t, "parts", must(w.Parts(t.Context(), u.ID))(t), []attachment.Part{{From: 0, Size: 4, Key: "part-1"}, {From: 4, Size: 6, Key: "part-2"}})
		wantEqual(t, "discarded", w.discarded(), nil)
	},

	"a part that comes fifty times at once is added once": func(t *testing.T, w *world) {
		u := w.upload(w.person("ann"), 10, 1000)
		var added [50]bool
		parallel(len(added), func(i int) {
			key := fmt.Sprint("part-", i)
			w.reserve(1<<50, key)
			added[i] = w.addPart(u, 0, 5, key)
		})
		n := 0
		for _, ok := range added {
			if ok {
				n++
			}
		}
		if parts := must(w.Parts(t.Context(), u.ID))(t); n != 1 || len(parts) != 1 {
			t.Errorf("%d were added, and there are %d", n, len(parts))
		}
	},

	"an upload ends once, and its parts are discarded": func(t *testing.T, w *world) {
		ann := w.person("ann")
		u := w.upload(ann, 10, 1000)
		w.reserve(1<<50, "part-1", "part-2")
		w.addPart(u, 0, 5, "part-1")
		end := func(state attachment.UploadState, became attachment.ID) bool {
			return in(w, func(ctx context.Context) (bool, error) { return w.EndUpload(ctx, u.ID, state, became, 2000) })
		}
		if !end(attachment.Done, "AAAAAAAAAAAAAAAAAAAAAA") || end(attachment.Canceled, "") {
			t.Error("it did not end once")
		}
		if w.addPart(u, 5, 5, "part-2") {
			t.Error("it grew after its end")
		}
		u.State, u.AttachmentID, u.Received = attachment.Done, "AAAAAAAAAAAAAAAAAAAAAA", 5
		wantEqual(t, "upload", must(w.Upload(t.Context(), u.ID))(t), u)
		wantEqual(t, "parts", must(w.Parts(t.Context(), u.ID))(t), nil)
		wantEqual(t, "discarded", w.discarded(), []string{"part-1"})
	},

	"usage counts what is open, and all of the day": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		w.upload(bob, 1<<30, 1000)
		w.upload(ann, 100, 1000)
		old := w.upload(ann, 20, 400)
		canceled := w.upload(ann, 1000, 1000)
		done := w.upload(ann, 3, 1000)
		w.reserve(1<<50, "part-1")
		w.addPart(canceled, 0, 4, "part-1")
		w.update(func(ctx context.Context) error {
			for id, state := range map[attachment.ID]attachment.UploadState{canceled.ID: attachment.Canceled, done.ID: attachment.Done} {
				if _, err := w.EndUpload(ctx, id, state, "", 1); err != nil {
					return err
				}
			}
			return nil
		})
		wantEqual(t, "usage", must(w.UploadUsage(t.Context(), ann.ID, 500))(t), attachment.Usage{Open: 2, OpenBytes: 120, Lately: 3, Bytes: 107})
		wantEqual(t, "nothing", must(w.UploadUsage(t.Context(), w.person("carl").ID, 0))(t), attachment.Usage{})
		w.reserve(1<<50, "part-2")
		w.addPart(old, 0, 20, "part-2")
		if n := in(w, func(ctx context.Context) (int, error) { return w.RemoveUploads(ctx, 500, 10) }); n != 1 {
			t.Errorf("%d uploads were removed", n)
		}
		_, err := w.Upload(t.Context(), old.ID)
		wantErr(t, err, change.ErrNotFound)
		wantEqual(t, "discarded", w.discarded(), []string{"part-1", "part-2"})
		wantEqual(t, "usage", must(w.UploadUsage(t.Context(), ann.ID, 500))(t), attachment.Usage{Open: 1, OpenBytes: 100, Lately: 3, Bytes: 107})
	},

	"what was taken to be removed can not be used any more": func(t *testing.T, w *world) {
		u := w.upload(w.person("ann"), 10, 1000)
		w.reserve(5, "part-1")
		w.reserve(1<<50, "part-2")
		wantEqual(t, "discarded", w.discarded(), []string{"part-1"})
		if w.addPart(u, 0, 5, "part-1") {
			t.Error("it was used")
		}
		wantEqual(t, "taken, not forgotten", w.discarded(), []string{"part-1"})
		w.update(func(ctx context.Context) error { return w.ForgetDiscarded(ctx, "part-1", "part-2") })
		wantEqual(t, "forgotten", w.discarded(), nil)
		if !w.addPart(u, 0, 5, "part-2") {
			t.Error("what was not taken was forgotten")
		}
		w.reserve(1<<50, "part-3")
		w.update(func(ctx context.Context) error { return w.Discard(ctx, 9, "part-3", "part-2", "unknown") })
		wantEqual(t, "let go", w.discarded(), []string{"part-3"})
	},

	"a content is there once, with its renditions": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		a := w.attach(ann, "hash-1", 10)
		b := w.attach(bob, "hash-1", 10)
		wantEqual(t, "attachment", must(w.Attachment(t.Context(), a.ID))(t), a)
		if b.Content != a.Content || b.ID == a.ID {
			t.Errorf("%+v and %+v", a, b)
		}
		thumb := attachment.Rendition{Variant: attachment.Thumb, Key: "thumb-hash-1", Type: "image/jpeg", Size: 7}
		wantEqual(t, "renditions", must(w.Renditions(t.Context(), a.Content.ID))(t), []attachment.Rendition{thumb})

		square := attachment.Rendition{Variant: "64", Key: "square", Type: "image/png", Size: 1}
		twice := attachment.Rendition{Variant: attachment.Thumb, Key: "twice", Type: "image/png", Size: 1}
		w.reserve(1<<50, "square", "twice")
		add := func(content change.ID, list ...attachment.Rendition) bool {
			return in(w, func(ctx context.Context) (bool, error) { return w.AddRenditions(ctx, content, list, 50) })
		}
		if add(w.ids.Next(), square) {
			t.Error("renditions were added to nothing")
		}
		if add(a.Content.ID, attachment.Rendition{Variant: "128", Key: "not-reserved"}) {
			t.Error("a rendition was added that may be removed at any time")
		}
		if !add(a.Content.ID, square, twice) {
			t.Error("not added")
		}
		wantEqual(t, "renditions", must(w.Renditions(t.Context(), a.Content.ID))(t), []attachment.Rendition{square, thumb})
		wantEqual(t, "discarded", w.discarded(), []string{"twice"})
	},

	"what nothing uses is removed, with the content when it was the last": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		first, second := w.attach(ann, "hash-1", 10), w.attach(bob, "hash-1", 20)
		sent, shown := w.attach(ann, "hash-2", 10), w.attach(ann, "hash-3", 10)
		if _, err := w.post(w.album(c, ann, "client-1", sent)); err != nil {
			t.Fatal(err)
		}
		ann.Avatar = string(shown.ID)
		w.update(func(ctx context.Context) (err error) { ann, err = w.PutAccount(ctx, ann); return err })
		wantEqual(t, "too early", w.removeUnused(9), 0)
		wantEqual(t, "looked at", w.removeUnused(10), 3)
		_, err := w.Attachment(t.Context(), first.ID)
		wantErr(t, err, change.ErrNotFound)
		for _, a := range []attachment.Attachment{second, sent, shown} {
			wantEqual(t, "still there", must(w.Attachment(t.Context(), a.ID))(t), a)
		}
		wantEqual(t, "discarded", w.discarded(), nil)
		wantEqual(t, "looked at", w.removeUnused(20), 1)
		wantEqual(t, "discarded", w.discarded(), []string{"key-hash-1", "thumb-hash-1"})
		_, err = w.ContentByHash(t.Context(), "hash-1")
		wantErr(t, err, change.ErrNotFound)
		wantEqual(t, "renditions", must(w.Renditions(t.Context(), first.Content.ID))(t), nil)

		// A picture that somebody has changed for another is looked at again.
		ann.Avatar = ""
		w.update(func(ctx context.Context) (err error) { ann, err = w.PutAccount(ctx, ann); return err })
		wantEqual(t, "looked at", w.removeUnused(30), 1)
		_, err = w.Attachment(t.Context(), shown.ID)
		wantErr(t, err, change.ErrNotFound)
		wantEqual(t, "nothing is left", w.removeUnused(1<<50), 0)
	},

	"sending and removing at once: what was sent stays": func(t *testing.T, w *world) {
		ann, _, c := w.pair("ann")
		const n = 60
		var list [n]attachment.Attachment
		for i := range list {
			list[i] = w.attach(ann, fmt.Sprint("hash-", i/2), 1)
		}
		var errs [n]error
		parallel(n+4, func(i int) {
			if i >= n {
				for range 10 {
					w.removeUnused(1 << 40)
				}
				return
			}
			_, errs[i] = w.post(w.album(c, ann, fmt.Sprint("client-", i), list[i]))
		})
		w.removeUnused(1 << 40)
		gone := w.discarded()
		sent := 0
		for i, a := range list {
			have, err := w.Attachment(t.Context(), a.ID)
			if errs[i] != nil {
				wantErr(t, errs[i], attachment.ErrNotFound)
				wantErr(t, err, change.ErrNotFound)
				continue
			}
			sent++
			wantEqual(t, "sent", have, a)
			if slices.Contains(gone, a.Key) {
				t.Errorf("the bytes of %s are removed, which was sent", a.ID)
			}
		}
		w.checkDense(c, sent)
	},

	"messages come with their attachments, by every way of reading": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		x, y := w.attach(ann, "hash-1", 10), w.attach(ann, "hash-2", 10)
		w.send(c, bob, "client-0", "plain")
		draft := w.album(c, ann, "client-1", y, x)
		m := must(w.post(draft))(t)
		wantEqual(t, "result", m.Attachments, []attachment.Attachment{y, x})
		again := must(w.post(w.draft(c, ann, "client-1", "repeated")))(t)
		wantEqual(t, "repeated", again, m)
		wantEqual(t, "history", w.history(c)[1:], []conversation.Message{m})
		wantEqual(t, "one", must(w.Message(t.Context(), c.ID, 2))(t), m)
		wantEqual(t, "by its name", must(w.MessageSent(t.Context(), ann.ID, "client-1"))(t), m)
		spans := must(w.MessagesIn(t.Context(), []conversation.Span{{Conversation: c.ID}}))(t)
		wantEqual(t, "in spans", spans[1:], []conversation.Message{m})
		list := w.log.of(talkScope(c.ID))
		wantEqual(t, "published", list[len(list)-1].Rows, []change.Row{m})

		// Changing the words leaves them.
		m.Body, m.EditedAt = "other words", 5
		m = in(w, func(ctx context.Context) (conversation.Message, error) { return w.PutMessage(ctx, m) })
		wantEqual(t, "edited", w.history(c)[1:], []conversation.Message{m})
	},

	"what one does not have can not be sent": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		eve, _, d := w.pair("eve")
		mine, theirs := w.attach(ann, "hash-1", 10), w.attach(bob, "hash-1", 10)
		never := attachment.Attachment{ID: attachment.NewID()}
		for _, draft := range []conversation.Message{
			w.album(c, ann, "client-1", theirs), w.album(c, ann, "client-2", never), w.album(c, ann, "client-3", mine, theirs), w.album(d, eve, "client-4", mine),
		} {
			_, err := w.post(draft)
			wantErr(t, err, attachment.ErrNotFound)
		}
		w.checkDense(c, 0)
		if _, err := w.post(w.album(c, ann, "client-5", mine)); err != nil {
			t.Fatal(err)
		}
		// What one was shown can be passed on.
		carl := w.person("carl")
		e := w.befriend(bob, carl)
		if _, err := w.post(w.album(e, bob, "client-6", mine)); err != nil {
			t.Error(err)
		}
	},

	"a faulty send among albums fails alone": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		x := w.attach(ann, "hash-1", 10)
		never := attachment.Attachment{ID: attachment.NewID()}
		var waiting []<-chan sent
		const n = 90
		for i := range n {
			draft := w.album(c, ann, fmt.Sprint("client-", i), x)
			if i%3 == 1 {
				draft = w.album(c, ann, fmt.Sprint("client-", i), x, never)
			}
			if i%3 == 2 {
				draft = w.draft(c, bob, fmt.Sprint("client-", i), "plain")
			}
			waiting = append(waiting, w.submit(draft, conversation.MayPost))
		}
		for i, r := range waiting {
			got := <-r
			if (got.err != nil) != (i%3 == 1) {
				t.Errorf("%d: %v", i, got.err)
			}
		}
		w.checkDense(c, 2*n/3)
	},

	"who stands how to an attachment": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		eve := w.person("eve")
		a := w.attach(ann, "hash-1", 10)
		wantEqual(t, "nothing", w.standing(attachment.Attachment{ID: attachment.NewID()}, ann), attachment.Standing{})
		wantEqual(t, "owner", w.standing(a, ann), attachment.Standing{Found: true, Owner: true})
		wantEqual(t, "before it is sent", w.standing(a, bob), attachment.Standing{Found: true})
		if _, err := w.post(w.album(c, ann, "client-1", a)); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "sender", w.standing(a, ann), attachment.Standing{Found: true, Owner: true, Shared: true})
		wantEqual(t, "receiver", w.standing(a, bob), attachment.Standing{Found: true, Shared: true})
		wantEqual(t, "stranger", w.standing(a, eve), attachment.Standing{Found: true})

		block := func(owner, other account.Account, blocked bool) {
			w.putContact(contact.Contact{Owner: owner.ID, Account: other.Card(), State: contact.Friend, Blocked: blocked})
		}
		block(bob, ann, true)
		wantEqual(t, "who blocks may see", w.standing(a, bob).Shared, true)
		block(bob, ann, false)
		block(ann, bob, true)
		wantEqual(t, "who is blocked may not", w.standing(a, bob).Shared, false)
		block(ann, bob, false)
		wantEqual(t, "not any more", w.standing(a, bob).Shared, true)

		g := w.group("10000001", ann, eve)
		if _, err := w.post(w.album(g, ann, "client-2", a)); err != nil {
			t.Fatal(err)
		}
		block(ann, bob, true)
		wantEqual(t, "member of a group", w.standing(a, eve).Shared, true)
		w.leave(g, conversation.Removed, eve)
		wantEqual(t, "former member", w.standing(a, eve).Shared, false)

		ann.Avatar = string(a.ID)
		w.update(func(ctx context.Context) (err error) { ann, err = w.PutAccount(ctx, ann); return err })
		wantEqual(t, "avatar", w.standing(a, w.person("carl")), attachment.Standing{Found: true, Shown: true})
		bob.Avatar = string(attachment.NewID())
		err := w.Update(t.Context(), func(ctx context.Context) error { _, err := w.PutAccount(ctx, bob); return err })
		wantErr(t, err, attachment.ErrNotFound)
	},

	"statistics count contents once": func(t *testing.T, w *world) {
		ann := w.person("ann")
		wantEqual(t, "empty", must(w.AttachmentStatistics(t.Context()))(t), attachment.Statistics{ByKind: map[attachment.Kind]attachment.Amount{}})
		w.attach(ann, "hash-1", 10)
		w.attach(ann, "hash-1", 10)
		w.attach(ann, "hash-2", 10)
		u := w.upload(ann, 10, 1000)
		w.reserve(1<<50, "part-1")
		w.addPart(u, 0, 6, "part-1")
		wantEqual(t, "statistics", must(w.AttachmentStatistics(t.Context()))(t), attachment.Statistics{
			Attachments: 3, ByKind: map[attachment.Kind]attachment.Amount{attachment.Image: {Count: 2, Bytes: 2 << 40}},
			Renditions: attachment.Amount{Count: 2, Bytes: 14}, Unfinished: attachment.Amount{Count: 1, Bytes: 6},
		})
	},
}

// album is a draft with attachments.
func (w *world) album(c conversation.Conversation, sender account.Account, clientID string, list ...attachment.Attachment) conversation.Message {
	m := w.draft(c, sender, clientID, "")
	for _, a := range list {
		m.Attachments = append(m.Attachments, attachment.Attachment{ID: a.ID})
	}
	return m
}
