package conversation

import (
	"errors"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

func code(err error) string {
	if e, ok := errors.AsType[*change.Error](err); ok {
		return e.Code
	}
	return ""
}

func TestMayPost(t *testing.T) {
	direct := Standing{Kind: Direct, Member: Joined, Role: Ordinary, Friends: true, PeerState: account.Active, At: 100}
	group := Standing{Kind: InGroup, Member: Joined, Role: Ordinary, At: 100}
	for name, c := range map[string]struct {
		from  Standing
		alter func(*Standing)
		want  string
	}{
		"friends":                {direct, func(*Standing) {}, ""},
		"stranger":               {direct, func(s *Standing) { s.Member = "" }, "conversation.not_found"},
		"no friends any more":    {direct, func(s *Standing) { s.Friends = false }, "conversation.not_friends"},
		"I blocked":              {direct, func(s *Standing) { s.IBlocked, s.Friends = true, false }, "conversation.blocked"},
		"blocked":                {direct, func(s *Standing) { s.Blocked = true }, "conversation.not_allowed"},
		"disabled":               {direct, func(s *Standing) { s.PeerState = account.Disabled }, "conversation.not_allowed"},
		"member":                 {group, func(*Standing) {}, ""},
		"former member":          {group, func(s *Standing) { s.Member = Left }, "conversation.not_found"},
		"never a member":         {group, func(s *Standing) { s.Member, s.Role, s.Muted = "", "", true }, "conversation.not_found"},
		"muted":                  {group, func(s *Standing) { s.MutedUntil = 101 }, "member.muted"},
		"muted until now":        {group, func(s *Standing) { s.MutedUntil = 100 }, ""},
		"muted for good":         {group, func(s *Standing) { s.MutedUntil = Forever }, "member.muted"},
		"all are muted":          {group, func(s *Standing) { s.Muted = true }, "group.muted"},
		"all but admins":         {group, func(s *Standing) { s.Muted, s.Role = true, Admin }, ""},
		"an admin who is muted":  {group, func(s *Standing) { s.MutedUntil, s.Role = 101, Admin }, "member.muted"},
		"the owner, always":      {group, func(s *Standing) { s.MutedUntil, s.Muted, s.Role = Forever, true, Owner }, ""},
		"friendship is no right": {group, func(s *Standing) { s.Member, s.Friends = Left, true }, "conversation.not_found"},
	} {
		s := c.from
		c.alter(&s)
		if got := code(MayPost(s)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestMentioningAll(t *testing.T) {
	for role, want := range map[Role]string{Owner: "", Admin: "", Ordinary: "message.mention_all"} {
		if got := code(mayMentionAll(Standing{Kind: InGroup, Role: role})); got != want {
			t.Errorf("%s: %q", role, got)
		}
	}
	if mayMentionAll(Standing{Kind: Direct, Role: Ordinary}) == nil {
		t.Error("all two are called")
	}
}

func TestRightsInGroups(t *testing.T) {
	open := Conversation{Kind: InGroup, Group: Group{State: GroupActive, JoinPolicy: JoinByRequest}}
	closed := open
	closed.Group.JoinPolicy = JoinByInvitation
	direct := Conversation{Kind: Direct}
	in := func(r Role) Member { return Member{State: Joined, Role: r} }
	const not, role, gone, noGroup = "conversation.not_found", "group.not_allowed", "member.not_found", "conversation.no_group"
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"a stranger manages":                       {mayManage(open, Member{}), not},
		"a former owner manages":                   {mayManage(open, Member{State: Left, Role: Owner}), not},
		"a member manages":                         {mayManage(open, in(Ordinary)), role},
		"an admin manages":                         {mayManage(open, in(Admin)), ""},
		"the owner manages":                        {mayManage(open, in(Owner)), ""},
		"a direct conversation is managed":         {mayManage(direct, in(Ordinary)), noGroup},
		"an admin owns":                            {mayOwn(open, in(Admin)), role},
		"the owner owns":                           {mayOwn(open, in(Owner)), ""},
		"a member adds":                            {mayAdd(open, in(Ordinary)), ""},
		"a member adds where only admins do":       {mayAdd(closed, in(Ordinary)), role},
		"an admin adds there":                      {mayAdd(closed, in(Admin)), ""},
		"a stranger adds":                          {mayAdd(open, Member{}), not},
		"a member removes a member":                {mayRuleOver(open, in(Ordinary), in(Ordinary)), role},
		"a member asks who is a member":            {mayRuleOver(open, in(Ordinary), Member{}), role},
		"an admin removes a member":                {mayRuleOver(open, in(Admin), in(Ordinary)), ""},
		"an admin removes an admin":                {mayRuleOver(open, in(Admin), in(Admin)), role},
		"an admin removes the owner":               {mayRuleOver(open, in(Admin), in(Owner)), role},
		"an admin removes who is none":             {mayRuleOver(open, in(Admin), Member{State: Left}), gone},
		"the owner removes an admin":               {mayRuleOver(open, in(Owner), in(Admin)), ""},
		"the owner removes the owner":              {mayRuleOver(open, in(Owner), in(Owner)), role},
		"a stranger removes":                       {mayRuleOver(open, Member{}, in(Ordinary)), not},
		"an admin names admins":                    {maySetRole(open, in(Admin), in(Ordinary)), role},
		"the owner names admins":                   {maySetRole(open, in(Owner), in(Ordinary)), ""},
		"the owner names themself":                 {maySetRole(open, in(Owner), in(Owner)), role},
		"the owner names who has left":             {maySetRole(open, in(Owner), Member{State: Left}), gone},
		"there is room":                            {fits(Conversation{MemberCount: MaxGroupMembers - 1}, 1), ""},
		"there is none":                            {fits(Conversation{MemberCount: MaxGroupMembers - 1}, 2), "group.full"},
		"an own text is edited":                    {mayEdit(Message{SenderID: 1, Kind: Text}, Member{State: Joined, Account: account.Card{ID: 1}}), ""},
		"an own notice":                            {mayEdit(Message{SenderID: 1, Kind: Notice}, Member{State: Joined, Account: account.Card{ID: 1}}), "message.not_found"},
		"another's text":                           {mayEdit(Message{SenderID: 2, Kind: Text}, Member{State: Joined, Account: account.Card{ID: 1}}), "message.not_found"},
		"an own text of a group that one has left": {mayEdit(Message{SenderID: 1, Kind: Text}, Member{State: Left, Account: account.Card{ID: 1}}), not},
	} {
		if got := code(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestComingIn(t *testing.T) {
	const day = 24 * 3600 * 1000
	base := asking{group: Conversation{Kind: InGroup, Group: Group{State: GroupActive, JoinPolicy: JoinByRequest}}, now: 10 * day}
	for name, c := range map[string]struct {
		alter func(*asking)
		want  string
	}{
		"a stranger asks":             {func(*asking) {}, ""},
		"who left asks":               {func(a *asking) { a.member = Member{State: Left, LeftReason: Removed} }, ""},
		"who is in":                   {func(a *asking) { a.member.State = Joined }, "group.already_in"},
		"no group":                    {func(a *asking) { a.group.Kind = Direct }, "conversation.not_found"},
		"it is gone":                  {func(a *asking) { a.group.Group.State = GroupDissolved }, "conversation.not_found"},
		"it only invites":             {func(a *asking) { a.group.Group.JoinPolicy = JoinByInvitation }, "conversation.not_found"},
		"it only invites, by a link":  {func(a *asking) { a.group.Group.JoinPolicy, a.link = JoinByInvitation, true }, ""},
		"it is full":                  {func(a *asking) { a.group.MemberCount = MaxGroupMembers }, "group.full"},
		"declined today":              {func(a *asking) { a.last = JoinRequest{State: Declined, AnsweredAt: 9*day + 1} }, "join_request.declined"},
		"declined yesterday":          {func(a *asking) { a.last = JoinRequest{State: Declined, AnsweredAt: 9 * day} }, ""},
		"asked in too many groups":    {func(a *asking) { a.pending = MaxPendingAsked }, "join_request.too_many"},
		"one of those is this":        {func(a *asking) { a.pending, a.last.State = MaxPendingAsked, Pending }, ""},
		"withdrawn a moment ago":      {func(a *asking) { a.last = JoinRequest{State: Withdrawn, AnsweredAt: 10 * day} }, ""},
		"declined today, with a link": {func(a *asking) { a.last, a.link = JoinRequest{State: Declined, AnsweredAt: 10 * day}, true }, "join_request.declined"},
	} {
		a := base
		c.alter(&a)
		if got := code(mayAsk(a)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}

	active := Conversation{Kind: InGroup, Group: Group{State: GroupActive, JoinPolicy: JoinByInvitation}}
	gone := active
	gone.Group.State = GroupDissolved
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"a link without bounds":           {mayUse(Link{Uses: 10_000}, active, 5), ""},
		"a link of a group that is gone":  {mayUse(Link{}, gone, 5), "link.invalid"},
		"a link in time":                  {mayUse(Link{ExpiresAt: 6}, active, 5), ""},
		"a link too late":                 {mayUse(Link{ExpiresAt: 5}, active, 5), "link.invalid"},
		"the last use":                    {mayUse(Link{MaxUses: 3, Uses: 2}, active, 5), ""},
		"one too many":                    {mayUse(Link{MaxUses: 3, Uses: 3}, active, 5), "link.invalid"},
		"a link that asks":                {boolErr(asks(Link{Approval: true}, Member{})), "asks"},
		"a link that does not":            {boolErr(asks(Link{}, Member{LeftReason: Quit})), ""},
		"who was removed asks":            {boolErr(asks(Link{}, Member{LeftReason: Removed})), "asks"},
		"invited by an admin":             {mayAccept(Invitation{State: Pending}, active, Member{State: Joined, Role: Admin}), ""},
		"invited by who may not any more": {mayAccept(Invitation{State: Pending}, active, Member{State: Joined, Role: Ordinary}), "invitation.gone"},
		"invited by who has left":         {mayAccept(Invitation{State: Pending}, active, Member{State: Left}), "invitation.gone"},
		"invited into what is gone":       {mayAccept(Invitation{State: Pending}, gone, Member{State: Joined, Role: Admin}), "invitation.gone"},
		"answered before":                 {mayAccept(Invitation{State: Declined}, active, Member{State: Joined, Role: Admin}), "invitation.answered"},
	} {
		if got := code(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func boolErr(b bool) error {
	if b {
		return change.Errorf(change.Invalid, "asks", "It asks.")
	}
	return nil
}
