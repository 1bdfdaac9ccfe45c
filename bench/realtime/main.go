// Command realtime measures what two-way communication costs: it drives this
// repository's Socket.IO server and, in the same run, the servers that it has to
// be compared with, and prints CPU seconds of the server process for a million
// units of work, rates, latencies and resident memory.
//
//	go run ./bench/realtime [-only ours,node,centrifuge,bare] [-scenario …]
//
// Server and load generator share the machine. Compare ratios, not numbers from
// different runs.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// peer is a server to be measured. dir is where its command is run.
type peer struct {
	name    string
	dialect dialect
	dir     string
	build   []string
	run     []string
}

func main() {
	log.SetFlags(0)
	only := flag.String("only", "", "peers to measure, separated by commas; all by default")
	scenario := flag.String("scenario", "", "scenarios to run, separated by commas; all by default: one, few, all, full, echo, latency, idle")
	duration := flag.Duration("duration", 3*time.Second, "length of one measurement")
	connections := flag.Int("idle", 10_000, "connections of the idle scenario")
	huge := flag.Int("many", 0, "connections of the scenario that holds many; needs the right to open as many files")
	extra := flag.String("args", "", "more arguments for our server")
	flag.Parse()

	tmp, err := os.MkdirTemp("", "realtime")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(tmp)
	here := filepath.Join("bench", "realtime")
	peers := []peer{
		{
			"ours",
			socketIO{},
			".",
			[]string{"go", "build", "-o", tmp + "/ours", "./socketio/testserver"},
			append([]string{tmp + "/ours", "-addr", "{addr}", "-room", "-ping-interval", "25s", "-ping-timeout", "20s"}, strings.Fields(*extra)...),
		},
		{"node", socketIO{}, filepath.Join(here, "peers", "node"), nil, []string{"node", "server.mjs", "{addr}"}},
		{"centrifuge", centrifuge{}, filepath.Join(here, "peers", "centrifuge"), []string{"go", "build", "-o", tmp + "/centrifuge", "."}, []string{tmp + "/centrifuge", "{addr}"}},
		{"bare", socketIO{}, ".", []string{"go", "build", "-o", tmp + "/bare", "./" + here + "/bare"}, []string{tmp + "/bare", "{addr}"}},
	}
	wanted := func(list, name string) bool {
		return list == "" || strings.Contains(","+list+",", ","+name+",")
	}
	for _, peer := range peers {
		if !wanted(*only, peer.name) {
			continue
		}
		if peer.build != nil {
			b := exec.Command(peer.build[0], peer.build[1:]...)
			b.Dir = peer.dir
			if out, err := b.CombinedOutput(); err != nil {
				log.Printf("%-11s skipped: %v\n%s", peer.name, err, out)
				continue
			}
		}
		measure := func(name, title string, f func(*process) (any, error)) {
			if !wanted(*scenario, name) || peer.name == "bare" && (name == "echo" || name == "idle" || name == "many") {
				return
			}
			p, err := start(peer.dir, nil, append([]string(nil), peer.run...)...)
			if err != nil {
				log.Printf("%-11s %s: %v", peer.name, title, err)
				return
			}
			defer p.stop()
			r, err := f(p)
			if err != nil {
				log.Printf("%-11s %s: %v", peer.name, title, err)
				return
			}
			fmt.Printf("%-11s %-34s %v\n", peer.name, title, r)
		}
		// Of those who send in a fan-out, each has so many messages in flight: it sends
		// the next one when one of its own has come back to it.
		measure("one", "fan-out to 1,000, 1 sender", func(p *process) (any, error) {
			return fanout(p, peer.dialect, 1000, 1, 1, 0, *duration)
		})
		measure("few", "fan-out to 1,000, 4 senders", func(p *process) (any, error) {
			return fanout(p, peer.dialect, 1000, 4, 1, 0, *duration)
		})
		measure("all", "fan-out to 1,000, all send", func(p *process) (any, error) {
			return fanout(p, peer.dialect, 1000, 1000, 1, 0, *duration)
		})
		measure("full", "fan-out to 1,000, 16 in flight", func(p *process) (any, error) {
			return fanout(p, peer.dialect, 1000, 1, 16, 0, *duration)
		})
		measure("echo", "echo with acknowledgement, 100", func(p *process) (any, error) {
			return echo(p, peer.dialect, 100, *duration)
		})
		measure("latency", "20 messages/s to 1,000", func(p *process) (any, error) {
			return fanout(p, peer.dialect, 1000, 0, 0, 20, *duration)
		})
		measure("idle", fmt.Sprintf("idle, %d connections", *connections), func(p *process) (any, error) {
			return idle(p, peer.dialect, *connections)
		})
		if *huge > 0 {
			measure("many", fmt.Sprintf("%d connections", *huge), func(p *process) (any, error) {
				return many(p, peer.dialect, *huge, *duration)
			})
		}
	}
}
