package ext

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// schemaReader is the planner's Catalog over one connection, with schema as the view's own.
type schemaReader struct {
	e      *engine
	schema string
}

// Table reads a table's or view's description.
func (r schemaReader) Table(schema, name string) (*planner.Table, error) {
	if schema != "" {
		return r.e.readTable(schema, name)
	}
	order := []string{r.schema}
	if !strings.EqualFold(r.schema, "temp") {
		// SQLite looks in temp first, then in main and the attached databases. A name that temp shadows must not be
		// read as main's: the planner then sees that the base is in another schema than the view.
		order = []string{"temp", r.schema}
	}
	err := r.e.query("SELECT name FROM pragma_database_list", nil, func(s sqlite3.Stmt) error {
		order = append(order, s.Column(0).Str())
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, db := range order {
		t, err := r.e.readTable(db, name)
		if t != nil || err != nil {
			return t, err
		}
	}
	// An eponymous virtual table is in no schema.
	t := &planner.Table{Schema: r.schema, Name: name, Kind: planner.VirtualTable, RowidAlias: -1}
	err = r.e.query("SELECT name, type, hidden FROM pragma_table_xinfo(?1)", []dbsp.Value{dbsp.NewText(name)}, func(s sqlite3.Stmt) error {
		t.Columns = append(t.Columns, planner.TableColumn{
			Name: s.Column(0).Str(), DeclType: s.Column(1).Str(), Affinity: affinityOf(s.Column(1).Str()), Collation: "BINARY",
			Hidden: s.Column(2).Int() != 0,
		})
		return nil
	})
	if err != nil || t.Columns == nil {
		return nil, err
	}
	return t, nil
}

// Compile lets SQLite prepare sql.
func (r schemaReader) Compile(sql string) ([]planner.ResultColumn, error) {
	s, _, err := r.e.conn.Prepare(sql, false)
	if err != nil {
		return nil, err
	}
	defer s.Finalize()
	cols := make([]planner.ResultColumn, s.ColumnCount())
	for i := range cols {
		cols[i] = planner.ResultColumn{Name: s.ColumnName(i), DeclType: s.ColumnDeclType(i)}
	}
	return cols, nil
}

// Explain returns the rows of EXPLAIN sql.
func (r schemaReader) Explain(sql string) ([][7]string, error) {
	var rows [][7]string
	err := r.e.query("EXPLAIN "+sql, nil, func(s sqlite3.Stmt) error {
		var row [7]string
		for i := range row {
			v := s.Column(i)
			switch v.Kind() {
			case dbsp.Text:
				row[i] = v.Str()
			case dbsp.Null:
			default:
				row[i] = v.String()
			}
		}
		rows = append(rows, row)
		return nil
	})
	return rows, err
}

// Functions returns the functions of that name.
func (r schemaReader) Functions(name string) ([]planner.Function, error) {
	const deterministic = 0x800
	var fs []planner.Function
	err := r.e.query(`SELECT builtin, type, narg, flags FROM pragma_function_list WHERE name = lower(?1)`,
		[]dbsp.Value{dbsp.NewText(name)}, func(s sqlite3.Stmt) error {
			typ := s.Column(1).Str()
			fs = append(fs, planner.Function{
				Name: strings.ToLower(name), NArg: int(s.Column(2).Int()),
				Scalar: typ == "s", Aggregate: typ == "a" || typ == "w", Window: typ == "w",
				Deterministic: s.Column(3).Int()&deterministic != 0, Builtin: s.Column(0).Int() != 0,
			})
			return nil
		})
	return fs, err
}

// UTF16 reports the encoding.
func (r schemaReader) UTF16() bool {
	utf16 := false
	_ = r.e.query("PRAGMA main.encoding", nil, func(s sqlite3.Stmt) error {
		utf16 = s.Column(0).Str() != "UTF-8"
		return nil
	})
	return utf16
}

func (e *engine) readTable(schema, name string) (*planner.Table, error) {
	t := &planner.Table{Schema: schema, RowidAlias: -1}
	found, virtual := false, false
	err := e.query("SELECT type, name, sql, rootpage FROM "+ident(schema)+
		".sqlite_master WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')",
		[]dbsp.Value{dbsp.NewText(name)}, func(s sqlite3.Stmt) error {
			found = true
			t.Name, t.SQL = s.Column(1).Str(), s.Column(2).Str()
			if s.Column(0).Str() == "view" {
				t.Kind = planner.PlainView
			}
			virtual = t.Kind != planner.PlainView && s.Column(3).Int() == 0
			return nil
		})
	if err != nil || !found {
		return nil, err
	}
	strict := false
	if t.Kind != planner.PlainView && !virtual {
		t.WithoutRowid, strict = tableOptions(t.SQL)
	}
	err = e.query("SELECT name, type, \"notnull\", pk, hidden, dflt_value FROM pragma_table_xinfo(?1, ?2)",
		[]dbsp.Value{dbsp.NewText(t.Name), dbsp.NewText(schema)}, func(s sqlite3.Stmt) error {
			c := planner.TableColumn{
				Name: s.Column(0).Str(), DeclType: s.Column(1).Str(), NotNull: s.Column(2).Int() != 0,
				PK: int(s.Column(3).Int()), Hidden: s.Column(4).Int() == 1, Collation: "BINARY",
				Generated: s.Column(4).Int() >= 2, Default: s.Column(5).Str(),
			}
			// table_xinfo appends GENERATED ALWAYS to the type of generated columns.
			c.DeclType = strings.TrimSpace(strings.TrimSuffix(c.DeclType, "GENERATED ALWAYS"))
			c.Affinity = affinityOf(c.DeclType)
			if strict && strings.EqualFold(c.DeclType, "ANY") {
				c.Affinity = planner.AffinityBlob
			}
			t.Columns = append(t.Columns, c)
			return nil
		})
	if err != nil {
		return nil, err
	}
	if virtual {
		t.Kind = planner.VirtualTable
		if d := e.database(schema); strings.EqualFold(schema, d.name) {
			v, err := d.describeView(t.Name)
			if err != nil {
				return nil, err
			}
			if v != nil {
				t.Kind = planner.MaterializedView
				t.Select, t.Stale = v.resolved, v.stale
				// The last columns are our own hidden ones.
				var cols []planner.TableColumn
				for i, c := range t.Columns {
					if i < len(v.columns) {
						c.Collation = v.columns[i].Collation
						c.Affinity = v.columns[i].affinity()
						cols = append(cols, c)
					}
				}
				t.Columns = cols
				if !d.busy {
					t.Indexes = v.uniqueKey()
				}
			}
		}
		return t, nil
	}
	if t.Kind == planner.PlainView {
		return t, nil
	}
	if err := e.readCollations(t); err != nil {
		return nil, err
	}
	return t, e.readIndexes(t)
}

// uniqueKey returns the view's group key, by which it has one row, as a unique index for the planner to know of; none where
// some of the key's columns don't show. That of an aggregate without GROUP BY has no columns.
func (v *view) uniqueKey() []planner.Index {
	if v.stale != "" {
		return nil
	}
	m, err := v.prepare()
	if err != nil || !m.plan.Keyed {
		return nil
	}
	x := planner.Index{Name: "group key", Unique: true}
	for i, c := range m.plan.KeyColumns {
		if c < 0 {
			return nil
		}
		x.Columns = append(x.Columns, c)
		x.Collations = append(x.Collations, m.plan.KeyCollations[i].String())
	}
	if len(x.Columns) == 0 && !m.plan.Global {
		return nil
	}
	return []planner.Index{x}
}

// readCollations asks SQLite for the columns' collations: the key description of a sort by all of them names them.
func (e *engine) readCollations(t *planner.Table) error {
	var b strings.Builder
	b.WriteString("SELECT 1 FROM " + qualified(t.Schema, t.Name) + " NOT INDEXED ORDER BY ")
	n := 0
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("+" + ident(c.Name)) // + keeps the collation and any index out
		n++
	}
	rows, err := schemaReader{e, t.Schema}.Explain(b.String())
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r[1] != "SorterOpen" && r[1] != "OpenEphemeral" {
			continue
		}
		p4 := r[5]
		if !strings.HasPrefix(p4, "k(") {
			continue
		}
		parts := strings.Split(strings.TrimSuffix(p4[2:], ")"), ",")
		if len(parts) < 1+n {
			continue
		}
		for i := range n {
			name := strings.TrimPrefix(strings.TrimPrefix(parts[1+i], "-"), "N.")
			if name != "" && name != "B" {
				t.Columns[i].Collation = strings.ToUpper(name)
			}
		}
		return nil
	}
	return fmt.Errorf("ext: table %s: can't read its collations", t.Name)
}

