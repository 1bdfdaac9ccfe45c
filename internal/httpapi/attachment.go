package httpapi

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/ingress"
	"github.com/happychat/happychat/internal/wire"
)

const (
	// bodyStalls is how long an upload may bring nothing, and answerStalls how
	// long a download may take nothing, before the connection is given up.
	bodyStalls, answerStalls = 30 * time.Second, time.Minute
	// lookAgain is how often it is seen during a download whether whoever reads
	// still may.
	lookAgain = time.Second
)

// AttachmentPath is the input of operations on one upload or attachment.
type AttachmentPath struct {
	ID wire.AttachmentID `path:"id"`
}

// attachment registers uploads, attachments and avatars.
func (a *api) attachment() {
	const tag = "Attachments"
	state := func(u attachment.Upload, made *attachment.Attachment, err error) (*body[wire.Upload], error) {
		if err != nil {
			return nil, err
		}
		return answer(wire.NewUploadState(u, made), nil)
	}

	handle(a, operation{
		method: http.MethodPost, path: "/uploads", id: "upload.create", tag: tag, status: http.StatusCreated,
		summary: "Begin an upload", text: "Then send the bytes with PATCH. It is given up after 24 hours.", errors: []int{413},
	},
		func(ctx context.Context, in *struct{ Body wire.NewUpload }) (*body[wire.Upload], error) {
			u, err := a.Attachments.Begin(ctx, actor(ctx).AccountID, in.Body.Name, in.Body.Size)
			return state(u, nil, err)
		})
	handle(a, operation{
		method: http.MethodGet, path: "/uploads/{id}", id: "upload.get", tag: tag,
		summary: "How far an upload is, and what came of it", errors: []int{404},
	},
		func(ctx context.Context, in *AttachmentPath) (*body[wire.Upload], error) {
			return state(a.Attachments.Status(ctx, actor(ctx).AccountID, in.ID.Domain()))
		})
	handle(a, operation{
		method: http.MethodPatch, path: "/uploads/{id}", id: "upload.append", tag: tag,
		summary: "Send bytes of an upload",
		text: "All that are left, or some. What has come is kept when the connection breaks: ask how far the upload is, and go on from there. " +
			"The request that completes it answers what came of it; the same once more, and one without a body, answer the same.",
		errors: []int{404, 409, 413}, alter: func(op *huma.Operation) {
			op.RequestBody = &huma.RequestBody{Description: "The bytes", Content: map[string]*huma.MediaType{
				"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
			}}
		},
	},
		func(ctx context.Context, in *struct {
			exchange
			AttachmentPath
			Offset int64 `header:"Upload-Offset" required:"true" minimum:"0" doc:"Where the bytes belong: the offset of the upload"`
		},
		) (*body[wire.Upload], error) {
			bytes, done := ingress.Arriving(in.w, in.r, bodyStalls)
			defer done()
			return state(a.Attachments.Append(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Offset, bytes))
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/uploads/{id}", id: "upload.cancel", tag: tag, status: http.StatusNoContent,
		summary: "Give an upload up", text: "What came of one that is complete stays.", errors: []int{404},
	},
		func(ctx context.Context, in *AttachmentPath) (*none, error) {
			return nil, a.Attachments.Cancel(ctx, actor(ctx).AccountID, in.ID.Domain())
		})

	bytes := func(op *huma.Operation) {
		content := map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
		op.Responses = map[string]*huma.Response{
			"200": {Description: "The bytes", Content: content}, "206": {Description: "A part of them", Content: content},
			"304": {Description: "They have not changed"}, "416": {Description: "There is no such part"},
		}
	}
	handle(a, operation{
		method: http.MethodGet, path: "/attachments/{id}/{variant}", id: "attachment.get", tag: tag,
		summary: "The bytes of an attachment",
		text: "For whoever uploaded it, and for the members of conversations that it was sent to. Ranges and If-None-Match work. " +
			"preview has at most 1600 pixels on its long side and thumb 480; both stand still, and are the original where that is small enough.",
		errors: []int{404}, alter: bytes,
	},
		func(ctx context.Context, in *struct {
			exchange
			AttachmentPath
			Variant  string `path:"variant" enum:"original,preview,thumb"`
			Download bool   `query:"download" doc:"Save it instead of showing it"`
		},
		) (*huma.StreamResponse, error) {
			who := actor(ctx).AccountID
			o, err := a.Attachments.Open(ctx, who, in.ID.Domain(), attachment.Variant(in.Variant))
			if err != nil {
				return nil, err
			}
			h := in.w.Header()
			h.Set("Cache-Control", "private, no-cache") // it is asked each time whether one still may
			if o.Attachment.Kind == attachment.File {
				h.Set("Cache-Control", "private, no-store")
			}
			disposition := "inline"
			if in.Download || o.Attachment.Kind == attachment.File {
				disposition = "attachment"
			}
			h.Set("Content-Disposition", contentDisposition(disposition, o.Attachment.Name))
			token, _ := ingress.Token(in.r)
			return a.stream(o, func(ctx context.Context) error {
				if _, err := a.Accounts.Authenticate(ctx, token); err != nil {
					return err
				}
				return a.Attachments.MayRead(ctx, who, o.Attachment.ID)
			}), nil
		})
	handle(a, operation{
		method: http.MethodGet, path: "/avatars/{id}/{size}", id: "avatar.get", tag: tag,
		summary: "An avatar", text: "Of a person or a group, for everybody who is signed in.", errors: []int{404}, alter: bytes,
	},
		func(ctx context.Context, in *struct {
			exchange
			AttachmentPath
			Size string `path:"size" enum:"64,128,256,640" doc:"Pixels on each side; of a smaller picture, what it has"`
		},
		) (*huma.StreamResponse, error) {
			side, _ := strconv.Atoi(in.Size) // the schema allows only numbers
			o, err := a.Attachments.OpenAvatar(ctx, actor(ctx).AccountID, in.ID.Domain(), side)
			if err != nil {
				return nil, err
			}
			in.w.Header().Set("Cache-Control", "private, max-age=31536000, immutable") // another picture has another name
			in.w.Header().Set("Content-Disposition", "inline")
			return a.stream(o, func(context.Context) error { return nil }), nil
		})
}

