package account

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"
)

// What passes between a browser and us when a passkey is made or used. The
// library compares and computes; here is what is asked of it, as functions of
// nothing but their arguments.

// PasskeyCreation is what a browser needs to make a passkey.
type PasskeyCreation struct {
	Party          PasskeyParty
	Challenge      string
	Handle         []byte // of the account
	Username, Name string
	Have           []Passkey // of the account: a device that has one makes no second
}

// PasskeyRequest is what a browser needs to use a passkey.
type PasskeyRequest struct {
	Party     PasskeyParty
	Challenge string
	// Allowed are those that may be used; none: whichever the device has.
	Allowed []Passkey
	// Verify: the device must find out who uses it, by a finger or a code.
	Verify bool
}

// Attestation is what a browser says of a passkey that was made.
type Attestation struct {
	CredentialID string // base64url
	ClientData   []byte
	Object       []byte
	Transports   []string
}

// Assertion is what a browser says of a passkey that was used.
type Assertion struct {
	CredentialID      string // base64url
	ClientData        []byte
	AuthenticatorData []byte
	Signature         []byte
	Handle            []byte // of the account, if the device knows it
}

// PasskeyAlgorithms are those that keys may have (COSE), the best first: what
// WebAuthn Level 3 recommends in section 5.4.
var PasskeyAlgorithms = []int{int(webauthncose.AlgEdDSA), int(webauthncose.AlgES256), int(webauthncose.AlgRS256)}

// passkeys does the computing for one party.
type passkeys struct {
	party PasskeyParty
	lib   *webauthn.WebAuthn
}

func newPasskeys(party PasskeyParty) (*passkeys, error) {
	lib, err := webauthn.New(&webauthn.Config{RPID: party.ID, RPDisplayName: party.Name, RPOrigins: []string{party.Origin}})
	return &passkeys{party: party, lib: lib}, err
}

// holder is an account as the library wants it.
type holder struct {
	handle []byte
	keys   []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return h.handle }
func (h holder) WebAuthnName() string                       { return "" }
func (h holder) WebAuthnDisplayName() string                { return "" }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

var base64url = base64.RawURLEncoding

// envelope is what both kinds of answers are in.
func envelope(credentialID string) (protocol.PublicKeyCredential, error) {
	raw, err := base64url.DecodeString(credentialID)
	return protocol.PublicKeyCredential{
		Credential: protocol.Credential{ID: credentialID, Type: string(protocol.PublicKeyCredentialType)}, RawID: raw,
	}, err
}

// made reads what a browser says of a new passkey for an account, and gives the
// challenge that it answers. Whether that is one of ours is not looked at. The
// error tells that something in it is wrong; the challenge is given all the
// same if there is one.
func (k *passkeys) made(a Attestation, handle []byte) (Passkey, string, error) {
	out, err := envelope(a.CredentialID)
	if err != nil {
		return Passkey{}, "", err
	}
	response := protocol.AuthenticatorAttestationResponse{Transports: a.Transports, AttestationObject: a.Object}
	response.ClientDataJSON = a.ClientData
	parsed, err := protocol.CredentialCreationResponse{PublicKeyCredential: out, AttestationResponse: response}.Parse()
	if err != nil {
		return Passkey{}, "", err
	}
	challenge := parsed.Response.CollectedClientData.Challenge
	algorithms := make([]protocol.CredentialParameter, len(PasskeyAlgorithms))
	for i, algorithm := range PasskeyAlgorithms {
		algorithms[i] = protocol.CredentialParameter{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.COSEAlgorithmIdentifier(algorithm)}
	}
	made, err := k.lib.CreateCredential(holder{handle: handle}, webauthn.SessionData{
		Challenge: challenge, RelyingPartyID: k.party.ID, UserID: handle, UserVerification: protocol.VerificationRequired, CredParams: algorithms,
	}, parsed)
	if err != nil {
		return Passkey{}, challenge, err
	}
	return Passkey{
		CredentialID: base64url.EncodeToString(made.ID), PublicKey: base64url.EncodeToString(made.PublicKey),
		Counter: int64(made.Authenticator.SignCount), Transports: transports(made.Transport),
		Backupable: made.Flags.BackupEligible, BackedUp: made.Flags.BackupState,
	}, challenge, nil
}

// transports keeps what browsers may be told again. What a browser says of them
// is a word of its choice.
func transports(list []protocol.AuthenticatorTransport) string {
	var words []string
	for _, t := range list {
		known := slices.Contains([]protocol.AuthenticatorTransport{protocol.USB, protocol.NFC, protocol.BLE, protocol.SmartCard, protocol.Hybrid, protocol.Internal}, t)
		if known && !slices.Contains(words, string(t)) {
			words = append(words, string(t))
		}
	}
	return strings.Join(words, ",")
}

// answer is an Assertion that can be read.
type answer struct {
	parsed    *protocol.ParsedCredentialAssertionData
	challenge string
}

// read reads what a browser says of a passkey that was used.
func (a Assertion) read() (answer, error) {
	out, err := envelope(a.CredentialID)
	if err != nil {
		return answer{}, err
	}
	response := protocol.AuthenticatorAssertionResponse{AuthenticatorData: a.AuthenticatorData, Signature: a.Signature, UserHandle: a.Handle}
	response.ClientDataJSON = a.ClientData
	parsed, err := protocol.CredentialAssertionResponse{PublicKeyCredential: out, AssertionResponse: response}.Parse()
	if err != nil {
		return answer{}, err
	}
	return answer{parsed, parsed.Response.CollectedClientData.Challenge}, nil
}

// used gives a passkey as it is after an answer that it signed. Whether the
// challenge is one of ours, and the counter, are not looked at.
func (k *passkeys) used(p Passkey, a answer, verify bool) (Passkey, error) {
	id, err := base64url.DecodeString(p.CredentialID)
	if err != nil {
		return p, err
	}
	key, err := base64url.DecodeString(p.PublicKey)
	if err != nil {
		return p, err
	}
	handle := PasskeyHandle(p.AccountID)
	session := webauthn.SessionData{Challenge: a.challenge, RelyingPartyID: k.party.ID, UserID: handle, UserVerification: protocol.VerificationPreferred}
	if verify {
		session.UserVerification = protocol.VerificationRequired
	}
	before := webauthn.Credential{
		ID: id, PublicKey: key, Flags: webauthn.CredentialFlags{BackupEligible: p.Backupable, BackupState: p.BackedUp},
	}
	after, err := k.lib.ValidateLogin(holder{handle, []webauthn.Credential{before}}, session, a.parsed)
	if err != nil {
		return p, err
	}
	p.BackedUp = after.Flags.BackupState
	return p, nil
}

// wentBack tells that a device that counts counts less than it did, as a copy
// of it would (WebAuthn Level 3, section 6.1.1).
func (a answer) wentBack(before int64) bool {
	now := int64(a.parsed.Response.AuthenticatorData.Counter)
	return now <= before && (now != 0 || before != 0)
}
