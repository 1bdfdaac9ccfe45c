package socketio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/happychat/happychat/socketio"
)

// A server with a namespace that one has to sign in to, a room, and a typed event
// whose result is the client's acknowledgement.
func Example() {
	type say struct {
		Room, Text string
	}
	type said struct {
		Length int `json:"length"`
	}
	server := socketio.NewServer(socketio.Options{})
	chat := server.Namespace("/chat")
	chat.Use(func(ctx context.Context, s *socketio.Socket, h *socketio.Handshake) error {
		var auth struct{ Name string }
		if err := json.Unmarshal(h.Auth, &auth); err != nil || auth.Name == "" {
			return socketio.NewError("say who you are", map[string]string{"code": "unauthenticated"})
		}
		socketio.SetData(s, auth.Name)
		s.Join("lobby")
		return nil
	})
	socketio.On(chat, "say", func(ctx context.Context, s *socketio.Socket, in say) (said, error) {
		name, _ := socketio.Data[string](s)
		err := s.To(in.Room).Emit("said", name, in.Text) // to all but the sender
		return said{len(in.Text)}, err
	})

	mux := http.NewServeMux()
	mux.Handle("/socket.io/", server)
	web := httptest.NewServer(mux)
	defer web.Close()

	ann, bob := connect(web.URL), connect(web.URL)
	defer ann.close()
	defer bob.close()
	ann.send(`40/chat,{}`) // this is what official clients do on the wire
	ann.print()
	ann.send(`40/chat,{"name":"Ann"}`)
	bob.send(`40/chat,{"name":"Bob"}`)
	ann.skip()
	bob.skip()
	ann.send(`42/chat,1["say",{"room":"lobby","text":"hello"}]`)
	ann.print()
	bob.print()
	// Output:
	// 44/chat,{"message":"say who you are","data":{"code":"unauthenticated"}}
	// 43/chat,1[{"length":5}]
	// 42/chat,["said","Ann","hello"]
}

// An *Error is for the client. Any other error is logged, and the client gets
// "internal error".
func ExampleOn_errors() {
	server, client := example(socketio.Options{Logger: quiet})
	defer client.close()
	socketio.On(server.Namespace("/"), "divide", func(ctx context.Context, s *socketio.Socket, in [2]int) (int, error) {
		switch {
		case in[1] == 0:
			return 0, socketio.NewError("division by zero", nil)
		case in[1] < 0:
			return 0, errors.New("the name of my database")
		}
		return in[0] / in[1], nil
	})

	client.enter()
	client.send(`421["divide",[7,2]]`)
	client.print()
	client.send(`422["divide",[7,0]]`)
	client.print()
	client.send(`423["divide",[7,-1]]`)
	client.print()
	client.send(`424["divide","seven"]`)
	client.print()
	// Output:
	// 431[3]
	// 432[{"error":{"message":"division by zero"}}]
	// 433[{"error":{"message":"internal error"}}]
	// 434[{"error":{"message":"invalid arguments"}}]
}

// Binary data is an attachment of the packet. A typed handler finds it in a []byte.
func ExampleBinary() {
	type upload struct {
		Name string
		Data []byte
	}
	server, client := example(socketio.Options{})
	defer client.close()
	socketio.On(server.Namespace("/"), "upload", func(ctx context.Context, s *socketio.Socket, in upload) (socketio.Binary, error) {
		return socketio.Binary(strings.ToUpper(in.Name + string(in.Data))), nil
	})

	client.enter()
	client.send(`451-1["upload",{"name":"a","data":{"_placeholder":true,"num":0}}]` + "\x1e" + "bYmM=")
	client.print()
	// Output:
	// 461-1[{"_placeholder":true,"num":0}] bQUJD
}

