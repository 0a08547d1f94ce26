package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// colInfo is what is known of a column of a relation.
type colInfo struct {
	name      string
	declType  string   // only where every source proves it
	affinity  Affinity // AffinityNone for a computed column
	collation string   // "" for a computed column that has none: it then leaves the choice to the other operand
	// explicit is set for a column that stands for an expression with a COLLATE in it, which outranks other operands.
	explicit bool
	// uniform is set where values that are equal under BINARY are identical: never both 1 and 1.0.
	uniform bool
	// varied is set for a column of a compound whose branches differ in how they compare.
	varied bool
	// asReal is set for a column of a compound of which SQLite makes REALs of INTEGERs when it is read from a subquery, and
	// madeReal for what it was then.
	asReal, madeReal bool
	// branched is set for what is computed from such columns, and could be something else in a branch.
	branched bool
	// mixed is set for a column of a compound of which is not known how it compares, and coerced where it is not known, too,
	// whether SQLite makes REALs of INTEGERs.
	mixed, coerced bool
	content        content
	// notNull is set for a column that is declared so, and that no outer join pads.
	notNull bool
	// subtyped is set where SQLite may hand the value's JSON subtype on to a function around it.
	subtyped bool
}

// columns is the table of all columns of a query.
type columns struct {
	info []colInfo
	// visited holds what is shared and was seen by the rule at hand.
	visited map[*shared]bool
	// overloaded holds the functions that the query calls and somebody else than SQLite defined, too.
	overloaded map[string]bool
	compounds  compoundRules
}

func (c *columns) add(info colInfo) colID {
	c.info = append(c.info, info)
	return colID(len(c.info) - 1)
}

func (c *columns) of(id colID) *colInfo { return &c.info[id] }

// describe returns the colInfo of e as a part of a larger expression. Where e is the column of a FROM subquery, see
// boundary.
func (c *columns) describe(e sqltext.Expr) colInfo {
	if r, ok := sqltext.Unparen(e).(*ref); ok {
		return *c.of(r.id)
	}
	return colInfo{
		declType:  c.declType(e),
		affinity:  c.affinity(e),
		collation: c.collation(e),
		explicit:  c.hasCollate(e),
		uniform:   c.uniform(e),
		mixed:     c.mixed(e),
		content:   c.content(e),
		subtyped:  c.subtyped(e),
		branched:  c.differsInBranch(e),
	}
}

// boundary makes info that of a subquery's column: it always has a collation, and never an explicit one.
// (SQLite's substExpr and sqlite3SubqueryColumnTypes.)
func boundary(info colInfo) colInfo {
	info.explicit = false
	if info.collation == "" {
		info.collation = binary
	}
	return info
}

// declType returns the type to declare for a column that holds e, "" where declaring one could change values.
func (c *columns) declType(e sqltext.Expr) string {
	switch e := sqltext.Unparen(e).(type) {
	case *ref:
		return c.of(e.id).declType
	case *subquery:
		return e.value(c).declType
	case *sqltext.Collate:
		return c.declType(e.X)
	case *sqltext.Cast:
		// CAST to a type of NUMERIC affinity may give 3.0, which a column of that type would store as 3, and CAST AS REAL
		// -0.0, which a REAL column stores as 0.0.
		if a := affinityOfType(e.Type); a == AffinityText || a == AffinityInteger {
			return e.Type
		}
	}
	return ""
}

// mixed tells whether e is a column of a UNION ALL with several affinities.
func (c *columns) mixed(e sqltext.Expr) bool {
	switch e := sqltext.Unparen(e).(type) {
	case *ref:
		return c.of(e.id).mixed
	case *subquery:
		return e.value(c).mixed
	case *sqltext.Collate:
		return c.mixed(e.X)
	}
	return false
}
