package crsql

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// orderedTable is a table whose rows make lists: rows with the same values in the columns list, ordered by column order.
type orderedTable struct {
	name, order string
	list        []string
	columns     []string // all that can be written
	key         []string // the primary key
	rowid       bool     // it has a column _rowid_
}

// installFractOrdered installs crsql_fract_as_ordered(table, order, list …). It makes triggers for which -1 and 1 in the
// order column put a row at the begin and the end of its list, and the view <table>_fractindex, through which a row is put
// behind the row that its columns after_<key> name.
func (c *conn) installFractOrdered() error {
	return c.CreateFunction(&sqlite3.Function{
		Name: "crsql_fract_as_ordered", NArg: -1, DirectOnly: true,
		Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
			if err := c.asOrdered(args); err != nil {
				r.Error(fmt.Errorf("crsql: crsql_fract_as_ordered: %w", err))
				return
			}
			r.Set(dbsp.Value{})
		},
	})
}

func (c *conn) asOrdered(args sqlite3.Args) error {
	if args.Len() < 2 {
		return fmt.Errorf("takes a table and the column to order by, and then the columns that tell its lists apart")
	}
	names := make([]string, args.Len())
	for i := range names {
		names[i] = args.Value(i).Str()
	}
	t, err := c.orderedTable(names[0], names[1], names[2:])
	if err != nil {
		return err
	}
	return c.within("as_ordered", func() error { return c.Exec(t.definitions()) })
}

