package picture

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzRead: whatever comes, nothing panics; what is let through is clean, reads
// the same once more, and decodes to the same pixels as before.
func FuzzRead(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	small := Limits{Pixels: 1 << 20, Frames: 50, Total: 1 << 22, Memory: 32 << 20}
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		p, err := Read(Sniff(raw), raw, small)
		if !bytes.Equal(before, raw) {
			t.Fatal("what was read was changed")
		}
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTooLarge) {
				t.Fatal(err)
			}
			return
		}
		out := cleaned(t, p)
		again, err := Read(p.Format, out, small)
		if err != nil {
			t.Fatalf("what was cleaned can not be read: %v", err)
		}
		if !bytes.Equal(cleaned(t, again), out) || again.Width != p.Width || again.Height != p.Height || again.Frames != p.Frames {
			t.Fatal("what was cleaned is cleaned otherwise")
		}
		r, err := p.Decode()
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		if r.width != p.Width || r.height != p.Height {
			t.Fatalf("%d by %d, not %d by %d", r.width, r.height, p.Width, p.Height)
		}
		samePixels(t, p.Format, raw, out)
		for _, small := range []*Raster{r.Fit(40), r.Square(16)} {
			made, err := small.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if q, err := Read(made.Format, made.Data, limits); err != nil || q.Width != small.width {
				t.Fatalf("the smaller one: %v", err)
			}
			if hash := small.ThumbHash(); len(hash) < 5 || len(hash) > 30 {
				t.Fatalf("a likeness of %d bytes", len(hash))
			}
		}
	})
}
