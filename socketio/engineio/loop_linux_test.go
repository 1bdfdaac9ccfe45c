package engineio

import (
	"testing"
	"time"
)

// stillLoop is a loop whose flusher is the test.
func stillLoop(links int) (*loop, []*pollLink) {
	lp := &loop{epoll: -1}
	lp.flushing.L = &lp.flushMu
	all := make([]*pollLink, links)
	for i := range all {
		s := &Session{srv: &Server{opts: Options{}.withDefaults()}, proto: 4, state: stateOpen, accepted: true}
		l := &pollLink{loop: lp, fd: -1}
		s.ws = &wsConn{s: s, link: l}
		l.t, all[i] = s.ws, l
	}
	return lp, all
}

// TestWhatGoesToManyWaitsForTheRound: except where something else is sent, too.
func TestWhatGoesToManyWaitsForTheRound(t *testing.T) {
	lp, links := stillLoop(3)
	lp.round.Store(5)
	m := NewText([]byte("all"))
	for _, l := range links {
		l.t.s.SendToMany(m)
	}
	if len(lp.soon) != 0 || len(lp.waiting) != 3 {
		t.Fatalf("%d at once, %d in the round", len(lp.soon), len(lp.waiting))
	}
	links[1].t.s.SendToMany(m)
	links[1].t.s.Send(NewText([]byte("you")))
	links[1].t.s.Send(NewText([]byte("and you")))
	if len(lp.soon) != 1 || lp.soon[0] != links[1] || len(lp.waiting) != 3 {
		t.Fatalf("%d at once, %d in the round", len(lp.soon), len(lp.waiting))
	}
}

// TestTalkersGetAhead: but only so often in one round, each and all together.
func TestTalkersGetAhead(t *testing.T) {
	lp, links := stillLoop(2 * leastAhead)
	lp.round.Store(5)
	lp.ahead = leastAhead
	m := NewText([]byte("all"))
	send := func(l *pollLink) (ahead bool) {
		before := len(lp.soon)
		l.t.writing = false // as if it had been flushed
		l.t.s.SendToMany(m)
		return len(lp.soon) > before
	}
	if send(links[0]) {
		t.Error("ahead without having said anything")
	}
	for _, l := range links {
		l.heard.Store(5)
	}
	for i := range aheadTurns + 1 {
		if got := send(links[1]); got != (i < aheadTurns) {
			t.Errorf("turn %d of a round: ahead %t", i, got)
		}
	}
	lp.round.Add(1)
	lp.ahead = leastAhead
	for i, l := range links {
		if got := send(l); got != (i < leastAhead) {
			t.Errorf("link %d: ahead %t", i, got)
		}
	}
	lp.round.Add(1)
	lp.ahead = leastAhead
	if send(links[0]) {
		t.Error("ahead long after having said something")
	}
}

// TestRest is how long the flusher rests after a round.
func TestRest(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{
		longRound:              0,
		2 * time.Millisecond:   2 * restTimes * time.Millisecond,
		100 * time.Millisecond: longestRest,
	} {
		if got := rest(took); got != want {
			t.Errorf("%v after a round of %v", got, took)
		}
	}
}

// TestARoundBeginsBesideTalk to single connections, however much there is, and
// lets only a few of them go before its next.
func TestARoundBeginsBesideTalk(t *testing.T) {
	lp, links := stillLoop(3 * urgentPart)
	for _, l := range links[1:] {
		lp.flushSoon(l, false)
	}
	lp.flushSoon(links[0], true)
	if got := lp.begin(nil, time.Now().Add(time.Hour)); len(got) > 0 {
		t.Errorf("%d links in a round that is not due", len(got))
	}
	if got := lp.begin(nil, time.Now()); len(got) != 1 || got[0] != links[0] {
		t.Errorf("%d links in the round", len(got))
	}
	lp.flushUrgent(nil, urgentPart, nil)
	if left := len(links) - 1 - urgentPart; len(lp.soon) != left || lp.soon[0] != links[1+urgentPart] || !lp.urgent.Load() {
		t.Errorf("%d left after some", len(lp.soon))
	}
	lp.flushUrgent(nil, len(links), nil)
	if len(lp.soon) > 0 || lp.urgent.Load() {
		t.Errorf("%d left after all", len(lp.soon))
	}
}
