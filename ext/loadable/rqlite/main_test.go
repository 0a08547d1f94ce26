package rqlite

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// What is built once: the program, and the folder with the library that its nodes load.
var rqlited, extensions string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	flag.Parse()
	folder, err := os.MkdirTemp("", "rqlite")
	if err != nil {
		log.Print(err)
		return 1
	}
	defer os.RemoveAll(folder)
	rqlited, extensions = filepath.Join(folder, "rqlited"), filepath.Join(folder, "extensions")
	for _, build := range []*exec.Cmd{
		exec.Command("go", "build", "-o", rqlited, "github.com/rqlite/rqlite/v8/cmd/rqlited"),
		exec.Command("go", "build", "-C", "../../..", "-buildmode=c-shared", "-o", filepath.Join(extensions, "sqlite_mv.so"),
			"./ext/loadable"),
	} {
		build.Env = append(os.Environ(), "CGO_ENABLED=1")
		if out, err := build.CombinedOutput(); err != nil {
			log.Print(fmt.Errorf("%v: %w\n%s", build.Args, err, out))
			return 1
		}
	}
	// The compiler's header would be taken for an extension.
	if err := os.Remove(filepath.Join(extensions, "sqlite_mv.h")); err != nil {
		log.Print(err)
		return 1
	}
	return m.Run()
}
