package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// Rendering is a smaller picture made of another.
type Rendering struct {
	Format        Format
	Width, Height int
	Data          []byte
}

// Raster is a decoded picture, or a smaller one made of it, the way it is shown.
type Raster struct {
	source      image.Image
	region      image.Rectangle // of source; what is outside of it is transparent
	orientation int
	profile     []byte

	// What was scaled has its pixels here instead, premultiplied.
	pixels        []uint8
	width, height int // as shown
}

// Decode decodes the first frame. It takes about Memory bytes, which the result
// holds. The error is ErrDamaged.
func (p *Picture) Decode() (*Raster, error) {
	img, err := p.decode()
	if err != nil {
		return nil, err
	}
	// The canvas in the coordinates of the frame.
	region := p.canvas
	if p.still != nil {
		region = p.canvas.Sub(p.at).Add(img.Bounds().Min)
	}
	return &Raster{source: img, region: region, orientation: p.orientation, profile: p.profile, width: p.Width, height: p.Height}, nil
}

// Fit makes one whose sides are at most long pixels, and never a larger one.
func (r *Raster) Fit(long int) *Raster {
	w, h := r.width, r.height
	if s := max(w, h); s > long {
		w, h = max(1, (w*long+s/2)/s), max(1, (h*long+s/2)/s)
	}
	return r.scale(r.region, w, h)
}

// Square makes one of the middle, with sides of at most this many pixels.
func (r *Raster) Square(side int) *Raster {
	short := min(r.region.Dx(), r.region.Dy())
	corner := r.region.Min.Add(image.Pt((r.region.Dx()-short)/2, (r.region.Dy()-short)/2))
	side = min(side, short)
	return r.scale(image.Rectangle{corner, corner.Add(image.Pt(short, short))}, side, side)
}

// scale makes a part of r into a picture of the size, as shown, by averaging the
// area that each new pixel covers. It never has to make pixels larger.
func (r *Raster) scale(part image.Rectangle, width, height int) *Raster {
	w, h := width, height // as stored
	if r.orientation > 4 {
		w, h = h, w
	}
	columns, rows := spans(part.Dx(), w), spans(part.Dy(), h)
	line := make([]uint8, 4*part.Dx())
	sums := make([]float32, 4*w)
	total := make([]float32, 2*4*w) // of the row that is being made and of the next
	pixels := make([]uint8, 4*w*h)
	flush := func(y int) {
		out := pixels[4*w*y:]
		for i, v := range total[:4*w] {
			out[i] = uint8(min(255, v+0.5))
		}
		copy(total, total[4*w:])
		clear(total[4*w:])
	}
	made := 0
	for y := range part.Dy() {
		r.row(part.Min.X, part.Min.Y+y, line)
		clear(sums)
		for x, span := range columns {
			px := line[4*x : 4*x+4 : 4*x+4]
			to := sums[4*span.at : 4*span.at+4 : 4*span.at+4]
			for c := range to {
				to[c] += float32(px[c]) * span.share
			}
			if span.rest > 0 {
				to := sums[4*span.at+4 : 4*span.at+8 : 4*span.at+8]
				for c := range to {
					to[c] += float32(px[c]) * span.rest
				}
			}
		}
		span := rows[y]
		for made < span.at {
			flush(made)
			made++
		}
		for i, v := range sums {
			total[i] += v * span.share
		}
		if span.rest > 0 {
			for i, v := range sums {
				total[4*w+i] += v * span.rest
			}
		}
	}
	for made < h {
		flush(made)
		made++
	}
	out := &Raster{pixels: pixels, width: w, height: h, orientation: 1, profile: r.profile}
	out.turn(r.orientation)
	out.region = image.Rect(0, 0, out.width, out.height)
	out.source = &image.RGBA{Pix: out.pixels, Stride: 4 * out.width, Rect: out.region}
	return out
}

// span says where an old pixel goes: a share of a new one to the first new pixel
// that it touches, and the rest to the next.
type span struct {
	at          int
	share, rest float32
}

func spans(from, to int) []span {
	list := make([]span, from)
	for i := range list {
		// In units of 1/from of a new pixel, the old one reaches from a to b.
		a, b := i*to, (i+1)*to
		at := a / from
		share := min(b, (at+1)*from) - a
		list[i] = span{at, float32(share) / float32(from), float32(b-a-share) / float32(from)}
	}
	return list
}

