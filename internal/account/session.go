package account

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/happychat/happychat/internal/change"
)

// Credentials are what somebody signs in with.
type Credentials struct {
	Login    string // user name or e-mail address
	Password string
	Remember bool
}

// SignIn makes a new session, or returns a *FactorNeeded if the account has a
// second step. Unknown names, disabled accounts and wrong passwords get the same
// error after the same time.
func (s *Service) SignIn(ctx context.Context, c Credentials, client Client) (SignedIn, error) {
	c.Login = storable(c.Login)
	login := loginKey(c.Login)
	both := login + " " + from(client)
	if err := checks(
		within(s.limits.signInByAddress, from(client)),
		within(s.limits.signInByBoth, both),
		within(s.limits.signInByLogin, login),
	); err != nil {
		return SignedIn{}, err
	}
	try := attempt{now: s.clock.Now()}
	err := s.store.View(ctx, func(ctx context.Context) error {
		var err error
		if try.account, err = optional(s.store.AccountByLogin(ctx, c.Login)); err != nil {
			return err
		}
		waiting, err := s.store.RegistrationsByLogin(ctx, c.Login, try.now)
		if len(waiting) > 0 {
			try.registration = waiting[0]
		}
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	if try.right, err = s.hasher.Verify(ctx, try.hash(), c.Password); err != nil {
		return SignedIn{}, err
	}
	if err := maySignIn(try); err != nil {
		return SignedIn{}, err
	}
	s.limits.signInByAddress.Return(from(client))
	s.limits.signInByBoth.Return(both)
	s.limits.signInByLogin.Return(login)

	renewed := ""
	if s.hasher.Outdated(try.account.PasswordHash) {
		if renewed, err = s.hasher.Hash(ctx, c.Password); err != nil {
			return SignedIn{}, err
		}
	}
	var out SignedIn
	var needed *FactorNeeded // told after the commit: the challenge is stored
	err = s.store.Update(ctx, func(ctx context.Context) error {
		// The password may have been changed or the account disabled while
		// this one was compared.
		a, err := s.store.Account(ctx, try.account.ID)
		if err != nil {
			return err
		}
		if a.PasswordHash != try.account.PasswordHash || a.State != Active {
			return ErrBadCredentials
		}
		if renewed != "" {
			a.PasswordHash = renewed
			if a, err = s.store.PutAccount(ctx, a); err != nil {
				return err
			}
		}
		if needed, err = s.challenge(ctx, a, c.Remember); err != nil || needed != nil {
			return err
		}
		out, err = s.open(ctx, a, c.Remember, client)
		return err
	})
	if err == nil && needed != nil {
		err = needed
	}
	return out, err
}

// loginKey is what a login name counts as.
func loginKey(login string) string {
	if strings.Contains(login, "@") {
		return EmailKey(login)
	}
	return UsernameKey(login)
}

// open makes a session of an account.
func (s *Service) open(ctx context.Context, a Account, remember bool, client Client) (SignedIn, error) {
	now, token := s.clock.Now(), change.NewToken()
	session := Session{
		ID: s.ids.Next(), AccountID: a.ID, TokenHash: hashToken(token), Device: cut(client.Device, MaxDevice),
		Address: client.Address, Remember: remember, CreatedAt: now, LastUsedAt: now,
	}
	session.ExpiresAt = now + change.Ms(session.Life())
	have, err := s.store.Sessions(ctx, a.ID, now)
	if err != nil {
		return SignedIn{}, err
	}
	if len(have) >= MaxSessions {
		if err := s.end(ctx, a.ID, have[MaxSessions-1:], Revoked); err != nil {
			return SignedIn{}, err
		}
	}
	if err := s.store.CreateSession(ctx, session); err != nil {
		return SignedIn{}, err
	}
	s.store.AfterCommit(ctx, func() { s.used(a.ID) })
	return SignedIn{Account: a, Session: session, Token: token}, nil
}

// storable leaves out what no text may hold.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}

// cut keeps the first max code points.
func cut(text string, max int) string {
	runes := []rune(storable(text))
	return string(runes[:min(max, len(runes))])
}

// Authenticate tells who a session's token belongs to. That the session is in
// use is noted later.
func (s *Service) Authenticate(ctx context.Context, token string) (Actor, error) {
	if token == "" {
		return Actor{}, ErrSignedOut
	}
	session, a, err := s.store.SessionByToken(ctx, hashToken(token))
	if err != nil {
		return Actor{}, instead(err, ErrSignedOut)
	}
	now := s.clock.Now()
	if err := alive(session, a, now); err != nil {
		return Actor{}, err
	}
	if now-session.LastUsedAt >= change.Ms(useNoted) {
		session.ExpiresAt = now + change.Ms(session.Life())
		s.uses.put(Use{SessionID: session.ID, At: now, ExpiresAt: session.ExpiresAt})
		s.used(a.ID)
	}
	return Actor{
		AccountID: a.ID, SessionID: session.ID, Role: a.Role, Kind: a.Kind, Language: a.Language,
		Remember: session.Remember, ExpiresAt: session.ExpiresAt,
	}, nil
}

// StillUsed notes that a session is in use by a connection that was
// authenticated before. A door calls it every few minutes for each connection,
// so that a session does not expire while it is open.
func (s *Service) StillUsed(actor Actor) {
	now := s.clock.Now()
	life := Session{Remember: actor.Remember}.Life()
	s.uses.put(Use{SessionID: actor.SessionID, At: now, ExpiresAt: now + change.Ms(life)})
	s.used(actor.AccountID)
}

// uses are those that wait to be noted, one for each session.
type uses struct {
	mu        *sync.Mutex
	bySession map[change.ID]Use
	some      chan struct{} // holds one while there are any
}

// usesKept bounds what waits while nothing can be written. What is beyond is
// noted at its next use.
const usesKept = 50_000

func newUses() uses {
	return uses{mu: new(sync.Mutex), bySession: map[change.ID]Use{}, some: make(chan struct{}, 1)}
}

func (u *uses) put(use Use) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.bySession) >= usesKept {
		return
	}
	u.bySession[use.SessionID] = use
	select {
	case u.some <- struct{}{}:
	default:
	}
}

