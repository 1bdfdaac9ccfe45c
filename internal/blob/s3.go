package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
)

// S3Options say where the bucket is.
type S3Options struct {
	Endpoint  string // https://s3.example.com
	Bucket    string
	Region    string // empty: asked of the server
	AccessKey string
	SecretKey string
}

// S3 keeps each blob in an object of a bucket that is ours alone.
type S3 struct {
	client *minio.Client
	bucket string
}

// OpenS3 connects and finds out whether the bucket can be written to. Its errors
// are sentences for the operator.
func OpenS3(ctx context.Context, o S3Options) (*S3, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 30 * time.Second
	transport.DisableCompression = true // a range is one of the bytes as stored
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""), Secure: u.Scheme == "https",
		Region: o.Region, Transport: transport, MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("the S3 storage %s can not be used: %w", o.Endpoint, err)
	}
	s := &S3{client, o.Bucket}
	found, err := client.BucketExists(ctx, o.Bucket)
	if err != nil {
		return nil, fmt.Errorf("the S3 storage %s does not let us in (%w); check --s3-endpoint, --s3-region and the keys", o.Endpoint, err)
	}
	if !found {
		return nil, fmt.Errorf("the S3 storage %s has no bucket %q; make it first, or correct --s3-bucket", o.Endpoint, o.Bucket)
	}
	return s, nil
}

// Put implements attachment.Blobs. What is larger than a part (16 MiB) is sent
// in several, and exists when all have come.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	source := &watched{r: &exactly{canceled{ctx, r}, size}}
	_, err := s.client.PutObject(ctx, s.bucket, key, source, size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", PartSize: 16 << 20,
	})
	if source.err == nil && err == nil {
		// The client reads no more than size.
		_, source.err = io.Copy(io.Discard, source)
		if source.err != nil {
			err = errors.Join(source.err, s.Delete(ctx, key))
		}
	}
	if source.err != nil {
		return source.err
	}
	return s.explain(ctx, err)
}

// watched remembers what went wrong on the side of the source, which is not the
// storage's fault.
type watched struct {
	r   io.Reader
	err error
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// Get implements attachment.Blobs.
func (s *S3) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	var o minio.GetObjectOptions
	if err := o.SetRange(offset, offset+length-1); err != nil {
		return nil, err
	}
	r, _, _, err := (&minio.Core{Client: s.client}).GetObject(ctx, s.bucket, key, o)
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	return r, nil
}

// Delete implements attachment.Blobs.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return s.explain(ctx, s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{}))
}

// explain turns faults of the storage into what people are told.
func (s *S3) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var network net.Error
	switch r := minio.ToErrorResponse(err); {
	case r.Code == minio.NoSuchKey:
		return change.ErrNotFound
	case r.StatusCode == http.StatusInsufficientStorage, r.Code == "XMinioStorageFull", r.Code == "QuotaExceeded":
		return attachment.ErrFull.Because(err)
	case r.StatusCode >= 500, r.StatusCode == http.StatusForbidden, r.Code == minio.NoSuchBucket, errors.As(err, &network), errors.Is(err, io.ErrUnexpectedEOF):
		return attachment.ErrUnreachable.Because(err)
	}
	return err
}
