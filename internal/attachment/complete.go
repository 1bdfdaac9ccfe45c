package attachment

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"slices"
	"strconv"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/picture"
)

// newKey draws a key. It says nothing about what is under it, and is never used
// again: removing what was under one can not hit anything else.
func newKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// put stores bytes under a new key, which is reserved.
func (s *Service) put(ctx context.Context, data []byte) (key string, err error) {
	return s.putFrom(ctx, bytes.NewReader(data), int64(len(data)))
}

func (s *Service) putFrom(ctx context.Context, r io.Reader, size int64) (key string, err error) {
	key = newKey()
	err = s.store.Update(ctx, func(ctx context.Context) error {
		return s.store.Reserve(ctx, s.clock.Now()+change.Ms(reservedLife), key)
	})
	if err != nil {
		return "", err
	}
	if err := s.blobs.Put(ctx, key, r, size); err != nil {
		s.discard(ctx, key)
		return "", err
	}
	return key, nil
}

// discard lets go of what was stored in vain. If that fails it is removed when
// its time is over.
func (s *Service) discard(ctx context.Context, keys ...string) {
	err := s.store.Update(context.WithoutCancel(ctx), func(ctx context.Context) error {
		return s.store.Discard(ctx, s.clock.Now(), keys...)
	})
	if err != nil {
		s.log.Warn("files of no use are removed later", "err", err)
	}
}

// errAgain tells that another took what was to be used.
var errAgain = errors.New("attachment: try again")

// complete makes an attachment of an upload that is complete: it looks at the
// bytes, cleans a picture and makes smaller ones, and stores all that under the
// hash of the contents if it is not there already.
func (s *Service) complete(ctx context.Context, u Upload) (Attachment, error) {
	for {
		a, err := s.tryComplete(ctx, u)
		if errors.Is(err, errAgain) && ctx.Err() == nil {
			continue
		}
		return a, err
	}
}

func (s *Service) tryComplete(ctx context.Context, u Upload) (Attachment, error) {
	parts, err := s.store.Parts(ctx, u.ID)
	if err != nil {
		return Attachment{}, err
	}
	whole := &partsReader{ctx: ctx, blobs: s.blobs, parts: parts}
	defer whole.close()
	head := make([]byte, min(sniffLength, u.Size))
	if _, err := io.ReadFull(whole, head); err != nil {
		return Attachment{}, s.lost(ctx, u, err)
	}
	kind, mime := sniff(head)
	all := io.MultiReader(bytes.NewReader(head), whole)
	var made content
	if kind == Image {
		made, err = s.makePicture(ctx, u, all, picture.Format(mime))
	} else {
		made, err = s.makeFile(ctx, u, all, kind, mime)
	}
	if err != nil {
		return Attachment{}, s.lost(ctx, u, err)
	}
	return s.settle(ctx, u, made)
}

// lost ends an upload whose parts were found cut off or gone, of which nothing
// can come any more, and one of a picture that can not be shown. Other errors
// leave it as it is, to be tried again.
func (s *Service) lost(ctx context.Context, u Upload, err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, change.ErrNotFound):
		// A request beside this one may have completed it and its parts are gone.
		if now, _, statusErr := s.Status(ctx, u.OwnerID, u.ID); statusErr == nil && now.State == Done {
			return errAgain
		}
		s.log.Error("an upload can not be read any more", "upload", u.ID, "err", err)
		err = ErrUploadNotFound.Because(err)
	case errors.Is(err, ErrPictureDamaged), errors.Is(err, ErrPictureLarge):
	default:
		return err
	}
	ended := s.store.Update(ctx, func(ctx context.Context) error {
		_, err := s.store.EndUpload(ctx, u.ID, Canceled, "", s.clock.Now())
		return err
	})
	if ended != nil {
		s.log.Warn("an upload that came to nothing is removed later", "err", ended)
	}
	return err
}

// content is what is to be stored, or is there already.
type content struct {
	Content
	known      bool
	renditions []Rendition
}

func (c content) keys() []string {
	if c.known {
		return nil
	}
	keys := keysOf(c.renditions)
	if c.Key != "" {
		keys = append(keys, c.Key)
	}
	return keys
}

func keysOf(list []Rendition) (keys []string) {
	for _, r := range list {
		keys = append(keys, r.Key)
	}
	return keys
}

// makeFile stores what is no picture, as it is.
func (s *Service) makeFile(ctx context.Context, u Upload, all io.Reader, kind Kind, mime string) (content, error) {
	sum := sha256.New()
	key, err := s.putFrom(ctx, io.TeeReader(all, sum), u.Size)
	if err != nil {
		return content{}, err
	}
	return content{Content: Content{Hash: hexOf(sum), Key: key, Kind: kind, Type: mime, Size: u.Size}}, nil
}

