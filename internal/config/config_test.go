package config

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// call runs a little program and returns what it was invoked with.
func call(t *testing.T, environ []string, args ...string) (got *Invocation, out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	var force bool
	var file string
	run := func(_ context.Context, in Invocation) error {
		got = &in
		in.Args = append(in.Args, fmt.Sprintf("force=%v file=%s", force, file))
		*got = in
		return nil
	}
	options := func(f *flag.FlagSet) {
		f.BoolVar(&force, "force", false, "do it although")
		f.StringVar(&file, "file", "", "write to this `FILE`")
	}
	p := Program{Name: "happychat", Summary: "A messenger.", Commands: []Command{
		{Name: "serve", Summary: "Run the server.", Settings: All, Run: run},
		{Name: "backup", Args: "[FOLDER]", MaxArgs: 1, Summary: "Copy the data.", Settings: Storage, Options: options, Run: run},
		{Name: "user create", Args: "USERNAME EMAIL", MinArgs: 2, MaxArgs: 2, Summary: "Make an account.", Settings: Storage, Options: options, Run: run},
		{Name: "user list", Summary: "List accounts.", Settings: Storage, Run: run},
		{Name: "fail", Summary: "Fails.", Run: func(context.Context, Invocation) error { return errors.New("the disk is full") }},
	}}
	code = p.Main(t.Context(), args, environ, &stdout, &stderr)
	return got, stdout.String(), stderr.String(), code
}

func TestDefaults(t *testing.T) {
	in, _, errs, code := call(t, []string{"PATH=/bin", "HAPPYCHAT_DATABASE="}, "serve")
	if code != 0 {
		t.Fatal(errs)
	}
	c := in.Config
	want := Config{
		Listen: "127.0.0.1:8080", Data: "./data", NATS: NATS{Subject: "happychat"}, MaxUpload: 25_000_000, UploadPerDay: 2_000_000_000, Registration: RegistrationOpen, Language: English,
		GitHub: GitHub{URL: "https://github.com"},
		Robot:  Robot{State: RobotOn, Budget: 100, Patience: 20 * time.Second, Timeout: 2 * time.Minute},
		Push:   Push{State: PushOn},
		SMTP:   SMTP{TLS: SMTPTLSStart}, Log: Log{Level: slog.LevelInfo, Format: LogText},
	}
	if fmt.Sprintf("%+v", plain(c)) != fmt.Sprintf("%+v", plain(want)) {
		t.Errorf("got  %+v\nwant %+v", plain(c), plain(want))
	}
	if c.String() != "" {
		t.Errorf("differs from the defaults: %s", c)
	}
}

// plain is Config without its methods.
func plain(c Config) any {
	type all Config
	return all(c)
}

