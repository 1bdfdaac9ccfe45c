// Package attachment holds what people send besides words: pictures, files,
// voice clips and videos. They come by uploads that can be resumed, are looked
// at, cleaned and made smaller when they are complete, and are kept once however
// often they are sent.
package attachment

import (
	"crypto/rand"
	"encoding/base64"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/picture"
)

// ID is 128 random bits in base64url: what names an upload or an attachment.
type ID string

// IDLength is how many characters an ID has, which are of IDPattern.
const (
	IDLength  = 22
	IDPattern = "^[A-Za-z0-9_-]{22}$"
)

// NewID draws an identifier.
func NewID() ID {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return ID(base64.RawURLEncoding.EncodeToString(b[:]))
}

// ParseID reads an identifier.
func ParseID(s string) (ID, bool) {
	if len(s) != IDLength {
		return "", false
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return "", false
		}
	}
	return ID(s), true
}

// Kind is how an attachment is shown.
type Kind string

// The kinds. What is no picture that is safe to show is a file, unless it is
// sound or video.
const (
	Image Kind = "image"
	Audio Kind = "audio"
	Video Kind = "video"
	File  Kind = "file"
)

// Content is what one or several attachments hold. It is stored once.
type Content struct {
	ID   change.ID
	Hash string // SHA-256 of the bytes as stored, in hexadecimal
	Key  string // of the bytes in Blobs
	Kind Kind
	Type string // MIME type, as found in the bytes
	Size int64  // as stored
	// Of pictures: their size as shown, what a blurred likeness is drawn from
	// (ThumbHash in base64), and whether they move.
	Width, Height int
	Placeholder   string
	Animated      bool
	CreatedAt     int64
}

// Attachment is a content under a name.
type Attachment struct {
	ID      ID
	OwnerID change.ID // who uploaded it
	Name    string
	Content
	CreatedAt int64
}

// Variant names one of the forms that a content comes in.
type Variant string

// The variants. Files have only the original.
const (
	Original Variant = "original"
	Preview  Variant = "preview"
	Thumb    Variant = "thumb"
)

// The long sides of pictures.
const (
	PreviewSide = 1600
	ThumbSide   = 480
)

// StickerSide is the longest side of a sticker, in pixels.
const StickerSide = 512

// AvatarSides are the sizes in which avatars come; the variant of a size is its
// number.
var AvatarSides = []int{64, 128, 256, 640}

// Rendition is a smaller form of a content.
type Rendition struct {
	Variant Variant
	Key     string
	Type    string
	Size    int64
}

// Upload is an attachment on its way. It can be resumed at Received.
type Upload struct {
	ID       ID
	OwnerID  change.ID
	Name     string
	Size     int64 // announced
	Received int64 // stored durably
	State    UploadState
	// AttachmentID is what became of it when it is done.
	AttachmentID         ID
	CreatedAt, ExpiresAt int64
}

// UploadState tells how far an upload is.
type UploadState string

// The states. Those that ended are kept for the time that they count as
// somebody's uploads of the day.
const (
	Open     UploadState = "open"
	Done     UploadState = "done"
	Canceled UploadState = "canceled"
)

// Part is a piece of an upload that has come.
type Part struct {
	From, Size int64
	Key        string
}

// Usage is what somebody has uploaded lately.
type Usage struct {
	Open      int   // uploads that are not complete
	OpenBytes int64 // announced for these
	Lately    int   // all since the time asked for
	Bytes     int64 // of these
}

// Standing is all that the right to see or use an attachment depends on.
type Standing struct {
	Found bool
	Owner bool // the account uploaded it
	// Shared: it is in a message of a conversation that the account belongs to,
	// and, if that is direct, whose other has not blocked the account.
	Shared bool
	// Shown: it is somebody's avatar, or a group's.
	Shown bool
	// Kept: it is a sticker that the account has as a favourite, or of a pack
	// that it may see.
	Kept bool
	// Feedback: it goes with feedback, and the account is an owner, who answers
	// that.
	Feedback bool
}

// Statistics is what all attachments take.
type Statistics struct {
	Attachments int64
	ByKind      map[Kind]Amount // contents, each counted once
	Renditions  Amount
	Unfinished  Amount // parts of uploads
}

// Amount is how many, and how many bytes.
type Amount struct{ Count, Bytes int64 }

// Limits bound what people upload.
type Limits struct {
	Size int64 // of one attachment
	Day  int64 // of everything that one account uploads in 24 hours
}

// What Limits are where they are not set.
const (
	DefaultSize = 25_000_000
	DefaultDay  = 2_000_000_000
)

// The bounds of what is on its way.
const (
	// MaxOpen is how many uploads of an account may be incomplete.
	MaxOpen = 40
	// MaxPerDay is how many uploads an account may begin in 24 hours.
	MaxPerDay = 2000
	// MaxOpenSizes is how many attachments of the largest size the incomplete
	// uploads of an account may come to.
	MaxOpenSizes = 20
	// MaxAtOnce is how many requests of an account may bring bytes at once, and
	// MaxAtOnceAll of all.
	MaxAtOnce, MaxAtOnceAll = 8, 256
	// MaxPerMessage is how many attachments fit in a message.
	MaxPerMessage = 20
	// MaxName is the longest name of a file, in code points.
	MaxName = 255
	// PartSize is how much of an upload is stored at a time: what a fault can
	// take back.
	PartSize = 1 << 20
	// MaxSticker is the largest sticker in bytes; its sides are at most
	// StickerSide.
	MaxSticker = 1 << 20
	// MaxPicture is the largest picture in bytes, whatever the limit for files.
	MaxPicture = 32 << 20
)

// pictureLimits bound what may be shown as a picture: 50 megapixels, of which a
// plain JPEG takes 75 to 150 MB to decode.
var pictureLimits = picture.Limits{Pixels: 50_000_000, Frames: 3000, Total: 1_000_000_000, Memory: decodeMemory}

// stickerLimits bound what a sticker may be made of: what moves is decoded as a
// whole, and each of its frames is made smaller.
var stickerLimits = picture.Limits{Pixels: 50_000_000, Frames: 300, Total: 60_000_000, Memory: decodeMemory}

// decodeMemory is what decoding may take in all, for however many pictures at
// once.
const decodeMemory = 256 << 20
