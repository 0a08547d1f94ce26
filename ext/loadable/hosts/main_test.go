//go:build cgo

package hosts

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// library is the path of the library that the hosts load, built once.
var library string

// scripts is the folder with what the hosts run.
var scripts string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if flag.Parse(); testing.Short() { // the race detector sees nothing of other programs
		return 0
	}
	folder, err := os.MkdirTemp("", "sqlite_mv")
	if err != nil {
		log.Print(err)
		return 1
	}
	defer os.RemoveAll(folder)
	library = filepath.Join(folder, "sqlite_mv.so")
	build := exec.Command("go", "build", "-buildmode=c-shared", "-o", library, "github.com/sqlite-mv/sqlite-mv/ext/loadable")
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		log.Printf("building the library: %v\n%s", err, out)
		return 1
	}
	if scripts, err = filepath.Abs("testdata"); err != nil {
		log.Print(err)
		return 1
	}
	return m.Run()
}

// find returns the first of the programs that is installed and that works accepts, and skips the test where there is
// none.
func find(t *testing.T, works func(path string) error, programs ...string) string {
	t.Helper()
	var why []string
	for _, p := range programs {
		path, err := exec.LookPath(p)
		if err == nil && works != nil {
			err = works(path)
		}
		if err == nil {
			return path
		}
		why = append(why, fmt.Sprintf("%s: %v", p, err))
	}
	t.Skip("not tested, the host is missing: " + strings.Join(why, "; "))
	return ""
}

// host is a program that runs in a folder of its own, with the library and the scripts in its environment.
type host struct {
	t      *testing.T
	folder string
}

func newHost(t *testing.T) host { return host{t, t.TempDir()} }

// command returns a command of the host.
func (h host) command(program string, args ...string) *exec.Cmd {
	c := exec.Command(program, args...)
	c.Dir = h.folder
	c.Env = append(os.Environ(), "SQLITE_MV="+library, "SCRIPTS="+scripts, "HOME="+h.folder)
	return c
}

// run runs a program that must succeed, and returns what it printed.
func (h host) run(program string, args ...string) string {
	h.t.Helper()
	out, err := h.command(program, args...).CombinedOutput()
	if err != nil {
		h.t.Fatalf("%s %s: %v\n%s", filepath.Base(program), strings.Join(args, " "), err, out)
	}
	return string(out)
}

// script returns a file of testdata.
func script(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(scripts, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
