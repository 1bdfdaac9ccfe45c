package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/ratelimit"
)

// person is somebody who writes to a friend.
type person struct {
	id, conversation change.ID
	token            string
}

// open starts the messenger in this process, on the data in dir.
func open(dir string) (*app.App, error) { return openOn(dir, "") }

// openOn is open on a PostgreSQL database, or on SQLite if it is empty.
func openOn(dir, database string) (*app.App, error) {
	wide := ratelimit.Rate{Burst: 1 << 30, Every: time.Nanosecond}
	return app.Start(context.Background(), config.Config{Listen: "127.0.0.1:0", Data: dir, Database: database, Registration: config.RegistrationClosed, Language: config.English}, app.Options{
		Version: "bench", Console: io.Discard, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Hasher: account.NewHasher(account.HashCost{Memory: 64, Passes: 1, Threads: 1}),
		Rates:  account.Rates{SignInByAddress: wide, SignInByLogin: wide, SignInByBoth: wide, RegisterByAddress: wide},
	})
}

// people makes n people, friends in pairs, with a session each if they are to
// sign in.
func people(a *app.App, n int, signedIn bool) ([]person, error) {
	ctx := context.Background()
	list := make([]person, n)
	for i := range list {
		name := fmt.Sprintf("person%d", i)
		made, err := a.Accounts.Create(ctx, account.Wish{Username: name, Email: name + "@example.org", Name: name, Password: "correct horse battery", Language: "en"}, account.User)
		if err != nil {
			return nil, err
		}
		list[i].id = made.ID
		if signedIn {
			in, err := a.Accounts.SignIn(ctx, account.Credentials{Login: name, Password: "correct horse battery", Remember: true}, account.Client{Address: fmt.Sprintf("10.0.%d.%d", i/250, i%250)})
			if err != nil {
				return nil, err
			}
			list[i].token = in.Token
		}
	}
	for i := 0; i+1 < n; i += 2 {
		err := a.Store.Update(ctx, func(ctx context.Context) error {
			for k := range 2 {
				them, err := a.Store.Account(ctx, list[i+1-k].id)
				if err != nil {
					return err
				}
				if _, err := a.Store.PutContact(ctx, contact.Contact{Owner: list[i+k].id, Account: them.Card(), State: contact.Friend}); err != nil {
					return err
				}
			}
			c, err := a.Conversations.EnsureDirect(ctx, list[i].id, list[i+1].id)
			list[i].conversation, list[i+1].conversation = c.ID, c.ID
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// text is a message of a hundred characters.
const text = "Shall we meet at the lake on Sunday? The weather will be fine and the little ones want to see ducks."

func closeApp(a *app.App) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return a.Close(ctx)
}
