package lite

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/ingress"
)

const (
	// filesAtOnce is how many forms with files may be on their way of one
	// account, and filesAtOnceAll of all: each takes as much of the temporary
	// folder as one file.
	filesAtOnce, filesAtOnceAll = 2, 32
	// maxFields is what the fields beside the files may take.
	maxFields = maxForm
)

// newName makes a name for what will be written into one form.
func newName() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// sendName is what a send is called, so that pressing twice sends once. What was
// written is in it: whoever goes back in the browser and writes something else
// has the same form once more, and means another message.
func sendName(form, body string, files hash.Hash) string {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%s\x00%s\x00", cmp.Or(form, newName()), body) // a hash takes everything
	if files != nil {
		sum.Write(files.Sum(nil))
	}
	return "lite-" + base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
}

// body is what was written. Browsers send line breaks as CR LF (HTML, 4.10.21).
func (v *visit) body() string { return strings.ReplaceAll(v.value("body"), "\r\n", "\n") }

// send sends what was written, or goes on to where a file is chosen for it.
func send(v *visit) error {
	if v.value("attach") != "" {
		return v.filePage(nil)
	}
	draft := conversation.Draft{ClientID: sendName(v.value("clientId"), v.body(), nil), Body: v.body()}
	if _, err := v.Conversations.Send(v.r.Context(), v.me.ID, v.id(), draft); err != nil {
		if change.KindOf(err) == change.NotFound {
			return err
		}
		return v.conversationPage(err)
	}
	return v.sent()
}

// sent leads back to the conversation, in the way in which it was read before.
func (v *visit) sent() error {
	follow := ""
	if v.value("back") == "follow" {
		follow = "?follow=1"
	}
	return v.to(fmt.Sprintf("/chats/%s%s#new", v.id(), follow))
}

type fileData struct {
	ID                                change.ID
	Title, Body, ClientID, Back, Most string
}

// filePage is where a picture or a file is chosen, with what was written for it.
func (v *visit) filePage(problem error) error {
	ctx := v.r.Context()
	d, err := v.Conversations.Get(ctx, v.me.ID, v.id())
	if err != nil {
		return err
	}
	m, err := v.Conversations.Membership(ctx, v.me.ID, v.id())
	if err != nil {
		return err
	}
	names, err := v.names(ctx)
	if err != nil {
		return err
	}
	title := names.in(d.Members).title(*d.Conversation, m)
	return v.show(page{name: "file.html", title: v.t("lite.file", "name", title), place: "chats", problem: problem, data: fileData{
		ID: v.id(), Title: title, Body: v.body(), ClientID: cmp.Or(v.value("clientId"), newName()), Back: v.value("back"),
		Most: v.words.bytes(v.Attachments.Limits().Size),
	}})
}

// memberSendsFiles is memberSends for a form with files, which the handler reads.
func (d *door) memberSendsFiles(f func(v *visit) error) http.HandlerFunc {
	return d.anybody(func(v *visit) error {
		v.r.PostForm = url.Values{}
		if !v.Guard.OwnPage(v.r) {
			return errForeign
		}
		if !v.signedIn() {
			return v.lost()
		}
		return f(v)
	})
}

// sendFile sends pictures or files, with what was written for them.
func sendFile(v *visit) error {
	leave, err := v.arriving.Enter(v.me.ID)
	if err != nil {
		return v.filePage(err)
	}
	defer leave()
	body, done := ingress.Arriving(v.w, v.r, bodyStalls)
	defer done()
	size := v.Attachments.Limits().Size
	v.r.Body = http.MaxBytesReader(v.w, body, attachment.MaxPerMessage*size+maxFields)
	draft, err := v.receive(v.r.Context())
	if err != nil {
		// Browsers look at an answer only when they have sent everything.
		_, _ = io.Copy(io.Discard, io.LimitReader(v.r.Body, 2*size))
		return v.filePage(err)
	}
	if _, err := v.Conversations.Send(v.r.Context(), v.me.ID, v.id(), draft); err != nil {
		if change.KindOf(err) == change.NotFound {
			return err
		}
		return v.filePage(err)
	}
	return v.sent()
}

// receive reads the form. Its fields come before its files, and a file is taken
// only when they are in order.
func (v *visit) receive(ctx context.Context) (conversation.Draft, error) {
	var draft conversation.Draft
	form, err := v.r.MultipartReader()
	if err != nil {
		return draft, errForm.Because(err)
	}
	// Nothing is stored for whoever may not see the conversation.
	if _, err := v.Conversations.Membership(ctx, v.me.ID, v.id()); err != nil {
		return draft, err
	}
	files, fields := sha256.New(), int64(maxFields)
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return draft, broken(err)
		}
		if part.FileName() == "" {
			text, err := io.ReadAll(io.LimitReader(part, fields+1))
			if fields -= int64(len(text)); err != nil || fields < 0 {
				return draft, broken(err)
			}
			v.r.PostForm.Add(part.FormName(), string(text))
			continue
		}
		if err := v.genuine(); err != nil {
			return draft, err
		}
		if len(draft.Attachments) == attachment.MaxPerMessage {
			return draft, conversation.ErrAttachments
		}
		a, err := v.upload(ctx, part, files)
		if err != nil {
			return draft, err
		}
		draft.Attachments = append(draft.Attachments, a)
	}
	if err := v.genuine(); err != nil {
		return draft, err
	}
	draft.Body = v.body()
	draft.ClientID = sendName(v.value("clientId"), draft.Body, files)
	return draft, nil
}

// upload keeps one file of the form until it is known how large it is, and
// uploads it then.
func (v *visit) upload(ctx context.Context, part *multipart.Part, sum hash.Hash) (attachment.ID, error) {
	spool, err := os.CreateTemp("", "happychat-upload-*")
	if err != nil {
		return "", err
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	size, err := io.Copy(io.MultiWriter(spool, sum), io.LimitReader(part, v.Attachments.Limits().Size+1))
	if err != nil {
		return "", broken(err)
	}
	u, err := v.Attachments.Begin(ctx, v.me.ID, part.FileName(), size)
	if err != nil {
		return "", err
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	_, made, err := v.Attachments.Append(ctx, v.me.ID, u.ID, 0, spool)
	if err != nil {
		return "", err
	}
	if made == nil {
		return "", fmt.Errorf("the upload of %d bytes is not complete", size)
	}
	return made.ID, nil
}

// broken is a form that did not come as a whole.
func broken(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok || err == nil {
		return change.Errorf(change.TooLarge, "request.too_large", "This form is too large.")
	}
	return errForm.Because(err)
}
