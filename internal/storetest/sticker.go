package storetest

import (
	"context"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/sticker"
)

// pack makes a pack of attachments.
func (w *world) pack(owner account.Account, title string, list ...attachment.Attachment) sticker.Pack {
	w.t.Helper()
	now := w.clock.Now()
	p := sticker.Pack{ID: w.ids.Next(), AccountID: owner.ID, OwnerID: owner.ID, Title: title, CreatedAt: now, KeptAt: now}
	for _, a := range list {
		p.Stickers = append(p.Stickers, sticker.Sticker{Attachment: a, PackID: p.ID, Emoji: "🐶"})
	}
	return in(w, func(ctx context.Context) (sticker.Pack, error) { return w.CreatePack(ctx, p) })
}

func (w *world) packs(who account.Account, since int64) []sticker.Pack {
	w.t.Helper()
	return must(w.Packs(w.t.Context(), who.ID, since))(w.t)
}

func (w *world) favourites(who account.Account, since int64) []sticker.Favourite {
	w.t.Helper()
	return must(w.Favourites(w.t.Context(), who.ID, since))(w.t)
}

func (w *world) favour(who account.Account, t sticker.Sticker, gone bool) sticker.Favourite {
	w.t.Helper()
	return in(w, func(ctx context.Context) (sticker.Favourite, error) {
		return w.PutFavourite(ctx, sticker.Favourite{AccountID: who.ID, Sticker: t, AddedAt: w.clock.Now(), Gone: gone})
	})
}

// stick sends a sticker.
func (w *world) stick(c conversation.Conversation, sender account.Account, clientID string, t sticker.Sticker) (conversation.Message, error) {
	m := w.draft(c, sender, clientID, t.Emoji)
	m.Kind = conversation.OfSticker
	m.Sticker = &sticker.Sticker{Key: t.Key, PackID: t.PackID, Emoji: t.Emoji}
	if t.Key == "" {
		m.Attachments = []attachment.Attachment{{ID: t.Attachment.ID}}
	}
	return w.post(m)
}

func (w *world) packStanding(p sticker.Pack, who account.Account) sticker.Standing {
	w.t.Helper()
	return must(w.PackStanding(w.t.Context(), p.ID, who.ID))(w.t)
}

