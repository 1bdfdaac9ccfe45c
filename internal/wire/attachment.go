package wire

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/attachment"
)

// AttachmentID names an attachment, or an upload: 128 random bits in base64url.
type AttachmentID attachment.ID

// Domain gives the identifier itself; what is none names nothing.
func (id AttachmentID) Domain() attachment.ID { return attachment.ID(id) }

// Schema implements huma.SchemaProvider.
func (AttachmentID) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Pattern: attachment.IDPattern, Description: "Names an attachment or an upload: 22 characters of base64url", Examples: []any{"dGhpcyBpcyBhIHBpY3R1cg"}}
	s.PrecomputeMessages()
	return s
}

// Attachment is a picture, a file, sound or a video.
type Attachment struct {
	ID     AttachmentID `json:"id"`
	Kind   string       `json:"kind" enum:"image,file,audio,video" doc:"How to show it"`
	Name   string       `json:"name" doc:"What its sender calls the file: words of a stranger, to be shown and never trusted"`
	Type   string       `json:"type" doc:"MIME type as found in the contents" example:"image/jpeg"`
	Size   int64        `json:"size" doc:"Of the original, in bytes"`
	Width  int          `json:"width,omitempty" doc:"Of a picture as it is shown, in pixels"`
	Height int          `json:"height,omitempty"`
	// Placeholder needs no request of its own.
	Placeholder string `json:"placeholder,omitempty" doc:"ThumbHash in base64, to draw a blurred likeness from"`
	Animated    bool   `json:"animated,omitempty" doc:"The original moves; preview and thumb do not"`
}

// NewAttachment makes the shape.
func NewAttachment(a attachment.Attachment) Attachment {
	return Attachment{
		ID: AttachmentID(a.ID), Kind: string(a.Kind), Name: a.Name, Type: a.Type, Size: a.Size,
		Width: a.Width, Height: a.Height, Placeholder: a.Placeholder, Animated: a.Animated,
	}
}

// NewUpload begins an upload.
type NewUpload struct {
	Name string `json:"name" doc:"What the file is called; folders and control characters are left out"`
	Size int64  `json:"size" minimum:"1" doc:"How many bytes will come; at most limits.attachmentBytes of the server"`
}

// TransformSchema implements huma.SchemaTransformer.
func (NewUpload) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "name", 0, 1024)
	return s
}

// Upload tells how far an upload is, and what came of it.
type Upload struct {
	ID         AttachmentID `json:"id" doc:"Of the upload; its attachment has another"`
	Offset     int64        `json:"offset" doc:"How many bytes are stored; go on from here"`
	Size       int64        `json:"size" doc:"How many bytes will come"`
	ExpiresAt  int64        `json:"expiresAt" doc:"When it is given up"`
	Attachment *Attachment  `json:"attachment,omitempty" doc:"What came of it, once it is complete and was looked at"`
}

// NewUploadState makes the shape.
func NewUploadState(u attachment.Upload, a *attachment.Attachment) Upload {
	out := Upload{ID: AttachmentID(u.ID), Offset: u.Received, Size: u.Size, ExpiresAt: u.ExpiresAt}
	if a != nil {
		shape := NewAttachment(*a)
		out.Attachment = &shape
	}
	return out
}
