package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// terminal is the shell in a tmux of its own.
type terminal struct {
	t      *testing.T
	socket string
}

// startTerminal runs this program at a prompt; the test is skipped where there is no tmux.
func startTerminal(t *testing.T, folder string, args ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("no tmux")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	program := filepath.Join(t.TempDir(), "sqlite-mv") // the test binary is the shell under this name
	require.NoError(t, os.Symlink(self, program))
	term := &terminal{t: t, socket: filepath.Join(folder, "tmux")}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", term.socket, "kill-server").Run() })
	command := fmt.Sprintf("XDG_STATE_HOME='%s' '%s' %s; echo code $?; sleep 60", folder, program, strings.Join(args, " "))
	term.tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "60", command)
	return term
}

func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", term.socket}, args...)...).CombinedOutput()
	require.NoError(term.t, err, string(out))
	return string(out)
}

// keys presses keys, by tmux's names.
func (term *terminal) keys(keys ...string) {
	term.t.Helper()
	term.tmux(append([]string{"send-keys"}, keys...)...)
}

// line types a line.
func (term *terminal) line(text string) {
	term.t.Helper()
	if rest, ok := strings.CutSuffix(text, ";"); ok {
		text = rest + `\;` // to tmux a semicolon at the end is its own
	}
	term.tmux("send-keys", "-l", text)
	term.keys("Enter")
}

// screen waits until the screen holds text, and returns it.
func (term *terminal) screen(text string) string {
	term.t.Helper()
	var screen string
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if screen = term.tmux("capture-pane", "-p"); strings.Contains(screen, text) {
			return screen
		}
	}
	require.Fail(term.t, "not on the screen: "+text, screen)
	return ""
}

func TestTerminal(t *testing.T) {
	folder := t.TempDir()
	term := startTerminal(t, folder)
	term.screen(`Enter ".help" for usage hints.`)
	term.screen("sqlite-mv>")

	// Box mode, and a statement over two lines.
	term.line("CREATE TABLE orders(id INTEGER,")
	term.screen("   ...>")
	term.line("region TEXT); SELECT 6*7 AS answer;")
	term.screen("│ answer │")

	// Completion of a table's name.
	term.tmux("send-keys", "-l", "SELECT count(*) FROM ord")
	term.keys("Tab")
	term.screen("FROM order")
	// Ctrl-C drops the line, and a statement that has begun.
	term.keys("C-c")
	term.line("SELECT 'dropped'")
	term.screen("   ...>")
	term.keys("C-c")
	term.line("SELECT 'kept' AS k;")
	screen := term.screen("│ kept │")
	require.NotContains(t, screen, "│ dropped │")

	// Ctrl-C ends a statement and the transaction.
	term.line("BEGIN; INSERT INTO orders VALUES(1,'x');")
	term.line("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c) SELECT max(i) FROM c;")
	for range 50 { // again, if it came before the statement ran: there it drops a line
		time.Sleep(200 * time.Millisecond)
		term.keys("C-c")
		if strings.Contains(term.tmux("capture-pane", "-p"), "interrupted; the open transaction was rolled back") {
			break
		}
	}
	term.screen("interrupted; the open transaction was rolled back")
	term.line("SELECT 'rows', count(*) AS n FROM orders;")
	term.screen("│ rows   │ 0 │")

	// An error doesn't end the shell; Ctrl-D does.
	term.line("SELEC 1;")
	term.screen(`Parse error: near "SELEC": syntax error`)
	term.keys("C-d")
	term.screen("code 1")

	history, err := os.ReadFile(filepath.Join(folder, "sqlite-mv", "history"))
	require.NoError(t, err)
	require.Contains(t, string(history), "SELECT 6*7 AS answer;")
}

func TestTerminalProgress(t *testing.T) {
	if testing.Short() {
		t.Skip("fills 800,000 rows, which takes minutes under the race detector")
	}
	folder := t.TempDir()
	term := startTerminal(t, folder, filepath.Join(folder, "x.db"))
	term.screen("sqlite-mv>")
	term.line("CREATE TABLE big AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i<800000) SELECT i, i%1000 AS g FROM c; SELECT 'filled' AS f;")
	term.screen("│ filled │")
	term.line("CREATE MATERIALIZED VIEW v AS SELECT g || '-' || i % 3 AS k, count(*) AS n, max(i) AS s FROM big GROUP BY 1; SELECT 'groups' AS g, count(*) AS n FROM v;")
	term.screen("rows/s")
	screen := term.screen("│ groups │ 3 │")
	require.NotContains(t, screen, "rows/s", "the bar goes when the view is there")
	term.line(".quit")
	term.screen("code 0")
}
