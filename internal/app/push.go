package app

import (
	"context"
	"errors"
	"net/mail"
	"strings"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/push"
	"github.com/happychat/happychat/internal/webpush"
)

// newPush makes what calls devices, with a key that is made at the first start
// and shared by all nodes.
func (a *App) newPush(ctx context.Context) (*push.Service, error) {
	c, o := a.config.Push, push.Options{Store: a.Store, Hosts: a.config.Push.Hosts, Clock: a.options.Clock, Log: a.options.Log, Live: func() push.Live { return a.Hub }}
	if c.State == config.PushOff {
		return push.NewService(o), nil
	}
	key, err := a.pushKey(ctx)
	if err != nil {
		return nil, err
	}
	if o.Caller, err = webpush.New(webpush.Options{Key: key, Contact: a.pushContact(), Hosts: c.Hosts, Clock: a.options.Clock}); err != nil {
		return nil, err
	}
	return push.NewService(o), nil
}

// pushKey gives the key of this installation.
func (a *App) pushKey(ctx context.Context) (string, error) {
	k, err := a.Store.PushKey(ctx)
	if !errors.Is(err, change.ErrNotFound) {
		return k.Private, err
	}
	private, err := webpush.NewKey()
	if err != nil {
		return "", err
	}
	err = a.Store.Update(ctx, func(ctx context.Context) error {
		// Another node may have been quicker: its key stays.
		if err := a.Store.CreatePushKey(ctx, push.Key{Private: private, CreatedAt: a.options.Clock.Now()}); err != nil {
			return err
		}
		k, err = a.Store.PushKey(ctx)
		return err
	})
	return k.Private, err
}

// pushContact is where push services reach whoever runs the server (RFC 8292,
// section 2.1).
func (a *App) pushContact() string {
	if base := a.base.String(); strings.HasPrefix(base, "https://") {
		return base
	}
	if from, err := mail.ParseAddress(a.config.SMTP.From); err == nil {
		return "mailto:" + from.Address
	}
	return "mailto:happychat@" + a.base.Hostname()
}
