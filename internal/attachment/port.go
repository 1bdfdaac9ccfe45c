package attachment

import (
	"context"
	"io"

	"github.com/happychat/happychat/internal/change"
)

// Blobs keeps bytes under keys, which are of lower-case letters, digits and
// dashes. It is not asked who may see what. Faults that people can be told
// about are ErrFull and ErrUnreachable.
type Blobs interface {
	// Put stores size bytes under a key, of which there is nothing before. When
	// it returns without an error they are durable; with one there is nothing,
	// or at most what Delete removes. r giving fewer or more bytes is an error.
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	// Get opens length bytes from offset on, which must lie within what was
	// put. change.ErrNotFound if there is nothing.
	Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	// Delete removes what is there. That there is nothing is no error.
	Delete(ctx context.Context, key string) error
}

// Store is what attachments need from storage. Reads return change.ErrNotFound
// when there is none. Puts need a transaction.
type Store interface {
	change.Transactor

	CreateUpload(ctx context.Context, u Upload) error
	Upload(ctx context.Context, id ID) (Upload, error)
	// UploadUsage counts the uploads of an account: those that are open, and
	// all since a time; of those that were canceled, what had come.
	UploadUsage(ctx context.Context, owner change.ID, since int64) (Usage, error)
	// AddPart notes that a part has come, and uses its key, if the upload is
	// open and stands where the part begins, and the key is reserved; otherwise
	// it does nothing and returns false.
	AddPart(ctx context.Context, id ID, p Part) (bool, error)
	// Parts lists those of an upload in their order.
	Parts(ctx context.Context, id ID) ([]Part, error)
	// EndUpload makes an open upload Done, with what became of it, or Canceled,
	// and discards its parts; false, and nothing is done, if it is not open.
	EndUpload(ctx context.Context, id ID, state UploadState, became ID, now int64) (bool, error)
	// RemoveUploads removes those that are over at a time, at most limit, and
	// discards their parts. It returns how many.
	RemoveUploads(ctx context.Context, now int64, limit int) (int, error)

	// Reserve notes keys before something is put under them. Until they are
	// used by AddPart, CreateContent or AddRenditions, they count as discarded
	// from due on.
	Reserve(ctx context.Context, due int64, keys ...string) error
	// Discard notes that what is under reserved keys is of no use.
	Discard(ctx context.Context, now int64, keys ...string) error
	// TakeDiscarded lists keys that are discarded, at most limit. From then on
	// they can not be used any more; they come again until they are forgotten.
	TakeDiscarded(ctx context.Context, now int64, limit int) ([]string, error)
	// ForgetDiscarded forgets keys under which nothing is any more.
	ForgetDiscarded(ctx context.Context, keys ...string) error

	ContentByHash(ctx context.Context, hash string) (Content, error)
	// CreateContent stores a content with its renditions and uses their keys;
	// false, and nothing is done, if one of the keys is not reserved any more.
	CreateContent(ctx context.Context, c Content, renditions []Rendition) (bool, error)
	// AddRenditions adds renditions to a content, and uses their keys; those of
	// variants that it has are discarded. false, and nothing is done, if the
	// content is gone or a key is not reserved any more.
	AddRenditions(ctx context.Context, content change.ID, renditions []Rendition, now int64) (bool, error)
	Renditions(ctx context.Context, content change.ID) ([]Rendition, error)
	// CreateAttachment stores an attachment of a content that there is. It is
	// looked at again at due, whether something uses it.
	CreateAttachment(ctx context.Context, a Attachment, due int64) error
	Attachment(ctx context.Context, id ID) (Attachment, error)
	// AttachmentStanding tells how an account stands to an attachment.
	AttachmentStanding(ctx context.Context, id ID, account change.ID) (Standing, error)
	// RemoveUnused looks at attachments that are due, at most limit: those that
	// are in no message and that nothing holds are removed, and with the last
	// attachment of a content it and its renditions, whose keys are discarded.
	// It returns how many it looked at.
	RemoveUnused(ctx context.Context, now int64, limit int) (int, error)
	AttachmentStatistics(ctx context.Context) (Statistics, error)
}
