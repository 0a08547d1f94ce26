package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// The column of a compound SELECT in FROM has one affinity, and its values may be made REAL, by rules that were changed in
// SQLite 3.41 (sqlite3SubqueryColumnTypes). Where the branches differ in affinity they matter.

// storageClass is a set of storage classes besides NULL.
type storageClass uint8

const (
	numberClass storageClass = 1 << iota
	stringClass
	binaryClass
)

// mayBe returns the storage classes that SQLite expects of e (sqlite3ExprDataType).
func (c *columns) mayBe(e sqltext.Expr) storageClass {
	const any = numberClass | stringClass | binaryClass
	switch e := sqltext.Unparen(e).(type) {
	case *sqltext.Collate:
		return c.mayBe(e.X)
	case *sqltext.Unary:
		if e.Op == "+" {
			return c.mayBe(e.X)
		}
	case *sqltext.Literal:
		switch e.Kind {
		case sqltext.NullLiteral:
			return 0
		case sqltext.StringLiteral:
			return stringClass
		case sqltext.BlobLiteral:
			return binaryClass
		}
	case *sqltext.Binary:
		switch e.Op {
		case "||":
			return stringClass | binaryClass
		case "->", "->>": // they are functions
			return any
		}
	case *sqltext.Call, *sqltext.Like:
		return any
	case *sqltext.Case:
		var all storageClass
		for _, w := range e.Whens {
			all |= c.mayBe(w.Then)
		}
		if e.Else != nil {
			all |= c.mayBe(e.Else)
		}
		return all
	case *subquery:
		if e.kind == scalarSubquery {
			return mayBeOf(c.affinity(e))
		}
	case *ref, *sqltext.Cast, *sqltext.RowValue:
		return mayBeOf(c.affinity(e))
	}
	return numberClass
}

func mayBeOf(a Affinity) storageClass {
	switch a.class() {
	case numericClass:
		return numberClass | binaryClass
	case textClass:
		return stringClass | binaryClass
	}
	return numberClass | stringClass | binaryClass
}

// compoundAffinity returns the affinity that a column of a compound SELECT has to the query around, given what the branches
// select for it: that of the first branch that has one, none where values of others would be taken for something else.
func (c *columns) compoundAffinity(branches []sqltext.Expr) Affinity {
	at, a := 0, AffinityNone
	for at = range branches {
		if a = c.affinity(branches[at]); a != AffinityNone {
			break
		}
	}
	if a == AffinityNone {
		return a
	}
	var others storageClass
	for i, e := range branches {
		if i != at {
			others |= c.mayBe(e)
		}
	}
	switch {
	case a == AffinityText && others&numberClass != 0, a.class() == numericClass && others&stringClass != 0:
		return AffinityBlob
	case a.class() == numericClass:
		if _, ok := sqltext.Unparen(branches[0]).(*sqltext.Cast); ok {
			return AffinityNumeric
		}
	}
	return a
}

// knowsCompounds tells whether this SQLite has the rules above: it is asked what it makes of two such columns.
func (b *binder) knowsCompounds() bool {
	if b.cols.compounds == unasked {
		b.cols.compounds = otherRules
		blob, err := b.cat.Explain("SELECT x = '1' FROM (SELECT name AS x FROM sqlite_master UNION ALL SELECT rootpage FROM sqlite_master)")
		if err != nil {
			return false
		}
		reals, err := b.cat.Explain("SELECT x FROM (SELECT 7 AS x UNION ALL SELECT CAST(rootpage AS REAL) FROM sqlite_master)")
		if err != nil {
			return false
		}
		compares, converts := false, false
		for _, op := range blob {
			n, _ := integer(&sqltext.Literal{Kind: sqltext.IntegerLiteral, Text: op[6]})
			compares = compares || op[1] == "Eq" && n&0x47 == 0x41 // SQLITE_AFF_MASK, SQLITE_AFF_BLOB
		}
		for _, op := range reals {
			converts = converts || op[1] == "RealAffinity"
		}
		if compares && converts {
			b.cols.compounds = knownRules
		}
	}
	return b.cols.compounds == knownRules
}

// compoundRules tells whether SQLite has the rules of compoundAffinity.
type compoundRules uint8

const (
	unasked compoundRules = iota
	knownRules
	otherRules
)

// realOf is e as SQLite reads it from a column of REAL affinity: an INTEGER becomes one.
func realOf(e sqltext.Expr) sqltext.Expr {
	return &sqltext.Case{
		Whens: []sqltext.When{{
			When: &sqltext.Binary{Op: "=", L: typeOf(e), R: quoted("integer")},
			Then: &sqltext.Cast{X: e, Type: "REAL"},
		}},
		Else: e,
	}
}
