package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"testing"
)

var limits = Limits{Pixels: 50_000_000, Frames: 3000, Total: 1_000_000_000, Memory: 256 << 20}

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func cleaned(t testing.TB, p *Picture) []byte {
	t.Helper()
	data, err := io.ReadAll(p.Reader())
	if err != nil || int64(len(data)) != p.Size() {
		t.Fatalf("%d bytes were read, Size is %d, %v", len(data), p.Size(), err)
	}
	return data
}

func read(t testing.TB, raw []byte) *Picture {
	t.Helper()
	p, err := Read(Sniff(raw), raw, limits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// quarter is the colour in the middle of one of the four quarters as shown.
func quarter(r *Raster, right, below bool) string {
	x, y := r.width/8, r.height/8
	if right {
		x = r.width * 7 / 8
	}
	if below {
		y = r.height * 7 / 8
	}
	px := r.pixels[4*(y*r.width+x):]
	switch {
	case px[3] < 128:
		return "clear"
	case px[0] > 150 && px[1] > 150 && px[2] < 130:
		return "yellow"
	case px[0] > 150 && px[1] < 110:
		return "red"
	case px[1] > 130 && px[0] < 130:
		return "green"
	case px[2] > 150 && px[0] < 110:
		return "blue"
	}
	return "other"
}

// The files of testdata are 96 by 64 pixels: red and green above blue and
// yellow, as stored. Those with much about them say SECRET in all of it.
func TestRead(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		width, height, frames int
		quarters              string // as shown
		rendered              Format
		profile               bool
	}{
		"photo.jpg":       {64, 96, 1, "blue red yellow green", JPEG, true}, // turned by 90 degrees
		"progressive.jpg": {96, 64, 1, "yellow blue green red", JPEG, true}, // upside down
		"cmyk.jpg":        {96, 64, 1, "red green blue yellow", JPEG, false},
		"gray.jpg":        {96, 64, 1, "", JPEG, false},
		"photo.png":       {64, 96, 1, "green yellow red blue", JPEG, true},
		"palette.png":     {96, 64, 1, "red green blue yellow", JPEG, false},
		"interlaced.png":  {96, 64, 1, "red green blue yellow", JPEG, false},
		"deep.png":        {96, 64, 1, "red green blue yellow", JPEG, false},
		"alpha.png":       {96, 64, 1, "clear green clear yellow", PNG, false},
		"plain.webp":      {96, 64, 1, "red green blue yellow", JPEG, false},
		"lossy.webp":      {64, 96, 1, "blue red yellow green", JPEG, true},
		"lossless.webp":   {96, 64, 1, "green red yellow blue", JPEG, true}, // mirrored
		"alpha.webp":      {96, 64, 1, "clear green clear yellow", PNG, true},
		"animated.gif":    {96, 64, 3, "red green blue yellow", JPEG, false},
		"animated.webp":   {96, 64, 3, "red green blue yellow", JPEG, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := file(t, name)
			p := read(t, raw)
			if p.Width != want.width || p.Height != want.height || p.Frames != want.frames {
				t.Errorf("%d by %d, %d frames", p.Width, p.Height, p.Frames)
			}
			out := cleaned(t, p)
			if bytes.Contains(out, []byte("SECRET")) || bytes.Contains(out, []byte("xmp")) {
				t.Errorf("what was about it is still there: %q", out)
			}
			if (p.profile != nil) != want.profile {
				t.Errorf("colour profile: %d bytes", len(p.profile))
			}

			// What is stored reads the same again, to the last byte.
			again := read(t, out)
			if !bytes.Equal(cleaned(t, again), out) || again.orientation != p.orientation || again.Frames != p.Frames || !bytes.Equal(again.profile, p.profile) {
				t.Error("what was cleaned is cleaned otherwise")
			}
			samePixels(t, p.Format, raw, out)

			r, err := p.Decode()
			if err != nil {
				t.Fatal(err)
			}
			small := r.Fit(48)
			if max(small.width, small.height) != 48 || (small.width > small.height) != (want.width > want.height) {
				t.Errorf("it was made %d by %d", small.width, small.height)
			}
			got := strings.Join([]string{quarter(small, false, false), quarter(small, true, false), quarter(small, false, true), quarter(small, true, true)}, " ")
			if want.quarters != "" && got != want.quarters {
				t.Errorf("it shows %s, want %s", got, want.quarters)
			}
			made, err := small.Encode()
			if err != nil || made.Format != want.rendered || made.Width != small.width {
				t.Fatalf("%s of %d by %d, %v", made.Format, made.Width, made.Height, err)
			}
			child := read(t, made.Data)
			if child.Format != want.rendered || child.Width != small.width || child.Height != small.height || !bytes.Equal(child.profile, p.profile) {
				t.Errorf("the smaller one is %s of %d by %d with a profile of %d bytes", child.Format, child.Width, child.Height, len(child.profile))
			}
			square := r.Square(640)
			if square.width != 64 || square.height != 64 {
				t.Errorf("the square is %d by %d", square.width, square.height)
			}
		})
	}
}

