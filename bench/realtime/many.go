package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/happychat/happychat/bench/wsload"
)

// many opens n connections, keeps them open while it answers heartbeats, and asks
// over one after the other: none may be lost, and an answer has to come soon.
func many(p *process, d dialect, n int, duration time.Duration) (string, error) {
	before := p.resident()
	from := time.Now()
	var lost, pings atomic.Int64
	var closing atomic.Bool
	answers := make(chan time.Time, 1)
	clients := make([]*wsload.Conn, 0, n)
	// In pieces, so that those who are in answer heartbeats while others come.
	for len(clients) < n {
		more, err := connectFrom(p, d, len(clients), min(5000, n-len(clients)), 64, true)
		if err != nil {
			closeAll(clients)
			return "", fmt.Errorf("after %d connections: %w", len(clients), err)
		}
		for _, c := range more {
			go func() {
				_ = c.Each(make([]byte, 256), func(m []byte) {
					if pong := d.pong(m); pong != nil {
						pings.Add(1)
						_ = c.Send(pong)
					} else if d.answered(m) >= 0 {
						answers <- time.Now()
					}
				})
				if !closing.Load() {
					lost.Add(1)
				}
			}()
		}
		clients = append(clients, more...)
	}
	took := time.Since(from)
	cpu := p.cpu()
	var mu sync.Mutex
	var latencies []int64
	end := time.Now().Add(duration)
	begin := time.Now()
	for time.Now().Before(end) {
		c := clients[rand.IntN(n)]
		asked := time.Now()
		if err := c.Send(d.ask(1)); err == nil {
			select {
			case at := <-answers:
				mu.Lock()
				latencies = append(latencies, int64(at.Sub(asked)))
				mu.Unlock()
			case <-time.After(5 * time.Second):
				lost.Add(1)
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	used := p.cpu() - cpu
	resident := p.resident()
	closing.Store(true)
	closeAll(clients)
	p50, p99 := quantiles(latencies)
	worst := time.Duration(latencies[len(latencies)-1])
	return fmt.Sprintf("%5.2f KiB/conn  %6.0f conn/s  lost %d  pings %d  %4.1f %% CPU  answer p50 %.2f ms  p99 %.2f ms  worst %.2f ms",
		float64(resident-before)/float64(n)/1024, float64(n)/took.Seconds(), lost.Load(), pings.Load(),
		100*used.Seconds()/time.Since(begin).Seconds(), ms(p50), ms(p99), ms(worst)), nil
}
