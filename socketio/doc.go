// Package socketio is the server side of Socket.IO: events and
// acknowledgements in both directions, namespaces and rooms, for the official
// clients, over HTTP long-polling, WebSocket, or the one and then the other.
//
//	io := socketio.NewServer(socketio.Options{})
//	chat := io.Namespace("/")
//	chat.Use(func(ctx context.Context, s *socketio.Socket, h *socketio.Handshake) error {
//		user, err := authenticate(ctx, h.Auth)
//		if err != nil {
//			return socketio.NewError("not signed in", nil)
//		}
//		socketio.SetData(s, user)
//		s.Join("user:" + user.ID)
//		return nil
//	})
//	socketio.On(chat, "say", func(ctx context.Context, s *socketio.Socket, in Say) (Said, error) {
//		…
//	})
//	http.Handle("/socket.io/", io)
//
// It is not a message broker and keeps nothing: who was not connected gets
// nothing, and an event may be lost with a connection (Options.RecoveryWindow
// narrows that). It does not know what an event means.
//
// # Layers
//
// From the outside in: this package has events, namespaces and rooms; package
// engineio has sessions, heartbeats and the two transports; package
// internal/websocket has the frames. Nothing points outward.
//
// # Order
//
// What one goroutine sends to one socket arrives in that order. The events of
// one connection are handled in order, by one goroutine that exists only while
// there is something to do; Concurrent handlers, and those that call
// Event.Later, give way to the next event before they have finished. An
// acknowledgement that EmitWithAck waits for does not stand in that line.
//
// # Errors
//
// An *Error is meant for the client, with its message and data: middleware refuses
// with it, and a typed handler answers with it. Every other error that they return
// is logged, and the client sees "internal error". A panic in either is the same.
// What is sent returns ErrDisconnected when there is nobody to send to, and
// otherwise only what could not be encoded: that something was queued does not say
// that it arrives. For that there are acknowledgements.
//
// # Limits
//
// Every queue and every size is bounded; Options names the bounds. A client
// that sends faster than its events are handled is not read for a while. A
// client that does not read what it is sent is dropped with ReasonSlow. Before
// it is in a namespace, a connection costs at most a small fixed amount of
// memory and time.
package socketio
