//go:build cgo

package hosts

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGoProgram loads the library into Go programs over mattn's driver: one that has nothing else of ours, and one that
// has the engine linked in.
func TestGoProgram(t *testing.T) {
	for _, tags := range []string{"", "linked"} {
		t.Run("tags="+tags, func(t *testing.T) {
			h := newHost(t)
			program := filepath.Join(h.folder, "program")
			build := exec.Command("go", "build", "-tags", tags, "-o", program, "./testdata/program")
			build.Env = append(os.Environ(), "CGO_ENABLED=1")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Log(h.run(program))
		})
	}
}