func (e *engine) readIndexes(t *planner.Table) error {
	type listed struct {
		name    string
		unique  bool
		partial bool
		origin  string
	}
	var list []listed
	err := e.query("SELECT name, \"unique\", partial, origin FROM pragma_index_list(?1, ?2)",
		[]dbsp.Value{dbsp.NewText(t.Name), dbsp.NewText(t.Schema)}, func(s sqlite3.Stmt) error {
			list = append(list, listed{s.Column(0).Str(), s.Column(1).Int() != 0, s.Column(2).Int() != 0, s.Column(3).Str()})
			return nil
		})
	if err != nil {
		return err
	}
	pkIndex := false
	for _, l := range list {
		pkIndex = pkIndex || l.origin == "pk"
		if l.partial {
			continue
		}
		x := planner.Index{Name: l.name, Unique: l.unique}
		plain := true
		err := e.query("SELECT cid, coll FROM pragma_index_xinfo(?1, ?2) WHERE key ORDER BY seqno",
			[]dbsp.Value{dbsp.NewText(l.name), dbsp.NewText(t.Schema)}, func(s sqlite3.Stmt) error {
				cid := s.Column(0).Int()
				plain = plain && cid >= 0
				x.Columns = append(x.Columns, int(cid))
				x.Collations = append(x.Collations, strings.ToUpper(s.Column(1).Str()))
				return nil
			})
		if err != nil {
			return err
		}
		if plain {
			t.Indexes = append(t.Indexes, x)
		}
	}
	pk, last := 0, -1
	for i, c := range t.Columns {
		if c.PK > 0 {
			pk++
			last = i
		}
	}
	// INTEGER PRIMARY KEY DESC is, by an old quirk, no alias; it has an index of its own.
	if pk == 1 && !t.WithoutRowid && !pkIndex && strings.EqualFold(t.Columns[last].DeclType, "INTEGER") {
		t.RowidAlias = last
		t.Columns[last].NotNull = true
	}
	return nil
}

// affinityOf applies the rules of https://www.sqlite.org/datatype3.html section 3.1.
func affinityOf(decl string) planner.Affinity {
	d := strings.ToUpper(decl)
	switch {
	case strings.Contains(d, "INT"):
		return planner.AffinityInteger
	case strings.Contains(d, "CHAR"), strings.Contains(d, "CLOB"), strings.Contains(d, "TEXT"):
		return planner.AffinityText
	case strings.Contains(d, "BLOB"), d == "":
		return planner.AffinityBlob
	case strings.Contains(d, "REAL"), strings.Contains(d, "FLOA"), strings.Contains(d, "DOUB"):
		return planner.AffinityReal
	}
	return planner.AffinityNumeric
}
