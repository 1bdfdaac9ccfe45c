package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"slices"

	"golang.org/x/image/webp"
)

// Shrink makes a picture of which no side is longer than long, with its
// transparency and its motion: a JPEG or PNG of a still, and a GIF of what
// moves, but for a PNG, which is made to stand still. It takes about Memory
// bytes, and one byte more for every pixel of all
// frames. The error is ErrDamaged.
func (p *Picture) Shrink(long int) (Rendering, error) {
	if p.Frames < 2 || p.Format == PNG {
		r, err := p.Decode()
		if err != nil {
			return Rendering{}, err
		}
		return r.Fit(long).Encode()
	}
	film, err := p.film()
	if err != nil {
		return Rendering{}, err
	}
	out := gif.GIF{LoopCount: film.loops}
	canvas := image.NewRGBA(p.canvas)
	var size image.Point
	for _, f := range film.frames {
		img, err := f.decode()
		if err != nil {
			return Rendering{}, err
		}
		before := slices.Clone(canvas.Pix)
		op := draw.Over
		if f.replaces {
			op = draw.Src
		}
		draw.Draw(canvas, f.at, img, img.Bounds().Min, op)
		r := &Raster{source: canvas, region: p.canvas, orientation: p.orientation, width: p.Width, height: p.Height}
		small := r.Fit(long)
		size = image.Pt(small.width, small.height)
		out.Image = append(out.Image, paletted(small.source.(*image.RGBA)))
		out.Delay = append(out.Delay, f.delay)
		out.Disposal = append(out.Disposal, gif.DisposalBackground) // each frame is whole
		switch f.after {
		case gif.DisposalBackground:
			draw.Draw(canvas, f.at, image.Transparent, image.Point{}, draw.Src)
		case gif.DisposalPrevious:
			copy(canvas.Pix, before)
		}
	}
	out.Config = image.Config{ColorModel: out.Image[0].Palette, Width: size.X, Height: size.Y}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &out); err != nil {
		return Rendering{}, damaged("%v", err)
	}
	return Rendering{Format: GIF, Width: size.X, Height: size.Y, Data: b.Bytes()}, nil
}

// film is what an animated picture plays.
type film struct {
	frames []frame
	loops  int // as package gif counts them: 0 is for ever, -1 is once
}

// frame is one picture of a film and what is done with it.
type frame struct {
	decode   func() (image.Image, error)
	at       image.Rectangle // on the canvas
	delay    int             // in hundredths of a second
	replaces bool            // what is below it shows nowhere
	after    byte            // a disposal of package gif
}

// film reads the frames of an animated picture. What the decoders make of
// hostile input is damage, even if they panic.
func (p *Picture) film() (f film, err error) {
	defer recoverDamage(&err)
	if p.Format == WebP {
		return p.filmWebP()
	}
	all, err := gif.DecodeAll(p.Reader())
	if err != nil {
		return f, damaged("%v", err)
	}
	f.loops = all.LoopCount
	for i, img := range all.Image {
		f.frames = append(f.frames, frame{
			decode: func() (image.Image, error) { return img, nil }, at: img.Bounds(), delay: all.Delay[i], after: all.Disposal[i],
		})
	}
	return f, nil
}

// filmWebP reads the frames of an animated WebP (RFC 9649, section 2.7.1.1).
func (p *Picture) filmWebP() (f film, err error) {
	raw := bytes.Join(p.pieces, nil)
	chunks, err := riffChunks(raw[12:])
	if err != nil {
		return f, err
	}
	for _, c := range chunks {
		switch c.name {
		case "ANIM":
			// Loops are counted from one there, and a GIF names how often it comes
			// again.
			if n := int(c.payload[4]) | int(c.payload[5])<<8; n > 0 {
				f.loops = n - 1
				if n == 1 {
					f.loops = -1
				}
			}
		case "ANMF":
			head := c.payload[:16]
			corner := image.Pt(2*uint24(head), 2*uint24(head[3:]))
			data, err := riffChunks(c.payload[16:])
			if err != nil {
				return f, err
			}
			single := singleWebP(head, data)
			next := frame{
				decode: func() (img image.Image, err error) {
					defer recoverDamage(&err)
					img, err = webp.Decode(bytes.NewReader(single))
					if err != nil {
						return nil, damaged("%v", err)
					}
					return img, nil
				},
				at:       image.Rectangle{corner, corner.Add(image.Pt(1+uint24(head[6:]), 1+uint24(head[9:])))},
				delay:    max(1, uint24(head[12:])/10),
				replaces: head[15]&2 != 0,
				after:    gif.DisposalNone,
			}
			if head[15]&1 != 0 {
				next.after = gif.DisposalBackground
			}
			f.frames = append(f.frames, next)
		}
	}
	return f, nil
}

