package app

import (
	"net/url"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/openid"
	"github.com/happychat/happychat/internal/wire"
)

// comeBack is the page of the web app that browsers come back to from a
// provider; its key follows.
const comeBack = "/sign-in/"

// providers makes those by whose word people sign in.
func (a *App) providers() (list []account.Provider, err error) {
	if g := a.config.GitHub; g.ClientID != "" {
		v, err := openid.NewGitHub(openid.GitHubOptions{URL: g.URL, ClientID: g.ClientID, Secret: g.Secret.Reveal(), Back: a.base.String() + comeBack + "github"})
		if err != nil {
			return nil, err
		}
		list = append(list, account.Provider{Key: "github", Name: "GitHub", Voucher: v})
	}
	if o := a.config.OIDC; o.Issuer != "" {
		v, err := openid.New(openid.Options{
			Issuer: o.Issuer, ClientID: o.ClientID, Secret: o.Secret.Reveal(), Back: a.base.String() + comeBack + "oidc", Clock: a.options.Clock,
		})
		if err != nil {
			return nil, err
		}
		name := o.Name
		if name == "" {
			u, err := url.Parse(o.Issuer)
			if err != nil {
				return nil, err
			}
			name = u.Hostname()
		}
		list = append(list, account.Provider{Key: "oidc", Name: name, Voucher: v})
	}
	return list, nil
}

// providerInfo is what anybody may know of them.
func providerInfo(list []account.Provider) []wire.Provider {
	out := make([]wire.Provider, len(list))
	for i, p := range list {
		out[i] = wire.Provider{Key: p.Key, Name: p.Name}
	}
	return out
}
