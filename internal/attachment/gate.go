package attachment

import (
	"sync"

	"github.com/happychat/happychat/internal/change"
)

// Gate counts the requests that bring bytes, and lets in so many at once.
type Gate struct {
	each, all int

	mu     sync.Mutex
	inside int
	by     map[change.ID]int
}

// NewGate makes a gate for so many of each account, and of all together.
func NewGate(each, all int) *Gate {
	return &Gate{each: each, all: all, by: map[change.ID]int{}}
}

// Enter lets one in until leave is called. It returns ErrTooMany if too many of
// the account are inside, and ErrBusy if too many of all are.
func (g *Gate) Enter(who change.ID) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.by[who] >= g.each {
		return nil, ErrTooMany
	}
	if g.inside >= g.all {
		return nil, ErrBusy
	}
	g.inside++
	g.by[who]++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.inside--
		if g.by[who]--; g.by[who] == 0 {
			delete(g.by, who)
		}
	}, nil
}