func TestEverySettingByFlagAndByVariable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("from a file\r\nsecond line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mail := []string{"--smtp-host=mail.example.com", "--smtp-from=chat@example.com"}
	user := append(slices.Clone(mail), "--smtp-username=chat", "--smtp-password=x")
	shared := []string{"--database=postgres://u:p@db/chat"}
	files := append(slices.Clone(shared), "--shared-files=/mnt/chat")
	nats := append(slices.Clone(files), "--nats=nats://n")
	bot := []string{"--robot-endpoint=https://llm.example/v1", "--robot-model=small"}
	s3 := []string{"--s3-endpoint=https://s3.example", "--s3-bucket=chat", "--s3-access-key=a", "--s3-secret-key=x"}
	github := []string{"--github-client-id=id", "--github-client-secret=x"}
	oidc := []string{"--oidc-issuer=https://id.example", "--oidc-client-id=chat", "--oidc-client-secret=x"}
	for name, test := range map[string]struct {
		value string
		with  []string
		show  func(Config) any
		want  string
	}{
		"listen":                    {":9000", nil, func(c Config) any { return c.Listen }, ":9000"},
		"data":                      {"/srv/chat", nil, func(c Config) any { return c.Data + " " + c.OutboxFolder() }, "/srv/chat /srv/chat/outbox"},
		"database":                  {"postgres://u:p@db/chat", nil, func(c Config) any { return c.Database }, "postgres://u:p@db/chat"},
		"public-url":                {"https://Chat.Example.com:443/", nil, func(c Config) any { return c.PublicURL }, "https://chat.example.com"},
		"trusted-proxies":           {"127.0.0.1, 10.1.2.3/8,::1,::ffff:192.0.2.1", nil, func(c Config) any { return c.TrustedProxies }, "[127.0.0.1/32 10.0.0.0/8 ::1/128 192.0.2.1/32]"},
		"allowed-origins":           {"https://a.example,http://localhost:5173/", nil, func(c Config) any { return c.AllowedOrigins }, "[https://a.example http://localhost:5173]"},
		"nats":                      {"nats://u:p%40@n1:4222, tls://n2/", files, func(c Config) any { return c.NATS.Servers }, "[nats://u:p%40@n1:4222 tls://n2]"},
		"nats-subject":              {"club.chat_1", nats, func(c Config) any { return c.NATS.Subject }, "club.chat_1"},
		"nats-credentials":          {file, nats, func(c Config) any { return c.NATS.Credentials }, file},
		"nats-ca":                   {file, nats, func(c Config) any { return c.NATS.CA }, file},
		"nats-cert":                 {file, append(slices.Clone(nats), "--nats-key="+file), func(c Config) any { return c.NATS.Certificate }, file},
		"nats-key":                  {file, append(slices.Clone(nats), "--nats-cert="+file), func(c Config) any { return c.NATS.Key }, file},
		"max-upload":                {"100mb", nil, func(c Config) any { return c.MaxUpload }, "100000000"},
		"upload-per-day":            {"5 GB", nil, func(c Config) any { return c.UploadPerDay }, "5000000000"},
		"shared-files":              {"/mnt/chat", append(slices.Clone(shared), "--nats=nats://n"), func(c Config) any { return c.SharedFiles + " " + c.FilesFolder() }, "/mnt/chat /mnt/chat"},
		"s3-endpoint":               {"https://S3.example:443/", s3[1:], func(c Config) any { return c.S3.Endpoint }, "https://s3.example"},
		"s3-bucket":                 {"club.chat-1", append(slices.Clone(s3[2:]), s3[0]), func(c Config) any { return c.S3.Bucket }, "club.chat-1"},
		"s3-region":                 {"eu-1", s3, func(c Config) any { return c.S3.Region }, "eu-1"},
		"s3-access-key":             {"AK", append(slices.Clone(s3[:2]), s3[3]), func(c Config) any { return c.S3.AccessKey }, "AK"},
		"s3-secret-key":             {"s/e+c", s3[:3], func(c Config) any { return c.S3.SecretKey.Reveal() }, "s/e+c"},
		"s3-secret-key-file":        {file, s3[:3], func(c Config) any { return c.S3.SecretKey.Reveal() }, "from a file"},
		"registration":              {"closed", nil, func(c Config) any { return c.Registration }, "closed"},
		"site-name":                 {"老王家", nil, func(c Config) any { return c.SiteName }, "老王家"},
		"language":                  {"zh-CN", nil, func(c Config) any { return c.Language }, "zh-CN"},
		"robot":                     {"off", nil, func(c Config) any { return c.Robot.State }, "off"},
		"robot-endpoint":            {"http://127.0.0.1:11434/v1/", bot[1:], func(c Config) any { return c.Robot.Endpoint }, "http://127.0.0.1:11434/v1"},
		"robot-model":               {"qwen3:4b", bot[:1], func(c Config) any { return c.Robot.Model }, "qwen3:4b"},
		"robot-key":                 {"k=y", bot, func(c Config) any { return c.Robot.Key.Reveal() }, "k=y"},
		"robot-key-file":            {file, bot, func(c Config) any { return c.Robot.Key.Reveal() }, "from a file"},
		"robot-prompt":              {"Be a pirate.", bot, func(c Config) any { return c.Robot.Prompt }, "Be a pirate."},
		"robot-daily-budget":        {"7", nil, func(c Config) any { return c.Robot.Budget }, "7"},
		"robot-patience":            {"5s", nil, func(c Config) any { return c.Robot.Patience }, "5s"},
		"robot-timeout":             {"90s", nil, func(c Config) any { return c.Robot.Timeout }, "1m30s"},
		"push":                      {"off", nil, func(c Config) any { return c.Push.State }, "off"},
		"push-hosts":                {"ntfy.lan, 10.0.0.5", nil, func(c Config) any { return c.Push.Hosts }, "[ntfy.lan 10.0.0.5]"},
		"github-client-id":          {"Iv1.a", github[1:], func(c Config) any { return c.GitHub.ClientID }, "Iv1.a"},
		"github-client-secret":      {"g=h", github[:1], func(c Config) any { return c.GitHub.Secret.Reveal() }, "g=h"},
		"github-client-secret-file": {file, github[:1], func(c Config) any { return c.GitHub.Secret.Reveal() }, "from a file"},
		"github-url":                {"https://GitHub.example:443/", github, func(c Config) any { return c.GitHub.URL }, "https://github.example"},
		"oidc-issuer":               {"https://id.example/realms/club/", oidc[1:], func(c Config) any { return c.OIDC.Issuer }, "https://id.example/realms/club/"},
		"oidc-client-id":            {"chat", []string{oidc[0], oidc[2]}, func(c Config) any { return c.OIDC.ClientID }, "chat"},
		"oidc-client-secret":        {"o=c", oidc[:2], func(c Config) any { return c.OIDC.Secret.Reveal() }, "o=c"},
		"oidc-client-secret-file":   {file, oidc[:2], func(c Config) any { return c.OIDC.Secret.Reveal() }, "from a file"},
		"oidc-name":                 {"学校账号", oidc, func(c Config) any { return c.OIDC.Name }, "学校账号"},
		"smtp-host":                 {"mail.example.com", mail[1:], func(c Config) any { return c.SMTP.Host }, "mail.example.com"},
		"smtp-port":                 {"2525", mail, func(c Config) any { return c.SMTP.Port }, "2525"},
		"smtp-tls":                  {"tls", mail, func(c Config) any { return c.SMTP.TLS }, "tls"},
		"smtp-from":                 {"Family chat <chat@example.com>", mail[:1], func(c Config) any { return c.SMTP.From }, "Family chat <chat@example.com>"},
		"smtp-username":             {"chat", append(slices.Clone(mail), "--smtp-password=x"), func(c Config) any { return c.SMTP.Username }, "chat"},
		"smtp-password":             {"p=w d", user[:3], func(c Config) any { return c.SMTP.Password.Reveal() }, "p=w d"},
		"smtp-password-file":        {file, user[:3], func(c Config) any { return c.SMTP.Password.Reveal() }, "from a file"},
		"log-level":                 {"debug", nil, func(c Config) any { return c.Log.Level }, "DEBUG"},
		"log-format":                {"json", nil, func(c Config) any { return c.Log.Format }, "json"},
	} {
		for door, run := range map[string]func() (*Invocation, string, string, int){
			"flag": func() (*Invocation, string, string, int) {
				return call(t, nil, append([]string{"serve", "--" + name, test.value}, test.with...)...)
			},
			"flag with =": func() (*Invocation, string, string, int) {
				return call(t, nil, append([]string{"serve", "-" + name + "=" + test.value}, test.with...)...)
			},
			"variable": func() (*Invocation, string, string, int) {
				variable := "HAPPYCHAT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
				return call(t, []string{variable + "=" + test.value}, append([]string{"serve"}, test.with...)...)
			},
		} {
			t.Run(name+" by "+door, func(t *testing.T) {
				in, _, errs, code := run()
				if code != 0 {
					t.Fatal(errs)
				}
				if got := fmt.Sprint(test.show(in.Config)); got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			})
		}
	}
	for _, s := range settings {
		if s.group&All == 0 {
			t.Errorf("%s is in no group", s.name)
		}
	}
}

