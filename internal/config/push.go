package config

import "strings"

// Push says how devices are called on which the app is closed.
type Push struct {
	State PushState
	// Hosts are push services that may be anywhere, and without TLS.
	Hosts []string
}

// PushState tells whether they are called.
type PushState string

// The two states.
const (
	PushOn  PushState = "on"
	PushOff PushState = "off"
)

var pushSettings = []setting{
	{
		name: "push", group: Pushes, value: "on|off", standard: string(PushOn),
		help: "whether devices are notified while the app is closed; what push services see says nothing of what is new",
		set: func(c *Config, v string) (err error) {
			c.Push.State, err = oneOf(v, PushOn, PushOff)
			return err
		},
		get: func(c *Config) string { return string(c.Push.State) },
	},
	{
		name: "push-hosts", group: Pushes, value: "HOST,…",
		help: "push services in your own network, such as ntfy.lan; all others must be in the public network and have https",
		set: func(c *Config, v string) (err error) {
			c.Push.Hosts, err = list(v, func(v string) (string, error) { return v, checkHost(v) })
			return err
		},
		get: func(c *Config) string { return strings.Join(c.Push.Hosts, ",") },
	},
}

// checkPush checks what no setting can tell alone.
func (c *Config) checkPush() error {
	if c.Push.State == PushOff && len(c.Push.Hosts) > 0 {
		return Usagef("--push-hosts is set but --push is off: choose one.")
	}
	return nil
}
