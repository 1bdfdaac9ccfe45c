module github.com/happychat/happychat

go 1.26
