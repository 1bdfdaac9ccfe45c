// Package httpapi is the HTTP door: it decodes, asks a service, and encodes. It
// decides nothing. There is a file per noun; the description of the API is made
// from the same types (OpenAPI 3.1).
package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/console"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/export"
	"github.com/happychat/happychat/internal/feedback"
	"github.com/happychat/happychat/internal/ingress"
	"github.com/happychat/happychat/internal/push"
	"github.com/happychat/happychat/internal/sticker"
	"github.com/happychat/happychat/internal/wire"
)

// Prefix is where the API is.
const Prefix = "/api/v1"

// maxBody is the largest request, in bytes: the longest message with every
// character escaped, and the longest list of known conversations, fit.
const maxBody = 1 << 20

// Live is what is known of who is connected.
type Live interface {
	// Online gives those of the accounts that are connected somewhere.
	Online(accounts []change.ID) []change.ID
	// Typing tells the other members that the actor types, if they are to know.
	Typing(ctx context.Context, actor, conversation change.ID) error
}

// Options are what the door leads to.
type Options struct {
	Accounts      *account.Service
	Contacts      *contact.Service
	Conversations *conversation.Service
	Archive       *export.Archive
	Attachments   *attachment.Service
	Stickers      *sticker.Service
	Feedback      *feedback.Service
	Console       *console.Service
	Push          *push.Service
	Live          Live
	Clock         change.Clock
	Guard         *ingress.Guard
	// Base is where the web app is, for links.
	Base string
	// Info is the answer to "what server is this".
	Info func(ctx context.Context) (wire.Server, error)
	Log  *slog.Logger
}

type api struct {
	Options
	huma huma.API
}

// New gives the handler of everything under /api/.
func New(o Options) http.Handler {
	mux := http.NewServeMux()
	newAPI(o, mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, wire.StatusProblem(http.StatusNotFound, "There is nothing at this address. The reference is at /api/docs.", nil))
	})
	return &handler{mux: mux, log: o.Log}
}

// Description gives the OpenAPI document as indented JSON.
func Description() ([]byte, error) {
	a := newAPI(Options{}, http.NewServeMux())
	text, err := json.MarshalIndent(a.huma.OpenAPI(), "", "  ")
	return append(text, '\n'), err
}

func newAPI(o Options, mux *http.ServeMux) *api {
	config := huma.DefaultConfig("Happy Chat", "1")
	config.Info.Description = description
	config.OpenAPIPath = "/api/openapi"
	config.DocsPath = ""
	config.SchemasPath = ""
	config.CreateHooks = nil
	config.RejectUnknownQueryParameters = true
	config.Formats = map[string]huma.Format{
		"application/json": {Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal},
		"json":             {Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal},
	}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"cookie": {Type: "apiKey", In: "cookie", Name: ingress.CookieName, Description: "Set by signing in, for browsers on the same origin"},
		"bearer": {Type: "http", Scheme: "bearer", Description: "The token of signing in with use: bearer, for everything else"},
	}
	a := &api{Options: o}
	a.huma = humago.New(mux, config)
	a.server()
	a.account()
	a.push()
	a.contact()
	a.conversation()
	a.attachment()
	a.sticker()
	a.group()
	a.joining()
	a.feedback()
	a.console()
	describeSocket(a.huma.OpenAPI())
	a.docs(mux)
	return a
}

const description = `Everything that a person can do in Happy Chat.

Errors are problems (RFC 9457) with a stable **code** and a **detail** that a person can act on. Identifiers are decimal strings, times are milliseconds since 1970 UTC.

The same server speaks Socket.IO at /socket.io/; its commands and events are listed here as webhooks, under their names. A command is emitted with one object and acknowledged with one object, which has either a **result** or an **error** of the shape that HTTP's errors have.`

// unmarshal refuses what would be changed silently or can not be stored.
func unmarshal(data []byte, v any) error {
	if err := wire.CheckJSON(data); err != nil {
		return err
	}
	return json.Unmarshal(data, v)
}

// handler answers what goes wrong outside of any operation in the shape of all
// other errors.
type handler struct {
	mux *http.ServeMux
	log *slog.Logger
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			h.log.Error("panic", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			writeProblem(w, wire.NewProblem(errors.New("panic")))
		}
	}()
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	h.mux.ServeHTTP(&methodProblem{ResponseWriter: w, r: r}, r)
}

// methodProblem gives the mux's own "method not allowed" our shape.
type methodProblem struct {
	http.ResponseWriter
	r       *http.Request
	replace bool
}

func (m *methodProblem) WriteHeader(status int) {
	if status == http.StatusMethodNotAllowed && m.Header().Get("Content-Type") == "text/plain; charset=utf-8" {
		m.replace = true
		writeProblem(m.ResponseWriter, wire.StatusProblem(status, "This address does not take "+m.r.Method+"; it takes "+m.Header().Get("Allow")+".", nil))
		return
	}
	m.ResponseWriter.WriteHeader(status)
}

