package wire

import (
	"github.com/happychat/happychat/internal/console"
)

// next is the cursor that continues after a page of at most limit rows: the
// last of them, if the page is full.
func next[T any](page []T, limit int, id func(T) ID) string {
	if limit == 0 {
		limit = console.DefaultPage
	}
	if len(page) < limit {
		return ""
	}
	text, _ := id(page[len(page)-1]).MarshalText() // it can not fail
	return string(text)
}

// ConsolePerson is an account as owners of the server see it.
type ConsolePerson struct {
	Account    Account `json:"account"`
	State      string  `json:"state" enum:"active,disabled,deleted"`
	Sessions   int     `json:"sessions"`
	Friends    int     `json:"friends"`
	Groups     int     `json:"groups"`
	LastUsedAt int64   `json:"lastUsedAt" doc:"When a session that it has was last used; 0 without sessions"`
}

// NewConsolePerson makes the shape.
func NewConsolePerson(p console.Person) ConsolePerson {
	return ConsolePerson{
		Account: NewAccount(p.Account), State: string(p.Account.State), Sessions: p.Sessions,
		Friends: p.Friends, Groups: p.Groups, LastUsedAt: p.LastUsedAt,
	}
}

// ConsolePeople is a page of accounts, the newest first.
type ConsolePeople struct {
	People     []ConsolePerson `json:"people"`
	Total      int             `json:"total" doc:"How many there are on all pages"`
	NextCursor string          `json:"nextCursor,omitempty" doc:"For the next page; left out on the last"`
}

// NewConsolePeople makes the shape.
func NewConsolePeople(l []console.Person, total, limit int) ConsolePeople {
	return ConsolePeople{
		People: some(l, NewConsolePerson), Total: total,
		NextCursor: next(l, limit, func(p console.Person) ID { return ID(p.Account.ID) }),
	}
}

// ConsoleGroup is a group as owners of the server see it.
type ConsoleGroup struct {
	ID             ID     `json:"id"`
	Name           string `json:"name"`
	Number         string `json:"number"`
	Owner          Card   `json:"owner"`
	MemberCount    int    `json:"memberCount"`
	Messages       int64  `json:"messages"`
	CreatedAt      int64  `json:"createdAt"`
	LastActivityAt int64  `json:"lastActivityAt"`
}

// ConsoleGroups is a page of groups, the newest first.
type ConsoleGroups struct {
	Groups     []ConsoleGroup `json:"groups"`
	NextCursor string         `json:"nextCursor,omitempty" doc:"For the next page; left out on the last"`
}

// NewConsoleGroups makes the shape.
func NewConsoleGroups(l []console.Group, limit int) ConsoleGroups {
	return ConsoleGroups{
		Groups: some(l, func(g console.Group) ConsoleGroup {
			return ConsoleGroup{
				ID: ID(g.ID), Name: g.Name, Number: g.Number, Owner: NewCard(g.Owner), MemberCount: g.MemberCount,
				Messages: g.Messages, CreatedAt: g.CreatedAt, LastActivityAt: g.LastActivityAt,
			}
		}),
		NextCursor: next(l, limit, func(g console.Group) ID { return ID(g.ID) }),
	}
}

// ConsoleSignIn is an entry of the sign-in log.
type ConsoleSignIn struct {
	ID      ID     `json:"id"`
	Account Card   `json:"account"`
	At      int64  `json:"at"`
	Device  string `json:"device"`
	Address string `json:"address"`
}

// ConsoleSignIns is a page of the sign-in log, the newest first.
type ConsoleSignIns struct {
	SignIns    []ConsoleSignIn `json:"signIns"`
	NextCursor string          `json:"nextCursor,omitempty" doc:"For the next page; left out on the last"`
}

