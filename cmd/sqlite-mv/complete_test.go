package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// testShell returns a shell on a database in memory whose output is not looked at.
func testShell(t *testing.T) *shell {
	t.Helper()
	sh := newShell(strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{})
	sh.setMode("list")
	require.NoError(t, sh.open(":memory:", false))
	t.Cleanup(sh.close)
	return sh
}

func TestCompleter(t *testing.T) {
	sh := testShell(t)
	require.NoError(t, sh.runText(`
		CREATE TABLE orders(id INTEGER PRIMARY KEY, region TEXT, "odd name" TEXT);
		CREATE TABLE "my table"(a);
		CREATE VIEW old_orders AS SELECT id AS old_id FROM orders;
		CREATE MATERIALIZED VIEW regional AS SELECT region, count(*) AS number FROM orders GROUP BY region;`))
	c := &completer{sh: sh}
	for _, test := range []struct {
		line  string
		typed int
		want  []string // all of these
		not   []string // none of these
	}{
		{"SEL", 3, []string{"ECT"}, []string{"ect"}},
		{"sel", 3, []string{"ect"}, []string{"ECT"}},
		{"SELECT * FROM ord", 3, []string{"ers", "er"}, nil},
		{"SELECT * FROM reg", 3, []string{"ional", "ion"}, nil},
		{"SELECT * FROM ", 0, []string{"orders", "old_orders", "regional", `"my table"`}, []string{"SELECT"}},
		{`SELECT * FROM "m`, 2, []string{`y table"`}, nil},
		{"SELECT numb", 4, []string{"er"}, nil},
		{"SELECT orders.", 0, []string{"id", "region", `"odd name"`}, []string{"number", "old_id"}},
		{"SELECT count(regional.n", 1, []string{"umber"}, []string{"ame"}},
		{"SELECT a FROM t WHERE nothing_like", 12, nil, []string{""}},
		{"REFRESH MAT", 3, []string{"ERIALIZED"}, nil},
		{".ta", 3, []string{"bles "}, nil},
		{".mode m", 1, []string{"arkdown"}, []string{"json"}},
		{".headers o", 1, []string{"n", "ff"}, nil},
		{".schema re", 2, []string{"gional"}, nil},
		{".explain ", 0, []string{"regional", "--dot "}, []string{"orders"}},
		{".views old", 3, []string{"_orders"}, nil},
		{".read testdata/scr", 12, []string{"ipt/"}, nil},
		{".nope x", 1, nil, []string{""}},
	} {
		t.Run(test.line, func(t *testing.T) {
			rest, typed := c.Do([]rune(test.line), len([]rune(test.line)))
			var got []string
			for _, r := range rest {
				got = append(got, string(r))
			}
			require.Equal(t, test.typed, typed)
			require.Subset(t, got, test.want)
			for _, n := range test.not {
				require.NotContains(t, got, n)
			}
		})
	}
}
