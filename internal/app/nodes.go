package app

import (
	"context"
	"log/slog"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/bus/membus"
	"github.com/happychat/happychat/internal/bus/natsbus"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/realtime"
	"github.com/happychat/happychat/internal/sqlstore"
)

// openBus gives what joins the nodes that the configuration tells of. Its
// errors are sentences for the operator.
func openBus(ctx context.Context, c config.NATS, log *slog.Logger) (b bus.Bus, stop func(), err error) {
	if len(c.Servers) == 0 {
		return &membus.Bus{}, func() {}, nil
	}
	nats, err := natsbus.Connect(ctx, natsbus.Options{
		Servers: c.Servers, Subject: c.Subject, Credentials: c.Credentials, CA: c.CA, Certificate: c.Certificate, Key: c.Key, Log: log,
	})
	if err != nil {
		return nil, nil, err
	}
	return nats, nats.Close, nil
}

// joinNodes connects to the other nodes, if there are to be any, and makes sure
// that no other serves the same data unheard.
func (a *App) joinNodes(ctx context.Context) (err error) {
	c, log := a.config, a.options.Log
	a.bus, a.stopBus = a.options.Bus, func() {}
	if a.bus == nil {
		if a.bus, a.stopBus, err = openBus(ctx, c.NATS, log); err != nil {
			return err
		}
	}
	alone := len(c.NATS.Servers) == 0 && a.options.Bus == nil
	a.claim, err = sqlstore.ClaimNodes(ctx, storeOptions(c, log, nil), alone)
	return err
}

// leaveNodes says goodbye, after everything that was committed was told.
func (a *App) leaveNodes() {
	if a.Hub != nil {
		a.Hub.Leave()
	}
	if a.claim != nil {
		a.claim.Close()
	}
	if a.stopBus != nil {
		a.stopBus()
	}
}

// Errand is a process that changes something in an installation and ends, while
// servers may run on it elsewhere: they hear of what it does.
type Errand struct {
	Store *sqlstore.Store
	// Ended is account.Options.Ended.
	Ended func(id change.ID, sessions []change.ID, reason account.EndReason)

	announcer *realtime.Announcer
	stopBus   func()
}

// OpenErrand opens the store that the configuration names, and connects to the
// servers.
func OpenErrand(ctx context.Context, c config.Config, log *slog.Logger) (*Errand, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	b, stop, err := openBus(ctx, c.NATS, log)
	if err != nil {
		return nil, err
	}
	e := &Errand{announcer: realtime.NewAnnouncer(b), stopBus: stop}
	e.Ended = e.announcer.Ended
	if e.Store, err = OpenStore(ctx, c, log, e.announcer.Publish); err != nil {
		stop()
		return nil, err
	}
	return e, nil
}

// Close closes the store, after everything that was committed was told.
func (e *Errand) Close() error {
	err := e.Store.Close()
	e.announcer.Leave()
	e.stopBus()
	return err
}
