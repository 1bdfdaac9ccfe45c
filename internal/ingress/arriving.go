package ingress

import (
	"io"
	"net/http"
	"time"
)

// Arriving is the body of a request that takes as long as it takes, but may
// bring nothing for stalls at most. done ends that for the connection's next
// request.
func Arriving(w http.ResponseWriter, r *http.Request, stalls time.Duration) (body io.ReadCloser, done func()) {
	connection := http.NewResponseController(w)
	return &arriving{r.Body, connection, stalls}, func() { _ = connection.SetReadDeadline(time.Time{}) }
}

type arriving struct {
	io.ReadCloser
	connection *http.ResponseController
	stalls     time.Duration
}

func (a *arriving) Read(p []byte) (int, error) {
	_ = a.connection.SetReadDeadline(time.Now().Add(a.stalls))
	return a.ReadCloser.Read(p)
}
