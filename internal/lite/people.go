package lite

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
)

// people registers contacts, friend requests and invitations to groups.
func (d *door) people(mux *http.ServeMux) {
	mux.HandleFunc("GET "+Prefix+"/contacts", d.member(contacts))
	mux.HandleFunc("GET "+Prefix+"/people/{id}", d.member(func(v *visit) error { return v.cardPage(nil) }))
	mux.HandleFunc("POST "+Prefix+"/people/{id}/chat", d.memberSends(openChat))
	mux.HandleFunc("GET "+Prefix+"/add", d.member(func(v *visit) error { return v.addPage(nil, nil) }))
	mux.HandleFunc("POST "+Prefix+"/add", d.memberSends(find))
	mux.HandleFunc("POST "+Prefix+"/people/{id}/request", d.memberSends(ask))
	mux.HandleFunc("GET "+Prefix+"/requests", d.member(func(v *visit) error { return v.requestsPage(nil) }))
	answer := func(verb, done string, do func(ctx context.Context, actor, id change.ID) error) {
		mux.HandleFunc("POST "+Prefix+"/"+verb, d.memberSends(func(v *visit) error {
			if err := do(v.r.Context(), v.me.ID, v.id()); err != nil {
				return v.requestsPage(err)
			}
			return v.to("/requests?done=" + done)
		}))
	}
	answer("requests/{id}/accept", "accepted", func(ctx context.Context, actor, id change.ID) error {
		_, err := d.Contacts.Accept(ctx, actor, id, "")
		return err
	})
	answer("requests/{id}/decline", "declined", func(ctx context.Context, actor, id change.ID) error {
		_, err := d.Contacts.Decline(ctx, actor, id)
		return err
	})
	answer("requests/{id}/withdraw", "withdrawn", func(ctx context.Context, actor, id change.ID) error {
		_, err := d.Contacts.Withdraw(ctx, actor, id)
		return err
	})
	answer("invitations/{id}/accept", "joined", func(ctx context.Context, actor, id change.ID) error {
		_, err := d.Conversations.AcceptInvitation(ctx, actor, id)
		return err
	})
	answer("invitations/{id}/decline", "invitation-declined", func(ctx context.Context, actor, id change.ID) error {
		_, err := d.Conversations.DeclineInvitation(ctx, actor, id)
		return err
	})
}

type contactsData struct{ Friends, Blocked []person }

func contacts(v *visit) error {
	list, err := v.Contacts.List(v.r.Context(), v.me.ID)
	if err != nil {
		return err
	}
	var data contactsData
	names := names{visit: v}
	for _, c := range list {
		p := person{ID: c.Account.ID, Name: cmp.Or(c.Remark, names.of(c.Account, "")), Username: c.Account.Username, Robot: c.Account.Kind == account.Robot}
		switch {
		case c.Blocked:
			data.Blocked = append(data.Blocked, p)
		case c.State == contact.Friend:
			data.Friends = append(data.Friends, p)
		}
	}
	order := collate.New(language.Make(v.words.language))
	for _, list := range [][]person{data.Friends, data.Blocked} {
		slices.SortStableFunc(list, func(a, b person) int { return order.CompareString(a.Name, b.Name) })
	}
	return v.show(page{name: "contacts.html", title: v.t("contacts.title"), place: "contacts", data: data})
}

// card is what somebody sees of a person, and can do with them.
type card struct {
	ID                           change.ID
	Name, Own, Username          string
	About, Place, Website, Email string
	GitHub                       string
	Robot, Deleted, Me           bool
	Friend, Blocked              bool
	Greeting                     string
}

func (v *visit) card(ctx context.Context, id change.ID) (card, error) {
	if err := v.Accounts.AllowProfile(ctx, v.who); err != nil {
		return card{}, err
	}
	p, err := v.Contacts.Profile(ctx, v.me.ID, id)
	if err != nil {
		return card{}, err
	}
	names, err := v.names(ctx)
	c := names.contacts[id]
	return card{
		ID: id, Name: names.of(p.Card, ""), Own: p.Card.Name, Username: p.Card.Username, About: p.About, Place: p.Place, Website: p.Website,
		GitHub: p.GitHub, Email: p.Email, Robot: p.Card.Kind == account.Robot, Deleted: p.Card.Deleted, Me: id == v.me.ID,
		Friend: c.State == contact.Friend, Blocked: c.Blocked, Greeting: v.t("add.greetingDefault", "name", v.me.Name),
	}, err
}

