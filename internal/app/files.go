package app

import (
	"context"
	"errors"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/blob"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/feedback"
)

// openFiles opens the place where the configuration keeps files.
func openFiles(ctx context.Context, c config.Config) (attachment.Blobs, error) {
	if c.S3.Endpoint == "" {
		if c.SharedFiles != "" {
			return blob.OpenSharedDirectory(c.SharedFiles)
		}
		return blob.OpenDirectory(c.FilesFolder())
	}
	return blob.OpenS3(ctx, blob.S3Options{
		Endpoint: c.S3.Endpoint, Bucket: c.S3.Bucket, Region: c.S3.Region,
		AccessKey: c.S3.AccessKey, SecretKey: c.S3.SecretKey.Reveal(),
	})
}

// attachments makes the service for what people send besides words.
func (a *App) attachments(ids *change.IDs) error {
	c, o := a.config, a.options
	files, err := openFiles(context.Background(), c)
	if err != nil {
		return err
	}
	if o.Files != nil {
		files = o.Files(files)
	}
	a.Attachments = attachment.NewService(attachment.Options{
		Store: a.Store, Blobs: files, IDs: ids, Clock: o.Clock, Log: o.Log,
		Limits: attachment.Limits{Size: c.MaxUpload, Day: c.UploadPerDay},
	})
	return nil
}

// picture is what feedback asks about one that goes with it.
func (a *App) picture(ctx context.Context, actor change.ID, id string) error {
	err := a.Attachments.IsPicture(ctx, actor, id)
	if errors.Is(err, attachment.ErrNotFound) {
		return feedback.ErrPicture
	}
	return err
}
