package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/happychat/happychat/socketio"
)

// The suites take one message after the other off a WebSocket, and lose one that
// they read together with the one before, as they would those of any server that
// sends both at once. So what follows by itself follows a moment later: long
// enough for a busy client to have read, and well before the first heartbeat.
const (
	beforeOpen = 100 * time.Millisecond
	beforeAuth = 100 * time.Millisecond
)

// register makes a namespace behave as the protocol's test suite asks. With
// atOnce, "auth" is sent together with the answer to CONNECT.
func register(ns *socketio.Namespace, atOnce bool) {
	ns.Use(func(_ context.Context, s *socketio.Socket, h *socketio.Handshake) error {
		socketio.SetData(s, append(json.RawMessage(nil), h.Auth...))
		return nil
	})
	ns.OnConnect(func(s *socketio.Socket) {
		auth, _ := socketio.Data[json.RawMessage](s)
		if atOnce {
			_ = s.Emit("auth", auth)
			return
		}
		time.AfterFunc(beforeAuth, func() { _ = s.Emit("auth", auth) })
	})
	ns.Handle("message", func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
		_ = s.EmitRaw("message-back", e.Args, e.Attachments...)
	})
	ns.Handle("message-with-ack", func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
		array := json.RawMessage{'['}
		for i, a := range e.Args {
			if i > 0 {
				array = append(array, ',')
			}
			array = append(array, a...)
		}
		_ = e.AckRaw(append(array, ']'), e.Attachments...)
	})
}

// registerRoom adds what load generators ask for: everybody is in one room, and
// what anybody says goes to all.
func registerRoom(ns *socketio.Namespace) {
	ns.OnConnect(func(s *socketio.Socket) { s.Join("all") })
	room := ns.To("all")
	ns.Handle("say", func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
		args := make([]any, len(e.Args))
		for i, a := range e.Args {
			args[i] = a
		}
		_ = room.Emit("say", args...)
		_ = e.Ack()
	})
}
