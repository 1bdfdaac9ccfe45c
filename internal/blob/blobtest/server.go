package blobtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/happychat/happychat/internal/blob"
)

// Server is an S3 server of another project, versitygw, which checks signatures
// and takes uploads in parts. It ends with the process that started it.
type Server struct {
	options blob.S3Options
	cmd     *exec.Cmd
	folder  string
	buckets atomic.Int64
}

// ErrMissing is returned by Start where the server can not be had.
var ErrMissing = errors.New("the S3 server of tools/s3 can not be built, for which the Go module proxy is needed")

// Start builds and starts a server on data of its own.
func Start() (_ *Server, err error) {
	root, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return nil, err
	}
	module := filepath.Join(filepath.Dir(strings.TrimSpace(string(root))), "tools", "s3", "go.mod")
	tool := exec.Command("go", "tool", "-modfile="+module, "-n", "versitygw")
	tool.Stderr = os.Stderr
	path, err := tool.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	folder, err := os.MkdirTemp("", "happychat-s3-")
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	_ = l.Close()
	s := &Server{folder: folder, options: blob.S3Options{
		Endpoint: "http://" + address, Region: "eu-test-1", AccessKey: "key-of-the-test", SecretKey: "secret of the test/+=",
	}}
	defer func() {
		if err != nil {
			_ = s.Stop()
		}
	}()
	for _, name := range []string{"data", "about"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			return nil, err
		}
	}
	s.cmd = exec.Command(strings.TrimSpace(string(path)), "--port", address, "--access", s.options.AccessKey, "--secret", s.options.SecretKey,
		"--region", s.options.Region, "--keep-alive", "--quiet", "posix", "--sidecar", filepath.Join(folder, "about"), filepath.Join(folder, "data"))
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for end := time.Now().Add(time.Minute); ; {
		c, err := net.Dial("tcp", address)
		if err == nil {
			return s, c.Close()
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("the S3 server does not answer: %w", err)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// Stop ends the server and removes its data.
func (s *Server) Stop() error {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
	return os.RemoveAll(s.folder)
}

// Bucket makes a bucket.
func (s *Server) Bucket(ctx context.Context) (blob.S3Options, error) {
	o := s.options
	o.Bucket = fmt.Sprintf("test-%d", s.buckets.Add(1))
	u, err := url.Parse(o.Endpoint)
	if err != nil {
		return o, err
	}
	c, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""), Region: o.Region})
	if err != nil {
		return o, err
	}
	return o, c.MakeBucket(ctx, o.Bucket, minio.MakeBucketOptions{Region: o.Region})
}

// Relay stands before a server and, as often as cut says, breaks the connection
// in the middle of a request or of an answer.
func Relay(t *testing.T, o blob.S3Options, cut func(*http.Request) (request, answer bool)) blob.S3Options {
	t.Helper()
	target, err := url.Parse(o.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		// Host and all headers are signed, so they stay.
		Rewrite:      func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, answer := cut(r)
		if request {
			half := make([]byte, max(1, r.ContentLength/2))
			_, _ = r.Body.Read(half)
			panic(http.ErrAbortHandler)
		}
		if answer {
			w = &halfway{ResponseWriter: w}
		}
		proxy.ServeHTTP(w, r)
	}), ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	o.Endpoint = "http://" + l.Addr().String()
	return o
}

// halfway breaks off at the first bytes of a body, or at its end.
type halfway struct{ http.ResponseWriter }

func (h *halfway) Write(b []byte) (int, error) {
	_, _ = h.ResponseWriter.Write(b[:len(b)/2])
	_ = http.NewResponseController(h.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}
