package dbsp

import "fmt"

// regrouping is one step of a Regroup: the groups that the batch touches, some of which wait to be evaluated together.
type regrouping struct {
	*Regroup
	step *Step
	keys *keyIndex
	net  netChange
	// touched[n] tells whether rows of group n really change.
	touched []bool
	out     Batch

	// numbers are the groups that wait, groups their rows, cut from deltas and values.
	numbers []int32
	groups  []Batch
	deltas  Batch
	values  []Value
	width   int // of the last input row read
	// messages has why groups of those that were evaluated failed.
	messages      map[int]string
	before, after emission
	encoded       []byte
}

// regroupRows is how many rows wait to be evaluated together, rows of weights above 1 counted once. A group is never split.
const regroupRows = 1 << 12

// regrouping returns an empty regrouping.
func (r *Regroup) regrouping(s *Step) *regrouping {
	g := r.idle
	if r.idle = nil; g == nil {
		g = &regrouping{Regroup: r}
	}
	g.step, g.keys = s, newKeyIndex()
	g.net.open()
	return g
}

// release keeps g's memory for the next step, where it is not much.
func (g *regrouping) release() {
	g.keys.release()
	g.net.release()
	if cap(g.touched) > groupingKept || cap(g.deltas) > 2*regroupRows || cap(g.values) > 16*regroupRows ||
		cap(g.encoded) > 64*groupingKept {
		return
	}
	g.step, g.keys, g.out, g.touched = nil, nil, nil, g.touched[:0]
	g.before.forget()
	g.after.forget()
	g.Regroup.idle = g
}

// keep adds the batch to the arrangement, and notes which groups it touches.
func (g *regrouping) keep(in Batch) error {
	if g.Global {
		g.keys.intern(nil)
	}
	key := g.encoded
	for i := range in {
		key = key[:0]
		for _, k := range g.Group {
			key = AppendKey(key, in[i].Row[k.Column], k.Collation)
		}
		n, _ := g.keys.intern(key)
		g.net.end(AppendRow(g.net.begin(n), in[i].Row), in[i].Weight)
	}
	g.encoded = key
	g.keys.seal()
	g.net.seal()
	for range g.keys.len() {
		g.touched = append(g.touched, false)
	}
	for i, w := range g.net.weight {
		if w == 0 {
			continue
		}
		n := g.net.group[i]
		g.touched[n] = true
		if err := g.step.Store.Add(g.RowsID, g.keys.key(n), g.net.element(int32(i)), w); err != nil {
			return err
		}
	}
	return nil
}

// take has group n evaluated, now or later, if it has to be.
func (g *regrouping) take(n int32) error {
	if !g.touched[n] {
		if !g.Global {
			return nil
		}
		if acc, err := g.step.Store.Get(g.ID, g.keys.key(n)); err != nil || acc != nil {
			return err
		}
	}
	rows, err := g.read(n)
	if err != nil {
		return err
	}
	if len(rows) == 0 && !g.Global {
		g.after.forget()
		return g.replace(n)
	}
	g.numbers = append(g.numbers, n)
	g.groups = append(g.groups, rows)
	if len(g.deltas) < regroupRows {
		return nil
	}
	return g.evaluate()
}

// read returns the rows of group n.
func (g *regrouping) read(n int32) (Batch, error) {
	start := len(g.deltas)
	var failed error
	err := g.step.Store.Elements(g.RowsID, g.keys.key(n), "", func(element string, weight int64) bool {
		if weight < 0 {
			failed = fmt.Errorf("dbsp: operator %d: a row %d times: %w", g.RowsID, weight, ErrNegativeWeight)
			return false
		}
		if cap(g.values)-len(g.values) < g.width {
			g.values = make([]Value, 0, max(g.width, min(2*cap(g.values), maxSlab), 64))
		}
		at := len(g.values)
		row, err := DecodeRow(element, g.values[at:])
		if err != nil {
			failed = fmt.Errorf("dbsp: operator %d: %w", g.RowsID, err)
			return false
		}
		if g.width = len(row); g.width <= cap(g.values)-at { // else DecodeRow had to find room elsewhere
			g.values = g.values[:at+g.width]
		}
		for _, k := range g.Group {
			if k.Column >= len(row) {
				failed = damaged(g.RowsID, "a row of %d columns", len(row))
				return false
			}
		}
		g.deltas = append(g.deltas, Delta{Row: row[:len(row):len(row)], Weight: weight})
		return true
	})
	if err == nil {
		err = failed
	}
	return g.deltas[start:len(g.deltas):len(g.deltas)], err
}

