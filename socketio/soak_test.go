package socketio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

// TestSoak has clients come through a relay that cuts connections at any moment,
// also in the middle of a frame, by WebSocket, by polling, and by polling and
// upgrade. They talk while the server talks to them, are cut, come back and take up
// their socket; and now and then the server is replaced by another one. Whatever
// was acknowledged, in either direction, must have arrived exactly once, and
// nothing twice; what a client was sent must have no gap for as long as its socket
// is recovered; and in the end nothing may be left.
//
// It takes a few seconds, or as long as SOCKETIO_SOAK says:
//
//	SOCKETIO_SOAK=20m go test -run Soak -timeout 30m ./socketio
func TestSoak(t *testing.T) {
	duration := 3 * time.Second
	if testing.Short() {
		duration = 300 * time.Millisecond
	}
	if long := os.Getenv("SOCKETIO_SOAK"); long != "" {
		var err error
		if duration, err = time.ParseDuration(long); err != nil {
			t.Fatal(err)
		}
	}
	k := &soak{t: t, end: time.Now().Add(duration)}
	k.relay = newRelay(t)
	k.replace()
	var all sync.WaitGroup
	all.Go(func() { // other things that happen
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		replaced := time.Now()
		for n := 0; !k.over(); n++ {
			<-tick.C
			_ = k.root().Emit("tick", n)
			if rand.IntN(40) == 0 {
				k.relay.cut()
			}
			if time.Since(replaced) > min(duration/4, 20*time.Second) {
				replaced = time.Now()
				k.replace()
				k.replaced.Add(1)
			}
		}
	})
	for w := range 16 {
		all.Go(func() {
			for life := 0; !k.over() && !t.Failed(); life++ {
				k.live(fmt.Sprintf("w%d-%d", w, life))
			}
		})
	}
	all.Wait()
	k.relay.close()
	wstest.Eventually(t, "all are gone", func() bool {
		k.mu.Lock()
		defer k.mu.Unlock()
		return !slices.ContainsFunc(k.servers, func(io *socketio.Server) bool {
			return io.Namespace("/").Len() > 0 || io.Connections() > 0
		})
	})
	k.asking.Wait()
	t.Logf("%d lives over %d connections (%d upgraded, %d by polling); %d cuts, %d servers; %d events sent, %d acknowledged; %d asked and answered; %d ticks; %d recovered",
		k.lives.Load(), k.connections.Load(), k.upgraded.Load(), k.polled.Load(), k.relay.cuts.Load(), k.replaced.Load()+1,
		k.sent.Load(), k.acked.Load(), k.answered.Load(), k.ticks.Load(), k.recovered.Load())
	if !k.enough() {
		t.Error("not everything of it has happened: this has tested little")
	}
}

// over reports whether it has lasted long enough: a busy machine gets more time to
// see something of everything.
func (k *soak) over() bool {
	late := time.Since(k.end)
	return late > 0 && (k.enough() || late > 6*wstest.Patience)
}

// enough reports whether everything has happened at least once.
func (k *soak) enough() bool {
	return k.acked.Load() > 0 && k.answered.Load() > 0 && k.recovered.Load() > 0 && k.upgraded.Load() > 0 &&
		k.relay.cuts.Load() > 0 && k.replaced.Load() > 0
}

type soak struct {
	t     *testing.T
	end   time.Time
	relay *relay

	mu      sync.Mutex
	servers []*socketio.Server // all there were; the last one is in use
	asking  sync.WaitGroup     // and closing

	talks sync.Map // by name

	lives, connections, upgraded, polled, replaced, sent, acked, answered, ticks, recovered atomic.Int64
}

// talk is what is known of one client's life, on both sides.
type talk struct {
	mu       sync.Mutex
	sockets  int         // that are connected
	handled  map[int]int // how often the server has handled an event
	answered []int       // the questions whose answer has reached the server
	seen     map[int]int // how often a question has reached the client
	asked    int
}

func (k *soak) root() *socketio.Namespace {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.servers[len(k.servers)-1].Namespace("/")
}

