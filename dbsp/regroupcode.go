package dbsp

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// The accumulator of a group of a Regroup, version 1, says what was put out for it: the version (1 byte) and
//
//	00  the rows, ascending by their identity encodings, none twice: each its weight (uvarint), the length of its identity
//	    encoding (uvarint), and the encoding (AppendRow)
//	01  a failure: the length of its message (uvarint), the message, and the identity encodings of the group columns
const regroupVersion = 1

const (
	regroupedRows   = 0x00
	regroupedFailed = 0x01
)

// emission is what a Regroup puts out for a group: rows, or a failure.
type emission struct {
	present bool // it is remembered
	failed  bool
	message string
	group   Row // of the failure
	rows    []emittedRow
	// identities holds the rows' identity encodings while they are set.
	identities []byte
}

// emittedRow is a row with its identity encoding.
type emittedRow struct {
	identity string
	row      Row
	weight   int64
	end      int // of the encoding in identities
}

// forget makes e empty.
func (e *emission) forget() {
	clear(e.rows)
	*e = emission{rows: e.rows[:0], identities: e.identities[:0]}
	if cap(e.rows) > groupingKept || cap(e.identities) > 64*groupingKept {
		*e = emission{}
	}
}

// fail makes e, which is empty, a failure.
func (e *emission) fail(message string, group Row) {
	e.failed, e.message, e.group = true, message, group
}

// set gives e, which is empty, the rows of b.
func (e *emission) set(b Batch) error {
	for i := range b {
		if b[i].Weight < 1 {
			return fmt.Errorf("a row %d times", b[i].Weight)
		}
		e.identities = AppendRow(e.identities, b[i].Row)
		e.rows = append(e.rows, emittedRow{row: b[i].Row, weight: b[i].Weight, end: len(e.identities)})
	}
	all, at := string(e.identities), 0
	for i := range e.rows {
		r := &e.rows[i]
		r.identity, at = all[at:r.end], r.end
	}
	if len(e.rows) < 2 {
		return nil
	}
	slices.SortStableFunc(e.rows, func(a, b emittedRow) int { return strings.Compare(a.identity, b.identity) })
	kept := e.rows[:1]
	for _, r := range e.rows[1:] {
		if last := &kept[len(kept)-1]; last.identity == r.identity {
			last.weight += r.weight
			continue
		}
		kept = append(kept, r)
	}
	clear(e.rows[len(kept):])
	e.rows = kept
	return nil
}

// lacks appends the rows of e less those of other, with their weights times sign, where that leaves any.
func (e *emission) lacks(other *emission, key string, sign int64, out Batch) Batch {
	at := 0
	for i := range e.rows {
		r := &e.rows[i]
		for at < len(other.rows) && other.rows[at].identity < r.identity {
			at++
		}
		w := r.weight
		if at < len(other.rows) && other.rows[at].identity == r.identity {
			w -= other.rows[at].weight
		}
		if w > 0 {
			out = append(out, Delta{Row: r.row, Weight: sign * w, Key: key})
		}
	}
	return out
}

// encode appends the accumulator that says e.
func (e *emission) encode(dst []byte) []byte {
	if !e.present {
		return dst
	}
	dst = append(dst, regroupVersion)
	if e.failed {
		dst = binary.AppendUvarint(append(dst, regroupedFailed), uint64(len(e.message)))
		return AppendRow(append(dst, e.message...), e.group)
	}
	dst = append(dst, regroupedRows)
	for i := range e.rows {
		r := &e.rows[i]
		dst = binary.AppendUvarint(dst, uint64(r.weight))
		dst = binary.AppendUvarint(dst, uint64(len(r.identity)))
		dst = append(dst, r.identity...)
	}
	return dst
}

// decode makes e, which is empty, what the accumulator acc says. The error wraps ErrCorrupt.
func (e *emission) decode(acc string) error {
	if len(acc) < 2 || acc[0] != regroupVersion {
		return corrupt("an accumulator has an unknown version")
	}
	e.present = true
	rest, err := acc[2:], error(nil)
	switch acc[1] {
	case regroupedFailed:
		var message string
		if message, rest, err = cutBytes(rest); err != nil {
			return err
		}
		group, err := DecodeRow(rest, nil)
		e.fail(message, group)
		return err
	case regroupedRows:
	default:
		return corrupt("an accumulator of the unknown kind %#02x", acc[1])
	}
	for rest != "" {
		var r emittedRow
		if r.weight, rest, err = cutCount(rest); err != nil {
			return err
		}
		if r.weight == 0 {
			return corrupt("an accumulator has a row of weight 0")
		}
		if r.identity, rest, err = cutBytes(rest); err != nil {
			return err
		}
		if n := len(e.rows); n > 0 && e.rows[n-1].identity >= r.identity {
			return corrupt("an accumulator's rows are not in order")
		}
		if r.row, err = DecodeRow(r.identity, nil); err != nil {
			return err
		}
		e.rows = append(e.rows, r)
	}
	return nil
}

// cutBytes reads bytes with their length before them from the front of an accumulator.
func cutBytes(acc string) (bytes, rest string, err error) {
	n, rest, err := cutCount(acc)
	if err != nil {
		return "", "", err
	}
	if n > int64(len(rest)) {
		return "", "", corrupt("an accumulator of %d bytes ends after %d", n, len(rest))
	}
	return rest[:n], rest[n:], nil
}
