// Package realtime is the socket door: it authenticates sockets, decodes
// commands, asks the same services as the HTTP door, and tells those who are
// connected what changed. It decides nothing.
package realtime

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/ingress"
	"github.com/happychat/happychat/internal/wire"
	"github.com/happychat/happychat/socketio"
)

// Directory tells who is to be told.
type Directory interface {
	// MemberIDs lists who belongs to a conversation, and the version at which
	// that last changed.
	MemberIDs(ctx context.Context, conversation change.ID) (ids []change.ID, version int64, err error)
	// Friends lists those whose presence the account may see, and who may see
	// its own.
	Friends(ctx context.Context, account change.ID) ([]change.ID, error)
	// Account and Conversation give what old clients are told besides.
	Account(ctx context.Context, id change.ID) (account.Account, error)
	Conversation(ctx context.Context, id change.ID) (conversation.Conversation, error)
	// SessionsGone tells which of the sessions there are no more.
	SessionsGone(ctx context.Context, sessions []change.ID) ([]change.ID, error)
}

// Options are what the door leads to.
type Options struct {
	// Authenticate finds the session of a token.
	Authenticate func(ctx context.Context, token string) (account.Actor, error)
	// StillUsed is told every few minutes of each session that is connected.
	StillUsed func(account.Actor)
	// AllowLookup tells whether somebody may ask once more who or what there is.
	AllowLookup func(context.Context, account.Actor) error
	// AllowProfile tells whether somebody may look at one more profile.
	AllowProfile  func(context.Context, account.Actor) error
	Conversations *conversation.Service
	// Ask sends a friend request.
	Ask       func(ctx context.Context, actor account.Actor, to change.ID, greeting string) error
	Directory Directory
	Devices   Devices
	Bus       bus.Bus
	// Beat is how often the nodes tell each other that they live; 0: a second.
	// What they notice late, such as a lost message, they notice after a few.
	Beat  time.Duration
	Clock change.Clock
	Guard *ingress.Guard
	// Base is where the web app is, for links.
	Base string
	Log  *slog.Logger
}

// Hub is the door. It is an http.Handler for /socket.io/.
type Hub struct {
	Options
	*Announcer
	server    *socketio.Server
	chat      *socketio.Namespace
	audiences audiences
	presence  presence
	endings   endings
	seed      seed
	nodes     *nodes
	checks    chan struct{} // holds one while all sessions are to be looked at
	cancel    func()
}

// New makes the hub and joins the bus.
func New(o Options) *Hub {
	if o.Beat == 0 {
		o.Beat = time.Second
	}
	h := &Hub{Options: o, Announcer: NewAnnouncer(o.Bus), nodes: newNodes(o.Beat, time.Now()), checks: make(chan struct{}, 1)}
	h.here = h.deliver
	h.server = socketio.NewServer(socketio.Options{
		CheckOrigin: o.Guard.SameOrigin,
		ClientAddr:  func(r *http.Request) string { return ingress.Address(r.Context()).String() },
		AllowEIO3:   true,
		Logger:      o.Log,

		ReleaseMemory: true,
	})
	h.chat = h.server.Namespace("/")
	h.chat.Use(h.admit)
	h.chat.OnConnect(h.connected)
	h.chat.OnDisconnect(func(s *socketio.Socket, r socketio.Reason) {
		h.left(actorOf(s), r)
		h.seed.leave(s)
	})
	h.audiences.load = o.Directory.MemberIDs
	h.presence.start(h)
	h.commands()
	h.seed = seed{hub: h, speakers: map[string]bool{}}
	h.seed.commands()
	h.cancel = o.Bus.Subscribe(h.receive)
	return h
}

// ServeHTTP implements http.Handler. Pages of other sites get nothing, by
// WebSocket or by polling.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.Guard.SameOrigin(r) {
		http.Error(w, "a page of another site may not connect", http.StatusForbidden)
		return
	}
	h.server.ServeHTTP(w, r)
}

// Sessions that are connected are noted as used every stillUsedEvery, a share of
// them at a time: ten thousand at once would hold up what people write.
const (
	stillUsedEvery  = 4 * time.Minute
	stillUsedShares = 48
)

