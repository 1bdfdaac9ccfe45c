package engineio_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/happychat/happychat/socketio/engineio"
)

// upcase answers every text with itself, louder.
type upcase struct{ s *engineio.Session }

func (u upcase) Message(data []byte, binary bool) error {
	if !binary {
		u.s.Send(engineio.NewText([]byte(strings.ToUpper(string(data)))))
	}
	return nil
}

func (upcase) Closed(engineio.Reason) {}

// A server without Socket.IO on top: messages without names.
func ExampleServer() {
	server := engineio.NewServer(engineio.Options{}, func(s *engineio.Session, r *http.Request) engineio.Handler {
		s.Accept() // who comes in here is no stranger any more
		return upcase{s}
	})
	web := httptest.NewServer(server)
	defer web.Close()

	url := web.URL + "/engine.io/?EIO=4&transport=polling"
	_, rest, _ := strings.Cut(request(http.MethodGet, url, ""), `"sid":"`)
	sid, _, _ := strings.Cut(rest, `"`)
	url += "&sid=" + sid
	fmt.Println(request(http.MethodPost, url, "4hello\x1e4world"))
	fmt.Printf("%q\n", request(http.MethodGet, url, ""))
	request(http.MethodPost, url, "1")
	// Output:
	// ok
	// "4HELLO\x1e4WORLD"
}

// request makes one HTTP request of a client.
func request(method, url, body string) string {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		panic(err)
	}
	return string(b)
}
