package crsql

import "github.com/sqlite-mv/sqlite-mv/ext/sqlite3"

// anchorModule is an eponymous table that nobody reads. sqlite3_close disconnects such tables before it looks whether
// statements are left, and so the anchor's end is the time to finalize what is kept. No kept statement may name it: that
// would hold it.
const anchorModule = "crsql_internal_anchor"

func (c *conn) installAnchor() error {
	return c.CreateModule(anchorModule, &sqlite3.Module{
		Connect: func(s sqlite3.Conn, _ []string) (sqlite3.VTab, error) {
			if err := s.DeclareVTab("CREATE TABLE x(x)"); err != nil {
				return nil, err
			}
			c.anchored = true
			return &anchorVTab{c: c}, nil
		},
	})
}

// anchor has the anchor connected, by compiling a statement that reads it.
func (c *conn) anchor() error {
	if c.anchored {
		return nil
	}
	s, _, err := c.Prepare("SELECT x FROM "+anchorModule, false)
	if err != nil {
		return err
	}
	return s.Finalize()
}

type anchorVTab struct{ c *conn }

// BestIndex offers the empty scan.
func (v *anchorVTab) BestIndex(*sqlite3.IndexInfo) error { return nil }

// Open returns a cursor over no rows.
func (v *anchorVTab) Open() (sqlite3.Cursor, error) { return noRows{}, nil }

// Disconnect finalizes what is kept.
func (v *anchorVTab) Disconnect() error {
	v.c.anchored = false
	v.c.release()
	return nil
}

// Destroy is Disconnect.
func (v *anchorVTab) Destroy() error { return v.Disconnect() }

// noRows is a cursor over no rows.
type noRows struct{}

// Filter does nothing.
func (noRows) Filter(int, string, sqlite3.Args) error { return nil }

// Next does nothing.
func (noRows) Next() error { return nil }

// EOF is always true.
func (noRows) EOF() bool { return true }

// Column is not called.
func (noRows) Column(sqlite3.Result, int) error { return nil }

// Rowid is not called.
func (noRows) Rowid() (int64, error) { return 0, nil }

// Close has nothing to release.
func (noRows) Close() error { return nil }
