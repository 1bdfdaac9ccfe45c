package realtime

import (
	"context"
	"sync"

	"github.com/happychat/happychat/internal/change"
)

// audiences caches who belongs to a conversation. An entry holds as long as the
// version at which somebody last came or went is the one that a change names,
// so that a removed member is told nothing more, even if the news of the
// removal was lost.
type audiences struct {
	load func(ctx context.Context, conversation change.ID) ([]change.ID, int64, error)
	mu   sync.Mutex
	byID map[change.ID]audience
	size int // of all together
}

type audience struct {
	ids     []change.ID
	version int64
}

// maxAudiences is how many members of conversations are remembered, each
// conversation counting for one more; beyond it all are forgotten and read
// again.
const maxAudiences = 2_000_000

// of gives the members as they were at that version, or later.
func (a *audiences) of(id change.ID, version int64) ([]change.ID, error) {
	a.mu.Lock()
	have, ok := a.byID[id]
	a.mu.Unlock()
	if ok && have.version >= version {
		return have.ids, nil
	}
	ids, v, err := a.load(context.Background(), id)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byID == nil || a.size+len(ids) >= maxAudiences {
		a.byID, a.size = map[change.ID]audience{}, 0
	}
	if had, ok := a.byID[id]; !ok || had.version <= v {
		if ok {
			a.size -= len(had.ids) + 1
		}
		a.byID[id] = audience{ids, v}
		a.size += len(ids) + 1
	}
	return ids, nil
}
