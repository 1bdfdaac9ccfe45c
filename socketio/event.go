package socketio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"runtime/debug"
	"strconv"
	"sync"
	"time"
)

// Error is an error that a client may see.
type Error struct {
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"` // JSON, or nil

	internal bool
}

func (e *Error) Error() string { return e.Message }

// NewError returns an *Error with data, which is encoded as JSON; nil means
// none.
func NewError(message string, data any) *Error {
	e := &Error{Message: message}
	if data != nil {
		var err error
		if e.Data, err = json.Marshal(data); err != nil {
			e.Data = nil
		}
	}
	return e
}

// publicError returns what of an error a client may see.
func publicError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Message: "internal error", internal: true}
}

func encodeError(err error) any {
	return map[string]*Error{"error": publicError(err)}
}

// ErrAcked is returned for a second acknowledgement of the same event.
var ErrAcked = errors.New("socketio: event is already acknowledged")

// Event is an event that a client has sent.
type Event struct {
	// Name is the name of the event.
	Name string
	// Args are its arguments, as valid JSON.
	Args []json.RawMessage
	// Attachments are its binary values; in Args they stand as
	// {"_placeholder":true,"num":n}.
	Attachments [][]byte

	socket *Socket
	id     int64

	late time.Duration // how long it may take after the end of the connection, or 0

	mu    sync.Mutex
	acked bool
	later bool
	done  bool
	ctx   context.Context // nil until it is asked for
	stop  context.CancelCauseFunc

	next, prev *Event // of those that end with the socket; guarded by socket.mu
}

// WantsAck reports whether the client has asked for an acknowledgement. Without
// that, Ack and AckRaw send nothing.
func (e *Event) WantsAck() bool { return e.id >= 0 }

// Later keeps the event open after its handler has returned, until Ack, AckRaw
// or Done is called, from whatever goroutine. The next event of the socket is
// started meanwhile, unless Options.MaxInFlight are open.
func (e *Event) Later() {
	e.mu.Lock()
	e.later = true
	e.mu.Unlock()
}

// Ack answers the event, with arguments as those of Socket.Emit. It may be
// called once.
func (e *Event) Ack(args ...any) error {
	payload, attachments := []byte{'['}, [][]byte(nil)
	payload, err := appendArgs(payload, args, &attachments)
	if err != nil {
		e.Done()
		return err
	}
	return e.AckRaw(append(payload, ']'), attachments...)
}

// AckRaw is Ack with a JSON array that is already encoded, which is not
// checked. Attachments stand in it as {"_placeholder":true,"num":n}.
func (e *Event) AckRaw(array json.RawMessage, attachments ...[]byte) error {
	e.mu.Lock()
	if e.acked {
		e.mu.Unlock()
		return ErrAcked
	}
	e.acked = true
	e.mu.Unlock()
	var err error
	if e.id >= 0 {
		err = e.socket.send(encodeRaw(packetAck, e.socket.ns.name, e.id, array, attachments))
	}
	e.mu.Lock()
	later := e.later
	e.mu.Unlock()
	if later {
		e.Done()
	}
	return err
}

// Done closes an event that Later has kept open and that is not to be
// acknowledged. It does nothing to one that is closed.
func (e *Event) Done() {
	e.mu.Lock()
	first, stop := !e.done, e.stop
	e.done = true
	e.mu.Unlock()
	if !first {
		return
	}
	if stop != nil {
		e.socket.unwatch(e)
		stop(nil)
	}
	e.socket.client.release()
}

// returned is called when the handler has returned.
func (e *Event) returned() {
	e.mu.Lock()
	open := e.later && !e.acked
	e.mu.Unlock()
	if !open {
		e.Done()
	}
}

// Handler handles one kind of event. ctx ends when the event is done, which is when
// the handler has returned or what Event.Later has put off has come; and it ends
// with the socket, whose reason is its cause.
type Handler func(ctx context.Context, s *Socket, e *Event)

// HandlerOption changes how a handler is run.
type HandlerOption func(*handler)

// Concurrent lets a handler run beside other handlers of the same connection.
// They are still started in the order of their events, and at most
// Options.MaxInFlight at a time.
func Concurrent() HandlerOption { return func(h *handler) { h.concurrent = true } }

type handler struct {
	f          Handler
	concurrent bool
}

