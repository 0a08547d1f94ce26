package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

var dumpCommand = command{
	name: "dump", args: "?OBJECTS?", brief: "Render database content as SQL",
	more: "   OBJECTS are LIKE patterns for the names of tables and views to dump.\n" +
		"   Materialized views are written as CREATE MATERIALIZED VIEW; their rows are not, nor are internal tables.",
	run: runDump,
}

// runDump writes the database as a script, within a savepoint so that all of it is of one moment.
func runDump(sh *shell, patterns []string) error {
	ctx, end := sh.interrupt.begin(sh.db)
	defer end()
	if _, err := sh.db.conn.ExecContext(ctx, "SAVEPOINT dump"); err != nil {
		return errors.New(sqliteMessage(err))
	}
	err := (&dump{sh: sh, ctx: ctx}).write(patterns)
	if _, release := sh.db.conn.ExecContext(context.Background(), "RELEASE dump"); err == nil && release != nil {
		err = release
	}
	if err != nil {
		fmt.Fprintln(sh.out, "ROLLBACK; -- due to errors")
		return errors.New(sqliteMessage(err))
	}
	fmt.Fprintln(sh.out, "COMMIT;")
	return nil
}

// dump is one .dump.
type dump struct {
	sh       *shell
	ctx      context.Context
	writable bool // PRAGMA writable_schema=ON has been written
}

func (d *dump) write(patterns []string) error {
	fmt.Fprintln(d.sh.out, "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;")
	objects, err := d.sh.db.objects(d.ctx, "main")
	if err != nil {
		return err
	}
	if objects, err = d.chosen(objects, patterns); err != nil {
		return err
	}
	var views, viewIndexes []object
	for _, o := range objects {
		if o.kind == kindMaterialized {
			views = append(views, o)
		}
	}
	ofView := func(o object) bool {
		return slices.ContainsFunc(views, func(v object) bool { return v.name == o.table })
	}
	// The tables, with sqlite_sequence after those whose rows change it.
	slices.SortStableFunc(objects, func(a, b object) int { return lastIf(a.name == "sqlite_sequence", b.name == "sqlite_sequence") })
	for _, o := range objects {
		if o.kind == "table" {
			if err := d.table(o); err != nil {
				return err
			}
		}
	}
	for _, o := range objects {
		switch {
		case o.sql == "" || o.kind == "table" || o.kind == kindMaterialized:
		case o.kind == "index" && ofView(o):
			viewIndexes = append(viewIndexes, o)
		default:
			fmt.Fprintln(d.sh.out, o.sql+";")
		}
	}
	if d.writable {
		fmt.Fprintln(d.sh.out, "PRAGMA writable_schema=OFF;")
	}
	for _, v := range inDependencyOrder(views) {
		fmt.Fprintln(d.sh.out, v.createMaterialized("main")+";")
	}
	for _, o := range viewIndexes {
		fmt.Fprintln(d.sh.out, o.sql+";")
	}
	return nil
}

func lastIf(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// chosen keeps the objects whose name, or whose table's name, is like one of the patterns; all without patterns.
func (d *dump) chosen(objects []object, patterns []string) ([]object, error) {
	if len(patterns) == 0 {
		return objects, nil
	}
	var kept []object
	for _, o := range objects {
		for _, p := range patterns {
			found, err := d.sh.db.like(d.ctx, []object{o}, p)
			if err != nil {
				return nil, err
			}
			if len(found) > 0 {
				kept = append(kept, o)
				break
			}
		}
	}
	return kept, nil
}

// table writes a table and its rows.
func (d *dump) table(o object) error {
	out := d.sh.out
	switch {
	case o.name == "sqlite_sequence":
		fmt.Fprintln(out, "DELETE FROM sqlite_sequence;")
	case strings.HasPrefix(o.name, "sqlite_stat"):
		fmt.Fprintln(out, "ANALYZE sqlite_schema;")
	case o.system():
		return nil
	case o.virtual:
		// CREATE VIRTUAL TABLE would make the shadow tables, which follow as tables of their own.
		if !d.writable {
			fmt.Fprintln(out, "PRAGMA writable_schema=ON;")
			d.writable = true
		}
		fmt.Fprintf(out, "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table',%s,%s,0,%s);\n",
			quoteText(o.name), quoteText(o.name), quoteText(o.sql))
		return nil
	default:
		fmt.Fprintln(out, ifNotExists(o.sql)+";")
	}
	return d.rows(o)
}

// rows writes the rows of a table as INSERT statements.
func (d *dump) rows(o object) error {
	columns, err := d.sh.db.columns(d.ctx, "main", o.name)
	if err != nil {
		return err
	}
	// An expression instead of the bare column keeps the driver from parsing dates.
	for i, c := range columns {
		columns[i] = "+" + quoteName(c)
	}
	rows, err := d.sh.db.conn.QueryContext(d.ctx, "SELECT "+strings.Join(columns, ",")+" FROM main."+quoteName(o.name))
	if err != nil {
		return err
	}
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return errors.Join(err, rows.Close())
		}
		d.sh.out.WriteString("INSERT INTO " + sqltext.QuoteIdent(o.name) + " VALUES(")
		for i, v := range values {
			if i > 0 {
				d.sh.out.WriteByte(',')
			}
			d.sh.out.WriteString(d.sh.db.literal(v))
		}
		d.sh.out.WriteString(");\n")
	}
	return errors.Join(rows.Err(), rows.Close())
}

// inDependencyOrder puts materialized views after those that their queries name, and otherwise keeps their order.
func inDependencyOrder(views []object) []object {
	var sorted []object
	state := map[string]int{} // 1: being visited, 2: placed
	byName := map[string]object{}
	for _, v := range views {
		byName[strings.ToLower(v.name)] = v
	}
	var place func(v object)
	place = func(v object) {
		key := strings.ToLower(v.name)
		if state[key] != 0 {
			return
		}
		state[key] = 1
		_, query, _ := virtualTable(v.sql)
		for _, t := range sqltext.Tokens(query) {
			if t.Kind == sqltext.TokWord || t.Kind == sqltext.TokQuoted || t.Kind == sqltext.TokString {
				if used, ok := byName[strings.ToLower(sqltext.Dequote(t.Text(query)))]; ok {
					place(used)
				}
			}
		}
		state[key] = 2
		sorted = append(sorted, v)
	}
	for _, v := range views {
		place(v)
	}
	return sorted
}
