package app_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/blob/blobtest"
	"github.com/happychat/happychat/internal/config"
)

// The whole server on S3 storage: nothing of a file is in the data folder, and
// a bucket that is not there stops the start with a sentence.
func TestFilesInS3(t *testing.T) {
	storage, err := blobtest.Start()
	if errors.Is(err, blobtest.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := storage.Stop(); err != nil {
			t.Error(err)
		}
	})
	bucket, err := storage.Bucket(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings := config.S3{Endpoint: bucket.Endpoint, Bucket: bucket.Bucket, Region: bucket.Region, AccessKey: bucket.AccessKey, SecretKey: config.Secret(bucket.SecretKey)}
	s := apptest.Start(t, func(c *config.Config, _ *app.Options) { c.S3 = settings })
	lan := s.Person("lan")
	data := bytes.Repeat([]byte("in the bucket "), 250_000)
	u, err := s.Attachments.Begin(t.Context(), lan.ID, "a.txt", int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	_, a, err := s.Attachments.Append(t.Context(), lan.ID, u.ID, 0, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Attachments.Open(t.Context(), lan.ID, a.ID, attachment.Original)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if _, err := o.Seek(14*200_000, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(o); err != nil || !bytes.Equal(got, data[14*200_000:]) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if err := s.Attachments.Tidy(t.Context()); err != nil {
		t.Error(err)
	}

	settings.Bucket = "another"
	_, err = app.Start(t.Context(), config.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Registration: config.RegistrationOpen, Language: config.English, S3: settings}, app.Options{})
	if err == nil || !strings.Contains(err.Error(), `has no bucket "another"`) {
		t.Errorf("%v", err)
	}
}
