package socketio_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

// TestAnIdleConnectionHoldsNoGoroutine counts them.
func TestAnIdleConnectionHoldsNoGoroutine(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only on Linux connections wait without a goroutine")
	}
	f := serve(t, socketio.Options{})
	first, _ := f.connect("")
	wstest.Eventually(t, "one socket", func() bool { return f.io.Namespace("/").Len() == 1 })
	before := runtime.NumGoroutine()
	for range 300 {
		f.connect("")
	}
	wstest.Eventually(t, "no more goroutines than before", func() bool { return runtime.NumGoroutine() <= before+5 })
	if n := f.io.Namespace("/").Len(); n != 301 {
		t.Errorf("%d sockets", n)
	}
	first.Close()
}

// TestWhatStrangersCanHold has clients that are in no namespace send as much as
// they can without finishing anything.
func TestWhatStrangersCanHold(t *testing.T) {
	f := serve(t, socketio.Options{ConnectTimeout: time.Minute})
	asked := make(chan *socketio.Socket, 100)
	f.io.Namespace("/slow").Use(func(ctx context.Context, s *socketio.Socket, _ *socketio.Handshake) error {
		asked <- s
		<-ctx.Done()
		return ctx.Err()
	})
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	const strangers = 90
	before := heap()
	half := wstest.Masked(0x82, strings.Repeat("x", 64<<10)) // one that is just allowed
	half = half[:len(half)-1]
	for i := range strangers {
		c := f.dial()
		switch i % 5 {
		case 0:
			c.Raw(half)
		case 1: // the same in fragments
			first := byte(0x02)
			for range 15 {
				c.Raw(wstest.Masked(first, strings.Repeat("x", 4000)))
				first = 0x00
			}
			c.Raw(wstest.Masked(0x89, "all read?"))
			c.WantFrame(0x8A, "all read?")
		case 2: // a flood of small packets for nobody
			c.Raw([]byte(strings.Repeat(string(wstest.Masked(0x81, `40/nowhere,`)), 500)))
			c.Message()
		case 3: // attachments that are allowed one by one
			c.Text(`4510-["x"]`)
			for range 9 {
				c.Binary(make([]byte, 60<<10))
			}
			c.WantClose()
		case 4: // events, while middleware thinks
			c.Text("40/slow,")
			event := wstest.Masked(0x81, `42/slow,["x","`+strings.Repeat("x", 30<<10)+`"]`)
			go func() {
				for range 60 {
					c.Raw(event)
				}
			}()
			s := within(t, asked)
			wstest.Eventually(t, "it is not read any more", func() bool { return socketio.Paused(s) })
		}
	}
	if per := (int64(heap()) - int64(before)) / strangers; per > 200<<10 {
		t.Errorf("a stranger holds %d bytes", per)
	}
}
