package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/blob/blobtest"
	"github.com/happychat/happychat/internal/config"
)

// fixture is one of the pictures that the picture package is tried with.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "picture", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// send makes a request with headers; "" as a value leaves one out.
func send(t testing.TB, s *apptest.Server, p *apptest.Person, method, path string, body io.Reader, headers ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, s.Base+"/api/v1"+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if p != nil {
		req.Header.Set("Authorization", "Bearer "+p.Token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, raw
}

// appendTo sends bytes of an upload.
func appendTo(t testing.TB, s *apptest.Server, p *apptest.Person, upload string, offset int, data []byte) apptest.Answer {
	t.Helper()
	res, raw := send(t, s, p, "PATCH", "/uploads/"+upload, bytes.NewReader(data), "Upload-Offset", fmt.Sprint(offset), "Content-Type", "application/octet-stream")
	return apptest.Answer{Status: res.StatusCode, Header: res.Header, Raw: raw}
}

func begin(t testing.TB, s *apptest.Server, p *apptest.Person, name string, size int) string {
	t.Helper()
	a := s.Do(p, "POST", "/uploads", map[string]any{"name": name, "size": size})
	if a.Status != 201 || a.Get("offset") != "0" {
		t.Fatalf("upload: %d %s", a.Status, a.Raw)
	}
	return a.Get("id")
}

// upload uploads a file and gives the attachment.
func upload(t testing.TB, s *apptest.Server, p *apptest.Person, name string, data []byte) string {
	t.Helper()
	a := appendTo(t, s, p, begin(t, s, p, name, len(data)), 0, data)
	if a.Status != 200 || a.Get("attachment.id") == "-" {
		t.Fatalf("%s: %d %s", name, a.Status, a.Raw)
	}
	return a.Get("attachment.id")
}

func (w *world) upload(as, name string, data []byte) string {
	w.t.Helper()
	return upload(w.t, w.Server, w.people[as], name, data)
}

func TestUploadInParts(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, eve := s.Person("lan"), s.Person("eve")
	data := bytes.Repeat([]byte("0123456789abcdef"), 150_000) // 2.4 MB
	id := begin(t, s, lan, "../../etc/报告\u202e fdp.exe\x01\n", len(data))

	for _, c := range []struct {
		offset int
		data   []byte
		status int
		code   string
	}{
		{1, data[1:10], 409, "upload.offset"},
		{0, data[:1000], 200, ""},
		{0, data[:1000], 409, "upload.offset"}, // the same once more
		{1000, data[1000:1_500_000], 200, ""},
		{1_500_000, nil, 200, ""},
		{2_400_000, data[:10], 409, "upload.offset"},
	} {
		a := appendTo(t, s, lan, id, c.offset, c.data)
		status(t, fmt.Sprint(c.offset, " ", len(c.data)), a, c.status, c.code)
	}
	a := s.Do(lan, "GET", "/uploads/"+id, nil)
	if a.Status != 200 || a.Get("offset") != "1500000" || a.Get("attachment") != "-" {
		t.Errorf("%s", a.Raw)
	}
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		res, raw := send(t, s, eve, method, "/uploads/"+id, strings.NewReader(""), "Upload-Offset", "1500000")
		none, noneRaw := send(t, s, eve, method, "/uploads/AAAAAAAAAAAAAAAAAAAAAA", strings.NewReader(""), "Upload-Offset", "1500000")
		if res.StatusCode != 404 || none.StatusCode != 404 || string(raw) != string(noneRaw) {
			t.Errorf("a stranger's %s: %d %s", method, res.StatusCode, raw)
		}
	}
	last := appendTo(t, s, lan, id, 1_500_000, data[1_500_000:])
	status(t, "the last part", last, 200, "")
	if last.Get("attachment.kind") != "file" || last.Get("attachment.type") != "text/plain" || last.Get("attachment.size") != "2400000" || last.Get("attachment.name") != "报告 fdp.exe" {
		t.Errorf("%s", last.Raw)
	}
	// The same once more, and asking, give the same.
	for _, again := range []apptest.Answer{
		appendTo(t, s, lan, id, 1_500_000, data[1_500_000:]), appendTo(t, s, lan, id, 2_400_000, nil), s.Do(lan, "GET", "/uploads/"+id, nil),
	} {
		if string(again.Raw) != string(last.Raw) {
			t.Errorf("%s\n%s", again.Raw, last.Raw)
		}
	}
	if _, raw := send(t, s, lan, "GET", "/attachments/"+last.Get("attachment.id")+"/original", nil); !bytes.Equal(raw, data) {
		t.Errorf("%d bytes came back", len(raw))
	}
	s.Clock.Advance(25 * time.Hour)
	if a := s.Do(lan, "GET", "/uploads/"+id, nil); a.Status != 404 {
		t.Errorf("after a day: %s", a.Raw)
	}
}

// A connection that breaks in the middle: what came is kept, and going on from
// there gives the whole.
func TestUploadIsResumed(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	data := bytes.Repeat([]byte("resume me "), 300_000) // 3 MB
	id := begin(t, s, lan, "a.txt", len(data))
	r, w := io.Pipe()
	req, _ := http.NewRequestWithContext(t.Context(), "PATCH", s.Base+"/api/v1/uploads/"+id, r)
	req.Header.Set("Authorization", "Bearer "+lan.Token)
	req.Header.Set("Upload-Offset", "0")
	req.ContentLength = int64(len(data))
	broken := make(chan error, 1)
	go func() {
		_, err := http.DefaultClient.Do(req)
		broken <- err
	}()
	_, _ = w.Write(data[:1_700_000])
	_ = w.CloseWithError(errors.New("the cable is pulled"))
	if err := <-broken; err == nil {
		t.Fatal("it was answered")
	}
	offset := -1
	for deadline := time.Now().Add(20 * time.Second); offset < attachment.PartSize && time.Now().Before(deadline); {
		a := s.Do(lan, "GET", "/uploads/"+id, nil)
		_, _ = fmt.Sscan(a.Get("offset"), &offset)
	}
	if offset < attachment.PartSize || offset > 1_700_000 {
		t.Fatalf("%d bytes were kept", offset)
	}
	for { // the server may still be about to keep the rest
		a := appendTo(t, s, lan, id, offset, data[offset:])
		if a.Status == 409 {
			_, _ = fmt.Sscan(s.Do(lan, "GET", "/uploads/"+id, nil).Get("offset"), &offset)
			continue
		}
		status(t, "the rest", a, 200, "")
		if _, raw := send(t, s, lan, "GET", "/attachments/"+a.Get("attachment.id")+"/original", nil); !bytes.Equal(raw, data) {
			t.Errorf("%d bytes came back", len(raw))
		}
		return
	}
}

func TestUploadBounds(t *testing.T) {
	s := apptest.Start(t, func(c *config.Config, _ *app.Options) { c.MaxUpload, c.UploadPerDay = 100_000, 1_000_000 })
	lan, ming := s.Person("lan"), s.Person("ming")
	if a := s.Do(nil, "GET", "/server", nil); a.Get("limits.attachmentBytes") != "100000" || a.Get("limits.attachmentsPerMessage") != "20" {
		t.Errorf("%s", a.Raw)
	}
	status(t, "nothing", s.Do(lan, "POST", "/uploads", `{"name":"x","size":0}`), 422, "request.invalid")
	status(t, "too large", s.Do(lan, "POST", "/uploads", `{"name":"x","size":100001}`), 413, "upload.too_large")
	status(t, "nobody", s.Do(nil, "POST", "/uploads", `{"name":"x","size":1}`), 401, "session.required")
	var ids []string
	for range attachment.MaxOpen {
		ids = append(ids, begin(t, s, lan, "x", 10))
	}
	status(t, "too many", s.Do(lan, "POST", "/uploads", `{"name":"x","size":10}`), 429, "upload.too_many")
	begin(t, s, ming, "x", 10) // is not kept from anything
	status(t, "cancel", s.Do(lan, "DELETE", "/uploads/"+ids[0], nil), 204, "")
	status(t, "canceled", appendTo(t, s, lan, ids[0], 0, []byte("0123456789")), 404, "upload.not_found")
	ids[0] = begin(t, s, lan, "x", 10)
	a := appendTo(t, s, lan, ids[1], 0, []byte("0123456789 and more"))
	status(t, "more than announced", a, 422, "upload.too_long")
	status(t, "what was announced", appendTo(t, s, lan, ids[1], 10, nil), 200, "")
	for _, id := range ids[2:] {
		status(t, "cancel", s.Do(lan, "DELETE", "/uploads/"+id, nil), 204, "")
	}
	big := bytes.Repeat([]byte("x"), 100_000)
	for i := range 9 {
		big[0] = byte(i)
		upload(t, s, lan, "x", big)
	}
	status(t, "beyond the day", s.Do(lan, "POST", "/uploads", `{"name":"x","size":100000}`), 429, "upload.quota")
	s.Clock.Advance(25 * time.Hour)
	upload(t, s, lan, "x", big)
}

func TestPicturesOfMessages(t *testing.T) {
	w := newWorld(t, "lan", "ming", "eve")
	w.befriend("lan", "ming")
	w.vars["photo"] = w.upload("lan", "IMG_1.jpg", fixture(t, "photo.jpg"))
	w.vars["film"] = w.upload("lan", "film.gif", fixture(t, "animated.gif"))
	w.run(
		step{as: "eve", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','attachments':['{photo}']}`, status: 404, want: "code=conversation.not_found"},
		step{as: "ming", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','attachments':['{photo}']}`, status: 404, want: "code=attachment.not_found"},
		step{as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','attachments':['{photo}','{photo}']}`, status: 422, want: "code=message.attachments"},
		step{as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','attachments':['nothing']}`, status: 422, want: "code=request.invalid"},
		step{as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1'}`, status: 422, want: "code=message.empty"},
		step{
			as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','body':'our dog','attachments':['{film}','{photo}']}`, status: 201,
			want:   "messages.0.attachments.#=2 messages.0.attachments.0.id={film} messages.0.attachments.0.animated=true messages.0.attachments.1.width=64 messages.0.attachments.1.height=96 messages.0.attachments.1.kind=image messages.0.body=our",
			events: []string{"conversation messages.0.attachments.1.id={photo} messages.0.attachments.1.name=IMG_1.jpg messages.0.attachments.1.type=image/jpeg"},
		}.spaced(),
		// What one was shown can be passed on.
		step{
			as: "ming", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-2','attachments':['{photo}']}`, status: 201,
			want: "messages.0.body= messages.0.attachments.0.id={photo}", events: []string{"conversation"},
		},
		step{as: "ming", do: "GET /conversations/{lan+ming}/messages", status: 200, want: "messages.0.attachments.1.id={photo} messages.1.attachments.0.id={photo}"},
	)
}

// spaced allows a body of several words in want.
func (s step) spaced() step {
	s.want = strings.Replace(s.want, " messages.0.body=our", "", 1)
	return s
}

// Whatever was sent is served so that it harms nobody.
func TestServedSafely(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	for name, c := range map[string]struct {
		data              []byte
		kind, served, how string
	}{
		"photo.jpg":              {fixture(t, "photo.jpg"), "image", "image/jpeg", "inline"},
		"photo.html":             {fixture(t, "photo.png"), "image", "image/png", "inline"},
		"a \"b\" \\ c.gif":       {fixture(t, "animated.gif"), "image", "image/gif", "inline"},
		"照片; x=y'.webp":          {fixture(t, "lossy.webp"), "image", "image/webp", "inline"},
		"still.avif":             {fixture(t, "still.avif"), "file", "application/octet-stream", "attachment"},
		"page.jpg":               {[]byte("<!doctype html><script>alert(1)</script>"), "file", "application/octet-stream", "attachment"},
		"drawing.svg":            {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "file", "application/octet-stream", "attachment"},
		"feed.xml":               {[]byte(`<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>`), "file", "application/octet-stream", "attachment"},
		"paper.pdf":              {[]byte("%PDF-1.7 …"), "file", "application/octet-stream", "attachment"},
		"clip.mp4":               {[]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), "video", "video/mp4", "inline"},
		"voice.ogg":              {[]byte("OggS\x00\x02OpusHead"), "audio", "audio/ogg", "inline"},
		"evil\r\nX-Evil: 1":      {[]byte("hello"), "file", "application/octet-stream", "attachment"},
		strings.Repeat("长", 300): {[]byte("hello"), "file", "application/octet-stream", "attachment"},
	} {
		a := appendTo(t, s, lan, begin(t, s, lan, name, len(c.data)), 0, c.data)
		if a.Get("attachment.kind") != c.kind {
			t.Errorf("%q: %s", name, a.Raw)
			continue
		}
		for _, query := range []string{"", "?download=true"} {
			res, raw := send(t, s, lan, "GET", "/attachments/"+a.Get("attachment.id")+"/original"+query, nil)
			how, params, err := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
			want := c.how
			if query != "" {
				want = "attachment"
			}
			if err != nil || how != want || params["filename"] != a.Get("attachment.name") {
				t.Errorf("%q: %q: %s %q %v", name, res.Header.Get("Content-Disposition"), how, params, err)
			}
			h := res.Header
			if res.StatusCode != 200 || h.Get("Content-Type") != c.served || h.Get("X-Content-Type-Options") != "nosniff" ||
				!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("X-Evil") != "" || !strings.HasPrefix(h.Get("Cache-Control"), "private, no-") {
				t.Errorf("%q: %d %v", name, res.StatusCode, h)
			}
			if bytes.Contains(raw, []byte("SECRET")) {
				t.Errorf("%q: what was about the picture is still there", name)
			}
		}
	}
}

func TestPicturesThatCanNotBeShown(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	photo := fixture(t, "photo.jpg")
	bomb := bytes.Replace(fixture(t, "animated.gif"), []byte{96, 0, 64, 0}, []byte{0xff, 0xff, 0xff, 0xff}, 1)
	for code, data := range map[string][]byte{"picture.damaged": photo[:len(photo)/2], "picture.too_large": bomb} {
		id := begin(t, s, lan, "x.jpg", len(data))
		want := map[string]int{"picture.damaged": 422, "picture.too_large": 413}[code]
		status(t, code, appendTo(t, s, lan, id, 0, data), want, code)
		status(t, "it is over", appendTo(t, s, lan, id, len(data), nil), 404, "upload.not_found")
	}
	if n := must(s.Attachments.Statistics(t.Context()))(t); n.Attachments != 0 || len(n.ByKind) != 0 {
		t.Errorf("%+v", n)
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestRangesAndValidators(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	data := bytes.Repeat([]byte("0123456789"), 1000)
	path := "/attachments/" + upload(t, s, lan, "a.txt", data) + "/original"
	res, raw := send(t, s, lan, "GET", path, nil, "Range", "bytes=9990-")
	if res.StatusCode != 206 || string(raw) != "0123456789" || res.Header.Get("Content-Range") != "bytes 9990-9999/10000" {
		t.Errorf("%d %q %v", res.StatusCode, raw, res.Header)
	}
	etag := res.Header.Get("ETag")
	if res, raw = send(t, s, lan, "GET", path, nil, "If-None-Match", etag); res.StatusCode != 304 || len(raw) != 0 {
		t.Errorf("%d %q", res.StatusCode, raw)
	}
	if res, raw = send(t, s, lan, "GET", path, nil, "Range", "bytes=5-6", "If-Range", `"other"`); res.StatusCode != 200 || len(raw) != len(data) {
		t.Errorf("%d %d", res.StatusCode, len(raw))
	}
	if res, _ = send(t, s, lan, "GET", path, nil, "Range", "bytes=20000-"); res.StatusCode != 416 {
		t.Errorf("%d", res.StatusCode)
	}
	if res, raw = send(t, s, lan, "HEAD", path, nil); res.StatusCode != 200 || res.ContentLength != 10_000 || len(raw) != 0 {
		t.Errorf("%d %d", res.StatusCode, res.ContentLength)
	}
	for _, wrong := range []string{"/preview", "/thumb"} {
		if res, raw := send(t, s, lan, "GET", strings.Replace(path, "/original", wrong, 1), nil); res.StatusCode != 404 {
			t.Errorf("%s of a text: %d %s", wrong, res.StatusCode, raw)
		}
	}
}

func TestSizesOfPictures(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	id := upload(t, s, lan, "big.jpg", bigPicture(t, 2000, 1000))
	for variant, want := range map[string][2]int{"original": {2000, 1000}, "preview": {1600, 800}, "thumb": {480, 240}} {
		_, raw := send(t, s, lan, "GET", "/attachments/"+id+"/"+variant, nil)
		if w, h := pictureSize(t, raw); w != want[0] || h != want[1] {
			t.Errorf("%s is %d by %d", variant, w, h)
		}
	}
	status(t, "no avatar yet", s.Do(lan, "GET", "/avatars/"+id+"/64", nil), 404, "attachment.not_found")
	text := upload(t, s, lan, "a.txt", []byte("hello"))
	status(t, "a text", s.Do(lan, "PATCH", "/account", `{"avatar":"`+text+`"}`), 422, "picture.required")
	ming := s.Person("ming")
	status(t, "of another", s.Do(ming, "PATCH", "/account", `{"avatar":"`+id+`"}`), 404, "attachment.not_found")
	a := s.Do(lan, "PATCH", "/account", `{"avatar":"`+id+`"}`)
	status(t, "avatar", a, 200, "")
	for _, side := range []int{64, 128, 256, 640} {
		res, raw := send(t, s, ming, "GET", fmt.Sprintf("/avatars/%s/%d", id, side), nil)
		if w, h := pictureSize(t, raw); w != side || h != side || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") || res.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%d: %d by %d, %v", side, w, h, res.Header)
		}
	}
	status(t, "nobody", s.Do(nil, "GET", "/avatars/"+id+"/64", nil), 401, "session.required")
	status(t, "the picture itself", s.Do(ming, "GET", "/attachments/"+id+"/original", nil), 404, "attachment.not_found")
	status(t, "none", s.Do(lan, "PATCH", "/account", `{"avatar":""}`), 200, "")
	status(t, "not any more", s.Do(ming, "GET", "/avatars/"+id+"/64", nil), 404, "attachment.not_found")
}

// {nobody, stranger, blocked, former member, member} x every operation on an
// attachment: what is forbidden looks like what there is not.
func TestWhoMaySeeAttachments(t *testing.T) {
	w := newWorld(t, "lan", "ming", "eve", "hong")
	w.befriend("lan", "ming")
	w.befriend("lan", "hong")
	w.vars["photo"] = w.upload("lan", "p.jpg", fixture(t, "photo.jpg"))
	const never = "AAAAAAAAAAAAAAAAAAAAAA"
	sees := func(who string) bool {
		t.Helper()
		seen := 0
		for _, variant := range []string{"original", "preview", "thumb"} {
			theirs := w.Do(w.people[who], "GET", "/attachments/"+w.vars["photo"]+"/"+variant, nil)
			none := w.Do(w.people[who], "GET", "/attachments/"+never+"/"+variant, nil)
			if theirs.Status == 200 {
				seen++
			} else if string(theirs.Raw) != string(none.Raw) || theirs.Status != none.Status {
				t.Errorf("%s learns that there is something: %s, not %s", who, theirs.Raw, none.Raw)
			}
		}
		if seen != 0 && seen != 3 {
			t.Errorf("%s sees %d of 3", who, seen)
		}
		return seen == 3
	}
	expect := func(when, want string) {
		t.Helper()
		var got []string
		for _, who := range []string{"lan", "ming", "hong", "eve"} {
			if sees(who) {
				got = append(got, who)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v may see it, want %s", when, got, want)
		}
	}
	do := func(as, do, with string) apptest.Answer {
		t.Helper()
		method, path, _ := strings.Cut(w.fill(do), " ")
		var body any
		if with != "" {
			body = strings.ReplaceAll(w.fill(with), "'", `"`)
		}
		a := w.Do(w.people[as], method, path, body)
		if a.Status >= 300 {
			t.Fatalf("%s %s: %d %s", as, do, a.Status, a.Raw)
		}
		return a
	}
	if a := w.Do(nil, "GET", "/attachments/"+w.vars["photo"]+"/thumb", nil); a.Status != 401 {
		t.Errorf("nobody: %d %s", a.Status, a.Raw)
	}
	expect("uploaded", "lan")
	do("lan", "POST /conversations/{lan+ming}/messages", `{'clientId':'client-1','attachments':['{photo}']}`)
	expect("sent", "lan ming")
	do("lan", "PUT /blocks/{ming}", "")
	expect("blocked", "lan")
	do("lan", "DELETE /blocks/{ming}", "")
	expect("not blocked any more", "lan ming")
	group := do("lan", "POST /conversations", `{'group':{'name':'We','members':['{hong}']}}`)
	w.vars["group"] = group.Get("conversationId")
	do("lan", "POST /conversations/{group}/messages", `{'clientId':'client-2','attachments':['{photo}']}`)
	expect("in a group", "lan ming hong")

	// Somebody is removed while they download: it ends within a second.
	big := w.upload("lan", "big.bin", bytes.Repeat([]byte{0, 1, 2, 3}, 5_000_000))
	w.vars["big"] = big
	do("lan", "POST /conversations/{group}/messages", `{'clientId':'client-3','attachments':['{big}']}`)
	req, _ := http.NewRequestWithContext(t.Context(), "GET", w.Base+"/api/v1/attachments/"+big+"/original", nil)
	req.Header.Set("Authorization", "Bearer "+w.people["hong"].Token)
	res, err := (&http.Client{Transport: &http.Transport{ReadBufferSize: 4 << 10}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.ReadFull(res.Body, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	do("lan", "DELETE /conversations/{group}/members/{hong}", "")
	w.Clock.Advance(time.Second)
	rest, err := io.Copy(io.Discard, res.Body)
	if err == nil {
		t.Errorf("after the removal %d more bytes came, to the end", rest)
	}
	expect("removed", "lan ming")

	// Whoever signed out everywhere downloads nothing more either.
	do("ming", "DELETE /sessions/current", "")
	if a := w.Do(w.people["ming"], "GET", "/attachments/"+w.vars["photo"]+"/thumb", nil); a.Status != 401 {
		t.Errorf("after signing out: %d", a.Status)
	}
}

// Feedback may have a picture, which owners see and nobody else.
func TestPicturesOfFeedback(t *testing.T) {
	w := newWorld(t, "lan", "eve")
	photo := w.upload("lan", "p.jpg", fixture(t, "photo.jpg"))
	status(t, "of another", w.Do(w.people["eve"], "POST", "/feedback", `{"body":"Look","picture":"`+photo+`"}`), 404, "attachment.not_found")
	status(t, "feedback", w.Do(w.people["lan"], "POST", "/feedback", `{"body":"Look","picture":"`+photo+`"}`), 201, "")
	status(t, "a stranger", w.Do(w.people["eve"], "GET", "/attachments/"+photo+"/thumb", nil), 404, "attachment.not_found")
	if _, err := w.Accounts.MakeOwner(t.Context(), "eve"); err != nil {
		t.Fatal(err)
	}
	status(t, "an owner", w.Do(w.people["eve"], "GET", "/attachments/"+photo+"/thumb", nil), 200, "")
	w.Clock.Advance(30 * 24 * time.Hour)
	if err := w.Attachments.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.people["eve"].SignIn()
	status(t, "after a month", w.Do(w.people["eve"], "GET", "/attachments/"+photo+"/thumb", nil), 200, "")
}

// The place for files fails: people are told, and what came is kept.
func TestFaultsOfStorage(t *testing.T) {
	var mu sync.Mutex
	var fault func(string) (bool, bool)
	s := apptest.Start(t, func(_ *config.Config, o *app.Options) {
		o.Files = func(b attachment.Blobs) attachment.Blobs {
			return &blobtest.Unkind{Blobs: b, Fault: func(method string) (bool, bool) {
				mu.Lock()
				defer mu.Unlock()
				if fault == nil {
					return false, false
				}
				return fault(method)
			}}
		}
	})
	set := func(f func(string) (bool, bool)) {
		mu.Lock()
		defer mu.Unlock()
		fault = f
	}
	lan := s.Person("lan")
	data := fixture(t, "photo.jpg")
	for name, f := range map[string]func(string) (bool, bool){
		"put":       func(m string) (bool, bool) { return m == "Put", false },
		"after put": func(m string) (bool, bool) { return false, m == "Put" },
		"get":       func(m string) (bool, bool) { return m == "Get", false },
		"half got":  func(m string) (bool, bool) { return false, m == "Get" },
	} {
		id := begin(t, s, lan, "p.jpg", len(data))
		set(f)
		status(t, name, appendTo(t, s, lan, id, 0, data), 503, "storage.unreachable")
		set(nil)
		offset := 0
		_, _ = fmt.Sscan(s.Do(lan, "GET", "/uploads/"+id, nil).Get("offset"), &offset)
		a := appendTo(t, s, lan, id, offset, data[offset:])
		status(t, name+", again", a, 200, "")
		if a := s.Do(lan, "GET", "/attachments/"+a.Get("attachment.id")+"/original", nil); a.Status != 200 {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	if err := s.Attachments.Tidy(context.Background()); err != nil {
		t.Error(err)
	}
}
