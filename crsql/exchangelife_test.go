package crsql_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A file that was put back, or begun anew, gets its marks of the life that was lost back from others. They say nothing of
// its versions in this life, to nobody.
func TestExchangeMarksOfLostLife(t *testing.T) {
	eachDriver(t, func(t *testing.T, driver string) {
		for _, wiped := range []bool{false, true} {
			p := exchangers(t, driver, 3)
			b, c := p[1], p[2]
			file := filepath.Join(t.TempDir(), "a.db")
			a := openExchanger(t, driver, file, 0)
			write(t, a, "INSERT INTO n VALUES(1, 1, 1)")
			copied, err := os.ReadFile(file)
			require.NoError(t, err)
			write(t, a, "INSERT INTO n VALUES(2, 2, 2)")
			bring(t, b, a)
			require.NoError(t, a.Close())

			if wiped {
				require.NoError(t, os.Remove(file))
				write(t, b, "UPDATE n SET a = 0")
			} else {
				require.NoError(t, os.WriteFile(file, copied, 0o644))
			}
			a = openExchanger(t, driver, file, 0)
			write(t, a, "INSERT INTO n VALUES(3, 3, 3)")
			bring(t, a, b)
			bring(t, c, b)
			bring(t, c, a)
			require.Equal(t, contents(t, a), contents(t, c), "wiped %v", wiped)
			bring(t, b, a)
			require.Equal(t, contents(t, a), contents(t, b))
		}
	})
}
