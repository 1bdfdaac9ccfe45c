package sqlstore_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/sqlstore"
)

func init() {
	// open tries to open the database, as whoever it runs as.
	helpers["open"] = func() error {
		s, err := sqlstore.Open(context.Background(), sqlstore.Options{Path: os.Getenv("SQLSTORE_TEST_PATH")})
		if err != nil {
			return err
		}
		return s.Close()
	}
	// lock holds the data folder until it is killed.
	helpers["lock"] = func() error {
		if _, err := app.LockData(os.Getenv("SQLSTORE_TEST_PATH")); err != nil {
			return err
		}
		fmt.Fprintln(os.Stdout, "locked")
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	}
	// write sends without end, and tells of every send that is acknowledged.
	helpers["write"] = func() error {
		s, err := sqlstore.Open(context.Background(), sqlstore.Options{URL: os.Getenv("SQLSTORE_TEST_URL"), Path: os.Getenv("SQLSTORE_TEST_PATH")})
		if err != nil {
			return err
		}
		var mu sync.Mutex
		out := bufio.NewWriter(os.Stdout)
		p := newPeople(s)
		talk, err := p.pair(os.Getenv("SQLSTORE_TEST_NAME"))
		if err != nil {
			return err
		}
		var senders sync.WaitGroup
		for i := range 30 {
			senders.Go(func() {
				for n := 0; ; n++ {
					id := fmt.Sprintf("%s-%d-%d", os.Getenv("SQLSTORE_TEST_NAME"), i, n)
					m, err := p.send(talk, i%2, id, "body of "+id)
					if err != nil {
						return
					}
					mu.Lock()
					fmt.Fprintln(out, m.ConversationID, m.Seq, m.ClientID)
					err = out.Flush()
					mu.Unlock()
					if err != nil {
						return
					}
				}
			})
		}
		senders.Wait()
		return nil
	}
}

// helper prepares this binary as one of the helpers.
func helper(t *testing.T, name string, environment ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), append(environment, "SQLSTORE_TEST_HELPER="+name)...)
	c.Stderr = t.Output()
	return c
}

// demote lets a helper run as a user without rights, if this one has all.
func demote(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	who, err := user.Lookup("nobody")
	if err != nil {
		t.Skip("there is no user nobody, and root may write anywhere")
	}
	uid, _ := strconv.Atoi(who.Uid)
	gid, _ := strconv.Atoi(who.Gid)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	// Where the go tool builds, only its own user may look.
	folder := publicFolder(t)
	c.Path = filepath.Join(folder, "helper")
	in, err := os.ReadFile(c.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.Path, in, 0o755); err != nil {
		t.Fatal(err)
	}
	c.Dir = folder
}

// publicFolder is a temporary folder that every user may enter.
func publicFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "hc-store-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// people makes accounts and sends.
type people struct {
	*sqlstore.Store
	ids  *change.IDs
	send func(t talk, side int, clientID, body string) (conversation.Message, error)
}

// talk is the conversation of two friends.
type talk struct {
	conversation.Conversation
	sides [2]change.ID
}

func newPeople(s *sqlstore.Store) *people {
	p := &people{Store: s, ids: change.NewIDs(change.SystemClock{})}
	p.send = func(t talk, side int, clientID, body string) (conversation.Message, error) {
		r := <-p.submit(t, side, clientID, body)
		return r.message, r.err
	}
	return p
}

type sent struct {
	message conversation.Message
	err     error
}

func (p *people) submit(t talk, side int, clientID, body string) <-chan sent {
	done := make(chan sent, 1)
	p.AppendMessage(context.Background(), conversation.Message{
		ConversationID: t.ID, SenderID: t.sides[side], ClientID: clientID, Kind: conversation.Text, Body: body, CreatedAt: 1,
	}, conversation.MayPost, func(m conversation.Message, err error) { done <- sent{m, err} })
	return done
}

// pair makes two friends.
func (p *people) pair(name string) (t talk, err error) {
	var cards [2]account.Card
	err = p.Update(context.Background(), func(ctx context.Context) error {
		for i, end := range []string{"-a", "-b"} {
			a, err := p.CreateAccount(ctx, account.Account{
				ID: p.ids.Next(), Kind: account.Person, Username: name + end, Name: name + end, Email: name + end + "@example.org",
				Role: account.User, State: account.Active, Language: "en",
			})
			if err != nil {
				return err
			}
			t.sides[i], cards[i] = a.ID, a.Card()
		}
		for i := range cards {
			if _, err := p.PutContact(ctx, contact.Contact{Owner: cards[i].ID, Account: cards[1-i], State: contact.Friend}); err != nil {
				return err
			}
		}
		var err error
		t.Conversation, err = p.CreateDirect(ctx, conversation.Conversation{ID: p.ids.Next(), Kind: conversation.Direct, MemberCount: 2}, t.sides[0], t.sides[1])
		return err
	})
	return t, err
}

func mustPair(t *testing.T, p *people, name string) talk {
	t.Helper()
	pair, err := p.pair(name)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

// stored gives the messages of a conversation by clientId, and checks that
// their seqs are dense and the head agrees.
func stored(t *testing.T, s *sqlstore.Store, id change.ID) map[string]conversation.Message {
	t.Helper()
	list, err := s.Messages(t.Context(), id, 0, 1<<62, 1<<30, false)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]conversation.Message{}
	for i, m := range list {
		if m.Seq != int64(i+1) {
			t.Fatalf("message %d has seq %d", i+1, m.Seq)
		}
		if _, twice := found[m.ClientID]; twice {
			t.Errorf("%s is stored twice", m.ClientID)
		}
		found[m.ClientID] = m
	}
	head, err := s.Conversation(t.Context(), id)
	if err != nil || head.LastSeq != int64(len(list)) {
		t.Errorf("the head has seq %d of %d messages, %v", head.LastSeq, len(list), err)
	}
	return found
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if !isCode(err, code) {
		t.Errorf("the error is %v, want %s", err, code)
	}
}

func isCode(err error, code string) bool {
	e := &change.Error{Code: code}
	return e.Is(err) // false for nil
}
