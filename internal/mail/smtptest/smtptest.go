// Package smtptest is an SMTP server for tests: it speaks the real protocol,
// with STARTTLS or TLS from the first byte and a certificate of its own, keeps
// what it is sent, and can be told to misbehave. It is not a mail server.
package smtptest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Mode is how the server protects its connections.
type Mode int

const (
	// StartTLS offers the upgrade and takes mail only after it.
	StartTLS Mode = iota
	// TLS speaks TLS from the first byte.
	TLS
	// Plain offers no TLS at all.
	Plain
)

// Mail is one letter as it arrived.
type Mail struct {
	From      string // envelope
	To        []string
	Data      []byte // header and body, as sent
	Encrypted bool
	User      string // who signed in, or ""
}

// Message parses the header.
func (m Mail) Message() (*mail.Message, error) {
	return mail.ReadMessage(strings.NewReader(string(m.Data)))
}

// Server is a running server.
type Server struct {
	Host string
	Port int
	// Roots trusts the server's certificate and nothing else; Certificate is
	// the same in PEM, for programs that read a file.
	Roots       *x509.CertPool
	Certificate []byte

	inner *smtp.Server
	auth  func(user, password string) bool

	mu      sync.Mutex
	mails   []Mail
	offers  int
	faults  []Fault
	changed chan struct{}
	onMail  func(Mail)
}

// Fault is one misbehaviour, used up by the next letter offered.
type Fault struct {
	Code    int    // reply to DATA with this code, 0: none
	Message string // the text of that reply
	Stall   bool   // take the letter and never answer
	Hangup  bool   // close the connection in the middle
}

// Options of a server.
type Options struct {
	Mode Mode
	// Auth, if set, makes signing in necessary.
	Auth func(user, password string) bool
	// Address to listen on; empty: a free port of 127.0.0.1.
	Address string
	// OnMail, if set, is called with every letter taken.
	OnMail func(Mail)
}

// Start starts a server.
func Start(o Options) (*Server, error) {
	certificate, certPEM, err := selfSigned()
	if err != nil {
		return nil, err
	}
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", o.Address)
	if err != nil {
		return nil, fmt.Errorf("smtptest: %w", err)
	}
	s := &Server{
		Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port,
		Roots: x509.NewCertPool(), Certificate: certPEM,
		auth: o.Auth, changed: make(chan struct{}), onMail: o.OnMail,
	}
	s.Roots.AppendCertsFromPEM(certPEM)
	s.inner = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c, requireTLS: o.Mode != Plain}, nil
	}))
	s.inner.Domain = "mail.test"
	s.inner.ErrorLog = log.New(io.Discard, "", 0)
	s.inner.AllowInsecureAuth = o.Mode == Plain
	s.inner.EnableSMTPUTF8 = true
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	switch o.Mode {
	case StartTLS:
		s.inner.TLSConfig = config
	case TLS:
		listener = tls.NewListener(listener, config)
	case Plain:
	}
	go func() { _ = s.inner.Serve(listener) }()
	return s, nil
}

// Close ends the server and its connections.
func (s *Server) Close() { _ = s.inner.Close() }

// Fail lets the next letters offered fail, one fault each.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Mails returns what has arrived so far.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Offers counts the letters offered, those refused included.
func (s *Server) Offers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.offers
}

// Wait returns the letters once at least n have arrived, or the error of ctx.
func (s *Server) Wait(ctx context.Context, n int) ([]Mail, error) {
	return s.await(ctx, func() bool { return len(s.mails) >= n })
}

// WaitOffers returns once at least n letters have been offered.
func (s *Server) WaitOffers(ctx context.Context, n int) error {
	_, err := s.await(ctx, func() bool { return s.offers >= n })
	return err
}

func (s *Server) await(ctx context.Context, enough func() bool) ([]Mail, error) {
	for {
		s.mu.Lock()
		mails, changed, done := slices.Clone(s.mails), s.changed, enough()
		s.mu.Unlock()
		if done {
			return mails, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return mails, fmt.Errorf("smtptest: %d letters after waiting: %w", len(mails), ctx.Err())
		}
	}
}

func (s *Server) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

type session struct {
	server     *Server
	conn       *smtp.Conn
	requireTLS bool
	user       string
	from       string
	to         []string
}

func (s *session) encrypted() bool {
	_, ok := s.conn.TLSConnectionState()
	return ok
}

func (s *session) AuthMechanisms() []string {
	if s.server.auth == nil {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	if s.server.auth == nil {
		return nil, smtp.ErrAuthUnsupported
	}
	return sasl.NewPlainServer(func(_, user, password string) error {
		if !s.server.auth(user, password) {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	switch {
	case s.requireTLS && !s.encrypted():
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Must issue a STARTTLS command first"}
	case s.server.auth != nil && s.user == "":
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	defer s.server.notify()
	s.server.offers++
	if len(s.server.faults) > 0 {
		fault := s.server.faults[0]
		s.server.faults = s.server.faults[1:]
		return s.misbehave(fault)
	}
	m := Mail{From: s.from, To: s.to, Data: data, Encrypted: s.encrypted(), User: s.user}
	s.server.mails = append(s.server.mails, m)
	if s.server.onMail != nil {
		s.server.onMail(m)
	}
	return nil
}

// misbehave is called with the server's mutex held.
func (s *session) misbehave(f Fault) error {
	switch {
	case f.Hangup:
		_ = s.conn.Close()
		return errors.New("connection closed on purpose")
	case f.Stall:
		s.server.notify()
		s.server.mu.Unlock()
		defer s.server.mu.Lock()
		// Until the other side gives up.
		_, _ = io.Copy(io.Discard, s.conn.Conn())
		return errors.New("stalled on purpose")
	}
	return &smtp.SMTPError{Code: f.Code, EnhancedCode: smtp.NoEnhancedCode, Message: f.Message}
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (s *session) Logout() error { return nil }

// selfSigned makes a certificate for 127.0.0.1, and no other name, that works for a
// day.
func selfSigned() (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, fmt.Errorf("smtptest: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "mail.test"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, fmt.Errorf("smtptest: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}
