package mail

import (
	"bytes"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOutbox(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data", "outbox")
	var console bytes.Buffer
	o := &Outbox{Folder: folder, Console: &console}
	for range 3 {
		if err := o.Deliver(t.Context(), testLetter(t)); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		path := filepath.Join(folder, f.Name())
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", f.Name(), info.Mode(), err)
		}
		if !strings.HasSuffix(f.Name(), ".eml") || strings.Contains(f.Name(), "ann") {
			t.Errorf("file name %q", f.Name())
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := mail.ReadMessage(bytes.NewReader(data)); err != nil || m.Header.Get("To") != "<ann@example.com>" {
			t.Errorf("%s does not read as a mail: %v", f.Name(), err)
		}
		if !strings.Contains(console.String(), path) {
			t.Errorf("the console does not name %s:\n%s", path, &console)
		}
	}
	if n := strings.Count(console.String(), "https://chat.example.com/activate#t0ken"); n != 3 {
		t.Errorf("the link is on the console %d times:\n%s", n, &console)
	}
}

func TestOutboxThatCannotBeWritten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&Outbox{Folder: folder, Console: new(bytes.Buffer)}).Deliver(t.Context(), testLetter(t)); err == nil {
		t.Error("no error")
	}
}
