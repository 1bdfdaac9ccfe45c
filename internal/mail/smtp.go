package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// TLSMode says how the way to the SMTP server is protected.
type TLSMode string

const (
	// StartTLS begins in the clear and insists on the upgrade (port 587).
	StartTLS TLSMode = "starttls"
	// ImplicitTLS is TLS from the first byte (port 465).
	ImplicitTLS TLSMode = "tls"
	// Opportunistic upgrades if the server offers it. Somebody between the two
	// can take the offer away, so it is for relays in the same house.
	Opportunistic TLSMode = "opportunistic"
	// Plain never encrypts. Passwords are then only sent to this very machine.
	Plain TLSMode = "none"
)

// SMTP delivers letters to an SMTP server, one connection for each: letters
// are rare, and a connection kept open for the next one goes stale.
type SMTP struct {
	Host     string
	Port     int    // 0: 465 for ImplicitTLS, 587 otherwise
	Username string // empty: no authentication
	Password string
	TLS      TLSMode
	// Hello is the name given in EHLO; empty: the name of this machine.
	Hello string
	// Silence is how long the server may keep the conversation waiting; 0
	// means 20 seconds.
	Silence time.Duration
	// Roots are the certificate authorities trusted; nil: the system's.
	Roots *x509.CertPool
}

// authMechanisms in order of preference. PLAIN and LOGIN are used over TLS or
// to this very machine only; go-mail refuses them elsewhere.
var authMechanisms = []gomail.SMTPAuthType{
	gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin,
}

// Deliver implements Transport.
func (s *SMTP) Deliver(ctx context.Context, l *Letter) error {
	client, err := s.client(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPermanent, err)
	}
	err = client.DialAndSendWithContext(ctx, l.mime)
	if l.mime.IsDelivered() {
		// The server said 250 to the letter; a failure of the goodbye after it
		// is no reason to send it twice.
		return nil
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w (%w)", s.address(), ctx.Err(), err)
	case permanent(err):
		return fmt.Errorf("%s: %w: %w", s.address(), ErrPermanent, err)
	}
	return fmt.Errorf("%s: %w", s.address(), err)
}

func (s *SMTP) address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.port())) }

func (s *SMTP) port() int {
	switch {
	case s.Port != 0:
		return s.Port
	case s.TLS == ImplicitTLS:
		return 465
	default:
		return 587
	}
}

func (s *SMTP) client(ctx context.Context) (*gomail.Client, error) {
	silence := s.Silence
	if silence == 0 {
		silence = 20 * time.Second
	}
	config := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, RootCAs: s.Roots}
	options := []gomail.Option{
		gomail.WithPort(s.port()),
		gomail.WithTimeout(silence),
		gomail.WithTLSConfig(config),
		// Reached through this function rather than go-mail's own dialer so that
		// the conversation ends with ctx, at whatever point it is.
		gomail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
			var conn net.Conn
			var err error
			if s.TLS == ImplicitTLS {
				conn, err = (&tls.Dialer{Config: config}).DialContext(dialing, network, address)
			} else {
				conn, err = (&net.Dialer{}).DialContext(dialing, network, address)
			}
			if err == nil {
				context.AfterFunc(ctx, func() { _ = conn.Close() })
			}
			return conn, err
		}),
	}
	switch s.TLS {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case Opportunistic:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	case ImplicitTLS:
		options = append(options, gomail.WithSSL(), gomail.WithTLSPolicy(gomail.NoTLS))
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("unknown TLS mode %q", s.TLS)
	}
	if s.Username != "" {
		options = append(options, gomail.WithOpportunisticSMTPAuth(authMechanisms...),
			gomail.WithUsername(s.Username), gomail.WithPassword(s.Password))
	}
	if s.Hello != "" {
		options = append(options, gomail.WithHELO(s.Hello))
	}
	return gomail.NewClient(s.Host, options...)
}

// permanent reports whether the server, or its certificate, said a final no. A
// 5xx reply is one (RFC 5321 4.2.1); a 4xx reply, a broken connection and
// silence are not.
func permanent(err error) bool {
	if sent, ok := errors.AsType[*gomail.SendError](err); ok {
		return sent.ErrorCode() >= 500
	}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return reply.Code >= 500
	}
	_, bad := errors.AsType[*tls.CertificateVerificationError](err)
	return bad
}
