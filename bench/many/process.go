package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is one that was started here. It dies with this one.
type process struct {
	name  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan string
}

func start(name string, env []string, args ...string) (*process, error) {
	p := &process{name: name, cmd: exec.Command(args[0], args[1:]...), lines: make(chan string, 1<<16)}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stderr = os.Stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			p.lines <- s.Text()
		}
	}()
	return p, nil
}

// line waits for the next line that it prints.
func (p *process) line(patience time.Duration) (string, error) {
	select {
	case text, ok := <-p.lines:
		if !ok {
			return "", fmt.Errorf("%s has ended", p.name)
		}
		return text, nil
	case <-time.After(patience):
		return "", fmt.Errorf("%s says nothing for %v", p.name, patience)
	}
}

func (p *process) say(text string) { fmt.Fprintln(p.in, text) }

func (p *process) stop() {
	_ = p.in.Close()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	ended := make(chan struct{})
	go func() { _ = p.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(15 * time.Second):
		_ = p.cmd.Process.Kill()
		<-ended
	}
}

// use is what processes use: memory in bytes, and time of the processor.
type use struct {
	resident int64
	cpu      time.Duration
}

// useOf reads it of one process (proc(5)).
func useOf(pid int) (u use) {
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
		f := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
		user, _ := strconv.Atoi(string(f[11]))
		system, _ := strconv.Atoi(string(f[12]))
		u.cpu = time.Duration(user+system) * 10 * time.Millisecond
	}
	u.resident = field(fmt.Sprintf("/proc/%d/status", pid), "RssAnon:")
	return u
}

// field reads a number of kilobytes from a file of lines, in bytes.
func field(path, name string) int64 {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest + " 0")[0], 10, 64)
			return n << 10
		}
	}
	return 0
}

// family are the processes whose command line has a word, and those that they
// started.
func family(word string) (pids []int) {
	entries, _ := os.ReadDir("/proc")
	children := map[int][]int{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
			parent, _ := strconv.Atoi(string(bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])[1]))
			children[parent] = append(children[parent], pid)
		}
		if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil && bytes.Contains(b, []byte(word)) {
			pids = append(pids, pid)
		}
	}
	for _, pid := range pids {
		for _, child := range children[pid] {
			if !slices.Contains(pids, child) {
				pids = append(pids, child)
			}
		}
	}
	return pids
}
