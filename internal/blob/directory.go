package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
)

// Directory keeps each blob in a file, in 256 folders by the first letters of
// the key. A file has its name only when it is whole and on the disk.
type Directory struct{ folder string }

// incoming is where files are before they are whole.
const incoming = "incoming"

// OpenDirectory makes the folder, readable by its owner only, and removes what
// a process that was killed left behind there half written.
func OpenDirectory(folder string) (*Directory, error) {
	in := filepath.Join(folder, incoming)
	if err := os.RemoveAll(in); err != nil {
		return nil, fmt.Errorf("the folder for files %s can not be written to: %w", folder, err)
	}
	return makeDirectory(folder)
}

// abandoned is the age at which nobody writes a file any more that is not
// whole. Clocks of nodes may differ by less.
const abandoned = 48 * time.Hour

// OpenSharedDirectory is OpenDirectory for a folder that other nodes use as
// well: what lies there half written may be another's work of this moment, so
// only what is old is removed.
func OpenSharedDirectory(folder string) (*Directory, error) {
	d, err := makeDirectory(folder)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(folder, incoming))
	if err != nil {
		return nil, fmt.Errorf("the folder for files %s can not be read: %w", folder, err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // whole by now
		}
		if err == nil && time.Since(info.ModTime()) > abandoned {
			err = os.Remove(filepath.Join(folder, incoming, entry.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("the folder for files %s can not be written to: %w", folder, err)
		}
	}
	return d, nil
}

func makeDirectory(folder string) (*Directory, error) {
	if err := os.MkdirAll(filepath.Join(folder, incoming), 0o700); err != nil {
		return nil, fmt.Errorf("the folder for files %s can not be made: %w", folder, err)
	}
	return &Directory{folder}, nil
}

func (d *Directory) path(key string) string { return filepath.Join(d.folder, key[:2], key) }

// Put implements attachment.Blobs.
func (d *Directory) Put(ctx context.Context, key string, r io.Reader, size int64) (err error) {
	if err := checkKey(key); err != nil {
		return err
	}
	defer func() { err = explain(err) }()
	f, err := os.OpenFile(filepath.Join(d.folder, incoming, key), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := io.Copy(f, &exactly{canceled{ctx, r}, size}); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	to := d.path(key)
	if err := os.Mkdir(filepath.Dir(to), 0o700); err == nil {
		if err := syncFolder(d.folder); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Rename(f.Name(), to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

// canceled is a reader that ends when its context does.
type canceled struct {
	ctx context.Context
	r   io.Reader
}

func (c canceled) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// explain turns a fault that an operator can mend into a sentence.
func explain(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return attachment.ErrFull.Because(err)
	}
	return err
}

// Get implements attachment.Blobs.
func (d *Directory) Get(_ context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	f, err := os.Open(d.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, change.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(f, offset, length), f}, nil
}

// Delete implements attachment.Blobs.
func (d *Directory) Delete(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := os.Remove(d.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
