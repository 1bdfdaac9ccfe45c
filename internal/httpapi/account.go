package httpapi

// account registers registration, sessions and the account itself.
func (a *api) account() {}
