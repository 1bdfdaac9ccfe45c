package engineio

import (
	"runtime/debug"
	"time"
)

// storms gives memory back after many connections have come or gone. Handshakes
// leave much garbage behind, and those who stay idle make none, so that without
// this the memory would be kept for minutes, and half of it for good.
type storms struct {
	release func()        // nil for never
	calm    time.Duration // how long a storm has to be over

	moves int // sessions that came or went since memory was released; guarded by Server.mu
}

// A storm is stormSize sessions that come or go. It is over when, for a while,
// not one of calmPart of them does.
const (
	stormSize = 1000
	calmPart  = 100
)

func newStorms(on bool) storms {
	s := storms{calm: time.Second}
	if on {
		s.release = debug.FreeOSMemory
	}
	return s
}

// moved is called for each session that comes or goes. srv.mu is held.
func (srv *Server) moved() {
	if srv.storms.moves++; srv.storms.moves == stormSize && srv.storms.release != nil {
		go srv.awaitCalm()
	}
}

func (srv *Server) awaitCalm() {
	tick := time.NewTicker(srv.storms.calm)
	defer tick.Stop()
	for last := 0; ; {
		<-tick.C
		srv.mu.Lock()
		now := srv.storms.moves
		calm := now-last <= now/calmPart
		if calm {
			srv.storms.moves = 0
		}
		srv.mu.Unlock()
		if calm {
			srv.storms.release()
			return
		}
		last = now
	}
}
