package history

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

// query is a generated SELECT as a tree, so that it can be printed, reduced, and asked which columns have a choice of
// values.
type query struct {
	with []cte
	arms []*selectCore // joined by UNION ALL
}

type cte struct {
	name  string
	query *query
	names []string // explicit column names, or nil
}

// selectCore is one SELECT without WITH and UNION ALL.
type selectCore struct {
	raw      string // when set, the text of the whole SELECT; the other fields are not used
	distinct bool
	items    []item
	from     []source
	where    string
	groupBy  []string
	having   string
	nested   bool // the first two terms of FROM are joined in parentheses
}

// item is a result column.
type item struct {
	expr  string
	name  string // the column's name
	alias bool   // whether it is written with AS
	// representative is set when the column shows one of several equal values: of is the expression whose values they
	// are, over the rows before grouping.
	representative bool
	of             string
	collation      string
	// through is the alias and column that the item passes on unchanged ("" when it is computed).
	through [2]string
}

// source is a term of FROM.
type source struct {
	join  string // what stands before it: "", ", ", " JOIN ", …
	table string // a base table, view or CTE
	sub   *query // or a subquery
	alias string
	on    string // " ON …" or " USING …"
}

// SQL prints the query.
func (q *query) SQL() string {
	var b strings.Builder
	for i, c := range q.with {
		b.WriteString(map[bool]string{true: "WITH ", false: ", "}[i == 0] + c.name)
		if c.names != nil {
			b.WriteString("(" + strings.Join(c.names, ", ") + ")")
		}
		b.WriteString(" AS (" + c.query.SQL() + ")")
	}
	if len(q.with) > 0 {
		b.WriteByte(' ')
	}
	for i, s := range q.arms {
		if i > 0 {
			b.WriteString(" UNION ALL ")
		}
		b.WriteString(s.SQL())
	}
	return b.String()
}

// SQL prints the SELECT.
func (s *selectCore) SQL() string {
	if s.raw != "" {
		return s.raw
	}
	var b strings.Builder
	b.WriteString("SELECT ")
	if s.distinct {
		b.WriteString("DISTINCT ")
	}
	for i, it := range s.items {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(it.expr)
		if it.alias {
			b.WriteString(" AS " + it.name)
		}
	}
	b.WriteString(s.tail())
	if len(s.groupBy) > 0 {
		b.WriteString(" GROUP BY " + strings.Join(s.groupBy, ", "))
	}
	if s.having != "" {
		b.WriteString(" HAVING " + s.having)
	}
	return b.String()
}

// tail prints FROM and WHERE.
func (s *selectCore) tail() string {
	var b strings.Builder
	for i, f := range s.from {
		if i == 0 {
			b.WriteString(" FROM ")
			if s.nested && len(s.from) > 2 {
				b.WriteByte('(')
			}
		} else {
			b.WriteString(f.join)
		}
		if f.sub != nil {
			b.WriteString("(" + f.sub.SQL() + ")")
		} else {
			b.WriteString(f.table)
		}
		if f.alias != "" {
			b.WriteString(" AS " + f.alias)
		}
		b.WriteString(f.on)
		if i == 1 && s.nested && len(s.from) > 2 {
			b.WriteByte(')')
		}
	}
	if s.where != "" {
		b.WriteString(" WHERE " + s.where)
	}
	return b.String()
}

// freedom is a column with a choice of values: with and without the columns that the choice goes by.
type freedom struct {
	oracle.Free
	alone string // Among without By
}

// Free returns the columns that have a choice of values.
func (q *query) Free() []oracle.Free {
	var out []oracle.Free
	for _, f := range q.freedoms(nil) {
		out = append(out, f.Free)
	}
	return out
}