// The server may ask, too, and wait for the answer: as long as the context says,
// and no longer than the socket lives.
func ExampleAsk() {
	server, client := example(socketio.Options{})
	defer client.close()
	server.Namespace("/").Handle("order", func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		size, err := socketio.Ask[string](ctx, s, "which size?", "small", "large")
		_ = e.Ack(size, err == nil)
	})

	client.enter()
	client.send(`421["order"]`)
	client.print()
	client.send(`430["large"]`)
	client.print()
	// Output:
	// 420["which size?","small","large"]
	// 431["large",true]
}

// Later lets the next event of the client be handled while this one still waits.
func ExampleEvent_Later() {
	server, client := example(socketio.Options{})
	defer client.close()
	root := server.Namespace("/")
	stored := make(chan struct{})
	root.Handle("store", func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		e.Later()
		go func() {
			<-stored
			_ = e.Ack("stored")
		}()
	})
	root.Handle("go on", func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		_ = e.Ack("gone on")
		close(stored)
	})

	client.enter()
	client.send(`421["store"]` + "\x1e" + `422["go on"]`)
	client.print()
	client.print()
	// Output:
	// 432["gone on"]
	// 431["stored"]
}

// A broadcast goes to rooms, with exceptions, and is encoded once for all. The ID
// of a socket serves as a room with that socket in it.
func ExampleNamespace_To() {
	server, client := example(socketio.Options{})
	defer client.close()
	root := server.Namespace("/")
	root.OnConnect(func(s *socketio.Socket) { s.Join("news", "sports") })

	client.enter()
	client.sync()
	_ = root.To("news", "weather").Emit("headline", "it rains") // once, whatever rooms it is in
	client.print()
	_ = root.To("news").Except("sports").Emit("headline", "not for who likes sports")
	for _, s := range root.To("sports").Sockets() {
		s.Leave("sports")
		fmt.Println(s.Rooms())
	}
	_ = root.Emit("headline", "for all")
	client.print()
	// Output:
	// 42["headline","it rains"]
	// [news]
	// 42["headline","for all"]
}

// A broadcast can be acknowledged by all whom it reaches.
func ExampleBroadcast_EmitWithAck() {
	server, client := example(socketio.Options{})
	defer client.close()
	client.enter()
	client.sync()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		replies, err := server.Namespace("/").Except().EmitWithAck(ctx, "who is there?")
		for _, r := range replies {
			var name string
			_ = r.Decode(&name)
			fmt.Println(name, err)
		}
	}()
	client.print()
	client.send(`430["Ann"]`)
	<-answered
	// Output:
	// 420["who is there?"]
	// Ann <nil>
}

// Namespaces can be made when somebody asks for them.
func ExampleServer_DynamicNamespace() {
	server, client := example(socketio.Options{})
	defer client.close()
	teams := server.DynamicNamespace(func(name string) bool {
		return name == "/team-red" || name == "/team-blue" // strict: strangers choose the names
	})
	socketio.On(teams, "where?", func(ctx context.Context, s *socketio.Socket, _ socketio.None) (string, error) {
		return s.Namespace().Name(), nil
	})

	client.send(`40/team-green,`)
	client.print()
	client.send(`40/team-red,`)
	client.skip()
	client.send(`42/team-red,1["where?"]`)
	client.print()
	_ = teams.Emit("news", "for every team")
	client.print()
	// Output:
	// 44/team-green,{"message":"Invalid namespace"}
	// 43/team-red,1["/team-red"]
	// 42/team-red,["news","for every team"]
}

// Middleware for events sees each of them before its handler does.
func ExampleNamespace_UsePackets() {
	server, client := example(socketio.Options{})
	defer client.close()
	root := server.Namespace("/")
	root.UsePackets(func(ctx context.Context, s *socketio.Socket, e *socketio.Event) error {
		if strings.HasPrefix(e.Name, "admin.") {
			return socketio.NewError("you may not", nil)
		}
		return nil
	})
	root.HandleOther(func(ctx context.Context, s *socketio.Socket, e *socketio.Event) { _ = e.Ack("done", e.Name) })

	client.enter()
	client.send(`421["admin.stop"]`)
	client.print()
	client.send(`422["play"]`)
	client.print()
	// Output:
	// 431[{"error":{"message":"you may not"}}]
	// 432["done","play"]
}