// samePixels decodes both with the decoders that know nothing of cleaning.
func samePixels(t testing.TB, format Format, a, b []byte) {
	t.Helper()
	if format == GIF {
		x, err := gif.DecodeAll(bytes.NewReader(a))
		if err != nil {
			return // only the first frame is looked at
		}
		y, err := gif.DecodeAll(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if len(x.Image) != len(y.Image) {
			t.Fatalf("%d frames became %d", len(x.Image), len(y.Image))
		}
		for i := range x.Image {
			if !bytes.Equal(x.Image[i].Pix, y.Image[i].Pix) || x.Delay[i] != y.Delay[i] || x.Disposal[i] != y.Disposal[i] {
				t.Errorf("frame %d is not the same", i)
			}
		}
		return
	}
	x, _, err := image.Decode(bytes.NewReader(a))
	if err != nil {
		return // an animated WebP, or one whose end was added
	}
	y, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("it was decoded before it was cleaned, and not after: %v", err)
	}
	if x.Bounds() != y.Bounds() {
		t.Fatalf("%v became %v", x.Bounds(), y.Bounds())
	}
	for py := x.Bounds().Min.Y; py < x.Bounds().Max.Y; py++ {
		for px := x.Bounds().Min.X; px < x.Bounds().Max.X; px++ {
			if x.At(px, py) != y.At(px, py) {
				t.Fatalf("pixel %d, %d changed", px, py)
			}
		}
	}
}

func TestWhatIsNoPicture(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"avif": string(file(t, "still.avif")), "svg": `<svg xmlns="http://www.w3.org/2000/svg"/>`, "html": "<!doctype html>", "nothing": "", "short": "\xff\xd8",
		"riff": "RIFF\x00\x00\x00\x00WAVE",
	} {
		if f := Sniff([]byte(raw)); f != "" {
			t.Errorf("%s is %s", name, f)
		}
	}
}

// Whatever hangs on behind the end goes: archives, pages, second pictures.
func TestNothingBehindTheEnd(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"photo.jpg", "photo.png", "animated.gif", "lossy.webp"} {
		raw := file(t, name)
		clean := cleaned(t, read(t, raw))
		tailed := append(bytes.Clone(raw), "PK\x03\x04<script>alert(1)</script>"...)
		if got := cleaned(t, read(t, tailed)); !bytes.Equal(got, clean) {
			t.Errorf("%s: %d bytes instead of %d", name, len(got), len(clean))
		}
	}
}

