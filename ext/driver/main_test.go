package driver

import (
	"testing"

	"go.uber.org/goleak"
	"modernc.org/sqlite/vtab"
)

func TestMain(m *testing.M) {
	if err := vtab.RegisterModule(nil, viewModule, stub{}); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}
