package openid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"golang.org/x/oauth2"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/fetch"
)

// GitHubOptions of GitHub.
type GitHubOptions struct {
	URL      string // "https://github.com", or a GitHub Enterprise Server
	ClientID string
	Secret   string
	// Back is the address that browsers come back to.
	Back string
}

// PublicGitHub is where most people's GitHub is. Its API has a host of its own;
// that of an Enterprise Server is below its address.
const PublicGitHub = "https://github.com"

// GitHub is no OpenID Connect provider: it gives an access token, with which it
// is asked who somebody is. It implements account.Voucher.
type GitHub struct {
	oauth  oauth2.Config
	issuer string
	api    string
	http   *http.Client
}

// NewGitHub makes a voucher.
func NewGitHub(o GitHubOptions) (*GitHub, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	api := o.URL + "/api/v3"
	if o.URL == PublicGitHub {
		api = "https://api.github.com"
	}
	return &GitHub{
		issuer: o.URL, api: api,
		http: fetch.New(fetch.Options{Trusted: []string{u.Hostname()}, Bytes: maxAnswer, Time: maxTime, Redirects: redirects}),
		oauth: oauth2.Config{
			ClientID: o.ClientID, ClientSecret: o.Secret, RedirectURL: o.Back,
			Endpoint: oauth2.Endpoint{
				AuthURL: o.URL + "/login/oauth/authorize", TokenURL: o.URL + "/login/oauth/access_token", AuthStyle: oauth2.AuthStyleInParams,
			},
			// Nothing but reading the addresses: name and number are public.
			Scopes: []string{"user:email"},
		},
	}, nil
}

// Address implements account.Voucher.
func (g *GitHub) Address(_ context.Context, proof account.Proof) (string, error) {
	return g.oauth.AuthCodeURL(proof.State, oauth2.S256ChallengeOption(proof.Verifier)), nil
}

// Redeem implements account.Voucher. The code is bound to this visit by PKCE,
// which stands for the nonce.
func (g *GitHub) Redeem(ctx context.Context, a account.Arrival, proof account.Proof) (account.Claim, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, g.http)
	token, err := g.oauth.Exchange(ctx, a.Code, oauth2.VerifierOption(proof.Verifier))
	if err != nil {
		return account.Claim{}, exchanged(err)
	}
	var user struct {
		ID    int64  `json:"id"`
		Login string `json:"login"`
		Name  string `json:"name"`
	}
	if err := g.get(ctx, token, "/user", &user); err != nil {
		return account.Claim{}, fmt.Errorf("%w: %w", account.ErrProvider, err)
	}
	if user.ID <= 0 {
		return account.Claim{}, fmt.Errorf("%w: it does not say who it is", account.ErrProvider)
	}
	c := account.Claim{
		// Names are given to others when somebody changes theirs; numbers are not.
		Issuer: g.issuer, Subject: strconv.FormatInt(user.ID, 10), Label: user.Login, Username: user.Login, Name: user.Name,
	}
	c.Email, c.EmailVerified, err = g.email(ctx, token)
	if err != nil {
		return account.Claim{}, fmt.Errorf("%w: %w", account.ErrProvider, err)
	}
	return c, nil
}

const (
	emailsPerPage = 100
	emailPages    = 5
)

// email gives the primary address, and whether it is verified. Other addresses
// are not looked at: somebody may have one that is another's by now.
func (g *GitHub) email(ctx context.Context, token *oauth2.Token) (string, bool, error) {
	for page := 1; page <= emailPages; page++ {
		var list []struct {
			Email    string `json:"email"`
			Primary  bool   `json:"primary"`
			Verified bool   `json:"verified"`
		}
		err := g.get(ctx, token, fmt.Sprintf("/user/emails?per_page=%d&page=%d", emailsPerPage, page), &list)
		if status, ok := errors.AsType[statusError](err); ok && (status == http.StatusForbidden || status == http.StatusNotFound) {
			return "", false, nil // this was not agreed to
		}
		if err != nil {
			return "", false, err
		}
		for _, e := range list {
			if e.Primary {
				return e.Email, e.Verified, nil
			}
		}
		if len(list) == 0 {
			break
		}
	}
	return "", false, nil
}

type statusError int

func (s statusError) Error() string { return fmt.Sprintf("it answers %d", int(s)) }

func (g *GitHub) get(ctx context.Context, token *oauth2.Token, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.api+path, nil)
	if err != nil {
		return err
	}
	token.SetAuthHeader(req)
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	req.Header.Set("User-Agent", "happychat") // without one it answers nothing
	res, err := g.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return statusError(res.StatusCode)
	}
	return json.NewDecoder(res.Body).Decode(into)
}
