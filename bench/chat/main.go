// Command chat measures the messenger as it is: durable sends in the process
// and through Socket.IO, a group with all members connected, long lists of
// conversations, signed-in sockets that do nothing, from start to ready, memory
// at rest, and the history of a large database. Everything runs on this machine
// and ends by itself.
//
//	go build -o bin/happychat ./cmd/happychat && go run ./bench/chat -binary bin/happychat
//
// Figures of a shared machine vary from run to run; next to sends per second
// stand CPU seconds per million sends, which vary less, and what the disk does
// in the same run.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"
)

var (
	binary   = flag.String("binary", "bin/happychat", "the program to measure")
	folder   = flag.String("dir", "", "where the data goes, and is removed again; default: a temporary folder")
	each     = flag.Duration("time", 5*time.Second, "how long each load runs")
	messages = flag.Int("messages", 1_000_000, "messages of the large database")
	sockets  = flag.Int("sockets", 10_000, "signed-in sockets that do nothing")
	only     = flag.String("only", "", "one of: process, socket, group, lists, idle, pictures, large")
)

func main() {
	log.SetFlags(0)
	flag.Parse()
	dir, err := os.MkdirTemp(*folder, "happychat-bench-")
	if err != nil {
		log.Fatal(err)
	}
	err = run(dir)
	if removeErr := os.RemoveAll(dir); err == nil {
		err = removeErr
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run(dir string) error {
	if err := disk(dir); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		run  func(dir string) error
	}{{"process", inProcess}, {"socket", throughSocket}, {"group", inGroup}, {"lists", lists}, {"idle", idle}, {"pictures", pictures}, {"large", large}} {
		if *only != "" && *only != part.name {
			continue
		}
		at := filepath.Join(dir, part.name)
		if err := os.Mkdir(at, 0o700); err != nil {
			return err
		}
		if err := part.run(at); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// disk measures the limit: how often a second a small and a large write can be
// made durable.
func disk(dir string) error {
	fmt.Printf("%-44s %12s %10s\n", "the disk", "syncs/s", "MB/s")
	for _, size := range []int{4 << 10, 1 << 20} {
		f, err := os.Create(filepath.Join(dir, "disk"))
		if err != nil {
			return err
		}
		block := make([]byte, size)
		n, began := 0, time.Now()
		for time.Since(began) < time.Second {
			if _, err := f.Write(block); err != nil {
				return err
			}
			if err := f.Sync(); err != nil {
				return err
			}
			n++
		}
		perSecond := float64(n) / time.Since(began).Seconds()
		fmt.Printf("%-44s %12.0f %10.0f\n", fmt.Sprintf("  write %d KiB and sync", size>>10), perSecond, perSecond*float64(size)/1e6)
		_ = f.Close()
		_ = os.Remove(f.Name())
	}
	return nil
}
