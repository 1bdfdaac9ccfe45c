package attachment

import (
	"errors"
	"testing"
)

func TestPolicies(t *testing.T) {
	t.Parallel()
	l := Limits{Size: 100, Day: 1000}
	for name, c := range map[string]struct {
		used Usage
		size int64
		want error
	}{
		"first":              {Usage{}, 100, nil},
		"empty":              {Usage{}, 0, ErrEmpty},
		"negative":           {Usage{}, -1, ErrEmpty},
		"too large":          {Usage{}, 101, errTooLarge(100)},
		"last that is open":  {Usage{Open: MaxOpen - 1}, 1, nil},
		"too many open":      {Usage{Open: MaxOpen}, 1, ErrTooMany},
		"too much open":      {Usage{Open: 1, OpenBytes: MaxOpenSizes*100 - 1}, 2, ErrTooMany},
		"the day is full":    {Usage{Bytes: 901}, 100, ErrQuota},
		"just fits":          {Usage{Bytes: 900}, 100, nil},
		"begun all day long": {Usage{Lately: MaxPerDay}, 1, ErrQuota},
	} {
		if got := mayUpload(l, c.used, c.size); !errors.Is(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	for s, want := range map[Standing][3]bool{ // use, read, see as an avatar
		{}:                            {},
		{Owner: true, Shared: true}:   {}, // of what there is not
		{Found: true}:                 {},
		{Found: true, Owner: true}:    {true, true, true},
		{Found: true, Shared: true}:   {true, true, false},
		{Found: true, Shown: true}:    {false, false, true},
		{Found: true, Feedback: true}: {false, true, false},
	} {
		if got := [3]bool{MayUse(s) == nil, mayRead(s) == nil, maySeeAvatar(s) == nil}; got != want {
			t.Errorf("%+v: %v, want %v", s, got, want)
		}
	}
}
