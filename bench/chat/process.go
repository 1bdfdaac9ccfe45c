package main

import (
	"context"
	"fmt"

	"github.com/happychat/happychat/internal/conversation"
)

// inProcess measures the service and the store, without any network.
func inProcess(dir string) error {
	a, err := open(dir)
	if err != nil {
		return err
	}
	list, err := people(a, 1000, false)
	if err != nil {
		return err
	}
	send := func(i int, n int64) error {
		p := list[i]
		_, err := a.Conversations.Send(context.Background(), p.id, p.conversation, conversation.Draft{ClientID: fmt.Sprintf("process-%d-%d", i, n), Body: text})
		return err
	}
	header("durable sends in the process")
	for _, l := range []load{{1, 0, send}, {10, 0, send}, {100, 0, send}, {1000, 0, send}, {1000, 2000, send}} {
		cpu := ownCPU()
		l.send = prefixed(l, send)
		f, err := l.run()
		if err != nil {
			return err
		}
		f.print("  "+l.name(), ownCPU()-cpu)
	}
	return closeApp(a)
}

// prefixed keeps the names of sends of different loads apart.
func prefixed(l load, send func(int, int64) error) func(int, int64) error {
	base := int64(l.senders)<<32 | int64(l.rate)<<44
	return func(i int, n int64) error { return send(i, base+n) }
}

func (l load) name() string {
	name := fmt.Sprintf("%d senders", l.senders)
	if l.rate > 0 {
		name += fmt.Sprintf(", %.0f sends a second", l.rate)
	}
	return name
}
