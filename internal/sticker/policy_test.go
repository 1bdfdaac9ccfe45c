package sticker

import (
	"errors"
	"testing"
)

func TestWhoMaySeeAPack(t *testing.T) {
	for name, c := range map[string]struct {
		st          Standing
		see, change error
	}{
		"there is none":  {Standing{}, ErrPackNotFound, ErrPackNotFound},
		"a stranger":     {Standing{Found: true}, ErrPackNotFound, ErrPackNotFound},
		"received":       {Standing{Found: true, Received: true}, nil, ErrNotOwner},
		"kept":           {Standing{Found: true, Kept: true}, nil, ErrNotOwner},
		"whoever has it": {Standing{Found: true, Owner: true, Kept: true}, nil, nil},
	} {
		if err := maySee(c.st); !errors.Is(err, c.see) {
			t.Errorf("%s: see: %v", name, err)
		}
		if err := mayChange(c.st); !errors.Is(err, c.change) {
			t.Errorf("%s: change: %v", name, err)
		}
	}
}

func TestEmojiOfAStickerIsOne(t *testing.T) {
	for _, good := range []string{"👋", "🌧️", "👨‍👩‍👧‍👦", "🇨🇳", "1️⃣", "☕", "👍🏽", "™️"} {
		if err := checkEmoji(good); err != nil {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{"", "a", "ha ha", "笑", "!!", "👋 👋", "<b>", "👋👋👋👋👋👋👋👋👋👋👋👋👋", "\u202e👋", "a👋", "\xff"} {
		if checkEmoji(bad) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestBuiltins(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range Builtins {
		if err := checkEmoji(b.Emoji); err != nil {
			t.Errorf("%s has %q", b.Key, b.Emoji)
		}
		if seen[b.Key] || seen[b.Emoji] || seen[b.English] || seen[b.Chinese] {
			t.Errorf("%s repeats another", b.Key)
		}
		seen[b.Key], seen[b.Emoji], seen[b.English], seen[b.Chinese] = true, true, true, true
	}
	for want, got := range map[string]string{
		"[贴纸：你好]":          Words("zh-CN", "hello", "👋"),
		"[sticker: hello]": Words("en", "hello", "👋"),
		"[sticker: 🐶]":     Words("en", "", "🐶"),
		"[贴纸：🐶]":           Words("zh-CN", "of a newer server", "🐶"),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
