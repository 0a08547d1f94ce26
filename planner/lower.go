package planner

import (
	"slices"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// lowering turns the logical plan into nodes. It asks each relation only for the columns that are needed above it.
type lowering struct {
	cols    *columns
	nodes   []Node
	sources []Source
	source  map[*Table]int // into sources
	node    map[*Table]int // the source's node, once there is one
	uses    map[*Table]int // how often the view names the table
	needed  map[*Table]map[int]bool
	nextID  dbsp.OpID
	// sharing has what is needed of each shared relation, in all its uses.
	sharing map[*shared]colSet
	// seen has the streams of shared relations in the first pass, done in the second.
	seen, done map[*shared]stream
	// kept has the nodes of shared relations.
	kept map[int]bool
	// below has the sources that reach each node.
	below map[int]map[int]bool
}

// stream is a lowered relation: a node, and the position of each column in its rows.
type stream struct {
	node int
	at   map[colID]int
}

// lowerPlan returns the nodes of r, with its columns ids in that order, and the sources. It goes twice: only at the end
// of the first pass is known which of a table's columns are used.
func lowerPlan(c *columns, r rel, ids []colID) *lowering {
	first := newLowering(c, r)
	for i, s := range first.sources {
		for n := range s.Table.Columns {
			first.sources[i].Columns = append(first.sources[i].Columns, n)
		}
	}
	first.lower(r, setOf(ids...))
	l := newLowering(c, r)
	l.sharing, l.done = first.sharing, map[*shared]stream{}
	for i, s := range first.sources {
		for n := range s.Table.Columns {
			if first.needed[s.Table][n] {
				l.sources[i].Columns = append(l.sources[i].Columns, n)
			}
		}
	}
	s := l.lower(r, setOf(ids...))
	positions := make([]int, len(ids))
	for n, id := range ids {
		positions[n] = s.at[id]
	}
	l.permute(s.node, positions)
	l.prune()
	return l
}

// newLowering numbers the tables of r in the order in which the view names them.
func newLowering(c *columns, r rel) *lowering {
	l := &lowering{
		cols: c, source: map[*Table]int{}, node: map[*Table]int{}, uses: map[*Table]int{},
		needed: map[*Table]map[int]bool{}, nextID: dbsp.FailureOp, sharing: map[*shared]colSet{}, seen: map[*shared]stream{},
		below: map[int]map[int]bool{}, kept: map[int]bool{},
	}
	c.visited = map[*shared]bool{}
	seen := map[*scan]bool{}
	var visit func(r rel) rel
	visit = func(r rel) rel {
		if s, ok := r.(*scan); ok {
			if seen[s] {
				return r
			}
			seen[s] = true
			if l.uses[s.table]++; l.uses[s.table] == 1 {
				l.source[s.table] = len(l.sources)
				l.sources = append(l.sources, Source{Table: s.table})
				l.needed[s.table] = map[int]bool{}
			}
			return r
		}
		return mapInputs(c, r, visit)
	}
	visit(r)
	return l
}

func (l *lowering) id() dbsp.OpID {
	l.nextID++
	return l.nextID
}

func (l *lowering) add(n Node) int {
	l.nodes = append(l.nodes, n)
	return len(l.nodes) - 1
}

func (l *lowering) width(node int) int { return len(l.nodes[node].Columns()) }

// permute returns node with the given positions of its rows, node itself where nothing changes.
func (l *lowering) permute(node int, positions []int) int {
	columns := l.nodes[node].Columns()
	identity := len(positions) == len(columns)
	for i, p := range positions {
		identity = identity && p == i
	}
	if identity {
		return node
	}
	if l.unused(node) {
		switch n := l.nodes[node].(type) {
		case *applyNode:
			if n.choose(positions) {
				return node
			}
		case *permuteNode:
			n.choose(positions)
			return node
		}
	}
	n := &permuteNode{output: output{inputs: []int{node}}, positions: positions}
	for _, p := range positions {
		n.columns = append(n.columns, columns[p])
	}
	return l.add(n)
}

// unused tells whether nothing feeds on a node, nor will but what is made of it now: it may then be made to give other
// columns.
func (l *lowering) unused(node int) bool {
	if l.kept[node] {
		return false
	}
	for _, n := range l.nodes {
		if slices.Contains(n.Inputs(), node) {
			return false
		}
	}
	return true
}

// exact drops the columns of s that are not needed.
func (l *lowering) exact(s stream, need colSet) stream {
	var positions []int
	for id := range need {
		if !slices.Contains(positions, s.at[id]) {
			positions = append(positions, s.at[id])
		}
	}
	slices.Sort(positions)
	out := stream{node: l.permute(s.node, positions), at: map[colID]int{}}
	for id := range need {
		out.at[id] = slices.Index(positions, s.at[id])
	}
	return out
}

func (l *lowering) lower(r rel, need colSet) stream {
	switch r := r.(type) {
	case *scan:
		return l.scan(r, need)
	case *block:
		return l.apply(r.items[0], r.preds, nil, need)
	case *extend:
		if b, ok := r.in.(*block); ok {
			return l.apply(b.items[0], b.preds, r.outs, need)
		}
		return l.apply(r.in, nil, r.outs, need)
	case *equijoin:
		return l.join(r, need)
	case *aggregation:
		return l.aggregate(r, need)
	case *distinction:
		return l.distinct(r)
	case *unionAll:
		return l.union(r, need)
	case *shared:
		return l.shared(r, need)
	case *constants:
		return l.constants(r, need)
	case *one:
		return l.one()
	case *lookup:
		return l.lookup(r, need)
	case *outerJoin:
		return l.outer(r, need)
	case *tableFunction:
		return l.function(r, need)
	case *regroup:
		return l.regroup(r)
	}
	panic("planner: unknown relation")
}

func (l *lowering) scan(r *scan, need colSet) stream {
	src := l.source[r.table]
	s := stream{at: map[colID]int{}}
	for n, id := range r.cols {
		if need.has(id) {
			l.needed[r.table][n] = true
			s.at[id] = slices.Index(l.sources[src].Columns, n)
		}
	}
	if node, ok := l.node[r.table]; ok {
		s.node = node
		return s
	}
	n := &sourceNode{source: src}
	for _, c := range l.sources[src].Columns {
		col := column(l.cols.of(r.cols[c]))
		col.Name = r.table.Columns[c].Name // the node serves every use of the table, under whatever alias
		n.columns = append(n.columns, col)
	}
	s.node = l.add(n)
	l.node[r.table] = s.node
	return s
}

// column is a node's column for info.
func column(info *colInfo) Column {
	return Column{Name: info.name, DeclType: info.declType, Affinity: info.affinity, Collation: orBinary(info.collation)}
}

func (l *lowering) union(r *unionAll, need colSet) stream {
	n := &unionNode{}
	out := stream{at: map[colID]int{}}
	var at []int
	for j, id := range r.outs {
		if need.has(id) {
			out.at[id] = len(at)
			at = append(at, j)
			n.columns = append(n.columns, column(l.cols.of(id)))
		}
	}
	for i, b := range r.branches {
		want := colSet{}
		for _, j := range at {
			want.add(r.cols[i][j])
		}
		s := l.lower(b, want)
		positions := make([]int, len(at))
		for k, j := range at {
			positions[k] = s.at[r.cols[i][j]]
		}
		n.inputs = append(n.inputs, l.permute(s.node, positions))
	}
	out.node = l.add(n)
	return out
}

func (l *lowering) distinct(r *distinction) stream {
	need := colSet{}
	for _, k := range r.cols {
		need.add(k.id)
	}
	s := l.lower(r.in, need)
	out := stream{at: map[colID]int{}}
	positions := make([]int, len(r.cols))
	n := &distinctNode{distinct: dbsp.Distinct{ID: l.id(), VariantsID: l.id()}}
	for i, k := range r.cols {
		info := l.cols.of(k.id)
		collation := k.collate()
		positions[i], out.at[k.id] = s.at[k.id], i
		n.columns = append(n.columns, column(info))
		n.distinct.Collations = append(n.distinct.Collations, collation)
		n.distinct.Variants = append(n.distinct.Variants, variants(info, collation))
	}
	n.inputs = []int{l.permute(s.node, positions)}
	out.node = l.add(n)
	return out
}

// variants tells whether values of a column that are equal under c may differ.
func variants(info *colInfo, c dbsp.Collation) bool {
	return c != dbsp.Identity && (!info.uniform || c != dbsp.Binary)
}

func (l *lowering) aggregate(r *aggregation, need colSet) stream {
	below := colSet{}
	for _, k := range r.keys {
		below.add(k.id)
	}
	var aggs []aggregate
	for _, a := range r.aggs {
		if !need.has(a.id) {
			continue
		}
		aggs = append(aggs, a)
		if !a.star {
			below.add(a.arg)
		}
	}
	s := l.lower(r.in, below)
	out := stream{at: map[colID]int{}}
	n := &aggregateNode{output: output{inputs: []int{s.node}}}
	n.aggregate = dbsp.Aggregate{ID: l.id(), VariantsID: l.id(), ElementsID: l.id(), Global: r.global}
	for _, k := range r.keys {
		info := l.cols.of(k.id)
		collation := k.collate()
		out.at[k.id] = len(n.columns)
		n.columns = append(n.columns, column(info))
		n.aggregate.Group = append(n.aggregate.Group, dbsp.KeyColumn{
			Column: s.at[k.id], Collation: collation, Variants: variants(info, collation),
		})
	}
	for _, a := range aggs {
		out.at[a.id] = len(n.columns)
		n.columns = append(n.columns, column(l.cols.of(a.id)))
		c := dbsp.AggregateColumn{Func: aggFuncs[a.function]}
		if a.star {
			c.Func = dbsp.CountStar
		} else {
			c.Collation, _ = dbsp.CollationNamed(a.collation)
			c.Column = s.at[a.arg]
			c.Distinct = a.distinct && a.function != "min" && a.function != "max"
			c.Variants = c.Distinct && variants(l.cols.of(a.arg), c.Collation)
		}
		n.aggregate.Aggregates = append(n.aggregate.Aggregates, c)
	}
	out.node = l.add(n)
	return out
}

// apply lowers a filter and a projection over in to one Apply, or less.
func (l *lowering) apply(in rel, preds []sqltext.Expr, outs []computed, need colSet) stream {
	below := colSet{}
	var compute, rename []computed
	for _, o := range outs {
		if !need.has(o.id) {
			continue
		}
		if id, ok := sameValue(o.expr); ok {
			rename = append(rename, o)
			below.add(id)
		} else {
			compute = append(compute, o)
			below.addRefs(o.expr)
		}
	}
	made := colSet{}
	for _, o := range outs {
		made.add(o.id)
	}
	pass := colSet{}
	for id := range need {
		if !made.has(id) {
			pass.add(id)
			below.add(id)
		}
	}
	for _, p := range preds {
		below.addRefs(p)
	}
	s := l.lower(in, below)
	for _, o := range rename {
		id, _ := sameValue(o.expr)
		s = l.rename(s, id, o.id)
		pass.add(o.id)
	}
	if len(preds) == 0 && len(compute) == 0 {
		return s
	}
	return l.evaluate(s, preds, compute, pass)
}

// rename lets column to be column from of s: in the same position where both are declared alike, else in a copy.
func (l *lowering) rename(s stream, from, to colID) stream {
	old, info := l.nodes[s.node].Columns()[s.at[from]], l.cols.of(to)
	out := stream{node: s.node, at: map[colID]int{}}
	for id, n := range s.at {
		out.at[id] = n
	}
	out.at[to] = s.at[from]
	if old.Collation == orBinary(info.collation) && (info.affinity == AffinityNone || info.affinity == old.Affinity) {
		return out
	}
	n := &permuteNode{output: output{inputs: []int{s.node}, columns: slices.Clone(l.nodes[s.node].Columns())}}
	for i := range n.columns {
		n.positions = append(n.positions, i)
	}
	out.at[to] = len(n.positions)
	n.positions = append(n.positions, s.at[from])
	n.columns = append(n.columns, column(info))
	out.node = l.add(n)
	return out
}

// evaluate makes an Apply over s.
func (l *lowering) evaluate(s stream, preds []sqltext.Expr, compute []computed, pass colSet) stream {
	return l.evaluateFrom(s, &exprWriter{cols: l.cols, at: s.at}, "", preds, compute, pass)
}

// evaluateFrom makes an Apply over s and what from adds to the FROM clause.
func (l *lowering) evaluateFrom(s stream, w *exprWriter, from string, preds []sqltext.Expr, compute []computed, pass colSet) stream {
	in := l.nodes[s.node].Columns()
	n := &applyNode{output: output{inputs: []int{s.node}}, id: l.id(), spec: ExprSpec{Input: in, From: from}}
	out := stream{at: map[colID]int{}}
	at := map[int]int{}
	for _, id := range pass.sorted() {
		p := s.at[id]
		if _, ok := at[p]; !ok {
			at[p] = len(n.spec.Exprs)
			n.spec.Exprs = append(n.spec.Exprs, inputName(p))
			n.pass = append(n.pass, p)
			n.exprs = append(n.exprs, l.cols.of(id).name)
			n.columns = append(n.columns, in[p])
		}
		out.at[id] = at[p]
	}
	n.harmless = from == ""
	for _, p := range preds {
		n.harmless = n.harmless && l.cols.harmless(p)
	}
	for _, o := range compute {
		n.harmless = n.harmless && l.cols.harmless(o.expr)
		out.at[o.id] = len(n.spec.Exprs)
		n.spec.Exprs = append(n.spec.Exprs, w.text(o.expr))
		n.pass = append(n.pass, -1)
		n.exprs = append(n.exprs, l.cols.name(o.expr))
		n.columns = append(n.columns, column(l.cols.of(o.id)))
	}
	if len(n.spec.Exprs) == 0 { // count(*) over a filter
		n.spec.Exprs, n.exprs, n.pass = []string{"1"}, []string{"1"}, []int{-1}
		n.columns = []Column{{Name: "1", Collation: binary}}
	}
	if p := conjunction(preds); p != nil {
		n.spec.Where, n.where = w.text(p), l.cols.name(p)
	}
	out.node = l.add(n)
	return out
}
