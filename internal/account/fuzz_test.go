package account

import (
	"testing"
	"unicode/utf8"
)

// Whatever is typed is taken or refused, and what is taken is stored as a text
// that names one account only.
func FuzzTyped(f *testing.F) {
	for _, s := range []string{"", "ann", "王小明", "cafe\u0301", "ann@example.org", "P@ssw0rd!", "\xff\x00", "ﷺﷺ", "$argon2id$v=19$m=64,t=1,p=1$YWJjZGVmZ2g$YWJjZGVmZ2hpamtsbW5vcA"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if name, err := checkUsername("username", s); err == nil {
			again, err := checkUsername("username", name)
			if err != nil || again != name {
				t.Errorf("%q was taken as %q, and that as %q, %v", s, name, again, err)
			}
			if key := UsernameKey(name); key == "" || UsernameKey(key) != key || key != UsernameKey(s) {
				t.Errorf("%q has the key %q, and that %q", s, key, UsernameKey(key))
			}
			if n := utf8.RuneCountInString(name); n < MinUsername || n > MaxUsername || !utf8.ValidString(name) {
				t.Errorf("%q was taken", s)
			}
		}
		if email, err := checkEmail("email", s); err == nil {
			if again, err := checkEmail("email", email); err != nil || again != email || EmailKey(EmailKey(email)) != EmailKey(email) {
				t.Errorf("%q was taken as %q, and that as %q, %v", s, email, again, err)
			}
		}
		if err := checkPassword("password", s, "ann", "ann@example.org"); err == nil && utf8.RuneCountInString(s) < MinPassword {
			t.Errorf("%q was taken", s)
		}
		_, _, _, _ = parseHash(s)
		cut(s, MaxDevice)
		loginKey(storable(s))
	})
}
