// Command happychat is the whole messenger: server, web app and tools in one
// file.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/httpapi"
)

// version is set by the linker.
var version = "unknown"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	program := config.Program{
		Name:    "happychat",
		Summary: "Happy Chat (乐聊): a messenger that you run yourself.",
		Commands: append([]config.Command{
			{Name: "serve", Summary: "Run the server", Settings: config.All, Run: serve},
			{Name: "migrate", Summary: "Bring the database up to date, and do nothing else", Settings: config.Storage | config.Logging, Run: migrate},
			{Name: "openapi", Summary: "Print the description of the API (OpenAPI 3.1)", Settings: config.None, Run: openapi},
			{Name: "version", Summary: "Print the version", Settings: config.None, Run: printVersion},
		}, userCommands()...),
	}
	code := program.Main(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// closeTime is how long a stopping server waits for what it has begun.
const closeTime = 8 * time.Second

func serve(ctx context.Context, in config.Invocation) (err error) {
	a, err := app.Start(ctx, in.Config, app.Options{Version: version, Console: in.Out, Log: newLog(in)})
	if err != nil {
		return err
	}
	fmt.Fprintf(in.Out, "Happy Chat is ready at %s\n", a.URL())
	err = a.Wait(ctx)
	closing, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if closeErr := a.Close(closing); err == nil {
		err = closeErr
	}
	return err
}

func migrate(ctx context.Context, in config.Invocation) error {
	lock, err := app.LockData(in.Config.Data)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }() // the process ends
	store, err := app.OpenStore(ctx, in.Config, newLog(in), nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(in.Out, "The database is up to date.")
	return store.Close()
}

func openapi(_ context.Context, in config.Invocation) error {
	text, err := httpapi.Description()
	if err == nil {
		_, err = in.Out.Write(text)
	}
	return err
}

func printVersion(_ context.Context, in config.Invocation) error {
	_, err := fmt.Fprintln(in.Out, version)
	return err
}

func newLog(in config.Invocation) *slog.Logger {
	options := &slog.HandlerOptions{Level: in.Config.Log.Level}
	if in.Config.Log.Format == config.LogJSON {
		return slog.New(slog.NewJSONHandler(in.Err, options))
	}
	return slog.New(slog.NewTextHandler(in.Err, options))
}
