package planner

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// read parses, checks, resolves and guards the SELECT that begins at offset in b.text.
func (b *binder) read(offset int, sql string) (*boundSelect, error) {
	// Blanks instead of what stands before keep the offsets those of the whole text.
	tree, err := sqltext.ParseSelect(strings.Repeat(" ", offset) + sql)
	at := sqltext.Span{Start: offset, End: len(b.text.sql)}
	if err != nil {
		return nil, b.text.unsure(at, err.Error())
	}
	check := &checker{cat: b.cat, text: b.text, aggregates: b.aggregates, overloaded: b.cols.overloaded}
	if err := check.selectStmt(tree); err != nil {
		return nil, err
	}
	out, err := b.selectStmt(tree)
	if err != nil {
		return nil, err
	}
	err = b.guard(at, sql, tree, out.tree)
	if errors.Is(err, ErrUnsure) && *b.merges && !b.merging {
		again := *b
		again.merging = true
		return again.read(offset, sql)
	}
	return out, err
}

// guard lets SQLite compile the original and the planner's reading of it. The reading is the tree printed with every
// operator in parentheses, and with all names resolved (resolved, where there is one): if either became another program,
// the planner misread the text.
func (b *binder) guard(at sqltext.Span, original string, tree, resolved *sqltext.Select) error {
	want, err := b.cat.Explain(original)
	if err != nil {
		return fmt.Errorf("planner: view %s: %w", b.text.view, err)
	}
	texts := []string{sqltext.Print(tree, sqltext.PrintOptions{})}
	if resolved != nil {
		texts = append(texts, resolvedText(resolved))
	}
	for _, t := range texts {
		got, err := b.cat.Explain(t)
		if err != nil {
			return b.text.unsure(at, fmt.Sprintf("read as %s: %v", t, err))
		}
		if !slices.EqualFunc(want, got, sameOp) {
			return b.text.unsure(at, "read as "+t)
		}
	}
	return nil
}

// resolvedText prints a resolved tree: stars, USING and NATURAL spelled out, every name with its table.
func resolvedText(tree *sqltext.Select) string {
	return sqltext.Print(tree, sqltext.PrintOptions{Rewrite: resolvedOperand})
}

// resolvedOperand prints what only the planner knows.
func resolvedOperand(e sqltext.Expr) (string, bool) {
	switch e := e.(type) {
	case *ref:
		if e.call != nil {
			return sqltext.PrintExpr(e.call, resolvedOperand), true
		}
		return sqltext.QuoteIdent(e.Table) + "." + sqltext.QuoteIdent(e.Name), true
	case *subquery:
		return sqltext.PrintExpr(e.Expr, resolvedOperand), true
	case *sqltext.Paren:
		if e.Alias != nil {
			return sqltext.QuoteIdent(e.Alias.Name), true
		}
	}
	return "", false
}

// sameOp compares two rows of EXPLAIN. Remarks for the reader of a query plan have no effect. Nor has which of the text's
// SELECTs a subroutine was made of: CTEs that nothing uses count, too.
func sameOp(a, b [7]string) bool {
	if a[1] == "Explain" && b[1] == "Explain" {
		return true
	}
	if a[1] == "BeginSubrtn" && b[1] == "BeginSubrtn" {
		a[5], b[5] = subroutineOf(a[5]), subroutineOf(b[5])
	}
	return a == b
}

// subroutineOf returns what is said of a subroutine, "subrtnsig:2,D", without the number of its SELECT.
func subroutineOf(p4 string) string {
	if _, affinities, ok := strings.Cut(p4, ","); ok && strings.HasPrefix(p4, "subrtnsig:") {
		return affinities
	}
	return p4
}
