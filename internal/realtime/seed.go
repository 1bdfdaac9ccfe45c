package realtime

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/sticker"
	"github.com/happychat/happychat/internal/wire"
	"github.com/happychat/happychat/socketio"
)

// The vocabulary of the first Happy Chat, of 2019, for clients that were written
// to it: docs/protocol.md has it in full. It trusted whoever called, and told
// everybody; here it is a thin layer over the same services as everything else:
// the author is the session's account, what is sent is stored, and only members
// are told. A socket speaks it from its first `login` or `update` on.
const (
	seedLogin       = "login"
	seedUpdate      = "update"
	seedLogout      = "logout"
	seedSendPrivate = "sendPrivateMsg"
	seedGetPrivate  = "getPrivateMsg"
	seedSendGroup   = "sendGroupMsg"
	seedGetGroup    = "getGroupMsg"
	seedSendRequest = "sendRequest"
	seedGetResponse = "getresponse"
)

// seed is what the hub keeps of it.
type seed struct {
	hub *Hub
	// speakers are the sockets that speak it here: while there are none, nothing
	// is translated.
	mu       sync.Mutex
	speakers map[string]bool
}

func seedRoom(id change.ID) string { return "seed" + id.String() }

// seedID is an identifier as the old clients send it: a string, or a number.
type seedID string

// UnmarshalJSON implements json.Unmarshaler.
func (id *seedID) UnmarshalJSON(text []byte) error {
	*id = seedID(strings.Trim(string(text), `"`))
	return nil
}

func (id seedID) domain() change.ID {
	n, _ := change.ParseID(string(id))
	return n
}

// Of what a message holds besides, the name, the picture, the time and the
// author are not believed, and added anew.
type (
	seedPrivateIn struct {
		ToUser   seedID `json:"to_user"`
		Message  string `json:"message"`
		ClientID string `json:"clientId"`
	}
	seedGroupIn struct {
		GroupID  seedID `json:"groupId"`
		Message  string `json:"message"`
		ClientID string `json:"clientId"`
	}
	seedRequestIn struct {
		ToUser  seedID `json:"to_user"`
		Content string `json:"content"`
	}

	seedPrivate struct {
		FromUser wire.ID `json:"from_user"`
		ToUser   wire.ID `json:"to_user"`
		Name     string  `json:"name"`
		Avator   string  `json:"avator"` // as it was spelled
		Message  string  `json:"message"`
		Type     string  `json:"type"`
		Status   string  `json:"status"`
		Time     int64   `json:"time"` // seconds since 1970
	}
	seedGroup struct {
		GroupID     wire.ID `json:"groupId"`
		GroupName   string  `json:"group_name"`
		GroupAvator string  `json:"group_avator"`
		FromUser    wire.ID `json:"from_user"`
		Name        string  `json:"name"`
		Avator      string  `json:"avator"`
		Message     string  `json:"message"`
		Time        int64   `json:"time"`
	}
	seedRequest struct {
		FromUser wire.ID `json:"from_user"`
		ToUser   wire.ID `json:"to_user"`
		Name     string  `json:"name"`
		Avator   string  `json:"avator"`
		Content  string  `json:"content"`
		Time     int64   `json:"time"`
		Status   int     `json:"status"` // 0: not answered yet
	}
)

// commands registers what old clients say. They expect no answer; one that asks
// for an acknowledgement gets the same Result as for any other command.
func (v *seed) commands() {
	h := v.hub
	v.on(seedLogin, func(_ context.Context, s *socketio.Socket, _ account.Actor, args json.RawMessage) error {
		return v.join(s, args)
	})
	v.on(seedUpdate, func(_ context.Context, s *socketio.Socket, _ account.Actor, args json.RawMessage) error {
		return v.join(s, args)
	})
	v.on(seedLogout, func(_ context.Context, s *socketio.Socket, _ account.Actor, _ json.RawMessage) error {
		v.leave(s)
		return nil
	})
	v.on(seedSendPrivate, func(ctx context.Context, _ *socketio.Socket, who account.Actor, args json.RawMessage) error {
		in, err := seedInput[seedPrivateIn](args)
		if err != nil {
			return err
		}
		d, err := h.Conversations.OpenDirect(ctx, who.AccountID, in.ToUser.domain())
		if err != nil {
			return err
		}
		return v.send(ctx, who, d.ConversationID, in.ClientID, in.Message)
	})
	v.on(seedSendGroup, func(ctx context.Context, _ *socketio.Socket, who account.Actor, args json.RawMessage) error {
		in, err := seedInput[seedGroupIn](args)
		if err != nil {
			return err
		}
		return v.send(ctx, who, in.GroupID.domain(), in.ClientID, in.Message)
	})
	v.on(seedSendRequest, func(ctx context.Context, _ *socketio.Socket, who account.Actor, args json.RawMessage) error {
		in, err := seedInput[seedRequestIn](args)
		if err != nil {
			return err
		}
		return h.Ask(ctx, who, in.ToUser.domain(), in.Content)
	})
}

func (v *seed) on(name string, f func(ctx context.Context, s *socketio.Socket, who account.Actor, args json.RawMessage) error) {
	v.hub.chat.Handle(name, func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		args := json.RawMessage("null")
		if len(e.Args) > 0 {
			args = e.Args[0]
		}
		v.hub.acknowledge(e, wire.None{}, f(ctx, s, actorOf(s), args))
	})
}

