package change

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"sync"
)

// ID is a 63-bit identifier made by the server, ordered by the time of its
// making. It is stored as an integer and sent as a decimal string. Zero is no
// identifier.
type ID int64

// String gives the decimal form, as sent to clients.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// ParseID reads the decimal form. Anything but a positive 63-bit integer
// without sign or leading zero is refused.
func ParseID(s string) (ID, bool) {
	if s == "" || s[0] < '1' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return ID(n), err == nil
}

// epoch is where identifiers start to count: 2024-01-01T00:00:00Z in ms.
const epoch = 1704067200000

// IDs makes identifiers: 41 bits of milliseconds since 2024, 10 bits that tell
// nodes apart, 12 bits that count within the millisecond. More than 4096 in a
// millisecond borrow from the next.
type IDs struct {
	clock Clock
	node  int64
	mu    sync.Mutex
	last  int64 // milliseconds<<12 | count
}

// NewIDs returns a source of identifiers with a node number drawn at random;
// the store's primary keys catch the one in a thousand pairs of nodes that
// draw the same.
func NewIDs(clock Clock) *IDs {
	var b [2]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return &IDs{clock: clock, node: int64(binary.BigEndian.Uint16(b[:]) & 0x3ff)}
}

// Next returns an identifier greater than all that this source made before.
func (g *IDs) Next() ID {
	g.mu.Lock()
	defer g.mu.Unlock()
	next := (g.clock.Now() - epoch) << 12
	if next <= g.last {
		next = g.last + 1
	}
	g.last = next
	return ID(next>>12<<22 | g.node<<12 | next&0xfff)
}

// FirstID is the smallest identifier that a source makes at a time, in
// milliseconds since 1970: what is older has smaller ones.
func FirstID(ms int64) ID { return ID(max(ms-epoch, 0) << 22) }

// NewToken returns a bearer secret of 256 random bits in base64url.
func NewToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}
