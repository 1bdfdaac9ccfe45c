package app

import (
	"context"
	"fmt"
	"time"
	_ "time/tzdata" // reminders need zones, and few machines have them all

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/completion"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/feedback"
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

// prepareRobot makes the robot's account, or keeps people from writing to one
// that is switched off.
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

const (
	// answersAtOnce is how many answers to feedback may wait to be told.
	answersAtOnce = 256
	// tellTime is how long those that wait may take when the server stops.
	tellTime = 3 * time.Second
)

// answered has the robot tell the author of feedback that there is an answer.
// It never blocks: what does not fit is read where the feedback is.
func (a *App) answered(f feedback.Feedback) {
	if a.Robot == nil {
		return
	}
	select {
	case a.answers <- f:
	default:
		a.options.Log.Warn("an answer to feedback is not told by the robot: too many wait", "feedback", f.ID)
	}
}

// tellAnswers tells the answers until ctx ends, and then those that wait.
func (a *App) tellAnswers(ctx context.Context) {
	for {
		select {
		case f := <-a.answers:
			a.tellAnswer(ctx, f)
			continue
		case <-ctx.Done():
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellTime)
		defer cancel()
		for {
			select {
			case f := <-a.answers:
				a.tellAnswer(ctx, f)
			default:
				return
			}
		}
	}
}

func (a *App) tellAnswer(ctx context.Context, f feedback.Feedback) {
	author, err := a.Store.Account(ctx, f.Author.ID)
	if err == nil {
		zh := author.Language == string(config.Chinese)
		err = a.Robot.Tell(ctx, author.ID, fmt.Sprintf("feedback %d %d", f.ID, f.AnsweredAt), offline.Answered(zh, f.Body, f.Answer))
	}
	if err != nil {
		a.options.Log.Warn("an answer to feedback was not told by the robot", "feedback", f.ID, "err", err)
	}
}
