// Package blobtest proves that a place for blobs keeps the contract of
// attachment.Blobs, sentence by sentence, starts a real S3 server for tests, and
// has a place that is as unkind as the contract allows.
package blobtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
)

// Key draws a key.
func Key() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// get reads a range.
func get(ctx context.Context, b attachment.Blobs, key string, offset, length int64) ([]byte, error) {
	r, err := b.Get(ctx, key, offset, length)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// broken gives some bytes and then an error.
type broken struct {
	left int
	err  error
}

func (b *broken) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, b.err
	}
	n := min(len(p), b.left)
	b.left -= n
	return n, nil
}

// Run proves the contract. open gives a place whose faults, if it has any, are
// over for what this test does.
func Run(t *testing.T, open func(t *testing.T) attachment.Blobs) {
	for name, test := range map[string]func(*testing.T, context.Context, attachment.Blobs){
		"what was put is got, whole and in parts": func(t *testing.T, ctx context.Context, b attachment.Blobs) {
			for _, size := range []int{1, 2, 1000, 1 << 20, 16<<20 - 1, 16 << 20, 16<<20 + 1, 40 << 20} {
				key, data := Key(), random(size)
				if err := b.Put(ctx, key, bytes.NewReader(data), int64(size)); err != nil {
					t.Fatalf("%d bytes: %v", size, err)
				}
				for _, r := range [][2]int{{0, size}, {0, 1}, {size - 1, 1}, {size / 2, size - size/2}, {size / 3, size / 3}} {
					if r[1] == 0 {
						continue
					}
					got, err := get(ctx, b, key, int64(r[0]), int64(r[1]))
					if err != nil || !bytes.Equal(got, data[r[0]:r[0]+r[1]]) {
						t.Errorf("%d bytes from %d of %d: %d bytes, %v", r[1], r[0], size, len(got), err)
					}
				}
			}
		},

		"of what was never put there is nothing": func(t *testing.T, ctx context.Context, b attachment.Blobs) {
			if _, err := get(ctx, b, Key(), 0, 1); !errors.Is(err, change.ErrNotFound) {
				t.Errorf("get: %v", err)
			}
			if err := b.Delete(ctx, Key()); err != nil {
				t.Errorf("delete: %v", err)
			}
		},

		"what was deleted is gone": func(t *testing.T, ctx context.Context, b attachment.Blobs) {
			key := Key()
			if err := b.Put(ctx, key, bytes.NewReader([]byte("hello")), 5); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := b.Delete(ctx, key); err != nil {
					t.Error(err)
				}
			}
			if _, err := get(ctx, b, key, 0, 5); !errors.Is(err, change.ErrNotFound) {
				t.Errorf("get: %v", err)
			}
		},

		"a source that breaks, ends early or does not end leaves nothing": func(t *testing.T, ctx context.Context, b attachment.Blobs) {
			own := errors.New("the source broke")
			for _, size := range []int64{5, 1 << 20, 20 << 20} {
				for name, source := range map[string]struct {
					r    io.Reader
					want error
				}{
					"breaks at once":      {&broken{0, own}, own},
					"breaks in between":   {&broken{int(size) / 2, own}, own},
					"breaks at the end":   {&broken{int(size), own}, own},
					"ends early":          {&broken{int(size) - 1, io.EOF}, io.ErrUnexpectedEOF},
					"has a byte to spare": {&broken{int(size) + 1, io.EOF}, nil},
				} {
					key := Key()
					err := b.Put(ctx, key, source.r, size)
					if err == nil || source.want != nil && !errors.Is(err, source.want) {
						t.Errorf("%s, %d bytes: %v", name, size, err)
					}
					if got, err := get(ctx, b, key, 0, 1); !errors.Is(err, change.ErrNotFound) {
						t.Errorf("%s, %d bytes: there is %d, %v", name, size, len(got), err)
					}
				}
			}
		},

		"who gave up waiting leaves nothing": func(t *testing.T, ctx context.Context, b attachment.Blobs) {
			key := Key()
			canceled, cancel := context.WithCancel(ctx)
			r, w := io.Pipe()
			go func() {
				_, _ = w.Write([]byte("hel"))
				cancel()
				_ = w.CloseWithError(context.Canceled)
			}()
			if err := b.Put(canceled, key, r, 5); err == nil {
				t.Error("it was put")
			}
			_ = r.Close()
			if _, err := get(ctx, b, key, 0, 1); !errors.Is(err, change.ErrNotFound) {
				t.Errorf("get: %v", err)
			}
		},

		"keys that lead elsewhere are refused": func(t *testing.T, ctx context.Context, b attachment.Blobs) {
			for _, key := range []string{"", "a", "../../etc/passwd", "ab/../../x", "ABCDEF", "abc\x00def", "abcd.e", "abcd e"} {
				if err := b.Put(ctx, key, bytes.NewReader([]byte("x")), 1); err == nil {
					t.Errorf("put: %q was taken", key)
				}
				if _, err := get(ctx, b, key, 0, 1); err == nil {
					t.Errorf("get: %q was taken", key)
				}
				if err := b.Delete(ctx, key); err == nil {
					t.Errorf("delete: %q was taken", key)
				}
			}
		},

		"many at once": func(t *testing.T, ctx context.Context, b attachment.Blobs) {
			var wg sync.WaitGroup
			for i := range 32 {
				wg.Go(func() {
					key, data := Key(), random(10_000+i)
					if err := b.Put(ctx, key, bytes.NewReader(data), int64(len(data))); err != nil {
						t.Error(err)
					}
					if got, err := get(ctx, b, key, 0, int64(len(data))); err != nil || !bytes.Equal(got, data) {
						t.Errorf("%d bytes, %v", len(got), err)
					}
					if i%2 == 0 {
						if err := b.Delete(ctx, key); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, t.Context(), open(t))
		})
	}
}

// ErrUnkind is what Unkind fails with.
var ErrUnkind = attachment.ErrUnreachable.Because(errors.New("it is unkind"))

// Unkind is a place for blobs that fails as its Fault says, before or after it
// has done what it was asked.
type Unkind struct {
	attachment.Blobs
	// Fault is asked at each call, with the name of the method, and may wait.
	Fault func(method string) (before, after bool)
}

// Put implements attachment.Blobs. When it fails at once it has read half.
func (u *Unkind) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	before, after := u.Fault("Put")
	if before {
		_, _ = io.CopyN(io.Discard, r, size/2)
		return ErrUnkind
	}
	if err := u.Blobs.Put(ctx, key, r, size); err != nil {
		return err
	}
	if after {
		return ErrUnkind // what is there must be removed
	}
	return nil
}

// Get implements attachment.Blobs. What fails afterwards breaks off half-way.
func (u *Unkind) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	before, after := u.Fault("Get")
	if before {
		return nil, ErrUnkind
	}
	r, err := u.Blobs.Get(ctx, key, offset, length)
	if err != nil || !after {
		return r, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(io.LimitReader(r, length/2), &broken{0, ErrUnkind}), r}, nil
}

// Delete implements attachment.Blobs.
func (u *Unkind) Delete(ctx context.Context, key string) error {
	before, after := u.Fault("Delete")
	if before {
		return ErrUnkind
	}
	if err := u.Blobs.Delete(ctx, key); err != nil || !after {
		return err
	}
	return ErrUnkind
}
