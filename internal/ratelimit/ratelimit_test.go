package ratelimit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/ratelimit"
)

type clock int64

func (c *clock) Now() int64 { return int64(*c) }

func TestTake(t *testing.T) {
	now := clock(1_000_000)
	l := ratelimit.New(&now, ratelimit.Rate{Burst: 3, Every: 10 * time.Second}, 100)
	for i := range 3 {
		if _, ok := l.Take("a"); !ok {
			t.Fatalf("try %d of 3 was refused", i+1)
		}
	}
	wait, ok := l.Take("a")
	if ok || wait != 10*time.Second {
		t.Fatalf("the fourth: ok %v, wait %v; want a wait of 10s", ok, wait)
	}
	if _, ok := l.Take("b"); !ok {
		t.Fatal("another key was refused")
	}
	now += 9_999
	if wait, ok := l.Take("a"); ok || wait != time.Millisecond {
		t.Fatalf("after 9.999s: ok %v, wait %v", ok, wait)
	}
	now++
	if _, ok := l.Take("a"); !ok {
		t.Fatal("refused after the wait that was told")
	}
	if _, ok := l.Take("a"); ok {
		t.Fatal("one wait gave two tries")
	}
	l.Return("a")
	if _, ok := l.Take("a"); !ok {
		t.Fatal("a try that was given back is not there")
	}
	now += 3_600_000
	for range 3 {
		if _, ok := l.Take("a"); !ok {
			t.Fatal("not full again after an hour")
		}
	}
	if _, ok := l.Take("a"); ok {
		t.Fatal("more than a burst had gathered")
	}
}

func TestForgetsTheLeastRecent(t *testing.T) {
	now := clock(0)
	l := ratelimit.New(&now, ratelimit.Rate{Burst: 1, Every: time.Hour}, 10)
	for i := range 10 {
		l.Take(fmt.Sprint(i))
	}
	l.Take("0") // refused, but used
	l.Take("10")
	if _, ok := l.Take("0"); ok {
		t.Error("a key in use was forgotten")
	}
	if _, ok := l.Take("1"); !ok {
		t.Error("more keys are kept than may be")
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":             "192.0.2.7",
		"::ffff:192.0.2.7":      "192.0.2.7",
		"2001:db8:1:2:3:4:5:6":  "2001:db8:1:2::/64",
		"2001:db8:1:2::1":       "2001:db8:1:2::/64",
		"fe80::1%eth0":          "fe80::/64",
		"not an address at all": "not an address at all",
	} {
		if got := ratelimit.Network(address); got != want {
			t.Errorf("Network(%q) = %q, want %q", address, got, want)
		}
	}
}
