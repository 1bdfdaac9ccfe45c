package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/storetest/pgcluster"
	"github.com/happychat/happychat/internal/wire"
)

const (
	groupMembers = 1000
	groupRate    = 20 // messages a second
	listed       = 500
	listedGroup  = 20 // members of each group in a list
)

// inGroup measures messages to a group all of whose members are connected: how
// long each takes from when it was due until each of them has it.
func inGroup(dir string) error {
	a, err := open(dir)
	if err != nil {
		return err
	}
	list, err := people(a, groupMembers, true)
	if err != nil {
		return err
	}
	began := time.Now()
	group, err := makeGroup(a, list)
	if err != nil {
		return err
	}
	made := time.Since(began)
	if err := closeApp(a); err != nil {
		return err
	}
	server, err := startServer(dir)
	if err != nil {
		return err
	}
	defer server.stop()

	n := int(each.Seconds() * groupRate)
	var due atomic.Pointer[time.Time] // of the first
	took := make([]time.Duration, n*len(list))
	var got sync.WaitGroup
	got.Add(len(took))
	heard := func(member int) func([]byte) {
		return func(m []byte) {
			_, after, ok := bytes.Cut(m, []byte(`"clientId":"group-`))
			if !ok {
				return
			}
			digits, _, _ := bytes.Cut(after, []byte(`"`))
			if k, err := strconv.Atoi(string(digits)); err == nil {
				took[k*len(list)+member] = time.Since(due.Load().Add(time.Duration(k) * time.Second / groupRate))
				got.Done()
			}
		}
	}
	conns := make([]*sender, len(list))
	for i, p := range list {
		p.conversation = group
		if conns[i], err = connect(server.address, p, heard(i)); err != nil {
			return fmt.Errorf("member %d: %w", i, err)
		}
	}
	time.Sleep(2 * time.Second) // what connecting left behind
	cpu, own := server.cpu(), ownCPU()
	first := time.Now().Add(100 * time.Millisecond)
	due.Store(&first)
	for k := range n {
		time.Sleep(time.Until(first.Add(time.Duration(k) * time.Second / groupRate)))
		c := conns[k*37%len(conns)]
		if err := c.post(fmt.Sprintf("group-%06d", k)); err != nil {
			return err
		}
	}
	all := make(chan struct{})
	go func() { got.Wait(); close(all) }()
	select {
	case <-all:
	case <-time.After(30 * time.Second):
		return fmt.Errorf("not all members have got all messages within 30 s")
	}
	last := make([]time.Duration, n) // until all have it
	for k := range last {
		last[k] = slices.Max(took[k*len(list) : (k+1)*len(list)])
	}
	slices.Sort(took)
	slices.Sort(last)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	fmt.Printf("\n%-44s %10s %9s %9s %9s %16s\n", "a group, all members connected", "messages/s", "p50 ms", "p99 ms", "most ms", "CPU-s/million")
	fmt.Printf("%-44s %10d %9.2f %9.2f %9.2f %16.1f\n", fmt.Sprintf("  until each of %d has it", len(list)), groupRate,
		ms(took[len(took)/2]), ms(took[len(took)*99/100]), ms(took[len(took)-1]), (server.cpu()-cpu).Seconds()/float64(len(took))*1e6)
	fmt.Printf("%-44s %10d %9.2f %9.2f %9.2f\n", "  until all have it", groupRate, ms(last[len(last)/2]), ms(last[len(last)*99/100]), ms(last[len(last)-1]))
	fmt.Printf("the load generator used %.1f s of CPU, the server %.1f s; making the group took %.0f ms\n",
		(ownCPU() - own).Seconds(), (server.cpu() - cpu).Seconds(), ms(made))
	for _, c := range conns {
		_ = c.conn.Close()
	}
	return nil
}

