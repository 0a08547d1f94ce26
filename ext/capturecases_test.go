package ext

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCaptureCases replays minimised histories that once broke a capture by triggers.
func TestCaptureCases(t *testing.T) {
	files, err := filepath.Glob("testdata/capture/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		lines, err := parseLines(string(text))
		require.NoError(t, err, file)
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			for name, raw := range map[string]bool{"log": true, "view": false} {
				// Where events allow two readings the views are computed anew, which the log alone does not show.
				if raw && strings.Contains(string(text), "# views only") {
					continue
				}
				t.Run(name, func(t *testing.T) {
					for _, every := range []bool{true, false} {
						requireRight(t, lines, raw, every)
					}
				})
			}
		})
	}
}
