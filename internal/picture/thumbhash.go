package picture

import "math"

// ThumbHash gives about 25 bytes that a blurred likeness can be drawn from
// before the picture is there: the averages of luminance, two colours and alpha
// as the first terms of their cosine transforms, after the description by Evan
// Wallace (https://evanw.github.io/thumbhash/).
func (r *Raster) ThumbHash() []byte {
	small := r.Fit(100)
	w, h := small.width, small.height
	n := w * h
	// The average colour stands in where it is transparent.
	var average [3]float64
	var alphas float64
	for i := range n {
		px := small.pixels[4*i:]
		for c := range 3 {
			average[c] += float64(px[c]) / 255
		}
		alphas += float64(px[3]) / 255
	}
	if alphas > 0 {
		for c := range 3 {
			average[c] /= alphas
		}
	}
	hasAlpha := alphas < float64(n)
	limit := 7.0 // of the terms of luminance
	if hasAlpha {
		limit = 5
	}
	longest := float64(max(w, h))
	lx := max(1, int(math.Round(limit*float64(w)/longest)))
	ly := max(1, int(math.Round(limit*float64(h)/longest)))

	l, p, q, a := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		px := small.pixels[4*i:]
		alpha := float64(px[3]) / 255
		var rgb [3]float64
		for c := range 3 {
			rgb[c] = average[c]*(1-alpha) + float64(px[c])/255
		}
		l[i] = (rgb[0] + rgb[1] + rgb[2]) / 3
		p[i] = (rgb[0]+rgb[1])/2 - rgb[2]
		q[i] = rgb[0] - rgb[1]
		a[i] = alpha
	}
	luminance := terms(l, w, h, max(3, lx), max(3, ly))
	yellow := terms(p, w, h, 3, 3)
	red := terms(q, w, h, 3, 3)

	landscape := w > h
	header := uint32(math.Round(63*luminance.dc)) | uint32(math.Round(31.5+31.5*yellow.dc))<<6 |
		uint32(math.Round(31.5+31.5*red.dc))<<12 | uint32(math.Round(31*luminance.scale))<<18
	if hasAlpha {
		header |= 1 << 23
	}
	other := uint32(lx)
	if landscape {
		other = uint32(ly) | 1<<15
	}
	other |= uint32(math.Round(63*yellow.scale))<<3 | uint32(math.Round(63*red.scale))<<9
	hash := []byte{byte(header), byte(header >> 8), byte(header >> 16), byte(other), byte(other >> 8)}
	channels := []channel{luminance, yellow, red}
	if hasAlpha {
		alpha := terms(a, w, h, 5, 5)
		hash = append(hash, byte(math.Round(15*alpha.dc))|byte(math.Round(15*alpha.scale))<<4)
		channels = append(channels, alpha)
	}
	low := true
	for _, c := range channels {
		for _, f := range c.ac {
			nibble := byte(math.Round(15 * f))
			if low {
				hash = append(hash, nibble)
			} else {
				hash[len(hash)-1] |= nibble << 4
			}
			low = !low
		}
	}
	return hash
}

// channel is the transform of one channel: the constant term, and the others
// from 0 to 1 with what they were divided by.
type channel struct {
	dc, scale float64
	ac        []float64
}

func terms(values []float64, w, h, nx, ny int) channel {
	var c channel
	fx := make([]float64, w)
	for cy := range ny {
		for cx := 0; cx*ny < nx*(ny-cy); cx++ {
			for x := range w {
				fx[x] = math.Cos(math.Pi / float64(w) * float64(cx) * (float64(x) + 0.5))
			}
			f := 0.0
			for y := range h {
				fy := math.Cos(math.Pi / float64(h) * float64(cy) * (float64(y) + 0.5))
				for x := range w {
					f += values[x+y*w] * fx[x] * fy
				}
			}
			f /= float64(w * h)
			if cx == 0 && cy == 0 {
				c.dc = f
				continue
			}
			c.ac = append(c.ac, f)
			c.scale = max(c.scale, math.Abs(f))
		}
	}
	if c.scale > 0 {
		for i, f := range c.ac {
			c.ac[i] = 0.5 + 0.5/c.scale*f
		}
	}
	return c
}
