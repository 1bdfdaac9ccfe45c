package change

import (
	"errors"
	"fmt"
	"time"
)

// Kind sorts errors by what the caller can do about them. The doors map each
// kind to one status.
type Kind uint8

const (
	// Internal is a fault of the server; the detail stays in its log.
	Internal Kind = iota
	// Invalid input: the caller must send something else.
	Invalid
	// Unauthenticated: sign in first.
	Unauthenticated
	// Forbidden: known, but not allowed.
	Forbidden
	// NotFound: there is none, or the caller may not know of it.
	NotFound
	// Conflict with the present state.
	Conflict
	// Gone: was valid once, and never will be again.
	Gone
	// RateLimited: the same again later may succeed.
	RateLimited
	// TooLarge: beyond a limit of size.
	TooLarge
	// Unavailable: the server can not do it just now.
	Unavailable
)

// Error is what services return to be shown: a kind, a code that programs
// depend on and that never changes, and a sentence that a person can act on.
type Error struct {
	Kind   Kind
	Code   string // "noun.what_is_wrong"
	Detail string
	// Field is the input that is wrong, as named in the request, or empty.
	Field string
	// RetryAfter is when to try again, for RateLimited and Unavailable.
	RetryAfter time.Duration
	cause      error
}

// Errorf makes an error to be shown.
func Errorf(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// On names the field that is wrong.
func (e *Error) On(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Because keeps the cause for the log; it is never shown.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

func (e *Error) Error() string {
	if e.cause != nil {
		return e.Code + ": " + e.Detail + ": " + e.cause.Error()
	}
	return e.Code + ": " + e.Detail
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// Is compares codes, so that errors.Is works against a prototype.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Code == e.Code
}

// ErrNotFound is what storage returns when there is no such row. Services turn
// it into an error with a code of their noun where it may be shown.
var ErrNotFound = Errorf(NotFound, "not_found", "There is no such thing here.")

// KindOf tells the kind of any error; what is not an *Error is Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
