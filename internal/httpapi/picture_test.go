package httpapi_test

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	_ "image/png"
	"testing"
)

// bigPicture is a JPEG of this size.
func bigPicture(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = uint8(i % width / 8)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// film is a GIF with square frames of this size.
func film(t testing.TB, side, frames int) []byte {
	t.Helper()
	var g gif.GIF
	for i := range frames {
		img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.RGBA{}, color.RGBA{200, 0, 0, 255}})
		for x := range side {
			img.SetColorIndex(x, i*side/frames, 1)
		}
		g.Image, g.Delay = append(g.Image, img), append(g.Delay, 4)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pictureSize(t testing.TB, data []byte) (width, height int) {
	t.Helper()
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		t.Errorf("%v: %.100q", err, data)
	}
	return c.Width, c.Height
}
