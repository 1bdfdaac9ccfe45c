//go:build !linux

package engineio

import "net"

// loops is empty where readiness is not used: every connection has a goroutine.
type loops struct{}

func newLoops() *loops { return nil }

func (*loops) close() {}

// ownLink: see wsConn.
type ownLink struct{}

// newLink returns the link for a connection.
func (srv *Server) newLink(t *wsConn, conn net.Conn) link { return &goLink{t: t, conn: conn} }
