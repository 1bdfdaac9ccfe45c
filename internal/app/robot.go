package app

import (
	"context"
	"time"
	_ "time/tzdata" // reminders need zones, and few machines have them all

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/completion"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/robot"
	"github.com/happychat/happychat/internal/robot/offline"
	"github.com/happychat/happychat/internal/wire"
)

// newRobot makes the built-in robot; nil if there is to be none.
func (a *App) newRobot(ids *change.IDs) (*robot.Service, error) {
	c := a.config.Robot
	if c.State != config.RobotOn {
		return nil, nil
	}
	began := a.options.Clock.Now()
	o := robot.Options{
		Store: a.Store, Contacts: a.Contacts, Conversations: a.Conversations, IDs: ids, Clock: a.options.Clock, Log: a.options.Log,
		Language: string(a.config.Language), Zone: time.Local, Typing: a.Hub.Typing, Alone: a.config.Database == "",
		System: c.Prompt, Budget: c.Budget,
	}
	facts := offline.Server{Name: a.config.SiteName, Version: a.options.Version, Body: conversation.MaxBody}
	if c.Endpoint != "" {
		endpoint, err := completion.New(completion.Options{URL: c.Endpoint, Model: c.Model, Key: c.Key.Reveal(), Patience: c.Patience, Total: c.Timeout})
		if err != nil {
			return nil, err
		}
		o.Endpoint, facts.Endpoint = endpoint, endpoint.Host()
	}
	o.Facts = func() offline.Server {
		facts := facts
		facts.Up = time.Duration(a.options.Clock.Now()-began) * time.Millisecond
		return facts
	}
	return robot.NewService(o), nil
}

// prepareRobot makes the robot everybody's friend, or keeps people from writing
// to one that is switched off.
func (a *App) prepareRobot(ctx context.Context) error {
	if a.Robot == nil {
		return robot.Retire(ctx, a.Store)
	}
	return a.Robot.Prepare(ctx)
}

// robotInfo is what anybody may know of the robot.
func (a *App) robotInfo() *wire.Robot {
	if a.Robot == nil {
		return nil
	}
	self := a.Robot.Account()
	return &wire.Robot{AccountID: wire.ID(self.ID), Username: self.Username, Name: self.Name, Via: a.Robot.Host()}
}

// welcome introduces the robot to a new account.
func (a *App) welcome(ctx context.Context, who account.Account) error {
	if a.Robot == nil {
		return nil
	}
	return a.Robot.Welcome(ctx, who)
}