func TestFlagBeatsVariable(t *testing.T) {
	in, _, errs, _ := call(t, []string{"HAPPYCHAT_LISTEN=:1", "HAPPYCHAT_DATA=/a"}, "serve", "--listen", ":2")
	if in == nil || in.Config.Listen != ":2" || in.Config.Data != "/a" {
		t.Errorf("%+v %s", in, errs)
	}
	// An empty flag takes a variable back.
	in, _, errs, _ = call(t, []string{"HAPPYCHAT_LISTEN=:1", "HAPPYCHAT_DATABASE=postgres://h/d"}, "serve", "--listen=", "--database=")
	if in == nil || in.Config.Listen != "127.0.0.1:8080" || in.Config.Database != "" {
		t.Errorf("%+v %s", in, errs)
	}
}

func TestMistakesAreSentences(t *testing.T) {
	for _, test := range []struct {
		name    string
		environ string
		args    string
		want    string
	}{
		{"unknown flag", "", "serve --databse x", "no setting --databse; did you mean --database?"},
		{"unknown flag, letters swapped", "", "serve --dtaa x", "did you mean --data?"},
		{"unknown flag, nothing near", "", "serve --turbo", "no setting --turbo. “happychat serve --help” lists them."},
		{"flag of another command", "", "user list --smtp-host x", "“happychat user list” has no setting --smtp-host"},
		{"flag without value", "", "serve --listen", "--listen needs a value"},
		{"unknown variable", "HAPPYCHAT_LISTNE=:1", "serve", "HAPPYCHAT_LISTNE means nothing here; did you mean HAPPYCHAT_LISTEN?"},
		{"unknown variable, any command", "HAPPYCHAT_TURBO=1", "user list", "HAPPYCHAT_TURBO means nothing here. Correct or remove it"},
		{"lower case variable", "HAPPYCHAT_listen=:1", "serve", "did you mean HAPPYCHAT_LISTEN?"},
		{"unknown command", "", "sevre", "no command “sevre”; did you mean serve?"},
		{"unknown command of two words", "", "user creat", "no command “user creat”; did you mean user create?"},
		{"half a command", "", "user", "Say which: happychat user create, happychat user list."},
		{"too few arguments", "", "user create ann", "happychat user create USERNAME EMAIL: see"},
		{"too many arguments", "", "serve now", "happychat serve: see"},
		{"bad own option", "", "backup --force=perhaps", "--force \"perhaps\""},

		{"listen without port", "", "serve --listen localhost", "must be an address and a port"},
		{"listen, port too high", "", "serve --listen :70000", "between 1 and 65535"},
		{"listen, a URL", "", "serve --listen http://localhost:80", "must be an address and a port"},
		{"public URL without scheme", "", "serve --public-url chat.example.com", "--public-url \"chat.example.com\" must be an address such as https://chat.example.com."},
		{"public URL with a path", "", "serve --public-url https://x.example/chat", "without a path"},
		{"public URL of another kind", "", "serve --public-url ftp://x.example", "must be an address"},
		{"proxies, not addresses", "", "serve --trusted-proxies nginx", "must be addresses or networks"},
		{"proxies, everybody", "", "serve --trusted-proxies 0.0.0.0/0", "name your proxies"},
		{"proxies, everybody in IPv6", "", "serve --trusted-proxies 127.0.0.1,::/0", "name your proxies"},
		{"origins, everybody", "", "serve --allowed-origins *", "every site"},
		{"origins, null", "", "serve --allowed-origins null", "every site"},
		{"origins, wildcard", "", "serve --allowed-origins https://*.example.com", "must be an address"},
		{"registration", "HAPPYCHAT_REGISTRATION=yes", "serve", `HAPPYCHAT_REGISTRATION "yes" must be open or closed.`},
		{"language", "", "serve --language fr", "must be en or zh-CN"},
		{"log level", "", "serve --log-level loud", "must be debug, info, warn or error"},
		{"database of another kind", "", "serve --database mysql://u:geheim@h/d", "--database must be a PostgreSQL address"},
		{"database without a name", "", "serve --database postgres://u:geheim@h", "--database must be a PostgreSQL address"},
		{"database, broken", "", "serve --database postgres://u:geheim%zz@h/d", "--database must be a PostgreSQL address"},
		{"NATS of another kind", "", "serve --database postgres://h/d --nats http://u:geheim@h", "--nats must be the address of a NATS server"},
		{"NATS without a scheme", "", "serve --database postgres://h/d --nats localhost:4222", "--nats must be the address of a NATS server"},
		{"NATS, broken", "", "serve --database postgres://h/d --nats nats://u:geheim%zz@h", "--nats must be the address of a NATS server"},
		{"NATS port", "", "serve --database postgres://h/d --nats nats://h:0", "between 1 and 65535"},
		{"NATS on SQLite", "", "serve --nats nats://h", "several nodes share a PostgreSQL database"},
		{"NATS on SQLite, any command", "HAPPYCHAT_NATS=nats://h", "user list", "several nodes share a PostgreSQL database"},
		{"NATS settings without it", "", "serve --nats-subject chat", "--nats-subject is set but --nats is not"},
		{"NATS subject", "", "serve --database postgres://h/d --nats nats://h --nats-subject chat.*", "must be a name"},
		{"NATS file", "", "serve --database postgres://h/d --nats nats://h --nats-ca /nowhere/at/all", "cannot be read (no such file or directory)"},
		{"NATS certificate without key", "", "serve --database postgres://h/d --nats nats://h --nats-cert config_test.go", "belong together"},
		{"line break", "HAPPYCHAT_SITE_NAME=a\nb", "serve", "plain text in one line"},
		{"line break in a secret", "HAPPYCHAT_SMTP_PASSWORD=geheim\nb", "serve", "HAPPYCHAT_SMTP_PASSWORD must be plain text"},
		{"long site name", "", "serve --site-name " + strings.Repeat("x", 51), "at most 50 characters"},
		{"GitHub secret without client", "", "serve --github-client-secret geheim", "--github-client-id is not"},
		{"GitHub elsewhere without client", "", "serve --github-url https://github.example", "--github-client-id is not"},
		{"GitHub client without secret", "", "serve --github-client-id x", "HAPPYCHAT_GITHUB_CLIENT_SECRET or --github-client-secret-file"},
		{"two GitHub secrets", "", "serve --github-client-secret geheim --github-client-secret-file config_test.go", "choose one"},
		{"GitHub in the clear", "", "serve --github-client-id x --github-client-secret geheim --github-url http://github.example", "use https"},
		{"OpenID client without issuer", "", "serve --oidc-client-id x", "--oidc-issuer is not"},
		{"OpenID name without issuer", "", "serve --oidc-name x", "--oidc-issuer is not"},
		{"OpenID issuer without client", "", "serve --oidc-issuer https://id.example --oidc-client-secret geheim", "--oidc-client-id is not"},
		{"OpenID issuer without secret", "", "serve --oidc-issuer https://id.example --oidc-client-id x", "HAPPYCHAT_OIDC_CLIENT_SECRET or --oidc-client-secret-file"},
		{"OpenID issuer, no address", "", "serve --oidc-issuer id.example", "must be the address of an API"},
		{"OpenID in the clear", "", "serve --oidc-issuer http://id.example --oidc-client-id x --oidc-client-secret geheim", "use https"},
		{"providers without a way back", "", "serve --listen :8080 --github-client-id x --github-client-secret geheim", "--public-url is not set"},
		{"SMTP host with port", "", "serve --smtp-host mail.example.com:25", "must name a machine"},
		{"SMTP port", "", "serve --smtp-port x", "between 1 and 65535"},
		{"SMTP without sender", "", "serve --smtp-host mail.example.com", "--smtp-from is not"},
		{"SMTP sender, no address", "", "serve --smtp-host mail.example.com --smtp-from chat", "must be one mail address"},
		{"SMTP settings without host", "", "serve --smtp-from chat@example.com", "--smtp-from is set but --smtp-host is not"},
		{"SMTP TLS without host", "", "serve --smtp-tls none", "--smtp-tls is set but --smtp-host is not"},
		{"SMTP user without password", "", "serve --smtp-host m.example --smtp-from c@m.example --smtp-username c", "HAPPYCHAT_SMTP_PASSWORD or --smtp-password-file"},
		{"SMTP password without user", "", "serve --smtp-host m.example --smtp-from c@m.example --smtp-password geheim", "--smtp-username is not"},
		{"SMTP password in the clear", "", "serve --smtp-host m.example --smtp-from c@m.example --smtp-username c --smtp-password geheim --smtp-tls none", "use starttls or tls"},
		{"robot without a model", "", "serve --robot-endpoint http://localhost:1/v1", "--robot-model is not"},
		{"a model without an endpoint", "", "serve --robot-model small", "--robot-endpoint is not"},
		{"an endpoint for no robot", "", "serve --robot off --robot-endpoint http://localhost:1/v1 --robot-model small", "choose one"},
		{"an endpoint that is no address", "", "serve --robot-endpoint localhost:11434 --robot-model small", "must be the address of an API"},
		{"an endpoint with a password", "", "serve --robot-endpoint http://a:b@llm.example/v1 --robot-model small", "must be the address of an API"},
		{"a key for all to read", "", "serve --robot-endpoint http://llm.example/v1 --robot-model small --robot-key x", "use https"},
		{"two keys", "", "serve --robot-endpoint https://llm.example/v1 --robot-model small --robot-key x --robot-key-file config_test.go", "choose one"},
		{"a budget that is none", "", "serve --robot-daily-budget many", "between 0 and 1000000"},
		{"a patience that is none", "", "serve --robot-patience 1h", "between 1s and 1m0s"},
		{"two passwords", "", "serve --smtp-password geheim --smtp-password-file config_test.go", "choose one"},
		{"password file that is not there", "", "serve --smtp-password-file /nowhere/at/all", "cannot be read (no such file or directory)"},
		{"size without a unit", "", "serve --max-upload 25", "must be a size from 1KB"},
		{"size of nothing", "", "serve --max-upload 0MB", "must be a size from 1KB"},
		{"size beyond all", "", "serve --max-upload 1001GB", "must be a size from 1KB"},
		{"less a day than a file", "", "serve --max-upload 3GB", "--upload-per-day is less than --max-upload"},
		{"S3 without bucket", "", "serve --s3-endpoint https://s3.example --s3-access-key a --s3-secret-key geheim", "--s3-bucket is not"},
		{"S3 without keys", "", "serve --s3-endpoint https://s3.example --s3-bucket chat", "HAPPYCHAT_S3_SECRET_KEY or --s3-secret-key-file"},
		{"S3 settings without it", "", "serve --s3-bucket chat", "--s3-endpoint is not"},
		{"S3 endpoint with a path", "", "serve --s3-endpoint https://s3.example/chat", "without a path"},
		{"several nodes without files in common", "", "serve --database postgres://h/d --nats nats://h", "or a folder that all nodes share with --shared-files"},
		{"files in two places", "", "serve --shared-files /mnt --s3-endpoint https://s3.example --s3-bucket chat --s3-access-key a --s3-secret-key geheim", "choose one"},
		{"S3 bucket", "", "serve --s3-bucket My_Bucket", "must be the name of a bucket"},
		{"two S3 secrets", "", "serve --s3-secret-key geheim --s3-secret-key-file config_test.go", "choose one"},
		{"password file that is empty", "", "serve --smtp-password-file /dev/null", "first line is empty"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var environ []string
			if test.environ != "" {
				environ = []string{test.environ}
			}
			in, out, errs, code := call(t, environ, strings.Fields(test.args)...)
			if code != 2 || in != nil || out != "" {
				t.Errorf("code %d, invoked %v, output %q", code, in != nil, out)
			}
			if !strings.Contains(errs, test.want) {
				t.Errorf("said %q, want %q", errs, test.want)
			}
			if !strings.HasPrefix(errs, "happychat: ") || strings.Count(errs, "\n") != 1 {
				t.Errorf("not one sentence: %q", errs)
			}
			if strings.Contains(errs, "geheim") {
				t.Errorf("tells a secret: %q", errs)
			}
		})
	}
}

