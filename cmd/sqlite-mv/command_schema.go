package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

var schemaCommand = command{
	name: "schema", args: "?PATTERN?", brief: "Show the CREATE statements matching PATTERN",
	more: "   PATTERN is one of LIKE, or of GLOB when it has any of *?[, and may begin with a database's name and a dot.\n" +
		"   Materialized views are shown as CREATE MATERIALIZED VIEW; internal tables and triggers are not.",
	run: func(sh *shell, args []string) error {
		if len(args) > 1 {
			return errUsage
		}
		ctx := context.Background()
		schemas, err := sh.db.schemas(ctx)
		if err != nil {
			return err
		}
		for _, schema := range schemas {
			objects, err := sh.db.objects(ctx, schema)
			if err != nil {
				return err
			}
			for _, o := range objects {
				if o.sql == "" {
					continue
				}
				if len(args) == 1 {
					yes, err := sh.db.matches(ctx, o, args[0])
					if err != nil {
						return err
					}
					if !yes {
						continue
					}
				}
				if err := sh.printSchema(ctx, o); err != nil {
					return err
				}
			}
		}
		return nil
	},
}

// matches tells whether the name of a table or view, or of the one that an index or trigger belongs to, matches the
// pattern of .schema.
func (db *database) matches(ctx context.Context, o object, pattern string) (bool, error) {
	operator := "LIKE"
	if strings.ContainsAny(pattern, "*?[") {
		operator = "GLOB"
	}
	name := o.table
	if strings.Contains(pattern, ".") {
		name = o.schema + "." + name
	}
	var yes bool
	err := db.conn.QueryRowContext(ctx, "SELECT lower(?1) "+operator+" ?2", name, strings.ToLower(pattern)).Scan(&yes)
	return yes, err
}

// printSchema prints the statement that makes an object, in sqlite3's form.
func (sh *shell) printSchema(ctx context.Context, o object) error {
	sql := o.sql
	switch {
	case o.kind == kindMaterialized:
		sql = o.createMaterialized(o.schema)
	default:
		if o.schema != "main" {
			sql = qualify(sql, o.schema)
		}
		if o.kind == "view" || o.virtual {
			columns, err := sh.db.columns(ctx, o.schema, o.name)
			if err == nil { // sqlite3 leaves the comment out, too, when the view can't be read
				sql += "\n/* " + signature(o, columns) + " */"
			}
		}
		sql = ifNotExists(sql)
	}
	fmt.Fprintln(sh.out, sql+";")
	return nil
}

// createMaterialized returns the statement that makes a materialized view, without the semicolon.
func (o object) createMaterialized(schema string) string {
	_, definition, _ := virtualTable(o.sql)
	name := sqltext.QuoteIdent(o.name)
	create := "CREATE MATERIALIZED VIEW "
	switch schema {
	case "main":
	case "temp":
		create = "CREATE TEMP MATERIALIZED VIEW "
	default:
		name = quoteSchema(schema) + "." + name
	}
	if endsInLineComment(definition) {
		definition += "\n"
	}
	if strings.HasPrefix(definition, "(") { // (columns) AS SELECT …
		return create + name + definition
	}
	return create + name + " AS " + definition
}

// endsInLineComment tells whether what is put after the text would be part of a comment.
func endsInLineComment(text string) bool {
	tokens := sqltext.Tokens(text)
	if len(tokens) == 0 {
		return false
	}
	last := tokens[len(tokens)-1]
	return last.Kind == sqltext.TokComment && strings.HasPrefix(last.Text(text), "--")
}

// signature returns name(column,…) as sqlite3 writes it after views and virtual tables.
func signature(o object, columns []string) string {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = sqltext.QuoteIdent(c)
	}
	name := sqltext.QuoteIdent(o.name)
	if o.schema != "main" {
		name = quoteSchema(o.schema) + "." + name
	}
	return name + "(" + strings.Join(quoted, ",") + ")"
}

// qualify puts the database's name before the name in a CREATE statement.
func qualify(sql, schema string) string {
	for _, what := range []string{"TABLE", "INDEX", "UNIQUE INDEX", "VIEW", "TRIGGER", "VIRTUAL TABLE"} {
		prefix := "CREATE " + what + " "
		if strings.HasPrefix(sql, prefix) {
			return prefix + quoteSchema(schema) + "." + sql[len(prefix):]
		}
	}
	return sql
}

// ifNotExists adds IF NOT EXISTS to CREATE TABLE with a quoted name, as sqlite3 does for the shadow tables of virtual
// tables.
func ifNotExists(sql string) string {
	if rest, ok := strings.CutPrefix(sql, "CREATE TABLE "); ok && rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		return "CREATE TABLE IF NOT EXISTS " + rest
	}
	return sql
}

// quoteSchema writes a database's name as an identifier; temp, a keyword, needs no quotes there.
func quoteSchema(schema string) string {
	if schema == "temp" {
		return schema
	}
	return sqltext.QuoteIdent(schema)
}
