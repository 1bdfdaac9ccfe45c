package account

import (
	"slices"
	"strings"
	"testing"
)

func TestListIsSorted(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(commonPasswords, "\n"), "\n")
	if !slices.IsSorted(lines) || !strings.HasSuffix(commonPasswords, "\n") {
		t.Fatal("listed searches by halves and needs the lines in ascending order, each with its end")
	}
	for _, word := range []string{lines[0], lines[1], lines[len(lines)/2], lines[len(lines)-2], lines[len(lines)-1]} {
		if !listed(word) {
			t.Errorf("%q is not found", word)
		}
	}
	for _, word := range []string{"", "!", "zzzzzzzzzzzzzzzzz-not-there", "\xff"} {
		if listed(word) {
			t.Errorf("%q is found", word)
		}
	}
}

func TestIsCommon(t *testing.T) {
	for _, p := range []string{
		"password", "PASSWORD", "Password1", "password123", "Passw0rd!", "P@ssw0rd", "p4ssw0rd2024", "!password!", "dr4gon2024", "Dragon#99",
		"12345678", "123456789", "87654321", "1234567890", "01234567", "qwertyui", "QWERTYUIOP", "asdfghjkl", "qazwsxedc", "1q2w3e4r", "poiuytrewq",
		"aaaaaaaa", "abababab", "abcabcabc", "12341234", "ｐａｓｓｗｏｒｄ", "iloveyou", "iloveyou2", "sunsh1ne", "m1chelle", "woaini1314", "woaini520",
		"abcdefgh", "abcdefgh1", "qwertyuiasdf", "administrator", "letmein1", "welcome123", "happychat",
	} {
		if !isCommon(p) {
			t.Errorf("%q passes", p)
		}
	}
	for _, p := range []string{
		"correct horse battery staple", "vK8#mQ2x", "床前明月光疑是地上霜", "dragonfly-over-lake", "password is never enough", "9f3c1b7e", "kitchen table 7 moons",
		"Tr0ub4dor&3x", "le-pays-des-mille-eaux", "мой-дядя-самых-честных",
	} {
		if isCommon(p) {
			t.Errorf("%q is refused", p)
		}
	}
}

func BenchmarkIsCommon(b *testing.B) {
	p := strings.Repeat("qwertyui9", 22)
	for b.Loop() {
		isCommon(p)
	}
}
