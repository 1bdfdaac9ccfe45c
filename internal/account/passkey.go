package account

import (
	"context"
	"encoding/binary"
	"net"
	"net/url"
	"strings"

	"github.com/happychat/happychat/internal/change"
)

// Passkey is a pair of keys of which somebody's device, or their password
// manager, has the secret one (WebAuthn). It signs in instead of a password, and
// is a second step beside one.
type Passkey struct {
	ID           change.ID
	AccountID    change.ID
	CredentialID string // by which the device knows it, in base64url
	PublicKey    string // COSE, in base64url
	Counter      int64  // of its uses, as far as the device counts them
	// Transports are the ways to the device that its browser named, for hints,
	// with commas between.
	Transports string
	// Backupable: more devices can have it. BackedUp: more have it. The first
	// never changes.
	Backupable bool
	BackedUp   bool
	// Doubted: it was refused once, because its counter went back, as that of a
	// copy would.
	Doubted    bool
	Name       string
	CreatedAt  int64
	LastUsedAt int64 // 0: never
}

const (
	// MaxPasskeys is how many an account may have.
	MaxPasskeys = 20
	// MaxPasskeyName is the longest name of one.
	MaxPasskeyName = 60
)

// PasskeyParty is what passkeys are made for. Devices show them to no other
// site.
type PasskeyParty struct {
	ID     string // the host name
	Origin string // of the pages that may ask for them
	Name   string // as devices show it
}

// PasskeyPartyAt gives the one of a server that people reach at base. There is
// none, and so no passkeys, where browsers would refuse: without HTTPS, other
// than at localhost, and where the host is an address and not a name (WebAuthn
// Level 3, sections 5.1.3 and 13.4.9).
func PasskeyPartyAt(base *url.URL, name string) (PasskeyParty, bool) {
	host, scheme, port := strings.ToLower(base.Hostname()), strings.ToLower(base.Scheme), base.Port()
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	if host == "" || net.ParseIP(host) != nil || (scheme != "https" && !(scheme == "http" && local)) {
		return PasskeyParty{}, false
	}
	origin := scheme + "://" + host
	if port != "" && !(scheme == "https" && port == "443") && !(scheme == "http" && port == "80") {
		origin += ":" + port
	}
	return PasskeyParty{ID: host, Origin: origin, Name: name}, true
}

// PasskeyParty gives what passkeys are made for here; false: there are none.
func (s *Service) PasskeyParty() (PasskeyParty, bool) {
	if s.passkeys == nil {
		return PasskeyParty{}, false
	}
	return s.passkeys.party, true
}

// PasskeyHandle is what devices know an account by: not who it is of, and the
// same for all of its passkeys, so that a new one takes the place of a removed
// one that the device still has.
func PasskeyHandle(id change.ID) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }

// Passkeys lists those of the actor's account, the oldest first.
func (s *Service) Passkeys(ctx context.Context, actor Actor) ([]Passkey, error) {
	return s.store.Passkeys(ctx, actor.AccountID)
}

// BeginPasskey gives whoever knows the password what a browser needs to make a
// passkey. It counts for nothing until AddPasskey.
func (s *Service) BeginPasskey(ctx context.Context, actor Actor, password string) (PasskeyCreation, error) {
	if s.passkeys == nil {
		return PasskeyCreation{}, ErrNoPasskeys
	}
	before, err := s.checkOwnPassword(ctx, actor, password)
	if err != nil {
		return PasskeyCreation{}, err
	}
	out := PasskeyCreation{Party: s.passkeys.party, Handle: PasskeyHandle(before.ID), Username: before.Username, Name: before.Name}
	return out, s.store.Update(ctx, func(ctx context.Context) error {
		if _, err := s.unchanged(ctx, before); err != nil {
			return err
		}
		if out.Have, err = s.store.Passkeys(ctx, before.ID); err != nil {
			return err
		}
		if len(out.Have) >= MaxPasskeys {
			return ErrTooManyPasskeys
		}
		out.Challenge, err = s.newPasskeyChallenge(ctx, PasskeyAdd, before.ID, actor.SessionID.String())
		return err
	})
}

