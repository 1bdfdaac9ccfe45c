package attachment_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/blob"
	"github.com/happychat/happychat/internal/blob/blobtest"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/sqlstore"
)

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now int64
}

func (c *clock) Now() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += d.Milliseconds()
}

// world is the service on a real store and a real folder.
type world struct {
	*attachment.Service
	t      testing.TB
	store  *sqlstore.Store
	folder string
	unkind *blobtest.Unkind
	clock  *clock
	ids    *change.IDs
}

const ann, bob = change.ID(1), change.ID(2)

func newWorld(t testing.TB) *world { return openWorld(t, t.TempDir()) }

// openWorld opens what is in a folder.
func openWorld(t testing.TB, dir string) *world {
	t.Helper()
	store, err := sqlstore.Open(context.Background(), sqlstore.Options{Path: filepath.Join(dir, "happychat.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, store: store, folder: filepath.Join(dir, "files"), clock: &clock{now: 1_800_000_000_000}}
	w.ids = change.NewIDs(w.clock)
	w.restart()
	return w
}

// restart is what a process does that begins on what another left.
func (w *world) restart() {
	w.t.Helper()
	d, err := blob.OpenDirectory(w.folder)
	if err != nil {
		w.t.Fatal(err)
	}
	w.unkind = &blobtest.Unkind{Blobs: d, Fault: func(string) (bool, bool) { return false, false }}
	w.Service = attachment.NewService(attachment.Options{Store: w.store, Blobs: w.unkind, IDs: w.ids, Clock: w.clock})
}

// upload uploads all at once.
func (w *world) upload(who change.ID, name string, data []byte) (attachment.Attachment, error) {
	ctx := context.Background()
	u, err := w.Begin(ctx, who, name, int64(len(data)))
	if err != nil {
		return attachment.Attachment{}, err
	}
	_, a, err := w.Append(ctx, who, u.ID, 0, bytes.NewReader(data))
	if err != nil {
		return attachment.Attachment{}, err
	}
	return *a, nil
}

func (w *world) read(who change.ID, id attachment.ID, v attachment.Variant) ([]byte, error) {
	o, err := w.Open(context.Background(), who, id, v)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return io.ReadAll(o)
}

// tidy removes all that is of no use, and tells what is left in the folder.
func (w *world) tidy() (files int) {
	w.t.Helper()
	if err := w.Tidy(context.Background()); err != nil {
		w.t.Error(err)
	}
	err := filepath.WalkDir(w.folder, func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files++
		}
		return err
	})
	if err != nil {
		w.t.Error(err)
	}
	return files
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "picture", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheSameIsKeptOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	photo := fixture(t, "photo.jpg")
	a, err := w.upload(ann, "a.jpg", photo)
	if err != nil {
		t.Fatal(err)
	}
	if n := w.tidy(); n != 1 {
		t.Errorf("%d files for a small picture", n)
	}
	b, err := w.upload(bob, "b.jpg", photo)
	if err != nil || b.ID == a.ID || b.Key != a.Key || b.Name != "b.jpg" {
		t.Errorf("%+v, %v", b, err)
	}
	// Words are the same whatever they are called.
	text := bytes.Repeat([]byte("words "), 400_000)
	for i := range 3 {
		if _, err := w.upload(ann, fmt.Sprint(i), text); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.tidy(); n != 2 {
		t.Errorf("%d files for two contents", n)
	}
	if st, err := w.Statistics(t.Context()); err != nil || st.Attachments != 5 || st.ByKind[attachment.Image].Count != 1 || st.ByKind[attachment.File].Bytes != int64(len(text)) || st.Unfinished.Count != 0 {
		t.Errorf("%+v %v", st, err)
	}
	w.clock.advance(25 * time.Hour)
	if n := w.tidy(); n != 0 {
		t.Errorf("%d files are left of what nobody used", n)
	}
}

// Many upload, cancel and forget the same few contents while others tidy, and
// the place for files fails now and then: what was answered with an attachment
// can be read, whole, and in the end nothing is left over.
func TestRacesAndFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(1, 2))
	roll := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return dice.IntN(n)
	}
	w.unkind.Fault = func(string) (bool, bool) { return roll(15) == 0, roll(15) == 0 }
	contents := [][]byte{fixture(t, "photo.jpg"), fixture(t, "animated.gif"), []byte("some words"), bytes.Repeat([]byte("more words"), 150_000)}
	stop := make(chan struct{})
	var tidying, uploading sync.WaitGroup
	tidying.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				_ = w.Tidy(context.Background()) // it may be unkind
				w.clock.advance(10 * time.Minute)
			}
		}
	})
	var made [8]int
	for i := range made {
		uploading.Go(func() {
			for range 12 {
				data := contents[roll(len(contents))]
				who := change.ID(10 + i)
				a, err := w.upload(who, "x", data)
				if err != nil {
					if k := change.KindOf(err); k == change.Internal {
						t.Errorf("upload: %v", err)
					}
					continue
				}
				for range 20 { // reading may be unkind
					got, err := w.read(who, a.ID, attachment.Original)
					if err == nil && a.Kind == attachment.File && !bytes.Equal(got, data) {
						t.Errorf("%d bytes came back of %d", len(got), len(data))
					}
					if err == nil {
						made[i]++
						break
					}
					if errors.Is(err, attachment.ErrNotFound) {
						break // a day passed meanwhile
					}
					if errors.Is(err, change.ErrNotFound) {
						t.Error("the bytes of what can be read are gone")
					}
				}
			}
		})
	}
	uploading.Wait()
	close(stop)
	tidying.Wait()
	w.unkind.Fault = func(string) (bool, bool) { return false, false }
	total := 0
	for _, n := range made {
		total += n
	}
	if total < 20 {
		t.Errorf("only %d were read: the test does not try much", total)
	}
	w.clock.advance(50 * time.Hour)
	if n := w.tidy(); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

