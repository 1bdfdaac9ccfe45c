package main

import (
	"context"
	"encoding/json"

	"github.com/happychat/happychat/socketio"
)

// register makes a namespace behave as the protocol's test suite asks.
func register(ns *socketio.Namespace) {
	ns.Use(func(_ context.Context, s *socketio.Socket, h *socketio.Handshake) error {
		socketio.SetData(s, append(json.RawMessage(nil), h.Auth...))
		return nil
	})
	ns.OnConnect(func(s *socketio.Socket) {
		auth, _ := socketio.Data[json.RawMessage](s)
		_ = s.Emit("auth", auth)
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
