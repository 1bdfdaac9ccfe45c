package main

import (
	"fmt"
	"log"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// machine is everything that runs.
type machine struct {
	nodes, loads []*process
	nats         *process
	postgres     string // its folder, which stands in its command line
	base         state
	last         state
	connected    int
	before       int // connections at the last report
}

// state is what everything uses at one time.
type state struct {
	at                             time.Time
	servers, loads, kernel         int64 // bytes; of the kernel: slabs
	serversCPU, loadsCPU, natsCPU  time.Duration
	postgresCPU                    time.Duration
	busy, total                    time.Duration // of the whole machine, others included
	natsMemory, sockets, tcpMemory int64
}

func (m *machine) look() state {
	s := state{at: time.Now()}
	for _, p := range m.nodes {
		u := useOf(p.cmd.Process.Pid)
		s.servers += u.resident
		s.serversCPU += u.cpu
	}
	for _, p := range m.loads {
		u := useOf(p.cmd.Process.Pid)
		s.loads += u.resident
		s.loadsCPU += u.cpu
	}
	u := useOf(m.nats.cmd.Process.Pid)
	s.natsMemory, s.natsCPU = u.resident, u.cpu
	for _, pid := range family(m.postgres) {
		s.postgresCPU += useOf(pid).cpu
	}
	s.kernel = field("/proc/meminfo", "Slab:")
	if b, err := os.ReadFile("/proc/net/sockstat"); err == nil {
		f := strings.Fields(string(b))
		for i, word := range f {
			if word == "TCP:" && i+10 < len(f) { // TCP: inuse 5 orphan 0 tw 0 alloc 6 mem 1
				s.sockets, _ = strconv.ParseInt(f[i+2], 10, 64)
				pages, _ := strconv.ParseInt(f[i+10], 10, 64)
				s.tcpMemory = pages * int64(os.Getpagesize())
			}
		}
	}
	if b, err := os.ReadFile("/proc/stat"); err == nil {
		line, _, _ := strings.Cut(string(b), "\n")
		for i, word := range strings.Fields(line)[1:] {
			n, _ := strconv.Atoi(word)
			d := time.Duration(n) * 10 * time.Millisecond
			if i < 8 {
				s.total += d
			}
			if i != 3 && i != 4 && i < 8 { // idle, iowait
				s.busy += d
			}
		}
	}
	return s
}

// connect has the load generators connect until there are n in all.
func (m *machine) connect(n int) error {
	began := time.Now()
	for i, p := range m.loads {
		share := (n + len(m.loads) - 1 - i) / len(m.loads)
		p.say(fmt.Sprint("connect ", share))
	}
	for _, p := range m.loads {
		text, err := p.line(30 * time.Minute)
		if err != nil {
			return err
		}
		if text != "connected" {
			return fmt.Errorf("%s: %s", p.name, text)
		}
	}
	took := time.Since(began).Seconds()
	log.Printf("%d connected, %.0f a second", n, float64(n-m.connected)/took)
	m.connected = n
	return nil
}

// report measures a while of nothing but heartbeats, and memory.
func (m *machine) report(n int) {
	before := m.look()
	time.Sleep(*idle)
	s := m.look()
	per := func(a, b int64) float64 { return float64(a-b) / float64(n) / 1024 }
	fmt.Printf("%7d connections: server %.2f KiB each, kernel %.2f KiB each (both ends), load %.2f KiB each; NATS %.0f MiB; TCP buffers %.1f MiB in %d sockets\n",
		n, per(s.servers, m.base.servers), per(s.kernel, m.base.kernel), per(s.loads, m.base.loads), mib(s.natsMemory), mib(s.tcpMemory), s.sockets)
	if m.last.servers > 0 {
		more := float64(n-m.before) * 1024
		fmt.Printf("        each one more since the step before: server %.2f KiB, kernel %.2f KiB\n", float64(s.servers-m.last.servers)/more, float64(s.kernel-m.last.kernel)/more)
	}
	m.usage("idle", before, s)
	m.last = s
	m.before = n
}

func (m *machine) usage(what string, a, b state) {
	took := b.at.Sub(a.at)
	share := func(d time.Duration) float64 { return 100 * d.Seconds() / took.Seconds() }
	fmt.Printf("        %s: of one core, servers %.1f %%, load %.1f %%, NATS %.1f %%, PostgreSQL %.1f %%; the machine was busy for %.0f %% of its cores\n",
		what, share(b.serversCPU-a.serversCPU), share(b.loadsCPU-a.loadsCPU), share(b.natsCPU-a.natsCPU), share(b.postgresCPU-a.postgresCPU),
		100*(b.busy-a.busy).Seconds()/max((b.total-a.total).Seconds(), 0.01))
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }

// hold keeps all for a while and has random ones write to their friends, most
// of whom are at another server.
func (m *machine) hold(interrupted <-chan os.Signal) error {
	before := m.look()
	for _, p := range m.loads {
		p.say(fmt.Sprintf("hold %d %f", hold.Milliseconds(), *rate/float64(len(m.loads))))
	}
	var delays, acks []float64
	lost, pings, sent := 0, 0, 0
	for _, p := range m.loads {
		for done := false; !done; {
			select {
			case <-interrupted:
				return fmt.Errorf("interrupted")
			case text, ok := <-p.lines:
				if !ok {
					return fmt.Errorf("%s has ended", p.name)
				}
				word, rest, _ := strings.Cut(text, " ")
				ms, _ := strconv.ParseFloat(rest, 64)
				switch word {
				case "delay":
					delays = append(delays, ms)
				case "ack":
					acks = append(acks, ms)
				case "lost":
					lost += int(ms)
				case "pings":
					pings += int(ms)
				case "sent":
					sent += int(ms)
				case "held":
					done = true
				}
			}
		}
	}
	s := m.look()
	fmt.Printf("held %d for %v: lost %d, %d heartbeats answered\n", m.connected, *hold, lost, pings)
	fmt.Printf("        %d messages sent, %d arrived: p50 %.1f ms, p99 %.1f ms, worst %.1f ms; over 50 ms: %d\n", sent, len(delays), quantile(delays, 0.5), quantile(delays, 0.99), quantile(delays, 1), over(delays, 50))
	fmt.Printf("        acknowledged, which is when they are on disk: p50 %.1f ms, p99 %.1f ms, worst %.1f ms\n", quantile(acks, 0.5), quantile(acks, 0.99), quantile(acks, 1))
	m.usage("holding", before, s)
	return nil
}

func quantile(list []float64, q float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(len(list)-1, int(q*float64(len(list))))]
}

func over(list []float64, ms float64) (n int) {
	for _, v := range list {
		if v > ms {
			n++
		}
	}
	return n
}
