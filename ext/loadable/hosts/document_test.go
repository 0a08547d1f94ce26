//go:build cgo

package hosts

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block is a piece of code in a document, and what it prints.
type block struct{ language, code, want string }

var (
	fenced  = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")
	section = regexp.MustCompile(`(?m)^## (.*)$`)
)

// blocks returns the pieces of code of a section.
func blocks(text string) []block {
	var out []block
	for _, m := range fenced.FindAllStringSubmatch(text, -1) {
		if m[1] == "text" {
			out[len(out)-1].want = m[2]
			continue
		}
		out = append(out, block{language: m[1], code: m[2]})
	}
	return out
}

// TestDocument runs the examples of docs/hosts.md as they stand, those of a section in one folder.
func TestDocument(t *testing.T) {
	b, err := os.ReadFile("../../../docs/hosts.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	heads := section.FindAllStringSubmatchIndex(text, -1)
	for i, head := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		list := blocks(text[head[1]:end])
		if len(list) == 0 {
			continue
		}
		t.Run(text[head[2]:head[3]], func(t *testing.T) {
			h := newHost(t)
			if err := os.Symlink(library, filepath.Join(h.folder, "sqlite_mv.so")); err != nil {
				t.Fatal(err)
			}
			node := ""
			for _, b := range list {
				if b.language == "js" && node == "" {
					node = installNode(t, h)
				}
				c := b.command(t, h, node)
				out, err := c.CombinedOutput()
				if err != nil || string(out) != b.want {
					t.Fatalf("%s\n%v, prints:\n%s\nwant:\n%s", b.code, err, out, b.want)
				}
			}
		})
	}
}

// command returns what runs a block.
func (b block) command(t *testing.T, h host, node string) *exec.Cmd {
	t.Helper()
	save := func(name string) string {
		path := filepath.Join(h.folder, name)
		if err := os.WriteFile(path, []byte(b.code), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	switch b.language {
	case "sh":
		find(t, nil, "sqlite3")
		return h.command("bash", "-euc", b.code)
	case "python":
		return h.command(findPython(t), save("example.py"))
	case "js":
		return h.command(node, "--no-warnings", save("example.mjs"))
	case "go":
		program := filepath.Join(h.folder, "example")
		build := exec.Command("go", "build", "-o", program, save("main.go"))
		build.Env = append(os.Environ(), "CGO_ENABLED=1")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return h.command(program)
	}
	t.Fatalf("no test runs blocks of %s", strings.ToUpper(b.language))
	return nil
}
