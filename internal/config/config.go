// Package config turns flags and HAPPYCHAT_… variables into one typed, checked
// struct, and finds the command that they are for. It opens nothing but the
// files that hold secrets, keeps no globals, and knows no other package.
package config

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Config is what an installation is told. Every value has been checked.
type Config struct {
	Listen   string // host:port; an empty host means every address, port 0 a free one
	Data     string // the data directory
	Database string // "" for SQLite inside Data, otherwise a postgres:// URL

	NATS NATS

	// PublicURL is where people reach the server, for the links in mails:
	// "https://chat.example.com", never with a slash at the end. "" if not told;
	// see LinkBase.
	PublicURL string
	// TrustedProxies are those whose X-Forwarded-For counts.
	TrustedProxies []netip.Prefix
	// AllowedOrigins may use the server from a page that it did not serve,
	// besides its own origin: "https://chat.example.com".
	AllowedOrigins []string

	// MaxUpload is the largest attachment in bytes, UploadPerDay how much one
	// account can upload in 24 hours.
	MaxUpload, UploadPerDay int64
	S3                      S3
	SharedFiles             string // a folder that all nodes see as one

	Registration Registration
	SiteName     string // "": the product's name in the reader's language
	Language     Language

	GitHub GitHub
	OIDC   OIDC

	SMTP  SMTP
	Robot Robot
	Push  Push
	Log   Log
}

// Robot says how the built-in robot answers. Without an Endpoint it does so by
// itself.
type Robot struct {
	State    RobotState
	Endpoint string // the API's address: "http://127.0.0.1:11434/v1"
	Model    string
	Key      Secret
	Prompt   string        // "": what is said by default
	Budget   int           // answers of the endpoint for each person and day
	Patience time.Duration // for the first word, and between two
	Timeout  time.Duration // for a whole answer
}

// RobotState tells whether there is the robot.
type RobotState string

// The two states.
const (
	RobotOn  RobotState = "on"
	RobotOff RobotState = "off"
)

// GitHub lets people sign in with what they have at GitHub, if there is a
// ClientID.
type GitHub struct {
	ClientID string
	Secret   Secret
	URL      string // "https://github.com", or a GitHub Enterprise Server
}

// OIDC lets people sign in with what they have at an OpenID Connect provider,
// if there is an Issuer.
type OIDC struct {
	Issuer   string // as the provider calls itself: "https://id.example.com/realms/club"
	ClientID string
	Secret   Secret
	Name     string // on the button
}

// S3 says where files are kept. Without an Endpoint they are in FilesFolder.
type S3 struct {
	Endpoint  string // "https://s3.example.com"
	Bucket    string
	Region    string // "": the storage tells
	AccessKey string
	SecretKey Secret
}

// Registration says who may make an account.
type Registration string

// The two answers.
const (
	RegistrationOpen   Registration = "open"   // everybody with a mail address
	RegistrationClosed Registration = "closed" // nobody; the owner makes them
)

// Language of what is written before anybody's own language is known.
type Language string

// The languages that everything is written in.
const (
	Chinese Language = "zh-CN"
	English Language = "en"
)

// NATS says what joins the nodes of an installation. Without Servers there is
// only one.
type NATS struct {
	Servers     []string // nats:// or tls:// URLs of one cluster; they may hold a password
	Subject     string   // where the nodes of this installation talk
	Credentials string   // file with a JWT and its key, as nsc writes it
	CA          string   // file with the certificates to trust
	Certificate string   // file with our own, and Key with its key
	Key         string
}

// String hides the passwords.
func (n NATS) String() string {
	if len(n.Servers) == 0 {
		return ""
	}
	return Secret(strings.Join(n.Servers, ",")).String() + " " + n.Subject
}

// GoString is String.
func (n NATS) GoString() string { return n.String() }

// LogValue is String as a log value.
func (n NATS) LogValue() slog.Value { return slog.StringValue(n.String()) }

// SMTP says how mail is sent. Without a Host it is written to OutboxFolder.
type SMTP struct {
	Host     string
	Port     int // 0: what is usual for TLS
	Username string
	Password Secret
	From     string // "chat@example.com" or "Family chat <chat@example.com>"
	TLS      SMTPTLS
}

// SMTPTLS says how the way to the SMTP server is protected.
type SMTPTLS string

// The ways, safest first.
const (
	SMTPTLSImplicit      SMTPTLS = "tls"           // from the first byte, port 465
	SMTPTLSStart         SMTPTLS = "starttls"      // upgrade or give up, port 587
	SMTPTLSOpportunistic SMTPTLS = "opportunistic" // upgrade if offered
	SMTPTLSNone          SMTPTLS = "none"
)

// Log says what is logged, and how.
type Log struct {
	Level  slog.Level
	Format LogFormat
}

// LogFormat is how a line of the log is written.
type LogFormat string

// The two formats.
const (
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// Secret is a string that no log and no %v shows.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(secret)"
}

// GoString hides the secret.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// OutboxFolder is where letters go when there is no SMTP server.
func (c Config) OutboxFolder() string { return filepath.Join(c.Data, "outbox") }

// FilesFolder is where files are kept when there is no S3 storage.
func (c Config) FilesFolder() string {
	return cmp.Or(c.SharedFiles, filepath.Join(c.Data, "files"))
}

// LinkBase is what links in mails begin with: the public URL if one is set,
// otherwise http://localhost with the port that the server really listens on.
func (c Config) LinkBase(listening net.Addr) string {
	if c.PublicURL != "" {
		return c.PublicURL
	}
	_, port, err := net.SplitHostPort(c.Listen)
	if tcp, ok := listening.(*net.TCPAddr); ok {
		port, err = strconv.Itoa(tcp.Port), nil
	}
	if err != nil || port == "80" {
		return "http://localhost"
	}
	return "http://localhost:" + port
}

// String lists the settings that differ from their defaults, without secrets.
func (c Config) String() string {
	var b strings.Builder
	for _, s := range settings {
		value := s.get(&c)
		if value == s.standard || value == "" {
			continue
		}
		if s.secret {
			value = Secret(value).String()
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "--%s=%s", s.name, strconv.Quote(value))
	}
	return b.String()
}

// GoString is String, so that %#v tells no secrets either.
func (c Config) GoString() string { return c.String() }

// LogValue is String as a log value.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }
