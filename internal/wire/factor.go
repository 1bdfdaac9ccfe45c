package wire

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/account"
)

// SecondFactor tells how a sign-in whose password was right goes on.
type SecondFactor struct {
	Challenge string   `json:"challenge" doc:"For POST /sessions/factor"`
	Methods   []string `json:"methods" enum:"totp,recovery"`
	ExpiresAt int64    `json:"expiresAt"`
}

// NewFactorProblem makes the problem of a sign-in that needs a second factor.
func NewFactorProblem(f *account.FactorNeeded) *Problem {
	p := NewProblem(account.ErrSecondFactor)
	p.SecondFactor = &SecondFactor{Challenge: f.Token, Methods: []string{"totp", "recovery"}, ExpiresAt: f.ExpiresAt}
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
	TOTP          bool `json:"totp" doc:"Signing in takes a code of an app"`
	RecoveryCodes int  `json:"recoveryCodes" doc:"How many are left"`
}

// NewFactors makes the shape.
func NewFactors(f account.Factors) Factors {
	return Factors{TOTP: f.TOTP, RecoveryCodes: f.RecoveryCodes}
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
	RecoveryCodes []string `json:"recoveryCodes" doc:"Each works once, in place of a code of the app; they are not shown again"`
}
