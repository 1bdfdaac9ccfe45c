// Package passkeytest is a device with passkeys for tests, and the browser that
// speaks for it: what WebAuthn Level 3 says in section 6, and what a forger
// would say instead.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// Flags of the authenticator data (section 6.1).
const (
	Present    = 0x01
	Verified   = 0x04
	Backupable = 0x08
	BackedUp   = 0x10
	attested   = 0x40
)

// Key is a passkey. Its fields may be changed before it is used, so that it
// says something else.
type Key struct {
	ID      []byte
	Handle  []byte // of the account
	Party   string // the RP ID
	Origin  string // of the page
	Flags   byte
	Counter uint32 // what it counts up to now; 0: it does not count
	Cross   bool   // the page is in a frame of another
	secret  *ecdsa.PrivateKey
}

// Made is what the browser says of a new passkey.
type Made struct{ ClientData, Object []byte }

// Used is what the browser says of a passkey that signed.
type Used struct{ ClientData, AuthenticatorData, Signature []byte }

// New gives a key that a device would make, and has told nobody of.
func New(party, origin string, handle []byte) *Key {
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // there is no randomness
	}
	k := &Key{ID: make([]byte, 32), Handle: handle, Party: party, Origin: origin, Flags: Present | Verified, secret: secret}
	_, _ = rand.Read(k.ID)
	return k
}

// CredentialID is the ID as browsers write it.
func (k *Key) CredentialID() string { return base64.RawURLEncoding.EncodeToString(k.ID) }

func (k *Key) clientData(kind, challenge string) []byte {
	text, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": k.Origin, "crossOrigin": k.Cross})
	if err != nil {
		panic(err) // strings can be written
	}
	return text
}

func (k *Key) authenticatorData(flags byte) []byte {
	party := sha256.Sum256([]byte(k.Party))
	return binary.BigEndian.AppendUint32(append(party[:], flags), k.Counter)
}

// Make answers navigator.credentials.create.
func (k *Key) Make(challenge string) Made {
	point, err := k.secret.PublicKey.Bytes() // 4, x, y
	if err != nil {
		panic(err) // the key was just made
	}
	public := encode(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	data := append(k.authenticatorData(k.Flags|attested), make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.ID)))
	data = append(append(data, k.ID...), public...)
	return Made{k.clientData("webauthn.create", challenge), encode(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})}
}

// Use answers navigator.credentials.get. A key that counts counts it.
func (k *Key) Use(challenge string) Used {
	if k.Counter > 0 {
		k.Counter++
	}
	return k.Sign(k.clientData("webauthn.get", challenge))
}

// Sign is Use for words of the browser's choice.
func (k *Key) Sign(clientData []byte) Used {
	out := Used{ClientData: clientData, AuthenticatorData: k.authenticatorData(k.Flags)}
	hash := sha256.Sum256(clientData)
	sum := sha256.Sum256(append(append([]byte{}, out.AuthenticatorData...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.secret, sum[:])
	if err != nil {
		panic(err) // the key was just made
	}
	out.Signature = signature
	return out
}

func encode(v any) []byte {
	b, err := webauthncbor.Marshal(v)
	if err != nil {
		panic(err) // plain values can be written
	}
	return b
}