// AddPasskey stores a passkey that was made by the actor's device after
// BeginPasskey. If it is the first thing of a second step, there are recovery
// codes, which are not stored.
func (s *Service) AddPasskey(ctx context.Context, actor Actor, made Attestation, name string, client Client) (Passkey, []string, error) {
	if s.passkeys == nil {
		return Passkey{}, nil, ErrNoPasskeys
	}
	name, err := checkPasskeyName(name, client)
	if err != nil {
		return Passkey{}, nil, err
	}
	if err := s.limits.factor.Check(actor.AccountID.String()); err != nil {
		return Passkey{}, nil, err
	}
	p, challenge, err := s.passkeys.made(made, PasskeyHandle(actor.AccountID))
	fits := err == nil
	p.ID, p.AccountID, p.Name, p.CreatedAt = s.ids.Next(), actor.AccountID, name, s.clock.Now()
	var codes []string
	var wrong error // told after the commit: the challenge is used up
	err = s.store.Update(ctx, func(ctx context.Context) error {
		fresh, err := s.takePasskeyChallenge(ctx, PasskeyAdd, actor.AccountID, challenge, actor.SessionID.String())
		if err != nil {
			return err
		}
		if !fresh {
			wrong = ErrPasskeyLate
			return nil
		}
		if !fits {
			wrong = ErrPasskey
			return nil
		}
		a, err := s.store.Account(ctx, actor.AccountID)
		if err != nil {
			return instead(err, ErrSignedOut)
		}
		have, err := s.store.Passkeys(ctx, a.ID)
		if err != nil {
			return err
		}
		if len(have) >= MaxPasskeys {
			return ErrTooManyPasskeys
		}
		methods, err := s.methods(ctx, a.ID)
		if err != nil {
			return err
		}
		if err := s.store.CreatePasskey(ctx, p); err != nil {
			return err
		}
		s.tell(ctx, a, Letter{Kind: LetterPasskeyAdded, Passkey: p.Name})
		if len(methods) == 0 {
			codes, err = s.newRecoveryCodes(ctx, a.ID)
		}
		return err
	})
	if err == nil {
		err = wrong
	}
	if err == nil {
		s.limits.factor.Return(actor.AccountID.String())
	}
	return p, codes, err
}

// checkPasskeyName gives the name of a passkey; without one it is called after
// the device that it was made with.
func checkPasskeyName(name string, client Client) (string, error) {
	name, err := change.CheckLine("name", name, 0, MaxPasskeyName)
	if err == nil && name == "" {
		name = cut(client.Device, MaxPasskeyName)
	}
	return name, err
}

// RenamePasskey gives a passkey of the actor another name.
func (s *Service) RenamePasskey(ctx context.Context, actor Actor, id change.ID, name string) (Passkey, error) {
	name, err := change.CheckLine("name", name, 1, MaxPasskeyName)
	if err != nil {
		return Passkey{}, err
	}
	var out Passkey
	err = s.store.Update(ctx, func(ctx context.Context) (err error) {
		if out, _, err = s.ownPasskey(ctx, actor.AccountID, id); err != nil {
			return err
		}
		out.Name = name
		return s.store.PutPasskey(ctx, out)
	})
	return out, err
}

// RemovePasskey removes a passkey of an actor who knows the password. With the
// last thing of the second step the step is off.
func (s *Service) RemovePasskey(ctx context.Context, actor Actor, id change.ID, password string) error {
	before, err := s.checkOwnPassword(ctx, actor, password)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(ctx context.Context) error {
		a, err := s.unchanged(ctx, before)
		if err != nil {
			return err
		}
		p, others, err := s.ownPasskey(ctx, a.ID, id)
		if err != nil {
			return err
		}
		if err := s.store.DeletePasskey(ctx, a.ID, id); err != nil {
			return err
		}
		t, err := optional(s.store.TOTP(ctx, a.ID))
		if err != nil {
			return err
		}
		alone := others == 0 && !t.Confirmed
		s.tell(ctx, a, Letter{Kind: LetterPasskeyRemoved, Passkey: p.Name, Alone: alone})
		if alone {
			return s.store.DeleteFactors(ctx, a.ID)
		}
		return nil
	})
}

// ownPasskey gives one of an account, and how many others it has.
func (s *Service) ownPasskey(ctx context.Context, account, id change.ID) (p Passkey, others int, err error) {
	list, err := s.store.Passkeys(ctx, account)
	for _, have := range list {
		if have.ID == id {
			return have, len(list) - 1, err
		}
	}
	if err == nil {
		err = ErrNoPasskey
	}
	return p, 0, err
}
