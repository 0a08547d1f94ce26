package ext

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// layout says what a captured image of a table consists of: the columns that identify a row and those that views use.
// It is a row of __internal_dbsp_captures(layout, tbl, generation, columns); columns is a JSON array of names, "" for
// a rowid that no column shows. A table has one layout at a time; another view that needs more columns gets it a new
// one. The generation stays as long as capture never stopped: a view that was built under another generation has missed
// changes.
type layout struct {
	id         int64
	table      string
	generation int64
	columns    []string
	ident      []int // positions in columns of the row's identity
	collations []dbsp.Collation
	rowid      string // how to name the rowid, for a column ""
	interfered bool   // triggers of the user's fire before ours
	late       bool   // AFTER triggers among them: what they do is told of first
	tracked    bool   // in the running statement: see imageTracker
	touched    int64  // the database.stretch in which it was last
	byRowid    bool   // ident is the rowid
	misshown   bool   // triggers may be shown OLD values that are not what was there: database.misshown
	doubted    bool   // in the running statement, for this reason
	// probe reads the row of an identity; last the highest rowid.
	probe, last sqlite3.Stmt
}

func (l *layout) identity(image dbsp.Row) string {
	var buf [64]byte
	b := buf[:0]
	for i, p := range l.ident {
		b = dbsp.AppendKey(b, image[p], l.collations[i])
	}
	return string(b)
}

// name returns how SQL names a column of the layout.
func (l *layout) name(column string) string {
	if column == "" {
		return l.rowid
	}
	return ident(column)
}

// list returns the columns, each with a prefix such as NEW.
func (l *layout) list(prefix string) []string {
	out := make([]string, len(l.columns))
	for i, c := range l.columns {
		out[i] = prefix + l.name(c)
	}
	return out
}

func (l *layout) probeSQL(table string) string {
	conds := make([]string, len(l.ident))
	for i, p := range l.ident {
		conds[i] = fmt.Sprintf("%s = ?%d", l.name(l.columns[p]), i+1)
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE %s", strings.Join(l.list(""), ", "), table,
		strings.Join(conds, " AND "))
}

// resolveIdentity fills ident, collations and rowid from the table's present definition.
func (l *layout) resolveIdentity(t *planner.Table) error {
	l.ident, l.collations, l.rowid = nil, nil, ""
	cols, rowid, err := identityColumns(t)
	if err != nil {
		return err
	}
	l.rowid, l.byRowid = rowid, false
	for _, c := range cols {
		p := slices.Index(l.columns, c.Name)
		if p < 0 {
			return fmt.Errorf("ext: table %s: capture lacks column %q: %w", t.Name, c.Name, ErrStale)
		}
		coll, ok := dbsp.CollationNamed(c.Collation)
		if !ok {
			return fmt.Errorf("ext: table %s: primary key collation %s is not a built-in one", t.Name, c.Collation)
		}
		l.ident = append(l.ident, p)
		l.collations = append(l.collations, coll)
	}
	l.byRowid = !t.WithoutRowid
	return nil
}

// identityColumns returns the columns that identify a row of t, a nameless one for a bare rowid, and the name under
// which SQL reaches the bare rowid.
func identityColumns(t *planner.Table) (cols []planner.TableColumn, rowid string, err error) {
	switch {
	case t.WithoutRowid:
		for n := 1; ; n++ {
			i := slices.IndexFunc(t.Columns, func(c planner.TableColumn) bool { return c.PK == n })
			if i < 0 {
				break
			}
			cols = append(cols, t.Columns[i])
		}
		return cols, "", nil
	case t.RowidAlias >= 0:
		return []planner.TableColumn{t.Columns[t.RowidAlias]}, "", nil
	}
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		if !slices.ContainsFunc(t.Columns, func(c planner.TableColumn) bool { return strings.EqualFold(c.Name, name) }) {
			return []planner.TableColumn{{Name: "", Collation: "BINARY"}}, name, nil
		}
	}
	return nil, "", fmt.Errorf("ext: table %s has columns named rowid, _rowid_ and oid, so its rows can't be told apart: give it a primary key", t.Name)
}
