// Package openid asks providers who somebody is: any that speaks OpenID Connect
// with discovery, and GitHub, which speaks OAuth 2 and a dialect of its own. It
// decides nothing about who may do what here; that is package account.
package openid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/fetch"
)

// Options of an OpenID Connect provider.
type Options struct {
	Issuer   string // whoever runs the server named it, so it may be anywhere
	ClientID string
	Secret   string
	// Back is the address that browsers come back to.
	Back  string
	Clock change.Clock
}

const (
	// known is how long what a provider tells of itself is used.
	known = time.Hour
	// answers of providers are small; the largest is a set of keys.
	maxAnswer = 512 << 10
	// maxTime is how long one request may take.
	maxTime = 10 * time.Second
	// redirects are followed of what only reads.
	redirects = 3
)

// Provider is one that speaks OpenID Connect. It implements account.Voucher.
type Provider struct {
	options Options
	http    *http.Client

	turn  chan struct{} // holds one while somebody looks at found
	found *found
}

// found is what a provider tells of itself (OpenID Connect Discovery, section 3).
type found struct {
	*oidc.Provider
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
	// issuer: answers name the issuer (RFC 9207).
	issuer bool
	at     int64
}

// New makes a voucher. The provider is asked for the first time when somebody
// wants to go there.
func New(o Options) (*Provider, error) {
	u, err := url.Parse(o.Issuer)
	if err != nil {
		return nil, err
	}
	return &Provider{
		options: o, turn: make(chan struct{}, 1),
		http: fetch.New(fetch.Options{Trusted: []string{u.Hostname()}, Bytes: maxAnswer, Time: maxTime, Redirects: redirects}),
	}, nil
}

// discover gives what the provider tells of itself. When it can not be asked
// anew, what it told before counts.
func (p *Provider) discover(ctx context.Context) (*found, error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	now := p.options.Clock.Now()
	if p.found != nil && now-p.found.at < change.Ms(known) {
		return p.found, nil
	}
	f, err := p.ask(ctx)
	if err == nil {
		f.at = now
		p.found = f
	}
	if p.found != nil {
		return p.found, nil
	}
	return nil, err
}

func (p *Provider) ask(ctx context.Context) (*found, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, p.http), p.options.Issuer)
	if err != nil {
		return nil, err
	}
	var more struct {
		AuthURL     string   `json:"authorization_endpoint"`
		TokenURL    string   `json:"token_endpoint"`
		KeysURL     string   `json:"jwks_uri"`
		UserInfoURL string   `json:"userinfo_endpoint"`
		Methods     []string `json:"token_endpoint_auth_methods_supported"`
		Issuer      bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := provider.Claims(&more); err != nil {
		return nil, err
	}
	for _, at := range []string{more.AuthURL, more.TokenURL, more.KeysURL} {
		if err := p.usable(at); err != nil {
			return nil, err
		}
	}
	if more.UserInfoURL != "" {
		if err := p.usable(more.UserInfoURL); err != nil {
			return nil, err
		}
	}
	endpoint := provider.Endpoint()
	// Without a word about it, it is HTTP Basic (Discovery, section 3).
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &found{
		Provider: provider, issuer: more.Issuer,
		oauth: oauth2.Config{
			ClientID: p.options.ClientID, ClientSecret: p.options.Secret, Endpoint: endpoint, RedirectURL: p.options.Back,
			Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
		},
		verifier: provider.Verifier(&oidc.Config{
			ClientID: p.options.ClientID, Now: func() time.Time { return time.UnixMilli(p.options.Clock.Now()) },
		}),
	}, nil
}

// usable refuses an address that browsers must not be sent to, or secrets.
func (p *Provider) usable(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return fmt.Errorf("it names %q, which is no address", address)
	}
	issuer, err := url.Parse(p.options.Issuer)
	if err != nil {
		return err
	}
	if u.Scheme != "https" && (u.Scheme != "http" || issuer.Scheme != "http") {
		return fmt.Errorf("it names %q, which is not https as it is itself", address)
	}
	return nil
}

// Address implements account.Voucher.
func (p *Provider) Address(ctx context.Context, proof account.Proof) (string, error) {
	f, err := p.discover(ctx)
	if err != nil {
		return "", fmt.Errorf("%w: %w", account.ErrProvider, err)
	}
	return f.oauth.AuthCodeURL(proof.State, oidc.Nonce(proof.Nonce), oauth2.S256ChallengeOption(proof.Verifier)), nil
}

