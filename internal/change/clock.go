package change

import "time"

// Clock tells the time in milliseconds since 1970 UTC.
type Clock interface{ Now() int64 }

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now reads the machine's clock.
func (SystemClock) Now() int64 { return time.Now().UnixMilli() }

// Ms turns a duration into the milliseconds that all times here are in.
func Ms(d time.Duration) int64 { return d.Milliseconds() }
