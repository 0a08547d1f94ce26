package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestInterrupt presses Ctrl-C while a statement runs: in its first step, in a later one, and in a write.
func TestInterrupt(t *testing.T) {
	endless := "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c) "
	for name, statement := range map[string]string{
		"first step": endless + "SELECT max(i) FROM c",
		"later step": endless + "SELECT 'first' UNION ALL SELECT max(i) FROM c",
		"rows":       endless + "SELECT i FROM c",
		"write":      endless + "INSERT INTO t SELECT i FROM c",
	} {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			sh := newShell(strings.NewReader(""), discard{}, &stderr)
			sh.setMode("list")
			require.NoError(t, sh.open(":memory:", false))
			defer sh.close()
			require.NoError(t, sh.runText("CREATE TABLE t(a); BEGIN; INSERT INTO t VALUES(1)"))
			done := make(chan struct{})
			go func() {
				// More than once, for the first may come before the statement runs.
				for {
					select {
					case <-done:
						return
					case <-time.After(100 * time.Millisecond):
						sh.interrupt.press()
					}
				}
			}()
			err := sh.runText(statement)
			close(done)
			require.ErrorIs(t, err, errInterrupted)
			sh.reportSQL(err, "", -1)
			require.Equal(t, "Error: interrupted; the open transaction was rolled back\n", stderr.String())
			// The connection goes on, without the transaction.
			rows, err := sh.db.strings(t.Context(), "SELECT count(*) FROM t")
			require.NoError(t, err)
			require.Equal(t, []string{"0"}, rows)
			require.False(t, sh.db.inTransaction(t.Context()))
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
