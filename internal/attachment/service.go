package attachment

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/happychat/happychat/internal/change"
)

// Times.
const (
	// UploadLife is how long an upload may take, and for how long what came of
	// it can be asked for.
	UploadLife = 24 * time.Hour
	// unusedLife is how long an attachment may be in no message.
	unusedLife = 24 * time.Hour
	// reservedLife is how long a blob may take from being reserved to being
	// used; after that it is removed.
	reservedLife = time.Hour
	// workLife is how long looking at a complete upload may take, waiting for
	// others included. It goes on when the client has gone.
	workLife = 5 * time.Minute
)

// Options are what attachments need.
type Options struct {
	Store  Store
	Blobs  Blobs
	IDs    *change.IDs
	Clock  change.Clock
	Limits Limits
	Log    *slog.Logger
}

// Service does what a person can do with attachments.
type Service struct {
	store  Store
	blobs  Blobs
	ids    *change.IDs
	clock  change.Clock
	limits Limits
	log    *slog.Logger

	// cores is how many pictures are worked on at once, memory how much they
	// may take together. Whoever has memory needs nothing more to go on.
	cores, memory *semaphore.Weighted
	arriving      *Gate
	buffers       sync.Pool // of *[PartSize]byte
}

// NewService makes the service.
func NewService(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Limits.Size = cmp.Or(o.Limits.Size, DefaultSize)
	o.Limits.Day = cmp.Or(o.Limits.Day, DefaultDay)
	return &Service{
		store: o.Store, blobs: o.Blobs, ids: o.IDs, clock: o.Clock, limits: o.Limits, log: o.Log,
		cores:    semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0))),
		memory:   semaphore.NewWeighted(decodeMemory),
		arriving: NewGate(MaxAtOnce, MaxAtOnceAll),
		buffers:  sync.Pool{New: func() any { return new([PartSize]byte) }},
	}
}

// Limits are those that this server has.
func (s *Service) Limits() Limits { return s.limits }

// Begin begins an upload of size bytes.
func (s *Service) Begin(ctx context.Context, actor change.ID, name string, size int64) (Upload, error) {
	now := s.clock.Now()
	u := Upload{
		ID: NewID(), OwnerID: actor, Name: CleanName(name), Size: size, State: Open,
		CreatedAt: now, ExpiresAt: now + change.Ms(UploadLife),
	}
	err := s.store.Update(ctx, func(ctx context.Context) error {
		usage, err := s.store.UploadUsage(ctx, actor, now-change.Ms(UploadLife))
		if err != nil {
			return err
		}
		if err := mayUpload(s.limits, usage, size); err != nil {
			return err
		}
		return s.store.CreateUpload(ctx, u)
	})
	return u, err
}

// Status gives an upload of the actor, and what became of it if it is done.
func (s *Service) Status(ctx context.Context, actor change.ID, id ID) (Upload, *Attachment, error) {
	u, err := s.store.Upload(ctx, id)
	if errors.Is(err, change.ErrNotFound) || err == nil && (u.OwnerID != actor || u.State == Canceled || u.ExpiresAt <= s.clock.Now()) {
		return Upload{}, nil, ErrUploadNotFound
	}
	if err != nil || u.State != Done {
		return u, nil, err
	}
	a, err := s.store.Attachment(ctx, u.AttachmentID)
	if errors.Is(err, change.ErrNotFound) {
		return Upload{}, nil, ErrUploadNotFound // it was in no message for too long
	}
	return u, &a, err
}

// Cancel ends an upload that is not done.
func (s *Service) Cancel(ctx context.Context, actor change.ID, id ID) error {
	if _, _, err := s.Status(ctx, actor, id); err != nil {
		return err
	}
	return s.store.Update(ctx, func(ctx context.Context) error {
		_, err := s.store.EndUpload(ctx, id, Canceled, "", s.clock.Now())
		return err
	})
}

// Append takes what comes from body as the bytes from offset on, and stores it
// piece by piece: what is stored stays when the connection breaks. It returns
// how far the upload is, also with an error, and when it is complete, what came
// of it. The same bytes again, and an empty body at the end, give the same
// result once more.
func (s *Service) Append(ctx context.Context, actor change.ID, id ID, offset int64, body io.Reader) (Upload, *Attachment, error) {
	u, done, err := s.Status(ctx, actor, id)
	if err != nil || done != nil {
		return u, done, err
	}
	if offset != u.Received {
		return u, nil, ErrOffset
	}
	leave, err := s.arriving.Enter(actor)
	if err != nil {
		return u, nil, err
	}
	u, err = s.receive(ctx, u, body)
	leave()
	if err != nil || u.Received < u.Size {
		return u, nil, err
	}
	// The client may go now; what it sent is finished all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), workLife)
	defer cancel()
	a, err := s.complete(ctx, u)
	if errors.Is(err, context.DeadlineExceeded) {
		err = ErrBusy.Because(err)
	}
	if err != nil {
		return u, nil, err
	}
	u.State, u.AttachmentID = Done, a.ID
	return u, &a, nil
}

// receive stores what comes.
func (s *Service) receive(ctx context.Context, u Upload, body io.Reader) (Upload, error) {
	buffer := s.buffers.Get().(*[PartSize]byte)
	defer s.buffers.Put(buffer)
	for {
		n, err := io.ReadFull(body, buffer[:min(PartSize, u.Size-u.Received)])
		if n > 0 {
			// What has come is kept, also when the client is gone.
			if err := s.addPart(context.WithoutCancel(ctx), u, buffer[:n]); err != nil {
				return u, err
			}
			u.Received += int64(n)
		}
		switch {
		case u.Received == u.Size:
			if extra, _ := io.ReadFull(body, buffer[:1]); extra > 0 {
				return u, ErrTooLong
			}
			return u, nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return u, nil
		case err != nil:
			return u, change.Errorf(change.Unavailable, "upload.interrupted", "The connection broke; what came is kept. Go on from there.").Because(err)
		}
	}
}

func (s *Service) addPart(ctx context.Context, u Upload, data []byte) error {
	key, err := s.put(ctx, data)
	if err != nil {
		return err
	}
	added := false
	err = s.store.Update(ctx, func(ctx context.Context) (err error) {
		added, err = s.store.AddPart(ctx, u.ID, Part{From: u.Received, Size: int64(len(data)), Key: key})
		return err
	})
	if err == nil && !added {
		err = ErrOffset // another request added this part, or the upload has ended
	}
	if err != nil {
		s.discard(ctx, key)
	}
	return err
}
