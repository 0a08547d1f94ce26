package crsql

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Reply is what one file sends another.
type Reply struct {
	// Site is the sender's site id.
	Site []byte
	// Since is the mark of the sender's that the receiver holds and after which the changes begin; nil for all changes.
	Since *MarkID
	// After is the place after which they begin instead, when an earlier reply had more to follow.
	After *Position
	// Without are marks that the receiver holds, and whose changes are therefore left out.
	Without []MarkID
	// Changes are whole groups of equal DBVersion and Seq, in order.
	Changes []Change
	// Runs say, for one stretch of Changes after the other, of which state they are part.
	Runs []Run
	// At is the mark of the sender's state.
	At Mark
	// More says that changes may be left, after Next.
	More bool
	// Next is the place up to which the changes go.
	Next Position
	// Marks are the states that the sender has merged, its own included.
	Marks []Mark
	// Partial says that the sender has merged more than it can send, for it keeps changes of columns that it has not declared;
	// or that events in it wait for columns. Who receives all from it has not received those states.
	Partial bool
	// Floors are marks of states up to which deletions may be forgotten in what is sent.
	Floors []Mark
	// Lives is the greatest causal length of those.
	Lives int64
}

// Serve returns what the asker of r lacks of this file, or the first of it: about limit changes; 0 means all. It notes what
// the asker confirms to have.
func Serve(ctx context.Context, db Database, r Request, limit int) (Reply, error) {
	var reply Reply
	err := transact(ctx, db, func(x *exchange) error {
		if string(r.Site) == string(x.site) {
			return fmt.Errorf("%w, %x", ErrSameSite, x.site)
		}
		if !r.Empty {
			if err := x.checkFloors(r.Site, r.Marks, r.Floors); err != nil {
				return err
			}
		}
		var err error
		reply, err = x.serve(r, limit)
		return err
	})
	if err != nil {
		return Reply{}, fmt.Errorf("crsql: serve: %w", err)
	}
	return reply, nil
}

func (x *exchange) serve(r Request, limit int) (Reply, error) {
	reply := Reply{Site: x.site}
	own, err := x.ownMarks()
	if err != nil {
		return reply, err
	}
	held := map[MarkID]bool{}
	since := int64(0)
	for _, m := range r.Marks {
		held[m.ID] = true
		if version, ok := own[m.ID]; ok && (reply.Since == nil || version > since) {
			since, reply.Since = version, &m.ID
		}
	}
	if err := x.track(r.Site, since, eventSent); err != nil {
		return reply, err
	}
	after := Position{Version: since, Seq: math.MaxInt64}
	if c, ok := r.cursor(x.site); ok && c.Version > since {
		if _, ok := own[c.Mark]; ok {
			after, reply.Since, reply.After = c, nil, &c
		}
	}
	if reply.At, err = x.present(); err != nil {
		return reply, err
	}
	merges, err := x.merges(after.Version)
	if err != nil {
		return reply, err
	}
	for _, s := range x.spans(after, merges, held, &reply) {
		if s.first != after.Version {
			after = Position{Version: s.first - 1, Seq: math.MaxInt64}
		}
		if err := x.take(s, after, limit, &reply); err != nil {
			return reply, err
		}
		if reply.More {
			break
		}
	}
	reply.Runs = runs(reply.Changes, merges, own, reply.At)
	if reply.Marks, err = x.marks(); err != nil {
		return reply, err
	}
	if reply.Partial, err = x.keepsUnknown(); err != nil {
		return reply, err
	}
	if !reply.Partial {
		waiting, err := askNumber(x.ctx, x, "SELECT "+waitingFunction+"()")
		if err != nil {
			return reply, err
		}
		reply.Partial = waiting != 0
	}
	if reply.Lives, err = x.lives(); err != nil {
		return reply, err
	}
	reply.Floors, err = x.floors()
	return reply, err
}

// ownMarks returns the versions of the marks that the file gave itself.
func (x *exchange) ownMarks() (map[MarkID]int64, error) {
	own := map[MarkID]int64{}
	var id []byte
	var version int64
	return own, x.each("SELECT mark, version FROM crsql_marks WHERE site_id = ?", []any{x.site}, []any{&id, &version}, func() {
		own[MarkID(id)] = version
	})
}

// span is versions from first to last. Of a merged one only what this file made itself is sent.
type span struct {
	first, last int64
	merged      bool
}

// spans returns the versions to send. Those that came from states that the receiver holds are merged; these states it notes.
// A merge may leave something of this file's own even so: when a row comes back, what columns it still has here count as
// values of version 0, and who has none takes them.
func (x *exchange) spans(after Position, merges []merged, held map[MarkID]bool, reply *Reply) []span {
	first := after.Version
	if after.Seq == math.MaxInt64 {
		first++
	}
	var out []span
	for _, m := range merges {
		if !held[m.mark] {
			continue
		}
		if !slices.Contains(reply.Without, m.mark) {
			reply.Without = append(reply.Without, m.mark)
		}
		if m.first > first {
			out = append(out, span{first: first, last: m.first - 1})
		}
		if n := len(out); n > 0 && out[n-1].merged {
			out[n-1].last = m.last
		} else {
			out = append(out, span{max(m.first, first), m.last, true})
		}
		first = m.last + 1
	}
	if first <= x.version {
		out = append(out, span{first: first, last: x.version})
	}
	return out
}

// keepsUnknown tells whether the file keeps changes that it can't show.
func (x *exchange) keepsUnknown() (bool, error) {
	n, err := askNumber(x.ctx, x, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", unknownTable)
	if err == nil && n > 0 {
		n, err = askNumber(x.ctx, x, "SELECT EXISTS (SELECT 1 FROM "+unknownTable+")")
	}
	return n > 0, err
}