// replace starts another server, and closes the one before as an upgrade does.
func (k *soak) replace() {
	server := socketio.NewServer(socketio.Options{
		PingInterval: time.Second, PingTimeout: 2 * time.Second, // so that clients who stop polling are missed
		MaxInFlight: 8, MaxPendingEvents: 16, UpgradeTimeout: time.Second, CloseTimeout: time.Second,
		RecoveryWindow: time.Minute, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	root := server.Namespace("/")
	root.Use(func(_ context.Context, s *socketio.Socket, h *socketio.Handshake) error {
		var auth struct{ Name string }
		_ = json.Unmarshal(h.Auth, &auth)
		v, ok := k.talks.Load(auth.Name)
		if !ok {
			return errors.New("nobody knows " + auth.Name)
		}
		socketio.SetData(s, v.(*talk))
		return nil
	})
	data := func(s *socketio.Socket) *talk {
		v, _ := socketio.Data[*talk](s)
		return v
	}
	root.Handle("n", func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
		var n int
		_ = json.Unmarshal(e.Args[0], &n)
		v := data(s)
		v.mu.Lock()
		v.handled[n]++
		v.mu.Unlock()
		e.Later()
		go func() { _ = e.Ack(n) }()
	})
	root.OnConnect(func(s *socketio.Socket) {
		v := data(s)
		v.mu.Lock()
		v.sockets++
		v.mu.Unlock()
		k.asking.Go(func() {
			for {
				v.mu.Lock()
				n := v.asked
				v.asked++
				v.mu.Unlock()
				if _, err := socketio.Ask[int](s.Context(), s, "ask", n); err != nil {
					return
				}
				v.mu.Lock()
				v.answered = append(v.answered, n)
				v.mu.Unlock()
				k.answered.Add(1)
			}
		})
	})
	root.OnDisconnect(func(s *socketio.Socket, _ socketio.Reason) {
		v := data(s)
		v.mu.Lock()
		v.sockets--
		v.mu.Unlock()
	})
	web := httptest.NewServer(server)
	k.t.Cleanup(func() {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		_ = server.Close(now)
		web.Close()
	})
	k.mu.Lock()
	k.servers = append(k.servers, server)
	var before *socketio.Server
	if n := len(k.servers); n > 1 {
		before = k.servers[n-2]
	}
	k.mu.Unlock()
	k.relay.lead(web.Listener.Addr().String())
	if before != nil {
		k.asking.Go(func() {
			patience, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			_ = before.Close(patience)
		})
	}
}

// live is one client, from when it comes until it is not recovered any more.
func (k *soak) live(name string) {
	k.lives.Add(1)
	v := &talk{handled: map[int]int{}, seen: map[int]int{}}
	k.talks.Store(name, v)
	defer k.talks.Delete(name)
	acked := map[int]bool{}
	auth := fmt.Sprintf(`{"name":%q}`, name)
	var me struct{ SID, PID string }
	offset, last, next := "", -1, 0
	for !k.over() {
		c, err := k.connect()
		if err != nil {
			continue
		}
		k.connections.Add(1)
		fresh := me.SID == ""
		entered, over := false, false
		_ = c.send("40" + auth)
		for budget := 20 + rand.IntN(300); budget > 0 && !over; budget-- {
			ms, err := c.recv()
			if err != nil {
				break
			}
			for _, m := range ms {
				if m == "2" {
					_ = c.send("3")
				}
				if strings.HasPrefix(m, "40") {
					was := me.SID
					if json.Unmarshal([]byte(m[2:]), &me) != nil {
						k.t.Errorf("%s: %s", name, m)
					}
					entered, over = true, !fresh && me.SID != was // another one: this life is over
					if !fresh && !over {
						k.recovered.Add(1)
					}
					continue
				}
				if over || !entered {
					continue
				}
				if err := k.hear(v, m, c, acked, &offset, &last); err != nil {
					k.t.Errorf("%s: %v", name, err)
					over = true
				}
			}
			if entered && !over && rand.IntN(3) == 0 {
				n := 1 + rand.IntN(4)
				for range n {
					_ = c.send(fmt.Sprintf(`42%d["n",%d]`, next, next))
					next++
				}
				k.sent.Add(int64(n))
			}
			if rand.IntN(30) == 0 {
				c = k.upgrade(c)
			}
		}
		c.cut()
		if over {
			break
		}
		auth = fmt.Sprintf(`{"name":%q}`, name)
		if me.PID != "" && offset != "" {
			auth = fmt.Sprintf(`{"name":%q,"pid":%q,"offset":%q}`, name, me.PID, offset)
		} else if entered {
			break // it could not be recovered
		}
	}
	wstest.Eventually(k.t, "its sockets are gone", func() bool {
		v.mu.Lock()
		defer v.mu.Unlock()
		return v.sockets == 0
	})
	v.mu.Lock()
	defer v.mu.Unlock()
	for n, times := range v.handled {
		if times != 1 {
			k.t.Errorf("%s: event %d was handled %d times", name, n, times)
		}
	}
	for n := range acked {
		if v.handled[n] != 1 {
			k.t.Errorf("%s: event %d was acknowledged and handled %d times", name, n, v.handled[n])
		}
	}
	for _, n := range v.answered {
		if v.seen[n] != 1 {
			k.t.Errorf("%s: question %d was answered and has come %d times", name, n, v.seen[n])
		}
	}
}

// hear takes in one message as a client does.
func (k *soak) hear(v *talk, m string, c line, acked map[int]bool, offset *string, last *int) error {
	switch {
	case strings.HasPrefix(m, `42["tick",`):
		var args []json.RawMessage
		if err := json.Unmarshal([]byte(m[2:]), &args); err != nil || len(args) != 3 {
			return fmt.Errorf("%s: %w", m, err)
		}
		var n int
		_ = json.Unmarshal(args[1], &n)
		_ = json.Unmarshal(args[2], offset)
		if *last >= 0 && n != *last+1 {
			return fmt.Errorf("tick %d came after %d", n, *last)
		}
		*last = n
		k.ticks.Add(1)
	case strings.HasPrefix(m, "42"): // a question
		id, rest, _ := strings.Cut(m[2:], "[")
		var n int
		if _, err := fmt.Sscanf(rest, `"ask",%d]`, &n); err != nil {
			return fmt.Errorf("%s: %w", m, err)
		}
		v.mu.Lock()
		v.seen[n]++
		times := v.seen[n]
		v.mu.Unlock()
		if times > 1 {
			return fmt.Errorf("question %d came again", n)
		}
		_ = c.send(fmt.Sprintf("43%s[%d]", id, n))
	case strings.HasPrefix(m, "43"):
		var id, n int
		if _, err := fmt.Sscanf(m, "43%d[%d]", &id, &n); err != nil || acked[n] {
			return fmt.Errorf("a false or second acknowledgement: %s, %w", m, err)
		}
		acked[n] = true
		k.acked.Add(1)
	case m == "41", m == "1", m == "6", m == "2":
	default:
		return fmt.Errorf("unexpected %q", m)
	}
	return nil
}

// line is a client's connection.
type line interface {
	send(message string) error
	recv() ([]string, error)
	cut()
}

func (k *soak) connect() (line, error) {
	url := "http://" + k.relay.addr() + "/socket.io/?EIO=4&transport="
	if rand.IntN(2) == 0 {
		c, _, err := wstest.Open(k.t, url+"websocket")
		if err != nil || c == nil {
			return nil, errors.Join(err, net.ErrClosed)
		}
		l := &socketLine{c}
		_, err = l.recv()
		return l, err
	}
	p := &pollLine{url: url + "polling"}
	open, err := p.recv()
	if err != nil {
		return nil, err
	}
	var v struct{ SID string }
	if err := json.Unmarshal([]byte(strings.TrimPrefix(open[0], "0")), &v); err != nil {
		return nil, err
	}
	p.url += "&sid=" + v.SID
	k.polled.Add(1)
	return p, nil
}

// upgrade moves a client from polling to a WebSocket as the protocol has it. If
// something breaks, it stays where it was, or has nothing any more.
func (k *soak) upgrade(from line) line {
	p, ok := from.(*pollLine)
	if !ok || p.gone {
		return from
	}
	c, _, err := wstest.Open(k.t, strings.Replace(p.url, "polling", "websocket", 1))
	if err != nil || c == nil {
		return from
	}
	c.Text("2probe")
	if f, err := c.Next(); err != nil || f.Payload != "3probe" {
		return from
	}
	waiting, err := p.recv() // the one that is ended with a noop, or with messages
	c.Text("5")
	if err != nil {
		p.gone = true
		return p
	}
	k.upgraded.Add(1)
	return &earlyLine{&socketLine{c}, waiting}
}

// earlyLine is a socketLine for which something has come on another way.
type earlyLine struct {
	line
	early []string
}

func (l *earlyLine) recv() ([]string, error) {
	if early := l.early; early != nil {
		l.early = nil
		return early, nil
	}
	return l.line.recv()
}

type socketLine struct{ c *wstest.Conn }

func (l *socketLine) send(m string) error {
	l.c.Text(m)
	return nil
}

func (l *socketLine) recv() ([]string, error) {
	f, err := l.c.Next()
	if err != nil {
		return nil, err
	}
	if f.Op != 0x81 {
		return nil, net.ErrClosed
	}
	return []string{f.Payload}, nil
}

// cut closes it, perhaps in the middle of a frame.
func (l *socketLine) cut() {
	if rand.IntN(2) == 0 {
		b := wstest.Masked(0x81, `42["n",-1]`)
		l.c.Raw(b[:1+rand.IntN(len(b)-1)])
	}
	l.c.Close()
}

// pollLine polls, with a connection for each request.
type pollLine struct {
	url  string
	gone bool
}

var oneRequest = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: wstest.Patience}

