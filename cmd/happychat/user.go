package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
	"golang.org/x/text/width"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/console"
	"github.com/happychat/happychat/internal/control"
)

const passwordHelp = "The password is asked for, or read from the first line of the standard input. It is never an argument, which others could see."

// userCommands are what an owner does from the command line. They work while
// the server runs, and while it does not.
func userCommands() []config.Command {
	var wish control.Wish
	one := func(action control.Action, summary, details, done string, password bool) config.Command {
		return config.Command{
			Name: "user " + string(action), Args: "USERNAME|EMAIL", MinArgs: 1, MaxArgs: 1, Summary: summary, Details: details, Settings: config.Storage,
			Run: func(ctx context.Context, in config.Invocation) (err error) {
				r := control.Request{Action: action, Login: in.Args[0]}
				if password {
					if r.Password, err = newPassword(os.Stdin, in.Err); err != nil {
						return err
					}
				}
				return act(ctx, in, r, done)
			},
		}
	}
	return []config.Command{
		{
			Name: "user list", Summary: "List the accounts", Settings: config.Storage,
			Run: func(ctx context.Context, in config.Invocation) error {
				answer, err := perform(ctx, in.Config, control.Request{Action: control.List})
				if err == nil {
					printAccounts(in.Out, answer.Accounts)
				}
				return err
			},
		},
		{
			Name: "user create", Args: "USERNAME EMAIL", MinArgs: 2, MaxArgs: 2, Summary: "Make an account, without a mail", Details: passwordHelp, Settings: config.Storage,
			Options: func(f *flag.FlagSet) {
				f.BoolVar(&wish.Owner, "owner", false, "make it an owner")
				f.StringVar(&wish.Name, "name", "", "the name that others see; as the user name if not given")
				f.StringVar(&wish.Language, "language", account.Languages[0], "the account's language: "+strings.Join(account.Languages, " or "))
			},
			Run: func(ctx context.Context, in config.Invocation) error {
				wish.Username, wish.Email = in.Args[0], in.Args[1]
				password, err := newPassword(os.Stdin, in.Err)
				if err != nil {
					return err
				}
				return act(ctx, in, control.Request{Action: control.Create, Password: password, Wish: &wish}, "%s can sign in now.\n")
			},
		},
		one(control.Activate, "Let somebody in whose mail was not answered", "", "%s can sign in now.\n", false),
		one(control.Password, "Set a password; all sessions end", passwordHelp, "%s has a new password. All sessions have ended.\n", true),
		one(control.Owner, "Make an account an owner", "", "%s is an owner now.\n", false),
		one(control.Disable, "Keep an account from signing in; all its sessions end", "", "%s can not sign in any more. All sessions have ended.\n", false),
		{
			Name: "user email", Args: "USERNAME|EMAIL NEW-EMAIL", MinArgs: 2, MaxArgs: 2, Summary: "Give an account another e-mail address, without asking either mailbox", Settings: config.Storage,
			Run: func(ctx context.Context, in config.Invocation) error {
				return act(ctx, in, control.Request{Action: control.Email, Login: in.Args[0], Email: in.Args[1]}, "%s has the new address.\n")
			},
		},
		one(control.Factors, "Turn the second step of signing in off and remove all passkeys, for somebody who has lost their phone and recovery codes", "", "%s signs in with the password alone.\n", false),
		one(control.Delete, "Delete an account for good; what it wrote stays with whom it wrote to", "", "%s is deleted. The user name rests for 90 days.\n", false),
		one(control.Enable, "Let a disabled account sign in again", "", "%s can sign in again.\n", false),
	}
}

// act does what is asked for and says that it is done, with the name of the
// account.
func act(ctx context.Context, in config.Invocation, r control.Request, done string) error {
	answer, err := perform(ctx, in.Config, r)
	if err == nil && len(answer.Accounts) == 1 {
		fmt.Fprintf(in.Out, done, answer.Accounts[0].Username)
	}
	return err
}

// perform does it in the process that has the data, or itself if none has.
func perform(ctx context.Context, c config.Config, r control.Request) (control.Answer, error) {
	lock, err := app.LockData(c.Data)
	if errors.Is(err, app.ErrDataInUse) {
		answer, err := control.Ask(ctx, c.Data, r)
		return answer, sentence(err)
	}
	if err != nil {
		return control.Answer{}, err
	}
	defer func() { _ = lock.Unlock() }() // the process ends
	errand, err := app.OpenErrand(ctx, c, nil)
	if err != nil {
		return control.Answer{}, err
	}
	clock := change.SystemClock{}
	ids := change.NewIDs(clock)
	accounts := account.NewService(account.Options{
		Store: errand.Store, IDs: ids, Clock: clock, Ended: errand.Ended, Gone: app.Forget(errand.Store, ids, clock),
	})
	noted := console.NewService(console.Options{Store: errand.Store, IDs: ids, Clock: clock})
	answer, err := control.Desk{Accounts: accounts, Noted: app.Noted(noted)}.Perform(ctx, r)
	return answer, errors.Join(sentence(err), errand.Close())
}

// sentence leaves the code of an error to programs.
func sentence(err error) error {
	var e *change.Error
	if errors.As(err, &e) && e.Kind != change.Internal {
		return errors.New(e.Detail)
	}
	return err
}

// newPassword asks twice at a terminal, without echo, and otherwise reads the
// first line.
func newPassword(in *os.File, prompt io.Writer) (string, error) {
	if term.IsTerminal(int(in.Fd())) {
		var typed [2]string
		for i, text := range []string{"New password: ", "Once more: "} {
			fmt.Fprint(prompt, text)
			b, err := term.ReadPassword(int(in.Fd()))
			fmt.Fprintln(prompt)
			if err != nil {
				return "", fmt.Errorf("the password could not be read: %w", err)
			}
			typed[i] = string(b)
		}
		if typed[0] != typed[1] {
			return "", errors.New("these were two different passwords; nothing was changed")
		}
		return typed[0], nil
	}
	line, err := bufio.NewReader(io.LimitReader(in, 8<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("the password could not be read: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", config.Usagef("The password is missing: type it at a terminal, or write it to the standard input.")
	}
	return line, nil
}

// printAccounts writes a table whose columns line up in a terminal.
func printAccounts(w io.Writer, list []control.Account) {
	if len(list) == 0 {
		fmt.Fprintln(w, "There are no accounts yet.")
		return
	}
	rows := [][]string{{"USER NAME", "NAME", "E-MAIL", "ROLE", "STATE", "SINCE"}}
	for _, a := range list {
		state := a.State
		if state == control.Waiting {
			state = "waits for mail"
		}
		rows = append(rows, []string{a.Username, a.Name, a.Email, a.Role, state, time.UnixMilli(a.CreatedAt).Format("2006-01-02 15:04")})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], cells(cell))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-cells(cell)+2))
			}
		}
		fmt.Fprintln(w, b.String())
	}
}

// cells is how wide a terminal shows a text: two for Chinese characters.
func cells(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
