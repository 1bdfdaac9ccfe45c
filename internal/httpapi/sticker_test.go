package httpapi_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image/gif"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/app/apptest"
)

// Packs and favourites from the first picture to the last: what is answered, who
// is told, and that everybody's copy agrees.
func TestStickers(t *testing.T) {
	w := newWorld(t, "lan", "ming", "eve")
	w.befriend("lan", "ming")
	w.vars["dog"], w.vars["cat"] = w.upload("lan", "狗.png", fixture(t, "alpha.png")), w.upload("lan", "cat.gif", fixture(t, "animated.gif"))
	w.vars["text"] = w.upload("lan", "a.txt", []byte("words"))
	w.run(
		step{as: "lan", do: "POST /sticker-packs", with: `{'title':'x','stickers':[]}`, status: 422, want: "code=sticker_pack.empty"},
		step{as: "lan", do: "POST /sticker-packs", with: `{'title':'x','stickers':[{'id':'{dog}','emoji':'dog'}]}`, status: 422, want: "code=sticker.emoji"},
		step{as: "lan", do: "POST /sticker-packs", with: `{'title':'x','stickers':[{'id':'{text}','emoji':'🐶'}]}`, status: 422, want: "code=picture.required"},
		step{as: "ming", do: "POST /sticker-packs", with: `{'title':'x','stickers':[{'id':'{dog}','emoji':'🐶'}]}`, status: 404, want: "code=attachment.not_found"},
		step{
			as: "lan", do: "POST /sticker-packs", with: `{'title':' Pets ','stickers':[{'id':'{dog}','emoji':'🐶'},{'id':'{cat}','emoji':'🐱'}]}`, status: 201,
			want: "title=Pets ownerId={lan} state=there stickers.#=2 stickers.1.emoji=🐱 stickers.1.animated=true", keep: "pack=id",
			events: []string{"lan stickerPacks.0.title=Pets stickerPacks.0.stickers.#=2"},
		},
	)
	pack := w.mustDo("lan", "GET /sticker-packs/{pack}", "", 200)
	w.vars["woof"], w.vars["meow"] = pack.Get("stickers.0.id"), pack.Get("stickers.1.id")
	if w.vars["woof"] == w.vars["dog"] {
		t.Error("a sticker is the upload itself, and tells its name")
	}
	w.run(
		// Not before one was received.
		step{as: "ming", do: "GET /sticker-packs/{pack}", status: 404, want: "code=sticker_pack.not_found"},
		step{as: "ming", do: "PUT /sticker-packs/{pack}/keeping", status: 404, want: "code=sticker_pack.not_found"},
		step{as: "ming", do: "PUT /favourite-stickers/{woof}", status: 404, want: "code=sticker.not_found"},
		step{as: "ming", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-0','sticker':'{woof}'}`, status: 404, want: "code=attachment.not_found"},
		step{as: "ming", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-0','sticker':'no-such'}`, status: 404, want: "code=sticker.not_found"},
		step{as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-0','sticker':'hello','body':'and words'}`, status: 422, want: "code=message.sticker_alone"},

		step{
			as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','sticker':'hello'}`, status: 201,
			want:   "messages.0.kind=sticker messages.0.body=👋 messages.0.sticker.key=hello messages.0.attachments=-",
			events: []string{"conversation messages.0.sticker.key=hello"},
		},
		step{
			as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-2','sticker':'{woof}'}`, status: 201,
			want:   "messages.0.sticker.id={woof} messages.0.sticker.packId={pack} messages.0.body=🐶 messages.0.attachments=-",
			events: []string{"conversation messages.0.sticker.id={woof}"},
		},
		// The same send once more, whatever else it says.
		step{as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-2','sticker':'no-such'}`, status: 201, want: "messages.0.seq=2"},

		step{as: "ming", do: "GET /sticker-packs/{pack}", status: 200, want: "title=Pets keptAt=0 version=0"},
		step{as: "ming", do: "PATCH /sticker-packs/{pack}", with: `{'title':'Mine'}`, status: 403, want: "code=sticker_pack.not_owner"},
		step{as: "ming", do: "DELETE /sticker-packs/{pack}", status: 403, want: "code=sticker_pack.not_owner"},
		step{as: "ming", do: "PUT /sticker-packs/{pack}/keeping", status: 200, want: "title=Pets", events: []string{"ming stickerPacks.0.id={pack}"}},
		step{as: "ming", do: "PUT /sticker-packs/{pack}/keeping", status: 200, want: "title=Pets"},
		step{as: "ming", do: "PUT /favourite-stickers/{woof}", status: 200, want: "sticker.emoji=🐶", events: []string{"ming favouriteStickers.0.sticker.id={woof}"}},
		step{as: "ming", do: "PUT /favourite-stickers/hello", status: 200, want: "sticker.key=hello", events: []string{"ming favouriteStickers.0.sticker.key=hello"}},
		step{as: "ming", do: "PUT /favourite-stickers/hello", status: 200},
		step{as: "ming", do: "PUT /favourite-stickers/{woof}", status: 200, events: []string{"ming favouriteStickers.0.sticker.id={woof}"}},
		step{as: "ming", do: "GET /favourite-stickers", status: 200, want: "favourites.#=2 favourites.0.sticker.id={woof}"},
		step{as: "ming", do: "DELETE /favourite-stickers/hello", status: 204, events: []string{"ming favouriteStickers.0.state=gone"}},
		step{as: "ming", do: "DELETE /favourite-stickers/hello", status: 204},
		step{as: "ming", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-3','sticker':'{meow}'}`, status: 201, events: []string{"conversation messages.0.body=🐱"}},

		// Both are told of a change.
		step{
			as: "lan", do: "PATCH /sticker-packs/{pack}", with: `{'title':'Cats','stickers':[{'id':'{meow}','emoji':'😺'}]}`, status: 200,
			want: "title=Cats stickers.#=1 stickers.0.id={meow} stickers.0.emoji=😺", events: []string{"lan stickerPacks.0.title=Cats", "ming stickerPacks.0.stickers.#=1"},
		},
		step{as: "lan", do: "DELETE /sticker-packs/{pack}/keeping", status: 409, want: "code=sticker_pack.owner"},
		step{as: "lan", do: "DELETE /sticker-packs/{pack}", status: 204, events: []string{"lan stickerPacks.0.state=gone", "ming stickerPacks.0.state=gone"}},
		step{as: "lan", do: "GET /sticker-packs/{pack}", status: 404, want: "code=sticker_pack.not_found"},
		step{as: "ming", do: "GET /sticker-packs", status: 200, want: "packs.#=0"},
		// What was sent is still there, and a favourite can still be sent.
		step{as: "ming", do: "GET /conversations/{lan+ming}/messages", status: 200, want: "messages.1.sticker.id={woof}"},
		step{as: "ming", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-4','sticker':'{woof}'}`, status: 201, events: []string{"conversation messages.0.body=🐶"}},
	)
	for _, id := range []string{"woof", "meow"} {
		if res, _ := send(t, w.Server, w.people["ming"], "GET", "/attachments/"+w.vars[id]+"/original", nil); res.StatusCode != 200 {
			t.Errorf("%s of a pack that is gone: %d", id, res.StatusCode)
		}
	}
}

// Who may do what with a pack and with what it shows.
func TestAccessToStickers(t *testing.T) {
	w := newWorld(t, "owner", "keeper", "received", "blocked", "former", "stranger")
	for _, friend := range []string{"keeper", "received", "blocked", "former"} {
		w.befriend("owner", friend)
	}
	renew := func() {
		w.as("owner", "DELETE /blocks/{blocked}", "")
		w.vars["up"] = w.upload("owner", "secret.png", fixture(t, "alpha.png"))
		w.vars["up2"] = w.upload("owner", "secret.gif", fixture(t, "animated.gif"))
		p := w.mustDo("owner", "POST /sticker-packs", `{'title':'secret','stickers':[{'id':'{up}','emoji':'🐶'},{'id':'{up2}','emoji':'🐱'}]}`, 201)
		w.vars["pack"], w.vars["sent"], w.vars["other"] = p.Get("id"), p.Get("stickers.0.id"), p.Get("stickers.1.id")
		for _, friend := range []string{"keeper", "received", "blocked"} {
			w.mustDo("owner", "POST /conversations/{owner+"+friend+"}/messages", `{'clientId':'{unique}','sticker':'{sent}'}`, 201)
		}
		w.mustDo("keeper", "PUT /sticker-packs/{pack}/keeping", "", 200)
		g := w.mustDo("owner", "POST /conversations", `{'group':{'name':'g','members':['{former}']}}`, 201)
		w.vars["group"] = g.Get("conversationId")
		w.mustDo("owner", "POST /conversations/{group}/messages", `{'clientId':'{unique}','sticker':'{sent}'}`, 201)
		w.mustDo("former", "GET /sticker-packs/{pack}", "", 200)
		w.mustDo("owner", "DELETE /conversations/{group}/members/{former}", "", 204)
		w.mustDo("owner", "PUT /blocks/{blocked}", "", 200)
	}
	// In the order owner, keeper, received.
	table := map[string]struct {
		do, with string
		want     inside
	}{
		"sticker_pack.get":      {"GET /sticker-packs/{pack}", "", inside{200, 200, 200}},
		"sticker_pack.update":   {"PATCH /sticker-packs/{pack}", `{'title':'new'}`, inside{200, 403, 403}},
		"sticker_pack.delete":   {"DELETE /sticker-packs/{pack}", "", inside{204, 403, 403}},
		"sticker_pack.keep":     {"PUT /sticker-packs/{pack}/keeping", "", inside{200, 200, 200}},
		"sticker_pack.drop":     {"DELETE /sticker-packs/{pack}/keeping", "", inside{409, 204, 204}},
		"favourite_sticker.add": {"PUT /favourite-stickers/{other}", "", inside{200, 200, 200}},
		"attachment.get":        {"GET /attachments/{other}/original", "", inside{200, 200, 200}},
	}
	listed := 0
	for path, methods := range describe(t).Paths {
		for _, op := range methods {
			if strings.Contains(path, "/sticker-packs/{id}") {
				listed++
				if _, ok := table[op.OperationID]; !ok {
					t.Errorf("%s is in no line of the table: who may do it?", op.OperationID)
				}
			}
		}
	}
	if listed != len(table)-2 {
		t.Errorf("the table has %d lines for %d operations", len(table), listed)
	}
	for name, c := range table {
		renew()
		if a := w.as("nobody", c.do, c.with); a.Status != 401 {
			t.Errorf("%s as nobody: %d", name, a.Status)
		}
		for _, who := range []string{"stranger", "blocked", "former"} {
			theirs := w.as(who, c.do, c.with)
			none := w.as(who, strings.NewReplacer("{pack}", "{never}", "{other}", "AAAAAAAAAAAAAAAAAAAAAA").Replace(c.do), c.with)
			if theirs.Status != 404 || string(theirs.Raw) != string(none.Raw) {
				t.Errorf("%s as %s: %d %s, but of what never was: %d %s", name, who, theirs.Status, theirs.Raw, none.Status, none.Raw)
			}
		}
		for i, who := range []string{"owner", "keeper", "received"} {
			if i > 0 && c.want[0] == http.StatusNoContent {
				renew() // it is gone
			}
			if a := w.as(who, c.do, c.with); a.Status != c.want[i] {
				t.Errorf("%s as %s: %d %s, want %d", name, who, a.Status, a.Raw, c.want[i])
			}
		}
	}
}

// What is larger than a sticker becomes smaller, once, and its name is told to
// nobody.
func TestLargePicturesBecomeStickers(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	pack := func(name, file string, data []byte) apptest.Answer {
		t.Helper()
		id := upload(t, s, lan, file, data)
		a := s.Do(lan, "POST", "/sticker-packs", map[string]any{"title": name, "stickers": []any{map[string]any{"id": id, "emoji": "🐶"}}})
		if a.Status != 201 {
			t.Fatalf("%s: %d %s", name, a.Status, a.Raw)
		}
		return a
	}
	for name, c := range map[string]struct {
		data  []byte
		moves string
	}{
		"photo": {bigPicture(t, 1000, 700), "-"}, "film": {film(t, 700, 40), "true"}, "alpha": {fixture(t, "alpha.png"), "-"},
	} {
		a := pack(name, "where I live.png", c.data)
		id := a.Get("stickers.0.id")
		if width, _ := strconv.Atoi(a.Get("stickers.0.width")); a.Get("stickers.0.animated") != c.moves || width < 1 || width > 512 {
			t.Errorf("%s: %s", name, a.Raw)
		}
		res, raw := send(t, s, lan, "GET", "/attachments/"+id+"/original", nil)
		if res.StatusCode != 200 || strings.Contains(res.Header.Get("Content-Disposition"), "live") || len(raw) > 1<<20 {
			t.Errorf("%s: %d, %d bytes, %s", name, res.StatusCode, len(raw), res.Header.Get("Content-Disposition"))
		}
		if name == "film" {
			if all, err := gif.DecodeAll(bytes.NewReader(raw)); err != nil || len(all.Image) != 40 || all.Config.Width != 512 {
				t.Errorf("the film is %v, %v", all, err)
			}
		}
	}
	// Too long for what the server takes upon itself.
	id := upload(t, s, lan, "long.gif", film(t, 600, 310))
	a := s.Do(lan, "POST", "/sticker-packs", map[string]any{"title": "x", "stickers": []any{map[string]any{"id": id, "emoji": "🐶"}}})
	if a.Status != 413 || a.Code() != "sticker.too_large" {
		t.Errorf("a long film: %d %s", a.Status, a.Raw)
	}
}

// There are only so many.
func TestManyStickers(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	id := upload(t, s, lan, "a.png", fixture(t, "alpha.png"))
	body := map[string]any{"title": "x", "stickers": []any{map[string]any{"id": id, "emoji": "🐶"}}}
	var last apptest.Answer
	for range 21 {
		last = s.Do(lan, "POST", "/sticker-packs", body)
	}
	if last.Status != 409 || last.Code() != "sticker_pack.too_many" {
		t.Errorf("the 21st pack: %d %s", last.Status, last.Raw)
	}
	twice := map[string]any{"title": "x", "stickers": []any{map[string]any{"id": id, "emoji": "🐶"}, map[string]any{"id": id, "emoji": "🐱"}}}
	if a := s.Do(lan, "POST", "/sticker-packs", twice); a.Code() != "sticker_pack.full" {
		t.Errorf("the same twice: %d %s", a.Status, a.Raw)
	}
}

// Whoever deletes their account takes their packs along, but not what was sent.
func TestStickersOfADeletedAccount(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	w.befriend("lan", "ming")
	w.vars["dog"] = w.upload("lan", "dog.png", fixture(t, "alpha.png"))
	p := w.mustDo("lan", "POST /sticker-packs", `{'title':'Pets','stickers':[{'id':'{dog}','emoji':'🐶'}]}`, 201)
	w.vars["pack"], w.vars["woof"] = p.Get("id"), p.Get("stickers.0.id")
	w.mustDo("lan", "POST /conversations/{lan+ming}/messages", `{'clientId':'client-1','sticker':'{woof}'}`, 201)
	w.mustDo("lan", "PUT /favourite-stickers/hello", "", 200)
	w.mustDo("ming", "PUT /sticker-packs/{pack}/keeping", "", 200)

	archive := w.mustDo("lan", "GET /account/export", "", 200)
	z, err := zip.NewReader(bytes.NewReader(archive.Raw), int64(len(archive.Raw)))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, f := range z.File {
		found[f.Name] = true
	}
	for _, name := range []string{"sticker-packs.json", "favourite-stickers.json", "files/" + w.vars["woof"] + "-sticker"} {
		if !found[name] {
			t.Errorf("there is no %s in the archive", name)
		}
	}

	w.reset()
	w.mustDo("lan", "POST /account/deletion", fmt.Sprintf(`{'password':'%s'}`, apptest.Password), 204)
	m := w.mirrors["ming"]
	for _, e := range w.Events() {
		m.Apply(e)
	}
	if got, want := m.String(), w.people["ming"].Snapshot().String(); got != want {
		t.Errorf("the copy after the events is\n%s\nbut the server says\n%s", got, want)
	}
	if a := w.mustDo("ming", "GET /sticker-packs", "", 200); a.Get("packs.#") != "0" {
		t.Errorf("%s", a.Raw)
	}
	if res, _ := send(t, w.Server, w.people["ming"], "GET", "/attachments/"+w.vars["woof"]+"/original", nil); res.StatusCode != 200 {
		t.Errorf("what was sent: %d", res.StatusCode)
	}
}
