package attachment_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/blob"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/sqlstore"
)

// killed is what the process uploads that is killed.
func killed() []byte { return bytes.Repeat([]byte("kill me at any moment "), 800_000) }

// TestMain uploads instead of testing when TestKill starts it once more.
func TestMain(m *testing.M) {
	dir := os.Getenv("ATTACHMENT_TEST_UPLOAD")
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := uploadIn(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// uploadIn uploads over and over, and prints each upload before it begins to
// send bytes.
func uploadIn(dir string) error {
	store, err := sqlstore.Open(context.Background(), sqlstore.Options{Path: filepath.Join(dir, "happychat.db")})
	if err != nil {
		return err
	}
	files, err := blob.OpenDirectory(filepath.Join(dir, "files"))
	if err != nil {
		return err
	}
	now := &clock{now: 1_800_000_000_000}
	s := attachment.NewService(attachment.Options{Store: store, Blobs: files, IDs: change.NewIDs(now), Clock: now, Limits: attachment.Limits{Size: 100_000_000, Day: 1 << 50}})
	data := killed()
	for {
		u, err := s.Begin(context.Background(), ann, "x", int64(len(data)))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(os.Stdout, u.ID); err != nil {
			return err
		}
		if _, _, err := s.Append(context.Background(), ann, u.ID, 0, bytes.NewReader(data)); err != nil {
			return err
		}
	}
}

// A process is killed while it uploads, really: the next one finds how far it
// was, goes on, and has the whole.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := killed()
	for range 6 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "ATTACHMENT_TEST_UPLOAD="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var ids []attachment.ID
		lines := bufio.NewScanner(out)
		if lines.Scan() {
			ids = append(ids, attachment.ID(lines.Text()))
		}
		timer := time.AfterFunc(time.Duration(rand.IntN(150))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		for lines.Scan() {
			ids = append(ids, attachment.ID(lines.Text()))
		}
		timer.Stop()
		_ = cmd.Wait()
		if len(ids) == 0 {
			t.Fatal("the process did not begin")
		}
		w := openWorld(t, dir)
		for _, id := range ids {
			u, a, err := w.Status(t.Context(), ann, id)
			if err != nil {
				t.Fatal(err)
			}
			if a == nil {
				if _, a, err = w.Append(t.Context(), ann, id, u.Received, bytes.NewReader(data[u.Received:])); err != nil {
					t.Fatalf("from %d on: %v", u.Received, err)
				}
			}
			if got, err := w.read(ann, a.ID, attachment.Original); err != nil || !bytes.Equal(got, data) {
				t.Errorf("killed at %d: %d bytes, %v", u.Received, len(got), err)
			}
		}
		w.clock.advance(2 * time.Hour)
		if n := w.tidy(); n != 1 {
			t.Errorf("%d files are left", n)
		}
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	}
}
