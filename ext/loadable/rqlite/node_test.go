package rqlite

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// node is an rqlited on loopback: a folder, two ports, and a process while it runs.
type node struct {
	t          *testing.T
	name       string
	folder     string
	http, raft string // addresses
	flags, env []string
	process    *exec.Cmd
	over       chan error  // takes the end of the process
	meant      atomic.Bool // the process is to end
}

// newNode returns a node that doesn't run yet.
func newNode(t *testing.T, name string, flags ...string) *node {
	t.Helper()
	folder := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	ports := freePorts(t, 2)
	n := &node{t: t, name: name, folder: folder, http: ports[0], raft: ports[1], flags: flags}
	t.Cleanup(n.cleanup)
	return n
}

// freePorts returns addresses on loopback that were free a moment ago.
func freePorts(t *testing.T, count int) []string {
	t.Helper()
	var out []string
	for range count {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		out = append(out, l.Addr().String())
	}
	return out
}

func (n *node) logFile() string { return filepath.Join(n.folder, "log") }

// start starts the process and waits until the node has a leader and all that the leader had committed.
func (n *node) start(join ...*node) {
	n.t.Helper()
	n.launch(join...)
	n.ready(60 * time.Second)
}

// launch starts the process.
func (n *node) launch(join ...*node) {
	n.t.Helper()
	args := append([]string{"-node-id", n.name, "-http-addr", n.http, "-raft-addr", n.raft}, n.flags...)
	var addresses []string
	for _, j := range join {
		addresses = append(addresses, j.raft)
	}
	if len(addresses) > 0 {
		args = append(args, "-join", strings.Join(addresses, ","))
	}
	out, err := os.OpenFile(n.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		n.t.Fatal(err)
	}
	defer out.Close()
	c := exec.Command(rqlited, append(args, filepath.Join(n.folder, "data"))...)
	c.Stdout, c.Stderr = out, out
	c.Env = append(os.Environ(), n.env...)
	if err := c.Start(); err != nil {
		n.t.Fatal(err)
	}
	over := make(chan error, 1)
	n.process, n.over = c, over
	n.meant.Store(false)
	go func() {
		err := c.Wait()
		if !n.meant.Load() {
			n.t.Errorf("%s ended by itself: %v\n%s", n.name, err, n.tail())
		}
		over <- err
	}()
}

// ready waits until the node answers that it is caught up.
func (n *node) ready(within time.Duration) {
	n.t.Helper()
	n.await(within, "ready", func() error {
		_, err := call("GET", n.url("/readyz?sync&timeout=5s"), "", nil)
		return err
	})
}

// await asks until there is no error.
func (n *node) await(within time.Duration, what string, ask func() error) {
	n.t.Helper()
	deadline := time.Now().Add(within)
	for {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			n.t.Fatalf("%s is not %s after %v: %v\n%s", n.name, what, within, err, n.tail())
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// has waits until the node's own file has a table, and so all that was written before it.
func (n *node) has(table string) {
	n.t.Helper()
	n.await(60*time.Second, "caught up", func() error {
		got, err := n.lines("SELECT name FROM sqlite_schema WHERE name = '" + table + "'")
		if err == nil && len(got[0]) == 0 {
			err = errors.New("behind")
		}
		return err
	})
}

// kill ends the process by SIGKILL.
func (n *node) kill() {
	n.t.Helper()
	n.meant.Store(true)
	if err := n.process.Process.Kill(); err != nil {
		n.t.Fatal(err)
	}
	<-n.over
	n.process = nil
}

// stop ends the process as an administrator does, and requires that it obeys.
func (n *node) stop() {
	n.t.Helper()
	n.meant.Store(true)
	if err := n.process.Process.Signal(syscall.SIGTERM); err != nil {
		n.t.Fatal(err)
	}
	select {
	case err := <-n.over:
		if err != nil {
			n.t.Errorf("%s was asked to end: %v\n%s", n.name, err, n.tail())
		}
	case <-time.After(30 * time.Second):
		_ = n.process.Process.Signal(syscall.SIGQUIT) // both runtimes say where they are
		<-n.over
		n.t.Errorf("%s did not end\n%s", n.name, n.tail())
	}
	n.process = nil
}

// fault finds what a runtime or SQLite prints when something is wrong.
var fault = regexp.MustCompile(`(?m)^.*(panic|fatal error|SIGSEGV|SIGABRT|unexpected signal|malformed|runtime:|goroutine \d+ \[).*$`)

// faults returns the lines of the log that tell of one.
func (n *node) faults() []string {
	b, err := os.ReadFile(n.logFile())
	if err != nil {
		return []string{err.Error()}
	}
	return fault.FindAllString(string(b), -1)
}

func (n *node) cleanup() {
	if n.process != nil {
		n.stop()
	}
	if f := n.faults(); len(f) > 0 {
		n.t.Errorf("%s: %d faults in its log: %s\n%s", n.name, len(f), f[0], n.tail())
	}
}

// tail returns the last lines of the log.
func (n *node) tail() string {
	b, _ := os.ReadFile(n.logFile())
	if len(b) > 6000 {
		b = b[len(b)-6000:]
	}
	return string(b)
}

// resident returns the resident memory of the process in kB.
func (n *node) resident() int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", n.process.Process.Pid))
	if err != nil {
		n.t.Error(err)
		return 0
	}
	kb := 0
	_, rest, _ := strings.Cut(string(b), "VmRSS:")
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		n.t.Error(err)
	}
	return kb
}

func (n *node) url(path string) string { return "http://" + n.http + path }
