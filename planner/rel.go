package planner

import (
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// rel is a relation of the logical plan.
type rel interface {
	// columns returns the columns that the relation has.
	columns() colSet
}

// scan is one use of a table. cols holds the column of each Table.Columns position, made on first use.
type scan struct {
	table *Table
	cols  map[int]colID
}

// block is an inner join of any number of items, and a filter: the rows of the cross product that satisfy preds.
type block struct {
	items []rel
	preds []sqltext.Expr
}

// extend adds computed columns.
type extend struct {
	in   rel
	outs []computed
}

// computed is a column that an expression gives.
type computed struct {
	id   colID
	expr sqltext.Expr
}

// equijoin is a binary inner join on columns that compare equal; without keys it is the cross product.
type equijoin struct {
	left, right rel
	keys        []joinKey
	// wholeLeft and wholeRight are set where all rows of a side show, those without a partner too. Its partners should be
	// known before it comes, so it is not what is read from its table, and comes last.
	wholeLeft, wholeRight bool
	// rare is set for a cross product one side of which mostly has no rows.
	rare bool
}

// joinKey is a pair of columns whose encoded keys must agree.
type joinKey struct {
	left, right colID
	collation   string
	identity    bool // the values must be identical, not only equal
	nulls       bool // NULL equals NULL
}

// aggregation is GROUP BY.
type aggregation struct {
	in     rel
	keys   []groupKey
	aggs   []aggregate
	global bool
}

// groupKey is one grouping column. id is a column of the input.
type groupKey struct {
	id        colID
	collation string
	identity  bool // values that are equal but differ make two groups
}

// collate returns how the key compares.
func (k groupKey) collate() dbsp.Collation { return collationOf(k.collation, k.identity) }

// collate returns how the key compares.
func (k joinKey) collate() dbsp.Collation { return collationOf(k.collation, k.identity) }

func collationOf(name string, identity bool) dbsp.Collation {
	if identity {
		return dbsp.Identity
	}
	c, _ := dbsp.CollationNamed(name)
	return c
}

// aggregate is one aggregate function.
type aggregate struct {
	id        colID
	function  string // lower case
	star      bool
	arg       colID // of the input, unless star
	distinct  bool
	collation string
}

// distinction is SELECT DISTINCT over cols.
type distinction struct {
	in   rel
	cols []groupKey
}

// unionAll is UNION ALL; branch i's column j becomes outs[j].
type unionAll struct {
	branches []rel
	cols     [][]colID
	outs     []colID
}

func (r *scan) columns() colSet {
	s := colSet{}
	for _, id := range r.cols {
		s.add(id)
	}
	return s
}

func (r *block) columns() colSet {
	s := colSet{}
	for _, i := range r.items {
		for id := range i.columns() {
			s.add(id)
		}
	}
	return s
}

func (r *extend) columns() colSet {
	s := r.in.columns()
	for _, o := range r.outs {
		s.add(o.id)
	}
	return s
}

func (r *equijoin) columns() colSet {
	s := r.left.columns()
	for id := range r.right.columns() {
		s.add(id)
	}
	return s
}

func (r *aggregation) columns() colSet {
	s := colSet{}
	for _, k := range r.keys {
		s.add(k.id)
	}
	for _, a := range r.aggs {
		s.add(a.id)
	}
	return s
}

func (r *distinction) columns() colSet {
	s := colSet{}
	for _, k := range r.cols {
		s.add(k.id)
	}
	return s
}

func (r *unionAll) columns() colSet { return setOf(r.outs...) }
