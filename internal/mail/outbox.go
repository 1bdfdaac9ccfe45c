package mail

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Outbox writes letters into a folder as .eml files, which every mail program
// opens, and says so on the console with the link that each carries. It stands
// in for an SMTP server where there is none: trying things out, or a household
// whose owner passes links on by hand.
type Outbox struct {
	Folder  string
	Console io.Writer
	Now     func() time.Time // nil: time.Now

	console sync.Mutex
}

// Deliver implements Transport. The file appears whole or not at all, is
// readable by the owner only, and its name is made here: nothing in it comes
// from the letter.
func (o *Outbox) Deliver(_ context.Context, l *Letter) error {
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return fmt.Errorf("outbox folder: %w", err)
	}
	now := time.Now
	if o.Now != nil {
		now = o.Now
	}
	name := now().UTC().Format("20060102-150405.000") + "-" + rand.Text()[:8] + ".eml"
	path := filepath.Join(o.Folder, name)
	file, err := os.CreateTemp(o.Folder, ".writing-*")
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	defer os.Remove(file.Name()) // fails, rightly, once it has been renamed
	_, err = l.mime.WriteTo(file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	o.console.Lock()
	defer o.console.Unlock()
	// Failing to print is no failure to deliver: the letter is in the folder.
	_, _ = fmt.Fprintf(o.Console, "Mail to %s: %s\n  %s\n  in %s\n", oneLine(l.To), l.Subject, oneLine(l.Link), path)
	return nil
}
