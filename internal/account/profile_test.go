package account

import (
	"strings"
	"testing"
)

func TestPublicFor(t *testing.T) {
	a := Account{ID: 1, Username: "lan", Name: "小兰", Kind: Person, State: Active, Email: "e", Avatar: "p"}
	whole := Public{Card: a.Card(), About: "a", Gender: Female, Place: "p", Website: "w", GitHub: "g", Email: "e"}
	a.Profile = Profile{About: "a", Gender: Female, Place: "p", Website: "w", GitHub: "g"}
	all := func(to Audience) Visibility { return Visibility{to, to, to, to, to, to} }
	mixed := Visibility{About: Everyone, Gender: Friends, Place: Nobody, Website: Everyone, GitHub: Friends, Email: Nobody}
	none := Public{Card: a.Card()}
	for _, c := range []struct {
		name  string
		state State
		v     Visibility
		r     Relation
		want  Public
	}{
		{"everyone, a stranger", Active, all(Everyone), Stranger, whole},
		{"friends, a stranger", Active, all(Friends), Stranger, none},
		{"friends, a friend", Active, all(Friends), Befriended, whole},
		{"nobody, a friend", Active, all(Nobody), Befriended, none},
		{"nobody, oneself", Active, all(Nobody), Self, whole},
		{"never said, a friend", Active, Visibility{}, Befriended, none},
		{"mixed, a stranger", Active, mixed, Stranger, Public{Card: a.Card(), About: "a", Website: "w"}},
		{"mixed, a friend", Active, mixed, Befriended, Public{Card: a.Card(), About: "a", Gender: Female, Website: "w", GitHub: "g"}},
		{"a new account, a friend", Active, StandardVisibility, Befriended, Public{Card: a.Card(), About: "a", Gender: Female, Place: "p", Website: "w", GitHub: "g"}},
		{"disabled, a friend", Disabled, all(Everyone), Befriended, none},
	} {
		a.State, a.Profile.Visibility = c.state, c.v
		if got := a.PublicFor(c.r); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestWebsite(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "example.org": "https://example.org", " http://example.org/a?b#c ": "http://example.org/a?b#c", "https://乐聊.example/路": "https://乐聊.example/路",
		"javascript:alert(1)": "!", "javascript://example.org/%0aalert(1)": "!", "data:text/html,x": "!", "ftp://example.org": "!", "https://": "!", "https://a b.example": "!",
		"https://user@example.org": "!", "https://localhost": "!", "https://example.org/\"onload=": "!", "https://example.org/<b>": "!", "https://example.org/" + strings.Repeat("a", MaxWebsite): "!",
	} {
		got, err := checkWebsite(in)
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestGitHub(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "lan": "lan", "@lan-x": "lan-x", "https://github.com/Lan/": "Lan", "github.com/lan": "lan",
		"-lan": "!", "lan-": "!", "la--n": "!", "la/n": "!", "小兰": "!", "https://example.org/lan": "!", strings.Repeat("a", 40): "!",
	} {
		got, err := checkGitHub(in)
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
