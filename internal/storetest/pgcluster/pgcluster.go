// Package pgcluster starts a PostgreSQL of its own for a test binary, from the
// binaries that the system has, in a temporary folder and as a user without
// rights. It never touches a cluster that was there before.
package pgcluster

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver
)

// ErrMissing is returned by Start when there is nothing to start.
var ErrMissing = errors.New("PostgreSQL is not installed (Debian: apt install postgresql), so nothing was tried on it")

// Cluster is a running PostgreSQL.
type Cluster struct {
	folder string
	server *exec.Cmd
	leash  io.Closer // the server ends with it
	admin  *sql.DB
	log    bytes.Buffer
	exited chan error
	count  atomic.Int64
}

// keeper runs the server until its input ends, which it does when the process
// that started it closes it or dies, however it dies. Then nothing is left.
const keeper = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(cat <&3; kill -QUIT $server) >/dev/null 2>&1 &
wait $server
status=$?
rm -rf "$FOLDER"
exit $status`

// binaries finds the newest PostgreSQL of Debian, or the one on the path.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well-formed
	slices.SortFunc(found, func(a, b string) int { return majorOf(b) - majorOf(a) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(initdb), nil
	}
	return "", ErrMissing
}

func majorOf(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // 0 if it is none
	return n
}

// Start starts a cluster that only its socket in a private folder leads to.
// Settings are of postgresql.conf, such as fsync=off. It ends with this process.
func Start(settings ...string) (_ *Cluster, err error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	c := &Cluster{exited: make(chan error, 1)}
	// Short, for the socket: its path may have 107 bytes (unix(7)).
	if c.folder, err = os.MkdirTemp("", "hc-pg-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Stop())
		}
	}()
	attributes, err := c.unprivileged()
	if err != nil {
		return nil, err
	}
	data := filepath.Join(c.folder, "data")
	initdb := exec.CommandContext(context.Background(), filepath.Join(bin, "initdb"), "--pgdata", data, "--username", "test", "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions")
	initdb.SysProcAttr, initdb.Dir, initdb.Env = attributes, c.folder, []string{"PATH=" + bin + ":/usr/bin:/bin", "LC_ALL=C"}
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	args := []string{"-c", keeper, "keeper", filepath.Join(bin, "postgres"), "-D", data, "-k", c.folder, "-c", "listen_addresses=", "-c", "max_connections=200", "-c", "shared_buffers=32MB", "-c", "work_mem=64MB"}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	c.server = exec.CommandContext(context.Background(), "/bin/sh", args...)
	c.server.SysProcAttr, c.server.Dir, c.server.Env = attributes, "/", append(initdb.Env, "FOLDER="+c.folder)
	c.server.Stdout, c.server.Stderr = &c.log, &c.log
	if c.leash, err = c.server.StdinPipe(); err != nil {
		return nil, err
	}
	if err := c.server.Start(); err != nil {
		c.leash = nil
		return nil, err
	}
	go func() {
		c.exited <- c.server.Wait()
		close(c.exited)
	}()
	if c.admin, err = sql.Open("pgx", c.URL("postgres")); err != nil {
		return nil, err
	}
	return c, c.wait()
}

// unprivileged gives the folder to a user without rights if this one has all:
// PostgreSQL refuses to run as root.
func (c *Cluster) unprivileged() (*syscall.SysProcAttr, error) {
	attributes := &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is not for it
	if os.Getuid() != 0 {
		return attributes, nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		if who, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.Atoi(who.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(who.Gid)
	if err != nil {
		return nil, err
	}
	attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attributes, os.Chown(c.folder, uid, gid)
}

func (c *Cluster) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := c.admin.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w", err)
		case exit, ok := <-c.exited:
			if ok {
				return fmt.Errorf("PostgreSQL ended: %w\n%s", exit, c.log.String())
			}
		case <-tick.C:
		}
	}
}

// URL leads to a database of the cluster.
func (c *Cluster) URL(database string) string {
	return "postgres://test@/" + database + "?host=" + url.QueryEscape(c.folder)
}

// Database makes an empty database and gives its URL.
func (c *Cluster) Database(ctx context.Context) (string, error) {
	name := "test" + strconv.FormatInt(c.count.Add(1), 10)
	if _, err := c.admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	return c.URL(name), nil
}

// Admin is a connection with all rights, to do what an operator or a fault
// does.
func (c *Cluster) Admin() *sql.DB { return c.admin }

// Folder holds all of the cluster.
func (c *Cluster) Folder() string { return c.folder }

// Stop ends the server and removes what it stored.
func (c *Cluster) Stop() error {
	var errs []error
	if c.admin != nil {
		errs = append(errs, c.admin.Close())
	}
	if c.leash != nil {
		errs = append(errs, c.leash.Close())
		for range c.exited { // closed when it has ended
		}
	}
	errs = append(errs, os.RemoveAll(c.folder))
	return errors.Join(errs...)
}

// Log is what the server wrote; to be read after Stop.
func (c *Cluster) Log() string { return strings.TrimSpace(c.log.String()) }
