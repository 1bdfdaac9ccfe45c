package picture

import (
	"encoding/binary"
	"image"
)

// Flags of the VP8X chunk of WebP (RFC 9649, section 2.7).
const (
	webpProfile, webpAlpha, webpEXIF, webpAnimation = 0x20, 0x10, 0x08, 0x02
)

// riffChunk is a chunk of RIFF: name, and payload without padding.
type riffChunk struct {
	name    string
	payload []byte
}

// riffChunks cuts data into chunks. A last one without its padding is accepted.
func riffChunks(data []byte) ([]riffChunk, error) {
	var list []riffChunk
	for len(data) > 0 {
		if len(data) < 8 {
			return nil, damaged("a chunk is cut off")
		}
		n := int64(binary.LittleEndian.Uint32(data[4:]))
		if n > int64(len(data)-8) {
			return nil, damaged("chunk %q is cut off", data[:4])
		}
		list = append(list, riffChunk{string(data[:4]), data[8 : 8+n]})
		data = data[min(int64(len(data)), 8+n+n&1):]
	}
	return list, nil
}

// append writes the chunk behind the pieces.
func (c riffChunk) append(pieces [][]byte) [][]byte {
	header := binary.LittleEndian.AppendUint32([]byte(c.name), uint32(len(c.payload)))
	pieces = append(pieces, header, c.payload)
	if len(c.payload)&1 == 1 {
		pieces = append(pieces, []byte{0})
	}
	return pieces
}

// riff makes a WebP file of chunks.
func riff(chunks ...riffChunk) [][]byte {
	var body [][]byte
	size := 4
	for _, c := range chunks {
		body = c.append(body)
		size += 8 + len(c.payload) + len(c.payload)&1
	}
	header := append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(size)), "WEBP"...)
	return append([][]byte{header}, body...)
}

// readWebP keeps the frames, what times them, and the colour profile; EXIF is
// written anew with nothing but the orientation.
func (p *Picture) readWebP(raw []byte, limits Limits) error {
	size := int64(binary.LittleEndian.Uint32(raw[4:]))
	if size < 4 || size+8 > int64(len(raw)) {
		return damaged("it is cut off")
	}
	chunks, err := riffChunks(raw[12 : 8+size])
	if err != nil {
		return err
	}
	if len(chunks) == 0 {
		return damaged("it is empty")
	}
	if chunks[0].name != "VP8X" {
		return p.plainWebP(chunks[0], limits)
	}
	extended := chunks[0].payload
	if len(extended) < 10 {
		return damaged("the header is cut off")
	}
	width, height := 1+uint24(extended[4:]), 1+uint24(extended[7:])
	p.canvas = image.Rect(0, 0, width, height)
	if err := limits.check(width, height, 1); err != nil {
		return err
	}
	flags := extended[0] & (webpProfile | webpAlpha | webpAnimation)
	var kept []riffChunk
	var still []riffChunk // alpha and data of a still
	if flags&webpAnimation != 0 {
		p.Frames = 0
	}
	var profile []byte
	for _, c := range chunks[1:] {
		switch c.name {
		case "ICCP":
			if validProfile(c.payload) && profile == nil {
				profile = c.payload
			}
		case "EXIF":
			exif := c.payload
			if len(exif) > 6 && string(exif[:6]) == "Exif\x00\x00" { // not allowed, and seen
				exif = exif[6:]
			}
			if p.orientation == 1 {
				p.orientation = orientation(exif)
			}
		case "ANIM":
			if len(c.payload) < 6 || flags&webpAnimation == 0 {
				return damaged("the animation's header is cut off")
			}
			kept = append(kept, riffChunk{"ANIM", c.payload[:6]})
		case "ANMF":
			if flags&webpAnimation == 0 {
				return damaged("a still has frames")
			}
			c, err := p.frameWebP(c, limits)
			if err != nil {
				return err
			}
			kept = append(kept, c)
		case "ALPH", "VP8 ", "VP8L":
			if flags&webpAnimation != 0 || len(still) > 0 && still[len(still)-1].name != "ALPH" {
				return damaged("chunk %q is not where it belongs", c.name)
			}
			still = append(still, c)
		}
	}
	if flags&webpAnimation == 0 {
		if len(still) == 0 {
			return damaged("it holds no picture")
		}
		if err := p.dataWebP(still, width, height); err != nil {
			return err
		}
	} else if p.Frames == 0 {
		return damaged("it holds no picture")
	}
	head := []byte{flags &^ webpProfile, 0, 0, 0, extended[4], extended[5], extended[6], extended[7], extended[8], extended[9]}
	out := []riffChunk{{"VP8X", head}}
	if profile != nil {
		head[0] |= webpProfile
		out = append(out, riffChunk{"ICCP", profile})
		if isRGB(profile) {
			p.profile = profile
		}
	}
	out = append(append(out, kept...), still...)
	if p.orientation != 1 {
		head[0] |= webpEXIF
		out = append(out, riffChunk{"EXIF", exifOrientation(p.orientation)})
	}
	p.pieces = riff(out...)
	return nil
}