func TestFlagsAndArgumentsInAnyOrder(t *testing.T) {
	for _, args := range []string{
		"user create ann ann@example.com --force --file x --data /d",
		"user create --force=true --file=x ann --data=/d ann@example.com",
		"user create --data /d --file x --force -- ann ann@example.com",
	} {
		in, _, errs, code := call(t, nil, strings.Fields(args)...)
		if code != 0 {
			t.Fatal(errs)
		}
		if got := strings.Join(in.Args, " "); got != "ann ann@example.com force=true file=x" || in.Config.Data != "/d" {
			t.Errorf("%s: %q %s", args, got, in.Config.Data)
		}
	}
	in, _, _, _ := call(t, nil, "backup", "--", "--force")
	if in == nil || in.Args[0] != "--force" {
		t.Errorf("%+v", in)
	}
}

// A file of variables is shared by all commands; one that needs no mail must
// not trip over an SMTP setting.
func TestCommandsLookOnlyAtTheirSettings(t *testing.T) {
	in, _, errs, code := call(t, []string{"HAPPYCHAT_SMTP_FROM=nonsense", "HAPPYCHAT_DATA=/d", "HAPPYCHAT_LISTEN=:1"}, "user", "list")
	if code != 0 || in.Config.Data != "/d" || in.Config.SMTP.From != "" || in.Config.Listen != "127.0.0.1:8080" {
		t.Errorf("%d %s %+v", code, errs, in)
	}
}