// What is said in the places that pictures have for it goes.
func TestPlacesForText(t *testing.T) {
	t.Parallel()
	secret := []byte("SECRET words")
	insert := func(raw []byte, at int, more ...[]byte) []byte {
		return bytes.Join([][]byte{raw[:at], bytes.Join(more, nil), raw[at:]}, nil)
	}
	jpg, gf, pn := file(t, "gray.jpg"), file(t, "animated.gif"), file(t, "palette.png")
	sub := func(data string) []byte { return append([]byte{byte(len(data))}, data...) }
	palette := 13 + colours(gf[10])
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(secret)
	_ = z.Close()
	var inserted [][]byte
	for marker := byte(0xe0); marker <= 0xef; marker++ {
		inserted = append(inserted, insert(jpg, 2, jpegSegment(marker, secret)))
	}
	inserted = append(
		inserted,
		insert(jpg, 2, jpegSegment(0xfe, secret)),
		insert(jpg, 2, jpegSegment(mAPP0, []byte("JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x02\x02"), secret)), // its thumbnail
		insert(jpg, 2, jpegSegment(mAPP2, []byte("MPF\x00"), secret)),
		insert(jpg, 2, jpegSegment(mAPP2, []byte("ICC_PROFILE\x00\x01\x01"), secret)),
		insert(jpg, 2, jpegSegment(0xed, []byte("Photoshop 3.0\x008BIM"), secret)), // IPTC
		insert(gf, palette, []byte{0x21, 0xfe}, sub(string(secret)), []byte{0}),
		insert(gf, palette, []byte{0x21, 0x01}, sub("123456789012"), sub(string(secret)), []byte{0}),
		insert(gf, palette, []byte{0x21, 0xff}, sub("XMP DataXMP"), sub(string(secret)), []byte{0}),
		insert(gf, palette, []byte{0x21, 0xff}, sub("NETSCAPE2.0"), sub(string(secret)), []byte{0}),
		insert(pn, 33, pngChunk("tEXt", append([]byte("Comment\x00"), secret...))),
		insert(pn, 33, pngChunk("zTXt", append([]byte("SECRET\x00\x00"), packed.Bytes()...))),
		insert(pn, 33, pngChunk("iTXt", append([]byte("SECRET\x00\x00\x00\x00\x00"), secret...))),
		insert(pn, 33, pngChunk("iCCP", append([]byte("SECRET\x00\x00"), packed.Bytes()...))),
		insert(pn, 33, pngChunk("tIME", []byte{7, 230, 1, 1, 1, 1, 1})),
		insert(pn, 33, pngChunk("seCr", secret)),
	)
	plain := map[Format][]byte{JPEG: cleaned(t, read(t, jpg)), GIF: cleaned(t, read(t, gf)), PNG: cleaned(t, read(t, pn))}
	for i, raw := range inserted {
		p := read(t, raw)
		if out := cleaned(t, p); !bytes.Equal(out, plain[p.Format]) && (p.Format != JPEG || bytes.Contains(out, []byte("SECRET"))) {
			t.Errorf("%d: it stayed: %q", i, out)
		}
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"photo.jpg", "progressive.jpg", "photo.png", "interlaced.png", "animated.gif", "lossy.webp", "animated.webp", "alpha.webp"} {
		raw := file(t, name)
		whole := cleaned(t, read(t, raw))
		for n := 12; n < len(raw); n++ {
			p, err := Read(Sniff(raw), raw[:n], limits)
			if err == nil {
				_, err = p.Decode()
			}
			// Where only the end is missing it is added; what is about the
			// picture may stand behind it. A GIF may lose its last frames.
			if err == nil && p.Format != GIF && !bytes.Equal(cleaned(t, p), whole) {
				if _, err := jpeg.Decode(bytes.NewReader(raw[:n])); p.Format != JPEG || err == nil {
					t.Errorf("%s cut off at %d of %d passed", name, n, len(raw))
				}
			}
			if err != nil && !errors.Is(err, ErrDamaged) {
				t.Errorf("%s cut off at %d: %v", name, n, err)
			}
		}
	}
	for name, raw := range map[string]string{
		"a page that says it is a picture": "GIF89a\x09\x00\x09\x00<script>alert(1)</script>",
		"a JPEG of words":                  "\xff\xd8\xff\xe0 these are words",
		"no frame":                         "\xff\xd8\xff\xd9",
		"a PNG of words":                   pngSignature + "hello, world; hello, world",
		"RIFF without a picture":           "RIFF\x04\x00\x00\x00WEBP",
		"two headers":                      string(file(t, "palette.png")[:33]) + string(file(t, "palette.png")[8:]),
	} {
		if _, err := Read(Sniff([]byte(raw)), []byte(raw), limits); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// bombs are small files that ask for much.
func bombs(t testing.TB) map[string][]byte {
	header := func(width, height uint32, depth, colour, interlaced byte) []byte {
		h := binary.BigEndian.AppendUint32(nil, width)
		h = binary.BigEndian.AppendUint32(h, height)
		return pngChunk("IHDR", append(h, depth, colour, 0, 0, interlaced))
	}
	zeros := func(n int64) []byte {
		var b bytes.Buffer
		z, _ := zlib.NewWriterLevel(&b, zlib.BestCompression)
		_, _ = io.CopyN(z, zeroReader{}, n)
		_ = z.Close()
		return b.Bytes()
	}
	pngOf := func(chunks ...[]byte) []byte {
		return append([]byte(pngSignature), bytes.Join(append(chunks, pngChunk("IEND", nil)), nil)...)
	}
	big := file(t, "gray.jpg")
	big = bytes.Clone(big)
	sof := bytes.Index(big, []byte{0xff, mSOF0})
	copy(big[sof+5:], "\xff\xff\xff\xff")
	scan := file(t, "progressive.jpg")
	at := bytes.Index(scan, []byte{0xff, mSOS})
	n := int(binary.BigEndian.Uint16(scan[at+2:]))
	one := scan[at : at+2+n+scanLength(scan[at+2+n:])]
	scans := bytes.Join([][]byte{scan[:at], bytes.Repeat(one, 5000), scan[at:]}, nil)

	canvas := file(t, "animated.gif")
	canvas = bytes.Clone(canvas)
	copy(canvas[6:], "\xff\xff\xff\xff")
	gf := file(t, "animated.gif")
	first := 13 + colours(gf[10])
	frames := bytes.Join([][]byte{gf[:first], bytes.Repeat(gf[first:len(gf)-1], 2000), {gifTrailer}}, nil)
	film := func(width, height, count int) []byte {
		g := append([]byte("GIF89a"), byte(width), byte(width>>8), byte(height), byte(height>>8), 0x80, 0, 0, 0, 0, 0, 255, 255, 255)
		frame := append([]byte{gifImage, 0, 0, 0, 0}, byte(width), byte(width>>8), byte(height), byte(height>>8), 0, 2, 1, 0x44, 0)
		return append(append(g, bytes.Repeat(frame, count)...), gifTrailer)
	}
	extended := func(flags byte, width, height int) riffChunk {
		w, h := width-1, height-1
		return riffChunk{"VP8X", []byte{flags, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)}}
	}
	webp := func(chunks ...riffChunk) []byte { return bytes.Join(riff(chunks...), nil) }
	lossless := riffChunk{"VP8L", []byte{0x2f, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0, 0}}
	return map[string][]byte{
		"PNG of 2^31 pixels squared":        pngOf(header(1<<31-1, 1<<31-1, 8, 6, 0), pngChunk("IDAT", zeros(1<<20))),
		"PNG of 30000 pixels squared":       pngOf(header(30000, 30000, 8, 6, 0), pngChunk("IDAT", zeros(100<<20))),
		"PNG that is wide":                  pngOf(header(1<<31-1, 1, 1, 0, 0), pngChunk("IDAT", zeros(1<<20))),
		"PNG of 49 megapixels, 16 bits":     pngOf(header(7000, 7000, 16, 6, 0), pngChunk("IDAT", zeros(100<<20))),
		"PNG with a profile of a gigabyte":  pngOf(header(1, 1, 8, 0, 0), pngChunk("iCCP", append([]byte("x\x00\x00"), zeros(256<<20)...)), pngChunk("IDAT", zeros(2))),
		"PNG with 4000 frames":              pngOf(append([][]byte{header(1, 1, 8, 0, 0)}, repeatChunk(pngChunk("fcTL", []byte("\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")), 4000)...)...),
		"JPEG of 65535 pixels squared":      big,
		"JPEG of 5000 scans":                scans,
		"GIF on a canvas of 65535 squared":  canvas,
		"GIF of 6000 frames":                frames,
		"GIF of 500 frames of 4 megapixels": film(2000, 2000, 500),
		"WebP of 16383 pixels squared":      webp(lossless),
		"WebP on a canvas of 2^24 squared":  webp(extended(webpAnimation, 1<<24, 1<<24), riffChunk{"ANIM", make([]byte, 6)}),
		"WebP that says it is small":        webp(extended(0, 10, 10), lossless),
	}
}

func repeatChunk(c []byte, n int) [][]byte {
	list := make([][]byte, n)
	for i := range list {
		list[i] = c
	}
	return list
}

type zeroReader struct{}

func (zeroReader) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// What is too large is found out by reading, not by decoding: everything that is
// allocated for it, freed or not, is less than a few times the file.
func TestBombs(t *testing.T) {
	for name, raw := range bombs(t) {
		before := allocated()
		p, err := Read(Sniff(raw), raw, limits)
		used := int64(allocated() - before)
		if most := 6*int64(len(raw)) + 32<<20; used > most {
			t.Errorf("%s: %d bytes were allocated for a file of %d", name, used, len(raw))
		}
		if err == nil && strings.Contains(name, "profile") {
			if p.profile != nil {
				t.Errorf("%s: the profile was kept", name)
			}
			continue
		}
		if !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is let through takes about as much as was said.
func TestMemoryIsForeseen(t *testing.T) {
	const w, h = 1800, 1200
	gray := image.NewGray(image.Rect(0, 0, w, h))
	rgba := image.NewRGBA(gray.Rect)
	draw.Draw(rgba, rgba.Rect, image.NewUniform(color.RGBA{200, 100, 50, 255}), image.Point{}, draw.Src)
	clear8 := image.NewNRGBA(gray.Rect)
	deep := image.NewNRGBA64(gray.Rect)
	paletted := image.NewPaletted(gray.Rect, color.Palette{color.Black, color.White})
	encode := func(img image.Image) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var colour, film bytes.Buffer
	_ = jpeg.Encode(&colour, rgba, nil)
	_ = gif.Encode(&film, paletted, nil)
	for name, raw := range map[string][]byte{
		"gray PNG": encode(gray), "PNG": encode(rgba), "clear PNG": encode(clear8), "deep PNG": encode(deep), "PNG with a palette": encode(paletted),
		"JPEG": colour.Bytes(), "GIF": film.Bytes(),
	} {
		p := read(t, raw)
		before := allocated()
		r, err := p.Decode()
		if err != nil {
			t.Fatal(err)
		}
		if used := int64(allocated() - before); used > p.Memory()+4<<20 {
			t.Errorf("%s: decoding took %d bytes, %d were foreseen", name, used, p.Memory())
		}
		before = allocated()
		r.Fit(1600)
		if used := int64(allocated() - before); used > 40<<20 {
			t.Errorf("%s: making it smaller took %d bytes", name, used)
		}
	}
}

// The expected bytes are those of the script that its author published.
func TestThumbHash(t *testing.T) {
	t.Parallel()
	raster := func(w, h int, at func(x, y int) [4]uint8) *Raster {
		r := &Raster{width: w, height: h, orientation: 1, region: image.Rect(0, 0, w, h)}
		for i := range w * h {
			px := at(i%w, i/w)
			r.pixels = append(r.pixels, px[:]...)
		}
		r.source = &image.RGBA{Pix: r.pixels, Stride: 4 * w, Rect: r.region}
		return r
	}
	wide := func(x, y int) [4]uint8 { return [4]uint8{uint8(x * 8), uint8(y * 12), uint8(x * y), 255} }
	for want, r := range map[string]*Raster{
		"da080e1d986086777088778678687878f6860ff788": raster(30, 20, wide),
		"9f588a1b904ab577a08a86d4a74ffc8440988888888888": raster(30, 20, func(x, y int) [4]uint8 {
			if x < 10 {
				return [4]uint8{}
			}
			return wide(x, y)
		}),
		"21790e5d1878788088788878888778888f76c7f888": raster(20, 30, func(x, y int) [4]uint8 {
			return [4]uint8{uint8(255 - x*8), uint8(y * 8), uint8(x*7 + y*3), 255}
		}),
	} {
		if got := hex.EncodeToString(r.ThumbHash()); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Every new pixel is the average of what it covers.
func TestScaling(t *testing.T) {
	t.Parallel()
	src := image.NewRGBA(image.Rect(0, 0, 7, 5))
	for i := range src.Pix {
		src.Pix[i] = uint8(i * 37)
		if i%4 == 3 {
			src.Pix[i] = 255
		}
	}
	r := &Raster{source: src, region: src.Rect, width: 7, height: 5, orientation: 1}
	const w, h = 3, 2
	got := r.scale(src.Rect, w, h)
	for y := range h {
		for x := range w {
			for c := range 4 {
				var sum float64
				for sy := range 5 {
					for sx := range 7 {
						over := func(s, from, n, to int) float64 { // how much of the new pixel n the old one s covers
							a, b := max(float64(s)*float64(to)/float64(from), float64(n)), min(float64(s+1)*float64(to)/float64(from), float64(n+1))
							return max(0, b-a)
						}
						sum += over(sx, 7, x, w) * over(sy, 5, y, h) * float64(src.Pix[src.PixOffset(sx, sy)+c])
					}
				}
				if px := float64(got.pixels[4*(y*w+x)+c]); px < sum-0.6 || px > sum+0.6 {
					t.Errorf("pixel %d, %d, channel %d is %v, want %v", x, y, c, px, sum)
				}
			}
		}
	}
	if same := r.Fit(100); !bytes.Equal(same.pixels, src.Pix) {
		t.Error("a picture that is small enough was changed")
	}
}

func BenchmarkTwelveMegapixels(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 4000, 3000))
	for i := range img.Pix {
		img.Pix[i] = uint8(i>>6 ^ i>>14 ^ i*31>>3)
	}
	var buf bytes.Buffer
	_ = jpeg.Encode(&buf, img, &jpeg.Options{Quality: 85})
	b.Logf("%d bytes", buf.Len())
	b.ResetTimer()
	for range b.N {
		p, err := Read(JPEG, buf.Bytes(), limits)
		if err != nil {
			b.Fatal(err)
		}
		r, err := p.Decode()
		if err != nil {
			b.Fatal(err)
		}
		preview := r.Fit(1600)
		if _, err := preview.Encode(); err != nil {
			b.Fatal(err)
		}
		thumb := preview.Fit(480)
		if _, err := thumb.Encode(); err != nil {
			b.Fatal(err)
		}
		thumb.ThumbHash()
	}
}
