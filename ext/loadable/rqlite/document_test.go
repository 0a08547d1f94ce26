package rqlite

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fenced finds commands in a document, and what they print.
var fenced = regexp.MustCompile("(?ms)^```(sh|text)\n(.*?)^```$")

// TestDocuments runs the steps of docs/rqlite.md and of the section in README.md as they stand, each in one shell, on
// ports that are free here. The first step builds what TestMain built.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	readme := document(t, "README.md")
	_, section, found := strings.Cut(readme, "\n### In rqlite\n")
	if !found {
		t.Fatal("README.md has no section")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	for name, text := range map[string]string{"README.md": section, "docs/rqlite.md": document(t, "docs/rqlite.md")} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			steps, want := "", ""
			for i, m := range fenced.FindAllStringSubmatch(text, -1) {
				switch {
				case m[1] == "text":
					want += m[2]
				case i > 0:
					steps += m[2]
				}
			}
			folder := t.TempDir()
			for link, target := range map[string]string{"rqlited": rqlited, "extensions": extensions} {
				if err := os.Symlink(target, filepath.Join(folder, link)); err != nil {
					t.Fatal(err)
				}
			}
			run := "trap 'kill $(jobs -p); wait' EXIT\n" + free(t,
				strings.Replace(steps, "./rqlited -", "./rqlited -http-addr localhost:4001 -raft-addr localhost:4002 -", 1))
			c := exec.Command("bash", "-euc", run)
			c.Dir = folder
			out, err := c.Output()
			if err != nil || string(out) != want {
				t.Errorf("%s\n%v, prints:\n%s\nwant:\n%s", run, err, out, want)
			}
		})
	}
}

func document(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// port finds the addresses in the steps.
var port = regexp.MustCompile(`localhost:400\d`)

// free puts free ports in place of those in the steps.
func free(t *testing.T, steps string) string {
	t.Helper()
	list, used := freePorts(t, 6), map[string]string{}
	return port.ReplaceAllStringFunc(steps, func(address string) string {
		if used[address] == "" {
			used[address], list = list[0], list[1:]
		}
		return used[address]
	})
}
