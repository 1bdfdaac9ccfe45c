package export

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
)

// maxName is how long the name of a file may be, in bytes: with what stands
// before it, it fits into any file system.
const maxName = 150

// file is an attachment on a page.
type file struct {
	Name    string
	Path    string // from the page on; empty: it could not be read
	Picture bool
}

// files knows what of attachments is in the archive.
type files struct {
	paths    map[attachment.ID]string
	contents map[change.ID]string
}

// safeName is the name of an attachment as every system takes it for a file,
// and as it can stand in a link.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`<>:"/\|?*#%`, r) {
			return '_'
		}
		return r
	}, attachment.CleanName(name))
	name = strings.TrimRight(name, ". ") // Windows leaves these out
	if len(name) > maxName {
		ending := path.Ext(name)
		if len(ending) > 20 {
			ending = ""
		}
		stem := name[:maxName-len(ending)]
		for !utf8.ValidString(stem) {
			stem = stem[:len(stem)-1]
		}
		name = stem + ending
	}
	return strings.TrimRight(name, ". ")
}

// reading notes what is wrong with what is read, to tell it from what is wrong
// with the archive.
type reading struct {
	io.Reader
	err error
}

// Read implements io.Reader.
func (r *reading) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// file puts an attachment into the archive, unless its content is there
// already. One that can not be read is left out; only what ends the archive is
// an error.
func (b *book) file(ctx context.Context, a attachment.Attachment) error {
	if _, ok := b.files.paths[a.ID]; ok {
		return nil
	}
	if have, ok := b.files.contents[a.Content.ID]; ok && a.Content.ID != 0 {
		b.files.paths[a.ID] = have
		return nil
	}
	if err := b.still(); err != nil {
		return err
	}
	in, err := b.attachments.Open(ctx, b.me.ID, a.ID, attachment.Original)
	if err != nil {
		return ctx.Err()
	}
	defer in.Close()
	// The first bytes before the file is begun: mostly it is now that something
	// is missing. What breaks later stays as a file that nothing leads to.
	from := &reading{Reader: in}
	first := make([]byte, 512)
	n, _ := io.ReadFull(from, first) // a short file ends within
	if n == 0 || from.err != nil {
		return ctx.Err()
	}
	name := "files/" + string(a.ID) + "-" + safeName(in.Attachment.Name)
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: b.now}
	if in.Attachment.Kind != attachment.File {
		header.Method = zip.Store // nothing makes it smaller
	}
	w, err := b.zip.CreateHeader(header)
	if err != nil {
		return err
	}
	if _, err := w.Write(first[:n]); err != nil {
		return err
	}
	if _, err := io.Copy(w, from); from.err != nil {
		return ctx.Err()
	} else if err != nil {
		return err
	}
	b.files.paths[a.ID], b.files.contents[in.Attachment.Content.ID] = name, name
	return nil
}

// shown gives attachments as a page in a folder below shows them.
func (b *book) shown(list []attachment.Attachment) []file {
	var out []file
	for _, a := range list {
		f := file{Name: a.Name, Picture: a.Kind == attachment.Image}
		if have := b.files.paths[a.ID]; have != "" {
			f.Path = "../" + have
		}
		out = append(out, f)
	}
	return out
}
