package driver

import (
	"modernc.org/sqlite/vtab"
)

// stub is a module with the engine's name for its module. Its tables have the columns region and select, and are empty.
type stub struct{}

func (stub) Create(c vtab.Context, args []string) (vtab.Table, error) {
	return stubTable{}, c.Declare(`CREATE TABLE x(region, "select", mv_command HIDDEN)`)
}

func (s stub) Connect(c vtab.Context, args []string) (vtab.Table, error) { return s.Create(c, args) }

type stubTable struct{}

func (stubTable) BestIndex(*vtab.IndexInfo) error          { return nil }
func (stubTable) Open() (vtab.Cursor, error)               { return stubCursor{}, nil }
func (stubTable) Disconnect() error                        { return nil }
func (stubTable) Destroy() error                           { return nil }
func (stubTable) Rename(string) error                      { return nil }
func (stubTable) Insert([]vtab.Value, *int64) error        { return nil }
func (stubTable) Update(int64, []vtab.Value, *int64) error { return nil }
func (stubTable) Delete(int64) error                       { return nil }

type stubCursor struct{}

func (stubCursor) Filter(int, string, []vtab.Value) error { return nil }
func (stubCursor) Next() error                            { return nil }
func (stubCursor) Eof() bool                              { return true }
func (stubCursor) Column(int) (vtab.Value, error)         { return nil, nil }
func (stubCursor) Rowid() (int64, error)                  { return 0, nil }
func (stubCursor) Close() error                           { return nil }
