//go:build cgo

package hosts

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
)

// findPython returns a Python whose sqlite3 loads extensions, Debian's before others.
func findPython(t *testing.T) string {
	t.Helper()
	return find(t, func(path string) error {
		code := "import sqlite3; c = sqlite3.connect(':memory:'); c.enable_load_extension(True); c.close()"
		if out, err := exec.Command(path, "-c", code).CombinedOutput(); err != nil {
			return fmt.Errorf("its sqlite3 loads no extensions: %w: %s", err, out)
		}
		return nil
	}, "/usr/bin/python3", "python3")
}

func TestPython(t *testing.T) {
	h, python := newHost(t), findPython(t)
	t.Log(h.run(python, "-c", "import sys, sqlite3; print(sys.version, 'SQLite', sqlite3.sqlite_version)"))
	t.Log(h.run(python, "-B", "-W", "error", filepath.Join(scripts, "views.py"), "-v"))
}
