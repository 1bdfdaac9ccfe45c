package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"io"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// keptChunks are the chunks of PNG that it takes to show the picture (PNG third
// edition, section 11), iCCP and eXIf apart, which are written anew. Text, time,
// histograms and whatever programs put in are left out.
var keptChunks = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true,
	"cHRM": true, "gAMA": true, "sBIT": true, "sRGB": true, "cICP": true, "mDCV": true, "cLLI": true,
	"bKGD": true, "pHYs": true, "acTL": true, "fcTL": true, "fdAT": true,
}

func (p *Picture) readPNG(raw []byte, limits Limits) error {
	rest := raw[len(pngSignature):]
	p.keep([]byte(pngSignature)...)
	p.Frames = 0
	var data, ended bool
	first := true
	for !ended && len(rest) > 0 {
		if len(rest) < 12 {
			return damaged("a chunk is cut off")
		}
		n, kind := int64(binary.BigEndian.Uint32(rest)), string(rest[4:8])
		if n > int64(len(rest)-12) {
			return damaged("chunk %q is cut off", kind)
		}
		chunk, payload := rest[:12+n], rest[8:8+n]
		rest = rest[12+n:]
		if first != (kind == "IHDR") {
			return damaged("chunk %q is not where it belongs", kind)
		}
		first = false
		switch kind {
		case "IHDR":
			if err := p.headerPNG(payload, limits); err != nil {
				return err
			}
		case "IDAT":
			data = true
		case "IEND":
			if n != 0 {
				return damaged("the end holds something")
			}
			ended = true
		case "fcTL":
			if err := p.framePNG(payload, limits); err != nil {
				return err
			}
		case "iCCP":
			if icc := profilePNG(payload); icc != nil && p.profile == nil && !data {
				p.pieces = append(p.pieces, pngProfile(icc))
				p.profile = icc
			}
		case "eXIf":
			if o := orientation(payload); o != 1 && p.orientation == 1 && !data {
				p.orientation = o
				p.pieces = append(p.pieces, pngChunk("eXIf", exifOrientation(o)))
			}
		default:
			if kind[0]&0x20 == 0 && !keptChunks[kind] {
				return damaged("chunk %q is needed to show it, and unknown", kind)
			}
		}
		if !keptChunks[kind] {
			continue
		}
		if crc32.ChecksumIEEE(chunk[4:8+n]) != binary.BigEndian.Uint32(chunk[8+n:]) {
			return damaged("chunk %q was changed on the way", kind)
		}
		p.pieces = append(p.pieces, chunk)
	}
	if !data {
		return damaged("it holds no picture")
	}
	if !ended {
		p.pieces = append(p.pieces, pngChunk("IEND", nil))
	}
	if p.profile != nil && !isRGB(p.profile) {
		p.profile = nil
	}
	p.Frames = max(p.Frames, 1)
	return limits.check(p.canvas.Dx(), p.canvas.Dy(), p.Frames)
}

// headerPNG reads size, depth and kind of colour (section 11.2.1).
func (p *Picture) headerPNG(header []byte, limits Limits) error {
	if len(header) != 13 {
		return damaged("the header has %d bytes", len(header))
	}
	width, height := binary.BigEndian.Uint32(header), binary.BigEndian.Uint32(header[4:])
	if width > 1<<31-1 || height > 1<<31-1 {
		return damaged("it is too wide or too high for its format")
	}
	p.canvas = image.Rect(0, 0, int(width), int(height))
	if err := limits.check(int(width), int(height), 1); err != nil {
		return err
	}
	// What the decoder of the standard library takes for a pixel; transparency
	// of one colour makes four channels of any number.
	depth, colour, interlaced := header[8], header[9], header[12]
	bytesPerPixel := int64(4)
	switch {
	case colour == 3:
		bytesPerPixel = 1
	case depth == 16:
		bytesPerPixel = 8
	}
	p.memory = bytesPerPixel * int64(width) * int64(height)
	if interlaced != 0 {
		p.memory *= 2
	}
	return nil
}

// framePNG counts a frame of an animated picture and holds it to the canvas
// (section 11.3.5.2).
func (p *Picture) framePNG(control []byte, limits Limits) error {
	if len(control) != 26 {
		return damaged("a frame's header has %d bytes", len(control))
	}
	var n [4]int64 // width, height, left, top
	for i := range n {
		n[i] = int64(binary.BigEndian.Uint32(control[4+4*i:]))
	}
	if n[0] < 1 || n[1] < 1 || n[0]+n[2] > int64(p.canvas.Dx()) || n[1]+n[3] > int64(p.canvas.Dy()) {
		return damaged("a frame lies outside of the picture")
	}
	p.Frames++
	return limits.check(p.canvas.Dx(), p.canvas.Dy(), p.Frames)
}

// profilePNG gives the colour profile of an iCCP chunk (section 11.3.2.3): a
// name, a NUL, the method 0, and the profile compressed. One that is not valid
// is left out; browsers do without as well.
func profilePNG(payload []byte) []byte {
	_, packed, ok := bytes.Cut(payload, []byte{0})
	if !ok || len(packed) < 1 || packed[0] != 0 {
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(packed[1:]))
	if err != nil {
		return nil
	}
	icc, err := io.ReadAll(io.LimitReader(z, maxProfile+1))
	if err != nil || !validProfile(icc) {
		return nil
	}
	return icc
}

func pngProfile(icc []byte) []byte {
	var b bytes.Buffer
	b.WriteString("ICC\x00\x00")
	z := zlib.NewWriter(&b)
	_, _ = z.Write(icc) // a buffer takes all
	_ = z.Close()
	return pngChunk("iCCP", b.Bytes())
}

func pngChunk(kind string, payload []byte) []byte {
	c := binary.BigEndian.AppendUint32(nil, uint32(len(payload)))
	c = append(append(c, kind...), payload...)
	return binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
}
