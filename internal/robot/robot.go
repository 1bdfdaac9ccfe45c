// Package robot is the built-in robot: an account that everybody has among
// their contacts, and that answers. It hears of messages as clients do, after
// the commit, and writes through the same services; nothing in the nouns below
// knows of it. What it says comes from its own wit (package offline), or from
// an endpoint that the operator named.
package robot

import (
	"context"
	"errors"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/robot/offline"
)

// Name is what the robot is called in the store.
const Name = "lele"

// usernames are what its account may be called, the first that is free.
var usernames = []string{"lele", "lele.robot", "happychat.robot", "robot.lele"}

// Limits.
const (
	// MaxReminders is how many somebody may have.
	MaxReminders = 100
	// introduceAtOnce is how many accounts it befriends in one transaction: few
	// enough that others, who write meanwhile, hardly wait.
	introduceAtOnce = 100
)

// displayName is what people see, by the language of the installation.
func displayName(language string) string {
	if language == chinese {
		return "乐乐"
	}
	return "Lele"
}

const chinese = "zh-CN"

// Reminder is what somebody is to be reminded of.
type Reminder struct {
	ID             change.ID
	AccountID      change.ID
	ConversationID change.ID // where it was asked for
	Body           string    // may be empty
	DueAt          int64
	Every          offline.Every
	Zone           string // in which a rhythm keeps its time of day
	Language       string
	CreatedAt      int64
}

// Acquaintance is somebody whom the robot gets to know, and the conversation
// that the two will have.
type Acquaintance struct {
	Account        account.Account
	ConversationID change.ID
	Since          int64 // of the friendship and the conversation
}

// Store is what the robot needs from storage. Reads return change.ErrNotFound
// when there is none.
type Store interface {
	change.Transactor
	Account(ctx context.Context, id change.ID) (account.Account, error)
	// CreateAccount fails with account.ErrTaken when the user name is.
	CreateAccount(ctx context.Context, a account.Account) (account.Account, error)
	PutAccount(ctx context.Context, a account.Account) (account.Account, error)
	Conversation(ctx context.Context, id change.ID) (conversation.Conversation, error)
	Member(ctx context.Context, conversation, account change.ID) (conversation.Member, error)
	Messages(ctx context.Context, conversation change.ID, after, before int64, limit int, newest bool) ([]conversation.Message, error)
	MessageSent(ctx context.Context, sender change.ID, clientID string) (conversation.Message, error)

	// RobotAccount is the account that a robot of this name uses.
	RobotAccount(ctx context.Context, name string) (account.Account, error)
	// PutRobot notes which account that is.
	PutRobot(ctx context.Context, name string, account change.ID) error
	// Strangers lists people who never had the account among their contacts, in
	// order of their ids from after on, at most limit.
	Strangers(ctx context.Context, robot, after change.ID, limit int) ([]account.Account, error)
	// Introduce makes the robot a friend of all of them, who must be strangers,
	// each with an empty direct conversation.
	Introduce(ctx context.Context, robot account.Account, list []Acquaintance) error
	// Lately lists the conversations of an account in which something happened
	// at or after since.
	Lately(ctx context.Context, account change.ID, since int64) ([]conversation.Conversation, error)
	// Inhabitants counts the persons who can sign in.
	Inhabitants(ctx context.Context) (int, error)

	// CreateReminder keeps a reminder.
	CreateReminder(ctx context.Context, r Reminder) error
	// Reminders lists those of an account, the next one first.
	Reminders(ctx context.Context, account change.ID) ([]Reminder, error)
	// DueReminders lists those that are due at a time, the oldest first.
	DueReminders(ctx context.Context, now int64, limit int) ([]Reminder, error)
	// MoveReminder sets when a reminder comes next; 0 removes it. It changes
	// nothing unless the reminder is due at r.DueAt, and tells whether it was.
	MoveReminder(ctx context.Context, r Reminder, next int64) (bool, error)
	// ForgetPerson removes what is kept of an account here.
	ForgetPerson(ctx context.Context, account change.ID) error

	// UseAnswer counts one answer of the endpoint for somebody on a day, unless
	// they had that many. Counts of earlier days of theirs are removed.
	UseAnswer(ctx context.Context, account change.ID, day string, budget int) (bool, error)
	// ReturnAnswer takes one count back.
	ReturnAnswer(ctx context.Context, account change.ID, day string) error
}

// Line is one message of a conversation as an endpoint is told it.
type Line struct {
	Robot bool
	Text  string
}

// Endpoint is another engine, which is asked over the network.
type Endpoint interface {
	// Host is where words go, as people are told.
	Host() string
	// Converse gives an answer to the last of the lines, piece by piece: it
	// calls tell with each as it comes, and returns when there are no more, or
	// when tell fails. It ends when ctx does, and by its own limits of time and
	// size. Its errors are one of those below.
	Converse(ctx context.Context, system string, lines []Line, tell func(piece string) error) error
}

// What may be wrong with an endpoint.
var (
	ErrUnreachable = errors.New("robot: the endpoint does not answer as it should")
	ErrSlow        = errors.New("robot: the endpoint is too slow")
	ErrRefused     = errors.New("robot: the endpoint refuses")
	ErrBusy        = errors.New("robot: the endpoint is busy")
)

// awayBecause says to people why an endpoint has not answered.
func awayBecause(err error) offline.Away {
	switch {
	case errors.Is(err, ErrSlow):
		return offline.Slow
	case errors.Is(err, ErrRefused):
		return offline.Refused
	case errors.Is(err, ErrBusy):
		return offline.Busy
	}
	return offline.Unreachable
}

// mayAnswer tells whether the robot answers a message: one of a person, in a
// conversation of theirs alone, or where it is mentioned. It never answers a
// robot, so no two of them talk without end.
func mayAnswer(m conversation.Message, kind conversation.Kind, sender account.Account, self change.ID, mentioned bool) bool {
	switch {
	case m.SenderID == self, sender.Kind != account.Person, sender.State != account.Active:
		return false
	case m.Kind == conversation.Notice, m.Partial:
		return false
	}
	return kind == conversation.Direct || mentioned
}
