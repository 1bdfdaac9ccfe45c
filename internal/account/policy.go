package account

import "github.com/happychat/happychat/internal/change"

// ErrTaken is returned when the user name or the e-mail address belongs to
// another account.
var ErrTaken = change.Errorf(change.Conflict, "account.taken", "This user name or e-mail address is in use.")
