// Command many holds very many signed-in idle connections on one installation:
// several `happychat serve` that share a PostgreSQL and a NATS server, and a load
// generator for each, all on this machine, since a process may have only so many
// files open. It starts all of them, measures, and ends all of them.
//
//	go build -o bin/happychat ./cmd/happychat && go run ./bench/many -connections 250000
//
// PostgreSQL comes from the system's binaries and NATS from its Go module; both
// run in temporary folders.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/happychat/happychat/internal/storetest/pgcluster"
)

var (
	binary      = flag.String("binary", "bin/happychat", "the program to measure")
	connections = flag.Int("connections", 250_000, "how many in the end")
	nodes       = flag.Int("nodes", 0, "servers; 0: as many as their open files allow")
	steps       = flag.String("steps", "50000,100000", "where to stop and measure on the way, with commas between")
	settle      = flag.Duration("settle", 40*time.Second, "how long to wait before memory is read")
	idle        = flag.Duration("idle", 30*time.Second, "how long the use of the processor is measured")
	hold        = flag.Duration("hold", 5*time.Minute, "how long all are held")
	rate        = flag.Float64("rate", 20, "messages a second to random ones of them during the hold")
	role        = flag.String("role", "", "for the processes that it starts itself")
)

// mostFiles is how many connections a process may hold if it may open 20,000
// files: some are for other things.
const mostFiles = 19_000

func main() {
	log.SetFlags(log.Ltime)
	flag.Parse()
	if limit := (syscall.Rlimit{}); syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil {
		limit.Cur = limit.Max
		_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit) // what is allowed is enough, or it is said
	}
	var err error
	switch *role {
	case "":
		err = run()
	case "nats":
		err = runNATS()
	case "load":
		err = runLoad()
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run() (err error) {
	if *nodes == 0 {
		*nodes = (*connections + mostFiles - 1) / mostFiles
	}
	*connections += *connections % 2 // friends come in pairs
	dir, err := os.MkdirTemp("", "happychat-many-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)

	pg, err := pgcluster.Start("shared_buffers=512MB", "max_wal_size=4GB")
	if err != nil {
		return err
	}
	defer func() { _ = pg.Stop() }()
	var started []*process
	defer func() {
		for _, p := range slices.Backward(started) { // who asks ends before who answers
			p.stop()
		}
	}()
	database, err := pg.Database(context.Background())
	if err != nil {
		return err
	}
	began := time.Now()
	if err := prepare(database, *connections); err != nil {
		return err
	}
	log.Printf("%d accounts with a session each, made in %.0f s", *connections, time.Since(began).Seconds())

	self, err := os.Executable()
	if err != nil {
		return err
	}
	nats, err := start("nats", nil, self, "-role", "nats")
	if err != nil {
		return err
	}
	started = append(started, nats)
	natsURL, err := nats.line(time.Minute)
	if err != nil {
		return err
	}
	var servers, loads []*process
	for i := range *nodes {
		data := filepath.Join(dir, strconv.Itoa(i))
		address := fmt.Sprintf("127.0.0.%d:%d", 10+i, 18080+i)
		s, err := start(fmt.Sprint("server ", i), []string{"HAPPYCHAT_DATABASE=" + database, "HAPPYCHAT_NATS=" + natsURL, "HAPPYCHAT_SHARED_FILES=" + filepath.Join(dir, "files")},
			*binary, "serve", "--listen", address, "--data", data, "--log-level", "warn", "--robot", "off")
		if err != nil {
			return err
		}
		started, servers = append(started, s), append(servers, s)
		for {
			text, err := s.line(time.Minute)
			if err != nil {
				return err
			}
			if strings.Contains(text, "is ready") {
				break
			}
		}
		l, err := start(fmt.Sprint("load ", i), nil, self, "-role", "load", address, strconv.Itoa(i), strconv.Itoa(*nodes))
		if err != nil {
			return err
		}
		started, loads = append(started, l), append(loads, l)
	}
	m := &machine{nodes: servers, loads: loads, nats: nats, postgres: pg.Folder()}
	time.Sleep(*settle / 4)
	m.base = m.look()
	log.Printf("%d servers, with nobody: %.1f MiB each", *nodes, mib(m.base.servers)/float64(*nodes))

	for _, n := range append(numbers(*steps), *connections) {
		if n > *connections {
			continue
		}
		if err := m.connect(n); err != nil {
			return err
		}
		select {
		case <-interrupted:
			return fmt.Errorf("interrupted")
		case <-time.After(*settle):
		}
		m.report(n)
	}
	if err := m.hold(interrupted); err != nil {
		return err
	}
	return nil
}

func numbers(list string) []int {
	var all []int
	for word := range strings.SplitSeq(list, ",") {
		if n, err := strconv.Atoi(word); err == nil {
			all = append(all, n)
		}
	}
	return all
}
