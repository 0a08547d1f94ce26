package planner

import (
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// content says what a column or expression may hold that a comparison could convert. NULL and BLOB never are.
type content struct {
	numbers     bool // INTEGER or REAL, which TEXT affinity makes text
	numericText bool // text that may look like a number, which numeric affinity makes one
}

func (a content) or(b content) content {
	return content{a.numbers || b.numbers, a.numericText || b.numericText}
}

var (
	onlyNumbers = content{numbers: true}
	onlyText    = content{numericText: true}
	anything    = content{numbers: true, numericText: true}
)

// contentOfAffinity says what a stored column of affinity a may hold.
func contentOfAffinity(a Affinity) content {
	switch a.class() {
	case numericClass:
		return onlyNumbers
	case textClass:
		return onlyText
	}
	return anything
}

// content says what e may hold.
func (c *columns) content(e sqltext.Expr) content {
	switch e := sqltext.Unparen(e).(type) {
	case *ref:
		return c.of(e.id).content
	case *subquery:
		return e.value(c).content
	case *sqltext.Collate:
		return c.content(e.X)
	case *sqltext.Literal:
		switch e.Kind {
		case sqltext.IntegerLiteral, sqltext.FloatLiteral:
			return onlyNumbers
		case sqltext.StringLiteral:
			return onlyText
		}
		return content{}
	case *sqltext.Cast:
		switch c.affinity(e).class() {
		case numericClass:
			return onlyNumbers
		case textClass:
			return onlyText
		}
		return content{}
	case *sqltext.Unary:
		if e.Op == "+" {
			return c.content(e.X)
		}
		return onlyNumbers
	case *sqltext.Binary:
		switch e.Op {
		case "||", "->":
			return onlyText
		case "->>":
			return anything
		}
		return onlyNumbers
	case *sqltext.Case:
		var all content
		for _, w := range e.Whens {
			all = all.or(c.content(w.Then))
		}
		if e.Else != nil {
			all = all.or(c.content(e.Else))
		}
		return all
	case *sqltext.Call:
		name := lower(e.Name)
		if c.overloaded[name] {
			return anything
		}
		switch name {
		case "count", "sum", "total", "avg", "length", "abs", "instr":
			return onlyNumbers
		case "min", "max", "coalesce", "ifnull":
			var all content
			for _, a := range e.Args {
				all = all.or(c.content(a))
			}
			return all
		}
		return anything
	case *sqltext.IsNull, *sqltext.Is, *sqltext.Between, *sqltext.In, *sqltext.Like, *sqltext.Column:
		return onlyNumbers
	}
	return anything
}
