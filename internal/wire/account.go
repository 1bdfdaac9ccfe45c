package wire

import "github.com/happychat/happychat/internal/account"

// Account is oneself.
type Account struct {
	ID        ID     `json:"id"`
	Username  string `json:"username"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	Kind      string `json:"kind" enum:"person,robot"`
	Role      string `json:"role" enum:"owner,user"`
	Language  string `json:"language" enum:"zh-CN,en"`
	CreatedAt int64  `json:"createdAt"`
	Version   int64  `json:"version"`
}

// NewAccount makes the shape.
func NewAccount(a account.Account) Account {
	return Account{ID: ID(a.ID), Username: a.Username, Name: a.Name, Email: a.Email, Kind: string(a.Kind),
		Role: string(a.Role), Language: a.Language, CreatedAt: a.CreatedAt, Version: a.Version}
}
