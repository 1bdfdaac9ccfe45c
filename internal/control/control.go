// Package control lets the command line act on accounts: in the process that
// has the data, by a Unix socket in the data folder, or directly when nothing
// runs. Who can open the socket owns the data, and is asked for nothing more.
package control

import (
	"context"
	"fmt"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Action is what to do.
type Action string

const (
	List     Action = "list"
	Create   Action = "create"
	Activate Action = "activate"
	Password Action = "password"
	Owner    Action = "owner"
	Disable  Action = "disable"
	Enable   Action = "enable"
	Email    Action = "email"
	Delete   Action = "delete"
	Factors  Action = "reset-factors"
)

// Request is one thing to do.
type Request struct {
	Action   Action `json:"action"`
	Login    string `json:"login,omitempty"`    // whose account, except for List and Create
	Password string `json:"password,omitempty"` // the new one, for Create and Password
	Email    string `json:"email,omitempty"`    // the new one, for Email
	Wish     *Wish  `json:"wish,omitempty"`     // for Create
}

// Wish is the account to create.
type Wish struct {
	Username string `json:"username"`
	Email    string `json:"email"`
	Name     string `json:"name"`
	Language string `json:"language"`
	Owner    bool   `json:"owner"`
}

// Answer is what was done. Either Error is set, or nothing went wrong.
type Answer struct {
	Accounts []Account `json:"accounts,omitempty"` // all of them, or the one concerned
	Error    *Error    `json:"error,omitempty"`
}

// Account is one line of a list.
type Account struct {
	ID        change.ID `json:"id,string,omitempty"` // 0: waits for its mail
	Username  string    `json:"username"`
	Name      string    `json:"name"`
	Email     string    `json:"email"`
	Kind      string    `json:"kind"`
	Role      string    `json:"role"`
	State     string    `json:"state"`
	CreatedAt int64     `json:"createdAt"`
}

// Waiting is the State of a registration whose mail was not answered yet.
const Waiting = "waiting"

// Error is an error that crosses the socket.
type Error struct {
	Kind   change.Kind `json:"kind"`
	Code   string      `json:"code"`
	Detail string      `json:"detail"`
}

// Desk is where requests are done.
type Desk struct {
	Accounts *account.Service
	// Noted is told of each action that was done to an account, for the log of
	// what operators do. It may be nil.
	Noted func(ctx context.Context, action Action, a account.Account) error
}

// Perform does what is asked for.
func (d Desk) Perform(ctx context.Context, r Request) (Answer, error) {
	s := d.Accounts
	if r.Action == List {
		return list(ctx, s)
	}
	var a account.Account
	var err error
	switch r.Action {
	case Create:
		if r.Wish == nil {
			return Answer{}, change.Errorf(change.Invalid, "request.invalid", "An account is to be created, but which is not said.")
		}
		role := account.User
		if r.Wish.Owner {
			role = account.Owner
		}
		a, err = s.Create(ctx, account.Wish{
			Username: r.Wish.Username, Email: r.Wish.Email, Password: r.Password, Name: r.Wish.Name, Language: r.Wish.Language,
		}, role)
	case Activate:
		a, err = s.ActivateByName(ctx, r.Login)
	case Password:
		a, err = s.SetPassword(ctx, r.Login, r.Password)
	case Owner:
		a, err = s.MakeOwner(ctx, r.Login)
	case Disable:
		a, err = s.Disable(ctx, r.Login)
	case Enable:
		a, err = s.Enable(ctx, r.Login)
	case Email:
		a, err = s.SetEmail(ctx, r.Login, r.Email)
	case Factors:
		a, err = s.ResetFactors(ctx, r.Login)
	case Delete:
		a, err = s.Delete(ctx, r.Login)
	default:
		err = change.Errorf(change.Invalid, "request.invalid", "The server that runs on this data does not know %q. Is it another version of happychat?", r.Action)
	}
	if err == nil && d.Noted != nil {
		err = d.Noted(ctx, r.Action, a)
	}
	if err != nil {
		return Answer{}, err
	}
	return Answer{Accounts: []Account{line(a)}}, nil
}

func line(a account.Account) Account {
	return Account{ID: a.ID, Username: a.Username, Name: a.Name, Email: a.Email, Kind: string(a.Kind), Role: string(a.Role), State: string(a.State), CreatedAt: a.CreatedAt}
}

// list gives the accounts, then the registrations that wait. A registration
// with the address of an account waits for nothing.
func list(ctx context.Context, s *account.Service) (Answer, error) {
	var out Answer
	known := map[string]bool{}
	err := s.All(ctx, func(a account.Account) error {
		known[account.EmailKey(a.Email)] = true
		out.Accounts = append(out.Accounts, line(a))
		return nil
	})
	if err != nil {
		return Answer{}, err
	}
	waiting, err := s.Waiting(ctx)
	for _, r := range waiting {
		if !known[account.EmailKey(r.Email)] {
			out.Accounts = append(out.Accounts, Account{
				Username: r.Username, Name: r.Name, Email: r.Email,
				Kind: string(account.Person), Role: string(account.User), State: Waiting, CreatedAt: r.CreatedAt,
			})
		}
	}
	return out, err
}

// unexpected is the message for what is not meant to be shown.
func unexpected(err error) *change.Error {
	return change.Errorf(change.Internal, "internal", "%s", fmt.Sprint(err))
}
