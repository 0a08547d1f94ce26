//go:build cgo

package hosts

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// What the npm registry is asked for: a Node with node:sqlite, which the Nodes of Debian 12 and 13 lack, as a plain
// binary; and a better-sqlite3 that brings its own, for Node 22 and later.
const (
	nodeVersion   = "24.21.0"
	betterVersion = "13.2.0"
)

// modules is the folder in which npm installed both, once for all tests, and why it did not.
var modules = sync.OnceValues(func() (string, error) {
	arch, ok := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	if !ok || runtime.GOOS != "linux" {
		return "", fmt.Errorf("npm has no Node for %s/%s as a package", runtime.GOOS, runtime.GOARCH)
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", err
	}
	folder := filepath.Join(filepath.Dir(library), "npm")
	if err := os.Mkdir(folder, 0o755); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, npm, "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund",
		"--no-save", "node-linux-"+arch+"@"+nodeVersion, "better-sqlite3@"+betterVersion)
	c.Dir = folder
	c.WaitDelay = time.Second
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm can't install Node %s and better-sqlite3 %s: %w\n%s", nodeVersion, betterVersion, err, out)
	}
	return filepath.Join(folder, "node_modules"), nil
})

// installNode makes the modules known in the host's folder, and returns the path of Node.
func installNode(t *testing.T, h host) string {
	t.Helper()
	folder, err := modules()
	if err != nil {
		t.Skip("not tested: ", err)
	}
	if err := os.Symlink(folder, filepath.Join(h.folder, "node_modules")); err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(folder, "node-linux-*", "bin", "node"))
	if err != nil || len(found) != 1 {
		t.Fatalf("npm installed these Nodes: %v %v", found, err)
	}
	return found[0]
}

func TestNode(t *testing.T) {
	for _, run := range [][]string{{"views.mjs", "node:sqlite"}, {"views.mjs", "better-sqlite3"}, {"two.mjs"}} {
		t.Run(strings.Join(run, " "), func(t *testing.T) {
			h := newHost(t)
			node := installNode(t, h)
			args := append([]string{"--no-warnings", filepath.Join(scripts, run[0])}, run[1:]...)
			t.Log(h.run(node, args...))
		})
	}
}