// makePicture cleans a picture, stores it, and makes smaller ones.
func (s *Service) makePicture(ctx context.Context, u Upload, all io.Reader, format picture.Format) (content, error) {
	if u.Size > MaxPicture {
		return content{}, ErrPictureLarge
	}
	if err := s.cores.Acquire(ctx, 1); err != nil {
		return content{}, err
	}
	defer s.cores.Release(1)
	raw := make([]byte, u.Size)
	if _, err := io.ReadFull(all, raw); err != nil {
		return content{}, err
	}
	p, err := picture.Read(format, raw, pictureLimits)
	if err != nil {
		return content{}, ofPicture(err)
	}
	return s.storePicture(ctx, p)
}

// storePicture stores a picture, unless it is there already, and the smaller ones
// that it needs.
func (s *Service) storePicture(ctx context.Context, p *picture.Picture) (content, error) {
	sum := sha256.New()
	_, _ = io.Copy(sum, p.Reader()) // both are in memory
	c := content{Content: Content{
		Hash: hexOf(sum), Kind: Image, Type: string(p.Format), Size: p.Size(),
		Width: p.Width, Height: p.Height, Animated: p.Frames > 1,
	}}
	have, err := s.store.ContentByHash(ctx, c.Hash)
	if err == nil {
		return content{Content: have, known: true}, nil
	}
	if !errors.Is(err, change.ErrNotFound) {
		return content{}, err
	}

	small, hash, err := s.shrink(ctx, p)
	if err != nil {
		return content{}, err
	}
	c.Placeholder = base64.StdEncoding.EncodeToString(hash)
	for _, r := range small {
		if c.renditions, err = s.addRendition(ctx, c.renditions, r.variant, r.Rendering); err != nil {
			s.discard(ctx, c.keys()...)
			return content{}, err
		}
	}
	if c.Key, err = s.putFrom(ctx, p.Reader(), c.Size); err != nil {
		s.discard(ctx, c.keys()...)
		return content{}, err
	}
	return c, nil
}

func (s *Service) addRendition(ctx context.Context, list []Rendition, v Variant, r picture.Rendering) ([]Rendition, error) {
	key, err := s.put(ctx, r.Data)
	if err != nil {
		return list, err
	}
	return append(list, Rendition{Variant: v, Key: key, Type: string(r.Format), Size: int64(len(r.Data))}), nil
}

// variantOf is a rendering with its name.
type variantOf struct {
	variant Variant
	picture.Rendering
}

// What of a still need not be made smaller: it is small enough as it is.
const (
	smallPreview = 400 << 10
	smallThumb   = 60 << 10
)

// shrink decodes a picture and makes the smaller ones that it needs, and what a
// blurred likeness can be drawn from.
func (s *Service) shrink(ctx context.Context, p *picture.Picture) (made []variantOf, hash []byte, err error) {
	raster, done, err := s.decode(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	long, moves := max(p.Width, p.Height), p.Frames > 1
	preview := raster.Fit(PreviewSide)
	if moves || long > PreviewSide || p.Size() > smallPreview {
		r, err := preview.Encode()
		if err != nil {
			return nil, nil, err
		}
		made = append(made, variantOf{Preview, r})
	}
	thumb := preview.Fit(ThumbSide)
	if moves || long > ThumbSide || p.Size() > smallThumb {
		r, err := thumb.Encode()
		if err != nil {
			return nil, nil, err
		}
		made = append(made, variantOf{Thumb, r})
	}
	return made, thumb.ThumbHash(), nil
}

// decode decodes a picture when there is memory for it; done gives it back.
func (s *Service) decode(ctx context.Context, p *picture.Picture) (r *picture.Raster, done func(), err error) {
	if err := s.memory.Acquire(ctx, p.Memory()); err != nil {
		return nil, nil, err
	}
	r, err = p.Decode()
	if err != nil {
		s.memory.Release(p.Memory())
		return nil, nil, ofPicture(err)
	}
	return r, func() { s.memory.Release(p.Memory()) }, nil
}

func ofPicture(err error) error {
	if errors.Is(err, picture.ErrTooLarge) {
		return ErrPictureLarge.Because(err)
	}
	return ErrPictureDamaged.Because(err)
}

// settle makes the attachment, in the transaction that ends the upload.
func (s *Service) settle(ctx context.Context, u Upload, c content) (Attachment, error) {
	now := s.clock.Now()
	a := Attachment{ID: NewID(), OwnerID: u.OwnerID, Name: u.Name, CreatedAt: now}
	err := s.store.Update(ctx, func(ctx context.Context) error {
		ended, err := s.store.EndUpload(ctx, u.ID, Done, a.ID, now)
		if err != nil {
			return err
		}
		if !ended {
			return errAgain
		}
		a, err = s.attach(ctx, a, c)
		return err
	})
	if err == nil {
		return a, nil
	}
	s.discard(ctx, c.keys()...)
	if !errors.Is(err, errAgain) {
		return Attachment{}, err
	}
	// A request beside this one may have completed it.
	switch _, done, statusErr := s.Status(ctx, u.OwnerID, u.ID); {
	case statusErr != nil:
		return Attachment{}, statusErr
	case done != nil:
		return *done, nil
	}
	return Attachment{}, errAgain
}

// attach stores an attachment of a content, which is stored too if it is not
// there; errAgain if it has just gone.
func (s *Service) attach(ctx context.Context, a Attachment, c content) (Attachment, error) {
	have, err := s.store.ContentByHash(ctx, c.Hash)
	switch {
	case err == nil:
		// Another upload of the same, before or beside this one.
		a.Content = have
		if err := s.store.Discard(ctx, a.CreatedAt, c.keys()...); err != nil {
			return a, err
		}
	case !errors.Is(err, change.ErrNotFound):
		return a, err
	case c.known:
		return a, errAgain
	default:
		a.Content = c.Content
		a.Content.ID, a.Content.CreatedAt = s.ids.Next(), a.CreatedAt
		ok, err := s.store.CreateContent(ctx, a.Content, c.renditions)
		if err != nil {
			return a, err
		}
		if !ok {
			return a, errAgain // it took so long that the blobs were removed
		}
	}
	return a, s.store.CreateAttachment(ctx, a, a.CreatedAt+change.Ms(unusedLife))
}

// MakeAvatar prepares a picture of the owner to be an avatar: it makes the square
// sizes. It decodes, so it is called before a transaction and not in it.
func (s *Service) MakeAvatar(ctx context.Context, owner change.ID, attachment string) error {
	a, err := s.ownPicture(ctx, owner, attachment)
	if err != nil {
		return err
	}
	have, err := s.store.Renditions(ctx, a.Content.ID)
	if err != nil {
		return err
	}
	for _, r := range have {
		if r.Variant == avatarVariant(AvatarSides[0]) {
			return nil
		}
	}
	list, err := s.squares(ctx, a.Content)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(ctx context.Context) error {
		ok, err := s.store.AddRenditions(ctx, a.Content.ID, list, s.clock.Now())
		if err == nil && !ok {
			err = ErrNotFound
		}
		return err
	})
}

