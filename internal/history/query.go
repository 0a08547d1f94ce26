package history

import (
	"strings"
)

// query is a generated SELECT as a tree, so that it can be printed, reduced, and asked which columns have a choice of
// values.
type query struct {
	with []cte
	arms []*selectCore
	ops  []string // what stands between the arms; UNION ALL where nothing is said
	// choice lists the columns of which a compound shows one of several equal values.
	choice []bool
	// tail is what stands at the end: an ORDER BY of a subquery whose first row counts, a LIMIT that changes nothing.
	tail string
}

const (
	unionAll  = "UNION ALL"
	union     = "UNION"
	intersect = "INTERSECT"
	except    = "EXCEPT"
)

// op returns the operator before an arm.
func (q *query) op(arm int) string {
	if arm == 0 || arm > len(q.ops) {
		return unionAll
	}
	return q.ops[arm-1]
}

type cte struct {
	name  string
	query *query
	names []string // explicit column names, or nil
}

// selectCore is one SELECT without WITH and compounds, or VALUES.
type selectCore struct {
	raw      string     // when set, the text of the whole SELECT; the other fields are not used
	values   [][]string // the rows of VALUES; the columns are items then
	distinct bool
	items    []item
	from     []source
	where    string
	groupBy  []string
	having   string
	orderBy  string // of a scalar subquery, whose first row counts
	// subs are the subqueries in expressions, which stand there as @sub0@, @sub1@ …
	subs []*query
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
	bare           bool // an expression that has no collation
	// through is the alias and column that the item passes on unchanged ("" when it is computed).
	through [2]string
}

// source is a term of FROM.
type source struct {
	join  string   // what stands before it: "", ", ", " JOIN ", …
	table string   // a base table, view or CTE
	sub   *query   // or a subquery
	call  string   // or a table-valued function with its arguments
	nest  []source // or a join in parentheses
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
			b.WriteString(" " + q.op(i) + " ")
		}
		b.WriteString(s.SQL())
	}
	return b.String() + q.tail
}

// SQL prints the SELECT.
func (s *selectCore) SQL() string {
	if s.raw != "" {
		return s.raw
	}
	if s.values != nil {
		rows := make([]string, len(s.values))
		for i, r := range s.values {
			rows[i] = "(" + strings.Join(r, ", ") + ")"
		}
		return s.expand("VALUES " + strings.Join(rows, ", "))
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
	b.WriteString(s.clauses())
	if len(s.groupBy) > 0 {
		b.WriteString(" GROUP BY " + strings.Join(s.groupBy, ", "))
	}
	if s.having != "" {
		b.WriteString(" HAVING " + s.having)
	}
	if s.orderBy != "" {
		b.WriteString(" ORDER BY " + s.orderBy)
	}
	return s.expand(b.String())
}

// tail prints FROM and WHERE.
func (s *selectCore) tail() string { return s.expand(s.clauses()) }

func (s *selectCore) clauses() string {
	var b strings.Builder
	if len(s.from) > 0 {
		b.WriteString(" FROM ")
		join(&b, s.from)
	}
	if s.where != "" {
		b.WriteString(" WHERE " + s.where)
	}
	return b.String()
}

// join prints the terms of a join.
func join(b *strings.Builder, terms []source) {
	for i, f := range terms {
		if i > 0 {
			b.WriteString(f.join)
		}
		switch {
		case f.nest != nil:
			b.WriteByte('(')
			join(b, f.nest)
			b.WriteByte(')')
		case f.sub != nil:
			b.WriteString("(" + f.sub.SQL() + ")")
		case f.call != "":
			b.WriteString(f.call)
		default:
			b.WriteString(f.table)
		}
		if f.alias != "" {
			b.WriteString(" AS " + f.alias)
		}
		if i > 0 {
			b.WriteString(f.on)
		}
	}
}

// sources lists the terms of FROM, those in parentheses too.
func (s *selectCore) sources() []source { return flat(s.from) }

func flat(terms []source) []source {
	var out []source
	for _, f := range terms {
		if f.nest != nil {
			out = append(out, flat(f.nest)...)
		} else {
			out = append(out, f)
		}
	}
	return out
}

// hold keeps a subquery of an expression and returns what stands for it.
func (s *selectCore) hold(q *query) string {
	s.subs = append(s.subs, q)
	return sprintf("@sub%d@", len(s.subs)-1)
}

// expand puts the subqueries into a text.
func (s *selectCore) expand(text string) string {
	for i, q := range s.subs {
		if mark := sprintf("@sub%d@", i); strings.Contains(text, mark) {
			text = strings.ReplaceAll(text, mark, "("+q.SQL()+")")
		}
	}
	return text
}
