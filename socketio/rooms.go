package socketio

import (
	"slices"
	"sync"
)

// roomTable knows which sockets of a namespace are in which rooms. A room has
// its members in a slice, and a socket its places in those slices, so that
// sending to a room walks memory in order.
type roomTable struct {
	mu    sync.RWMutex
	rooms map[string]*room
	byID  map[string]*Socket
	all   room
}

type room struct {
	name    string
	members []*Socket
	one     [1]*Socket // what members lies in while there are no more
}

// membership is a socket's place in a room.
type membership struct {
	room *room
	at   int
}

func newRoomTable() *roomTable {
	return &roomTable{rooms: map[string]*room{}, byID: map[string]*Socket{}}
}

// enter adds a socket to the namespace and to rooms. t.mu is held.
func (t *roomTable) enter(s *Socket, rooms []string) {
	t.byID[s.id] = s
	s.rooms = make([]membership, 0, 1+len(rooms))
	t.add(s, &t.all)
	t.joinLocked(s, rooms)
}

func (t *roomTable) join(s *Socket, rooms []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byID[s.id] == s { // it may have ended in the meantime
		t.joinLocked(s, rooms)
	}
}

func (t *roomTable) joinLocked(s *Socket, rooms []string) {
	for _, name := range rooms {
		r := t.rooms[name]
		if r == nil {
			r = &room{name: name}
			r.members = r.one[:0]
			t.rooms[name] = r
		}
		if s.in(r) < 0 {
			t.add(s, r)
		}
	}
}

func (t *roomTable) add(s *Socket, r *room) {
	s.rooms = append(s.rooms, membership{r, len(r.members)})
	r.members = append(r.members, s)
	if len(r.members) == 2 {
		r.one[0] = nil
	}
}

// in returns the index of r among the socket's rooms, or -1.
func (s *Socket) in(r *room) int {
	for i := range s.rooms {
		if s.rooms[i].room == r {
			return i
		}
	}
	return -1
}

func (t *roomTable) leave(s *Socket, rooms []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, name := range rooms {
		if r := t.rooms[name]; r != nil {
			if i := s.in(r); i >= 0 {
				t.remove(s, i)
			}
		}
	}
}

// remove takes a socket out of its i-th room: the last member takes its place.
func (t *roomTable) remove(s *Socket, i int) {
	m := s.rooms[i]
	last := len(m.room.members) - 1
	moved := m.room.members[last]
	m.room.members[m.at] = moved
	moved.rooms[moved.in(m.room)].at = m.at
	m.room.members[last] = nil
	m.room.members = m.room.members[:last]
	s.rooms = slices.Delete(s.rooms, i, i+1)
	if last == 0 && m.room != &t.all {
		delete(t.rooms, m.room.name)
	} else if cap(m.room.members) > 64 && last < cap(m.room.members)/4 {
		m.room.members = slices.Clip(slices.Clone(m.room.members))
	}
}

// exit takes a socket out of all rooms and of the namespace.
func (t *roomTable) exit(s *Socket) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byID[s.id] != s {
		return
	}
	delete(t.byID, s.id)
	for len(s.rooms) > 0 {
		t.remove(s, len(s.rooms)-1)
	}
	s.rooms = nil
}

func (t *roomTable) of(s *Socket) []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var names []string
	for _, m := range s.rooms {
		if m.room != &t.all {
			names = append(names, m.room.name)
		}
	}
	return names
}

func (t *roomTable) get(id string) *Socket {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.byID[id]
}

// reach is how many sockets there are in rooms, or in the namespace when rooms is
// empty; those who are in several are counted several times.
func (t *roomTable) reach(rooms []string) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if len(rooms) == 0 {
		return len(t.all.members)
	}
	n := 0
	for _, name := range rooms {
		if r := t.rooms[name]; r != nil {
			n += len(r.members)
		} else if t.byID[name] != nil {
			n++
		}
	}
	return n
}

// each calls f once for every socket in one of rooms, or in the namespace when
// rooms is empty, except those that are named in except by their ID or by a
// room. A room may also be the ID of a socket. f must not call back.
func (t *roomTable) each(rooms, except []string, f func(*Socket)) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if len(rooms) == 0 {
		for _, s := range t.all.members {
			if !t.named(s, except) {
				f(s)
			}
		}
		return
	}
	for i, name := range rooms {
		if r := t.rooms[name]; r != nil {
			for _, s := range r.members {
				if !t.named(s, except) && !t.named(s, rooms[:i]) {
					f(s)
				}
			}
		}
		if s := t.byID[name]; s != nil && !t.named(s, except) && !t.named(s, rooms[:i]) && !t.isMember(s, name) {
			f(s)
		}
	}
}

// named reports whether s is one of names or in one of them.
func (t *roomTable) named(s *Socket, names []string) bool {
	for _, name := range names {
		if s.id == name || t.isMember(s, name) {
			return true
		}
	}
	return false
}

func (t *roomTable) isMember(s *Socket, name string) bool {
	for _, m := range s.rooms {
		if m.room.name == name && m.room != &t.all {
			return true
		}
	}
	return false
}