// IsPicture tells whether somebody may show an attachment as a picture of
// theirs: ErrNotFound if it is not their own, ErrNotPicture if it is no picture.
func (s *Service) IsPicture(ctx context.Context, owner change.ID, attachment string) error {
	_, err := s.ownPicture(ctx, owner, attachment)
	return err
}

func (s *Service) ownPicture(ctx context.Context, owner change.ID, attachment string) (Attachment, error) {
	id, _ := ParseID(attachment) // what is none is not found
	a, err := s.store.Attachment(ctx, id)
	switch {
	case errors.Is(err, change.ErrNotFound) || err == nil && a.OwnerID != owner:
		return a, ErrNotFound
	case err == nil && a.Kind != Image:
		return a, ErrNotPicture
	}
	return a, err
}

func avatarVariant(side int) Variant { return Variant(strconv.Itoa(side)) }

// squares makes the sizes of avatars, each of the next larger.
func (s *Service) squares(ctx context.Context, c Content) (list []Rendition, err error) {
	if err := s.cores.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer s.cores.Release(1)
	p, err := s.readPicture(ctx, c, pictureLimits)
	if err != nil {
		return nil, err
	}
	raster, done, err := s.decode(ctx, p)
	if err != nil {
		return nil, err
	}
	defer done()
	for _, AvatarSide := range slices.Backward(AvatarSides) {
		raster = raster.Square(AvatarSide)
		made, err := raster.Encode()
		if err == nil {
			list, err = s.addRendition(ctx, list, avatarVariant(AvatarSide), made)
		}
		if err != nil {
			s.discard(ctx, keysOf(list)...)
			return nil, err
		}
	}
	return list, nil
}

// readPicture reads one that is stored.
func (s *Service) readPicture(ctx context.Context, c Content, limits picture.Limits) (*picture.Picture, error) {
	raw := make([]byte, c.Size)
	r, err := s.blobs.Get(ctx, c.Key, 0, c.Size)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if _, err := io.ReadFull(r, raw); err != nil {
		return nil, err
	}
	p, err := picture.Read(picture.Format(c.Type), raw, limits)
	if err != nil {
		return nil, ofPicture(err)
	}
	return p, nil
}

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// partsReader reads the parts of an upload one after the other.
type partsReader struct {
	ctx   context.Context
	blobs Blobs
	parts []Part
	open  io.ReadCloser
}

// Read implements io.Reader. A part that is shorter than it was is
// io.ErrUnexpectedEOF.
func (r *partsReader) Read(b []byte) (int, error) {
	for {
		if r.open == nil {
			if len(r.parts) == 0 {
				return 0, io.EOF
			}
			open, err := r.blobs.Get(r.ctx, r.parts[0].Key, 0, r.parts[0].Size)
			if err != nil {
				return 0, err
			}
			r.open = open
		}
		left := &r.parts[0]
		n, err := r.open.Read(b[:min(int64(len(b)), left.Size)])
		left.Size -= int64(n)
		switch {
		case left.Size == 0:
			r.close()
			r.parts = r.parts[1:]
		case errors.Is(err, io.EOF):
			return n, io.ErrUnexpectedEOF
		case err != nil:
			return n, err
		}
		if n > 0 {
			return n, nil
		}
	}
}

// close closes the part that is being read.
func (r *partsReader) close() {
	if r.open != nil {
		_ = r.open.Close() // what was read of it was read
		r.open = nil
	}
}
