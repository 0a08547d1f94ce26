package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// The column of a compound SELECT in FROM compares by one affinity. But SQLite moves conditions on such a subquery alone
// into its branches, too, where they compare by the branches' own (pushDownWhereTerms), and does so or not depending on
// what the rest of the query is. So a condition that could tell the difference is refused where it could be moved.

// isNullOrBoolean tells whether e is NULL, TRUE or FALSE: after IS they make no comparison.
func isNullOrBoolean(e sqltext.Expr) bool {
	switch e := sqltext.Unparen(e).(type) {
	case *sqltext.Literal:
		return e.Kind == sqltext.NullLiteral
	case *sqltext.Column:
		return e.IsBoolean()
	}
	return false
}

// compared returns what e compares, nil where it is no comparison.
func compared(e sqltext.Expr) []sqltext.Expr {
	switch e := e.(type) {
	case *sqltext.Binary:
		switch e.Op {
		case "=", "<>", "<", "<=", ">", ">=":
			return children(e)
		}
	case *sqltext.Is:
		if !isNullOrBoolean(e.R) {
			return children(e)
		}
	case *sqltext.Between, *sqltext.In:
		return children(e)
	case *subquery:
		var all []sqltext.Expr
		if e.kind == inSubquery {
			for n, id := range e.sel.ids {
				all = append(all, e.x[n], &ref{Column: &sqltext.Column{}, id: id})
			}
		}
		return all
	case *sqltext.Case:
		if e.Operand != nil {
			all := []sqltext.Expr{e.Operand}
			for _, w := range e.Whens {
				all = append(all, w.When)
			}
			return all
		}
	}
	return nil
}

// converts tells whether affinities could convert what is compared.
func (c *columns) converts(operands []sqltext.Expr) bool {
	var all content
	for _, o := range operands {
		all = all.or(c.content(o))
	}
	return all == anything
}

// checkMixed refuses comparisons of a compound SELECT's column of which is not known how it compares.
func (b *binder) checkMixed(e sqltext.Expr) error {
	operands := compared(e)
	if !b.cols.converts(operands) {
		return nil
	}
	for _, o := range operands {
		if b.cols.mixed(o) {
			return b.refuseMixed(o)
		}
	}
	return nil
}

func (b *binder) refuseMixed(at sqltext.Expr) error {
	return b.text.refuse(at.Bounds(), "comparison of a compound SELECT's column whose branches differ in type",
		"CAST it to one type in each branch")
}

// checkPushed refuses conditions that SQLite might move into the branches of a compound, with another result.
func (b *binder) checkPushed(conditions []sqltext.Expr, sc *scope) error {
	for _, e := range conditions {
		if b.cols.fewerInBranch(e) && sc.reach(refsOf(e)) == 1 {
			return b.refuseMixed(e)
		}
	}
	return nil
}

// reach counts the items of a FROM clause that have some of ids.
func (s *scope) reach(ids colSet) int {
	n := 0
	for _, i := range s.items {
		if (&scope{items: []*fromItem{i}}).hasAny(ids) {
			n++
		}
	}
	return n
}

// fewerInBranch tells whether condition e could be true of a column of a compound, and not true in a branch. What is equal
// where nothing is converted is equal in any case.
func (c *columns) fewerInBranch(e sqltext.Expr) bool {
	var operands []sqltext.Expr
	switch x := sqltext.Unparen(e).(type) {
	case *sqltext.Binary:
		switch x.Op {
		case "AND", "OR":
			return c.fewerInBranch(x.L) || c.fewerInBranch(x.R)
		case "=":
			operands = children(x)
		}
	case *sqltext.In:
		if !x.Not && x.Select == nil && x.Table == nil {
			operands = children(x)
		}
	}
	if operands == nil {
		return c.differsInBranch(e)
	}
	for _, o := range operands {
		if a := c.affinity(o).class(); a == textClass || a == numericClass || c.differsInBranch(o) {
			return c.differsInBranch(e)
		}
	}
	return false
}

// differsInBranch tells whether e could give something else where it is evaluated in a branch of a compound below.
func (c *columns) differsInBranch(e sqltext.Expr) bool {
	found := false
	plain := map[*ref]bool{} // where REALs and INTEGERs are alike
	walk(e, func(e sqltext.Expr) bool {
		operands := compared(e)
		convert, literals := c.converts(operands), 0
		for _, o := range operands {
			found = found || convert && c.varied(o)
			if smallLiteral(o) {
				literals++
			}
		}
		switch x := e.(type) {
		case *sqltext.IsNull:
			operands = []sqltext.Expr{x.X}
		case *sqltext.Is:
			if isNullOrBoolean(x.R) {
				operands = []sqltext.Expr{x.L}
			}
		}
		for _, o := range operands {
			if r, ok := sqltext.Unparen(o).(*ref); ok && literals == len(operands)-1 {
				plain[r] = true
			}
		}
		if r, ok := e.(*ref); ok {
			found = found || c.of(r.id).madeReal && !plain[r] || c.of(r.id).branched
		}
		return !found
	})
	return found
}

// smallLiteral tells whether e is a literal between which and INTEGERs REALs of these make no difference.
func smallLiteral(e sqltext.Expr) bool {
	switch e := sqltext.Unparen(e).(type) {
	case *sqltext.Literal:
		return e.Kind != sqltext.IntegerLiteral || len(e.Text) <= 15
	case *sqltext.Unary:
		return (e.Op == "-" || e.Op == "+") && smallLiteral(e.X)
	}
	return false
}

// varied tells whether e is a column of a compound whose branches differ in how they compare.
func (c *columns) varied(e sqltext.Expr) bool {
	switch e := sqltext.Unparen(e).(type) {
	case *ref:
		return c.of(e.id).varied
	case *subquery:
		return e.kind == scalarSubquery && c.of(e.sel.ids[0]).varied
	case *sqltext.Collate:
		return c.varied(e.X)
	}
	return false
}
