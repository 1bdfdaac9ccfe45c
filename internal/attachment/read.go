package attachment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/happychat/happychat/internal/change"
)

// Opened is something to read: an attachment in one of its variants.
type Opened struct {
	Attachment Attachment
	Type       string
	Size       int64
	Key        string // names the bytes for ever
	io.ReadSeekCloser
}

// Open opens an attachment for somebody who may see it. A variant that was not
// made, because the original is small enough, is the original.
func (s *Service) Open(ctx context.Context, actor change.ID, id ID, variant Variant) (*Opened, error) {
	if err := s.MayRead(ctx, actor, id); err != nil {
		return nil, err
	}
	a, err := s.store.Attachment(ctx, id)
	if err != nil {
		return nil, notFound(err)
	}
	if variant != Original && a.Kind != Image {
		return nil, ErrNotFound
	}
	out := &Opened{Attachment: a, Type: a.Type, Size: a.Size, Key: a.Key}
	if variant != Original {
		if err := s.choose(ctx, out, variant); err != nil {
			return nil, err
		}
	}
	out.ReadSeekCloser = &blobReader{ctx: ctx, blobs: s.blobs, key: out.Key, size: out.Size}
	return out, nil
}

// MayRead tells whether somebody may see an attachment at this moment.
func (s *Service) MayRead(ctx context.Context, actor change.ID, id ID) error {
	standing, err := s.store.AttachmentStanding(ctx, id, actor)
	if err != nil {
		return err
	}
	return mayRead(standing)
}

// OpenAvatar opens an avatar in the size of a side, for anybody who has an
// account.
func (s *Service) OpenAvatar(ctx context.Context, actor change.ID, id ID, side int) (*Opened, error) {
	standing, err := s.store.AttachmentStanding(ctx, id, actor)
	if err != nil {
		return nil, err
	}
	if err := maySeeAvatar(standing); err != nil {
		return nil, err
	}
	a, err := s.store.Attachment(ctx, id)
	if err != nil {
		return nil, notFound(err)
	}
	out := &Opened{Attachment: a}
	if err := s.choose(ctx, out, avatarVariant(side)); err != nil {
		return nil, err
	}
	if out.Key == "" {
		return nil, ErrNotFound // it was never prepared
	}
	out.ReadSeekCloser = &blobReader{ctx: ctx, blobs: s.blobs, key: out.Key, size: out.Size}
	return out, nil
}

// choose takes a rendition, if there is one of the variant.
func (s *Service) choose(ctx context.Context, out *Opened, variant Variant) error {
	list, err := s.store.Renditions(ctx, out.Attachment.Content.ID)
	for _, r := range list {
		if r.Variant == variant {
			out.Type, out.Size, out.Key = r.Type, r.Size, r.Key
		}
	}
	return err
}

func notFound(err error) error {
	if errors.Is(err, change.ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// Statistics tells what all attachments take.
func (s *Service) Statistics(ctx context.Context) (Statistics, error) {
	return s.store.AttachmentStatistics(ctx)
}

// blobReader reads a blob from where it was last sought to. It is opened when
// the first byte is asked for.
type blobReader struct {
	ctx   context.Context
	blobs Blobs
	key   string
	size  int64
	at    int64
	open  io.ReadCloser
}

// Read implements io.Reader.
func (r *blobReader) Read(b []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if r.open == nil {
		open, err := r.blobs.Get(r.ctx, r.key, r.at, r.size-r.at)
		if err != nil {
			return 0, err
		}
		r.open = open
	}
	n, err := r.open.Read(b)
	r.at += int64(n)
	if errors.Is(err, io.EOF) && r.at < r.size {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Seek implements io.Seeker.
func (r *blobReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return r.at, fmt.Errorf("attachment: seek to %d", offset)
	}
	if offset != r.at {
		_ = r.Close() // what was read of it was read
		r.at = offset
	}
	return r.at, nil
}

// Close implements io.Closer.
func (r *blobReader) Close() error {
	if r.open == nil {
		return nil
	}
	err := r.open.Close()
	r.open = nil
	return err
}

// How often Run looks for what is to be removed, and how much it removes in one
// transaction.
const (
	tidyEvery = 5 * time.Minute
	tidyBatch = 100
)

// Run removes what is of no use any more, until ctx is done.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		if err := s.Tidy(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("files of no use are removed later", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Tidy removes uploads that are over, attachments that nothing uses, and the
// bytes of both. What is used is never removed: whether it is, is seen in the
// transaction that removes it, and bytes are removed under keys that can not be
// used again.
func (s *Service) Tidy(ctx context.Context) error {
	now := s.clock.Now()
	for _, remove := range []func(context.Context, int64, int) (int, error){s.store.RemoveUploads, s.store.RemoveUnused} {
		for n := tidyBatch; n == tidyBatch; {
			err := s.store.Update(ctx, func(ctx context.Context) (err error) {
				n, err = remove(ctx, now, tidyBatch)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	for {
		var keys []string
		err := s.store.Update(ctx, func(ctx context.Context) (err error) {
			keys, err = s.store.TakeDiscarded(ctx, now, tidyBatch)
			return err
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, key := range keys {
			if err := s.blobs.Delete(ctx, key); err != nil {
				return err
			}
		}
		if err := s.store.Update(ctx, func(ctx context.Context) error { return s.store.ForgetDiscarded(ctx, keys...) }); err != nil {
			return err
		}
	}
}
