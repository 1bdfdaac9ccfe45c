package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/blob"
	"github.com/happychat/happychat/internal/blob/blobtest"
)

// s3 is started when the first test wants it.
var s3 struct {
	once   sync.Once
	server *blobtest.Server
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if s3.server != nil {
		if err := s3.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func bucket(t *testing.T) blob.S3Options {
	t.Helper()
	s3.once.Do(func() { s3.server, s3.err = blobtest.Start() })
	if errors.Is(s3.err, blobtest.ErrMissing) {
		t.Skip(s3.err)
	}
	if s3.err != nil {
		t.Fatal(s3.err)
	}
	o, err := s3.server.Bucket(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func openS3(t *testing.T, o blob.S3Options) attachment.Blobs {
	t.Helper()
	b, err := blob.OpenS3(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func openDirectory(t *testing.T) *blob.Directory {
	t.Helper()
	d, err := blob.OpenDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) attachment.Blobs { return openDirectory(t) })
}

func TestS3(t *testing.T) {
	t.Parallel()
	o := bucket(t)
	blobtest.Run(t, func(t *testing.T) attachment.Blobs { return openS3(t, o) })
}

func TestUnkindKeepsTheContract(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) attachment.Blobs {
		return &blobtest.Unkind{Blobs: openDirectory(t), Fault: func(string) (bool, bool) { return false, false }}
	})
}

// A connection that breaks while something is put leaves nothing, or something
// that is removed; one that breaks while something is got is an error, never
// fewer bytes.
func TestS3ConnectionBreaks(t *testing.T) {
	t.Parallel()
	var breaks atomic.Value
	breaks.Store([2]bool{})
	o := blobtest.Relay(t, bucket(t), func(r *http.Request) (bool, bool) {
		b := breaks.Load().([2]bool)
		return b[0], b[1]
	})
	s := openS3(t, o)
	ctx := t.Context()
	data := bytes.Repeat([]byte("0123456789"), 200_000)
	for _, b := range [][2]bool{{true, false}, {false, true}} {
		key := blobtest.Key()
		breaks.Store(b)
		err := s.Put(ctx, key, bytes.NewReader(data), int64(len(data)))
		if b[0] && !errors.Is(err, attachment.ErrUnreachable) {
			t.Errorf("put: %v", err)
		}
		breaks.Store([2]bool{})
		if err := s.Delete(ctx, key); err != nil {
			t.Error(err)
		}
		key = blobtest.Key()
		if err := s.Put(ctx, key, bytes.NewReader(data), int64(len(data))); err != nil {
			t.Fatal(err)
		}
		breaks.Store(b)
		r, err := s.Get(ctx, key, 0, int64(len(data)))
		if err == nil {
			var got []byte
			got, err = io.ReadAll(r)
			if err == nil {
				t.Errorf("get: %d bytes of %d without an error", len(got), len(data))
			}
			r.Close()
		}
		breaks.Store([2]bool{})
	}
}

func TestS3SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	right := bucket(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	l.Close()
	for want, wrong := range map[string]func(*blob.S3Options){
		"has no bucket \"other\"": func(o *blob.S3Options) { o.Bucket = "other" },
		"does not let us in":      func(o *blob.S3Options) { o.SecretKey = "wrong" },
		"check --s3-endpoint":     func(o *blob.S3Options) { o.Endpoint = "http://" + nobody },
	} {
		o := right
		wrong(&o)
		_, err := blob.OpenS3(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
		if err != nil && strings.Contains(err.Error(), o.SecretKey) {
			t.Errorf("the secret is told: %v", err)
		}
	}
}

// What a process that was killed left half written is gone after the next start,
// and what was whole is there.
func TestDirectoryAfterAKill(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "files")
	d, err := blob.OpenDirectory(folder)
	if err != nil {
		t.Fatal(err)
	}
	key := blobtest.Key()
	if err := d.Put(t.Context(), key, strings.NewReader("hello"), 5); err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(folder, "incoming", blobtest.Key())
	if err := os.WriteFile(half, []byte("hel"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err = blob.OpenDirectory(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
	r, err := d.Get(t.Context(), key, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); string(got) != "ell" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	err = filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if info, infoErr := e.Info(); infoErr != nil || info.Mode()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A node that starts on a folder that others use leaves alone what they are
// writing, and removes what nobody writes any more.
func TestSharedDirectory(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "files")
	one, err := blob.OpenSharedDirectory(folder)
	if err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(folder, "incoming", blobtest.Key())
	if err := os.WriteFile(old, []byte("hel"), 0o600); err != nil {
		t.Fatal(err)
	}
	longAgo := time.Now().Add(-72 * time.Hour)
	if err := os.Chtimes(old, longAgo, longAgo); err != nil {
		t.Fatal(err)
	}
	var other *blob.Directory
	start := sync.OnceFunc(func() {
		if other, err = blob.OpenSharedDirectory(folder); err != nil {
			t.Fatal(err)
		}
	})
	key := blobtest.Key()
	// The other node starts when half of the file is there.
	half := readerFunc(func(p []byte) (int, error) {
		start()
		return copy(p, "lo"), io.EOF
	})
	if err := one.Put(t.Context(), key, io.MultiReader(strings.NewReader("hel"), half), 5); err != nil {
		t.Fatal(err)
	}
	r, err := other.Get(t.Context(), key, 0, 5)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); string(got) != "hello" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("what is old is still there: %v", err)
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A disk that is full is said to be, and nothing of the file stays.
func TestDirectoryFull(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("a small disk can not be made here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, 0) })
	d, err := blob.OpenDirectory(folder)
	if err != nil {
		t.Fatal(err)
	}
	ctx, key := context.Background(), blobtest.Key()
	if err := d.Put(ctx, key, bytes.NewReader(make([]byte, 1<<20)), 1<<20); !errors.Is(err, attachment.ErrFull) {
		t.Errorf("%v", err)
	}
	if err := d.Put(ctx, key, bytes.NewReader(make([]byte, 100<<10)), 100<<10); err != nil {
		t.Errorf("there is room again, but %v", err)
	}
}
