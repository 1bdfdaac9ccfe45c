package config

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Group is a set of settings that belong together. A command takes some.
type Group uint

// The groups.
const (
	Data    Group = 1 << iota // where the data is
	Nodes                     // what joins several nodes
	Network                   // how people reach the server
	Files                     // what people send besides words
	Site                      // what it calls itself and whom it lets in
	SignIn                    // by whose word people sign in
	Mail                      // how letters leave it
	Robots                    // how the robot answers
	Pushes                    // how devices are called while the app is closed
	Logging                   // what it logs

	None    Group = 0
	Storage       = Data | Nodes // all it takes to act on an installation
	All           = Storage | Network | Files | Site | SignIn | Mail | Robots | Pushes | Logging
)

var groupTitles = []struct {
	group Group
	title string
}{
	{Network, "How people reach it"},
	{Data, "Where the data is"},
	{Nodes, "Several nodes"},
	{Files, "Pictures and files"},
	{Site, "The site"},
	{SignIn, "Signing in with others"},
	{Mail, "Mail"},
	{Robots, "The robot"},
	{Pushes, "Notifications while the app is closed"},
	{Logging, "The log"},
}

const prefix = "HAPPYCHAT_"

// setting is one thing that can be told, by flag and by variable.
type setting struct {
	name     string
	group    Group
	value    string // what stands for the value in the help
	standard string // the default, in the words of the flag
	help     string
	secret   bool
	set      func(*Config, string) error // gets no empty string
	get      func(*Config) string
}