// shareOf spreads sessions evenly.
func shareOf(session change.ID) int {
	return int(uint64(session) * 0x9e3779b97f4a7c15 >> 32 % stillUsedShares)
}

// Run keeps the sessions of connected sockets from expiring, and in touch with
// the other nodes, until ctx is done.
func (h *Hub) Run(ctx context.Context) {
	var loops sync.WaitGroup
	loops.Go(func() { h.runBeats(ctx) })
	loops.Go(func() { h.runChecks(ctx) })
	defer loops.Wait()
	tick := time.NewTicker(stillUsedEvery / stillUsedShares)
	defer tick.Stop()
	for turn := 0; ; turn = (turn + 1) % stillUsedShares {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, s := range h.chat.Except().Sockets() {
				if who := actorOf(s); shareOf(who.SessionID) == turn {
					h.StillUsed(who)
				}
			}
		}
	}
}

// Connections tells how many clients are connected.
func (h *Hub) Connections() int { return h.server.Connections() }

// Close sends what is queued, and ends all connections. What is committed
// afterwards is still announced, until Leave.
func (h *Hub) Close(ctx context.Context) error {
	err := h.server.Close(ctx)
	h.presence.stop()
	return err
}

// Leave says goodbye to the other nodes, when nothing is committed any more.
func (h *Hub) Leave() {
	h.Announcer.Leave()
	h.cancel()
}

func actorOf(s *socketio.Socket) account.Actor {
	a, _ := socketio.Data[account.Actor](s)
	return a
}

func accountRoom(id change.ID) string { return "a" + id.String() }
func sessionRoom(id change.ID) string { return "s" + id.String() }

// admit authenticates a socket by auth.token, by the bearer token or the cookie
// of the handshake, or by ?token= for old clients; auth.accountId, if given,
// must be the session's account. It joins the rooms of its
// account and of its session, and none for conversations: ten thousand phones
// that come back cost ten thousand small reads.
func (h *Hub) admit(ctx context.Context, s *socketio.Socket, hs *socketio.Handshake) error {
	var auth struct {
		Token     string `json:"token"`
		AccountID string `json:"accountId"`
	}
	if len(hs.Auth) > 0 {
		_ = json.Unmarshal(hs.Auth, &auth) // anything else is no token
	}
	token := auth.Token
	if token == "" {
		token, _ = ingress.Token(hs.Request)
	}
	if token == "" {
		token = hs.Request.URL.Query().Get("token")
	}
	who, err := h.Authenticate(ctx, token)
	if err != nil {
		p := wire.NewProblem(err)
		if p.Status == http.StatusInternalServerError {
			h.Log.Error("authentication failed", "err", err)
		}
		return socketio.NewError(p.Detail, p)
	}
	if auth.AccountID != "" && auth.AccountID != who.AccountID.String() {
		return socketio.NewError(errOtherAccount.Detail, wire.NewProblem(errOtherAccount))
	}
	socketio.SetData(s, who)
	s.Join(accountRoom(who.AccountID), sessionRoom(who.SessionID))
	return nil
}

// errOtherAccount keeps a page that shows one account from acting for another,
// which signed in from the same browser meanwhile.
var errOtherAccount = change.Errorf(change.Unauthenticated, "session.other_account", "Somebody else is signed in here now. Please sign in again.")

// connected is called when a socket is in its rooms.
func (h *Hub) connected(s *socketio.Socket) {
	who := actorOf(s)
	h.presence.came(who.AccountID, who.SessionID)
	h.Devices.Seen(who.SessionID)
	// The session may have ended after it was read and before the socket was in
	// the room where that is told.
	if reason, ended := h.endings.of(who.SessionID); ended {
		h.end(h.chat.To(s.ID()), reason)
	}
}

