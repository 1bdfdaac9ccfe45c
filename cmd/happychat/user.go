package main

import "github.com/happychat/happychat/internal/config"

// userCommands are what an owner does from the command line.
func userCommands() []config.Command { return nil }
