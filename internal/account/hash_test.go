package account

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
)

var cheap = HashCost{Memory: 64, Passes: 1, Threads: 1}

func TestHasher(t *testing.T) {
	ctx := context.Background()
	h := NewHasher(cheap)
	hash, err := h.Hash(ctx, "vK8#mQ2x")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("not a PHC string: %s", hash)
	}
	if again, _ := h.Hash(ctx, "vK8#mQ2x"); again == hash {
		t.Error("two hashes of one password are the same: no salt")
	}
	for _, c := range []struct {
		name, hash, password string
		want                 bool
	}{
		{"right", hash, "vK8#mQ2x", true},
		{"wrong", hash, "vK8#mQ2y", false},
		{"empty", hash, "", false},
		{"no hash", "", "vK8#mQ2x", false},
		{"no hash, no password", "", "", false},
		{"a hash that is none", "$2y$10$abcdefghijklmnopqrstuv", "vK8#mQ2x", false},
		{"too much memory", "$argon2id$v=19$m=4294967295,t=1,p=1$YWJjZGVmZ2g$" + strings.Repeat("A", 43), "x", false},
		{"no memory", "$argon2id$v=19$m=0,t=0,p=0$YWJjZGVmZ2g$" + strings.Repeat("A", 43), "x", false},
		{"the decoy", h.decoy, "x", false},
	} {
		before := h.Count()
		got, err := h.Verify(ctx, c.hash, c.password)
		if err != nil || got != c.want {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
		if n := h.Count() - before; n != 1 {
			t.Errorf("%s took %d hashings, not one", c.name, n)
		}
	}
	if h.Outdated(hash) || !NewHasher(HashCost{Memory: 128, Passes: 1, Threads: 1}).Outdated(hash) || h.Outdated("") {
		t.Error("Outdated is wrong")
	}
	composed, _ := h.Hash(ctx, "caf\u00e9-au-lait")
	if ok, _ := h.Verify(ctx, composed, "cafe\u0301-au-lait"); !ok {
		t.Error("a password composed in another way is another one")
	}
}

func TestHasherRefusesWhenTooManyWait(t *testing.T) {
	h := NewHasher(cheap)
	for range cap(h.running) {
		h.running <- struct{}{} // as if busy
	}
	for range cap(h.queued) {
		h.queued <- struct{}{}
	}
	if _, err := h.Hash(context.Background(), "x"); !errors.Is(err, ErrBusyHashing) {
		t.Fatalf("with a full queue: %v", err)
	}
	<-h.queued
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Fatalf("whoever left the queue: %v", err)
	}
	for len(h.queued) > 0 {
		<-h.queued
	}
	for len(h.running) > 0 {
		<-h.running
	}
	var wg sync.WaitGroup
	for range hashQueue {
		wg.Go(func() {
			if _, err := h.Hash(context.Background(), "x"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func BenchmarkStandardCost(b *testing.B) {
	h := NewHasher(HashCost{})
	for b.Loop() {
		if _, err := h.Hash(context.Background(), "vK8#mQ2x"); err != nil {
			b.Fatal(err)
		}
	}
}
