package attachment

import (
	"bytes"
	"unicode/utf8"

	"github.com/happychat/happychat/internal/picture"
)

// sniffLength is how many of the first bytes tell the type.
const sniffLength = 4096

// signature is how files of a type begin.
type signature struct {
	prefix string
	kind   Kind
	mime   string
}

// signatures are those of what is told apart from other files: to show it, to
// play it, or to have a fitting icon. What a client said about the type, and the
// ending of the name, count for nothing.
var signatures = []signature{
	{"\x1aE\xdf\xa3", Video, "video/webm"}, // Matroska; see below
	{"OggS", Audio, "audio/ogg"},           // see below
	{"fLaC", Audio, "audio/flac"},
	{"ID3", Audio, "audio/mpeg"},
	{"\xff\xfb", Audio, "audio/mpeg"},
	{"\xff\xf3", Audio, "audio/mpeg"},
	{"\xff\xf2", Audio, "audio/mpeg"},
	{"%PDF-", File, "application/pdf"},
	{"PK\x03\x04", File, "application/zip"},
	{"\x1f\x8b", File, "application/gzip"},
	{"7z\xbc\xaf\x27\x1c", File, "application/x-7z-compressed"},
	{"Rar!\x1a\x07", File, "application/vnd.rar"},
}

// brands are those of the ISO base media format (ISO 14496-12, section 4.3).
var brands = map[string]signature{
	"avif": {"", File, "image/avif"}, "avis": {"", File, "image/avif"},
	"heic": {"", File, "image/heic"}, "heix": {"", File, "image/heic"}, "mif1": {"", File, "image/heif"}, "msf1": {"", File, "image/heif"},
	"M4A ": {"", Audio, "audio/mp4"}, "M4B ": {"", Audio, "audio/mp4"},
	"qt  ": {"", Video, "video/quicktime"},
	"isom": {"", Video, "video/mp4"}, "iso2": {"", Video, "video/mp4"}, "iso4": {"", Video, "video/mp4"}, "iso5": {"", Video, "video/mp4"}, "iso6": {"", Video, "video/mp4"},
	"mp41": {"", Video, "video/mp4"}, "mp42": {"", Video, "video/mp4"}, "avc1": {"", Video, "video/mp4"}, "dash": {"", Video, "video/mp4"}, "M4V ": {"", Video, "video/mp4"},
}

// sniff tells what a file is by how it begins. Pictures are those of the picture
// package; it has to be seen whether they are what they say.
func sniff(head []byte) (Kind, string) {
	if format := picture.Sniff(head); format != "" {
		return Image, string(format)
	}
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		if s, ok := brands[string(head[8:12])]; ok {
			return s.kind, s.mime
		}
		return File, "application/octet-stream"
	}
	if len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WAVE" {
		return Audio, "audio/wav"
	}
	for _, s := range signatures {
		if !bytes.HasPrefix(head, []byte(s.prefix)) {
			continue
		}
		switch s.mime {
		case "video/webm":
			// The codecs stand among the first bytes, and only those of sound in
			// a voice clip.
			if !bytes.Contains(head, []byte("webm")) {
				return File, "video/x-matroska"
			}
			if bytes.Contains(head, []byte("A_OPUS")) && !bytes.Contains(head, []byte("V_")) {
				return Audio, "audio/webm"
			}
		case "audio/ogg":
			if bytes.Contains(head, []byte("theora")) {
				return Video, "video/ogg"
			}
		}
		return s.kind, s.mime
	}
	if isText(head) {
		return File, "text/plain"
	}
	return File, "application/octet-stream"
}

// isText: UTF-8 without control characters other than those of lines. The last
// character may be cut off.
func isText(head []byte) bool {
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		switch {
		case r == utf8.RuneError && n == 1:
			return len(head) < utf8.UTFMax && !utf8.FullRune(head)
		case r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f':
			return false
		}
		head = head[n:]
	}
	return true
}