// singleWebP makes a picture of its own of the data of a frame.
func singleWebP(head []byte, data []riffChunk) (single []byte) {
	if data[0].name == "ALPH" {
		data = append([]riffChunk{{"VP8X", append([]byte{webpAlpha, 0, 0, 0}, head[6:12]...)}}, data...)
	}
	for _, piece := range riff(data...) {
		single = append(single, piece...)
	}
	return single
}

// recoverDamage makes damage of a panic.
func recoverDamage(err *error) {
	if r := recover(); r != nil {
		*err = damaged("the decoder gave up: %v", r)
	}
}

// most is how many colours a frame of a GIF has besides the transparent one.
const most = 255

// shade is a group of colours that are alike, with how many pixels have it and
// the sums of their parts.
type shade struct {
	n     int
	parts [3]int
	bin   int
}

func (s shade) part(i int) int { return s.parts[i] / s.n }

// paletted makes a frame of a GIF of premultiplied pixels. What is less than
// half opaque becomes transparent.
func paletted(img *image.RGBA) *image.Paletted {
	var bins [1 << 15]shade
	bin := func(i int) int {
		px := img.Pix[i : i+4 : i+4]
		a := int(px[3])
		if a < 128 {
			return -1
		}
		r, g, b := int(px[0])*255/a, int(px[1])*255/a, int(px[2])*255/a
		at := r>>3<<10 | g>>3<<5 | b>>3
		s := &bins[at]
		s.n++
		s.parts[0] += r
		s.parts[1] += g
		s.parts[2] += b
		return at
	}
	of := make([]int, len(img.Pix)/4)
	for i := range of {
		of[i] = bin(4 * i)
	}
	var shades []shade
	for i, s := range bins {
		if s.n > 0 {
			s.bin = i
			shades = append(shades, s)
		}
	}
	var index [1 << 15]uint8
	palette := color.Palette{color.RGBA{}}
	for _, box := range cut(shades) {
		var sum shade
		for _, s := range box {
			index[s.bin] = uint8(len(palette))
			sum.n += s.n
			for i := range sum.parts {
				sum.parts[i] += s.parts[i]
			}
		}
		palette = append(palette, color.RGBA{uint8(sum.part(0)), uint8(sum.part(1)), uint8(sum.part(2)), 255})
	}
	out := image.NewPaletted(img.Rect, palette)
	for i, at := range of {
		if at >= 0 {
			out.Pix[i] = index[at]
		}
	}
	return out
}

// cut sorts shades into at most as many boxes as there may be colours, by
// halving the box that spreads widest (Heckbert's median cut).
func cut(shades []shade) [][]shade {
	if len(shades) == 0 {
		return nil
	}
	boxes := [][]shade{shades}
	for len(boxes) < most {
		best, along, width := -1, 0, 0
		for i, box := range boxes {
			for part := range 3 {
				low, high := 255, 0
				for _, s := range box {
					low, high = min(low, s.part(part)), max(high, s.part(part))
				}
				if len(box) > 1 && high-low > width {
					best, along, width = i, part, high-low
				}
			}
		}
		if best < 0 {
			break
		}
		box := boxes[best]
		slices.SortFunc(box, func(a, b shade) int { return a.part(along) - b.part(along) })
		total, half := 0, 0
		for _, s := range box {
			total += s.n
		}
		at := 0
		for at < len(box)-1 && (at == 0 || half < total/2) {
			half += box[at].n
			at++
		}
		boxes[best] = box[:at]
		boxes = append(boxes, box[at:])
	}
	return boxes
}
