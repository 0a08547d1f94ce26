package dbsp

import "encoding/binary"

// rowCount is count(*): the group's number of rows, which the accumulator has anyway.
type rowCount struct{}

func (rowCount) reset()                                 {}
func (rowCount) open()                                  {}
func (rowCount) load(acc string) (string, error)        { return acc, nil }
func (rowCount) apply(*grouping) error                  { return nil }
func (rowCount) plausible(int32, int64) bool            { return true }
func (rowCount) appendState(dst []byte, _ int32) []byte { return dst }

func (rowCount) result(g *grouping, n int32) (Value, bool) {
	return NewInteger(g.groups[n].rows), true
}

// countFold is count(x): the number of values that are not NULL. State: that number, a uvarint.
type countFold struct {
	column int
	n      []int64
}

func (c *countFold) reset() { c.n = c.n[:0] }

func (c *countFold) open() { c.n = append(c.n, 0) }

func (c *countFold) load(acc string) (string, error) {
	n, rest, err := cutCount(acc)
	c.n = append(c.n, n)
	return rest, err
}

func (c *countFold) apply(g *grouping) error {
	for i := range g.in {
		if !g.in[i].Row[c.column].IsNull() {
			c.n[g.of[i]] += g.in[i].Weight
		}
	}
	return nil
}

func (c *countFold) add(_ *Step, n int32, _ Value, weight int64) error {
	c.n[n] += weight
	return nil
}

func (c *countFold) result(_ *grouping, n int32) (Value, bool) { return NewInteger(c.n[n]), true }

func (c *countFold) plausible(n int32, rows int64) bool { return 0 <= c.n[n] && c.n[n] <= rows }

func (c *countFold) appendState(dst []byte, n int32) []byte {
	return binary.AppendUvarint(dst, uint64(c.n[n]))
}
