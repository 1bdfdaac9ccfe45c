package natsadapter_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/happychat/happychat/internal/natstest"
	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/natsadapter"
)

// Two servers of one cluster: each would be a process of its own.
func Example() {
	broker, err := natstest.New(nil) // a NATS server of your own: nats://localhost:4222
	if err != nil {
		fmt.Println(err)
		return
	}
	defer broker.Stop()

	var servers [2]*socketio.Server
	for i := range servers {
		conn, err := nats.Connect(broker.URL(nil), nats.MaxReconnects(-1))
		if err != nil {
			fmt.Println(err)
			return
		}
		defer conn.Close()
		servers[i] = socketio.NewServer(socketio.Options{Adapter: natsadapter.New(conn, "example.socketio")})
		web := httptest.NewServer(servers[i])
		defer web.Close()
		defer func() { _ = servers[i].Close(context.Background()) }()
	}

	// What one emits reaches the sockets of both, and so does a question.
	lobby := servers[0].Namespace("/").To("lobby")
	if err := lobby.Emit("news", "the lake is frozen"); err != nil {
		fmt.Println(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	sockets, err := lobby.FetchSockets(ctx)
	fmt.Println(len(sockets), err)
	// Output: 0 <nil>
}
