package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
)

// Markers of JPEG (ITU T.81, table B.1).
const (
	mSOF0, mSOF1, mSOF2 = 0xc0, 0xc1, 0xc2
	mDHT                = 0xc4
	mRST0, mRST7        = 0xd0, 0xd7
	mSOI, mEOI          = 0xd8, 0xd9
	mSOS, mDQT, mDRI    = 0xda, 0xdb, 0xdd
	mAPP0, mAPP1, mAPP2 = 0xe0, 0xe1, 0xe2
	mAPP14              = 0xee
)

// maxScans bounds what a progressive picture makes whoever shows it do: each
// scan passes over the whole picture. Encoders make about ten.
const maxScans = 100

// readJPEG keeps the tables, the frame and its scans, and writes anew the little
// of the application segments that is needed to show it: density, orientation,
// colour transform and colour profile. What follows the end is cut off; an end
// that lacks is added, and whether the scans are whole is the decoder's to say.
func (p *Picture) readJPEG(raw []byte, limits Limits) error {
	var density, adobe []byte
	var profile profileParts
	var frame []byte // the SOF segment without its marker
	var progressive bool
	var body [][]byte
	scans := 0
	rest := raw[2:]
loop:
	for {
		// Between segments encoders leave fill bytes, and some a little rubbish.
		at := bytes.IndexByte(rest, 0xff)
		if at < 0 || at+1 >= len(rest) {
			break // cut off behind a segment
		}
		rest = rest[at+1:]
		marker := rest[0]
		switch {
		case marker == 0xff, marker == 0x00:
			continue // the marker is still to come
		case marker == mEOI:
			break loop
		case marker >= mRST0 && marker <= mRST7:
			rest = rest[1:]
			continue
		}
		if len(rest) < 3 {
			return damaged("a segment is cut off")
		}
		n := int(binary.BigEndian.Uint16(rest[1:]))
		if n < 2 || 1+n > len(rest) {
			return damaged("segment %#x is cut off", marker)
		}
		segment, payload := rest[:1+n], rest[3:1+n]
		rest = rest[1+n:]
		switch marker {
		case mAPP0:
			if bytes.HasPrefix(payload, []byte("JFIF\x00")) && len(payload) >= 12 && density == nil {
				density = payload[7:12]
			}
		case mAPP1:
			if exif, ok := bytes.CutPrefix(payload, []byte("Exif\x00\x00")); ok && p.orientation == 1 {
				p.orientation = orientation(exif)
			}
		case mAPP2:
			profile.add(payload)
		case mAPP14:
			if bytes.HasPrefix(payload, []byte("Adobe")) && len(payload) >= 12 {
				adobe = payload[:12]
			}
		case mSOF0, mSOF1, mSOF2:
			if frame != nil {
				return damaged("it has two frames")
			}
			frame, progressive = payload, marker == mSOF2
			if err := p.frameJPEG(frame, limits); err != nil {
				return err
			}
			body = append(body, []byte{0xff}, segment)
		case mDHT, mDQT, mDRI:
			body = append(body, []byte{0xff}, segment)
		case mSOS:
			if frame == nil {
				return damaged("a scan comes before the frame")
			}
			if scans++; scans > maxScans {
				return fmt.Errorf("%w: more than %d scans", ErrTooLarge, maxScans)
			}
			n := scanLength(rest)
			body = append(body, []byte{0xff}, segment, rest[:n])
			rest = rest[n:]
		default:
			if marker < mAPP0 {
				return damaged("marker %#x has no place in pictures for browsers", marker)
			}
			// Application segments and comments are left out.
		}
	}
	if scans == 0 {
		return damaged("it has no scan")
	}
	p.memory = memoryJPEG(frame, progressive, adobe)

	p.keep(0xff, mSOI)
	if density != nil {
		p.segment(mAPP0, []byte("JFIF\x00\x01\x02"), density, []byte{0, 0})
	}
	if p.orientation != 1 {
		p.segment(mAPP1, []byte("Exif\x00\x00"), exifOrientation(p.orientation))
	}
	if icc := profile.join(); icc != nil {
		for _, part := range splitProfile(icc) {
			p.segment(mAPP2, part)
		}
		if isRGB(icc) && len(frame) > 5 && frame[5] == 3 {
			p.profile = icc
		}
	}
	if adobe != nil {
		p.segment(mAPP14, adobe)
	}
	p.pieces = append(p.pieces, body...)
	p.keep(0xff, mEOI)
	return nil
}

// frameJPEG reads the size of the picture (T.81, B.2.2).
func (p *Picture) frameJPEG(frame []byte, limits Limits) error {
	if len(frame) < 6 || len(frame) != 6+3*int(frame[5]) {
		return damaged("the frame header is cut off")
	}
	height, width := int(binary.BigEndian.Uint16(frame[1:])), int(binary.BigEndian.Uint16(frame[3:]))
	p.canvas = image.Rect(0, 0, width, height)
	return limits.check(width, height, 1)
}

// memoryJPEG is what the decoder of the standard library takes: a byte for each
// sample, four more for each coefficient of a progressive picture, and a second
// picture where there is no YCbCr.
func memoryJPEG(frame []byte, progressive bool, adobe []byte) int64 {
	height, width := int64(binary.BigEndian.Uint16(frame[1:])), int64(binary.BigEndian.Uint16(frame[3:]))
	var samples, hMax, vMax int64 = 0, 1, 1
	for c := frame[6:]; len(c) >= 3; c = c[3:] {
		h, v := int64(c[1]>>4), int64(c[1]&15)
		samples += h * v
		hMax, vMax = max(hMax, h), max(vMax, v)
	}
	// The picture is padded to whole units of 8 by 8 samples.
	width, height = (width+8*hMax-1)/(8*hMax)*8, (height+8*vMax-1)/(8*vMax)*8
	memory := width * height * samples
	if progressive {
		memory += 4 * memory
	}
	if components := frame[5]; components == 4 || components == 3 && len(adobe) == 12 && adobe[11] == 0 {
		memory += 4 * width * hMax * height * vMax
	}
	return memory
}

// scanLength is how far the entropy-coded data reaches: up to a marker that is
// neither a restart nor a stuffed byte (T.81, B.1.1.5).
func scanLength(data []byte) int {
	for n := 0; ; {
		at := bytes.IndexByte(data[n:], 0xff)
		if at < 0 {
			return len(data)
		}
		n += at
		if n+1 == len(data) {
			return n
		}
		if next := data[n+1]; next != 0 && (next < mRST0 || next > mRST7) {
			return n
		}
		n += 2
	}
}

// segment adds a segment made of parts.
func (p *Picture) segment(marker byte, parts ...[]byte) {
	p.pieces = append(p.pieces, jpegSegment(marker, parts...))
}

func jpegSegment(marker byte, parts ...[]byte) []byte {
	payload := bytes.Join(parts, nil)
	s := []byte{0xff, marker, 0, 0}
	binary.BigEndian.PutUint16(s[2:], uint16(2+len(payload)))
	return append(s, payload...)
}