// freedoms returns the free columns; outer are the CTEs in scope.
func (q *query) freedoms(outer []cte) []freedom {
	scope := slices.Concat(outer, q.with)
	prefix := withPrefix(scope)
	if len(q.arms) == 1 {
		return q.arms[0].freedoms(scope, prefix)
	}
	// A column of UNION ALL is free when it is in any arm; an arm where it is not offers just its own values.
	var out []freedom
	first := q.arms[0]
	perArm := make([][]freedom, len(q.arms))
	for i, s := range q.arms {
		perArm[i] = s.freedoms(scope, prefix)
	}
	for c := range first.items {
		var among []string
		collation, any := "BINARY", false
		for i, s := range q.arms {
			if c >= len(s.items) {
				return nil
			}
			at := slices.IndexFunc(perArm[i], func(f freedom) bool { return f.Column == s.items[c].name })
			if at < 0 {
				names := make([]string, len(s.items))
				for j := range names {
					names[j] = "u" + strconv.Itoa(j)
				}
				among = append(among, sprintf("SELECT u%d FROM (WITH arm(%s) AS (%s%s) SELECT * FROM arm)", c,
					strings.Join(names, ", "), prefix, s.SQL()))
				continue
			}
			any = true
			if perArm[i][at].Collation != "BINARY" && perArm[i][at].Collation != "" {
				collation = perArm[i][at].Collation
			}
			among = append(among, "SELECT * FROM ("+perArm[i][at].alone+")")
		}
		if any {
			all := strings.Join(among, " UNION ALL ")
			out = append(out, freedom{oracle.Free{Column: first.items[c].name, Collation: collation, Among: all}, all})
		}
	}
	return out
}

func withPrefix(scope []cte) string {
	var parts []string
	for _, c := range scope {
		names := ""
		if c.names != nil {
			names = "(" + strings.Join(c.names, ", ") + ")"
		}
		parts = append(parts, c.name+names+" AS ("+c.query.SQL()+")")
	}
	if len(parts) == 0 {
		return ""
	}
	return "WITH " + strings.Join(parts, ", ") + " "
}

func (s *selectCore) freedoms(scope []cte, prefix string) []freedom {
	inner := map[[2]string]freedom{}
	for _, f := range s.from {
		sub, names := f.sub, []string(nil)
		from := scope
		if sub == nil {
			at := slices.IndexFunc(scope, func(c cte) bool { return c.name == f.table })
			if at < 0 {
				continue
			}
			sub, names, from = scope[at].query, scope[at].names, scope[:at]
		}
		for _, fr := range sub.freedoms(from) {
			if names != nil {
				fr = renamed(fr, sub, names)
			}
			inner[[2]string{f.alias, fr.Column}] = fr
		}
	}
	var out []freedom
	for _, it := range s.items {
		if fr, ok := inner[it.through]; ok && it.through[1] != "" {
			fr.Column, fr.Among, fr.By = it.name, fr.alone, nil
			if it.representative && it.collation != "BINARY" {
				fr.Collation = it.collation
			}
			out = append(out, fr)
			continue
		}
		if !it.representative {
			continue
		}
		f := freedom{Free: oracle.Free{Column: it.name, Collation: it.collation}}
		f.alone = prefix + "SELECT " + it.of + s.tail()
		columns := []string{it.of}
		for _, other := range s.items {
			// Other keys tell the groups apart. Only those that are computed here: a column passed on from a subquery
			// may be free itself.
			if other.name != it.name && other.representative && slices.Contains(s.keyExprs(), other.of) && other.through[1] == "" {
				f.By = append(f.By, other.name)
				columns = append(columns, other.of)
			}
		}
		f.Among = prefix + "SELECT " + strings.Join(columns, ", ") + s.tail()
		out = append(out, f)
	}
	return out
}

// keyExprs lists the expressions of the items that are group keys.
func (s *selectCore) keyExprs() []string {
	if len(s.groupBy) == 0 {
		return nil
	}
	var out []string
	for _, it := range s.items {
		if it.representative && it.expr == it.of {
			out = append(out, it.of)
		}
	}
	return out
}

// renamed gives the columns of a freedom the names in a CTE's column list.
func renamed(f freedom, q *query, names []string) freedom {
	for i, it := range q.arms[0].items {
		if it.name == f.Column && i < len(names) {
			f.Column = names[i]
			break
		}
	}
	f.By, f.Among = nil, f.alone
	return f
}
