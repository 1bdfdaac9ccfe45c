package realtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/wire"
	"github.com/happychat/happychat/socketio"
)

// commands registers what a client may ask, each of the same service as the
// HTTP operation of that name.
func (h *Hub) commands() {
	registry := huma.NewMapRegistry("#/", huma.DefaultSchemaNamer)

	on(h, registry, wire.CommandSync, func(ctx context.Context, who account.Actor, in wire.SyncIn) (any, error) {
		c, err := h.Conversations.Sync(ctx, who.AccountID, in.Domain(), in.Messages)
		if err != nil {
			return nil, err
		}
		return wire.NewSyncResult(c, who.AccountID, h.Online(c.Friends), h.Clock.Now()), nil
	})
	on(h, registry, wire.CommandOpen, func(ctx context.Context, who account.Actor, in wire.OpenConversation) (any, error) {
		d, err := h.Conversations.OpenDirect(ctx, who.AccountID, in.AccountID.Domain())
		return wire.NewConversationDelta(d), err
	})
	on(h, registry, wire.CommandList, func(ctx context.Context, who account.Actor, in wire.ListMessagesIn) (any, error) {
		p, err := h.Conversations.History(ctx, who.AccountID, in.ConversationID.Domain(), in.After, in.Before, in.Limit)
		return wire.NewMessagePage(p), err
	})
	on(h, registry, wire.CommandRead, func(ctx context.Context, who account.Actor, in wire.ReadIn) (any, error) {
		m, err := h.Conversations.Read(ctx, who.AccountID, in.ConversationID.Domain(), in.Seq)
		return wire.NewMembership(m), err
	})
	on(h, registry, wire.CommandTyping, func(ctx context.Context, who account.Actor, in wire.TypingIn) (any, error) {
		return wire.None{}, h.Typing(ctx, who.AccountID, in.ConversationID.Domain())
	})

	h.groupCommands(registry)

	// Sends are pipelined: the next is read while this one waits for the disk,
	// and they are stored in the order in which they came.
	parse := parser[wire.SendMessageIn](registry)
	h.chat.Handle(wire.CommandSend, func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
		in, err := parse(e.Args)
		if err != nil {
			h.acknowledge(e, nil, err)
			return
		}
		e.Later()
		// What was asked for is done, connected or not.
		h.Conversations.Submit(context.Background(), actorOf(s).AccountID, in.ConversationID.Domain(), in.Domain(),
			func(d conversation.Delta, err error) { h.acknowledge(e, wire.NewConversationDelta(d), err) })
	})

	h.chat.HandleOther(func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
		h.acknowledge(e, nil, change.Errorf(change.NotFound, "command.unknown", "There is no command %.40q.", e.Name))
	})
}

// on registers a command that is answered before the next of the same socket is
// looked at.
func on[In any](h *Hub, registry huma.Registry, name string, f func(ctx context.Context, who account.Actor, in In) (any, error)) {
	parse := parser[In](registry)
	h.chat.Handle(name, func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		in, err := parse(e.Args)
		if err != nil {
			h.acknowledge(e, nil, err)
			return
		}
		result, err := f(ctx, actorOf(s), in)
		h.acknowledge(e, result, err)
	})
}

// acknowledge answers with one wire.Result.
func (h *Hub) acknowledge(e *socketio.Event, result any, err error) {
	out := wire.Result{Result: result}
	if err != nil {
		out = wire.Result{Error: wire.NewProblem(err)}
		if out.Error.Status == http.StatusInternalServerError {
			h.Log.Error("command failed", "command", e.Name, "err", err)
		}
	}
	if !e.WantsAck() {
		e.Done()
		return
	}
	var b bytes.Buffer
	b.WriteByte('[')
	b.Write(wire.Raw(out))
	b.WriteByte(']')
	if err := e.AckRaw(b.Bytes()); err != nil && !errors.Is(err, socketio.ErrAcked) {
		h.Log.Debug("command not acknowledged", "command", e.Name, "err", err)
	}
}

// parser makes the decoder of a payload, which holds it to the schema that the
// API describes, as the HTTP door does.
func parser[In any](registry huma.Registry) func(args []json.RawMessage) (In, error) {
	schema := registry.Schema(reflect.TypeFor[In](), true, "")
	return func(args []json.RawMessage) (in In, err error) {
		if len(args) != 1 {
			return in, wire.StatusProblem(http.StatusUnprocessableEntity, "A command takes one object.", nil)
		}
		if err := wire.CheckJSON(args[0]); err != nil {
			return in, wire.StatusProblem(http.StatusUnprocessableEntity, "The command can not be read: "+err.Error()+".", nil)
		}
		var loose any
		if err := json.Unmarshal(args[0], &loose); err != nil {
			return in, wire.StatusProblem(http.StatusUnprocessableEntity, "The command is not valid JSON.", nil)
		}
		var res huma.ValidateResult
		path := huma.NewPathBuffer(make([]byte, 0, 64), 0)
		path.Push("body")
		huma.Validate(registry, schema, path, huma.ModeWriteToServer, loose, &res)
		if len(res.Errors) > 0 {
			var fields []wire.ProblemField
			for _, err := range res.Errors {
				if d, ok := errors.AsType[*huma.ErrorDetail](err); ok {
					fields = append(fields, wire.ProblemField{Location: d.Location, Message: d.Message})
				}
			}
			return in, wire.ValidationProblem(fields)
		}
		if err := json.Unmarshal(args[0], &in); err != nil {
			return in, wire.StatusProblem(http.StatusUnprocessableEntity, "The command is not as it should be: "+err.Error()+".", nil)
		}
		return in, nil
	}
}