func (s setting) variable() string {
	return prefix + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

var settings = slices.Concat([]setting{
	{
		name: "listen", group: Network, value: "HOST:PORT", standard: "127.0.0.1:8080",
		help: "address to listen on; :8080 means every address of this machine, port 0 a free port",
		set:  func(c *Config, v string) error { c.Listen = v; return checkListen(v) },
		get:  func(c *Config) string { return c.Listen },
	},
	{
		name: "public-url", group: Network, value: "URL",
		help: "where people reach the server, for the links in mails, such as https://chat.example.com; without it http://localhost and the port",
		set: func(c *Config, v string) (err error) {
			c.PublicURL, err = origin(v)
			return err
		},
		get: func(c *Config) string { return c.PublicURL },
	},
	{
		name: "trusted-proxies", group: Network, value: "CIDR,…",
		help: "the proxies in front of the server, such as 127.0.0.1 or 10.0.0.0/8: only their word counts about where a request comes from",
		set: func(c *Config, v string) (err error) {
			c.TrustedProxies, err = list(v, proxies)
			return err
		},
		get: func(c *Config) string { return join(c.TrustedProxies) },
	},
	{
		name: "allowed-origins", group: Network, value: "ORIGIN,…",
		help: "other sites whose pages may use this server, such as https://chat.example.com; its own pages always may",
		set: func(c *Config, v string) (err error) {
			c.AllowedOrigins, err = list(v, origin)
			return err
		},
		get: func(c *Config) string { return join(c.AllowedOrigins) },
	},
	{
		name: "data", group: Data, value: "FOLDER", standard: "./data",
		help: "folder for everything that is kept",
		set:  func(c *Config, v string) error { c.Data = v; return nil },
		get:  func(c *Config) string { return c.Data },
	},
	{
		name: "database", group: Data, value: "URL", secret: true,
		help: "PostgreSQL database, as postgres://user:password@host:5432/name; without it SQLite inside the data folder",
		set:  func(c *Config, v string) error { c.Database = v; return checkDatabase(v) },
		get:  func(c *Config) string { return c.Database },
	},
	{
		name: "nats", group: Nodes, value: "URL,…", secret: true,
		help: "NATS server by which the nodes of one database talk, as nats://user:password@host:4222, or tls://; several are one cluster. Without it there is one node",
		set: func(c *Config, v string) (err error) {
			c.NATS.Servers, err = list(v, natsServer)
			return err
		},
		get: func(c *Config) string { return strings.Join(c.NATS.Servers, ",") },
	},
	{
		name: "nats-subject", group: Nodes, value: "NAME", standard: "happychat",
		help: "subject under which they talk; installations that share a NATS server need one each",
		set:  func(c *Config, v string) error { c.NATS.Subject = v; return checkSubject(v) },
		get:  func(c *Config) string { return c.NATS.Subject },
	},
	{
		name: "nats-credentials", group: Nodes, value: "FILE",
		help: "file with the credentials for NATS, as nsc writes it",
		set:  func(c *Config, v string) error { c.NATS.Credentials = v; return checkFile(v) },
		get:  func(c *Config) string { return c.NATS.Credentials },
	},
	{
		name: "nats-ca", group: Nodes, value: "FILE",
		help: "file with the certificates that vouch for the NATS server; without it those of the system",
		set:  func(c *Config, v string) error { c.NATS.CA = v; return checkFile(v) },
		get:  func(c *Config) string { return c.NATS.CA },
	},
	{
		name: "nats-cert", group: Nodes, value: "FILE",
		help: "file with our certificate, if the NATS server wants one",
		set:  func(c *Config, v string) error { c.NATS.Certificate = v; return checkFile(v) },
		get:  func(c *Config) string { return c.NATS.Certificate },
	},
	{
		name: "nats-key", group: Nodes, value: "FILE",
		help: "file with its key",
		set:  func(c *Config, v string) error { c.NATS.Key = v; return checkFile(v) },
		get:  func(c *Config) string { return c.NATS.Key },
	},
	{
		name: "max-upload", group: Files, value: "SIZE", standard: "25MB",
		help: "the largest picture or file that people can send, such as 500KB, 100MB or 2GB",
		set: func(c *Config, v string) (err error) {
			c.MaxUpload, err = size(v)
			return err
		},
		get: func(c *Config) string { return sizeText(c.MaxUpload) },
	},
	{
		name: "upload-per-day", group: Files, value: "SIZE", standard: "2GB",
		help: "how much one person can upload in 24 hours",
		set: func(c *Config, v string) (err error) {
			c.UploadPerDay, err = size(v)
			return err
		},
		get: func(c *Config) string { return sizeText(c.UploadPerDay) },
	},
	{
		name: "shared-files", group: Files, value: "FOLDER",
		help: "folder for files that all nodes see as one, such as that of a network file system; without it they are in the folder files inside the data folder, which is for one node",
		set:  func(c *Config, v string) error { c.SharedFiles = v; return nil },
		get:  func(c *Config) string { return c.SharedFiles },
	},
	{
		name: "s3-endpoint", group: Files, value: "URL",
		help: "S3-compatible storage to keep files in, such as https://s3.example.com; without it they are in a folder",
		set: func(c *Config, v string) (err error) {
			c.S3.Endpoint, err = origin(v)
			return err
		},
		get: func(c *Config) string { return c.S3.Endpoint },
	},
	{
		name: "s3-bucket", group: Files, value: "NAME",
		help: "its bucket, which must be there and be for nothing else; needed with s3-endpoint",
		set:  func(c *Config, v string) error { c.S3.Bucket = v; return checkBucket(v) },
		get:  func(c *Config) string { return c.S3.Bucket },
	},
	{
		name: "s3-region", group: Files, value: "NAME",
		help: "its region, if the storage does not tell",
		set:  func(c *Config, v string) error { c.S3.Region = v; return nil },
		get:  func(c *Config) string { return c.S3.Region },
	},
	{
		name: "s3-access-key", group: Files, value: "KEY",
		help: "access key for it; needed with s3-endpoint",
		set:  func(c *Config, v string) error { c.S3.AccessKey = v; return nil },
		get:  func(c *Config) string { return c.S3.AccessKey },
	},
	{
		name: "s3-secret-key", group: Files, value: "KEY", secret: true,
		help: "the secret that goes with it; a flag can be seen by everybody on this machine, so better use the variable or the file",
		set:  setOnce(secretKey, "s3-secret-key", func(v string) (string, error) { return v, nil }),
		get:  func(c *Config) string { return c.S3.SecretKey.Reveal() },
	},
	{
		name: "s3-secret-key-file", group: Files, value: "FILE",
		help: "file whose first line is that secret",
		set:  setOnce(secretKey, "s3-secret-key", firstLine),
		get:  func(*Config) string { return "" },
	},
	{
		name: "registration", group: Site, value: "open|closed", standard: string(RegistrationOpen),
		help: "open: everybody with a mail address may sign up; closed: the owner makes the accounts",
		set: func(c *Config, v string) (err error) {
			c.Registration, err = oneOf(v, RegistrationOpen, RegistrationClosed)
			return err
		},
		get: func(c *Config) string { return string(c.Registration) },
	},
	{
		name: "site-name", group: Site, value: "NAME",
		help: "what the site is called in the app and in mails; without it 乐聊 in Chinese and Happy Chat in English",
		set:  func(c *Config, v string) error { c.SiteName = v; return checkSiteName(v) },
		get:  func(c *Config) string { return c.SiteName },
	},
	{
		name: "language", group: Site, value: "en|zh-CN", standard: string(English),
		help: "language for people who have not chosen one",
		set: func(c *Config, v string) (err error) {
			c.Language, err = oneOf(v, English, Chinese)
			return err
		},
		get: func(c *Config) string { return string(c.Language) },
	},
	{
		name: "smtp-host", group: Mail, value: "HOST",
		help: "server that takes our mail; without it every mail is written to the folder outbox inside the data folder, and its link printed",
		set:  func(c *Config, v string) error { c.SMTP.Host = v; return checkHost(v) },
		get:  func(c *Config) string { return c.SMTP.Host },
	},
	{
		name: "smtp-port", group: Mail, value: "PORT",
		help: "its port; without it 465 for tls and 587 otherwise",
		set: func(c *Config, v string) (err error) {
			c.SMTP.Port, err = port(v)
			return err
		},
		get: func(c *Config) string {
			if c.SMTP.Port == 0 {
				return ""
			}
			return strconv.Itoa(c.SMTP.Port)
		},
	},
	{
		name: "smtp-tls", group: Mail, value: "starttls|tls|opportunistic|none", standard: string(SMTPTLSStart),
		help: "starttls: encrypt or give up; tls: encrypted from the first byte; opportunistic: encrypt if the server offers it; none: never",
		set: func(c *Config, v string) (err error) {
			c.SMTP.TLS, err = oneOf(v, SMTPTLSStart, SMTPTLSImplicit, SMTPTLSOpportunistic, SMTPTLSNone)
			return err
		},
		get: func(c *Config) string { return string(c.SMTP.TLS) },
	},
	{
		name: "smtp-from", group: Mail, value: "ADDRESS",
		help: "sender of the mails: chat@example.com or \"Family chat <chat@example.com>\"; needed with smtp-host",
		set:  func(c *Config, v string) error { c.SMTP.From = v; return checkFrom(v) },
		get:  func(c *Config) string { return c.SMTP.From },
	},
	{
		name: "smtp-username", group: Mail, value: "NAME",
		help: "user name for the SMTP server, if it wants one",
		set:  func(c *Config, v string) error { c.SMTP.Username = v; return nil },
		get:  func(c *Config) string { return c.SMTP.Username },
	},
	{
		name: "smtp-password", group: Mail, value: "PASSWORD", secret: true,
		help: "password for the SMTP server; a flag can be seen by everybody on this machine, so better use the variable or the file",
		set:  setOnce(smtpPassword, "smtp-password", func(v string) (string, error) { return v, nil }),
		get:  func(c *Config) string { return c.SMTP.Password.Reveal() },
	},
	{
		name: "smtp-password-file", group: Mail, value: "FILE",
		help: "file whose first line is that password",
		set:  setOnce(smtpPassword, "smtp-password", firstLine),
		get:  func(*Config) string { return "" },
	},
	{
		name: "robot", group: Robots, value: "on|off", standard: string(RobotOn),
		help: "off: there is no built-in robot, or it answers nobody",
		set: func(c *Config, v string) (err error) {
			c.Robot.State, err = oneOf(v, RobotOn, RobotOff)
			return err
		},
		get: func(c *Config) string { return string(c.Robot.State) },
	},
	{
		name: "robot-endpoint", group: Robots, value: "URL",
		help: "language model that the robot converses through, by an API that is compatible with OpenAI's, such as http://127.0.0.1:11434/v1 for Ollama; what people tell the robot is sent there, and they are shown its host name. Without it the robot answers by itself and nothing leaves this server",
		set: func(c *Config, v string) (err error) {
			c.Robot.Endpoint, err = endpoint(v)
			return err
		},
		get: func(c *Config) string { return c.Robot.Endpoint },
	},
	{
		name: "robot-model", group: Robots, value: "NAME",
		help: "name of the model, such as qwen3:4b",
		set:  func(c *Config, v string) error { c.Robot.Model = v; return nil },
		get:  func(c *Config) string { return c.Robot.Model },
	},
	{
		name: "robot-key", group: Robots, value: "KEY", secret: true,
		help: "key for the endpoint, if it wants one; a flag can be seen by everybody on this machine, so better use the variable or the file",
		set:  setRobotKey(func(v string) (string, error) { return v, nil }),
		get:  func(c *Config) string { return c.Robot.Key.Reveal() },
	},
	{
		name: "robot-key-file", group: Robots, value: "FILE",
		help: "file whose first line is that key",
		set:  setRobotKey(firstLine),
		get:  func(*Config) string { return "" },
	},
	{
		name: "robot-prompt", group: Robots, value: "TEXT",
		help: "what the model is told before every conversation, such as who it is; without it that it is a friendly robot that answers briefly",
		set:  func(c *Config, v string) error { c.Robot.Prompt = v; return nil },
		get:  func(c *Config) string { return c.Robot.Prompt },
	},
	{
		name: "robot-daily-budget", group: Robots, value: "N", standard: "100",
		help: "how many answers of the model each person may have a day; then the robot answers by itself",
		set: func(c *Config, v string) (err error) {
			c.Robot.Budget, err = strconv.Atoi(v)
			if err != nil || c.Robot.Budget < 0 || c.Robot.Budget > 1_000_000 {
				return errors.New("must be a number between 0 and 1000000")
			}
			return nil
		},
		get: func(c *Config) string { return strconv.Itoa(c.Robot.Budget) },
	},
	{
		name: "robot-patience", group: Robots, value: "TIME", standard: "20s",
		help: "how long the first word of the model, and each after it, may take; then the robot answers by itself, or ends what was begun",
		set: func(c *Config, v string) (err error) {
			c.Robot.Patience, err = duration(v, time.Second, time.Minute)
			return err
		},
		get: func(c *Config) string { return c.Robot.Patience.String() },
	},
	{
		name: "robot-timeout", group: Robots, value: "TIME", standard: "2m0s",
		help: "how long a whole answer of the model may take",
		set: func(c *Config, v string) (err error) {
			c.Robot.Timeout, err = duration(v, time.Second, 10*time.Minute)
			return err
		},
		get: func(c *Config) string { return c.Robot.Timeout.String() },
	},
	{
		name: "log-level", group: Logging, value: "debug|info|warn|error", standard: "info",
		help: "the least important lines that are logged",
		set: func(c *Config, v string) error {
			word, err := oneOf(v, "debug", "info", "warn", "error")
			if err != nil {
				return err
			}
			return c.Log.Level.UnmarshalText([]byte(word))
		},
		get: func(c *Config) string { return strings.ToLower(c.Log.Level.String()) },
	},
	{
		name: "log-format", group: Logging, value: "text|json", standard: string(LogText),
		help: "text for people, json for programs",
		set: func(c *Config, v string) (err error) {
			c.Log.Format, err = oneOf(v, LogText, LogJSON)
			return err
		},
		get: func(c *Config) string { return string(c.Log.Format) },
	},
}, providerSettings, pushSettings)

// together checks what no setting can tell alone.
func (c *Config) together(groups Group) error {
	if groups&Nodes != 0 {
		if err := c.checkNodes(); err != nil {
			return err
		}
	}
	if groups&Files != 0 {
		if err := c.checkFiles(); err != nil {
			return err
		}
	}
	if groups&SignIn != 0 {
		if err := c.checkProviders(groups); err != nil {
			return err
		}
	}
	if groups&Robots != 0 {
		if err := c.checkRobot(); err != nil {
			return err
		}
	}
	if groups&Pushes != 0 {
		if err := c.checkPush(); err != nil {
			return err
		}
	}
	if groups&Mail == 0 {
		return nil
	}
	s := c.SMTP
	if s.Host == "" {
		for _, other := range settings {
			if other.group == Mail && other.name != "smtp-host" && other.get(c) != other.standard {
				return Usagef("--%s is set but --smtp-host is not: name the SMTP server, or leave both away and mail is written to %s.", other.name, c.OutboxFolder())
			}
		}
		return nil
	}
	switch {
	case s.From == "":
		return Usagef("--smtp-host is set but --smtp-from is not: say which address the mails come from, such as --smtp-from chat@example.com.")
	case s.Username != "" && s.Password == "":
		return Usagef("--smtp-username is set but the password is not: set %sSMTP_PASSWORD or --smtp-password-file.", prefix)
	case s.Username == "" && s.Password != "":
		return Usagef("An SMTP password is set but --smtp-username is not: set it, or leave the password away.")
	case s.Username != "" && s.TLS == SMTPTLSNone && !loopback(s.Host):
		return Usagef("--smtp-tls none would send the SMTP password readable through the network: use starttls or tls.")
	}
	return nil
}

func (c *Config) checkRobot() error {
	r := c.Robot
	switch {
	case r.Endpoint == "" && (r.Model != "" || r.Key != "" || r.Prompt != ""):
		return Usagef("--robot-model, --robot-key or --robot-prompt is set but --robot-endpoint is not: name the endpoint, or leave them all away and the robot answers by itself.")
	case r.Endpoint != "" && r.State == RobotOff:
		return Usagef("--robot-endpoint is set but --robot is off: choose one.")
	case r.Endpoint != "" && r.Model == "":
		return Usagef("--robot-endpoint is set but --robot-model is not: name the model, such as --robot-model qwen3:4b.")
	}
	if u, err := url.Parse(r.Endpoint); r.Key != "" && (err != nil || u.Scheme == "http" && !nearby(u.Hostname())) {
		return Usagef("--robot-endpoint %s would send the key readable through the network: use https.", r.Endpoint)
	}
	return nil
}

// nearby tells whether a machine is this one, or in the same network.
func nearby(host string) bool {
	addr, err := netip.ParseAddr(host)
	return loopback(host) || err == nil && addr.IsPrivate() || err != nil && !strings.Contains(host, ".")
}

func (c *Config) checkNodes() error {
	if len(c.NATS.Servers) == 0 {
		for _, other := range settings {
			if other.group == Nodes && other.name != "nats" && other.get(c) != other.standard {
				return Usagef("--%s is set but --nats is not: name the NATS server, or leave both away.", other.name)
			}
		}
		return nil
	}
	switch {
	case c.Database == "":
		return Usagef("--nats is set but --database is not: several nodes share a PostgreSQL database; name it, or leave --nats away.")
	case (c.NATS.Certificate == "") != (c.NATS.Key == ""):
		return Usagef("--nats-cert and --nats-key belong together: set both, or none.")
	}
	return nil
}

// checkFiles checks what no setting of S3 can tell alone.
func (c *Config) checkFiles() error {
	s := c.S3
	switch {
	case s.Endpoint == "" && (s.Bucket != "" || s.Region != "" || s.AccessKey != "" || s.SecretKey != ""):
		return Usagef("Settings of S3 are set but --s3-endpoint is not: name the storage, or leave them away and files are kept in %s.", c.FilesFolder())
	case s.Endpoint != "" && s.Bucket == "":
		return Usagef("--s3-endpoint is set but --s3-bucket is not: make a bucket and name it.")
	case s.Endpoint != "" && (s.AccessKey == "" || s.SecretKey == ""):
		return Usagef("--s3-endpoint is set but the keys are not: set --s3-access-key, and %sS3_SECRET_KEY or --s3-secret-key-file.", prefix)
	case s.Endpoint != "" && c.SharedFiles != "":
		return Usagef("--s3-endpoint and --shared-files are both set: files are kept in one of them; choose one.")
	case len(c.NATS.Servers) > 0 && s.Endpoint == "" && c.SharedFiles == "":
		return Usagef("--nats is set but nothing says where all nodes find the files that people send: name S3 storage with --s3-endpoint, or a folder that all nodes share with --shared-files.")
	case c.UploadPerDay < c.MaxUpload:
		return Usagef("--upload-per-day is less than --max-upload: nobody could send the largest file.")
	}
	return nil
}