// makeGroup makes a group of all, whom it befriends with the first.
func makeGroup(a *app.App, list []person) (change.ID, error) {
	ctx := context.Background()
	wish := conversation.NewGroup{Name: "Group"}
	err := a.Store.Update(ctx, func(ctx context.Context) error {
		owner, err := a.Store.Account(ctx, list[0].id)
		if err != nil {
			return err
		}
		for _, p := range list[1:] {
			wish.Members = append(wish.Members, p.id)
			them, err := a.Store.Account(ctx, p.id)
			if err != nil {
				return err
			}
			for _, side := range [][2]account.Account{{owner, them}, {them, owner}} {
				if _, err := a.Store.PutContact(ctx, contact.Contact{Owner: side[0].ID, Account: side[1].Card(), State: contact.Friend}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	d, err := a.Conversations.CreateGroup(ctx, list[0].id, wish)
	return d.ConversationID, err
}

// lists measures what somebody asks for who is in many conversations, half of
// them groups.
func lists(dir string) error {
	if err := listsOn(dir, "", "SQLite"); err != nil {
		return err
	}
	pg, err := pgcluster.Start()
	if errors.Is(err, pgcluster.ErrMissing) {
		fmt.Println("  (PostgreSQL is not installed)")
		return nil
	}
	if err != nil {
		return err
	}
	url, err := pg.Database(context.Background())
	if err == nil {
		err = listsOn(filepath.Join(dir, "postgres"), url, "PostgreSQL")
	}
	return errors.Join(err, pg.Stop())
}

func listsOn(dir, database, kind string) error {
	a, err := openOn(dir, database)
	if err != nil {
		return err
	}
	list, err := people(a, listed/2+1, false)
	if err != nil {
		return err
	}
	ctx := context.Background()
	me := list[0]
	if _, err := makeGroup(a, list); err != nil { // befriends them
		return err
	}
	for i := range listed/2 - 1 {
		var members []change.ID
		for k := range listedGroup - 1 {
			members = append(members, list[1+(i+k)%(len(list)-1)].id)
		}
		d, err := a.Conversations.CreateGroup(ctx, me.id, conversation.NewGroup{Name: fmt.Sprint("Group ", i), Members: members})
		if err == nil {
			err = chatter(a, d.ConversationID, me.id, members[0])
		}
		if err != nil {
			return err
		}
	}
	for _, p := range list[1:] {
		c, err := a.Conversations.EnsureDirect(ctx, me.id, p.id)
		if err == nil {
			err = chatter(a, c.ID, me.id, p.id)
		}
		if err != nil {
			return err
		}
	}
	joined, err := a.Store.Joined(ctx, me.id)
	if err != nil {
		return err
	}
	known := conversation.Known{Conversations: map[change.ID]int64{}}
	for _, c := range joined {
		known.Conversations[c.ID] = c.Version
	}
	if known.User, err = a.Store.UserVersion(ctx, me.id); err != nil {
		return err
	}
	fmt.Printf("\n%-44s %10s %10s %12s\n", fmt.Sprintf("somebody in %d conversations, %s", len(joined), kind), "p50 ms", "p99 ms", "KiB of JSON")
	for _, ask := range []struct {
		what string
		do   func() (any, error)
	}{
		{"  a page of the list, 50", func() (any, error) {
			page, err := a.Conversations.List(ctx, me.id, "", 50)
			return wire.NewConversations(page), err
		}},
		{"  sync, a new device: the first 50", func() (any, error) {
			c, err := a.Conversations.Sync(ctx, me.id, conversation.Known{}, 0)
			return wire.NewSyncResult(c, me.id, nil, 0), err
		}},
		{"  sync, nothing missed", func() (any, error) {
			c, err := a.Conversations.Sync(ctx, me.id, known, 0)
			return wire.NewSyncResult(c, me.id, nil, 0), err
		}},
	} {
		var took []time.Duration
		size := 0
		for range 500 {
			began := time.Now()
			v, err := ask.do()
			if err != nil {
				return err
			}
			size = len(wire.Raw(v))
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		fmt.Printf("%-44s %10.2f %10.2f %12.1f\n", ask.what, float64(took[len(took)/2].Microseconds())/1000, float64(took[len(took)*99/100].Microseconds())/1000, float64(size)/1024)
	}
	return closeApp(a)
}

// chatter has two people exchange some messages.
func chatter(a *app.App, id change.ID, people ...change.ID) error {
	for i := range 10 {
		if _, err := a.Conversations.Send(context.Background(), people[i%len(people)], id, conversation.Draft{ClientID: fmt.Sprintf("chatter-%d-%d", id, i), Body: text}); err != nil {
			return err
		}
	}
	return nil
}
