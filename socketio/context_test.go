package socketio_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio"
)

// TestContextOfAnEvent has contexts end with the event and with the socket, and
// leave nothing at the socket.
func TestContextOfAnEvent(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	seen := make(chan context.Context, 1)
	later := make(chan *socketio.Event, 1)
	root.Handle("now", func(ctx context.Context, _ *socketio.Socket, _ *socketio.Event) {
		if _, ok := ctx.Deadline(); ok || ctx.Err() != nil || ctx.Value(t) != nil {
			t.Error("it ends before it has begun")
		}
		seen <- ctx
	})
	root.Handle("later", func(ctx context.Context, _ *socketio.Socket, e *socketio.Event) {
		e.Later()
		child, cancel := context.WithTimeout(ctx, time.Hour)
		context.AfterFunc(child, cancel)
		seen <- child
		later <- e
	})
	c, _ := f.connect("")

	c.Text(`420["now"]`)
	ctx := within(t, seen)
	within(t, ctx.Done())
	if !errors.Is(context.Cause(ctx), context.Canceled) {
		t.Error(context.Cause(ctx))
	}

	c.Text(`420["later"]`)
	ctx = within(t, seen)
	if ctx.Err() != nil {
		t.Error("ended with its handler, although it is put off")
	}
	socket := root.Except().Sockets()[0]
	if n := socketio.OpenEvents(socket); n != 1 {
		t.Errorf("%d events are watched", n)
	}
	_ = within(t, later).Ack()
	within(t, ctx.Done())
	if n := socketio.OpenEvents(socket); n != 0 {
		t.Errorf("%d events are watched after the last", n)
	}

	c.Text(`420["later"]`)
	ctx = within(t, seen)
	e := within(t, later)
	c.Close()
	within(t, ctx.Done())
	if cause := context.Cause(ctx); cause == nil || !strings.HasPrefix(cause.Error(), "transport ") {
		t.Error(cause)
	}
	e.Done()
}
