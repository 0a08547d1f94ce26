package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
	"pgregory.net/rapid"
)

// sqliteComplete is SQLite's own sqlite3_complete.
func sqliteComplete(t require.TestingT, text string) bool {
	tls := libc.NewTLS()
	defer tls.Close()
	p, err := libc.CString(text)
	require.NoError(t, err)
	defer libc.Xfree(tls, p)
	return lib.Xsqlite3_complete(tls, p) != 0
}

// TestComplete compares complete with sqlite3_complete of lines, for texts that hold a statement; on others the shell
// doesn't ask.
func TestComplete(t *testing.T) {
	pieces := []string{"select", " ", ";", "\n", "'", "\"", "`", "[", "]", "--", "/*", "*/", "create", "temp", "trigger", "end",
		"explain", "begin", "x", "1", "materialized view", "é", "x'", "on", ";end;"}
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(rt, "pieces"), rapid.SampledFrom([]string{"", " "}).Draw(rt, "between"))
		if nothing(text) || !strings.Contains(text, ";") {
			return
		}
		require.Equal(rt, sqliteComplete(rt, text+"\n"), complete(text), "%q", text)
	})
}

func TestWithoutEnd(t *testing.T) {
	for text, want := range map[string]string{
		"select 1;":                "select 1",
		"select 1 -- x;\n ; /* */": "select 1",
		" select ';' ":             " select ';'",
		"; -- nothing":             "",
	} {
		require.Equal(t, want, withoutEnd(text), "%q", text)
	}
}
