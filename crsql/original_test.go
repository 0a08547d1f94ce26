package crsql_test

import (
	"os"
	"sync"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/internal/peers"
	"github.com/stretchr/testify/require"
)

// originals is the folder in which npm installed the original, "" while it did not.
var originals string

func TestMain(m *testing.M) {
	code := m.Run()
	if originals != "" {
		_ = os.RemoveAll(originals)
	}
	os.Exit(code)
}

// original is where npm installed the original, once for all tests, and why it did not.
var original = sync.OnceValues(func() (_ string, err error) {
	if originals, err = os.MkdirTemp("", "crsql-original-"); err != nil {
		return "", err
	}
	return peers.Install(originals)
})

func startNode(t *testing.T) *peers.Node {
	t.Helper()
	pkg, err := original()
	if err != nil {
		t.Skip("not tested: ", err)
	}
	n, err := peers.StartNode(pkg)
	if err != nil {
		t.Skip("not tested: ", err)
	}
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	return n
}
