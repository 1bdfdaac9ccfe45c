package attachment

import (
	"context"
	"errors"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/picture"
)

// stickerName is what the file of a sticker is called: what its maker called the
// picture is nobody's business.
const stickerName = "sticker"

// MakeSticker makes a sticker of a picture that the owner uploaded: an
// attachment of its own, of which no side is longer than StickerSide, with its
// transparency and its motion. ErrNotFound if it is not theirs, ErrNotPicture if
// it is no picture, ErrStickerLarge if it can not be made small enough. It works
// on pictures, so it is called before a transaction and not in it.
func (s *Service) MakeSticker(ctx context.Context, owner change.ID, id ID) (Attachment, error) {
	from, err := s.ownPicture(ctx, owner, string(id))
	if err != nil {
		return Attachment{}, err
	}
	c := content{Content: from.Content, known: true}
	if max(c.Width, c.Height) > StickerSide || c.Size > MaxSticker {
		if c, err = s.shrinkToSticker(ctx, from.Content); err != nil {
			return Attachment{}, err
		}
	}
	now := s.clock.Now()
	a := Attachment{ID: NewID(), OwnerID: owner, Name: stickerName, CreatedAt: now}
	err = s.store.Update(ctx, func(ctx context.Context) (err error) {
		a, err = s.attach(ctx, a, c)
		return err
	})
	if err == nil {
		return a, nil
	}
	s.discard(ctx, c.keys()...)
	if errors.Is(err, errAgain) {
		err = ErrBusy.Because(err)
	}
	return Attachment{}, err
}

// shrinkToSticker stores a smaller form of a picture.
func (s *Service) shrinkToSticker(ctx context.Context, c Content) (content, error) {
	if err := s.cores.Acquire(ctx, 1); err != nil {
		return content{}, err
	}
	defer s.cores.Release(1)
	p, err := s.readPicture(ctx, c, stickerLimits)
	if errors.Is(err, ErrPictureLarge) {
		err = ErrStickerLarge.Because(err)
	}
	if err != nil {
		return content{}, err
	}
	small, err := s.smallEnough(ctx, p)
	if err != nil {
		return content{}, err
	}
	return s.storePicture(ctx, small)
}

// smallEnough makes a picture smaller until it is a sticker.
func (s *Service) smallEnough(ctx context.Context, p *picture.Picture) (*picture.Picture, error) {
	memory := min(p.Memory()+int64(p.Width)*int64(p.Height)*int64(p.Frames), decodeMemory)
	if err := s.memory.Acquire(ctx, memory); err != nil {
		return nil, err
	}
	defer s.memory.Release(memory)
	for _, side := range []int{StickerSide, StickerSide * 3 / 4, StickerSide / 2} {
		r, err := p.Shrink(side)
		if err != nil {
			return nil, ofPicture(err)
		}
		if len(r.Data) > MaxSticker {
			continue
		}
		small, err := picture.Read(r.Format, r.Data, stickerLimits)
		if err != nil {
			return nil, ofPicture(err)
		}
		return small, nil
	}
	return nil, ErrStickerLarge
}