// plainWebP is a file with nothing but a picture.
func (p *Picture) plainWebP(c riffChunk, limits Limits) error {
	width, height, err := sizeWebP(c)
	if err != nil {
		return err
	}
	p.canvas = image.Rect(0, 0, width, height)
	if err := limits.check(width, height, 1); err != nil {
		return err
	}
	p.memory = memoryWebP([]riffChunk{c}, width, height)
	p.pieces = riff(c)
	return nil
}

// dataWebP checks that the data of a still, or of a frame, has the size that
// was announced, and notes what decoding it takes.
func (p *Picture) dataWebP(data []riffChunk, width, height int) error {
	w, h, err := sizeWebP(data[len(data)-1])
	if err != nil {
		return err
	}
	if w != width || h != height {
		return damaged("it says that it is %d by %d pixels, and is %d by %d", width, height, w, h)
	}
	p.memory = max(p.memory, memoryWebP(data, width, height))
	return nil
}

// memoryWebP is what the decoder takes: of VP8 three samples for two pixels and
// one for alpha, of the lossless kind four bytes and as many while it works.
func memoryWebP(data []riffChunk, width, height int) int64 {
	pixels := int64(width+15) * int64(height+15)
	if data[len(data)-1].name == "VP8L" {
		return 8 * pixels
	}
	memory := pixels * 3 / 2
	if len(data) > 1 {
		memory += 9 * pixels // alpha may be of the lossless kind
	}
	return memory
}

// frameWebP counts a frame of an animated picture (RFC 9649, section 2.7.1.1),
// holds it to the canvas and leaves out what it need not have. The first one
// becomes a picture of its own.
func (p *Picture) frameWebP(c riffChunk, limits Limits) (riffChunk, error) {
	if len(c.payload) < 16 {
		return c, damaged("a frame's header is cut off")
	}
	head := c.payload[:16]
	at := image.Pt(2*uint24(head), 2*uint24(head[3:]))
	width, height := 1+uint24(head[6:]), 1+uint24(head[9:])
	if !(image.Rectangle{at, at.Add(image.Pt(width, height))}).In(p.canvas) {
		return c, damaged("a frame lies outside of the picture")
	}
	p.Frames++
	if err := limits.check(p.canvas.Dx(), p.canvas.Dy(), p.Frames); err != nil {
		return c, err
	}
	chunks, err := riffChunks(c.payload[16:])
	if err != nil {
		return c, err
	}
	var data []riffChunk
	for _, d := range chunks {
		if d.name == "ALPH" && len(data) == 0 || (d.name == "VP8 " || d.name == "VP8L") && (len(data) == 0 || data[len(data)-1].name == "ALPH") {
			data = append(data, d)
		}
	}
	if len(data) == 0 {
		return c, damaged("a frame holds no picture")
	}
	if err := p.dataWebP(data, width, height); err != nil {
		return c, err
	}
	if p.Frames == 1 {
		p.still = singleWebP(head, data)
		p.at, p.size = at, image.Pt(width, height)
	}
	payload := append([]byte(nil), head...)
	for _, d := range data {
		for _, piece := range d.append(nil) {
			payload = append(payload, piece...)
		}
	}
	return riffChunk{"ANMF", payload}, nil
}

// sizeWebP reads the size from the data itself: RFC 6386, section 9.1, or RFC
// 9649, section 3.4.
func sizeWebP(c riffChunk) (width, height int, err error) {
	switch d := c.payload; {
	case c.name == "VP8 " && len(d) >= 10 && d[0]&1 == 0 && d[3] == 0x9d && d[4] == 0x01 && d[5] == 0x2a:
		return int(binary.LittleEndian.Uint16(d[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(d[8:]) & 0x3fff), nil
	case c.name == "VP8L" && len(d) >= 5 && d[0] == 0x2f:
		bits := binary.LittleEndian.Uint32(d[1:])
		return int(1 + bits&0x3fff), int(1 + bits>>14&0x3fff), nil
	}
	return 0, 0, damaged("chunk %q is no picture", c.name)
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
