package crsql

import (
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// syncBitFunction tells triggers that the row they see is written by a merge. Each statement's triggers ask it, so where
// the binding can, it answers without a call of Go.
const syncBitFunction = "crsql_internal_sync_bit"

func (c *conn) installSyncBit() error {
	if f, ok := c.Conn.(sqlite3.Flagger); ok {
		show, err := f.CreateFlag(syncBitFunction)
		if err != nil {
			return err
		}
		c.showSyncBit = show
	} else if err := c.CreateFunction(&sqlite3.Function{
		Name: syncBitFunction, NArg: 0, Innocuous: true,
		Scalar: func(_ sqlite3.Conn, r sqlite3.Result, _ sqlite3.Args) { r.Set(boolean(c.syncBit)) },
	}); err != nil {
		return err
	}
	// Setting it is for programs that write what another peer wrote, past the triggers.
	return c.CreateFunction(&sqlite3.Function{
		Name: syncBitFunction, NArg: 1, Innocuous: true,
		Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
			c.setSyncBit(args.Numeric(0).Kind() == dbsp.Integer && args.Numeric(0).Int() != 0)
			r.Set(boolean(c.syncBit))
		},
	})
}

func (c *conn) setSyncBit(on bool) {
	c.syncBit = on
	if c.showSyncBit != nil {
		c.showSyncBit(on)
	}
}

func boolean(b bool) dbsp.Value {
	if b {
		return dbsp.NewInteger(1)
	}
	return dbsp.NewInteger(0)
}
