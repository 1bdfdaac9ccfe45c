package sqlstore

import (
	"time"

	"github.com/happychat/happychat/internal/change"
)

// Faults that people are told about. Nothing is stored when one is returned.
var (
	errDiskFull = &change.Error{
		Kind: change.Unavailable, Code: "storage.full", RetryAfter: 30 * time.Second,
		Detail: "The server's disk is full, so nothing can be stored. Tell whoever runs it; nothing that was sent before is lost.",
	}
	errReadOnly = &change.Error{
		Kind: change.Unavailable, Code: "storage.read_only", RetryAfter: 30 * time.Second,
		Detail: "The server can not write to its database. Tell whoever runs it.",
	}
	errDiskFault = &change.Error{
		Kind: change.Unavailable, Code: "storage.fault", RetryAfter: 30 * time.Second,
		Detail: "The server's disk reported a fault, so nothing was stored. Tell whoever runs it.",
	}
	errDamaged = &change.Error{
		Kind: change.Unavailable, Code: "storage.damaged",
		Detail: "The server's database is damaged or is not a database. Tell whoever runs it to restore a backup.",
	}
	errBusy = &change.Error{
		Kind: change.Unavailable, Code: "storage.busy", RetryAfter: time.Second,
		Detail: "The server has more to store than it can manage just now. Try again in a moment.",
	}
	errLost = &change.Error{
		Kind: change.Unavailable, Code: "storage.unreachable", RetryAfter: 2 * time.Second,
		Detail: "The server can not reach its database just now. Try again in a moment.",
	}
	errClosed = &change.Error{
		Kind: change.Unavailable, Code: "server.stopping", RetryAfter: 2 * time.Second,
		Detail: "The server is stopping. Try again in a moment.",
	}
)
