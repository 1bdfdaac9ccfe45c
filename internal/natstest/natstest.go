// Package natstest starts a NATS server within a test, and stops and starts it
// again where a test pulls the cable.
package natstest

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Server is a NATS server on a port of its own, which it keeps while it is
// stopped as far as the system lets it.
type Server struct {
	// Host is its host:port.
	Host    string
	options *server.Options
	running *server.Server
}

// Start starts a server that ends with the test. alter may change what it is
// told; it may be nil.
func Start(t testing.TB, alter func(*server.Options)) *Server {
	t.Helper()
	s, err := New(alter)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// New is Start for programs: Stop ends it.
func New(alter func(*server.Options)) (*Server, error) {
	s := &Server{options: &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true}}
	if alter != nil {
		alter(s.options)
	}
	return s, s.Run()
}

// patience bounds the waiting for the server to listen.
const patience = 20 * time.Second

// Run starts it, again after Stop.
func (s *Server) Run() error {
	began := time.Now()
	for {
		running, err := server.NewServer(s.options.Clone())
		if err != nil {
			return err
		}
		running.Start()
		if running.ReadyForConnections(patience / 4) {
			address, ok := running.Addr().(*net.TCPAddr)
			if !ok {
				return errors.New("the NATS server has no TCP address")
			}
			s.running, s.options.Port = running, address.Port
			s.Host = net.JoinHostPort(s.options.Host, strconv.Itoa(address.Port))
			return nil
		}
		running.Shutdown()
		running.WaitForShutdown()
		if time.Since(began) > patience {
			return fmt.Errorf("the NATS server does not listen on port %d", s.options.Port)
		}
	}
}

// Stop ends it and cuts all connections.
func (s *Server) Stop() {
	if s.running != nil {
		s.running.Shutdown()
		s.running.WaitForShutdown()
		s.running = nil
	}
}

// URL leads to it. user may be nil.
func (s *Server) URL(user *url.Userinfo) string {
	return (&url.URL{Scheme: "nats", Host: s.Host, User: user}).String()
}
