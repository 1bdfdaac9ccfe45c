package apptest

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what RFC 6238 and every app use
	"encoding/base32"
	"encoding/binary"
	"fmt"
)

// CodeOf is what an app shows for a secret at a time (RFC 6238), written once
// more, apart from what it tests.
func CodeOf(secret string, ms int64) (string, error) {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha1.New, key)
	if err := binary.Write(mac, binary.BigEndian, ms/30_000); err != nil {
		return "", err
	}
	sum := mac.Sum(nil)
	at := sum[19] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000), nil
}