func seedInput[In any](args json.RawMessage) (in In, err error) {
	if err := wire.CheckJSON(args); err != nil {
		return in, errSeed.Because(err)
	}
	if err := json.Unmarshal(args, &in); err != nil {
		return in, errSeed.Because(err)
	}
	return in, nil
}

var errSeed = change.Errorf(change.Invalid, "request.invalid", "The event is not as it should be; docs/protocol.md has its shape.")

// send stores a message under the client's own name for it, or a new one.
func (v *seed) send(ctx context.Context, who account.Actor, to change.ID, clientID, text string) error {
	if clientID == "" {
		clientID = change.NewToken()
	}
	_, err := v.hub.Conversations.Send(ctx, who.AccountID, to, conversation.Draft{ClientID: clientID, Body: text})
	return err
}

// join lets a socket hear the old events. Whose it is, the session says; a
// client that names somebody else is told so.
func (v *seed) join(s *socketio.Socket, args json.RawMessage) error {
	who := actorOf(s)
	var id seedID
	if err := json.Unmarshal(args, &id); err != nil || id.domain() != who.AccountID {
		return errOtherAccount
	}
	v.mu.Lock()
	v.speakers[s.ID()] = true
	v.mu.Unlock()
	s.Join(seedRoom(who.AccountID))
	return nil
}

// leave is for a socket that wants to hear no more, or is gone.
func (v *seed) leave(s *socketio.Socket) {
	v.mu.Lock()
	delete(v.speakers, s.ID())
	v.mu.Unlock()
	s.Leave(seedRoom(actorOf(s).AccountID))
}

// spoken tells whether anybody here speaks it.
func (v *seed) spoken() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.speakers) > 0
}

// deliver says in the old words what was committed.
func (v *seed) deliver(m bus.Message) {
	if m.Kind != bus.Changed || !v.spoken() {
		return
	}
	var err error
	if m.Scope.Kind == change.User {
		err = v.requests(m)
	} else {
		err = v.messages(m)
	}
	if err != nil {
		v.hub.Log.Error("old clients were not told", "scope", m.Scope.ID, "err", err)
	}
}

// requests tells somebody of friend requests to them.
func (v *seed) requests(m bus.Message) error {
	var d wire.UserDelta
	if err := json.Unmarshal(m.Payload, &d); err != nil {
		return err
	}
	for _, r := range d.FriendRequests {
		if r.State != string(contact.Pending) || r.To.ID.Domain() != m.Scope.ID {
			continue
		}
		if err := v.hub.chat.To(seedRoom(m.Scope.ID)).Emit(seedGetResponse, seedRequest{
			FromUser: r.From.ID, ToUser: r.To.ID, Name: r.From.Name, Avator: v.avatar(r.From.Avatar),
			Content: r.Greeting, Time: seconds(r.CreatedAt),
		}); err != nil {
			return err
		}
	}
	return nil
}

// messages tells the members of new messages: of a direct conversation the other
// one, of a group everybody, its author included, as it was.
func (v *seed) messages(m bus.Message) error {
	var d wire.ConversationDelta
	if err := json.Unmarshal(m.Payload, &d); err != nil {
		return err
	}
	for _, msg := range d.Messages {
		text := seedText(msg)
		if text == "" || msg.Partial {
			continue
		}
		if err := v.message(m, msg, text); err != nil {
			return err
		}
	}
	return nil
}

func (v *seed) message(m bus.Message, msg wire.Message, text string) error {
	ctx := context.Background()
	members, err := v.hub.audiences.of(m.Scope.ID, m.MembersVersion)
	if err != nil {
		return err
	}
	author, err := v.hub.Directory.Account(ctx, msg.SenderID.Domain())
	if err != nil {
		return err
	}
	// An edit is news only of a robot, whose messages grow.
	if msg.EditedAt != 0 && author.Kind != account.Robot {
		return nil
	}
	c, err := v.hub.Directory.Conversation(ctx, m.Scope.ID)
	if err != nil {
		return err
	}
	if c.Kind == conversation.InGroup {
		rooms := make([]string, len(members))
		for i, id := range members {
			rooms[i] = seedRoom(id)
		}
		return v.hub.chat.To(rooms...).Emit(seedGetGroup, seedGroup{
			GroupID: msg.ConversationID, GroupName: c.Group.Name, GroupAvator: v.avatar(c.Group.Avatar),
			FromUser: msg.SenderID, Name: author.Name, Avator: v.avatar(author.Avatar), Message: text, Time: seconds(msg.CreatedAt),
		})
	}
	for _, id := range members {
		if id == author.ID {
			continue
		}
		if err := v.hub.chat.To(seedRoom(id)).Emit(seedGetPrivate, seedPrivate{
			FromUser: msg.SenderID, ToUser: wire.ID(id), Name: author.Name, Avator: v.avatar(author.Avatar),
			Message: text, Type: "private", Status: "1", Time: seconds(msg.CreatedAt),
		}); err != nil {
			return err
		}
	}
	return nil
}

// seedText is a message in words: old clients know nothing else.
func seedText(m wire.Message) string {
	if m.Kind == string(conversation.Notice) {
		return ""
	}
	if m.Sticker != nil {
		return sticker.Words("zh-CN", string(m.Sticker.Key), m.Sticker.Emoji) // the old client's only language
	}
	return m.Body
}

// avatar is where a picture is, on this server; old clients expect an address.
func (v *seed) avatar(id string) string {
	if id == "" {
		return ""
	}
	return "/api/v1/avatars/" + id + "/128"
}

func seconds(ms int64) int64 { return ms / int64(time.Second/time.Millisecond) }
