package ingress

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

func TestOwnPage(t *testing.T) {
	g := New(Options{PublicURL: &url.URL{Scheme: "https", Host: "chat.example.org"}, AllowedOrigins: []string{"https://app.example.org"}})
	for _, c := range []struct {
		name   string
		header map[string]string
		want   bool
	}{
		{"nothing is said", nil, true},
		{"our origin", map[string]string{"Origin": "http://internal:8080"}, true},
		{"the public origin", map[string]string{"Origin": "https://CHAT.example.org"}, true},
		{"an allowed origin", map[string]string{"Origin": "https://app.example.org"}, true},
		{"another origin", map[string]string{"Origin": "https://evil.example"}, false},
		{"no origin", map[string]string{"Origin": "null"}, false},
		{"our page", map[string]string{"Referer": "http://internal:8080/lite/chats?x=1"}, true},
		{"our page, by its public address", map[string]string{"Referer": "https://chat.example.org/lite"}, true},
		{"a page of another site", map[string]string{"Referer": "https://evil.example/internal:8080"}, false},
		{"a page whose address begins like ours", map[string]string{"Referer": "http://internal:8080@evil.example/"}, false},
		{"no page", map[string]string{"Referer": "about:blank"}, false},
		{"our origin, but another page", map[string]string{"Origin": "http://internal:8080", "Referer": "https://evil.example/"}, false},
		{"from far", map[string]string{"Sec-Fetch-Site": "cross-site"}, false},
		{"from the address bar", map[string]string{"Sec-Fetch-Site": "none"}, true},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://internal:8080/lite/sign-in", nil)
		for name, value := range c.header {
			r.Header.Set(name, value)
		}
		if got := g.OwnPage(r); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
