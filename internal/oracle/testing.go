package oracle

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var updateRows = flag.Bool("oracle.update", false, "write the rows that queries gave into the scripts")

// RunFiles runs the scripts that match the glob patterns as subtests, each once with checks after every statement and
// once with checks outside of transactions only, both with a second connection that reads along.
func RunFiles(t *testing.T, driver string, mode Mode, patterns ...string) {
	t.Helper()
	var files []string
	for _, p := range patterns {
		found, err := filepath.Glob(p)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Fatalf("no scripts match %v", patterns)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sql"), func(t *testing.T) {
			for _, when := range []When{EveryStatement, OutsideTransaction} {
				s, err := Parse(filepath.Base(file), string(text))
				if err != nil {
					t.Fatal(err)
				}
				if s.Materialized && mode == Plain {
					t.Skip("needs materialized views")
				}
				cfg := Config{Driver: driver, Mode: mode, When: when, Second: true}
				if err := Run(context.Background(), cfg, s, t.TempDir(), *updateRows); err != nil {
					t.Fatalf("checks %s: %v", when, err)
				}
				if *updateRows && when == EveryStatement {
					if err := os.WriteFile(file, []byte(Rewrite(s, string(text))), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// String describes the policy.
func (w When) String() string {
	if w == EveryStatement {
		return "after every statement"
	}
	return "outside transactions"
}

// Rewrite returns the text of a script with the rows that its queries have now.
func Rewrite(s *Script, text string) string {
	lines := strings.Split(text, "\n")
	var out []string
	at := 0
	for _, step := range s.Steps {
		if step.Do != "query" {
			continue
		}
		end := step.Line + strings.Count(step.SQL, "\n") // 1-based last line of the statement
		for ; at < end; at++ {
			out = append(out, lines[at])
		}
		for at < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[at]), "-->") {
			at++
		}
		for _, row := range step.Rows {
			out = append(out, strings.TrimRight("--> "+row, " "))
		}
	}
	return strings.Join(append(out, lines[at:]...), "\n")
}
