package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/change"
)

const (
	socketFile = "control.sock"
	// A request is one JSON object of at most maxRequest bytes, its answer
	// another, and both are done within the time.
	maxRequest = 64 << 10
	timeout    = time.Minute
	// maxPath is the longest path that a Unix socket can have everywhere.
	maxPath = 100
)

// Server takes requests from the socket in a data folder.
type Server struct {
	desk     Desk
	log      *slog.Logger
	listener net.Listener
	stop     context.CancelFunc
	work     sync.WaitGroup
}

// Serve starts to take requests. The caller has the data folder to itself: a
// socket that is there is one that a killed process left.
func Serve(folder string, desk Desk, log *slog.Logger) (*Server, error) {
	path, err := socketPath(folder)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, err
	}
	// The folder keeps others out until this is done.
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{desk: desk, log: log, listener: listener, stop: stop}
	s.work.Go(func() { s.run(ctx) })
	return s, nil
}

// Close takes no more requests, gives up those that wait for their turn, and
// removes the socket.
func (s *Server) Close() error {
	err := s.listener.Close()
	s.stop()
	s.work.Wait()
	return err
}

func (s *Server) run(ctx context.Context) {
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			s.log.Warn("control socket", "err", err)
			return
		}
		// One after the other: they are few, and made by hand.
		s.answer(ctx, conn)
	}
}

func (s *Server) answer(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	var r Request
	if err := json.NewDecoder(io.LimitReader(conn, maxRequest)).Decode(&r); err != nil {
		return // whoever it was is gone, or sent something else
	}
	out, err := s.desk.Perform(ctx, r)
	if err != nil {
		var e *change.Error
		if !errors.As(err, &e) {
			e = unexpected(err)
		}
		out = Answer{Error: &Error{Kind: e.Kind, Code: e.Code, Detail: e.Detail}}
	}
	s.log.Info("control", "action", r.Action, "login", r.Login, "ok", err == nil)
	_ = json.NewEncoder(conn).Encode(out) // whoever it was may be gone
}

// Ask has the server that runs on a data folder do something.
func Ask(ctx context.Context, folder string, r Request) (Answer, error) {
	path, err := socketPath(folder)
	if err != nil {
		return Answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return Answer{}, fmt.Errorf("happychat runs on the data in %s, but does not take commands (%w); stop it, and try again", folder, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	var out Answer
	err = json.NewEncoder(conn).Encode(r)
	if err == nil {
		err = json.NewDecoder(conn).Decode(&out)
	}
	switch {
	case err != nil:
		return Answer{}, fmt.Errorf("the running happychat gave no answer (%w); look into its log", err)
	case out.Error != nil:
		return Answer{}, change.Errorf(out.Error.Kind, out.Error.Code, "%s", out.Error.Detail)
	}
	return out, nil
}

// socketPath gives the path of the socket, the shorter of absolute and relative.
func socketPath(folder string) (string, error) {
	path := filepath.Join(folder, socketFile)
	if len(path) <= maxPath {
		return path, nil
	}
	if here, err := os.Getwd(); err == nil {
		if short, err := filepath.Rel(here, path); err == nil && len(short) <= maxPath {
			return short, nil
		}
	}
	return "", fmt.Errorf("the path of the data folder, %s, is too long for a socket in it; use a shorter one to manage accounts while the server runs", folder)
}
