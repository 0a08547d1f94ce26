package main

// planRenderer prints EXPLAIN QUERY PLAN as a tree, in every output mode, as sqlite3 does.
type planRenderer struct {
	sh    *shell
	steps []planStep
}

// planStep is a row of EXPLAIN QUERY PLAN; the parent of a step at the top is 0.
type planStep struct {
	id, parent int64
	detail     string
}

func newPlanRenderer(sh *shell) renderer { return &planRenderer{sh: sh} }

func (p *planRenderer) row(values []any) {
	var s planStep
	s.id, _ = values[0].(int64)
	s.parent, _ = values[1].(int64)
	s.detail, _ = values[3].(string)
	p.steps = append(p.steps, s)
}

func (p *planRenderer) end() {
	if len(p.steps) > 0 {
		p.sh.out.WriteString("QUERY PLAN\n")
		p.level(0, "")
	}
}

// level prints the steps under a parent.
func (p *planRenderer) level(parent int64, indent string) {
	var steps []planStep
	for _, s := range p.steps {
		if s.parent == parent {
			steps = append(steps, s)
		}
	}
	for i, s := range steps {
		branch, under := "|--", "|  "
		if i == len(steps)-1 {
			branch, under = "`--", "   "
		}
		p.sh.out.WriteString(indent + branch + s.detail + "\n")
		p.level(s.id, indent+under)
	}
}