func (v *visit) cardPage(problem error) error {
	c, err := v.card(v.r.Context(), v.id())
	if err != nil {
		return err
	}
	c.Greeting = cmp.Or(v.value("greeting"), c.Greeting)
	return v.show(page{name: "person.html", title: c.Name, place: "contacts", problem: problem, data: c})
}

func openChat(v *visit) error {
	d, err := v.Conversations.OpenDirect(v.r.Context(), v.me.ID, v.id())
	if err != nil {
		return v.cardPage(err)
	}
	return v.to("/chats/" + d.ConversationID.String() + "#new")
}

type addData struct {
	Query string
	Found *card
}

func (v *visit) addPage(problem error, found *card) error {
	return v.show(page{name: "add.html", title: v.t("add.title"), place: "contacts", problem: problem, data: addData{v.value("query"), found}})
}

func find(v *visit) error {
	ctx := v.r.Context()
	if err := v.Accounts.AllowLookup(ctx, v.who); err != nil {
		return v.addPage(err, nil)
	}
	found, err := v.Contacts.Find(ctx, v.me.ID, v.value("query"))
	if err != nil {
		return v.addPage(err, nil)
	}
	c, err := v.card(ctx, found.ID)
	if err != nil {
		return v.addPage(err, nil)
	}
	return v.addPage(nil, &c)
}

func ask(v *visit) error {
	ctx := v.r.Context()
	err := v.Accounts.AllowLookup(ctx, v.who)
	var r contact.Request
	if err == nil {
		r, err = v.Contacts.Ask(ctx, v.me.ID, v.id(), v.value("greeting"), "")
	}
	if err != nil {
		return v.cardPage(err)
	}
	if r.State == contact.Accepted { // the other one had asked already
		return v.to("/requests?done=accepted")
	}
	return v.to("/requests?done=asked")
}

// request is one that waits, of either side.
type request struct {
	ID       change.ID
	Person   change.ID
	Name     string
	Username string
	Greeting string
	Group    string // what an invitation leads to
	Members  int
	At       string
}

type requestsData struct{ Received, Invitations, Sent []request }

// open gives what waits for the viewer's answer.
func (v *visit) open(ctx context.Context) ([]contact.Request, []conversation.Invitation, error) {
	requests, err := v.Contacts.Requests(ctx, v.me.ID)
	if err != nil {
		return nil, nil, err
	}
	invitations, err := v.Conversations.Invitations(ctx, v.me.ID)
	requests = slices.DeleteFunc(requests, func(r contact.Request) bool { return r.State != contact.Pending || r.To.ID != v.me.ID })
	invitations = slices.DeleteFunc(invitations, func(i conversation.Invitation) bool { return i.State != conversation.Pending })
	return requests, invitations, err
}

func (v *visit) requestsPage(problem error) error {
	ctx := v.r.Context()
	received, invitations, err := v.open(ctx)
	if err != nil {
		return err
	}
	all, err := v.Contacts.Requests(ctx, v.me.ID)
	if err != nil {
		return err
	}
	names, err := v.names(ctx)
	if err != nil {
		return err
	}
	var data requestsData
	for _, r := range received {
		data.Received = append(data.Received, request{
			ID: r.ID, Person: r.From.ID, Name: names.of(r.From, ""), Username: r.From.Username, Greeting: cmp.Or(r.Greeting, v.t("requests.noGreeting")), At: v.at(r.CreatedAt),
		})
	}
	for _, r := range all {
		if r.From.ID == v.me.ID && r.State == contact.Pending {
			data.Sent = append(data.Sent, request{ID: r.ID, Person: r.To.ID, Name: cmp.Or(r.Remark, names.of(r.To, "")), Username: r.To.Username, At: v.at(r.CreatedAt)})
		}
	}
	for _, i := range invitations {
		data.Invitations = append(data.Invitations, request{
			ID: i.ID, Person: i.From.ID, Name: names.of(i.From, ""), Group: i.Group.Name, Members: i.Group.MemberCount, At: v.at(i.CreatedAt),
		})
	}
	return v.show(page{name: "requests.html", title: v.t("requests.title"), place: "requests", problem: problem, data: data})
}
