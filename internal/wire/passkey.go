package wire

import (
	"encoding/base64"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// PasskeyParty is what passkeys are made for.
type PasskeyParty struct {
	ID     string `json:"id" doc:"The RP ID: the host name of the server" example:"chat.example.org"`
	Origin string `json:"origin" doc:"Of the pages that may ask for passkeys" example:"https://chat.example.org"`
}

// NewPasskeyParty makes the shape; nil: there are no passkeys here.
func NewPasskeyParty(p account.PasskeyParty, ok bool) *PasskeyParty {
	if !ok {
		return nil
	}
	return &PasskeyParty{ID: p.ID, Origin: p.Origin}
}

// Passkey is one of mine.
type Passkey struct {
	ID           ID     `json:"id"`
	Name         string `json:"name"`
	CredentialID string `json:"credentialId" doc:"By which the device knows it, in base64url"`
	BackedUp     bool   `json:"backedUp" doc:"Several devices have it"`
	Doubted      bool   `json:"doubted" doc:"It was refused once, because its counter went back: somebody may have a copy"`
	CreatedAt    int64  `json:"createdAt"`
	LastUsedAt   int64  `json:"lastUsedAt,omitempty" doc:"Left out when it never was"`
}

// NewPasskey makes the shape.
func NewPasskey(p account.Passkey) Passkey {
	return Passkey{
		ID: ID(p.ID), Name: p.Name, CredentialID: p.CredentialID, BackedUp: p.BackedUp, Doubted: p.Doubted,
		CreatedAt: p.CreatedAt, LastUsedAt: p.LastUsedAt,
	}
}

// Passkeys are mine, the oldest first.
type Passkeys struct {
	Passkeys   []Passkey `json:"passkeys"`
	UserHandle string    `json:"userHandle" doc:"By which devices know me, in base64url"`
}

// NewPasskeys makes the shape.
func NewPasskeys(me change.ID, list []account.Passkey) Passkeys {
	out := Passkeys{Passkeys: make([]Passkey, len(list)), UserHandle: base64.RawURLEncoding.EncodeToString(account.PasskeyHandle(me))}
	for i, p := range list {
		out.Passkeys[i] = NewPasskey(p)
	}
	return out
}

// PasskeyDescriptor names a passkey to a browser.
type PasskeyDescriptor struct {
	Type       string   `json:"type" enum:"public-key"`
	ID         string   `json:"id" doc:"base64url"`
	Transports []string `json:"transports,omitempty"`
}

const publicKey = "public-key"

func newPasskeyDescriptors(list []account.Passkey) []PasskeyDescriptor {
	out := make([]PasskeyDescriptor, len(list))
	for i, p := range list {
		out[i] = PasskeyDescriptor{Type: publicKey, ID: p.CredentialID}
		if p.Transports != "" {
			out[i].Transports = strings.Split(p.Transports, ",")
		}
	}
	return out
}

// patience is how long browsers wait for the person, in milliseconds.
var patience = account.ChallengeLife.Milliseconds()

// PasskeyCreation is what navigator.credentials.create takes, in the form of
// PublicKeyCredentialCreationOptionsJSON.
type PasskeyCreation struct {
	RP struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"rp"`
	User struct {
		ID          string `json:"id" doc:"base64url"`
		Name        string `json:"name"`
		DisplayName string `json:"displayName"`
	} `json:"user"`
	Challenge              string              `json:"challenge" doc:"base64url; it works once and for five minutes"`
	PubKeyCredParams       []PasskeyParameter  `json:"pubKeyCredParams"`
	Timeout                int64               `json:"timeout"`
	ExcludeCredentials     []PasskeyDescriptor `json:"excludeCredentials"`
	AuthenticatorSelection struct {
		ResidentKey        string `json:"residentKey" enum:"required"`
		RequireResidentKey bool   `json:"requireResidentKey"`
		UserVerification   string `json:"userVerification" enum:"required"`
	} `json:"authenticatorSelection"`
	Attestation string `json:"attestation" enum:"none"`
}

// PasskeyParameter is a kind of key.
type PasskeyParameter struct {
	Type string `json:"type" enum:"public-key"`
	Alg  int    `json:"alg" doc:"COSE"`
}

// NewPasskeyCreation makes the shape.
func NewPasskeyCreation(c account.PasskeyCreation) PasskeyCreation {
	out := PasskeyCreation{Challenge: c.Challenge, Timeout: patience, ExcludeCredentials: newPasskeyDescriptors(c.Have), Attestation: "none"}
	out.RP.ID, out.RP.Name = c.Party.ID, c.Party.Name
	out.User.ID, out.User.Name, out.User.DisplayName = base64.RawURLEncoding.EncodeToString(c.Handle), c.Username, c.Name
	for _, alg := range account.PasskeyAlgorithms {
		out.PubKeyCredParams = append(out.PubKeyCredParams, PasskeyParameter{publicKey, alg})
	}
	out.AuthenticatorSelection.ResidentKey, out.AuthenticatorSelection.RequireResidentKey = "required", true
	out.AuthenticatorSelection.UserVerification = "required"
	return out
}

// PasskeyRequest is what navigator.credentials.get takes, in the form of
// PublicKeyCredentialRequestOptionsJSON.
type PasskeyRequest struct {
	Challenge        string              `json:"challenge" doc:"base64url; it works once and for five minutes"`
	Timeout          int64               `json:"timeout"`
	RPID             string              `json:"rpId"`
	AllowCredentials []PasskeyDescriptor `json:"allowCredentials"`
	UserVerification string              `json:"userVerification" enum:"required,preferred"`
}

// NewPasskeyRequest makes the shape.
func NewPasskeyRequest(r account.PasskeyRequest) PasskeyRequest {
	out := PasskeyRequest{
		Challenge: r.Challenge, Timeout: patience, RPID: r.Party.ID, AllowCredentials: newPasskeyDescriptors(r.Allowed), UserVerification: "preferred",
	}
	if r.Verify {
		out.UserVerification = "required"
	}
	return out
}

// Bounds of what browsers say, in characters of base64url.
const (
	maxCredentialID = 1364 // 1023 bytes (WebAuthn Level 3, section 4)
	maxHandle       = 88   // 64 bytes
	maxClientData   = 8 << 10
	maxAttestation  = 64 << 10
	maxAuthData     = 8 << 10
	maxSignature    = 8 << 10
)

// unpack decodes base64url. What is none is empty, which the domain refuses.
func unpack(text string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil
	}
	return b
}

// PasskeyMade is a passkey that a browser made.
type PasskeyMade struct {
	Name              string   `json:"name,omitempty" doc:"As I call it; after the browser and the system if left out"`
	CredentialID      string   `json:"credentialId" doc:"id of the PublicKeyCredential"`
	ClientDataJSON    string   `json:"clientDataJSON" doc:"Of its response, in base64url"`
	AttestationObject string   `json:"attestationObject" doc:"Of its response, in base64url"`
	Transports        []string `json:"transports,omitempty" doc:"What getTransports() of its response gives"`
}

// TransformSchema implements huma.SchemaTransformer.
func (PasskeyMade) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "name", 0, account.MaxPasskeyName)
	limit(s, "credentialId", 1, maxCredentialID)
	limit(s, "clientDataJSON", 1, maxClientData)
	limit(s, "attestationObject", 1, maxAttestation)
	most(s, "transports", 10)
	return s
}

// Domain gives what was made.
func (m PasskeyMade) Domain() account.Attestation {
	return account.Attestation{CredentialID: m.CredentialID, ClientData: unpack(m.ClientDataJSON), Object: unpack(m.AttestationObject), Transports: m.Transports}
}

// PasskeyUsed is what a browser says of a passkey that signed.
type PasskeyUsed struct {
	CredentialID      string `json:"credentialId" doc:"id of the PublicKeyCredential"`
	ClientDataJSON    string `json:"clientDataJSON" doc:"Of its response, in base64url"`
	AuthenticatorData string `json:"authenticatorData" doc:"Of its response, in base64url"`
	Signature         string `json:"signature" doc:"Of its response, in base64url"`
	UserHandle        string `json:"userHandle,omitempty" doc:"Of its response, in base64url; needed where the passkey stands for the password"`
}

func limitPasskeyUsed(s *huma.Schema) {
	limit(s, "credentialId", 1, maxCredentialID)
	limit(s, "clientDataJSON", 1, maxClientData)
	limit(s, "authenticatorData", 1, maxAuthData)
	limit(s, "signature", 1, maxSignature)
	limit(s, "userHandle", 0, maxHandle)
}

// Domain gives what was said.
func (u PasskeyUsed) Domain() account.Assertion {
	return account.Assertion{
		CredentialID: u.CredentialID, ClientData: unpack(u.ClientDataJSON), AuthenticatorData: unpack(u.AuthenticatorData),
		Signature: unpack(u.Signature), Handle: unpack(u.UserHandle),
	}
}

// PasskeySignIn signs in with a passkey.
type PasskeySignIn struct {
	Remember bool `json:"remember,omitempty" doc:"As in signing in with a password"`
	Use
	PasskeyUsed
}

// TransformSchema implements huma.SchemaTransformer.
func (PasskeySignIn) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limitPasskeyUsed(s)
	return s
}

// FactorBegin asks for what a passkey needs as second step.
type FactorBegin struct {
	Challenge string `json:"challenge" doc:"Of session.second_factor"`
}

// TransformSchema implements huma.SchemaTransformer.
func (FactorBegin) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "challenge", 1, maxToken)
	return s
}

// PasskeyFactor is the second step of a sign-in, with a passkey.
type PasskeyFactor struct {
	Challenge string `json:"challenge" doc:"Of session.second_factor"`
	Use
	PasskeyUsed
}

// TransformSchema implements huma.SchemaTransformer.
func (PasskeyFactor) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "challenge", 1, maxToken)
	limitPasskeyUsed(s)
	return s
}

// PasskeyAdded is a new passkey.
type PasskeyAdded struct {
	Passkey       Passkey  `json:"passkey"`
	RecoveryCodes []string `json:"recoveryCodes" doc:"Where it turned the second step on: each works once in its place, and they are not shown again"`
}

// NewPasskeyAdded makes the shape.
func NewPasskeyAdded(p account.Passkey, codes []string) PasskeyAdded {
	return PasskeyAdded{Passkey: NewPasskey(p), RecoveryCodes: append([]string{}, codes...)}
}

// PasskeyName renames a passkey.
type PasskeyName struct {
	Name string `json:"name"`
}

// TransformSchema implements huma.SchemaTransformer.
func (PasskeyName) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "name", 1, account.MaxPasskeyName)
	return s
}