// row gives the premultiplied pixels of a row from x on.
func (r *Raster) row(x, y int, line []uint8) {
	n := len(line) / 4
	b := r.source.Bounds()
	if y < b.Min.Y || y >= b.Max.Y || x < b.Min.X || x+n > b.Max.X {
		clear(line)
		if y < b.Min.Y || y >= b.Max.Y {
			return
		}
		from, to := max(x, b.Min.X), min(x+n, b.Max.X)
		if from >= to {
			return
		}
		line = line[4*(from-x) : 4*(to-x)]
		x, n = from, to-from
	}
	switch img := r.source.(type) {
	case *image.YCbCr:
		for i := range n {
			c, yy := img.COffset(x+i, y), img.YOffset(x+i, y)
			line[4*i], line[4*i+1], line[4*i+2] = color.YCbCrToRGB(img.Y[yy], img.Cb[c], img.Cr[c])
			line[4*i+3] = 255
		}
	case *image.Gray:
		for i, v := range img.Pix[img.PixOffset(x, y):][:n] {
			line[4*i], line[4*i+1], line[4*i+2], line[4*i+3] = v, v, v, 255
		}
	case *image.RGBA:
		copy(line, img.Pix[img.PixOffset(x, y):][:4*n])
	case *image.NRGBA:
		premultiply(line, img.Pix[img.PixOffset(x, y):][:4*n])
	case *image.Paletted:
		var colours [256][4]uint8
		for i, c := range img.Palette {
			red, green, blue, alpha := c.RGBA()
			colours[i] = [4]uint8{uint8(red >> 8), uint8(green >> 8), uint8(blue >> 8), uint8(alpha >> 8)}
		}
		for i, v := range img.Pix[img.PixOffset(x, y):][:n] {
			copy(line[4*i:], colours[v][:])
		}
	case image.RGBA64Image: // all that the decoders make
		for i := range n {
			c := img.RGBA64At(x+i, y)
			line[4*i], line[4*i+1], line[4*i+2], line[4*i+3] = uint8(c.R>>8), uint8(c.G>>8), uint8(c.B>>8), uint8(c.A>>8)
		}
	}
}

func premultiply(to, from []uint8) {
	for i := 0; i+3 < len(from); i += 4 {
		a := uint32(from[i+3])
		for c := range 3 {
			to[i+c] = uint8((uint32(from[i+c])*a + 127) / 255)
		}
		to[i+3] = uint8(a)
	}
}

// turn applies an orientation (EXIF 2.32, 4.6.4, tag 0x0112).
func (r *Raster) turn(orientation int) {
	if orientation == 1 {
		return
	}
	w, h := r.width, r.height
	width, height := w, h
	if orientation > 4 {
		width, height = h, w
	}
	out := make([]uint8, len(r.pixels))
	for y := range height {
		for x := range width {
			sx, sy := x, y
			switch orientation {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			copy(out[4*(y*width+x):][:4], r.pixels[4*(sy*w+sx):][:4])
		}
	}
	r.pixels, r.width, r.height = out, width, height
}

// quality of JPEG: hard to tell from the original on a screen.
const quality = 82

// Encode makes a JPEG of what was scaled, or a PNG if it is transparent
// somewhere, with the colour profile of the original.
func (r *Raster) Encode() (Rendering, error) {
	img := r.source.(*image.RGBA)
	out := Rendering{Format: JPEG, Width: r.width, Height: r.height}
	var b bytes.Buffer
	if !img.Opaque() {
		out.Format = PNG
		if err := png.Encode(&b, img); err != nil {
			return out, err
		}
		out.Data = b.Bytes()
		if r.profile != nil {
			// Behind the header, which is the first chunk and has 25 bytes.
			at := len(pngSignature) + 25
			out.Data = bytes.Join([][]byte{out.Data[:at], pngProfile(r.profile), out.Data[at:]}, nil)
		}
		return out, nil
	}
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return out, err
	}
	out.Data = b.Bytes()
	if r.profile != nil {
		parts := [][]byte{out.Data[:2]}
		for _, part := range splitProfile(r.profile) {
			parts = append(parts, jpegSegment(mAPP2, part))
		}
		out.Data = bytes.Join(append(parts, out.Data[2:]), nil)
	}
	return out, nil
}
