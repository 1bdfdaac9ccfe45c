package export

import (
	_ "embed"
	"html/template"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/contact"
)

//go:embed page.html
var layoutText string

// The pages load nothing and run nothing, whatever somebody wrote.
var layout = template.Must(template.New("").Parse(layoutText))

type page struct {
	Language string
	Words    words
	Title    string
	Front    *front
}

type front struct {
	Account       account.Account
	Avatar        string // where it is
	At            string
	Contacts      []contact.Contact
	Conversations []entry
}

type head struct {
	Language, Title, Previous string
	Words                     words
}

type foot struct {
	Words words
	Next  string
}

type line struct {
	Words                  words
	From, At, Body, Notice string
	Mine                   bool
	Files                  []file
}
