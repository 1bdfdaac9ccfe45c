package mail

import (
	"context"
	"errors"
	"log/slog"
	"mime"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/mail/smtptest"
)

func startSMTP(t *testing.T, o smtptest.Options) *smtptest.Server {
	t.Helper()
	server, err := smtptest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

func testLetter(t *testing.T) *Letter {
	t.Helper()
	l, err := newTestWriter(t, nil).write(Message{
		Kind: Activation, To: "ann@example.com", Language: "zh-CN", Link: "https://chat.example.com/activate#t0ken", Expires: time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestSMTPConversations(t *testing.T) {
	secret := func(user, password string) bool { return user == "chat" && password == "geheim" }
	for _, test := range []struct {
		name   string
		server smtptest.Options
		client SMTP
		change func(*SMTP)
		want   string // part of the error, or "" for delivered
		final  bool   // ErrPermanent
	}{
		{name: "STARTTLS", client: SMTP{TLS: StartTLS}},
		{name: "STARTTLS and password", server: smtptest.Options{Auth: secret}, client: SMTP{TLS: StartTLS, Username: "chat", Password: "geheim"}},
		{name: "TLS from the first byte", server: smtptest.Options{Mode: smtptest.TLS}, client: SMTP{TLS: ImplicitTLS}},
		{name: "TLS and password", server: smtptest.Options{Mode: smtptest.TLS, Auth: secret}, client: SMTP{TLS: ImplicitTLS, Username: "chat", Password: "geheim"}},
		{name: "upgrade where offered", client: SMTP{TLS: Opportunistic}},
		{name: "no upgrade where none is offered", server: smtptest.Options{Mode: smtptest.Plain}, client: SMTP{TLS: Opportunistic}},
		{name: "in the clear", server: smtptest.Options{Mode: smtptest.Plain}, client: SMTP{TLS: Plain}},
		{name: "password in the clear to this machine", server: smtptest.Options{Mode: smtptest.Plain, Auth: secret}, client: SMTP{TLS: Plain, Username: "chat", Password: "geheim"}},
		{
			name: "upgrade taken away", server: smtptest.Options{Mode: smtptest.Plain}, client: SMTP{TLS: StartTLS},
			want: "does not support STARTTLS",
		},
		{
			name: "wrong password", server: smtptest.Options{Auth: secret}, client: SMTP{TLS: StartTLS, Username: "chat", Password: "falsch"},
			want: "535", final: true,
		},
		{
			name: "password forgotten", server: smtptest.Options{Auth: secret}, client: SMTP{TLS: StartTLS},
			want: "authenticate first", final: true,
		},
		{
			name: "certificate of a stranger", client: SMTP{TLS: StartTLS}, change: func(s *SMTP) { s.Roots = nil },
			want: "certificate", final: true,
		},
		{
			name: "certificate of a stranger, TLS", server: smtptest.Options{Mode: smtptest.TLS}, client: SMTP{TLS: ImplicitTLS}, change: func(s *SMTP) { s.Roots = nil },
			want: "certificate", final: true,
		},
		{
			name: "certificate for another name", client: SMTP{TLS: StartTLS}, change: func(s *SMTP) { s.Host = "localhost" },
			want: "certificate", final: true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := startSMTP(t, test.server)
			client := test.client
			client.Host, client.Port, client.Roots = server.Host, server.Port, server.Roots
			client.Silence = 10 * time.Second
			if test.change != nil {
				test.change(&client)
			}
			err := client.Deliver(t.Context(), testLetter(t))
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("error %v, want %q", err, test.want)
				}
				if errors.Is(err, ErrPermanent) != test.final {
					t.Errorf("permanent: %v, want %v: %v", !test.final, test.final, err)
				}
				if strings.Contains(err.Error(), "falsch") {
					t.Errorf("the error tells the password: %v", err)
				}
				if len(server.Mails()) > 0 {
					t.Error("the letter was delivered all the same")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			mails := server.Mails()
			if len(mails) != 1 {
				t.Fatalf("%d letters arrived", len(mails))
			}
			m := mails[0]
			if m.From != "chat@example.com" || len(m.To) != 1 || m.To[0] != "ann@example.com" {
				t.Errorf("envelope: from %q to %q", m.From, m.To)
			}
			if wantTLS := test.server.Mode != smtptest.Plain; m.Encrypted != wantTLS {
				t.Errorf("encrypted: %v", m.Encrypted)
			}
			if m.User != client.Username {
				t.Errorf("signed in as %q", m.User)
			}
			message, err := m.Message()
			if err != nil {
				t.Fatal(err)
			}
			if subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject")); err != nil || subject != "请确认你的Family邮箱" {
				t.Errorf("subject %q, %v", subject, err)
			}
		})
	}
}

func TestSMTPFaults(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault smtptest.Fault
		final bool
	}{
		{"451 greylisted", smtptest.Fault{Code: 451, Message: "greylisted, try again"}, false},
		{"550 no such mailbox", smtptest.Fault{Code: 550, Message: "no such mailbox"}, true},
		{"connection lost in the middle", smtptest.Fault{Hangup: true}, false},
		{"silence", smtptest.Fault{Stall: true}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := startSMTP(t, smtptest.Options{})
			server.Fail(test.fault)
			client := SMTP{Host: server.Host, Port: server.Port, Roots: server.Roots, TLS: StartTLS, Silence: 300 * time.Millisecond}
			letter := testLetter(t)
			err := client.Deliver(t.Context(), letter)
			if err == nil {
				t.Fatal("delivered")
			}
			if errors.Is(err, ErrPermanent) != test.final {
				t.Errorf("permanent: %v: %v", !test.final, err)
			}
			if test.fault.Message != "" && !strings.Contains(err.Error(), test.fault.Message) {
				t.Errorf("the error does not tell what the server said: %v", err)
			}
			client.Silence = 10 * time.Second
			if err := client.Deliver(t.Context(), letter); err != nil {
				t.Errorf("the same letter again: %v", err)
			}
			if n := len(server.Mails()); n != 1 {
				t.Errorf("%d letters arrived", n)
			}
		})
	}
}

func TestSMTPNobodyThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	err = (&SMTP{Host: "127.0.0.1", Port: port, TLS: StartTLS}).Deliver(t.Context(), testLetter(t))
	if err == nil || errors.Is(err, ErrPermanent) {
		t.Errorf("error %v, want one that may pass", err)
	}
}

// A server that accepts and then says nothing must not hold a letter for
// longer than its context allows.
func TestSMTPEndsWithItsContext(t *testing.T) {
	server := startSMTP(t, smtptest.Options{})
	server.Fail(smtptest.Fault{Stall: true})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	client := SMTP{Host: server.Host, Port: server.Port, Roots: server.Roots, TLS: StartTLS, Silence: time.Hour}
	letter := testLetter(t)
	go func() { done <- client.Deliver(ctx, letter) }()
	if err := server.WaitOffers(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) || errors.Is(err, ErrPermanent) {
		t.Errorf("error %v", err)
	}
}

func TestSenderOverSMTP(t *testing.T) {
	server := startSMTP(t, smtptest.Options{})
	server.Fail(smtptest.Fault{Code: 451, Message: "later"}, smtptest.Fault{Hangup: true})
	s, err := NewSender(Options{
		Transport: &SMTP{Host: server.Host, Port: server.Port, Roots: server.Roots, TLS: StartTLS},
		From:      "Family <chat@example.com>", SiteLink: "https://chat.example.com",
		Log: slog.New(slog.DiscardHandler), Backoff: []time.Duration{time.Millisecond, time.Millisecond}, Workers: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(testMessage("ann@example.com")); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if n := server.Offers(); n != 3 {
		t.Errorf("offered %d times, want 3", n)
	}
	if n := len(server.Mails()); n != 1 {
		t.Errorf("arrived %d times", n)
	}
}