func (l *pollLine) do(method, body string) (string, error) {
	if l.gone {
		return "", net.ErrClosed
	}
	req, err := http.NewRequest(method, l.url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	res, err := oneRequest.Do(req)
	if err != nil {
		l.gone = true
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		l.gone = true
		return "", errors.Join(err, net.ErrClosed)
	}
	return string(b), nil
}

func (l *pollLine) send(m string) error {
	_, err := l.do("POST", m)
	return err
}

func (l *pollLine) recv() ([]string, error) {
	body, err := l.do("GET", "")
	return strings.Split(body, "\x1e"), err
}

func (l *pollLine) cut() {
	if !l.gone {
		_ = l.send("1")
	}
	l.gone = true
}

// relay forwards connections to a server, and cuts them.
type relay struct {
	listener net.Listener
	cuts     atomic.Int64

	mu    sync.Mutex
	to    string
	conns map[net.Conn]struct{}
	ended bool
}

func newRelay(t *testing.T) *relay {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{listener: l, conns: map[net.Conn]struct{}{}}
	t.Cleanup(r.close)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go r.forward(c)
		}
	}()
	return r
}

func (r *relay) addr() string { return r.listener.Addr().String() }

func (r *relay) lead(to string) {
	r.mu.Lock()
	r.to = to
	r.mu.Unlock()
}

func (r *relay) forward(client net.Conn) {
	defer client.Close()
	r.mu.Lock()
	to := r.to
	r.mu.Unlock()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	r.mu.Lock()
	if r.ended {
		r.mu.Unlock()
		return
	}
	r.conns[client], r.conns[server] = struct{}{}, struct{}{}
	r.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			if c, ok := way[0].(*net.TCPConn); ok {
				_ = c.CloseWrite()
			}
		})
	}
	both.Wait()
	r.mu.Lock()
	delete(r.conns, client)
	delete(r.conns, server)
	r.mu.Unlock()
}

// cut breaks a few connections on either side, some of them with a reset.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.conns { // in no order
		if rand.IntN(6) == 0 {
			if rand.IntN(2) == 0 {
				_ = c.(*net.TCPConn).SetLinger(0)
			}
			c.Close()
			r.cuts.Add(1)
		}
	}
}

func (r *relay) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	r.listener.Close()
	for c := range r.conns {
		c.Close()
	}
}
