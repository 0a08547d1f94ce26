//go:build cgo

package hosts

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestSession has SQLite's session extension and hooks on a connection with views, in a C program over the system's
// SQLite. It needs gcc and a SQLite with sessions, as Debian's libsqlite3-dev has.
func TestSession(t *testing.T) {
	h := newHost(t)
	gcc := find(t, nil, "gcc")
	compile := h.command(gcc, "-Wall", "-Werror", "-DSQLITE_ENABLE_SESSION", "-DSQLITE_ENABLE_PREUPDATE_HOOK", "-c",
		filepath.Join(scripts, "session.c"))
	if out, err := compile.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "sqlite3.h") {
			t.Skipf("not tested, SQLite's header is missing: %s", out)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	link := h.command(gcc, "-o", "session", "session.o", "-lsqlite3")
	if out, err := link.CombinedOutput(); err != nil {
		t.Skipf("not tested, there is no SQLite with sessions to link: %v\n%s", err, out)
	}
	t.Log(h.run(filepath.Join(h.folder, "session")))
}
