package push

import (
	"context"
	"slices"
	"strings"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Options are what push is made of.
type Options struct {
	Store  Store
	Caller Caller // nil: push is switched off
	// Hosts are machines that whoever runs the server named.
	Hosts []string
	Clock change.Clock
}

// Service knows where devices are called. It is safe for concurrent use.
type Service struct {
	Options
}

// NewService makes one.
func NewService(o Options) *Service {
	return &Service{Options: o}
}

// PublicKey is what devices subscribe with; "" where push is switched off.
func (s *Service) PublicKey() string {
	if s.Caller == nil {
		return ""
	}
	return s.Caller.PublicKey()
}

// Subscribe has the actor's session called from now on, at that place only.
func (s *Service) Subscribe(ctx context.Context, actor account.Actor, v Subscription) error {
	if s.Caller == nil {
		return ErrOff
	}
	v, err := Checked(v, func(host string) bool {
		return slices.ContainsFunc(s.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
	})
	if err != nil {
		return err
	}
	v.SessionID, v.AccountID, v.CreatedAt = actor.SessionID, actor.AccountID, s.Clock.Now()
	err = s.Store.Update(ctx, func(ctx context.Context) error { return s.Store.PutSubscription(ctx, v) })
	if change.KindOf(err) == change.NotFound && err != nil {
		return account.ErrSignedOut
	}
	return err
}

// Unsubscribe has the actor's session called no more.
func (s *Service) Unsubscribe(ctx context.Context, actor account.Actor) error {
	return s.Store.Update(ctx, func(ctx context.Context) error { return s.Store.DeleteSubscription(ctx, actor.SessionID, "") })
}
