package webpush

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// recordSize is that of the one record there is (RFC 8188, section 2). What is
// said fits many times.
const recordSize = 4096

// Seal encrypts what only the device of the keys can read (RFC 8291).
func Seal(text []byte, publicKey, secret string) ([]byte, error) {
	point, err := base64.RawURLEncoding.DecodeString(publicKey)
	if err != nil {
		return nil, fmt.Errorf("public key of the device: %w", err)
	}
	auth, err := base64.RawURLEncoding.DecodeString(secret)
	if err != nil {
		return nil, fmt.Errorf("secret of the device: %w", err)
	}
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails since Go 1.24
	return seal(text, point, auth, own, salt)
}

func seal(text, point, auth []byte, own *ecdh.PrivateKey, salt []byte) ([]byte, error) {
	device, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		return nil, fmt.Errorf("public key of the device: %w", err)
	}
	shared, err := own.ECDH(device)
	if err != nil {
		return nil, err
	}
	public := own.PublicKey().Bytes()
	// RFC 8291, section 3.4.
	material, err := hkdf.Key(sha256.New, shared, auth, "WebPush: info\x00"+string(point)+string(public), 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, material, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, material, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	out := append([]byte(nil), salt...)
	out = binary.BigEndian.AppendUint32(out, recordSize)
	out = append(out, byte(len(public)))
	out = append(out, public...)
	// 2 ends the last record (RFC 8188, section 2).
	return gcm.Seal(out, nonce, append(append([]byte(nil), text...), 2), nil), nil
}