// evaluate evaluates the groups that wait.
func (g *regrouping) evaluate() error {
	if len(g.groups) == 0 {
		return nil
	}
	clear(g.messages)
	results, err := g.Evaluator.Evaluate(g.groups, func(i int, message string) error {
		if g.messages == nil {
			g.messages = map[int]string{}
		}
		g.messages[i] = message
		return nil
	})
	if err != nil {
		return err
	}
	if len(results) != len(g.groups) {
		return fmt.Errorf("dbsp: operator %d: the evaluator gave the rows of %d groups for %d", g.ID, len(results), len(g.groups))
	}
	for i, n := range g.numbers {
		g.after.forget()
		if message, failed := g.messages[i]; failed {
			g.after.fail(message, g.groupColumns(g.groups[i]))
		} else if err := g.after.set(results[i]); err != nil {
			return fmt.Errorf("dbsp: operator %d: the evaluator gave %w", g.ID, err)
		}
		if err := g.shape(&g.after); err != nil {
			return fmt.Errorf("dbsp: operator %d: the evaluator gave %w", g.ID, err)
		}
		g.after.present = g.Global || g.after.failed || len(g.after.rows) > 0
		if err := g.replace(n); err != nil {
			return err
		}
	}
	clear(g.deltas)
	clear(g.values)
	clear(g.groups)
	g.numbers, g.groups, g.deltas, g.values = g.numbers[:0], g.groups[:0], g.deltas[:0], g.values[:0]
	return nil
}

// groupColumns returns the group columns of a group's first row.
func (g *regrouping) groupColumns(rows Batch) Row {
	row := make(Row, len(g.Group))
	for i, k := range g.Group {
		row[i] = rows[0].Row[k.Column]
	}
	return row
}

// shape tells how e differs from what the evaluator may give.
func (g *regrouping) shape(e *emission) error {
	if e.failed && len(e.group) != len(g.Group) {
		return fmt.Errorf("a failure with %d group columns", len(e.group))
	}
	if g.Single && (len(e.rows) > 1 || len(e.rows) == 1 && e.rows[0].weight != 1) {
		return fmt.Errorf("several rows for one group")
	}
	for i := range e.rows {
		if n := len(e.rows[i].row); n != g.Width {
			return fmt.Errorf("a row of %d columns instead of %d", n, g.Width)
		}
	}
	return nil
}

// replace puts out and remembers the change of group n from what was put out before to g.after.
func (g *regrouping) replace(n int32) error {
	key := g.keys.key(n)
	stored, err := g.step.Store.Get(g.ID, key)
	if err != nil {
		return err
	}
	g.encoded = g.after.encode(g.encoded[:0])
	if g.after.present == (stored != nil) && string(stored) == string(g.encoded) {
		return nil
	}
	if err := g.recall(stored); err != nil {
		return err
	}
	if g.after.present {
		err = g.step.Store.Put(g.ID, key, g.encoded)
	} else {
		err = g.step.Store.Put(g.ID, key, nil)
	}
	if err != nil {
		return err
	}
	if g.before.failed {
		if err := g.step.Fail(g.ID, g.before.group, g.before.message, -1); err != nil {
			return err
		}
	}
	if !g.Single {
		key = ""
	}
	g.out = g.before.lacks(&g.after, key, -1, g.out)
	g.out = g.after.lacks(&g.before, key, 1, g.out)
	if g.after.failed {
		return g.step.Fail(g.ID, g.after.group, g.after.message, 1)
	}
	return nil
}

// recall sets g.before to what the accumulator says.
func (g *regrouping) recall(stored []byte) error {
	g.before.forget()
	if stored == nil {
		return nil
	}
	if err := g.before.decode(string(stored)); err != nil {
		return fmt.Errorf("dbsp: operator %d: %w", g.ID, err)
	}
	if err := g.shape(&g.before); err != nil {
		return damaged(g.ID, "%s", err)
	}
	if !g.Global && !g.before.failed && len(g.before.rows) == 0 {
		return damaged(g.ID, "an accumulator of nothing")
	}
	return nil
}
