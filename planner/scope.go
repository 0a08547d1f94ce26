package planner

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// scope is what a FROM clause brings into sight, in written order, nested joins flattened.
type scope struct {
	items []*fromItem
	// outer is the scope of the query around this one, nil for none; aliases are the names of this one's select list, as
	// far as subqueries may use them.
	outer   *scope
	aliases []alias
	// aggregates are those over this query's rows that its subqueries contain.
	aggregates []outerAggregate
}

// fromItem is a table, view, CTE or subquery in FROM.
type fromItem struct {
	name    string // what qualifies its columns: alias or table name, "" for an unnamed subquery
	schema  string // of a table or view, else ""
	table   *Table // nil for CTEs and subqueries
	print   string // its alias in the resolved text
	columns []scopeColumn
	// using holds the columns (lower case) that a USING or NATURAL merges with one to the left.
	using map[string]bool
	scan  *scan  // nil unless a table or materialized view
	rowid *colID // of a table-valued function, else nil
	// join is how the item is joined to those before it.
	join sqltext.JoinKind
	// merged has the columns (lower case) that stand for a column of a USING and those it is merged with, where SQLite
	// gives them the affinity and collation of the first.
	merged map[string]colID
	// group has the columns (lower case) of a parenthesised join that a USING of a RIGHT or FULL JOIN merges with one to the
	// left, at the first of its items with such a column.
	group map[string]groupColumn
}

// groupColumn is a column of a parenthesised join: its value there, how the join is joined to what stands before it, and
// how many of its items follow.
type groupColumn struct {
	expr sqltext.Expr
	join sqltext.JoinKind
	rest int
}

// scopeColumn is a column of a fromItem.
type scopeColumn struct {
	name   string
	id     colID
	hidden bool
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// sameName compares names as SQLite does: ASCII letters fold.
func sameName(a, b string) bool { return lower(a) == lower(b) }

// find returns the position of a column, -1 when there is none.
func (i *fromItem) find(name string) int {
	for n, c := range i.columns {
		if sameName(c.name, name) {
			return n
		}
	}
	return -1
}

// ref makes a reference to column n.
func (i *fromItem) ref(n int, at sqltext.Span) *ref {
	return &ref{
		Column: &sqltext.Column{Span: at, Table: i.print, Name: i.columns[n].name, Quote: '"', NameSpan: at},
		id:     i.columns[n].id,
	}
}

// qualifies tells whether schema.table may mean the item; "" is not given.
func (i *fromItem) qualifies(schema, table string) bool {
	return (table == "" || sameName(i.name, table) && i.name != "") && (schema == "" || sameName(i.schema, schema))
}

// column finds a column as lookupName does: that of a USING is the leftmost table's, after a RIGHT JOIN the right one's,
// after a FULL JOIN the first that is not NULL. It returns nil for none, and whether there are several.
func (s *scope) column(c *sqltext.Column) (found sqltext.Expr, ambiguous bool) {
	var all []sqltext.Expr // for a FULL JOIN: those before found
	for at := 0; at < len(s.items); at++ {
		i := s.items[at]
		if !i.qualifies(c.Schema, c.Table) {
			continue
		}
		n := i.find(c.Name)
		if n < 0 {
			continue
		}
		group, grouped := i.group[lower(c.Name)]
		join := i.join
		if grouped = grouped && c.Table == ""; grouped {
			at, join = at+group.rest, group.join
		}
		if found != nil {
			if c.Table != "" || !i.using[lower(c.Name)] {
				return found, true
			}
			switch join {
			default:
				continue
			case sqltext.RightJoin:
				all = nil
			case sqltext.FullJoin:
				if id, ok := i.merged[lower(c.Name)]; ok {
					found = newRef(id, c)
					continue
				}
				all = append(all, found)
			}
		}
		if found = i.ref(n, c.Span); grouped {
			found = group.expr
		}
	}
	if all != nil {
		return coalesce(c.Span, append(all, found)), false
	}
	return found, false
}

// newRef makes a reference to a column that no table has.
func newRef(id colID, c *sqltext.Column) *ref {
	return &ref{Column: &sqltext.Column{Span: c.Span, Name: c.Name, NameSpan: c.Span}, id: id}
}

func coalesce(at sqltext.Span, args []sqltext.Expr) sqltext.Expr {
	return &sqltext.Call{Span: at, Name: "coalesce", NameSpan: at, Args: args}
}

// padded tells whether the plain name of a column means another column than the first of that name: one of a USING with a
// RIGHT or FULL JOIN.
func (s *scope) padded(name string) bool {
	for _, i := range s.items {
		if (i.join == sqltext.RightJoin || i.join == sqltext.FullJoin) && i.using[lower(name)] {
			return true
		}
		if _, ok := i.group[lower(name)]; ok {
			return true
		}
	}
	return false
}

// rowid tells whether c is one of the names of the rowid, and finds the INTEGER PRIMARY KEY behind it; nil when there is
// none, or several tables could be meant.
func (s *scope) rowid(c *sqltext.Column) (found *ref, isRowid bool) {
	switch lower(c.Name) {
	case "rowid", "oid", "_rowid_":
	default:
		return nil, false
	}
	n := 0
	for _, i := range s.items {
		if !i.qualifies(c.Schema, c.Table) {
			continue
		}
		n++
		if i.scan != nil && i.table.Kind == OrdinaryTable && i.table.RowidAlias >= 0 {
			found = i.ref(i.table.RowidAlias, c.Span)
		}
		if i.rowid != nil {
			at := sqltext.Column{Span: c.Span, Table: i.print, Name: "rowid", Quote: '"', NameSpan: c.Span}
			found = &ref{Column: &at, id: *i.rowid}
		}
	}
	if n != 1 {
		return nil, n > 0
	}
	return found, true
}

// uniqueNames makes duplicate names unique as CREATE TABLE AS does: id, id:1, id:2.
func uniqueNames(names []string) []string {
	seen := map[string]bool{}
	out := make([]string, len(names))
	for i, name := range names {
		for n := 1; seen[lower(name)]; n++ {
			base := name
			if at := strings.LastIndexByte(base, ':'); at > 0 && digits(base[at+1:]) {
				base = base[:at]
			}
			name = base + ":" + itoa(n)
		}
		seen[lower(name)] = true
		out[i] = name
	}
	return out
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
