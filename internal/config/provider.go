package config

import (
	"net"
	"net/url"
)

func githubSecret(c *Config) *Secret { return &c.GitHub.Secret }
func oidcSecret(c *Config) *Secret   { return &c.OIDC.Secret }

// providerSettings say by whose word people sign in.
var providerSettings = []setting{
	{
		name: "github-client-id", group: SignIn, value: "ID",
		help: "lets people sign in with GitHub: client ID of an OAuth app there, whose callback address is the public URL with /sign-in/github after it",
		set:  func(c *Config, v string) error { c.GitHub.ClientID = v; return nil },
		get:  func(c *Config) string { return c.GitHub.ClientID },
	},
	{
		name: "github-client-secret", group: SignIn, value: "SECRET", secret: true,
		help: "its client secret; a flag can be seen by everybody on this machine, so better use the variable or the file",
		set:  setOnce(githubSecret, "github-client-secret", func(v string) (string, error) { return v, nil }),
		get:  func(c *Config) string { return c.GitHub.Secret.Reveal() },
	},
	{
		name: "github-client-secret-file", group: SignIn, value: "FILE",
		help: "file whose first line is that secret",
		set:  setOnce(githubSecret, "github-client-secret", firstLine),
		get:  func(*Config) string { return "" },
	},
	{
		name: "github-url", group: SignIn, value: "URL", standard: "https://github.com",
		help: "where GitHub is, if it is a GitHub Enterprise Server",
		set: func(c *Config, v string) (err error) {
			c.GitHub.URL, err = origin(v)
			return err
		},
		get: func(c *Config) string { return c.GitHub.URL },
	},
	{
		name: "oidc-issuer", group: SignIn, value: "URL",
		help: "lets people sign in with an OpenID Connect provider, such as https://id.example.com/realms/club: the address that it calls itself by, below which it keeps .well-known/openid-configuration. There our callback address is the public URL with /sign-in/oidc after it",
		set: func(c *Config, v string) error {
			c.OIDC.Issuer = v
			_, err := endpoint(v)
			return err
		},
		get: func(c *Config) string { return c.OIDC.Issuer },
	},
	{
		name: "oidc-client-id", group: SignIn, value: "ID",
		help: "what this server is called there; needed with oidc-issuer",
		set:  func(c *Config, v string) error { c.OIDC.ClientID = v; return nil },
		get:  func(c *Config) string { return c.OIDC.ClientID },
	},
	{
		name: "oidc-client-secret", group: SignIn, value: "SECRET", secret: true,
		help: "the secret that goes with it; a flag can be seen by everybody on this machine, so better use the variable or the file",
		set:  setOnce(oidcSecret, "oidc-client-secret", func(v string) (string, error) { return v, nil }),
		get:  func(c *Config) string { return c.OIDC.Secret.Reveal() },
	},
	{
		name: "oidc-client-secret-file", group: SignIn, value: "FILE",
		help: "file whose first line is that secret",
		set:  setOnce(oidcSecret, "oidc-client-secret", firstLine),
		get:  func(*Config) string { return "" },
	},
	{
		name: "oidc-name", group: SignIn, value: "NAME",
		help: "what people call the provider, for the button “Continue with …”; without it the host name of the issuer",
		set:  func(c *Config, v string) error { c.OIDC.Name = v; return checkSiteName(v) },
		get:  func(c *Config) string { return c.OIDC.Name },
	},
}

// checkProviders checks what no setting of signing in with others can tell alone.
func (c *Config) checkProviders(groups Group) error {
	g, o := c.GitHub, c.OIDC
	switch {
	case g.ClientID == "" && (g.Secret != "" || g.URL != "" && g.URL != "https://github.com"):
		return Usagef("Settings of GitHub are set but --github-client-id is not: make an OAuth app there and name its client ID, or leave them all away.")
	case g.ClientID != "" && g.Secret == "":
		return Usagef("--github-client-id is set but its secret is not: set %sGITHUB_CLIENT_SECRET or --github-client-secret-file.", prefix)
	case o.Issuer == "" && (o.ClientID != "" || o.Secret != "" || o.Name != ""):
		return Usagef("Settings of OpenID Connect are set but --oidc-issuer is not: name the provider, or leave them all away.")
	case o.Issuer != "" && o.ClientID == "":
		return Usagef("--oidc-issuer is set but --oidc-client-id is not: register this server with the provider, and say what it is called there.")
	case o.Issuer != "" && o.Secret == "":
		return Usagef("--oidc-issuer is set but the secret is not: set %sOIDC_CLIENT_SECRET or --oidc-client-secret-file.", prefix)
	}
	for _, at := range []struct{ setting, address string }{{"github-url", g.URL}, {"oidc-issuer", o.Issuer}} {
		if u, err := url.Parse(at.address); err != nil || u.Scheme == "http" && !nearby(u.Hostname()) {
			return Usagef("--%s %s would send secrets readable through the network: use https.", at.setting, at.address)
		}
	}
	host, _, _ := net.SplitHostPort(c.Listen)
	if (g.ClientID != "" || o.Issuer != "") && groups&Network != 0 && c.PublicURL == "" && !loopback(host) {
		return Usagef("People are to sign in with others, but --public-url is not set: others send them back to it, so say where this server is, such as https://chat.example.com.")
	}
	return nil
}