// Close lets clients have what is on its way to them, and then go.
func ExampleServer_Close() {
	server, client := example(socketio.Options{})
	defer client.close()
	root := server.Namespace("/")
	gone := make(chan socketio.Reason, 1)
	root.OnDisconnect(func(s *socketio.Socket, r socketio.Reason) { gone <- r })
	client.enter()
	client.sync()
	_ = root.Emit("goodbye")

	closed := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		closed <- server.Close(ctx)
	}()
	fmt.Println(<-gone)
	client.print()
	client.print() // a packet that closes the connection
	fmt.Println(<-closed)
	// Output:
	// server shutting down
	// 42["goodbye"]
	// 1
	// <nil>
}

// With a RecoveryWindow, a client that loses its connection for a moment has its
// socket again, and what it has missed.
func ExampleSocket_Recovered() {
	server := socketio.NewServer(socketio.Options{RecoveryWindow: 2 * time.Minute})
	root := server.Namespace("/")
	root.OnConnect(func(s *socketio.Socket) {
		if !s.Recovered() {
			s.Join("news") // who is recovered is in its rooms already
		}
	})
	web := httptest.NewServer(server)
	defer web.Close()

	client := connect(web.URL)
	client.send("40")
	private := client.field(client.receive(), "pid")
	client.sync()
	_ = root.To("news").Emit("one")
	offset := client.field(`{"offset":`+strings.TrimPrefix(client.receive(), `42["one",`), "offset")
	client.close()
	_ = root.To("news").Emit("two")

	again := connect(web.URL)
	defer again.close()
	again.send(fmt.Sprintf(`40{"pid":%q,"offset":%q}`, private, offset))
	again.skip()
	fmt.Println(strings.HasPrefix(again.receive(), `42["two",`))
	// Output: true
}

// What follows stands in for a client, which is JavaScript in real life.

var quiet = slog.New(slog.DiscardHandler)

// wire speaks the protocol by polling.
type wire struct {
	url     string
	waiting []string
	web     *httptest.Server
}

// example starts a server with one client that is in no namespace yet.
func example(o socketio.Options) (*socketio.Server, *wire) {
	server := socketio.NewServer(o)
	web := httptest.NewServer(server)
	c := connect(web.URL)
	c.web = web
	return server, c
}

func connect(url string) *wire {
	c := &wire{url: url + "/socket.io/?EIO=4&transport=polling"}
	c.url += "&sid=" + c.field(c.do(http.MethodGet, "")[1:], "sid")
	return c
}

func (c *wire) do(method, body string) string {
	req, err := http.NewRequestWithContext(context.Background(), method, c.url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// field returns a string out of the JSON in a packet.
func (c *wire) field(packet, name string) string {
	_, rest, _ := strings.Cut(packet, `"`+name+`":"`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func (c *wire) send(packets string) { c.do(http.MethodPost, packets) }

// receive returns the next packet, with its attachments behind it.
func (c *wire) receive() string {
	for len(c.waiting) == 0 {
		c.waiting = strings.Split(c.do(http.MethodGet, ""), "\x1e")
	}
	p := c.waiting[0]
	c.waiting = c.waiting[1:]
	for len(c.waiting) > 0 && strings.HasPrefix(c.waiting[0], "b") {
		p += " " + c.waiting[0]
		c.waiting = c.waiting[1:]
	}
	return p
}

func (c *wire) print() { fmt.Fprintln(os.Stdout, c.receive()) }

func (c *wire) skip() { c.receive() }

// enter enters the namespace "/".
func (c *wire) enter() {
	c.send("40")
	c.skip()
}

// sync waits until the server has done what came before.
func (c *wire) sync() {
	c.send("40/sync,")
	c.skip()
}

func (c *wire) close() {
	c.send("1")
	if c.web != nil {
		c.web.Close()
	}
}
