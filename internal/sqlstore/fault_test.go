package sqlstore_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/sqlstore"
)

// runSQL does to a database what this program would not.
func runSQL(t *testing.T, driver, name string, texts ...string) {
	t.Helper()
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, text := range texts {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

// checkWhole asks SQLite whether anything is damaged.
func checkWhole(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var result string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&result); err != nil || result != "ok" {
		t.Errorf("integrity_check: %s, %v", result, err)
	}
}

func refusesToOpen(t *testing.T, o sqlstore.Options, sentence string) {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), o)
	if err == nil {
		s.Close()
		t.Fatal("it was opened")
	}
	if !strings.Contains(err.Error(), sentence) {
		t.Errorf("the error is %q, want %q in it", err, sentence)
	}
}

func TestRefusesWhatIsNotItsDatabase(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		make     func(t *testing.T, path string)
		sentence string
	}{
		"of a newer version": {func(t *testing.T, path string) {
			s, err := sqlstore.Open(t.Context(), sqlstore.Options{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			s.Close()
			runSQL(t, "sqlite", path, fmt.Sprintf("INSERT INTO schema_version (version) VALUES (%d)", sqlstore.SchemaVersion()+1))
		}, "it was used by a newer happychat. Run that one, or restore a backup from before the upgrade; nothing was changed"},
		"no database": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, bytes.Repeat([]byte("My diary. "), 1000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "damaged or is not a database"},
		"of another program": {func(t *testing.T, path string) {
			runSQL(t, "sqlite", path, "CREATE TABLE diary (day TEXT, text TEXT)", "INSERT INTO diary VALUES ('monday', 'rain')")
		}, "is not one of Happy Chat"},
		"cut off": {func(t *testing.T, path string) {
			s, err := sqlstore.Open(t.Context(), sqlstore.Options{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			s.Close()
			if err := os.Truncate(path, 4096); err != nil {
				t.Fatal(err)
			}
		}, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "happychat.db")
			tt.make(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			refusesToOpen(t, sqlstore.Options{Path: path}, tt.sentence)
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file was changed, %v", err)
			}
			if names := entries(t, filepath.Dir(path)); len(names) != 1 {
				t.Errorf("left behind: %v", names)
			}
		})
	}
}

func entries(t *testing.T, folder string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestPostgresRefusesWhatIsNotItsDatabase(t *testing.T) {
	t.Parallel()
	url := fast.database(t)
	s, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	runSQL(t, "pgx", url, fmt.Sprintf("INSERT INTO schema_version (version) VALUES (%d)", sqlstore.SchemaVersion()+1))
	refusesToOpen(t, sqlstore.Options{URL: url}, "nothing was changed")
	refusesToOpen(t, sqlstore.Options{URL: url + "&port=1"}, "PostgreSQL does not answer")
	refusesToOpen(t, sqlstore.Options{URL: "postgres://%zz"}, "the database URL is not understood")
}

func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(publicFolder(t), "data")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "happychat.db")
	for _, tt := range []struct{ what, sentence string }{
		{"an empty folder", "can not be written to (permission denied); give it to the user that runs happychat"},
		{"a folder with a database", "can not be written to (permission denied); give it to the user that runs happychat"},
		{"a database in a folder of one's own", "can not be opened for writing (permission denied)"},
	} {
		switch tt.what {
		case "a folder with a database":
			s, err := sqlstore.Open(t.Context(), sqlstore.Options{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			s.Close()
		case "a database in a folder of one's own":
			if err := os.Chmod(path, 0o444); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(folder, 0o777); err != nil {
				t.Fatal(err)
			}
		}
		if os.Getuid() != 0 && tt.what != "a database in a folder of one's own" {
			if err := os.Chmod(folder, 0o555); err != nil {
				t.Fatal(err)
			}
		}
		before := entries(t, folder)
		c := helper(t, "open", "SQLSTORE_TEST_PATH="+path)
		demote(t, c)
		var said bytes.Buffer
		c.Stderr = &said
		if err := c.Run(); err == nil || !strings.Contains(said.String(), tt.sentence) {
			t.Errorf("%s: %v, %s", tt.what, err, said.String())
		}
		if after := entries(t, folder); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%s: there are %v now, and there were %v", tt.what, after, before)
		}
		_ = os.Chmod(folder, 0o755)
	}
	s := openStore(t, sqlstore.Options{Path: path})
	mustPair(t, newPeople(s), "unharmed")
}

func TestSecondProcessOnTheData(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := helper(t, "lock", "SQLSTORE_TEST_PATH="+folder)
	in, err := first.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := first.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "locked\n" {
		t.Fatal(line, err)
	}
	if _, err := app.LockData(folder); !errors.Is(err, app.ErrDataInUse) || !strings.Contains(err.Error(), "stop it first") {
		t.Errorf("the error is %v", err)
	}
	// However the first ends, the next may begin.
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	lock, err := app.LockData(folder)
	if err != nil {
		t.Fatal(err)
	}
	_ = lock.Unlock()
}

// TestKilled kills a process that writes, again and again, and looks for every
// message that it had acknowledged.
func TestKilled(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "happychat.db")
		testKilled(t, sqlstore.Options{Path: path}, "SQLSTORE_TEST_PATH="+path)
		checkWhole(t, path)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		url := durable.database(t)
		testKilled(t, sqlstore.Options{URL: url}, "SQLSTORE_TEST_URL="+url)
	})
}

