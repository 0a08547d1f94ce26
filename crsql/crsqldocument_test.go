package crsql_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var fencedBlock = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// TestDocument runs the examples of docs/crsql.md as they stand, one after the other in one folder, with the shell as
// sqlite-mv, and compares what they print.
func TestDocument(t *testing.T) {
	b, err := os.ReadFile("../docs/crsql.md")
	require.NoError(t, err)
	folder, module := t.TempDir(), ".."
	build, err := exec.Command("go", "build", "-o", filepath.Join(folder, "bin", "sqlite-mv"), "../cmd/sqlite-mv").CombinedOutput()
	require.NoError(t, err, string(build))
	printed, ran := "", 0
	for _, m := range fencedBlock.FindAllStringSubmatch(string(b), -1) {
		language, code := m[1], m[2]
		switch language {
		case "sh":
			c := exec.Command("sh", "-e", "-c", code)
			c.Dir = folder
			c.Env = append(os.Environ(), "PATH="+filepath.Join(folder, "bin")+":"+os.Getenv("PATH"))
			out, err := c.CombinedOutput()
			require.NoError(t, err, "%s\n%s", code, out)
			printed = string(out)
			ran++
		case "go":
			require.NoError(t, os.WriteFile(filepath.Join(folder, "main.go"), []byte(code), 0o644))
			program := filepath.Join(folder, "bin", "program")
			build := exec.Command("go", "build", "-o", program, filepath.Join(folder, "main.go"))
			build.Dir = module
			out, err := build.CombinedOutput()
			require.NoError(t, err, string(out))
			c := exec.Command(program)
			c.Dir = folder
			out, err = c.CombinedOutput()
			require.NoError(t, err, string(out))
			printed = string(out)
			ran++
		case "text":
			require.Equal(t, code, printed)
		default:
			require.Fail(t, "not run: "+language)
		}
	}
	require.Equal(t, 4, ran)
}

// The document names every scenario that ends otherwise here, with steps and reason, and no other.
func TestDocumentNamesDifferences(t *testing.T) {
	b, err := os.ReadFile("../docs/crsql.md")
	require.NoError(t, err)
	for name, m := range mended {
		steps := strings.Trim(strings.ReplaceAll(fmt.Sprint(m.steps), " ", ", "), "[]")
		require.Contains(t, string(b), fmt.Sprintf("| `%s` | %s | %s |", name, steps, m.reason))
	}
	require.Len(t, regexp.MustCompile("(?m)^\\| `\\w+` \\| [0-9, ]+ \\|").FindAllString(string(b), -1), len(mended))
}