func (m *methodProblem) Write(b []byte) (int, error) {
	if m.replace {
		return len(b), nil
	}
	return m.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (m *methodProblem) Unwrap() http.ResponseWriter { return m.ResponseWriter }

func writeProblem(w http.ResponseWriter, p *wire.Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(p.RetryAfter))
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client may be gone
}

// huma makes its own errors through these two, which are the package's only way
// to give them a shape.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		var fields []wire.ProblemField
		for _, err := range errs {
			if d, ok := errors.AsType[*huma.ErrorDetail](err); ok {
				fields = append(fields, wire.ProblemField{Location: d.Location, Message: d.Message})
			} else if err != nil {
				fields = append(fields, wire.ProblemField{Message: err.Error()})
			}
		}
		if status == http.StatusUnprocessableEntity && len(fields) > 0 {
			return wire.ValidationProblem(fields)
		}
		return wire.StatusProblem(status, sentence(status, msg, fields), fields)
	}
	huma.NewErrorWithContext = func(_ huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return huma.NewError(status, msg, errs...)
	}
	huma.DefaultArrayNullable = false
}

// sentence makes of the library's words something to act on.
func sentence(status int, msg string, fields []wire.ProblemField) string {
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return fmt.Sprintf("The request is larger than %d bytes.", maxBody)
	case msg == "" || status == http.StatusInternalServerError:
		return wire.NewProblem(errors.New(msg)).Detail
	case len(fields) > 0 && fields[0].Message != "":
		return strings.ToUpper(msg[:1]) + msg[1:] + ": " + fields[0].Message + "."
	}
	return strings.ToUpper(msg[:1]) + msg[1:] + "."
}

type actorKey struct{}

// actor is who asks; the zero Actor where nobody needs to be signed in.
func actor(ctx context.Context) account.Actor {
	a, _ := ctx.Value(actorKey{}).(account.Actor)
	return a
}

// operation registers one operation. Those that are not public need a session.
type operation struct {
	method, path  string
	id            string
	summary, text string
	tag           string
	status        int // 200 if 0
	public        bool
	errors        []int
	// alter describes what the types of input and output can not. Optional.
	alter func(*huma.Operation)
}

// handle registers f. Its errors are problems.
func handle[In, Out any](a *api, o operation, f func(ctx context.Context, in *In) (*Out, error)) {
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: Prefix + o.path, Summary: o.summary, Description: o.text,
		Tags: []string{o.tag}, DefaultStatus: o.status, Errors: o.errors, MaxBodyBytes: maxBody,
		Middlewares: huma.Middlewares{a.guard(o.public)},
	}
	if !o.public {
		op.Security = []map[string][]string{{"cookie": {}}, {"bearer": {}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized)
	}
	op.Errors = append(op.Errors, http.StatusTooManyRequests)
	if o.alter != nil {
		o.alter(&op)
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *In) (*Out, error) {
		out, err := f(ctx, in)
		if err != nil {
			return nil, a.problem(o.id, err)
		}
		return out, nil
	})
}

func (a *api) problem(operation string, err error) error {
	p := wire.NewProblem(err)
	if p.Status == http.StatusInternalServerError {
		a.Log.Error("operation failed", "operation", operation, "err", err)
	}
	if p.RetryAfter > 0 {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {fmt.Sprint(p.RetryAfter)}})
	}
	return p
}

var errForeign = change.Errorf(change.Forbidden, "request.foreign_origin", "A page of another site tried to do this in your name, so it was not done.")

// guard refuses writes from pages of other sites, and, unless public, whoever
// is not signed in.
func (a *api) guard(public bool) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(hc)
		token, cookie := ingress.Token(r)
		write := r.Method != http.MethodGet && r.Method != http.MethodHead
		if write && (cookie || public) && !a.Guard.SameOrigin(r) {
			writeProblem(w, wire.NewProblem(errForeign))
			return
		}
		if !public {
			who, err := a.Accounts.Authenticate(r.Context(), token)
			if err != nil {
				p := wire.NewProblem(err)
				if p.Status == http.StatusInternalServerError {
					a.Log.Error("authentication failed", "err", err)
				}
				writeProblem(w, p)
				return
			}
			a.Push.Seen(who.SessionID)
			hc = huma.WithValue(hc, actorKey{}, who)
		}
		next(hc)
	}
}

// request gives the HTTP request of an operation that needs more of it than its
// input; registered by embedding in the input.
type request struct{ r *http.Request }

// Resolve implements huma.Resolver.
func (q *request) Resolve(hc huma.Context) []error {
	q.r, _ = humago.Unwrap(hc)
	return nil
}

// none is the output of operations that answer nothing.
type none struct{}

// body is an output with a body.
type body[T any] struct{ Body T }

func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// IDPath is the input of operations on one thing.
type IDPath struct {
	ID wire.PathID `path:"id"`
}
