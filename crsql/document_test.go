package crsql_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEventsDocument runs the examples of docs/events.md, one after the other.
func TestEventsDocument(t *testing.T) {
	text, err := os.ReadFile("../docs/events.md")
	require.NoError(t, err)
	blocks := strings.Split(string(text), "```sql\n")[1:]
	require.NotEmpty(t, blocks)
	eachEngine(t, func(t *testing.T, l *leaf) {
		for _, block := range blocks {
			block, _, _ = strings.Cut(block, "```")
			var got, want []string
			failure := ""
			for line := range strings.Lines(block) {
				line = strings.TrimSpace(line)
				if row, ok := strings.CutPrefix(line, "--> "); ok {
					want = append(want, row)
					continue
				}
				require.Equal(t, want, got, "before: %s", line)
				got, want = nil, nil
				if text, ok := strings.CutPrefix(line, "-- error: "); ok {
					failure = text
					continue
				}
				if failure != "" {
					require.ErrorContains(t, l.fails(line), failure)
					failure = ""
					continue
				}
				if rows := l.ask(line); !strings.Contains(line, "crsql_as_log") && len(rows) > 0 {
					for _, row := range rows {
						got = append(got, strings.ReplaceAll(row, "'", ""))
					}
				}
			}
			require.Equal(t, want, got)
		}
	})
}
