package contact

import (
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

func TestRelation(t *testing.T) {
	friend, blocked := Contact{State: Friend}, Contact{State: Friend, Blocked: true}
	for _, c := range []struct {
		name         string
		viewer       int64
		mine, theirs Contact
		want         account.Relation
	}{
		{"oneself", 1, Contact{}, Contact{}, account.Self},
		{"nobody in particular", 2, Contact{}, Contact{}, account.Stranger},
		{"a friend", 2, friend, friend, account.Befriended},
		{"a friend whom the viewer blocked", 2, blocked, friend, account.Befriended},
		{"a friend who blocked the viewer", 2, friend, blocked, account.Stranger},
		{"somebody who was a friend", 2, Contact{State: None}, Contact{State: None}, account.Stranger},
		{"half a friendship", 2, friend, Contact{State: None}, account.Stranger},
	} {
		if got := relation(change.ID(c.viewer), 1, c.mine, c.theirs); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
