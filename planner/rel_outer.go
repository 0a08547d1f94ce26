package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// outerJoin is left ⟕, ⟖ or ⟗ right on preds: the inner join, and the rows of the kept sides that have no partner, with
// NULLs for the other side's columns.
type outerJoin struct {
	left, right         rel
	preds               []sqltext.Expr
	keepLeft, keepRight bool
	// inner is the inner join over the same, now shared, left and right; splitOuterJoins makes it.
	inner rel
}

// lookup pairs each row of in with the row of to that has its key; to has at most one for each key.
type lookup struct {
	in, to rel
	keys   []joinKey
	// missing is set where only the rows of in that have no partner are wanted, without to's columns: the anti-join. Else
	// they get NULLs for to's columns.
	missing bool
}

// shared is a relation that is used in several places, and computed once.
type shared struct {
	in rel
	// have is what columns returned: rules don't change it.
	have colSet
}

// constants adds columns that are NULL, and columns that are 1, in each row.
type constants struct {
	in          rel
	nulls, ones []colID
}

// one is the relation of one row without columns: what SELECT without FROM reads.
type one struct{}

// tableFunction joins each row of in with the rows that a table-valued function returns for it.
type tableFunction struct {
	in   rel
	name string
	args []sqltext.Expr
	cols map[int]colID // by position in the function's table
	// names are the columns' names, by position.
	names []string
	// outer is set for a LEFT JOIN, whose condition is on.
	outer bool
	on    []sqltext.Expr
}

func (r *outerJoin) columns() colSet { return union(r.left.columns(), r.right.columns()) }

func (r *lookup) columns() colSet {
	if r.missing {
		return r.in.columns()
	}
	return union(r.in.columns(), r.to.columns())
}

func (r *shared) columns() colSet {
	if r.have == nil {
		r.have = r.in.columns()
	}
	return union(r.have) // callers add to it
}

func (r *constants) columns() colSet {
	return union(r.in.columns(), setOf(r.nulls...), setOf(r.ones...))
}

func (r *one) columns() colSet { return colSet{} }

func (r *tableFunction) columns() colSet {
	s := union(r.in.columns())
	for _, id := range r.cols {
		s.add(id)
	}
	return s
}

// union returns the columns that are in any of sets.
func union(sets ...colSet) colSet {
	all := colSet{}
	for _, s := range sets {
		for id := range s {
			all.add(id)
		}
	}
	return all
}

// exprsOf returns the expressions of r itself, without its inputs'.
func exprsOf(r rel) []sqltext.Expr {
	switch r := r.(type) {
	case *block:
		return r.preds
	case *extend:
		es := make([]sqltext.Expr, len(r.outs))
		for i, o := range r.outs {
			es[i] = o.expr
		}
		return es
	case *outerJoin:
		return r.preds
	case *regroup:
		return r.exprs()
	case *tableFunction:
		return append(append([]sqltext.Expr(nil), r.args...), r.on...)
	}
	return nil
}

// inputsOf returns the relations that r is made of.
func inputsOf(r rel) []rel {
	switch r := r.(type) {
	case *block:
		return r.items
	case *extend:
		return []rel{r.in}
	case *equijoin:
		return []rel{r.left, r.right}
	case *aggregation:
		return []rel{r.in}
	case *distinction:
		return []rel{r.in}
	case *unionAll:
		return r.branches
	case *outerJoin:
		if r.inner != nil {
			return []rel{r.left, r.right, r.inner}
		}
		return []rel{r.left, r.right}
	case *lookup:
		return []rel{r.in, r.to}
	case *shared:
		return []rel{r.in}
	case *constants:
		return []rel{r.in}
	case *tableFunction:
		return []rel{r.in}
	case *regroup:
		return []rel{r.in}
	}
	return nil
}

// refsWithin returns the columns that expressions in r refer to, those of its inputs and of subqueries included.
func refsWithin(r rel) colSet {
	all := colSet{}
	seen := map[rel]bool{}
	var visit func(rel)
	visit = func(r rel) {
		if seen[r] {
			return
		}
		seen[r] = true
		for _, e := range exprsOf(r) {
			all.addRefs(e)
		}
		for _, in := range inputsOf(r) {
			visit(in)
		}
	}
	visit(r)
	return all
}
