package push

import (
	"sync"
	"time"

	"github.com/happychat/happychat/internal/change"
)

const (
	// waitFor is how long a device that was called is not called again, unless
	// it shows itself.
	waitFor = time.Minute
	// missedFor is for how long it is remembered what a connected device was
	// not called for: longer than a dead connection can seem to live.
	missedFor = 2 * time.Minute
	// lateFor is how old what somebody was not called for may be when the
	// device shows itself, so that it may not have seen it.
	lateFor = 2 * time.Second
	// firstPause is after how long a call is tried again; each time it is
	// longer, up to longestPause. After maxFailures it waits for what is new.
	firstPause, longestPause = 5 * time.Second, time.Hour
	maxFailures              = 6
	// maxDevices is of how many something is remembered. The others are called
	// each time.
	maxDevices = 200_000
)

// devices remembers for a while which were called, and what they were not
// called for.
type devices struct {
	mu        sync.Mutex
	bySession map[change.ID]*device
}

type device struct {
	until    int64 // it is not called before; 0: it may be
	failures int   // in a row
	shown    bool  // it has shown itself since it was called, after failures
	matter   matter
	missedAt int64 // when it was not called for the matter; 0: there is none
	touched  int64
}

// of gives what is known of a device, nil if nothing is and nothing more can
// be. The lock is held.
func (d *devices) of(session change.ID, now int64) *device {
	v := d.bySession[session]
	if v == nil {
		if len(d.bySession) >= maxDevices {
			return nil
		}
		if d.bySession == nil {
			d.bySession = map[change.ID]*device{}
		}
		v = &device{}
		d.bySession[session] = v
	}
	v.touched = now
	return v
}

// mayCall tells whether the session of a matter is to be called now, and counts
// it as called. What it is not called for is remembered.
func (d *devices) mayCall(m matter, live bool, now int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.of(m.session, now)
	if v == nil {
		return !live
	}
	if live || v.until > now {
		v.matter, v.missedAt = m, now
		return false
	}
	// If it fails, it is for this that it is called again.
	v.until, v.matter, v.missedAt, v.shown = now+waitFor.Milliseconds(), m, 0, false
	return true
}

// called notes that a device was called by another node.
func (d *devices) called(session change.ID, now int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v := d.of(session, now); v != nil {
		v.until = max(v.until, now+waitFor.Milliseconds())
	}
}

// seen notes that a device has shown itself, and tells whether it had been
// called; late: it may not have seen that matter, which came meanwhile.
func (d *devices) seen(session change.ID, now int64) (m matter, late, was bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.bySession[session]
	if v == nil || v.until <= now {
		return m, false, false
	}
	if v.failures > 0 {
		v.shown = true // the push service is left alone all the same
		return m, false, false
	}
	m, late = v.matter, v.missedAt != 0 && now-v.missedAt < lateFor.Milliseconds()
	v.until, v.missedAt = 0, 0
	return m, late, true
}

// missed gives what a connected device was not called for lately.
func (d *devices) missed(session change.ID, now int64) (matter, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.bySession[session]
	if v == nil || v.missedAt == 0 || now-v.missedAt > missedFor.Milliseconds() {
		return matter{}, false
	}
	v.missedAt = 0
	return v.matter, true
}

// failed notes that a device could not be called, and has it called again
// later.
func (d *devices) failed(session change.ID, after time.Duration, now int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.bySession[session]
	if v == nil {
		return
	}
	pause := longestPause
	if v.failures < maxFailures {
		pause = min(longestPause, firstPause<<(2*v.failures))
	}
	v.until = now + min(longestPause, max(pause, after)).Milliseconds()
	if v.failures++; v.failures < maxFailures && v.missedAt == 0 {
		v.missedAt = now
	}
	v.touched = now
}

// reached notes that a device was called.
func (d *devices) reached(session change.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v := d.bySession[session]; v != nil {
		v.failures = 0
		if v.shown {
			v.until = 1 // over since long: due looks whether there is more
		}
	}
}

func (d *devices) forget(session change.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.bySession, session)
}

// due gives the matters of devices that may be called again, and forgets those
// of which there is nothing to remember.
func (d *devices) due(now int64) []matter {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []matter
	for session, v := range d.bySession {
		switch {
		case v.until > now:
		case v.until != 0:
			v.until = 0
			if v.missedAt != 0 {
				v.missedAt = 0
				list = append(list, v.matter)
			}
		case now-v.touched > missedFor.Milliseconds() && v.failures == 0, now-v.touched > 2*longestPause.Milliseconds():
			delete(d.bySession, session)
		}
	}
	return list
}