// Typing implements httpapi.Live.
func (h *Hub) Typing(ctx context.Context, actor, conversation change.ID) error {
	show, membersVersion, err := h.Conversations.Typing(ctx, actor, conversation)
	if err != nil || !show {
		return err
	}
	m := bus.Message{
		Kind: bus.Typed, Scope: change.Scope{Kind: change.Conversation, ID: conversation}, MembersVersion: membersVersion,
		Event: wire.EventTyping, Except: actor,
		Payload: wire.Raw(wire.Typing{ConversationID: wire.ID(conversation), AccountID: wire.ID(actor)}),
	}
	h.mention(m)
	h.deliver(m)
	return nil
}

// Online implements httpapi.Live.
func (h *Hub) Online(ids []change.ID) []change.ID { return h.presence.online(ids) }

// receive takes what comes by the bus.
func (h *Hub) receive(m bus.Message) {
	if m.From == h.self {
		h.nodes.echoed(time.Now()) // what it said was done when it was said
		return
	}
	if h.nodes.hear(m, time.Now()) {
		h.deliver(m)
	}
}

// deliver tells those connected to this node.
func (h *Hub) deliver(m bus.Message) {
	switch m.Kind {
	case bus.Ended:
		h.endSessions(m.Sessions, m.Reason)
	case bus.Reviewed:
		h.presence.review(m.Pair)
	case bus.Called, bus.Seen, bus.Lost:
		h.hearOfDevices(m)
	case bus.Present, bus.Beat, bus.Left:
		h.presence.hear(m)
	case bus.Asked:
		if m.To == h.self {
			h.presence.ask()
		}
	case bus.Changed, bus.Typed:
		rooms, err := h.rooms(m)
		if err != nil {
			h.Log.Error("nobody told: members not read", "conversation", m.Scope.ID, "err", err)
			h.nodes.missed()
			return
		}
		if len(rooms) == 0 {
			return
		}
		if err := h.chat.To(rooms...).Emit(m.Event, m.Payload); err != nil {
			h.Log.Error("event not sent", "event", m.Event, "err", err)
		}
		h.seed.deliver(m)
	}
}

// endSessions ends the sockets of sessions that are over.
func (h *Hub) endSessions(sessions []change.ID, reason string) {
	rooms := make([]string, len(sessions))
	for i, id := range sessions {
		rooms[i] = sessionRoom(id)
		h.endings.note(id, reason, h.Clock.Now())
	}
	h.end(h.chat.To(rooms...), reason)
}

// end tells sockets why they end, and disconnects them.
func (h *Hub) end(to socketio.Broadcast, reason string) {
	if err := to.Emit(wire.EventSessionEnded, wire.SessionEnded{Reason: reason}); err != nil {
		h.Log.Error("event not sent", "event", wire.EventSessionEnded, "err", err)
	}
	if err := to.DisconnectSockets("session ended", false); err != nil {
		h.Log.Error("sockets not disconnected", "err", err)
	}
}

// rooms are those of the accounts that are told and are connected here.
func (h *Hub) rooms(m bus.Message) ([]string, error) {
	if m.Scope.Kind == change.User {
		if !h.presence.here(m.Scope.ID) {
			return nil, nil
		}
		return []string{accountRoom(m.Scope.ID)}, nil
	}
	ids, err := h.audiences.of(m.Scope.ID, m.MembersVersion)
	if err != nil {
		return nil, err
	}
	var rooms []string
	for _, id := range h.presence.among(ids) {
		if id != m.Except {
			rooms = append(rooms, accountRoom(id))
		}
	}
	return rooms, nil
}

// endings remembers the sessions that ended lately: longer than a socket can
// take from being authenticated to being in its rooms.
type endings struct {
	mu   sync.Mutex
	list []ending // in order of time
}

type ending struct {
	session change.ID
	reason  string
	at      int64
}

const endingsKept = time.Minute

func (e *endings) note(session change.ID, reason string, now int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	old := 0
	for old < len(e.list) && e.list[old].at < now-change.Ms(endingsKept) {
		old++
	}
	e.list = append(e.list[old:], ending{session, reason, now})
}

func (e *endings) of(session change.ID) (reason string, ended bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, end := range e.list {
		if end.session == session {
			return end.reason, true
		}
	}
	return "", false
}