var stickers = map[string]func(*testing.T, *world){
	"a pack is what was stored, as long as it is kept": func(t *testing.T, w *world) {
		ann, bob, _ := w.pair("ann")
		x, y, z := w.attach(ann, "hash-1", 10), w.attach(ann, "hash-2", 10), w.attach(ann, "hash-3", 10)
		p := w.pack(ann, "狗 <b>", y, x)
		wantEqual(t, "stickers", names(p.Stickers, sticker.Sticker.Name), []string{string(y.ID), string(x.ID)})
		wantEqual(t, "all of it", p.Stickers[0].Attachment, y)
		wantEqual(t, "kept", w.packs(ann, 0), []sticker.Pack{p})
		wantEqual(t, "one", must(w.Pack(t.Context(), p.ID, ann.ID))(t), p)
		_, err := w.Pack(t.Context(), w.ids.Next(), ann.ID)
		wantErr(t, err, change.ErrNotFound)
		list := w.log.of(userScope(ann.ID))
		wantEqual(t, "published", list[len(list)-1].Rows, []change.Row{p})

		theirs := in(w, func(ctx context.Context) (sticker.Pack, error) { return w.KeepPack(ctx, p.ID, bob.ID, 77) })
		wantEqual(t, "of bob", []any{theirs.AccountID, theirs.OwnerID, theirs.KeptAt, len(theirs.Stickers)}, []any{bob.ID, ann.ID, int64(77), 2})
		wantEqual(t, "bob keeps", w.packs(bob, 0), []sticker.Pack{theirs})

		// A change is put for everybody who keeps it.
		p.Title, p.Stickers = "cats", []sticker.Sticker{{Attachment: z, PackID: p.ID, Emoji: "🐱"}, p.Stickers[0]}
		before := must(w.UserVersion(t.Context(), bob.ID))(t)
		w.update(func(ctx context.Context) error { return w.PutPack(ctx, p) })
		for _, who := range []account.Account{ann, bob} {
			got := w.packs(who, 0)[0]
			wantEqual(t, "title", got.Title, "cats")
			wantEqual(t, "stickers", names(got.Stickers, sticker.Sticker.Name), []string{string(z.ID), string(y.ID)})
			list := w.log.of(userScope(who.ID))
			wantEqual(t, "published", list[len(list)-1].Rows, []change.Row{got})
		}
		wantEqual(t, "since", w.packs(bob, before), w.packs(bob, 0))
		wantEqual(t, "nothing since", len(w.packs(bob, before+1)), 0)
		removed := must(w.Sticker(t.Context(), x.ID))(t)
		wantEqual(t, "one that was removed is known", removed.PackID, p.ID)

		w.update(func(ctx context.Context) error { return w.DropPack(ctx, p.ID, bob.ID) })
		wantEqual(t, "dropped", len(w.packs(bob, 0)), 0)
		gone := w.packs(bob, before+1)
		wantEqual(t, "told", []any{len(gone), gone[0].ID, gone[0].Gone, len(gone[0].Stickers)}, []any{1, p.ID, true, 0})
		in(w, func(ctx context.Context) (sticker.Pack, error) { return w.KeepPack(ctx, p.ID, bob.ID, 99) })
		wantEqual(t, "kept again", w.packs(bob, 0)[0].KeptAt, 99)

		before = must(w.UserVersion(t.Context(), bob.ID))(t)
		w.update(func(ctx context.Context) error { return w.DeletePack(ctx, p.ID) })
		for _, who := range []account.Account{ann, bob} {
			wantEqual(t, "deleted", len(w.packs(who, 0)), 0)
		}
		gone = w.packs(bob, before)
		list = w.log.of(userScope(bob.ID))
		wantEqual(t, "published", list[len(list)-1].Rows, []change.Row{gone[0]})
		_, err = w.Pack(t.Context(), p.ID, ann.ID)
		wantErr(t, err, change.ErrNotFound)
		wantEqual(t, "standing", w.packStanding(p, ann), sticker.Standing{})
	},

	"who stands how to a pack and to what is in it": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		eve, carl, d := w.pair("eve")
		x, y := w.attach(ann, "hash-1", 10), w.attach(ann, "hash-2", 10)
		p := w.pack(ann, "dogs", x, y)
		wantEqual(t, "owner", w.packStanding(p, ann), sticker.Standing{Found: true, Owner: true, Kept: true})
		wantEqual(t, "friend", w.packStanding(p, bob), sticker.Standing{Found: true})
		wantEqual(t, "what is in it", w.standing(y, bob), attachment.Standing{Found: true})

		if _, err := w.stick(c, ann, "client-1", p.Stickers[0]); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "received", w.packStanding(p, bob), sticker.Standing{Found: true, Received: true})
		wantEqual(t, "another of it", w.standing(y, bob), attachment.Standing{Found: true, Kept: true})
		wantEqual(t, "stranger", w.packStanding(p, eve), sticker.Standing{Found: true})
		wantEqual(t, "for a stranger", w.standing(y, eve), attachment.Standing{Found: true})
		if _, err := w.stick(d, eve, "client-2", p.Stickers[1]); err == nil {
			t.Error("a stranger sent it")
		}

		// What is kept is kept, whoever is blocked later.
		in(w, func(ctx context.Context) (sticker.Pack, error) { return w.KeepPack(ctx, p.ID, bob.ID, 5) })
		contact := must(w.Contact(t.Context(), ann.ID, bob.ID))(t)
		contact.Blocked = true
		w.putContact(contact)
		wantEqual(t, "blocked", w.packStanding(p, bob), sticker.Standing{Found: true, Kept: true})
		wantEqual(t, "for the blocked", w.standing(x, bob), attachment.Standing{Found: true, Kept: true})
		w.update(func(ctx context.Context) error { return w.DropPack(ctx, p.ID, bob.ID) })
		wantEqual(t, "blocked and dropped", w.packStanding(p, bob), sticker.Standing{Found: true})
		wantEqual(t, "nothing is left", w.standing(x, bob), attachment.Standing{Found: true})

		w.favour(carl, p.Stickers[1], false)
		wantEqual(t, "favourite", w.standing(y, carl), attachment.Standing{Found: true, Kept: true})
		if _, err := w.stick(d, carl, "client-3", p.Stickers[1]); err != nil {
			t.Error(err)
		}
		w.favour(carl, p.Stickers[1], true)
		wantEqual(t, "received now", w.standing(x, eve).Kept, true)
	},

	"favourites are what was stored, the newest first": func(t *testing.T, w *world) {
		ann, bob, _ := w.pair("ann")
		x := w.attach(ann, "hash-1", 10)
		p := w.pack(ann, "dogs", x)
		hello, _ := sticker.BuiltIn("hello")
		first, second := w.favour(bob, p.Stickers[0], false), w.favour(bob, hello, false)
		wantEqual(t, "favourites", w.favourites(bob, 0), []sticker.Favourite{second, first})
		wantEqual(t, "picture", w.favourites(bob, 0)[1].Sticker.Attachment, x)
		before := must(w.UserVersion(t.Context(), bob.ID))(t)
		first = w.favour(bob, p.Stickers[0], false)
		wantEqual(t, "again", w.favourites(bob, 0), []sticker.Favourite{first, second})
		wantEqual(t, "since", w.favourites(bob, before), []sticker.Favourite{first})
		second = w.favour(bob, second.Sticker, true)
		wantEqual(t, "gone", w.favourites(bob, 0), []sticker.Favourite{first})
		wantEqual(t, "told", w.favourites(bob, before), []sticker.Favourite{second, first})
		list := w.log.of(userScope(bob.ID))
		wantEqual(t, "published", list[len(list)-1].Rows, []change.Row{second})
		err := w.Update(t.Context(), func(ctx context.Context) error {
			never := sticker.Sticker{Attachment: attachment.Attachment{ID: attachment.NewID()}, Emoji: "🐶"}
			_, err := w.PutFavourite(ctx, sticker.Favourite{AccountID: bob.ID, Sticker: never})
			return err
		})
		wantErr(t, err, attachment.ErrNotFound)
	},

	"what was sent of a pack stays, and what nobody has is removed": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		sent, liked, unused := w.attach(ann, "hash-1", 10), w.attach(ann, "hash-2", 10), w.attach(ann, "hash-3", 10)
		p := w.pack(ann, "dogs", sent, liked, unused)
		w.removeUnused(1 << 40)
		m, err := w.stick(c, ann, "client-1", p.Stickers[0])
		if err != nil {
			t.Fatal(err)
		}
		f := w.favour(bob, p.Stickers[1], false)
		w.update(func(ctx context.Context) error { return w.DeletePack(ctx, p.ID) })
		w.removeUnused(1 << 40)
		wantEqual(t, "discarded", w.discarded(), []string{"key-hash-3", "thumb-hash-3"})
		_, err = w.Sticker(t.Context(), unused.ID)
		wantErr(t, err, change.ErrNotFound)
		history := w.history(c)
		wantEqual(t, "sent", []any{history[0].Attachments, *history[0].Sticker}, []any{[]attachment.Attachment{sent}, *m.Sticker})
		wantEqual(t, "liked", w.favourites(bob, 0), []sticker.Favourite{f})
		again, err := w.stick(c, bob, "client-2", f.Sticker)
		if err != nil || again.Sticker.PackID != p.ID {
			t.Errorf("a favourite of a pack that is gone: %+v, %v", again.Sticker, err)
		}
		w.favour(bob, f.Sticker, true)
		w.removeUnused(1 << 40)
		wantEqual(t, "it was sent meanwhile", w.discarded(), []string{"key-hash-3", "thumb-hash-3"})
	},

	"a sticker is read as it was sent, by every way": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		p := w.pack(ann, "dogs", w.attach(ann, "hash-1", 10))
		hello, _ := sticker.BuiltIn("hello")
		for i, one := range []sticker.Sticker{hello, p.Stickers[0]} {
			m, err := w.stick(c, ann, []string{"client-1", "client-2"}[i], one)
			if err != nil {
				t.Fatal(err)
			}
			again, err := w.post(w.draft(c, ann, m.ClientID, "repeated"))
			if err != nil {
				t.Fatal(err)
			}
			for way, got := range map[string]conversation.Message{
				"repeated": again, "history": w.history(c)[i],
				"by its name": must(w.MessageSent(t.Context(), ann.ID, m.ClientID))(t),
			} {
				wantEqual(t, way, []any{got.Kind, got.Body, *got.Sticker, got.Attachments}, []any{m.Kind, m.Body, *m.Sticker, m.Attachments})
			}
		}
		w.send(c, bob, "client-3", "plain")
		if m := w.history(c)[2]; m.Sticker != nil {
			t.Error("words became a sticker")
		}
	},
}