func (u *uses) take() []Use {
	u.mu.Lock()
	defer u.mu.Unlock()
	list := make([]Use, 0, len(u.bySession))
	for _, use := range u.bySession {
		list = append(list, use)
	}
	clear(u.bySession)
	return list
}

// usesAtOnce is how many are noted in one transaction, so that ten thousand
// phones do not keep messages waiting.
const usesAtOnce = 256

// FlushUses notes the uses that wait.
func (s *Service) FlushUses(ctx context.Context) error {
	list := s.uses.take()
	slices.SortFunc(list, func(a, b Use) int { return cmp.Compare(a.SessionID, b.SessionID) })
	for some := range slices.Chunk(list, usesAtOnce) {
		if err := s.store.Update(ctx, func(ctx context.Context) error { return s.store.NoteUses(ctx, some) }); err != nil {
			return err
		}
	}
	return nil
}

// Sessions lists those of the actor's account, the last used first.
func (s *Service) Sessions(ctx context.Context, actor Actor) ([]Session, error) {
	return s.store.Sessions(ctx, actor.AccountID, s.clock.Now())
}

// Current gives the actor's account and session.
func (s *Service) Current(ctx context.Context, actor Actor) (Account, error) {
	a, err := s.store.Account(ctx, actor.AccountID)
	return a, instead(err, ErrSignedOut)
}

// SignOut ends the actor's session.
func (s *Service) SignOut(ctx context.Context, actor Actor) error {
	return s.endNamed(ctx, actor.AccountID, actor.SessionID, SignedOut)
}

// EndSession ends one session of the actor's account.
func (s *Service) EndSession(ctx context.Context, actor Actor, session change.ID) error {
	reason := Revoked
	if session == actor.SessionID {
		reason = SignedOut
	}
	return s.endNamed(ctx, actor.AccountID, session, reason)
}

func (s *Service) endNamed(ctx context.Context, account, session change.ID, reason EndReason) error {
	return s.store.Update(ctx, func(ctx context.Context) error {
		gone, err := s.store.DeleteSessions(ctx, account, []change.ID{session})
		if err != nil {
			return err
		}
		if len(gone) == 0 {
			return ErrNoSession
		}
		s.store.AfterCommit(ctx, func() { s.ended(account, gone, reason) })
		return nil
	})
}

// EndOtherSessions ends all of the actor's account but the actor's own.
func (s *Service) EndOtherSessions(ctx context.Context, actor Actor) error {
	return s.store.Update(ctx, func(ctx context.Context) error {
		return s.endAll(ctx, actor.AccountID, actor.SessionID, Revoked)
	})
}

// endAll ends the sessions of an account but one; 0 keeps none.
func (s *Service) endAll(ctx context.Context, account, keep change.ID, reason EndReason) error {
	// From the beginning of time, so that those that expired and are still
	// there go too.
	list, err := s.store.Sessions(ctx, account, 0)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(session Session) bool { return session.ID == keep })
	return s.end(ctx, account, list, reason)
}

// end removes sessions and tells of it after the commit.
func (s *Service) end(ctx context.Context, account change.ID, list []Session, reason EndReason) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]change.ID, len(list))
	for i, session := range list {
		ids[i] = session.ID
	}
	gone, err := s.store.DeleteSessions(ctx, account, ids)
	if err != nil || len(gone) == 0 {
		return err
	}
	s.store.AfterCommit(ctx, func() { s.ended(account, gone, reason) })
	return nil
}
