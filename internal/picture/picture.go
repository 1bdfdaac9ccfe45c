// Package picture reads pictures that strangers made: it tells what they are by
// their contents, counts pixels and frames before anything is decoded, takes out
// everything that is not needed to show them (where and with what they were
// taken, comments, what hangs on behind their end), without touching a pixel,
// and makes smaller ones. It knows bytes and nothing of chat.
//
// JPEG, PNG (APNG too), GIF and WebP are pictures; everything else is not.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// Format is a MIME type.
type Format string

// The formats.
const (
	JPEG Format = "image/jpeg"
	PNG  Format = "image/png"
	GIF  Format = "image/gif"
	WebP Format = "image/webp"
)

// SniffLength is how many bytes Sniff wants to see.
const SniffLength = 12

// Sniff tells which format the first bytes announce; empty for none.
func Sniff(head []byte) Format {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(head, []byte(pngSignature)):
		return PNG
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return GIF
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return WebP
	}
	return ""
}

// Errors of this package.
var (
	// ErrDamaged: the file is cut off, mislabelled, not as its format wants it,
	// or of a kind that browsers do not show.
	ErrDamaged = errors.New("picture: damaged")
	// ErrTooLarge: showing it would take more than the limits allow.
	ErrTooLarge = errors.New("picture: too large")
)

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// Limits bound what a picture may ask of whoever shows it.
type Limits struct {
	Pixels int64 // of one frame
	Frames int
	Total  int64 // pixels of all frames
	Memory int64 // for decoding it here, in bytes
}

// check holds the size of a canvas and the number of its frames to the limits.
func (l Limits) check(width, height, frames int) error {
	if width < 1 || height < 1 {
		return damaged("it is %d by %d pixels", width, height)
	}
	pixels := int64(width) * int64(height)
	if pixels > l.Pixels || frames > l.Frames || pixels*int64(frames) > l.Total {
		return fmt.Errorf("%w: %d by %d pixels, %d frames", ErrTooLarge, width, height, frames)
	}
	return nil
}

// Picture is one that was read: clean, within the limits, and not decoded.
type Picture struct {
	Format Format
	// Width and Height are as it is shown, with its orientation applied.
	Width, Height int
	// Frames is 1 for a still.
	Frames int

	pieces      [][]byte // what is kept: parts of what was read, and new ones
	orientation int      // 1 to 8, as in EXIF
	profile     []byte   // ICC, of RGB
	memory      int64
	still       []byte // of an animated WebP: its first frame, as a picture of its own
	canvas      image.Rectangle
	at, size    image.Point // where on the canvas that is, and how large
}

// Read reads a picture of the format. The result keeps parts of raw. The error
// is ErrDamaged or ErrTooLarge.
func Read(format Format, raw []byte, limits Limits) (*Picture, error) {
	p := &Picture{Format: format, Frames: 1, orientation: 1}
	var err error
	switch format {
	case JPEG:
		err = p.readJPEG(raw, limits)
	case PNG:
		err = p.readPNG(raw, limits)
	case GIF:
		err = p.readGIF(raw, limits)
	case WebP:
		err = p.readWebP(raw, limits)
	default:
		err = damaged("%q is no format of pictures", format)
	}
	if err != nil {
		return nil, err
	}
	if p.memory > limits.Memory {
		return nil, fmt.Errorf("%w: %d bytes to decode", ErrTooLarge, p.memory)
	}
	if p.Width, p.Height = p.canvas.Dx(), p.canvas.Dy(); p.orientation > 4 {
		p.Width, p.Height = p.Height, p.Width
	}
	return p, nil
}

// Size is the length of the cleaned picture in bytes.
func (p *Picture) Size() int64 {
	n := 0
	for _, piece := range p.pieces {
		n += len(piece)
	}
	return int64(n)
}

// Reader gives the cleaned picture.
func (p *Picture) Reader() io.Reader {
	readers := make([]io.Reader, len(p.pieces))
	for i, piece := range p.pieces {
		readers[i] = bytes.NewReader(piece)
	}
	return io.MultiReader(readers...)
}

// Memory is about how many bytes decoding it takes.
func (p *Picture) Memory() int64 { return p.memory }

// keep adds to what is kept.
func (p *Picture) keep(piece ...byte) { p.pieces = append(p.pieces, piece) }

// decode decodes what is kept, an animated one up to its first frame. What the
// decoders make of hostile input is damage, even if they panic.
func (p *Picture) decode() (img image.Image, err error) {
	defer func() {
		if r := recover(); r != nil {
			img, err = nil, damaged("the decoder gave up: %v", r)
		}
	}()
	r := p.Reader()
	switch p.Format {
	case JPEG:
		img, err = jpeg.Decode(r)
	case PNG:
		img, err = png.Decode(r)
	case GIF:
		img, err = gif.Decode(r)
	case WebP:
		if p.still != nil {
			r = bytes.NewReader(p.still)
		}
		img, err = webp.Decode(r)
	}
	if err != nil {
		return nil, damaged("%v", err)
	}
	if b := img.Bounds(); p.Format != GIF && b.Size() != p.frame().Size() {
		return nil, damaged("it says that it is %v, and is %v", p.frame().Size(), b.Size())
	}
	return img, nil
}

// frame is where the first frame is on the canvas.
func (p *Picture) frame() image.Rectangle {
	if p.still == nil {
		return p.canvas
	}
	return image.Rectangle{p.at, p.at.Add(p.size)}
}
