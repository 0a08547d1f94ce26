package planner

import (
	dbsql "database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
	_ "modernc.org/sqlite"
)

// testCatalog is a Catalog over one connection of the stock driver.
type testCatalog struct {
	t            failer
	db           *dbsql.DB
	schema       string
	materialized map[string]bool // tables that stand for materialized views
	stale        map[string]string
	utf16        bool
}

func openCatalog(t testing.TB, statements ...string) *testCatalog {
	c := openCatalogFor(t, statements...)
	t.Cleanup(func() { _ = c.db.Close() })
	return c
}

// failer is what testing.TB and *rapid.T have in common.
type failer interface {
	Errorf(format string, args ...any)
	FailNow()
}

// openCatalogFor is openCatalog for a caller who closes it.
func openCatalogFor(t failer, statements ...string) *testCatalog {
	db, err := dbsql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	c := &testCatalog{t: t, db: db, schema: "main", materialized: map[string]bool{}, stale: map[string]string{}}
	for _, s := range statements {
		c.exec(s)
	}
	return c
}

func (c *testCatalog) exec(sql string) {
	_, err := c.db.Exec(sql)
	require.NoError(c.t, err, sql)
}

func (c *testCatalog) rows(sql string) ([][]any, error) {
	rs, err := c.db.Query(sql)
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	names, err := rs.Columns()
	if err != nil {
		return nil, err
	}
	var out [][]any
	for rs.Next() {
		row := make([]any, len(names))
		at := make([]any, len(names))
		for i := range row {
			at[i] = &row[i]
		}
		if err := rs.Scan(at...); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, rs.Err()
}

func (c *testCatalog) query(sql string) [][]any {
	rows, err := c.rows(sql)
	require.NoError(c.t, err, sql)
	return rows
}

func lit(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func (c *testCatalog) Table(schema, name string) (*Table, error) {
	if schema == "" {
		for _, s := range []string{c.schema, "temp", "main", "aux"} {
			if t, err := c.Table(s, name); t != nil || err != nil {
				return t, err
			}
		}
		// An eponymous virtual table is in no schema.
		t := &Table{Schema: c.schema, Name: name, Kind: VirtualTable, RowidAlias: -1}
		for _, r := range c.query("SELECT name, type, hidden FROM pragma_table_xinfo(" + lit(name) + ")") {
			t.Columns = append(t.Columns, TableColumn{
				Name: r[0].(string), DeclType: r[1].(string), Affinity: affinityOfType(r[1].(string)), Collation: "BINARY", Hidden: r[2].(int64) != 0,
			})
		}
		if t.Columns == nil {
			return nil, nil
		}
		return t, nil
	}
	var found []any
	for _, r := range c.query("SELECT schema, name, type, wr FROM pragma_table_list WHERE name = " + lit(name) + " COLLATE NOCASE") {
		if strings.EqualFold(r[0].(string), schema) {
			found = r
		}
	}
	if found == nil {
		return nil, nil
	}
	t := &Table{Schema: found[0].(string), Name: found[1].(string), WithoutRowid: found[3].(int64) == 1, RowidAlias: -1}
	switch found[2] {
	case "view":
		t.Kind = PlainView
	case "virtual":
		t.Kind = VirtualTable
	}
	if c.materialized[t.Name] {
		t.Kind = MaterializedView
	}
	t.Stale = c.stale[t.Name]
	master := t.Schema + ".sqlite_master"
	if strings.EqualFold(t.Schema, "temp") {
		master = "temp.sqlite_temp_master"
	}
	for _, r := range c.query("SELECT sql FROM " + master + " WHERE name = " + lit(t.Name)) {
		if s, ok := r[0].(string); ok {
			t.SQL = s
		}
	}
	strict := strings.HasSuffix(strings.ToUpper(strings.TrimSpace(t.SQL)), "STRICT")
	full := `"` + t.Schema + `"."` + t.Name + `"`
	pks := 0
	for _, r := range c.query(fmt.Sprintf("SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(%s, %s)", lit(t.Name), lit(t.Schema))) {
		col := TableColumn{
			Name: r[0].(string), DeclType: r[1].(string), NotNull: r[2].(int64) == 1, PK: int(r[3].(int64)), Hidden: r[4].(int64) == 1,
		}
		col.Affinity = affinityOfType(col.DeclType)
		if strict && strings.EqualFold(col.DeclType, "ANY") {
			col.Affinity = AffinityBlob
		}
		if col.PK > 0 {
			pks++
		}
		if t.Kind != VirtualTable {
			col.Collation = c.collationOf(full, col.Name)
		}
		t.Columns = append(t.Columns, col)
	}
	for i, col := range t.Columns {
		if pks == 1 && col.PK == 1 && strings.EqualFold(col.DeclType, "INTEGER") && !t.WithoutRowid && t.Kind == OrdinaryTable {
			t.RowidAlias, t.Columns[i].NotNull = i, true
		}
	}
	if t.Kind != OrdinaryTable {
		return t, nil
	}
	for _, r := range c.query(fmt.Sprintf("SELECT name, \"unique\", partial FROM pragma_index_list(%s, %s)", lit(t.Name), lit(t.Schema))) {
		x := Index{Name: r[0].(string), Unique: r[1].(int64) == 1}
		usable := r[2].(int64) == 0
		for _, k := range c.query(fmt.Sprintf("SELECT cid, coll, key FROM pragma_index_xinfo(%s, %s)", lit(x.Name), lit(t.Schema))) {
			if k[2].(int64) == 0 {
				continue
			}
			usable = usable && k[0].(int64) >= 0
			x.Columns = append(x.Columns, int(k[0].(int64)))
			x.Collations = append(x.Collations, strings.ToUpper(k[1].(string)))
		}
		if usable {
			t.Indexes = append(t.Indexes, x)
		}
	}
	return t, nil
}

// collationOf reads a column's collation off a comparison's program.
func (c *testCatalog) collationOf(table, column string) string {
	for _, r := range c.query(`EXPLAIN SELECT ` + sqltext.QuoteIdent(column) + ` = 'x' FROM ` + table) {
		if p4, ok := r[5].(string); ok && (r[1] == "Eq" || r[1] == "Ne") {
			if name, _, ok := strings.Cut(p4, "-"); ok {
				return strings.ToUpper(name)
			}
		}
	}
	return "BINARY"
}

func (c *testCatalog) Compile(sql string) ([]ResultColumn, error) {
	var args []any
	if strings.Contains(sql, "?") {
		args = append(args, 1)
	}
	if strings.Contains(sql, ":x") {
		args = append(args, dbsql.Named("x", 1))
	}
	rs, err := c.db.Query(sql, args...)
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	types, err := rs.ColumnTypes()
	if err != nil {
		return nil, err
	}
	var out []ResultColumn
	for _, t := range types {
		out = append(out, ResultColumn{Name: t.Name(), DeclType: t.DatabaseTypeName()})
	}
	return out, nil
}

func (c *testCatalog) Explain(sql string) ([][7]string, error) {
	rows, err := c.rows("EXPLAIN " + sql)
	if err != nil {
		return nil, err
	}
	var out [][7]string
	for _, r := range rows {
		var op [7]string
		for i := range op {
			op[i] = fmt.Sprint(r[i])
		}
		out = append(out, op)
	}
	return out, nil
}

func (c *testCatalog) Functions(name string) ([]Function, error) {
	rows, err := c.rows("SELECT narg, type, flags, builtin FROM pragma_function_list WHERE name = " + lit(name))
	if err != nil {
		return nil, err
	}
	var out []Function
	for _, r := range rows {
		f := Function{Name: name, NArg: int(r[0].(int64)), Deterministic: r[2].(int64)&0x800 != 0, Builtin: r[3].(int64) != 0}
		switch r[1] {
		case "s":
			f.Scalar = true
		case "a":
			f.Aggregate = true
		case "w":
			f.Aggregate, f.Window = true, true
		}
		out = append(out, f)
	}
	return out, nil
}

func (c *testCatalog) UTF16() bool { return c.utf16 }