// Redeem implements account.Voucher.
func (p *Provider) Redeem(ctx context.Context, a account.Arrival, proof account.Proof) (account.Claim, error) {
	f, err := p.discover(ctx)
	if err != nil {
		return account.Claim{}, fmt.Errorf("%w: %w", account.ErrProvider, err)
	}
	if a.Issuer != "" && a.Issuer != p.options.Issuer || f.issuer && a.Issuer == "" {
		return account.Claim{}, fmt.Errorf("%w: another issuer sent the browser back: %q", account.ErrNotProven, a.Issuer)
	}
	ctx = oidc.ClientContext(ctx, p.http)
	token, err := f.oauth.Exchange(ctx, a.Code, oauth2.VerifierOption(proof.Verifier))
	if err != nil {
		return account.Claim{}, exchanged(err)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return account.Claim{}, fmt.Errorf("%w: there is no ID token in its answer", account.ErrProvider)
	}
	id, err := f.verifier.Verify(ctx, raw)
	if err != nil {
		return account.Claim{}, fmt.Errorf("%w: %w", account.ErrNotProven, err)
	}
	if id.Nonce != proof.Nonce {
		return account.Claim{}, fmt.Errorf("%w: the nonce is another", account.ErrNotProven)
	}
	var said claims
	if err := id.Claims(&said); err != nil {
		return account.Claim{}, fmt.Errorf("%w: %w", account.ErrProvider, err)
	}
	// Several may have it addressed to them; then it says to whom it was given
	// (OpenID Connect Core, section 3.1.3.7).
	if said.Party != "" && said.Party != p.options.ClientID || len(id.Audience) > 1 && said.Party == "" {
		return account.Claim{}, fmt.Errorf("%w: it was given to %q", account.ErrNotProven, said.Party)
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return account.Claim{}, fmt.Errorf("%w: %w", account.ErrNotProven, err)
		}
	}
	if said.Email == "" && f.UserInfoEndpoint() != "" {
		info, err := f.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return account.Claim{}, fmt.Errorf("%w: %w", account.ErrProvider, err)
		}
		if info.Subject != id.Subject {
			return account.Claim{}, fmt.Errorf("%w: it tells of somebody else", account.ErrNotProven)
		}
		if err := info.Claims(&said); err != nil {
			return account.Claim{}, fmt.Errorf("%w: %w", account.ErrProvider, err)
		}
	}
	return account.Claim{
		Issuer: p.options.Issuer, Subject: id.Subject, Label: first(said.PreferredUsername, said.Email, said.Name),
		Username: first(said.PreferredUsername, said.Nickname), Name: first(said.Name, said.Nickname),
		Email: said.Email, EmailVerified: bool(said.EmailVerified),
	}, nil
}

// claims are the standard ones that are of use here (OpenID Connect Core,
// section 5.1).
type claims struct {
	Party             string `json:"azp"`
	Name              string `json:"name"`
	Nickname          string `json:"nickname"`
	PreferredUsername string `json:"preferred_username"`
	Email             string `json:"email"`
	EmailVerified     truth  `json:"email_verified"`
}

// truth is a boolean, which some write as text. Everything but true is false.
type truth bool

// UnmarshalJSON implements json.Unmarshaler.
func (t *truth) UnmarshalJSON(b []byte) error {
	*t = string(b) == "true" || string(b) == `"true"`
	return nil
}

var _ json.Unmarshaler = (*truth)(nil)

// exchanged tells a code that is refused from a provider that fails.
func exchanged(err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.ErrorCode != "" &&
		(refused.Response == nil || refused.Response.StatusCode < http.StatusInternalServerError) {
		switch refused.ErrorCode {
		case "invalid_client", "unauthorized_client", "incorrect_client_credentials":
			// Whoever runs the server set something wrong.
			return fmt.Errorf("%w: it does not know this server: %s", account.ErrProvider, refused.ErrorCode)
		}
		return fmt.Errorf("%w: it says %s", account.ErrNotProven, refused.ErrorCode)
	}
	return fmt.Errorf("%w: %w", account.ErrProvider, err)
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
