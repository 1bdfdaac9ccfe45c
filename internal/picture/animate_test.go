package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"testing"
)

// flicker is a GIF of frames that are half transparent, of which the second only
// changes a part.
func flicker(t testing.TB, side int, disposal byte) []byte {
	t.Helper()
	palette := color.Palette{color.RGBA{}, color.RGBA{255, 0, 0, 255}, color.RGBA{0, 0, 255, 255}}
	whole := image.NewPaletted(image.Rect(0, 0, side, side), palette)
	for y := range side {
		for x := range side / 2 {
			whole.SetColorIndex(x, y, 1)
		}
	}
	part := image.NewPaletted(image.Rect(0, 0, side, side/2), palette)
	for i := range part.Pix {
		part.Pix[i] = 2
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{whole, part}, Delay: []int{10, 30}, Disposal: []byte{disposal, gif.DisposalNone}}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestShrinkKeepsMotionAndTransparency(t *testing.T) {
	const red, blue, clear = "red", "blue", "clear"
	look := func(img image.Image, x, y int) string {
		switch r, _, b, a := img.At(x, y).RGBA(); {
		case a == 0:
			return clear
		case r > b:
			return red
		}
		return blue
	}
	for name, c := range map[string]struct {
		disposal byte
		corner   string // below on the left, in the second frame
	}{
		"what was there stays": {gif.DisposalNone, red},
		"what was there goes":  {gif.DisposalBackground, clear},
	} {
		r, err := read(t, flicker(t, 800, c.disposal)).Shrink(512)
		if err != nil {
			t.Fatal(err)
		}
		out, err := gif.DecodeAll(bytes.NewReader(r.Data))
		if err != nil {
			t.Fatal(err)
		}
		if r.Format != GIF || r.Width != 512 || out.Config.Width != 512 || len(out.Image) != 2 || out.Delay[1] != 30 {
			t.Errorf("%s: %d by %d, %d frames, %v", name, r.Width, r.Height, len(out.Image), out.Delay)
		}
		one, two := out.Image[0], out.Image[1]
		got := []string{look(one, 10, 10), look(one, 500, 10), look(two, 500, 10), look(two, 10, 500), look(two, 500, 500)}
		want := []string{red, clear, blue, c.corner, clear}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %v, want %v", name, got, want)
				break
			}
		}
		if again := read(t, r.Data); again.Frames != 2 {
			t.Errorf("%s: what was made is read with %d frames", name, again.Frames)
		}
	}
}

func TestShrinkOfFixtures(t *testing.T) {
	for name, c := range map[string]struct {
		format Format
		moves  bool
	}{
		"animated.webp": {GIF, true}, "animated.gif": {GIF, true}, "alpha.png": {PNG, false}, "alpha.webp": {PNG, false}, "photo.jpg": {JPEG, false},
	} {
		r, err := read(t, file(t, name)).Shrink(24)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p := read(t, r.Data)
		if r.Format != c.format || max(p.Width, p.Height) > 24 || p.Frames > 1 != c.moves {
			t.Errorf("%s: %s, %d by %d, %d frames", name, r.Format, p.Width, p.Height, p.Frames)
		}
	}
}

func TestManyColoursBecomeFew(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 256, 256))
	for y := range 256 {
		for x := range 256 {
			img.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y), uint8(x ^ y), 255})
		}
	}
	out := paletted(img)
	if len(out.Palette) != 256 {
		t.Errorf("%d colours", len(out.Palette))
	}
	worst := 0
	for y := range 256 {
		for x := range 256 {
			a, b := img.RGBAAt(x, y), out.At(x, y).(color.RGBA)
			for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
				worst = max(worst, d, -d)
			}
		}
	}
	if worst > 64 {
		t.Errorf("a colour is off by %d", worst)
	}
}

// What claims to be animated and is damaged within is an error, not a panic.
func TestShrinkOfDamage(t *testing.T) {
	raw := flicker(t, 64, gif.DisposalNone)
	for at := 20; at < len(raw); at += 3 {
		damagedRaw := bytes.Clone(raw)
		damagedRaw[at] ^= 0x5a
		p, err := Read(GIF, damagedRaw, Limits{Pixels: 1 << 20, Frames: 100, Total: 1 << 22, Memory: 1 << 24})
		if err != nil {
			continue
		}
		if _, err := p.Shrink(32); err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
	}
}