func TestFailure(t *testing.T) {
	if _, _, errs, code := call(t, nil, "fail"); code != 1 || errs != "happychat: the disk is full\n" {
		t.Errorf("%d %q", code, errs)
	}
}

func TestHelp(t *testing.T) {
	for _, args := range []string{"", "help", "--help", "-h"} {
		_, out, errs, code := call(t, nil, strings.Fields(args)...)
		if code != 0 || errs != "" || !strings.Contains(out, "happychat user create USERNAME EMAIL\n      Make an account.") {
			t.Errorf("%q: %d %q %q", args, code, out, errs)
		}
	}
	for _, args := range []string{"serve --help", "serve -h", "help serve", "serve --listen nonsense --help"} {
		in, out, errs, code := call(t, []string{"HAPPYCHAT_NONSENSE=1"}, strings.Fields(args)...)
		if code != 0 || in != nil {
			t.Errorf("%q: %d %q", args, code, errs)
		}
		for _, s := range settings {
			if !strings.Contains(out, "--"+s.name+" ") || !strings.Contains(out, "("+s.variable()+")") {
				t.Errorf("%q does not tell of %s", args, s.name)
			}
		}
		for line := range strings.SplitSeq(out, "\n") {
			if len([]rune(line)) > helpWidth {
				t.Errorf("a line of %d characters: %s", len([]rune(line)), line)
			}
		}
	}
	for _, args := range []string{"user --help", "help user"} {
		_, out, errs, code := call(t, nil, strings.Fields(args)...)
		if code != 0 || !strings.Contains(out, "user create") || strings.Contains(out, "happychat serve") {
			t.Errorf("%q: %d %q %q", args, code, out, errs)
		}
	}
	_, out, _, _ := call(t, nil, "user", "create", "--help")
	if !strings.Contains(out, "--file FILE\n      write to this FILE") || !strings.Contains(out, "--data") || strings.Contains(out, "--smtp-host") {
		t.Errorf("help of user create:\n%s", out)
	}
	if _, _, errs, code := call(t, nil, "help", "nothing"); code != 2 || !strings.Contains(errs, "no command “nothing”") {
		t.Errorf("%d %q", code, errs)
	}
}

