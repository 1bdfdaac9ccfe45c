package account

import (
	"strings"
	"testing"
)

// RFC 4226, appendix D, and RFC 6238, appendix B (of which six digits are kept).
func TestHOTPVectors(t *testing.T) {
	secret := []byte("12345678901234567890")
	for counter, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := hotp(secret, uint64(counter)); got != want {
			t.Errorf("%d: %s, want %s", counter, got, want)
		}
	}
	for seconds, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got := hotp(secret, uint64(stepOf(seconds*1000))); got != want {
			t.Errorf("at %d: %s, want %s", seconds, got, want)
		}
	}
}

func TestUsable(t *testing.T) {
	secret := []byte("12345678901234567890")
	const now = 1_000_000_000_000
	step := stepOf(now)
	totp := TOTP{Secret: secretText.EncodeToString(secret)}
	for _, c := range []struct {
		name     string
		last, at int64
		want     int64
	}{
		{"now", 0, step, step},
		{"a step early", 0, step + 1, step + 1},
		{"a step late", 0, step - 1, step - 1},
		{"two steps early", 0, step + 2, 0},
		{"two steps late", 0, step - 2, 0},
		{"used", step, step, 0},
		{"older than one that was used", step, step - 1, 0},
		{"newer than one that was used", step, step + 1, step + 1},
	} {
		totp.LastStep = c.last
		if got := totp.usable(hotp(secret, uint64(c.at)), now); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	totp.LastStep = 0
	for _, code := range []string{"", "12345", "1234567", strings.Repeat("0", 6) + "x"} {
		if totp.usable(code, now) != 0 {
			t.Errorf("%q is taken", code)
		}
	}
}

func TestKeyURI(t *testing.T) {
	got := KeyURI("乐聊 & Co", "lan", "ABC")
	if want := "otpauth://totp/%E4%B9%90%E8%81%8A%20%26%20Co:lan?secret=ABC&issuer=%E4%B9%90%E8%81%8A%20%26%20Co"; got != want {
		t.Error(got)
	}
}
