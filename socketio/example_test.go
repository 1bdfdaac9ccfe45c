package socketio_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/happychat/happychat/socketio"
)

func Example() {
	type say struct {
		Room, Text string
	}
	type said struct {
		Length int `json:"length"`
	}
	io := socketio.NewServer(socketio.Options{})
	chat := io.Namespace("/chat")

	// Who may come in?
	chat.Use(func(ctx context.Context, s *socketio.Socket, h *socketio.Handshake) error {
		var auth struct{ Name string }
		if err := json.Unmarshal(h.Auth, &auth); err != nil || auth.Name == "" {
			return socketio.NewError("say who you are", map[string]string{"code": "unauthenticated"})
		}
		socketio.SetData(s, auth.Name)
		s.Join("lobby")
		return nil
	})

	// A typed handler: its result is the acknowledgement.
	socketio.On(chat, "say", func(ctx context.Context, s *socketio.Socket, in say) (said, error) {
		name, _ := socketio.Data[string](s)
		err := s.To(in.Room).Emit("said", name, in.Text) // all but the sender
		return said{len(in.Text)}, err
	})

	// A raw handler that answers later, when a batch has been stored.
	chat.Handle("store", func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		e.Later()
		go func() { _ = e.AckRaw(json.RawMessage(`[{"ok":true}]`)) }()
	})

	mux := http.NewServeMux()
	mux.Handle("/socket.io/", io)
	server := httptest.NewServer(mux)
	defer server.Close()

	res, err := http.Get(server.URL + "/socket.io/?EIO=4&transport=polling")
	if err != nil {
		panic(err)
	}
	defer res.Body.Close()
	fmt.Println(res.Status)
	// Output: 200 OK
}
