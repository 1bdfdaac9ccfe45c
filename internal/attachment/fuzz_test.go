package attachment_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/happychat/happychat/internal/attachment"
)

// FuzzCleanName: whatever a client calls a file, the name is one line that leads
// nowhere, and clean once more it stays.
func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"报告.pdf", "../../x", `C:\x`, "a\u202eb", "\xff\xfe", "", "....", strings.Repeat("x", 300) + ".gz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := attachment.CleanName(s)
		if name == "" || name == "." || name == ".." || !utf8.ValidString(name) || utf8.RuneCountInString(name) > attachment.MaxName ||
			strings.ContainsAny(name, `/\`) || strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control) }) {
			t.Errorf("%q became %q", s, name)
		}
		if again := attachment.CleanName(name); again != name {
			t.Errorf("%q became %q, and that %q", s, name, again)
		}
	})
}
