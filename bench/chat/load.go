package main

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// load has senders send for a time, each waiting for its own acknowledgement
// before the next. rate is how many there are a second together; 0 means as
// many as go. send is called with the sender's number and a number of its own.
type load struct {
	senders int
	rate    float64
	send    func(sender int, n int64) error
}

type figures struct {
	count    int64
	elapsed  time.Duration
	p50, p99 time.Duration
}

func (l load) run() (figures, error) {
	var n, failed atomic.Int64
	var firstErr error
	var once sync.Once
	took := make([][]time.Duration, l.senders)
	var wg sync.WaitGroup
	began := time.Now()
	end := began.Add(*each)
	for i := range l.senders {
		wg.Go(func() {
			for {
				k := n.Add(1)
				from := time.Now()
				if l.rate > 0 {
					// Lateness counts: the clock starts when the send was due.
					from = began.Add(time.Duration(float64(k) / l.rate * float64(time.Second)))
					if from.After(end) {
						return
					}
					time.Sleep(time.Until(from))
				} else if from.After(end) {
					return
				}
				if err := l.send(i, k); err != nil {
					failed.Add(1)
					once.Do(func() { firstErr = err })
					return
				}
				took[i] = append(took[i], time.Since(from))
			}
		})
	}
	wg.Wait()
	f := figures{elapsed: time.Since(began)}
	if failed.Load() > 0 {
		return f, fmt.Errorf("%d senders failed, the first with: %w", failed.Load(), firstErr)
	}
	all := slices.Concat(took...)
	slices.Sort(all)
	f.count = int64(len(all))
	if len(all) > 0 {
		f.p50, f.p99 = all[len(all)/2], all[len(all)*99/100]
	}
	return f, nil
}

func header(title string) {
	fmt.Printf("\n%-44s %10s %9s %9s %16s\n", title, "sends/s", "p50 ms", "p99 ms", "CPU-s/million")
}

func (f figures) print(what string, cpu time.Duration) {
	fmt.Printf("%-44s %10.0f %9.2f %9.2f %16.1f\n", what, float64(f.count)/f.elapsed.Seconds(),
		float64(f.p50.Microseconds())/1000, float64(f.p99.Microseconds())/1000, cpu.Seconds()/float64(max(f.count, 1))*1e6)
}

// ownCPU is what this process has used.
func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // can not fail for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