// The same part fifty times at once: one is taken, and the upload is whole.
func TestPartsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	data := bytes.Repeat([]byte("0123456789"), 150_000)
	u, err := w.Begin(t.Context(), ann, "x", int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var results [attachment.MaxAtOnce]*attachment.Attachment
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			_, a, err := w.Append(context.Background(), ann, u.ID, 0, bytes.NewReader(data))
			if err != nil && !errors.Is(err, attachment.ErrOffset) {
				t.Error(err)
			}
			results[i] = a
		})
	}
	wg.Wait()
	_, a, err := w.Append(t.Context(), ann, u.ID, int64(len(data)), strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r != nil && r.ID != a.ID {
			t.Errorf("%s and %s came of one upload", r.ID, a.ID)
		}
	}
	if got, err := w.read(ann, a.ID, attachment.Original); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if n := w.tidy(); n != 1 {
		t.Errorf("%d files are left", n)
	}
}

// The disk is full in the middle of an upload: a clear sentence, what came is
// kept, and with room again it goes on.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := os.MkdirAll(w.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", w.folder, "tmpfs", 0, "size=6m"); err != nil {
		t.Skipf("a small disk can not be made here: %v", err)
	}
	defer syscall.Unmount(w.folder, syscall.MNT_DETACH)
	w.restart()
	ballast := filepath.Join(w.folder, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	data := bytes.Repeat([]byte("full"), 600_000) // 2.4 MB, twice while it is put together
	u, err := w.Begin(t.Context(), ann, "x", int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = w.Append(t.Context(), ann, u.ID, 0, bytes.NewReader(data))
	if !errors.Is(err, attachment.ErrFull) {
		t.Fatalf("%v", err)
	}
	now, _, err := w.Status(t.Context(), ann, u.ID)
	if err != nil || now.Received < attachment.PartSize {
		t.Fatalf("%d bytes are kept, %v", now.Received, err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	_, a, err := w.Append(t.Context(), ann, u.ID, now.Received, bytes.NewReader(data[now.Received:]))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := w.read(ann, a.ID, attachment.Original); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if n := w.tidy(); n != 1 {
		t.Errorf("%d files are left", n)
	}
}

// A process is killed at any step of an upload: the next one goes on where the
// last answer, or one step more, was.
func TestKilled(t *testing.T) {
	t.Parallel()
	data := append([]byte("GIF87a?"), bytes.Repeat([]byte("killed "), 400_000)...)
	data[0] = 'X'
	for step := 1; ; step++ {
		w := newWorld(t)
		u, err := w.Begin(t.Context(), ann, "x", int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		// From this step on nothing is written any more, as of the kill.
		calls, killed := 0, false
		w.unkind.Fault = func(string) (bool, bool) {
			calls++
			killed = killed || calls == step
			return calls > step, calls == step // done, but nobody heard of it
		}
		_, _, err = w.Append(t.Context(), ann, u.ID, 0, bytes.NewReader(data))
		w.restart()
		now, a, statusErr := w.Status(t.Context(), ann, u.ID)
		if statusErr != nil {
			t.Fatalf("step %d: %v", step, statusErr)
		}
		if a == nil {
			_, a, err = w.Append(t.Context(), ann, u.ID, now.Received, bytes.NewReader(data[now.Received:]))
		}
		if err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
		if got, err := w.read(ann, a.ID, attachment.Original); err != nil || !bytes.Equal(got, data) {
			t.Errorf("step %d: %d bytes, %v", step, len(got), err)
		}
		w.clock.advance(2 * time.Hour)
		if n := w.tidy(); n != 1 {
			t.Errorf("step %d: %d files are left", step, n)
		}
		if !killed {
			return
		}
	}
}

func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// Pictures that ask for much are refused before they are decoded. All that is
// allocated for them, freed or not, is little.
func TestBombsTakeLittle(t *testing.T) {
	w := newWorld(t)
	gif := fixture(t, "animated.gif")
	canvas := bytes.Replace(gif, []byte{96, 0, 64, 0}, []byte{0xff, 0xff, 0xff, 0xff}, 1)
	png := fixture(t, "alpha.png")
	png = bytes.Clone(png)
	copy(png[16:], "\x00\x00\xff\xff\x00\x00\xff\xff")
	jpg := bytes.Clone(fixture(t, "gray.jpg"))
	copy(jpg[bytes.Index(jpg, []byte{0xff, 0xc0})+5:], "\xff\xff\xff\xff")
	if _, err := w.upload(ann, "warm", []byte("warm")); err != nil {
		t.Fatal(err)
	}
	for name, bomb := range map[string][]byte{"GIF": canvas, "PNG": png, "JPEG": jpg} {
		before := allocated()
		_, err := w.upload(ann, name, bomb)
		if !errors.Is(err, attachment.ErrPictureLarge) {
			t.Errorf("%s: %v", name, err)
		}
		if used := allocated() - before; used > 4<<20 {
			t.Errorf("%s: %d bytes were allocated", name, used)
		}
	}
	if n := w.tidy(); n != 1 {
		t.Errorf("%d files are left", n)
	}
}

func TestCleanName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"报告.pdf": "报告.pdf", "../../etc/passwd": "passwd", `C:\Users\x\a.txt`: "a.txt", "": "file", "..": "file", ".": "file", " \t": "file",
		"a\x00b\r\nc": "abc", "photo\u202egpj.exe": "photogpj.exe", "\xffbad": "\uFFFDbad", "<img src=x onerror=alert(1)>": "<img src=x onerror=alert(1)>",
		strings.Repeat("x", 300) + ".tar.gz": strings.Repeat("x", 252) + ".gz", strings.Repeat("长", 256): strings.Repeat("长", 255),
	} {
		if got := attachment.CleanName(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}
