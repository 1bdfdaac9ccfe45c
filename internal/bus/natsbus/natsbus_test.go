package natsbus_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/bus/bustest"
	"github.com/happychat/happychat/internal/bus/natsbus"
	"github.com/happychat/happychat/internal/natstest"
)

func connect(t *testing.T, o natsbus.Options) *natsbus.Bus {
	t.Helper()
	if o.Subject == "" {
		o.Subject = "happychat"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	b, err := natsbus.Connect(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func TestNATS(t *testing.T) {
	s := natstest.Start(t, nil)
	bustest.Run(t, func(t *testing.T) func() bus.Bus {
		return func() bus.Bus {
			return connect(t, natsbus.Options{Servers: []string{s.URL(nil)}, Subject: strings.ReplaceAll(t.Name(), " ", "-")})
		}
	})
}

// reaches publishes until one of the messages has come.
func reaches(t *testing.T, from bus.Bus, box *bustest.Box, event string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !box.Has(event) {
		if time.Now().After(deadline) {
			t.Fatalf("%s never came", event)
		}
		from.Publish(bus.Message{Kind: bus.Changed, Event: event})
		time.Sleep(10 * time.Millisecond) //nolint:forbidigo // between two tries
	}
}

// Nodes find each other again when NATS was away, and when it comes only after
// them.
func TestNATSComesAndGoes(t *testing.T) {
	s := natstest.Start(t, nil)
	s.Stop()
	log := new(lines)
	o := natsbus.Options{Servers: []string{s.URL(nil)}, Log: slog.New(slog.NewTextHandler(log, nil))}
	a, b := connect(t, o), connect(t, o)
	box := bustest.Listen(t, b)
	if !strings.Contains(log.String(), "NATS can not be reached") {
		t.Errorf("the log says nothing: %s", log)
	}
	a.Publish(bus.Message{Kind: bus.Typed, Event: "stale"})
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	reaches(t, a, box, "first")
	for round := range 3 {
		s.Stop()
		for a.Connected() { // it is noticed at once
			time.Sleep(time.Millisecond) //nolint:forbidigo // between two looks
		}
		for range 1000 {
			a.Publish(bus.Message{Kind: bus.Changed, Event: "while away"})
		}
		a.Publish(bus.Message{Kind: bus.Typed, Event: "stale"})
		if err := s.Run(); err != nil {
			t.Fatal(err)
		}
		reaches(t, a, box, fmt.Sprint("round ", round))
	}
	if box.Has("stale") {
		t.Error("what is of no use later came later")
	}
	if !strings.Contains(log.String(), "NATS is away") || !strings.Contains(log.String(), "NATS is there") {
		t.Errorf("the log says nothing: %s", log)
	}
}

// What waits while NATS is away is bounded, and so is the time to close.
func TestBounded(t *testing.T) {
	s := natstest.Start(t, nil)
	b := connect(t, natsbus.Options{Servers: []string{s.URL(nil)}})
	box := bustest.Listen(t, b)
	reaches(t, b, box, "first")
	s.Stop()
	payload := []byte(`"` + strings.Repeat("x", 100_000) + `"`)
	began := time.Now()
	for range 1000 { // a hundred megabytes
		b.Publish(bus.Message{Kind: bus.Changed, Event: "flood", Payload: payload})
	}
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	reaches(t, b, box, "again")
	flood := 0
	for _, m := range box.All() {
		if m.Event == "flood" {
			flood++
		}
	}
	if flood > 400 {
		t.Errorf("%d of 1000 were kept", flood)
	}
	s.Stop()
	b.Close()
	b.Publish(bus.Message{Kind: bus.Changed}) // nobody hears it, and nothing happens
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("took %v", took)
	}
}

// What is published before the end still goes out.
func TestCloseTellsWhatIsQueued(t *testing.T) {
	s := natstest.Start(t, nil)
	o := natsbus.Options{Servers: []string{s.URL(nil)}}
	box := bustest.Listen(t, connect(t, o))
	a := connect(t, o)
	for n := range 500 {
		a.Publish(bus.Message{Kind: bus.Changed, Event: fmt.Sprint(n)})
	}
	a.Close()
	box.Await("499")
}

func TestInstallationsAreApart(t *testing.T) {
	s := natstest.Start(t, nil)
	one := connect(t, natsbus.Options{Servers: []string{s.URL(nil)}, Subject: "one"})
	two := connect(t, natsbus.Options{Servers: []string{s.URL(nil)}, Subject: "two"})
	boxOne, boxTwo := bustest.Listen(t, one), bustest.Listen(t, two)
	reaches(t, one, boxOne, "of one")
	reaches(t, two, boxTwo, "of two")
	if boxTwo.Has("of one") || boxOne.Has("of two") {
		t.Error("they hear each other")
	}
}

// Whatever an operator has to correct is said in a sentence, without secrets.
func TestMistakes(t *testing.T) {
	guarded := natstest.Start(t, func(o *server.Options) { o.Username, o.Password = "chat", "geheim" })
	encrypted, files := encryptedServer(t)
	missing := filepath.Join(t.TempDir(), "missing")
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		o    natsbus.Options
		want string
	}{
		{"no password", natsbus.Options{Servers: []string{guarded.URL(nil)}}, "NATS refuses us"},
		{"wrong password", natsbus.Options{Servers: []string{guarded.URL(url.UserPassword("chat", "geheimer"))}}, "check the user and the password"},
		{"credentials that are not there", natsbus.Options{Servers: []string{guarded.URL(nil)}, Credentials: missing}, "can not be used"},
		{"credentials that are none", natsbus.Options{Servers: []string{guarded.URL(nil)}, Credentials: empty}, "--nats-credentials"},
		{"unknown authority", natsbus.Options{Servers: []string{"tls://" + encrypted.Host}}, "--nats-ca"},
		{"authority that is not there", natsbus.Options{Servers: []string{"tls://" + encrypted.Host}, CA: missing}, "can not be used"},
		{"no certificate of our own", natsbus.Options{Servers: []string{"tls://" + encrypted.Host}, CA: files.ca}, "--nats-cert"},
		{"no TLS on the other side", natsbus.Options{Servers: []string{"tls://" + guarded.Host}, CA: files.ca}, "tls://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Subject = "happychat"
			b, err := natsbus.Connect(t.Context(), c.o)
			if err == nil {
				b.Close()
				t.Fatal("connected")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; want %q", err, c.want)
			}
			if strings.Contains(err.Error(), "geheim") {
				t.Errorf("tells a secret: %v", err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := natsbus.Connect(ctx, natsbus.Options{Servers: []string{"nats://127.0.0.1:1"}, Subject: "happychat"}); err == nil {
		t.Error("connected though it was given up")
	}
}

func TestPassword(t *testing.T) {
	s := natstest.Start(t, func(o *server.Options) { o.Username, o.Password = "chat", "p@ss:w/rd" })
	b := connect(t, natsbus.Options{Servers: []string{s.URL(url.UserPassword("chat", "p@ss:w/rd"))}})
	reaches(t, b, bustest.Listen(t, b), "hello")
}

func TestTLS(t *testing.T) {
	s, files := encryptedServer(t)
	b := connect(t, natsbus.Options{Servers: []string{"tls://" + s.Host}, CA: files.ca, Certificate: files.certificate, Key: files.key})
	reaches(t, b, bustest.Listen(t, b), "hello")
}

func TestCredentialsFile(t *testing.T) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	pair := func(create func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string) {
		k, err := create()
		must(err)
		public, err := k.PublicKey()
		must(err)
		return k, public
	}
	operator, operatorName := pair(nkeys.CreateOperator)
	account, accountName := pair(nkeys.CreateAccount)
	user, userName := pair(nkeys.CreateUser)
	operatorJWT, err := jwt.NewOperatorClaims(operatorName).Encode(operator)
	must(err)
	operatorClaims, err := jwt.DecodeOperatorClaims(operatorJWT)
	must(err)
	accountJWT, err := jwt.NewAccountClaims(accountName).Encode(operator)
	must(err)
	userJWT, err := jwt.NewUserClaims(userName).Encode(account)
	must(err)
	seed, err := user.Seed()
	must(err)
	credentials, err := jwt.FormatUserConfig(userJWT, seed)
	must(err)
	file := filepath.Join(t.TempDir(), "happychat.creds")
	must(os.WriteFile(file, credentials, 0o600))
	s := natstest.Start(t, func(o *server.Options) {
		o.TrustedOperators = []*jwt.OperatorClaims{operatorClaims}
		accounts := new(server.MemAccResolver)
		must(accounts.Store(accountName, accountJWT))
		o.AccountResolver = accounts
	})
	if b, err := natsbus.Connect(t.Context(), natsbus.Options{Servers: []string{s.URL(nil)}, Subject: "happychat"}); err == nil {
		b.Close()
		t.Fatal("connected without credentials")
	}
	b := connect(t, natsbus.Options{Servers: []string{s.URL(nil)}, Credentials: file})
	reaches(t, b, bustest.Listen(t, b), "hello")
}

// keys are files of an authority, and of a certificate for both sides.
type keys struct{ ca, certificate, key string }

// encryptedServer speaks TLS only, and wants a certificate from clients.
func encryptedServer(t *testing.T) (*natstest.Server, keys) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	folder := t.TempDir()
	files := keys{filepath.Join(folder, "ca.pem"), filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:    x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	var both bytes.Buffer
	must(pem.Encode(&both, &pem.Block{Type: "CERTIFICATE", Bytes: certificate}))
	must(os.WriteFile(files.ca, both.Bytes(), 0o600))
	must(os.WriteFile(files.certificate, both.Bytes(), 0o600))
	must(os.WriteFile(files.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	own, err := tls.LoadX509KeyPair(files.certificate, files.key)
	must(err)
	authority := x509.NewCertPool()
	authority.AppendCertsFromPEM(both.Bytes())
	return natstest.Start(t, func(o *server.Options) {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{own}, ClientCAs: authority, ClientAuth: tls.RequireAndVerifyClientCert}
		o.TLSVerify = true
		o.TLSTimeout = 5
	}), files
}

// lines is a log that several write to.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
