package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sqlite-mv": main})
}

// TestScripts runs testdata/script. Besides the commands of testscript there is
//
//	lines N FILE         FILE has N lines
//	sqlite3 [-err] FILE  where a sqlite3 is installed, it prints for the script FILE what is on the stdout of the last
//	                     command, and with -err also what is on its stderr; needs 3.40, whose formats are the goldens
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"lines":   lines,
			"sqlite3": sameAsSQLite3,
		},
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			return nil
		},
	})
}

func lines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: lines N FILE")
	}
	if n := strings.Count(ts.ReadFile(args[1]), "\n"); fmt.Sprint(n) != args[0] {
		ts.Fatalf("%s has %d lines, not %s", args[1], n, args[0])
	}
}

func sameAsSQLite3(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: sqlite3 [-err] FILE")
	}
	path, err := exec.LookPath("sqlite3")
	if err != nil {
		return
	}
	if v, err := exec.Command(path, "-version").Output(); err != nil || !strings.HasPrefix(string(v), "3.40.") {
		return
	}
	file := args[len(args)-1]
	cmd := exec.Command(path)
	cmd.Dir = ts.Getenv("WORK")
	cmd.Env = append(os.Environ(), "HOME="+cmd.Dir)
	cmd.Stdin = strings.NewReader(ts.ReadFile(file))
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run() // its errors are in stderr
	compare(ts, "stdout", stdout.String())
	if args[0] == "-err" {
		compare(ts, "stderr", stderr.String())
	}
}

func compare(ts *testscript.TestScript, what, want string) {
	if got := ts.ReadFile(what); got != want {
		ts.Fatalf("%s differs from sqlite3's.\nsqlite-mv:\n%s\nsqlite3:\n%s", what, got, want)
	}
}

// TestSourceName opens files whose names have a meaning in data source names and URIs.
func TestSourceName(t *testing.T) {
	for _, name := range []string{"plain.db", "a b.db", "a?b=c.db", "a#b.db", "a%20b.db", "ü.db", "a'b\".db"} {
		path := filepath.Join(t.TempDir(), name)
		db, err := openDatabase(t.Context(), path, false)
		require.NoError(t, err, name)
		_, err = db.conn.ExecContext(t.Context(), "CREATE TABLE t(a)")
		require.NoError(t, err, name)
		db.close()
		require.FileExists(t, path)
		db, err = openDatabase(t.Context(), path, true)
		require.NoError(t, err, name)
		_, err = db.conn.ExecContext(t.Context(), "INSERT INTO t VALUES(1)")
		require.ErrorContains(t, err, "readonly", name)
		db.close()
	}
	require.Equal(t, "file:x.db?cache=shared", sourceName("file:x.db?cache=shared", false))
}
