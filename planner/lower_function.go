package planner

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// functionName is what a table-valued function is called where it is evaluated.
const functionName = "f"

// function lowers a table-valued function to an evaluation of it for each row.
func (l *lowering) function(r *tableFunction, need colSet) stream {
	own := setOf()
	for _, id := range r.cols {
		own.add(id)
	}
	pass, below := colSet{}, colSet{}
	for id := range need {
		if !own.has(id) {
			pass.add(id)
			below.add(id)
		}
	}
	for _, e := range exprsOf(r) {
		for id := range refsOf(e) {
			if !own.has(id) {
				below.add(id)
			}
		}
	}
	s := l.lower(r.in, below)
	w := &exprWriter{cols: l.cols, at: s.at, names: map[colID]string{}}
	var compute []computed
	for n, name := range r.names {
		id := r.cols[n]
		w.names[id] = functionName + "." + sqltext.QuoteIdent(name)
		if need.has(id) {
			compute = append(compute, computed{id, l.cols.ref(id)})
		}
	}
	var args []string
	for _, a := range r.args {
		args = append(args, w.text(a))
	}
	call := r.name + "(" + strings.Join(args, ", ") + ") AS " + functionName
	from := " CROSS JOIN " + call
	if r.outer {
		from = " LEFT JOIN " + call
		if p := conjunction(r.on); p != nil {
			from += " ON " + w.text(p)
		}
	}
	return l.evaluateFrom(s, w, from, nil, compute, pass)
}