func TestNothingShowsSecrets(t *testing.T) {
	in, _, errs, code := call(t, nil, "serve", "--database", "postgres://u:geheim@h/d", "--nats", "nats://u:geheim@h", "--shared-files", "/mnt", "--smtp-host", "m.example", "--smtp-from", "c@m.example", "--smtp-username", "c", "--smtp-password", "geheim")
	if code != 0 {
		t.Fatal(errs)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "config", in.Config, "smtp", in.Config.SMTP, "nats", in.Config.NATS, "password", in.Config.SMTP.Password)
	asJSON, err := json.Marshal(in.Config.SMTP)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{
		fmt.Sprint(in.Config), fmt.Sprintf("%+v", in.Config), fmt.Sprintf("%#v", in.Config), fmt.Sprintf("%+v %#v", in.Config.SMTP, in.Config.SMTP), fmt.Sprintf("%+v %#v", in.Config.NATS, in.Config.NATS), log.String(), string(asJSON),
	} {
		if strings.Contains(shown, "geheim") {
			t.Errorf("shows a secret: %s", shown)
		}
		if !strings.Contains(shown, "(secret)") {
			t.Errorf("does not show that there is a secret: %s", shown)
		}
	}
}

func TestLinkBase(t *testing.T) {
	address := &net.TCPAddr{IP: net.IPv4zero, Port: 4321}
	for _, test := range []struct {
		c    Config
		at   net.Addr
		want string
	}{
		{Config{PublicURL: "https://x.example", Listen: ":1"}, address, "https://x.example"},
		{Config{Listen: ":0"}, address, "http://localhost:4321"},
		{Config{Listen: "127.0.0.1:8080"}, nil, "http://localhost:8080"},
		{Config{Listen: ":80"}, nil, "http://localhost"},
		{Config{}, nil, "http://localhost"},
	} {
		if got := test.c.LinkBase(test.at); got != test.want {
			t.Errorf("%+v: %s, want %s", plain(test.c), got, test.want)
		}
	}
}