func (h *handler) run(s *Socket, e *Event) {
	defer e.returned()
	defer func() {
		if v := recover(); v != nil {
			o := &s.client.srv.opts
			o.Logger.Error("socketio: panic", "event", e.Name, "value", v, "stack", string(debug.Stack()))
			_ = e.Ack(o.EncodeError(errors.New("panic in handler")))
		}
	}()
	h.f(eventContext{e}, s, e)
}

// Handle registers the handler of an event, in place of an earlier one. The
// handlers of one connection are run one after the other, in the order of its
// events, unless they are Concurrent or call Event.Later.
func (ns *Namespace) Handle(event string, f Handler, opts ...HandlerOption) {
	h := &handler{f: f}
	for _, o := range opts {
		o(h)
	}
	ns.setHandler(event, h)
}

// HandleOther registers the handler of all events that have none of their own.
func (ns *Namespace) HandleOther(f Handler, opts ...HandlerOption) {
	h := &handler{f: f}
	for _, o := range opts {
		o(h)
	}
	ns.fallback.Store(h)
}

// None is the result of a typed handler that has none: its acknowledgement is
// empty.
type None struct{}

// On registers a typed handler. The first argument of the event is decoded into
// In as by Event.Decode, binary data included; with json.RawMessage it is handed
// over as it is, and with []json.RawMessage all arguments are. If the client wants an acknowledgement
// it gets the result, or nothing for None; and for an error what
// Options.EncodeError makes of it.
func On[In, Out any](ns *Namespace, event string, f func(ctx context.Context, s *Socket, in In) (Out, error), opts ...HandlerOption) {
	o := &ns.srv.opts
	ns.Handle(event, func(ctx context.Context, s *Socket, e *Event) {
		var in In
		if err := e.decode(&in); err != nil {
			_ = e.Ack(o.EncodeError(&Error{Message: "invalid arguments"}))
			return
		}
		out, err := f(ctx, s, in)
		if err != nil {
			if publicError(err).internal {
				o.Logger.Error("socketio: handler failed", "event", event, "error", err)
			}
			_ = e.Ack(o.EncodeError(err))
			return
		}
		if _, none := any(out).(None); none {
			_ = e.Ack()
			return
		}
		_ = e.Ack(out)
	}, opts...)
}

// decode decodes the first argument, or hands it over.
func (e *Event) decode(in any) error {
	switch in := in.(type) {
	case *[]json.RawMessage:
		*in = e.Args
		return nil
	case *json.RawMessage:
		if len(e.Args) > 0 {
			*in = e.Args[0]
		}
		return nil
	}
	return e.Decode(in)
}

// Decode decodes the arguments, in their order, into what the pointers point to, as
// encoding/json does; attachments become the []byte or Binary that they stand for,
// however deep inside a value. Arguments or pointers that are too many are left
// alone.
func (e *Event) Decode(into ...any) error { return decodeArgs(e.Args, e.Attachments, into) }

// Decode is Event.Decode for the arguments of an acknowledgement.
func (r *Reply) Decode(into ...any) error { return decodeArgs(r.Args, r.Attachments, into) }

func decodeArgs(args []json.RawMessage, attachments [][]byte, into []any) error {
	in := inliner{attachments, make([]bool, len(attachments))}
	for i, raw := range args[:min(len(args), len(into))] {
		if len(attachments) > 0 {
			var err error
			if raw, err = in.inline(raw); err != nil {
				return err
			}
		}
		if err := json.Unmarshal(raw, into[i]); err != nil {
			return err
		}
	}
	return nil
}

// inliner puts attachments in the place of their placeholders, as the base64
// strings that encoding/json takes for a []byte. Each may be used once: a client
// could name a large one a thousand times.
type inliner struct {
	attachments [][]byte
	used        []bool
}

func (in *inliner) inline(raw json.RawMessage) (json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	v, err := in.fill(v)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func (in *inliner) fill(v any) (_ any, err error) {
	switch v := v.(type) {
	case []any:
		for i := range v {
			if v[i], err = in.fill(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		if v["_placeholder"] == true {
			num, _ := v["num"].(json.Number)
			n, err := strconv.Atoi(num.String())
			if err != nil || n < 0 || n >= len(in.attachments) || in.used[n] {
				return nil, errPacket
			}
			in.used[n] = true
			return in.attachments[n], nil
		}
		for key := range v {
			if v[key], err = in.fill(v[key]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}
