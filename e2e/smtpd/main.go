// Command smtpd is the mail server of the end-to-end tests. It takes every
// letter over STARTTLS, and writes what arrived to its standard output, one
// JSON object a line: first where it listens and the certificate to trust,
// then the letters. It ends when its standard input does.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"os"
	"strings"

	"github.com/happychat/happychat/internal/mail/smtptest"
)

// letter is a mail as the tests want to read it.
type letter struct {
	To        []string `json:"to"`
	Subject   string   `json:"subject"`
	Text      string   `json:"text"`
	HTML      string   `json:"html"`
	Encrypted bool     `json:"encrypted"`
}

func main() {
	certificate := flag.String("certificate", "", "`FILE` to write the certificate to")
	flag.Parse()
	if err := run(*certificate); err != nil {
		fmt.Fprintln(os.Stderr, "smtpd:", err)
		os.Exit(1)
	}
}

func run(certificate string) error {
	// Letters wait here for their line, so that one is never in the middle of another.
	arrived := make(chan smtptest.Mail, 1000)
	server, err := smtptest.Start(smtptest.Options{OnMail: func(m smtptest.Mail) { arrived <- m }})
	if err != nil {
		return err
	}
	defer server.Close()
	if err := os.WriteFile(certificate, server.Certificate, 0o600); err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(map[string]any{"host": server.Host, "port": server.Port}); err != nil {
		return err
	}
	end := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(end)
	}()
	for {
		select {
		case <-end:
			return nil
		case m := <-arrived:
			l, err := read(m)
			if err != nil {
				return err
			}
			if err := out.Encode(l); err != nil {
				return err
			}
		}
	}
}

// read takes a letter of two parts, text and HTML, out of its wrapping.
func read(m smtptest.Mail) (letter, error) {
	l := letter{To: m.To, Encrypted: m.Encrypted}
	message, err := m.Message()
	if err != nil {
		return l, err
	}
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject")); err != nil {
		return l, err
	}
	_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return l, err
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, err
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return l, err
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			l.HTML = string(body)
		} else {
			l.Text = string(body)
		}
	}
}
