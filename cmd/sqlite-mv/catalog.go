package main

import (
	"context"
	"errors"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// internalPrefix begins the names of all tables and triggers that the engine makes.
const internalPrefix = "__internal_dbsp_"

// outputPrefix begins the name of the table that holds a materialized view's rows.
const outputPrefix = internalPrefix + "state_out_"

// moduleName is the virtual table module of materialized views.
const moduleName = "materialized_view"

// object is a row of sqlite_schema, in the user's terms: a materialized view is of type "materialized view", and an
// index of its output table is an index of the view.
type object struct {
	schema  string // main, temp, or the name of an attached database
	kind    string // table, index, view, trigger, materialized view
	name    string
	table   string // the table or view that an index or trigger belongs to
	sql     string // "" for automatic indexes
	virtual bool   // a virtual table, but no materialized view
}

// kindMaterialized is the kind of a materialized view.
const kindMaterialized = "materialized view"

// schemas returns the names of the attached databases, main first.
func (db *database) schemas(ctx context.Context) ([]string, error) {
	return db.strings(ctx, "SELECT name FROM pragma_database_list ORDER BY seq<>0, seq")
}

// objects returns what the user has made in a schema, in the order in which it was made. Internal tables and triggers
// are left out.
func (db *database) objects(ctx context.Context, schema string) ([]object, error) {
	rows, err := db.conn.QueryContext(ctx, "SELECT type, name, tbl_name, ifnull(sql,'') FROM "+
		sqltext.QuoteIdent(schema)+".sqlite_schema ORDER BY rowid")
	if err != nil {
		return nil, err
	}
	var all []object
	for rows.Next() {
		o := object{schema: schema}
		if err := rows.Scan(&o.kind, &o.name, &o.table, &o.sql); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		if o.user() {
			all = append(all, o)
		}
	}
	return all, errors.Join(rows.Err(), rows.Close())
}

// user translates an object into the user's terms; false tells that it is internal.
func (o *object) user() bool {
	if strings.HasPrefix(o.name, internalPrefix) {
		return false
	}
	switch o.kind {
	case "table":
		module, _, ok := virtualTable(o.sql)
		switch {
		case ok && strings.EqualFold(module, moduleName):
			o.kind = kindMaterialized
		case ok:
			o.virtual = true
		}
	case "index":
		if !strings.HasPrefix(o.table, internalPrefix) {
			return true
		}
		view, ok := strings.CutPrefix(o.table, outputPrefix)
		if !ok || o.sql == "" {
			return false
		}
		o.sql, o.table = retarget(o.sql, view), view
	}
	return true
}

// system tells whether the object is SQLite's own table sqlite_sequence, sqlite_stat1 and so on.
func (o object) system() bool { return strings.HasPrefix(o.name, "sqlite_") }

// virtualTable reads CREATE VIRTUAL TABLE: the module and the text of its arguments.
func virtualTable(sql string) (module, arguments string, ok bool) {
	if !beginsWith(sql, "CREATE", "VIRTUAL", "TABLE") {
		return "", "", false
	}
	tokens := sqltext.Tokens(sql)
	for i, t := range tokens {
		if !t.Is(sql, "USING") {
			continue
		}
		for _, m := range tokens[i+1:] {
			if m.Blank() {
				continue
			}
			module = sqltext.Dequote(m.Text(sql))
			open, end := strings.IndexByte(sql[m.End:], '('), strings.LastIndexByte(sql, ')')
			if open >= 0 && end > m.End+open {
				arguments = strings.TrimSpace(sql[m.End+open+1 : end])
			}
			return module, arguments, true
		}
	}
	return "", "", false
}

// beginsWith tells whether the statement begins with these keywords.
func beginsWith(statement string, keywords ...string) bool {
	words := firstWords(statement, len(keywords))
	if len(words) < len(keywords) {
		return false
	}
	for i, k := range keywords {
		if words[i] != k {
			return false
		}
	}
	return true
}

// retarget writes CREATE INDEX … ON table with another table.
func retarget(sql, table string) string {
	if c, ok := sqltext.Recognise(sql); ok && c.Kind == sqltext.CreateIndex {
		return sql[:c.OnSpan.Start] + sqltext.QuoteIdent(table) + sql[c.OnSpan.End:]
	}
	return sql
}

// like filters names by a LIKE pattern of SQLite's; "" keeps all.
func (db *database) like(ctx context.Context, objects []object, pattern string) ([]object, error) {
	if pattern == "" {
		return objects, nil
	}
	var kept []object
	for _, o := range objects {
		var yes bool
		err := db.conn.QueryRowContext(ctx, "SELECT ?1 LIKE ?3 OR ?2 LIKE ?3", o.name, o.table, pattern).Scan(&yes)
		if err != nil {
			return nil, err
		}
		if yes {
			kept = append(kept, o)
		}
	}
	return kept, nil
}

// columns returns the names of a table's or view's columns; generated and hidden ones are left out.
func (db *database) columns(ctx context.Context, schema, table string) ([]string, error) {
	return db.strings(ctx, "SELECT name FROM pragma_table_info(?1, ?2) ORDER BY cid", table, schema)
}
