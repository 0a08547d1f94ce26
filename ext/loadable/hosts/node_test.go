//go:build cgo

package hosts

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// What the npm registry is asked for: a Node with node:sqlite, which the Nodes of Debian 12 and 13 lack, as a plain
// binary; and a better-sqlite3 that brings its own, for Node 22 and later.
const (
	nodeVersion   = "24.21.0"
	betterVersion = "13.2.0"
)

// installNode has npm install both into the host's folder, and returns the path of Node.
func installNode(t *testing.T, h host) string {
	t.Helper()
	arch, ok := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	if !ok || runtime.GOOS != "linux" {
		t.Skipf("not tested: npm has no Node for %s/%s as a package", runtime.GOOS, runtime.GOARCH)
	}
	npm := find(t, nil, "npm")
	name := "node-linux-" + arch
	c := h.command(npm, "install", "--prefix", h.folder, "--ignore-scripts", "--no-audit", "--no-fund", "--no-save",
		name+"@"+nodeVersion, "better-sqlite3@"+betterVersion)
	c.Env = append(os.Environ(), "SQLITE_MV="+library)
	c.WaitDelay = time.Second
	timer := time.AfterFunc(5*time.Minute, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	if out, err := c.CombinedOutput(); err != nil {
		t.Skipf("not tested: npm can't install Node %s and better-sqlite3 %s: %v\n%s", nodeVersion, betterVersion, err, out)
	}
	return filepath.Join(h.folder, "node_modules", name, "bin", "node")
}

func TestNode(t *testing.T) {
	h := newHost(t)
	node := installNode(t, h)
	for _, run := range [][]string{{"views.mjs", "node:sqlite"}, {"views.mjs", "better-sqlite3"}, {"two.mjs"}} {
		t.Run(strings.Join(run, " "), func(t *testing.T) {
			m := newHost(t)
			if err := os.Symlink(filepath.Join(h.folder, "node_modules"), filepath.Join(m.folder, "node_modules")); err != nil {
				t.Fatal(err)
			}
			args := append([]string{"--no-warnings", filepath.Join(scripts, run[0])}, run[1:]...)
			t.Log(m.run(node, args...))
		})
	}
}