func testKilled(t *testing.T, o sqlstore.Options, where string) {
	type ack struct {
		conversation change.ID
		seq          int64
		client       string
	}
	var acks []ack
	for round, enough := range []int{1, 50, 700} {
		c := helper(t, "write", where, fmt.Sprint("SQLSTORE_TEST_NAME=round", round))
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			var a ack
			if got, err := fmt.Sscan(lines.Text(), &a.conversation, &a.seq, &a.client); got != 3 {
				break // cut off by the end
			} else if err != nil {
				t.Fatal(err)
			}
			acks = append(acks, a)
			if n == enough {
				_ = c.Process.Kill() // what it still tells is read, too
			}
		}
		_ = c.Wait()

		s, err := sqlstore.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		talks := map[change.ID]bool{}
		for _, a := range acks {
			talks[a.conversation] = true
		}
		for id := range talks {
			found := stored(t, s, id)
			for _, a := range acks {
				if m, ok := found[a.client]; a.conversation == id && (!ok || m.Seq != a.seq || m.Body != "body of "+a.client) {
					t.Errorf("%s was acknowledged as seq %d, and is %+v", a.client, a.seq, m)
				}
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if len(acks) < 751 {
		t.Errorf("only %d messages were acknowledged", len(acks))
	}
}

// smallDisk mounts one that is soon full.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small disk can not be mounted (%v; it takes root), so nothing was tried on a full one", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	return folder
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		folder := smallDisk(t, "6m")
		ballast := filepath.Join(folder, "ballast")
		if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, "happychat.db")
		testFullDisk(t, sqlstore.Options{Path: path}, func() {
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
		})
		checkWhole(t, path)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		c := small.start(t)
		folder := smallDisk(t, "16m")
		// The way there is private, and the server is another user.
		if os.Getuid() == 0 {
			folder = reachable(t, c.Folder(), folder)
		}
		ballast := filepath.Join(folder, "ballast")
		if err := os.WriteFile(ballast, make([]byte, 3<<20), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{
			"CREATE TABLESPACE small LOCATION '" + folder + "/space'",
			"CREATE DATABASE small TABLESPACE small",
		} {
			if _, err := c.Admin().ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		t.Cleanup(func() {
			for _, text := range []string{"DROP DATABASE small WITH (FORCE)", "DROP TABLESPACE small"} {
				if _, err := c.Admin().ExecContext(context.Background(), text); err != nil {
					t.Error(err)
				}
			}
		})
		testFullDisk(t, sqlstore.Options{URL: c.URL("small")}, func() {
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
		})
	})
}

// reachable binds a folder to one below another, and gives a folder in it to
// the owner of that.
func reachable(t *testing.T, below, folder string) string {
	t.Helper()
	info, err := os.Stat(below)
	if err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(below, "small")
	if err := os.Mkdir(target, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount(folder, target, "", syscall.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(target, syscall.MNT_DETACH) })
	owner := info.Sys().(*syscall.Stat_t)
	if err := os.Mkdir(filepath.Join(target, "space"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(target, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Join(target, "space"), int(owner.Uid), int(owner.Gid)); err != nil {
		t.Fatal(err)
	}
	return target
}

// testFullDisk writes until the disk is full, and on after there is space again.
func testFullDisk(t *testing.T, o sqlstore.Options, makeSpace func()) {
	s, err := sqlstore.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	p := newPeople(s)
	pair := mustPair(t, p, "before")
	body := "" // that does not shrink
	for len(body) < 1900 {
		body += rand.Text()
	}
	var mu sync.Mutex
	acked, refused := map[string]bool{}, map[string]bool{}
	note := func(id string, err error) (goOn bool) {
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			acked[id] = true
		} else {
			refused[id] = true
			if !isCode(err, "storage.full") {
				t.Errorf("the error is %v", err)
			}
		}
		return len(refused) < 200 && len(acked) < 50_000
	}
	var writers sync.WaitGroup
	for i := range 16 {
		writers.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("client-%d-%d", i, n)
				var err error
				if i%4 == 0 { // functions share commits with messages
					err = s.Update(context.Background(), func(ctx context.Context) error {
						return s.CreateToken(ctx, account.Token{Hash: id, Purpose: account.Reset, ExpiresAt: 1})
					})
				} else {
					_, err = p.send(pair, i%2, id, body)
				}
				if !note(id, err) {
					return
				}
			}
		})
	}
	writers.Wait()
	if len(refused) == 0 {
		t.Fatal("the disk was never full")
	}
	check := func(s *sqlstore.Store) {
		t.Helper()
		found := stored(t, s, pair.ID)
		has := func(id string) bool {
			if _, ok := found[id]; ok {
				return true
			}
			_, err := s.Token(t.Context(), id)
			return err == nil
		}
		for id := range acked {
			if !has(id) {
				t.Errorf("%s was acknowledged and is not there", id)
			}
		}
		for id := range refused {
			if has(id) {
				t.Errorf("%s was refused and is there", id)
			}
		}
	}
	check(s)
	makeSpace()
	if _, err := p.send(pair, 0, "after-there-is-space", body); err != nil {
		t.Errorf("with space again: %v", err)
	}
	acked["after-there-is-space"] = true
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if s, err = sqlstore.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	check(s)
	mustPair(t, newPeople(s), "after")
}
