package dbsp

import (
	"encoding/binary"
	"fmt"
	"math"
)

// The accumulator of a group, version 1: the version (1 byte), the number of input rows (uvarint), the identity encodings
// of the group columns that the output row shows, and the state of each aggregate function in order (see the folds).
const accumulatorVersion = 1

// encode appends the accumulator of group n.
func (g *grouping) encode(dst []byte, n int32) []byte {
	p := &g.groups[n]
	dst = binary.AppendUvarint(append(dst, accumulatorVersion), uint64(p.rows))
	dst = append(dst, p.shown...)
	for _, f := range g.folds {
		dst = f.appendState(dst, n)
	}
	return dst
}

// decode reads p.stored: the row count and the group columns into p, the rest into the folds.
func (g *grouping) decode(p *group) error {
	err := g.decodeInto(p)
	if err != nil {
		return fmt.Errorf("dbsp: operator %d: %w", g.ID, err)
	}
	return nil
}

func (g *grouping) decodeInto(p *group) error {
	if p.stored == "" || p.stored[0] != accumulatorVersion {
		return corrupt("an accumulator has an unknown version")
	}
	var err error
	rest := p.stored[1:]
	if p.rows, rest, err = cutCount(rest); err != nil {
		return err
	}
	if p.rows == 0 && !g.Global {
		return corrupt("an accumulator of no rows")
	}
	p.before = g.rows.take(len(g.Group) + len(g.Aggregates))
	start := rest
	for i := range g.Group {
		if p.before[i], rest, err = DecodeIdentity(rest); err != nil {
			return err
		}
	}
	p.shown = start[:len(start)-len(rest)]
	for _, f := range g.folds {
		if rest, err = f.load(rest); err != nil {
			return err
		}
	}
	if rest != "" {
		return corrupt("an accumulator has %d bytes too many", len(rest))
	}
	return nil
}

// cutCount reads a number that is not negative from the front of an accumulator.
func cutCount(acc string) (int64, string, error) {
	u, rest, err := decodeUvarint(acc)
	if err == nil && u > math.MaxInt64 {
		err = corrupt("a count of %d", u)
	}
	return int64(u), rest, err
}

// damaged returns an error that says what is wrong in the state of op.
func damaged(op OpID, format string, args ...any) error {
	return fmt.Errorf("dbsp: operator %d: %w", op, corrupt(format, args...))
}