// NewConsoleSignIns makes the shape.
func NewConsoleSignIns(l []console.SignIn, limit int) ConsoleSignIns {
	return ConsoleSignIns{
		SignIns: some(l, func(v console.SignIn) ConsoleSignIn {
			return ConsoleSignIn{ID: ID(v.SessionID), Account: NewCard(v.Account), At: v.At, Device: v.Device, Address: v.Address}
		}),
		NextCursor: next(l, limit, func(v console.SignIn) ID { return ID(v.SessionID) }),
	}
}

// AuditEntry is what was done by an owner, or at the command line.
type AuditEntry struct {
	ID      ID     `json:"id"`
	At      int64  `json:"at"`
	Actor   *Card  `json:"actor,omitempty" doc:"Left out: the command line of the server"`
	Action  string `json:"action" enum:"account.disabled,account.enabled,account.signed_out,account.reset_sent,account.made_owner,account.made_user,account.created,account.activated,account.password_set,account.email_set,account.factors_reset,account.deleted,group.dissolved,feedback.answered,feedback.closed,feedback.reopened"`
	Subject string `json:"subject" doc:"The identifier of the account, group or feedback"`
	Name    string `json:"name" doc:"What it was called then"`
	Detail  string `json:"detail,omitempty"`
}

// AuditEntries is a page of the audit log, the newest first.
type AuditEntries struct {
	Entries    []AuditEntry `json:"entries"`
	NextCursor string       `json:"nextCursor,omitempty" doc:"For the next page; left out on the last"`
}

// NewAuditEntries makes the shape.
func NewAuditEntries(l []console.Entry, limit int) AuditEntries {
	return AuditEntries{
		Entries: some(l, func(e console.Entry) AuditEntry {
			out := AuditEntry{ID: ID(e.ID), At: e.At, Action: string(e.Action), Subject: e.Subject, Name: e.Name, Detail: e.Detail}
			if e.Actor.ID != 0 {
				card := NewCard(e.Actor)
				out.Actor = &card
			}
			return out
		}),
		NextCursor: next(l, limit, func(e console.Entry) ID { return ID(e.ID) }),
	}
}

// ConsoleDay holds the counts of one day.
type ConsoleDay struct {
	Date        string `json:"date" example:"2026-11-23" doc:"In the server's time zone"`
	Active      int64  `json:"active" doc:"People who used the server"`
	Messages    int64  `json:"messages"`
	Connections int64  `json:"connections" doc:"The most at one time, on the busiest node"`
	PageViews   int64  `json:"pageViews" doc:"Of the web app; nothing tells whose"`
	SignIns     int64  `json:"signIns"`
	NewAccounts int64  `json:"newAccounts"`
}

// ConsoleStatistics are counts over time.
type ConsoleStatistics struct {
	Days []ConsoleDay `json:"days" doc:"Every day, the oldest first; the last is today"`
}

// NewConsoleStatistics makes the shape.
func NewConsoleStatistics(l []console.Day) ConsoleStatistics {
	return ConsoleStatistics{Days: some(l, func(d console.Day) ConsoleDay {
		return ConsoleDay{
			Date: d.Date, Active: d.Counts[console.Active], Messages: d.Counts[console.Messages],
			Connections: d.Counts[console.Connections], PageViews: d.Counts[console.PageViews],
			SignIns: d.Counts[console.SignIns], NewAccounts: d.Counts[console.NewAccounts],
		}
	})}
}

// ConsoleStorage tells what is kept.
type ConsoleStorage struct {
	Accounts      int64 `json:"accounts"`
	Groups        int64 `json:"groups"`
	Messages      int64 `json:"messages"`
	DatabaseBytes int64 `json:"databaseBytes"`
	Files         int64 `json:"files" doc:"Of different contents"`
	FileBytes     int64 `json:"fileBytes"`
}

// NewConsoleStorage makes the shape.
func NewConsoleStorage(s console.Storage) ConsoleStorage {
	return ConsoleStorage{
		Accounts: s.Accounts, Groups: s.Groups, Messages: s.Messages,
		DatabaseBytes: s.DatabaseBytes, Files: s.Files, FileBytes: s.FileBytes,
	}
}
