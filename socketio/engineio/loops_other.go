package engineio

import "net"

// loops is where connections that wait for readiness are kept.
type loops struct{}

func (*loops) close() {}

func (srv *Server) newLink(t *wsConn, conn net.Conn) link { return &goLink{t: t, conn: conn} }

func (t *wsConn) startReady([]byte) {}
