package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/happychat/happychat/bench/wsload"
)

// A load generator holds the connections to one server. It takes orders from
// its input: "connect N", until there are so many, and "hold MS RATE".
type load struct {
	address     string
	index, of   int // accounts index, index+of, …
	conns       []*conn
	closing     atomic.Bool
	lost, pings atomic.Int64

	mu     sync.Mutex
	delays []time.Duration
	acks   []time.Duration
}

type conn struct {
	*wsload.Conn
	account int
}

func runLoad() error {
	debug.SetGCPercent(400) // its memory is not what is measured, and there is enough
	arg := flag.Args()
	l := &load{address: arg[0]}
	l.index, _ = strconv.Atoi(arg[1])
	l.of, _ = strconv.Atoi(arg[2])
	for orders := bufio.NewScanner(os.Stdin); orders.Scan(); {
		word := strings.Fields(orders.Text())
		switch word[0] {
		case "connect":
			n, _ := strconv.Atoi(word[1])
			if err := l.connect(n); err != nil {
				fmt.Println(err)
			} else {
				fmt.Println("connected")
			}
		case "hold":
			ms, _ := strconv.Atoi(word[1])
			rate, _ := strconv.ParseFloat(word[2], 64)
			l.hold(time.Duration(ms)*time.Millisecond, rate)
		}
	}
	l.closing.Store(true)
	return nil
}

// atOnce is how many of one generator connect at the same time.
const atOnce = 8

func (l *load) connect(n int) error {
	from := len(l.conns)
	l.conns = append(l.conns, make([]*conn, n-from)...)
	var next atomic.Int64
	next.Store(int64(from))
	errs := make(chan error, atOnce)
	for range atOnce {
		go func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					errs <- nil
					return
				}
				c, err := l.dial(l.index + i*l.of)
				if err != nil {
					errs <- fmt.Errorf("connection %d: %w", i, err)
					return
				}
				l.conns[i] = c
			}
		}()
	}
	var failed error
	for range atOnce {
		failed = errors.Join(failed, <-errs)
	}
	return failed
}

func (l *load) dial(account int) (*conn, error) {
	ws, err := wsload.Dial(l.address, "/socket.io/?EIO=4&transport=websocket", "")
	if err != nil {
		return nil, err
	}
	c := &conn{ws, account}
	if _, err := c.Next(); err != nil { // the open packet
		return nil, err
	}
	if err := c.Send([]byte(`40{"token":"` + token(account) + `"}`)); err != nil {
		return nil, err
	}
	for {
		m, err := c.Next()
		if err != nil {
			return nil, err
		}
		if bytes.HasPrefix(m, []byte("44")) {
			return nil, fmt.Errorf("refused: %s", m)
		}
		if bytes.HasPrefix(m, []byte("40")) {
			break
		}
	}
	_ = c.SetDeadline(time.Time{})
	go func() {
		if err := c.read(l.take); !l.closing.Load() {
			l.lost.Add(1)
			fmt.Fprintf(os.Stderr, "account %d lost: %v\n", account, err)
		}
	}()
	return c, nil
}

// buffers are used only while there is something to read, so that a connection
// that waits has none.
var buffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// read hands over all messages. Each comes in one piece, since they are small
// and the machine is the same; one that does not ends the connection.
func (c *conn) read(take func(c *conn, m []byte)) error {
	tcp, ok := c.Conn.Conn.(*net.TCPConn)
	if !ok {
		return errors.New("no TCP connection")
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return err
	}
	if err := c.Rest(func(m []byte) { take(c, m) }); err != nil {
		return err
	}
	for {
		var end error
		err := raw.Read(func(fd uintptr) bool {
			b, _ := buffers.Get().(*[]byte)
			defer buffers.Put(b)
			n, err := syscall.Read(int(fd), *b)
			switch {
			case errors.Is(err, syscall.EAGAIN):
				return false // wait until there is something
			case err != nil:
				end = err
			case n == 0:
				end = io.EOF
			default:
				end = wsload.Cut((*b)[:n], func(m []byte) { take(c, m) })
			}
			return true
		})
		if err != nil || end != nil {
			return errors.Join(err, end)
		}
	}
}

// mark stands before the time in the body of a message.
const mark = "sent at "

func (l *load) take(c *conn, m []byte) {
	switch {
	case len(m) == 1 && m[0] == '2':
		l.pings.Add(1)
		_ = c.Send([]byte("3"))
	case bytes.HasPrefix(m, []byte("42")), bytes.HasPrefix(m, []byte("43")):
		_, stamp, ok := bytes.Cut(m, []byte(mark))
		if !ok {
			return
		}
		var at int64
		var by int
		if n, _ := fmt.Sscanf(string(stamp), "%d by %d.", &at, &by); n != 2 {
			return
		}
		took := time.Since(time.Unix(0, at))
		l.mu.Lock()
		defer l.mu.Unlock()
		if m[1] == '3' {
			l.acks = append(l.acks, took)
		} else if by != c.account {
			l.delays = append(l.delays, took)
		}
	}
}

// hold has random ones write to their friends, and prints what came of it.
func (l *load) hold(duration time.Duration, rate float64) {
	l.pings.Store(0)
	sent := 0
	end := time.Now().Add(duration)
	for time.Now().Before(end) && len(l.conns) > 0 {
		c := l.conns[rand.IntN(len(l.conns))]
		sent++
		_ = c.Send(fmt.Appendf(nil, `421["message.send",{"conversationId":"%d","clientId":"many-%d-%d","body":"%s%d by %d. Shall we meet at the lake on Sunday? The weather will be fine."}]`,
			conversationID(c.account), l.index, sent, mark, time.Now().UnixNano(), c.account))
		time.Sleep(time.Duration(rand.ExpFloat64() * float64(time.Second) / rate))
	}
	time.Sleep(2 * time.Second) // what is on its way
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range l.delays {
		fmt.Printf("delay %.3f\n", float64(d)/1e6)
	}
	for _, d := range l.acks {
		fmt.Printf("ack %.3f\n", float64(d)/1e6)
	}
	fmt.Println("sent", sent)
	fmt.Println("pings", l.pings.Load())
	fmt.Println("lost", l.lost.Load())
	fmt.Println("held")
}