// exchange gives the HTTP request and the answer to operations that handle their
// bytes themselves; registered by embedding in the input.
type exchange struct {
	r *http.Request
	w http.ResponseWriter
}

// Resolve implements huma.Resolver.
func (e *exchange) Resolve(hc huma.Context) []error {
	e.r, e.w = humago.Unwrap(hc)
	return nil
}

// stream answers with the bytes of an attachment, in parts and conditionally as
// asked for. Whatever they are, they run no script, and no other site gets them.
func (a *api) stream(o *attachment.Opened, still func(context.Context) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer o.Close()
		r, w := humago.Unwrap(hc)
		h := w.Header()
		h.Set("Content-Type", "application/octet-stream")
		if o.Attachment.Kind != attachment.File {
			h.Set("Content-Type", o.Type)
		}
		h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; media-src 'self'; sandbox")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("ETag", `"`+o.Key+`"`)
		connection := http.NewResponseController(w)
		defer func() { _ = connection.SetWriteDeadline(time.Time{}) }()
		http.ServeContent(w, r, "", time.Time{}, &watched{
			ReadSeeker: o, ctx: r.Context(), still: still, clock: a.Clock, seen: a.Clock.Now(), connection: connection,
		})
	}}
}

// watched is a download during which it is seen every second whether whoever
// reads still may; one who reads too slowly is given up.
type watched struct {
	io.ReadSeeker
	ctx        context.Context
	still      func(context.Context) error
	clock      change.Clock
	seen       int64
	connection *http.ResponseController
}

func (d *watched) Read(b []byte) (int, error) {
	if now := d.clock.Now(); now-d.seen >= change.Ms(lookAgain) {
		if err := d.still(d.ctx); err != nil {
			return 0, err
		}
		d.seen = now
	}
	_ = d.connection.SetWriteDeadline(time.Now().Add(answerStalls))
	return d.ReadSeeker.Read(b)
}

// contentDisposition tells browsers what a file is called (RFC 6266): in ASCII
// for old ones, and as it is in UTF-8 (RFC 8187).
func contentDisposition(disposition, name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	plain := mime.FormatMediaType(disposition, map[string]string{"filename": ascii})
	if ascii == name {
		return plain
	}
	return fmt.Sprintf("%s; filename*=UTF-8''%s", plain, strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
}
