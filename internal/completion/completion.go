// Package completion speaks the chat completions protocol, which hosted models
// and Ollama, llama.cpp and vLLM have in common, with streaming by server-sent
// events. It believes nothing that it is told: every wait, line and answer has
// a limit.
package completion

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/happychat/happychat/internal/robot"
)

// Options say where the endpoint is, and what it may take.
type Options struct {
	// URL is that of the API, such as http://127.0.0.1:11434/v1; the operator
	// chose it, so it may be a private one.
	URL   string
	Model string
	Key   string // may be empty
	// Patience is how long the first piece of an answer, and each after it, may
	// take.
	Patience time.Duration
	// Total is how long a whole answer may take.
	Total time.Duration
}

const (
	maxLine   = 1 << 20
	maxAnswer = 4 << 20 // bytes read for one answer
	maxReason = 300     // of what an endpoint says is wrong, for the log
)

// Client is one endpoint. It implements robot.Endpoint.
type Client struct {
	options Options
	address string
	host    string
	http    *http.Client
}

// New makes a client.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(u.Path, "/chat/completions") {
		u = u.JoinPath("chat", "completions")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = 64 << 10
	transport.DisableCompression = true // so that a small answer stays small
	return &Client{
		options: o, address: u.String(), host: u.Hostname(),
		http: &http.Client{
			Transport: transport,
			// The key and the words go where the operator said, nowhere else.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Host implements robot.Endpoint.
func (c *Client) Host() string { return c.host }

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type request struct {
	Model    string    `json:"model,omitempty"`
	Messages []message `json:"messages"`
	Stream   bool      `json:"stream"`
}

// chunk is an event of a stream, or a whole answer.
type chunk struct {
	Choices []struct {
		Delta struct {
			Content string `json:"content"`
		} `json:"delta"`
		Message      message `json:"message"`
		FinishReason string  `json:"finish_reason"`
	} `json:"choices"`
	Error json.RawMessage `json:"error"`
}

// toldError is one of whoever is told, which is passed on.
type toldError struct{ error }

// Converse implements robot.Endpoint.
func (c *Client) Converse(ctx context.Context, system string, lines []robot.Line, tell func(piece string) error) error {
	ask := request{Model: c.options.Model, Stream: true, Messages: []message{{"system", system}}}
	for _, l := range lines {
		role := "user"
		if l.Robot {
			role = "assistant"
		}
		ask.Messages = append(ask.Messages, message{role, l.Text})
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	whole := time.AfterFunc(c.options.Total, func() { stop(fmt.Errorf("%w: the answer takes longer than %s", robot.ErrSlow, c.options.Total)) })
	defer whole.Stop()
	next := time.AfterFunc(c.options.Patience, func() { stop(fmt.Errorf("%w: nothing came for %s", robot.ErrSlow, c.options.Patience)) })
	defer next.Stop()

	err = c.converse(ctx, body, func(piece string) error {
		next.Reset(c.options.Patience)
		if piece == "" {
			return nil
		}
		if err := tell(piece); err != nil {
			return &toldError{err}
		}
		return nil
	})
	if told, ok := errors.AsType[*toldError](err); ok {
		return told.error
	}
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
	}
	return err
}

func (c *Client) converse(ctx context.Context, body []byte, tell func(string) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	if c.options.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.options.Key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", robot.ErrUnreachable, err)
	}
	defer res.Body.Close()
	limited := &io.LimitedReader{R: res.Body, N: maxAnswer}
	if res.StatusCode != http.StatusOK {
		reason, _ := io.ReadAll(io.LimitReader(res.Body, maxReason)) // only for the log
		return fmt.Errorf("%w: it says %s: %q", kindOf(res.StatusCode), res.Status, reason)
	}
	f := &thoughtless{tell: tell}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		return whole(limited, f)
	}
	return stream(limited, f)
}

func kindOf(status int) error {
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return robot.ErrBusy
	case status >= http.StatusInternalServerError:
		return robot.ErrUnreachable
	}
	return robot.ErrRefused
}

// whole reads an answer in one piece, of an endpoint that does not stream.
func whole(r *io.LimitedReader, to *thoughtless) error {
	var c chunk
	if err := json.NewDecoder(r).Decode(&c); err != nil {
		return fmt.Errorf("%w: its answer is not understood: %w", robot.ErrUnreachable, err)
	}
	if len(c.Error) > 0 || len(c.Choices) == 0 {
		return fmt.Errorf("%w: it says %.300s", robot.ErrUnreachable, c.Error)
	}
	if err := to.add(c.Choices[0].Message.Content); err != nil {
		return err
	}
	return to.end()
}

// stream reads server-sent events (HTML, section 9.2), of which only data
// matters here.
func stream(r *io.LimitedReader, to *thoughtless) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	finished := false
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue
		}
		data = strings.TrimSpace(data)
		if data == "[DONE]" {
			return to.end()
		}
		var c chunk
		if err := json.Unmarshal([]byte(data), &c); err != nil {
			return fmt.Errorf("%w: an event is not understood: %w", robot.ErrUnreachable, err)
		}
		if len(c.Error) > 0 && string(c.Error) != "null" {
			return fmt.Errorf("%w: it says %.300s", robot.ErrUnreachable, c.Error)
		}
		if len(c.Choices) == 0 {
			continue // the use of tokens
		}
		if err := to.add(c.Choices[0].Delta.Content); err != nil {
			return err
		}
		finished = finished || c.Choices[0].FinishReason != ""
	}
	switch {
	case lines.Err() != nil:
		return fmt.Errorf("%w: %w", robot.ErrUnreachable, lines.Err())
	case r.N <= 0:
		return fmt.Errorf("%w: its answer is larger than %d bytes", robot.ErrUnreachable, maxAnswer)
	case !finished:
		return fmt.Errorf("%w: its answer has no end", robot.ErrUnreachable)
	}
	return to.end()
}

// thoughtless leaves out what some models think aloud before they answer.
type thoughtless struct {
	tell    func(string) error
	held    string
	decided bool // whether there are thoughts
	within  bool
}

const thinking, thought = "<think>", "</think>"

func (t *thoughtless) add(piece string) error {
	if t.decided && !t.within {
		return t.tell(piece)
	}
	t.held += piece
	if !t.decided {
		begin := strings.TrimLeft(t.held, " \n\r\t")
		switch {
		case strings.HasPrefix(begin, thinking):
			t.decided, t.within = true, true
		case strings.HasPrefix(thinking, begin):
			return t.tell("") // too early to tell
		default:
			t.decided = true
			return t.release(t.held)
		}
	}
	if _, after, ok := strings.Cut(t.held, thought); ok {
		t.within = false
		return t.release(strings.TrimLeft(after, " \n\r\t"))
	}
	t.held = t.held[max(0, len(t.held)-len(thought)):]
	return t.tell("")
}

func (t *thoughtless) release(text string) error {
	t.held = ""
	return t.tell(text)
}

// end tells what was held back.
func (t *thoughtless) end() error {
	if t.decided || t.held == "" {
		return nil
	}
	return t.release(t.held)
}
