package bindingtest

import (
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// sink is a writable module that hands what is written to update.
type sink struct {
	declare string
	update  func(args sqlite3.Args) (int64, error)
	gone    func() error

	conn sqlite3.Conn
}

func (s *sink) module() *sqlite3.Module {
	m := func(c sqlite3.Conn, args []string) (sqlite3.VTab, error) {
		s.conn = c
		return &sinkTable{s}, c.DeclareVTab(s.declare)
	}
	return &sqlite3.Module{Connect: m, Create: m, Writable: true}
}

type sinkTable struct{ s *sink }

func (t *sinkTable) BestIndex(*sqlite3.IndexInfo) error { return nil }
func (t *sinkTable) Open() (sqlite3.Cursor, error)      { return &seriesCursor{s: &series{}}, nil }
func (t *sinkTable) Disconnect() error {
	if t.s.gone != nil {
		return t.s.gone()
	}
	return nil
}
func (t *sinkTable) Destroy() error                          { return t.Disconnect() }
func (t *sinkTable) Update(args sqlite3.Args) (int64, error) { return t.s.update(args) }

// keepers makes the module of sink tables that also take part in transactions.
type keeper struct {
	sinkTable
	event func(name string, n int) error
}

func (k *keeper) Begin() error           { return k.event("begin", 0) }
func (k *keeper) Sync() error            { return k.event("sync", 0) }
func (k *keeper) Commit() error          { return k.event("commit", 0) }
func (k *keeper) Rollback() error        { return k.event("rollback", 0) }
func (k *keeper) Savepoint(n int) error  { return k.event("savepoint", n) }
func (k *keeper) RollbackTo(n int) error { return k.event("rollback to", n) }
func (k *keeper) Release(n int) error    { return k.event("release", n) }
func (k *keeper) Rename(string) error    { return k.event("rename", 0) }

// enlisted is s's module with transactions and renames, whose calls go to event.
func (s *sink) enlisted(event func(name string, n int) error) *sqlite3.Module {
	m := func(c sqlite3.Conn, args []string) (sqlite3.VTab, error) {
		s.conn = c
		return &keeper{sinkTable{s}, event}, c.DeclareVTab(s.declare)
	}
	return &sqlite3.Module{Connect: m, Create: m, Writable: true, Transactions: true, Renames: true}
}

// copyArgs returns copies of all arguments.
func copyArgs(args sqlite3.Args) dbsp.Row {
	row := make(dbsp.Row, args.Len())
	for i := range row {
		row[i] = args.Value(i)
	}
	return row
}
