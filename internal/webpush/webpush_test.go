package webpush

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/push"
)

// The example of RFC 8291, section 5, and its intermediate values in appendix A.
const (
	exampleText    = "When I grow up, I want to be a watermelon"
	exampleDevice  = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
	exampleSecret  = "BTBZMqHH6r4Tts7J_aSIgg"
	exampleOwn     = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
	exampleSalt    = "DGv6ra1nlYgDCS1FRnbzlw"
	exampleMessage = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)

func decode(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealIsAsTheStandardSays(t *testing.T) {
	own, err := ecdh.P256().NewPrivateKey(decode(t, exampleOwn))
	if err != nil {
		t.Fatal(err)
	}
	got, err := seal([]byte(exampleText), decode(t, exampleDevice), decode(t, exampleSecret), own, decode(t, exampleSalt))
	if err != nil || !bytes.Equal(got, decode(t, exampleMessage)) {
		t.Errorf("%s, %v", base64.RawURLEncoding.EncodeToString(got), err)
	}
}

type clock struct{ now int64 }

func (c *clock) Now() int64 { return c.now }

// service stands in for a push service.
func service(t *testing.T, answer http.HandlerFunc) (*Client, push.Subscription, *clock) {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	now := &clock{time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC).UnixMilli()}
	c, err := New(Options{Key: key, Contact: "mailto:owner@example.org", Hosts: []string{"127.0.0.1"}, Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	return c, push.Subscription{Endpoint: s.URL + "/device/1", PublicKey: exampleDevice, Secret: exampleSecret}, now
}

func TestCallsProveWhoTheyAre(t *testing.T) {
	var got []*http.Request
	c, s, now := service(t, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r)
		w.WriteHeader(http.StatusCreated)
	})
	call := func() *http.Request {
		t.Helper()
		if a, err := c.Call(t.Context(), s); err != nil || a != (push.Answer{}) {
			t.Fatalf("%+v, %v", a, err)
		}
		return got[len(got)-1]
	}
	r := call()
	for name, want := range map[string]string{"TTL": "86400", "Topic": "news", "Urgency": "high", "Content-Encoding": "aes128gcm"} {
		if v := r.Header.Get(name); v != want {
			t.Errorf("%s is %q, want %q", name, v, want)
		}
	}
	if r.Method != http.MethodPost || r.URL.Path != "/device/1" {
		t.Errorf("%s %s", r.Method, r.URL)
	}
	token, key, ok := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "vapid t="), ", k=")
	if !ok || key != c.PublicKey() {
		t.Fatalf("Authorization: %s", r.Header.Get("Authorization"))
	}
	parts := strings.Split(token, ".")
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), decode(t, key))
	if err != nil {
		t.Fatal(err)
	}
	hash, signature := sha256.Sum256([]byte(parts[0]+"."+parts[1])), decode(t, parts[2])
	if !ecdsa.Verify(public, hash[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		t.Error("the proof is not signed with the key")
	}
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(decode(t, parts[1]), &claims); err != nil {
		t.Fatal(err)
	}
	if day := now.now/1000 + 86400; claims.Aud != strings.TrimSuffix(s.Endpoint, "/device/1") || claims.Sub != "mailto:owner@example.org" || claims.Exp <= now.now/1000 || claims.Exp > day {
		t.Errorf("%+v", claims)
	}

	// It is used for hours, and never for longer than it holds.
	first := r.Header.Get("Authorization")
	now.now += (5 * time.Hour).Milliseconds()
	if call().Header.Get("Authorization") != first {
		t.Error("signed anew for every call")
	}
	now.now += (2 * time.Hour).Milliseconds()
	if call().Header.Get("Authorization") == first {
		t.Error("used for too long")
	}
}

func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		after  string
		want   push.Answer
	}{
		"taken":           {201, "", push.Answer{}},
		"nobody there":    {404, "", push.Answer{Gone: true}},
		"not any more":    {410, "", push.Answer{Gone: true}},
		"another key":     {403, "", push.Answer{Gone: true}},
		"no right":        {401, "", push.Answer{Gone: true}},
		"not like this":   {400, "", push.Answer{Later: true}},
		"too large":       {413, "", push.Answer{Later: true}},
		"too often":       {429, "120", push.Answer{Later: true, After: 2 * time.Minute}},
		"out of order":    {503, "Wed, 04 Mar 2026 05:07:07 GMT", push.Answer{Later: true, After: time.Minute}},
		"since long":      {503, "Wed, 04 Mar 2026 05:05:07 GMT", push.Answer{Later: true}},
		"nobody knows":    {500, "soon", push.Answer{Later: true}},
		"not followed":    {307, "", push.Answer{Later: true}},
		"a large refusal": {410, "", push.Answer{Gone: true}},
	} {
		t.Run(name, func(t *testing.T) {
			client, s, _ := service(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/device/1" {
					t.Errorf("a call went to %s", r.URL)
				}
				w.Header().Set("Retry-After", c.after)
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(c.status)
				if name == "a large refusal" {
					_, _ = w.Write(bytes.Repeat([]byte("x"), 2*maxAnswer))
				}
			})
			a, err := client.Call(t.Context(), s)
			if a != c.want || (err == nil) != (c.status < 300) {
				t.Errorf("%+v, %v", a, err)
			}
			if err != nil && strings.Contains(err.Error(), "/device/1") {
				t.Errorf("the log would tell the address: %v", err)
			}
		})
	}
}

// Nobody makes the server talk to its own network.
func TestOnlyThePublicNetworkIsCalled(t *testing.T) {
	c, s, _ := service(t, func(http.ResponseWriter, *http.Request) { t.Error("it was called") })
	strict, err := New(Options{Key: base64.RawURLEncoding.EncodeToString(must(c.key.Bytes())), Clock: c.clock})
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(s.Endpoint, "http://"), ":")
	for _, endpoint := range []string{
		s.Endpoint, "http://localhost:" + port, "http://[::1]:" + port, "http://[::ffff:127.0.0.1]:" + port,
		"https://169.254.169.254/latest/meta-data", "https://10.0.0.1/",
	} {
		s.Endpoint = endpoint
		if a, err := strict.Call(t.Context(), s); err == nil || !a.Gone || strings.Contains(err.Error(), "/device/1") {
			t.Errorf("%s: %+v, %v", endpoint, a, err)
		}
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
