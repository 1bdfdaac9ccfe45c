package account

import "testing"

func TestMaySignIn(t *testing.T) {
	person := Account{ID: 1, Kind: Person, State: Active}
	disabled, robot := person, person
	disabled.State, robot.Kind = Disabled, Robot
	pending := Registration{ID: 2, ExpiresAt: 100}
	for _, c := range []struct {
		name string
		try  attempt
		want string
	}{
		{"right", attempt{account: person, right: true}, ""},
		{"wrong", attempt{account: person}, "session.bad_credentials"},
		{"nobody", attempt{}, "session.bad_credentials"},
		{"nobody, by a bug right", attempt{right: true}, "session.bad_credentials"},
		{"disabled, right", attempt{account: disabled, right: true}, "session.bad_credentials"},
		{"disabled, wrong", attempt{account: disabled}, "session.bad_credentials"},
		{"robot", attempt{account: robot, right: true}, "session.bad_credentials"},
		{"waiting, right", attempt{registration: pending, right: true, now: 99}, "account.not_activated"},
		{"waiting, wrong", attempt{registration: pending, now: 99}, "session.bad_credentials"},
		{"waiting, expired", attempt{registration: pending, right: true, now: 100}, "session.bad_credentials"},
		{"disabled and waiting", attempt{account: disabled, registration: pending, right: true}, "session.bad_credentials"},
		{"account and waiting", attempt{account: person, registration: pending, right: true}, ""},
	} {
		if got := code(maySignIn(c.try)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAlive(t *testing.T) {
	for _, c := range []struct {
		state   State
		expires int64
		want    string
	}{{Active, 101, ""}, {Active, 100, "session.required"}, {Disabled, 101, "session.required"}} {
		if got := code(alive(Session{ExpiresAt: c.expires}, Account{State: c.state}, 100)); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestMayRedeem(t *testing.T) {
	for _, c := range []struct {
		purpose Purpose
		expires int64
		want    string
	}{{Reset, 101, ""}, {Reset, 100, "token.invalid"}, {Setup, 101, "token.invalid"}, {decoy, 101, "token.invalid"}} {
		if got := code(mayRedeem(Token{Purpose: c.purpose, ExpiresAt: c.expires}, Reset, 100)); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestMayEnd(t *testing.T) {
	for _, c := range []struct {
		role   Role
		state  State
		owners int
		want   string
	}{{User, Active, 1, ""}, {Owner, Active, 2, ""}, {Owner, Active, 1, "account.last_owner"}, {Owner, Disabled, 0, ""}} {
		if got := code(mayEnd(Account{Role: c.role, State: c.state}, c.owners)); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
