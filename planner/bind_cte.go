package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// cteScope holds the common table expressions of a WITH, and those around it.
type cteScope struct {
	with  *sqltext.With
	outer *cteScope
	// trees holds the resolved text of the CTEs that were used, by position.
	trees  map[int]*sqltext.Select
	active map[int]bool // being resolved
	query  *scope       // of the query around the one with the WITH
	broken bool         // a used CTE has no resolved text
}

func newCTEScope(w *sqltext.With, outer *cteScope) *cteScope {
	return &cteScope{with: w, outer: outer, trees: map[int]*sqltext.Select{}, active: map[int]bool{}}
}

// find returns the scope and position of the CTE that name means, nil when it means none.
func (s *cteScope) find(name string) (*cteScope, int) {
	for ; s != nil; s = s.outer {
		for i, c := range s.with.CTEs {
			if sameName(c.Name.Name, name) {
				return s, i
			}
		}
	}
	return nil, 0
}

// resolved returns the WITH clause of the resolved text. CTEs that nothing uses stand there as they are: SQLite compiles
// VALUES otherwise where there is a WITH.
func (s *cteScope) resolved() *sqltext.With {
	w := &sqltext.With{Span: s.with.Span}
	for i, c := range s.with.CTEs {
		use := &sqltext.CTE{Span: c.Span, Name: &sqltext.Ident{Name: c.Name.Name, Quote: '"'}, Hint: c.Hint, Select: s.trees[i]}
		if use.Select == nil {
			use.Select, use.Columns = c.Select, c.Columns
		} else if use.Select.Cores[0].Values != nil { // which have no aliases
			use.Columns = c.Columns
		}
		w.CTEs = append(w.CTEs, use)
	}
	return w
}

// cte resolves one use of a CTE. Each use gets columns of its own.
func (b *binder) cte(s *cteScope, at int, use *sqltext.TableRef) (*boundSelect, error) {
	c := s.with.CTEs[at]
	if s.active[at] {
		return nil, b.text.refuse(use.NameSpan, "recursive CTE "+c.Name.Name, "recursion is not maintained")
	}
	s.active[at] = true
	inner, query := b.ctes, b.outer
	b.ctes, b.outer = s, s.query
	out, err := b.selectStmt(c.Select)
	b.ctes, b.outer = inner, query
	delete(s.active, at)
	if err != nil {
		return nil, err
	}
	if c.Columns != nil {
		if len(c.Columns) != len(out.names) {
			return nil, b.text.unsure(c.Span, "column list of "+c.Name.Name)
		}
		names := make([]string, len(c.Columns))
		for i, n := range c.Columns {
			names[i] = n.Name
		}
		out.names = uniqueNames(names)
		if out.tree != nil {
			for i, r := range out.tree.Cores[0].Columns {
				r.Alias = &sqltext.Ident{Name: out.names[i], Quote: '"'}
			}
		}
	}
	if out.tree == nil {
		s.broken = true
	}
	s.trees[at] = out.tree
	return out, nil
}
