package picture

import (
	"encoding/binary"
	"image"
)

// Blocks of GIF (GIF89a, appendix A).
const (
	gifExtension   = 0x21
	gifImage       = 0x2c
	gifTrailer     = 0x3b
	gifControl     = 0xf9
	gifApplication = 0xff
)

// readGIF keeps the frames, what times them, and how often they are repeated.
// Comments, text and what applications put in are left out. An end that lacks
// is added.
func (p *Picture) readGIF(raw []byte, limits Limits) error {
	if len(raw) < 13 {
		return damaged("the header is cut off")
	}
	width, height := int(binary.LittleEndian.Uint16(raw[6:])), int(binary.LittleEndian.Uint16(raw[8:]))
	p.canvas = image.Rect(0, 0, width, height)
	if err := limits.check(width, height, 1); err != nil {
		return err
	}
	p.memory = int64(width) * int64(height)
	start := 13 + colours(raw[10])
	if start > len(raw) {
		return damaged("the colours are cut off")
	}
	p.pieces = append(p.pieces, raw[:start])
	rest := raw[start:]
	p.Frames = 0
	for len(rest) > 0 {
		switch rest[0] {
		case gifTrailer:
			rest = nil
		case 0: // left behind by some encoders
			rest = rest[1:]
		case gifExtension:
			n, err := p.extensionGIF(rest)
			if err != nil {
				return err
			}
			rest = rest[n:]
		case gifImage:
			n, err := p.frameGIF(rest)
			if err != nil {
				return err
			}
			rest = rest[n:]
			if p.Frames++; p.Frames > 1 {
				if err := limits.check(width, height, p.Frames); err != nil {
					return err
				}
			}
		default:
			return damaged("there is no block %#x", rest[0])
		}
	}
	if p.Frames == 0 {
		return damaged("it holds no picture")
	}
	p.keep(gifTrailer)
	return nil
}

// colours is the length of the table that the flags announce.
func colours(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// extensionGIF gives the length of an extension, and keeps what times a frame
// and how often all are repeated.
func (p *Picture) extensionGIF(rest []byte) (int, error) {
	if len(rest) < 3 {
		return 0, damaged("an extension is cut off")
	}
	n, err := subBlocks(rest[2:])
	if err != nil {
		return 0, err
	}
	n += 2
	switch block := rest[2:n]; {
	case rest[1] == gifControl && block[0] == 4:
		p.keep(gifExtension, gifControl, 4, block[1], block[2], block[3], block[4], 0)
	case rest[1] == gifApplication && block[0] == 11 && (string(block[1:12]) == "NETSCAPE2.0" || string(block[1:12]) == "ANIMEXTS1.0"):
		if len(block) >= 16 && block[12] == 3 && block[13] == 1 {
			p.keep(append([]byte("\x21\xff\x0bNETSCAPE2.0\x03\x01"), block[14], block[15], 0)...)
		}
	}
	return n, nil
}

// frameGIF gives the length of a frame and keeps it.
func (p *Picture) frameGIF(rest []byte) (int, error) {
	if len(rest) < 11 {
		return 0, damaged("a frame is cut off")
	}
	var n [4]int // left, top, width, height
	for i := range n {
		n[i] = int(binary.LittleEndian.Uint16(rest[1+2*i:]))
	}
	if n[2] < 1 || n[3] < 1 || n[0]+n[2] > p.canvas.Dx() || n[1]+n[3] > p.canvas.Dy() {
		return 0, damaged("a frame lies outside of the picture")
	}
	at := 10 + colours(rest[9]) + 1
	if at > len(rest) {
		return 0, damaged("a frame is cut off")
	}
	data, err := subBlocks(rest[at:])
	if err != nil {
		return 0, err
	}
	p.pieces = append(p.pieces, rest[:at+data])
	return at + data, nil
}

// subBlocks gives the length of a chain of blocks of up to 255 bytes, its end
// included.
func subBlocks(data []byte) (int, error) {
	for n := 0; n < len(data); {
		size := int(data[n])
		n += 1 + size
		if size == 0 {
			return n, nil
		}
	}
	return 0, damaged("a chain of blocks is cut off")
}
