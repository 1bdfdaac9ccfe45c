// Package webpushtest is a push service for tests, and the devices that it
// calls: they decrypt what they are told, as browsers do.
package webpushtest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Service is a push service on this machine.
type Service struct {
	URL string

	t       testing.TB
	mu      sync.Mutex
	devices map[string]*Device // by path
	answer  func(w http.ResponseWriter)
}

// Device can be called at an endpoint.
type Device struct {
	Endpoint string
	key      *ecdh.PrivateKey
	secret   []byte
	calls    chan Call
}

// Call is what arrived.
type Call struct {
	Request string // all of it that the push service sees and can read
	Header  http.Header
	Text    string // decrypted
}

// Host is where the service is: it has to be named to the server.
const Host = "127.0.0.1"

// Start starts a service that ends with the test.
func Start(t testing.TB) *Service {
	t.Helper()
	s := &Service{t: t, devices: map[string]*Device{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Device makes a device.
func (s *Service) Device() *Device {
	s.t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	d := &Device{key: key, secret: make([]byte, 16), calls: make(chan Call, 100)}
	_, _ = rand.Read(d.secret)
	s.mu.Lock()
	defer s.mu.Unlock()
	path := fmt.Sprintf("/device/%d", len(s.devices))
	d.Endpoint = s.URL + path
	s.devices[path] = d
	return d
}

// Answer has all calls answered so, until it is called with nil.
func (s *Service) Answer(f func(w http.ResponseWriter)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.mu.Lock()
	d, answer := s.devices[r.URL.Path], s.answer
	s.mu.Unlock()
	if d == nil || err != nil {
		http.NotFound(w, r)
		return
	}
	var seen strings.Builder
	fmt.Fprintln(&seen, r.Method, r.RequestURI)
	_ = r.Header.Write(&seen)
	// Whoever reads along can read the proof.
	for part := range strings.FieldsFuncSeq(r.Header.Get("Authorization"), func(c rune) bool { return strings.ContainsRune(" .=,", c) }) {
		if text, err := base64.RawURLEncoding.DecodeString(part); err == nil {
			seen.Write(text)
		}
	}
	seen.Write(body)
	text, err := d.open(body)
	if err != nil {
		s.t.Errorf("the device can not decrypt what it is told: %v", err)
	}
	if answer != nil {
		answer(w)
	} else {
		w.WriteHeader(http.StatusCreated)
	}
	d.calls <- Call{seen.String(), r.Header, string(text)}
}

// open decrypts one record (RFC 8291, section 3, and RFC 8188, section 2).
func (d *Device) open(body []byte) ([]byte, error) {
	const head = 16 + 4 + 1 + 65
	if len(body) < head || body[20] != 65 {
		return nil, errors.New("no header")
	}
	sender, err := ecdh.P256().NewPublicKey(body[21:head])
	if err != nil {
		return nil, err
	}
	shared, err := d.key.ECDH(sender)
	if err != nil {
		return nil, err
	}
	derive := func(secret, salt []byte, info string, n int) []byte {
		out, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			panic(err)
		}
		return out
	}
	material := derive(shared, d.secret, "WebPush: info\x00"+string(d.key.PublicKey().Bytes())+string(body[21:head]), 32)
	block, err := aes.NewCipher(derive(material, body[:16], "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	text, err := gcm.Open(nil, derive(material, body[:16], "Content-Encoding: nonce\x00", 12), body[head:], nil)
	if err != nil {
		return nil, err
	}
	padded := strings.TrimRight(string(text), "\x00")
	if !strings.HasSuffix(padded, "\x02") {
		return nil, errors.New("this is not the last record")
	}
	return []byte(strings.TrimSuffix(padded, "\x02")), nil
}

// JSON is what the device tells the server.
func (d *Device) JSON() string {
	text, err := json.Marshal(map[string]any{"endpoint": d.Endpoint, "keys": map[string]string{
		"p256dh": base64.RawURLEncoding.EncodeToString(d.key.PublicKey().Bytes()),
		"auth":   base64.RawURLEncoding.EncodeToString(d.secret),
	}})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// patience bounds the waiting for a call.
const patience = 20 * time.Second

// Called waits until the device is called.
func (d *Device) Called(t testing.TB) Call {
	t.Helper()
	select {
	case c := <-d.calls:
		return c
	case <-time.After(patience):
		t.Fatal("the device is not called")
		return Call{}
	}
}

// Quiet fails if the device was called and nobody waited for it.
func (d *Device) Quiet(t testing.TB, why string) {
	t.Helper()
	select {
	case <-d.calls:
		t.Errorf("the device is called, but %s", why)
	default:
	}
}
