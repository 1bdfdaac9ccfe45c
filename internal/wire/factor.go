package wire

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/account"
)

// SecondFactor tells how a sign-in whose password was right goes on.
type SecondFactor struct {
	Challenge string   `json:"challenge" doc:"For POST /sessions/factor, or for POST /sessions/factor/passkey-challenge"`
	Methods   []string `json:"methods" enum:"passkey,totp,recovery" doc:"The most convenient first"`
	ExpiresAt int64    `json:"expiresAt"`
}

// NewFactorProblem makes the problem of a sign-in that needs a second factor.
func NewFactorProblem(f *account.FactorNeeded) *Problem {
	p := NewProblem(account.ErrSecondFactor)
	p.SecondFactor = &SecondFactor{Challenge: f.Token, ExpiresAt: f.ExpiresAt}
	for _, m := range f.Methods {
		p.SecondFactor.Methods = append(p.SecondFactor.Methods, string(m))
	}
	return p
}

// maxCode bounds codes of the second step, however they are spaced.
const maxCode = 40

// FactorSignIn is the second step of a sign-in.
type FactorSignIn struct {
	Challenge string `json:"challenge"`
	Code      string `json:"code" doc:"Of the app, or a recovery code; either works once"`
	Use
}

// TransformSchema implements huma.SchemaTransformer.
func (FactorSignIn) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "challenge", 1, maxToken)
	limit(s, "code", 1, maxCode)
	return s
}

// Factors are what an account has besides its password.
type Factors struct {
	TOTP          bool `json:"totp" doc:"Codes of an app are a second step"`
	Passkeys      int  `json:"passkeys" doc:"How many passkeys there are; each is a second step, and can stand for the password"`
	RecoveryCodes int  `json:"recoveryCodes" doc:"How many are left"`
}

// NewFactors makes the shape.
func NewFactors(f account.Factors) Factors {
	return Factors{TOTP: f.TOTP, Passkeys: f.Passkeys, RecoveryCodes: f.RecoveryCodes}
}

// TOTPSecret is for an app that shows codes.
type TOTPSecret struct {
	Secret string `json:"secret" doc:"To be typed, in base32"`
	URI    string `json:"uri" doc:"To be shown as a QR code"`
}

// FactorCode shows that the app works.
type FactorCode struct {
	Code string `json:"code"`
}

// TransformSchema implements huma.SchemaTransformer.
func (FactorCode) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "code", 1, maxCode)
	return s
}

// RecoveryCodes are shown once.
type RecoveryCodes struct {
	RecoveryCodes []string `json:"recoveryCodes" doc:"Each works once, in place of a code of the app or a passkey; they are not shown again. None where there are some already"`
}

// NewRecoveryCodes makes the shape.
func NewRecoveryCodes(codes []string) RecoveryCodes {
	return RecoveryCodes{RecoveryCodes: append([]string{}, codes...)}
}
