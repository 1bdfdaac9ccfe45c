package wire

import (
	"context"
	"errors"
	"math"
	"net/http"

	"github.com/happychat/happychat/internal/change"
)

// Problem is an error as clients see it (RFC 9457), on both doors.
type Problem struct {
	Type   string         `json:"type" doc:"Always about:blank: code tells which error it is" example:"about:blank"`
	Title  string         `json:"title" doc:"The name of the status" example:"Forbidden"`
	Status int            `json:"status" doc:"The HTTP status, on the socket too" example:"403"`
	Code   string         `json:"code" doc:"Which error it is; programs may depend on it" example:"conversation.not_friends"`
	Detail string         `json:"detail" doc:"A sentence that a person can act on"`
	Errors []ProblemField `json:"errors,omitempty" doc:"What is wrong with which input"`
	// RetryAfter is in seconds.
	RetryAfter int `json:"retryAfter,omitempty" doc:"In how many seconds the same may succeed"`
	// SecondFactor is set with session.second_factor.
	SecondFactor *SecondFactor `json:"secondFactor,omitempty" doc:"With session.second_factor: how to go on signing in"`
}

// ProblemField is one wrong input.
type ProblemField struct {
	Location string `json:"location,omitempty" doc:"Where, as in body.username" example:"body.username"`
	Message  string `json:"message" doc:"What is wrong"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter (RFC 9457, section 3).
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statuses is the one map from what went wrong to an HTTP status.
var statuses = map[change.Kind]int{
	change.Internal:        http.StatusInternalServerError,
	change.Invalid:         http.StatusUnprocessableEntity,
	change.Unauthenticated: http.StatusUnauthorized,
	change.Forbidden:       http.StatusForbidden,
	change.NotFound:        http.StatusNotFound,
	change.Conflict:        http.StatusConflict,
	change.Gone:            http.StatusGone,
	change.RateLimited:     http.StatusTooManyRequests,
	change.TooLarge:        http.StatusRequestEntityTooLarge,
	change.Unavailable:     http.StatusServiceUnavailable,
}

// NewProblem makes the shape of any error. What is not meant to be shown
// becomes "internal": its text is for the log.
func NewProblem(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		err = change.Errorf(change.Unavailable, "request.canceled", "The request was given up before it was done. Try again.")
	}
	var e *change.Error
	if !errors.As(err, &e) || e.Kind == change.Internal {
		e = change.Errorf(change.Internal, "internal", "Something went wrong on the server. It has been written down; try again in a moment.")
	}
	p = &Problem{
		Type: "about:blank", Status: statuses[e.Kind], Code: e.Code, Detail: e.Detail,
		RetryAfter: int(math.Ceil(e.RetryAfter.Seconds())),
	}
	p.Title = http.StatusText(p.Status)
	if e.Field != "" {
		p.Errors = []ProblemField{{Location: "body." + e.Field, Message: e.Detail}}
	}
	return p
}

// StatusProblem makes the shape of an error that a door found before any
// service was asked.
func StatusProblem(status int, detail string, fields []ProblemField) *Problem {
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: statusCodes[status], Detail: detail, Errors: fields}
	if p.Code == "" {
		p.Code = "request.invalid"
	}
	return p
}

var statusCodes = map[int]string{
	http.StatusUnauthorized:          "session.required",
	http.StatusForbidden:             "request.forbidden",
	http.StatusNotFound:              "not_found",
	http.StatusMethodNotAllowed:      "request.method",
	http.StatusNotAcceptable:         "request.not_acceptable",
	http.StatusRequestTimeout:        "request.too_slow",
	http.StatusRequestEntityTooLarge: "request.too_large",
	http.StatusUnsupportedMediaType:  "request.media_type",
	http.StatusInternalServerError:   "internal",
}

// ValidationProblem makes the shape of inputs that are not as described.
func ValidationProblem(fields []ProblemField) *Problem {
	detail := "The request is not as it should be."
	if len(fields) > 0 {
		detail = "The request is not as it should be: " + fields[0].Location + ": " + fields[0].Message + "."
	}
	return StatusProblem(http.StatusUnprocessableEntity, detail, fields)
}
