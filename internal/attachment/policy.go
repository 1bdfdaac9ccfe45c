package attachment

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/happychat/happychat/internal/change"
)

// Errors of this noun.
var (
	ErrNotFound       = change.Errorf(change.NotFound, "attachment.not_found", "There is no such attachment.")
	ErrUploadNotFound = change.Errorf(change.NotFound, "upload.not_found", "There is no such upload. It may be over: begin again.")
	ErrOffset         = change.Errorf(change.Conflict, "upload.offset", "The upload does not stand where this part begins. Ask where it stands, and go on from there.")
	ErrEmpty          = change.Errorf(change.Invalid, "upload.empty", "The file is empty.").On("size")
	ErrTooMany        = &change.Error{Kind: change.RateLimited, Code: "upload.too_many", Detail: "You have too many uploads that are not complete. Finish or cancel some first.", RetryAfter: 10 * time.Second}
	ErrQuota          = &change.Error{Kind: change.RateLimited, Code: "upload.quota", Detail: "You have uploaded as much as fits in a day. Try again later.", RetryAfter: time.Hour}
	ErrTooLong        = change.Errorf(change.Invalid, "upload.too_long", "More bytes came than were announced.")
	ErrBusy           = &change.Error{Kind: change.Unavailable, Code: "upload.busy", Detail: "The server is busy with other pictures. Try again in a moment; what was uploaded is kept.", RetryAfter: 5 * time.Second}
	ErrPictureDamaged = change.Errorf(change.Invalid, "picture.damaged", "This picture is damaged, or of a kind that can not be shown. Open it in a picture program and save it anew.")
	ErrPictureLarge   = change.Errorf(change.TooLarge, "picture.too_large", "This picture has too many pixels or frames to be shown: at most %d megapixels fit. Make it smaller, or send it in an archive.", pictureLimits.Pixels/1_000_000)
	ErrStickerLarge   = change.Errorf(change.TooLarge, "sticker.too_large", "This picture has too many pixels or frames to become a sticker. Make it smaller or shorter.")
	ErrNotPicture     = change.Errorf(change.Invalid, "picture.required", "Choose a picture: JPEG, PNG, GIF or WebP.")

	// Faults that Blobs report. Nothing is stored when one is returned.
	ErrFull        = &change.Error{Kind: change.Unavailable, Code: "storage.full", Detail: "The server's disk is full, so nothing can be stored. Tell whoever runs it; what came before is kept.", RetryAfter: 30 * time.Second}
	ErrUnreachable = &change.Error{Kind: change.Unavailable, Code: "storage.unreachable", Detail: "The server can not reach the place where it keeps files. Try again in a moment.", RetryAfter: 5 * time.Second}
)

func errTooLarge(limit int64) error {
	return change.Errorf(change.TooLarge, "upload.too_large", "This is too large: at most %d MB fit.", max(1, limit/1_000_000)).On("size")
}

// mayUpload tells whether an account that has uploaded this much may begin
// another.
func mayUpload(l Limits, u Usage, size int64) error {
	switch {
	case size < 1:
		return ErrEmpty
	case size > l.Size:
		return errTooLarge(l.Size)
	case u.Open >= MaxOpen, u.OpenBytes+size > MaxOpenSizes*l.Size:
		return ErrTooMany
	case u.Lately >= MaxPerDay, u.Bytes+size > l.Day:
		return ErrQuota
	}
	return nil
}

// MayUse tells whether an account may put an attachment into a message: its
// own, those that it was shown, for forwarding, and stickers that it keeps. What others have is not
// told from what there is not.
func MayUse(s Standing) error {
	if !s.Found || !s.Owner && !s.Shared && !s.Kept {
		return ErrNotFound.On("attachments")
	}
	return nil
}

// mayRead tells whether an account may see an attachment.
func mayRead(s Standing) error {
	if !s.Found || !s.Owner && !s.Shared && !s.Kept && !s.Feedback {
		return ErrNotFound
	}
	return nil
}

// maySeeAvatar tells whether an account may see an attachment in the sizes of
// avatars: everybody, as long as it is one.
func maySeeAvatar(s Standing) error {
	if !s.Found || !s.Owner && !s.Shown {
		return ErrNotFound
	}
	return nil
}

// CleanName makes of what a client says a name for the file that is safe to
// show: no folders, no control characters, none that turn the direction of
// writing so that one ending looks like another.
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control) || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	if strings.Trim(name, ".") == "" {
		return "file"
	}
	if n := utf8.RuneCountInString(name); n > MaxName {
		// The ending stays, if it is one.
		runes, ending := []rune(name), 0
		if dot := strings.LastIndexByte(name, '.'); dot > 0 {
			ending = utf8.RuneCountInString(name[dot:])
		}
		if ending > 20 {
			ending = 0
		}
		name = string(runes[:MaxName-ending]) + string(runes[n-ending:])
	}
	return name
}
