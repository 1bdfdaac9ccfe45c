package main

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/happychat/happychat/bench/wsload"
)

// connect opens n connections and brings them into the room, with some of them
// on their way at a time.
func connect(p *process, d dialect, n, parallel int) ([]*wsload.Conn, error) {
	return connectFrom(p, d, 0, n, parallel, n > 20_000)
}

// connectFrom is connect for the connections from first on. spread has them come
// from many loopback addresses: one has not enough ports.
func connectFrom(p *process, d dialect, first, n, parallel int, spread bool) ([]*wsload.Conn, error) {
	clients := make([]*wsload.Conn, n)
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	for range parallel {
		wg.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				local := ""
				if spread {
					at := (first + i) / 10_000
					local = fmt.Sprintf("127.0.%d.%d", 1+at/200, 1+at%200)
				}
				c, err := wsload.Dial(p.addr, d.path(), local)
				if err == nil {
					err = d.join(c)
				}
				if err != nil {
					failed.Store(&err)
					return
				}
				clients[i] = c
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		closeAll(clients)
		return nil, *err
	}
	return clients, nil
}

func closeAll(clients []*wsload.Conn) {
	for _, c := range clients {
		if c != nil {
			c.Close()
		}
	}
}

// result is what one scenario has measured.
type result struct {
	perMillion float64 // CPU seconds of the server for a million units of work
	rate       float64 // units a second
	perWrite   float64 // units that left in one write, on average; 0 where unknown
	p50, p99   time.Duration
}

func (r result) String() string {
	s := fmt.Sprintf("%7.2f CPU-s/M  %9.0f/s", r.perMillion, r.rate)
	if r.perWrite > 0 {
		s += fmt.Sprintf("  %5.1f/write", r.perWrite)
	}
	if r.p99 > 0 {
		s += fmt.Sprintf("  p50 %6.2f ms  p99 %6.2f ms", ms(r.p50), ms(r.p99))
	}
	return s
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// fanout has some of n clients in a room send for a while, each with some messages
// in flight: the next one goes out when it has got one of its own back. rate, if
// not 0, has one client send so many a second instead. How long deliveries take is
// measured at all clients then, and at one of fifty otherwise.
func fanout(p *process, d dialect, n, senders, inFlight, rate int, duration time.Duration) (result, error) {
	clients, err := connect(p, d, n, 32)
	if err != nil {
		return result{}, err
	}
	defer closeAll(clients)

	var delivered atomic.Int64
	var stopping atomic.Bool
	sentAt := make([]int64, 1<<16)
	begin := time.Now()
	chains := senders * inFlight // message m is answered by message m+chains
	latencies := make([][]int64, n)
	say := func(c *wsload.Conn, m int) {
		atomic.StoreInt64(&sentAt[m%len(sentAt)], int64(time.Since(begin)))
		_ = c.Send(d.say(m))
	}
	var wg sync.WaitGroup
	for i, c := range clients {
		timed := rate > 0 || i%50 == 25
		wg.Go(func() {
			_ = c.Each(make([]byte, 32<<10), func(m []byte) {
				k := 0
				d.said(m, func(j int) {
					k++
					if timed {
						latencies[i] = append(latencies[i], int64(time.Since(begin))-atomic.LoadInt64(&sentAt[j%len(sentAt)]))
					}
					if rate == 0 && j%chains%senders == i && !stopping.Load() {
						say(c, j+chains)
					}
				})
				if k == 0 {
					if pong := d.pong(m); pong != nil {
						_ = c.Send(pong)
					}
				}
				delivered.Add(int64(k))
			})
		})
	}
	for i := range chains {
		say(clients[i%senders], i)
	}
	sent := 0
	run := func(length time.Duration) {
		if rate == 0 {
			time.Sleep(length)
			return
		}
		tick := time.NewTicker(time.Second / time.Duration(rate))
		defer tick.Stop()
		for end := time.Now().Add(length); time.Now().Before(end); {
			<-tick.C
			say(clients[0], sent)
			sent++
		}
	}
	run(duration / 4) // warm up
	cpu, count, writes, from := p.cpu(), delivered.Load(), p.writes(), time.Now()
	run(duration)
	cpu, count, writes = p.cpu()-cpu, delivered.Load()-count, p.writes()-writes
	took := time.Since(from)
	stopping.Store(true)
	closeAll(clients)
	wg.Wait()
	r := result{perMillion: cpu.Seconds() / float64(count) * 1e6, rate: float64(count) / took.Seconds()}
	if writes > 0 {
		r.perWrite = float64(count) / float64(writes)
	}
	var all []int64
	for _, l := range latencies {
		all = append(all, l...)
	}
	r.p50, r.p99 = quantiles(all)
	return r, nil
}

func quantiles(all []int64) (p50, p99 time.Duration) {
	if len(all) == 0 {
		return 0, 0
	}
	slices.Sort(all)
	return time.Duration(all[len(all)/2]), time.Duration(all[len(all)*99/100])
}

// echo has n clients ask, each again when it is answered.
func echo(p *process, d dialect, n int, duration time.Duration) (result, error) {
	clients, err := connect(p, d, n, 32)
	if err != nil {
		return result{}, err
	}
	defer closeAll(clients)
	var answered atomic.Int64
	var wg sync.WaitGroup
	latencies := make([][]int64, n)
	for i, c := range clients {
		wg.Go(func() {
			k := 0
			asked := time.Now()
			_ = c.Send(d.ask(k))
			_ = c.Each(make([]byte, 4<<10), func(m []byte) {
				if d.answered(m) != k {
					if pong := d.pong(m); pong != nil {
						_ = c.Send(pong)
					}
					return
				}
				answered.Add(1)
				k++
				now := time.Now()
				latencies[i] = append(latencies[i], int64(now.Sub(asked)))
				asked = now
				_ = c.Send(d.ask(k))
			})
		})
	}
	time.Sleep(duration / 4)
	cpu, count, from := p.cpu(), answered.Load(), time.Now()
	time.Sleep(duration)
	cpu, count = p.cpu()-cpu, answered.Load()-count
	took := time.Since(from)
	closeAll(clients)
	wg.Wait()
	r := result{perMillion: cpu.Seconds() / float64(count) * 1e6, rate: float64(count) / took.Seconds()}
	var all []int64
	for _, l := range latencies {
		all = append(all, l...)
	}
	r.p50, r.p99 = quantiles(all)
	return r, nil
}

// idle opens n connections and measures how fast that goes and what memory
// they hold when nothing happens.
func idle(p *process, d dialect, n int) (string, error) {
	before := p.resident()
	cpu, from := p.cpu(), time.Now()
	clients, err := connect(p, d, n, 64)
	if err != nil {
		return "", err
	}
	took, used := time.Since(from), p.cpu()-cpu
	least := p.resident()
	for range 40 { // until the garbage of the handshakes is gone
		time.Sleep(250 * time.Millisecond)
		least = min(least, p.resident())
	}
	closeAll(clients)
	return fmt.Sprintf("%6.2f KiB/conn  %7.0f conn/s  %6.0f conn/CPU-s",
		float64(least-before)/float64(n)/1024, float64(n)/took.Seconds(), float64(n)/used.Seconds()), nil
}
