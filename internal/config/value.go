package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// units are those of sizes, as people and disks use them.
var units = []struct {
	name string
	size int64
}{{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}}

// size reads a number of bytes such as 25MB.
func size(v string) (int64, error) {
	for _, u := range units {
		number, ok := strings.CutSuffix(strings.ToUpper(v), u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err == nil && n >= 1 && n <= 1e12/u.size {
			return n * u.size, nil
		}
	}
	return 0, errors.New("must be a size from 1KB to 1000GB, such as 25MB")
}

func sizeText(n int64) string {
	for _, u := range units {
		if n > 0 && n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + u.name
		}
	}
	return ""
}

// checkBucket accepts what all storages do.
func checkBucket(v string) error {
	ok := len(v) >= 3 && len(v) <= 63
	for _, r := range v {
		ok = ok && (r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z')
	}
	if !ok {
		return errors.New("must be the name of a bucket: 3 to 63 small letters, digits, dots and dashes")
	}
	return nil
}

func checkListen(v string) error {
	host, p, err := net.SplitHostPort(v)
	if err != nil {
		return errors.New("must be an address and a port, such as 127.0.0.1:8080 or :8080")
	}
	if host != "" {
		if err := checkHost(host); err != nil {
			return err
		}
	}
	if p != "0" {
		_, err = port(p)
	}
	return err
}

func port(v string) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > 65535 {
		return 0, errors.New("must have a port between 1 and 65535")
	}
	return n, nil
}

// checkHost accepts a name or an address, without scheme, port or path.
func checkHost(v string) error {
	if _, err := netip.ParseAddr(v); err == nil {
		return nil
	}
	ok := v != "" && len(v) <= 253 && !strings.HasPrefix(v, "-")
	for _, r := range v {
		ok = ok && (r == '-' || r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}
	if !ok {
		return errors.New("must name a machine, such as mail.example.com, with nothing before or after it")
	}
	return nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// origin checks scheme://host[:port] and returns it the way browsers write it.
func origin(v string) (string, error) {
	if v == "*" || v == "null" {
		return "", fmt.Errorf("cannot be %q: that would let every site act in the name of whoever visits it; name the sites", v)
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.HasPrefix(u.Hostname(), "*") {
		return "", errors.New("must be an address such as https://chat.example.com")
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("must be the address of the whole site, such as https://chat.example.com, without a path: the app cannot live in a folder of another site")
	}
	if p := u.Port(); p != "" {
		if _, err := port(p); err != nil {
			return "", err
		}
	}
	host := strings.ToLower(u.Host)
	host = strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
	return u.Scheme + "://" + strings.TrimSuffix(host, ":"), nil
}

func proxies(v string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(v)
	if err != nil {
		addr, err := netip.ParseAddr(v)
		if err != nil {
			return p, errors.New("must be addresses or networks, such as 127.0.0.1 or 10.0.0.0/8")
		}
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	if p.Bits() == 0 {
		return p, fmt.Errorf("cannot be %s: anybody could then claim to come from anywhere; name your proxies", v)
	}
	return p.Masked(), nil
}

// endpoint checks the address of an API.
func endpoint(v string) (string, error) {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("must be the address of an API, such as http://127.0.0.1:11434/v1 or https://api.example.com/v1, without a name, a password or a question mark")
	}
	return strings.TrimRight(v, "/"), nil
}

func duration(v string, least, most time.Duration) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if err != nil || d < least || d > most {
		return 0, fmt.Errorf("must be a time between %s and %s, such as 30s", least, most)
	}
	return d, nil
}

func checkDatabase(v string) error {
	u, err := url.Parse(v)
	// What url.Parse says is not repeated: it quotes the password.
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || strings.Trim(u.Path, "/") == "" {
		return errors.New("must be a PostgreSQL address such as postgres://user:password@host:5432/name (leave it away to use SQLite in the data folder)")
	}
	return nil
}

// natsServer accepts the address of a NATS server, and adds what may be left
// away.
func natsServer(v string) (string, error) {
	u, err := url.Parse(v)
	// What url.Parse says is not repeated: it quotes the password.
	if err != nil || u.Scheme != "nats" && u.Scheme != "tls" || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("must be the address of a NATS server such as nats://user:password@host:4222")
	}
	if p := u.Port(); p != "" {
		if _, err := port(p); err != nil {
			return "", err
		}
	}
	u.Path = ""
	return u.String(), nil
}

// checkSubject accepts what NATS takes for one token of a subject, and for
// several with dots between them.
func checkSubject(v string) error {
	for token := range strings.SplitSeq(v, ".") {
		ok := token != ""
		for _, r := range token {
			ok = ok && (r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
		}
		if !ok || len(v) > 100 {
			return errors.New("must be a name of letters, digits, - and _, such as happychat or club.chat")
		}
	}
	return nil
}

func checkFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		if reason, ok := errors.AsType[*os.PathError](err); ok {
			err = reason.Err
		}
		return fmt.Errorf("names a file that cannot be read (%w)", err)
	}
	_ = f.Close() // nothing was written
	return nil
}

func checkSiteName(v string) error {
	if len([]rune(v)) > 50 {
		return errors.New("must be at most 50 characters long")
	}
	return nil
}

func checkFrom(v string) error {
	if _, err := mail.ParseAddress(v); err != nil || strings.ContainsAny(v, "\r\n") {
		return errors.New("must be one mail address, such as chat@example.com or \"Family chat <chat@example.com>\"")
	}
	return nil
}

func smtpPassword(c *Config) *Secret { return &c.SMTP.Password }
func secretKey(c *Config) *Secret    { return &c.S3.SecretKey }

// setOnce sets a secret that comes by the setting of a name or by a file.
func setOnce(where func(*Config) *Secret, name string, read func(string) (string, error)) func(*Config, string) error {
	return func(c *Config, v string) error {
		secret, err := read(v)
		if err != nil {
			return err
		}
		if *where(c) != "" {
			return fmt.Errorf("must not be set together with %s: choose one", name)
		}
		*where(c) = Secret(secret)
		return nil
	}
}

func setRobotKey(read func(string) (string, error)) func(*Config, string) error {
	return func(c *Config, v string) error {
		key, err := read(v)
		if err != nil {
			return err
		}
		if c.Robot.Key != "" {
			return errors.New("must not be set together with robot-key: choose one")
		}
		c.Robot.Key = Secret(key)
		return nil
	}
}

func firstLine(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		if reason, ok := errors.AsType[*os.PathError](err); ok {
			err = reason.Err
		}
		return "", fmt.Errorf("names a file that cannot be read (%w)", err)
	}
	line, _, _ := strings.Cut(string(data), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", errors.New("names a file whose first line is empty")
	}
	return line, nil
}

func oneOf[T ~string](v string, allowed ...T) (T, error) {
	words := make([]string, len(allowed))
	for i, a := range allowed {
		if v == string(a) {
			return a, nil
		}
		words[i] = string(a)
	}
	last := len(words) - 1
	return "", errors.New("must be " + strings.Join(words[:last], ", ") + " or " + words[last])
}

func list[T any](v string, parse func(string) (T, error)) ([]T, error) {
	var out []T
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		item, err := parse(part)
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, nil
}

func join[T any](items []T) string {
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = fmt.Sprint(item)
	}
	return strings.Join(words, ",")
}
