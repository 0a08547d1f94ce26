package sqltext

// Walk calls fn for n and, where fn returns true, for what n contains, in source order. A nil node is skipped.
func Walk(n Node, fn func(Node) bool) {
	if isNil(n) || !fn(n) {
		return
	}
	visitChildren(n, func(child Node) { Walk(child, fn) })
}

// isNil tells whether n is nil or one of the optional pointers that may be.
func isNil(n Node) bool {
	switch n := n.(type) {
	case nil:
		return true
	case *Select:
		return n == nil
	case *With:
		return n == nil
	case *TableRef:
		return n == nil
	case *Window:
		return n == nil
	case *Frame:
		return n == nil
	case *FrameBound:
		return n == nil
	}
	return false
}

func visitAll[T Node](nodes []T, visit func(Node)) {
	for _, n := range nodes {
		visit(n)
	}
}

// visitChildren calls visit for each direct child; some may be nil.
func visitChildren(n Node, visit func(Node)) {
	switch n := n.(type) {
	case *Select:
		visit(n.With)
		visitAll(n.Cores, visit)
		visitAll(n.OrderBy, visit)
		visit(n.Limit)
		visit(n.Offset)
	case *With:
		visitAll(n.CTEs, visit)
	case *CTE:
		visit(n.Select)
	case *Core:
		visitAll(n.Columns, visit)
		visitAll(n.From, visit)
		visit(n.Where)
		visitAll(n.GroupBy, visit)
		visit(n.Having)
		visitAll(n.Windows, visit)
		for _, row := range n.Values {
			visitAll(row, visit)
		}
	case *ResultColumn:
		visit(n.Expr)
	case *TableRef:
		visitAll(n.Args, visit)
		visit(n.Subquery)
		visitAll(n.Nested, visit)
		visit(n.On)
	case *OrderTerm:
		visit(n.Expr)
	case *NamedWindow:
		visit(n.Window)
	case *Window:
		visitAll(n.PartitionBy, visit)
		visitAll(n.OrderBy, visit)
		visit(n.Frame)
	case *Frame:
		visit(n.From)
		visit(n.To)
	case *FrameBound:
		visit(n.Expr)
	default:
		visitOperands(n, visit)
	}
}

// visitOperands is visitChildren for expressions.
func visitOperands(n Node, visit func(Node)) {
	switch n := n.(type) {
	case *Unary:
		visit(n.X)
	case *Binary:
		visit(n.L)
		visit(n.R)
	case *IsNull:
		visit(n.X)
	case *Is:
		visit(n.L)
		visit(n.R)
	case *Between:
		visit(n.X)
		visit(n.Low)
		visit(n.High)
	case *In:
		visit(n.X)
		visitAll(n.List, visit)
		visit(n.Select)
		visit(n.Table)
	case *Like:
		visit(n.X)
		visit(n.Pattern)
		visit(n.Escape)
	case *Case:
		visit(n.Operand)
		for _, w := range n.Whens {
			visit(w.When)
			visit(w.Then)
		}
		visit(n.Else)
	case *Cast:
		visit(n.X)
	case *Collate:
		visit(n.X)
	case *Call:
		visitAll(n.Args, visit)
		visitAll(n.OrderBy, visit)
		visit(n.Filter)
		visit(n.Over)
	case *Exists:
		visit(n.Select)
	case *Subquery:
		visit(n.Select)
	case *Raise:
		visit(n.Message)
	case *RowValue:
		visitAll(n.Items, visit)
	case *Paren:
		visit(n.X)
	}
}