// orderedTable looks up the columns of a table of main.
func (c *conn) orderedTable(name, order string, list []string) (*orderedTable, error) {
	t := &orderedTable{rowid: true}
	err := c.query("SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name = ?1 COLLATE NOCASE",
		[]dbsp.Value{dbsp.NewText(name)}, func(s sqlite3.Stmt) error {
			t.name, t.rowid = s.Column(0).Str(), s.Column(1).Int() == 0
			return nil
		})
	if err != nil {
		return nil, err
	}
	if t.name == "" {
		return nil, fmt.Errorf("no such table: %s", name)
	}
	err = c.query("SELECT name, pk FROM pragma_table_info(?1, 'main') ORDER BY cid", []dbsp.Value{dbsp.NewText(t.name)}, func(s sqlite3.Stmt) error {
		column := s.Column(0).Str()
		t.columns = append(t.columns, column)
		if s.Column(1).Int() != 0 {
			t.key = append(t.key, column)
		}
		if strings.EqualFold(column, "_rowid_") {
			t.rowid = false
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if t.key == nil {
		return nil, fmt.Errorf("table %s has no primary key", t.name)
	}
	if t.order, err = t.column(order); err != nil {
		return nil, err
	}
	for _, l := range list {
		column, err := t.column(l)
		if err != nil {
			return nil, err
		}
		t.list = append(t.list, column)
	}
	return t, nil
}

// column returns a column as the table spells it.
func (t *orderedTable) column(name string) (string, error) {
	for _, c := range t.columns {
		if strings.EqualFold(c, name) {
			return c, nil
		}
	}
	return "", fmt.Errorf("table %s has no column %s", t.name, name)
}

// definitions returns the statements that make, or make again, triggers and view.
func (t *orderedTable) definitions() string {
	var (
		insert  = "main." + ident("__crsql_"+t.name+"_fractindex_pend_trig")
		move    = "main." + ident("__crsql_"+t.name+"_fractindex_ezmove")
		view    = "main." + ident(t.name+"_fractindex")
		table   = ident(t.name)
		order   = ident(t.order)
		inList  = same(t.list, "", "NEW.", "")
		ofRow   = same(t.key, "", "NEW.", "")
		atEnds  = fmt.Sprintf("WHEN NEW.%[1]s = -1 OR NEW.%[1]s = 1", order)
		after   []string
		columns []string
		values  []string
		sets    []string
	)
	if t.rowid {
		ofRow = "_rowid_ = NEW._rowid_"
	}
	// Keys of the list, without those that are still to be given.
	extreme := func(of string) string {
		return fmt.Sprintf("(SELECT %s(%s) FROM %s WHERE %s AND %s NOT IN (-1, 1))", of, order, table, inList, order)
	}
	toEnds := fmt.Sprintf("BEGIN UPDATE %s SET %s = CASE NEW.%[2]s WHEN -1 THEN crsql_fract_key_between(NULL, %s) "+
		"WHEN 1 THEN crsql_fract_key_between(%s, NULL) END WHERE %s; END;\n",
		table, order, extreme("min"), extreme("max"), ofRow)
	for _, k := range t.key {
		after = append(after, "NULL AS "+ident("after_"+k))
	}
	for _, c := range t.columns {
		if c != t.order {
			columns = append(columns, ident(c))
			values = append(values, "NEW."+ident(c))
			sets = append(sets, ident(c)+" = NEW."+ident(c))
		}
	}
	var sql strings.Builder
	fmt.Fprintf(&sql, "DROP TRIGGER IF EXISTS %s; DROP TRIGGER IF EXISTS %s; DROP VIEW IF EXISTS %s;\n", insert, move, view)
	fmt.Fprintf(&sql, "CREATE TRIGGER %s AFTER INSERT ON %s %s %s", insert, table, atEnds, toEnds)
	fmt.Fprintf(&sql, "CREATE TRIGGER %s AFTER UPDATE OF %s ON %s %s %s", move, order, table, atEnds, toEnds)
	fmt.Fprintf(&sql, "CREATE VIEW %s AS SELECT *, %s FROM %s;\n", view, strings.Join(after, ", "), table)
	fmt.Fprintf(&sql, "CREATE TRIGGER main.%s INSTEAD OF INSERT ON %s BEGIN INSERT INTO %s (%s) VALUES (%s); END;\n",
		ident(t.name+"_fractindex_insert_trig"), ident(t.name+"_fractindex"), table,
		strings.Join(append(columns, order), ", "), strings.Join(append(values, t.behind(inList)), ", "))
	fmt.Fprintf(&sql, "CREATE TRIGGER main.%s INSTEAD OF UPDATE ON %s BEGIN UPDATE %s SET %s WHERE %s; END;\n",
		ident(t.name+"_fractindex_update_trig"), ident(t.name+"_fractindex"), table,
		strings.Join(append(sets, order+" = "+t.behind(inList)), ", "), same(t.key, "", "OLD.", ""))
	return sql.String()
}

// behind is the key that puts NEW behind the row that its after_ columns name. There may be several rows with that row's
// key, made on different peers: then it is moved, so that there is room between it and the others. If it is not in the
// list, -1 puts NEW first.
func (t *orderedTable) behind(inList string) string {
	table, order := ident(t.name), ident(t.order)
	anchor := fmt.Sprintf("(SELECT %s FROM %s WHERE %s)", order, table, same(t.key, "", "NEW.", "after_"))
	args := []string{literal(t.name), literal(t.order)}
	for _, l := range t.list {
		args = append(args, literal(l))
	}
	args = append(args, "-1")
	for _, k := range t.key {
		args = append(args, literal(k))
	}
	for _, k := range t.key {
		args = append(args, "NEW."+ident("after_"+k))
	}
	return fmt.Sprintf("CASE (SELECT count(*) FROM %s WHERE %s AND %s = %s) "+
		"WHEN 1 THEN crsql_fract_key_between(%[4]s, (SELECT min(%[3]s) FROM %[1]s WHERE %[2]s AND %[3]s > %[4]s)) "+
		"WHEN 0 THEN -1 ELSE %[5]s(%[6]s) END",
		table, inList, order, anchor, fixConflictFunction, strings.Join(args, ", "))
}

// same is a condition: columns of one row are those of another, whose names have a prefix. NULL is like NULL, and so the
// rows without a list make one too.
func same(columns []string, left, right, prefix string) string {
	if len(columns) == 0 {
		return "1"
	}
	terms := make([]string, len(columns))
	for i, c := range columns {
		terms[i] = left + ident(c) + " IS " + right + ident(prefix+c)
	}
	return strings.Join(terms, " AND ")
}
