package driver

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRelocate(t *testing.T) {
	s := readScript("SELECT 1;\n\n  CREATE MATERIALIZED VIEW v AS SELECT a\nFROM t")
	cause := errors.New("RIGHT JOIN at line 1, column 8 and line 2, column 3 is not maintained")
	err := s.relocate(1, cause)
	require.EqualError(t, err, "RIGHT JOIN at line 3, column 40 and line 4, column 3 is not maintained")
	require.ErrorIs(t, err, cause)
	for _, text := range []string{"no such table: t", "RIGHT JOIN at line 1, column 8 of view p"} {
		plain := errors.New(text)
		require.Same(t, plain, s.relocate(1, plain))
	}
}
