package crsql

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// fixConflictFunction is called by the triggers of <table>_fractindex.
const fixConflictFunction = "crsql_fract_fix_conflict_return_old_key"

// installFractConflict installs the function by which a row is put behind one that has its key in common with others: its
// arguments are the table, the order column, the list columns, -1, the names of the key columns, and the row's key. The row
// gets a lower key, and the function's result is a key between the two that it had and has.
func (c *conn) installFractConflict() error {
	return c.CreateFunction(&sqlite3.Function{
		Name: fixConflictFunction, NArg: -1, Innocuous: true,
		Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
			key, err := c.fixConflict(args)
			if err != nil {
				r.Error(fmt.Errorf("crsql: %s: %w", fixConflictFunction, err))
				return
			}
			r.Set(key)
		},
	})
}

func (c *conn) fixConflict(args sqlite3.Args) (key dbsp.Value, err error) {
	var list, names []string
	at := 2
	for ; at < args.Len() && args.Raw(at).Kind() != dbsp.Integer; at++ {
		list = append(list, args.Value(at).Str())
	}
	at++ // the -1
	n := (args.Len() - at) / 2
	if n <= 0 || (args.Len()-at)%2 != 0 {
		return key, fmt.Errorf("takes a table, its order and list columns, -1, and as many key columns as values")
	}
	values := make([]dbsp.Value, n)
	for i := range n {
		names, values[i] = append(names, args.Value(at+i).Str()), args.Value(at+n+i)
	}
	table, order := ident(args.Value(0).Str()), ident(args.Value(1).Str())
	ofRow := ""
	for i, name := range names {
		if i > 0 {
			ofRow += " AND "
		}
		ofRow += fmt.Sprintf("%s IS ?%d", ident(name), i+1)
	}

	var old, previous dbsp.Value
	found := false
	err = c.query(fmt.Sprintf("SELECT a.%[1]s, (SELECT max(t.%[1]s) FROM %[2]s AS t WHERE %[3]s AND t.%[1]s < a.%[1]s) "+
		"FROM (SELECT * FROM %[2]s WHERE %[4]s) AS a", order, table, same(list, "t.", "a.", ""), ofRow),
		values, func(s sqlite3.Stmt) error {
			old, previous, found = s.Column(0), s.Column(1), true
			return nil
		})
	if err != nil {
		return key, err
	}
	if !found {
		return key, fmt.Errorf("no row to put another behind")
	}
	lower, err := keyBetween(previous, old)
	if err != nil {
		return key, err
	}
	if key, err = keyBetween(lower, old); err != nil {
		return key, err
	}
	return key, c.query(fmt.Sprintf("UPDATE %s SET %s = ?%d WHERE %s", table, order, n+1, ofRow), append(values, lower), nil)
}
