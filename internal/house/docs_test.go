package house

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc" // the driver "sqlite-mv"
	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

var update = flag.Bool("update", false, "write the rows that the queries of docs/sql.md gave, and the session of README.md")

// sqlBlock is an example in a document.
var sqlBlock = regexp.MustCompile("(?s)```sql\n(.*?)```")

// TestSQLDocument runs the examples of docs/sql.md as scripts of the oracle, each behind the document's first block.
func TestSQLDocument(t *testing.T) {
	const file = "../../docs/sql.md"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	blocks := sqlBlock.FindAllStringSubmatchIndex(string(text), -1)
	require.NotEmpty(t, blocks)
	tables := string(text[blocks[0][2]:blocks[0][3]])
	out, last := "", 0
	for _, b := range blocks[1:] {
		line := 1 + strings.Count(string(text[:b[0]]), "\n")
		example := string(text[b[2]:b[3]])
		script := tables + example
		t.Run(fmt.Sprintf("line%d", line), func(t *testing.T) {
			s, err := oracle.Parse(fmt.Sprintf("docs/sql.md, from line %d", line), script)
			require.NoError(t, err)
			cfg := oracle.Config{Driver: "sqlite-mv", Mode: oracle.Materialized, When: oracle.EveryStatement, Second: true}
			require.NoError(t, oracle.Run(context.Background(), cfg, s, t.TempDir(), *update))
			if *update {
				example = strings.TrimPrefix(oracle.Rewrite(s, script), tables)
			}
		})
		out += string(text[last:b[2]]) + example
		last = b[3]
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(out+string(text[last:])), 0o644))
	}
}

// session is the shell session of README.md: what is typed, and what the shell prints.
var session = regexp.MustCompile("(?s)```console\n\\$ sqlite-mv -box shop.db\n(.*?)```")

// TestReadmeSession types the session of README.md into the shell. Lines behind a prompt are typed, the others printed.
func TestReadmeSession(t *testing.T) {
	const file = "../../README.md"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	at := session.FindStringSubmatchIndex(string(text))
	require.NotNil(t, at)
	shell := filepath.Join(t.TempDir(), "sqlite-mv")
	build, err := exec.Command("go", "build", "-o", shell, "../../cmd/sqlite-mv").CombinedOutput()
	require.NoError(t, err, string(build))
	// The marks tell which output belongs to which statement.
	var typed, shown []string
	for _, line := range strings.SplitAfter(string(text[at[2]:at[3]]), "\n") {
		statement, first := strings.CutPrefix(line, "sqlite-mv> ")
		more, next := strings.CutPrefix(line, "   ...> ")
		switch {
		case first:
			typed, shown = append(typed, statement), append(shown, "")
		case next:
			typed[len(typed)-1] += more
		case line != "":
			shown[len(shown)-1] += line
		}
	}
	const mark = "-- next --\n"
	run := exec.Command(shell, "-box", filepath.Join(t.TempDir(), "shop.db"))
	run.Stdin = strings.NewReader(strings.Join(typed, ".print "+mark) + ".print " + mark)
	out, err := run.CombinedOutput()
	require.NoError(t, err, string(out))
	printed := strings.Split(strings.TrimSuffix(string(out), mark), mark)
	if !*update {
		require.Equal(t, shown, printed)
		return
	}
	var b strings.Builder
	for i, statement := range typed {
		lines := strings.SplitAfter(strings.TrimSuffix(statement, "\n"), "\n")
		b.WriteString("sqlite-mv> " + strings.Join(lines, "   ...> ") + "\n" + printed[i])
	}
	require.NoError(t, os.WriteFile(file, []byte(string(text[:at[2]])+b.String()+string(text[at[3]:])), 0o644))
}
