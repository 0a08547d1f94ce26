package compat

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc"
)

const driver = "sqlite-mv"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "test.db") }
