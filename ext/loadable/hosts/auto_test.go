//go:build cgo

package hosts

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestAutoExtension has a C program give the library to each connection that it opens, those that the library opens for
// itself included. It needs gcc and SQLite's header.
func TestAutoExtension(t *testing.T) {
	h := newHost(t)
	compile := h.command(find(t, nil, "gcc"), "-Wall", "-Werror", "-o", "auto", filepath.Join(scripts, "auto.c"), "-lsqlite3", "-ldl")
	if out, err := compile.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "sqlite3.h") || strings.Contains(string(out), "-lsqlite3") {
			t.Skipf("not tested, there is no SQLite to link: %s", out)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	t.Log(h.run(filepath.Join(h.folder, "auto")))
}
