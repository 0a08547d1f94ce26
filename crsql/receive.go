package crsql

import (
	"context"
	"fmt"
	"slices"
)

// Received is what came of a reply.
type Received struct {
	// Won is the number of changes that won: crsql_rows_impacted().
	Won int64
	// Advanced says that the file now has more of the sender's than it knew of: all up to Reply.At, or up to Reply.Next.
	// It does not when the reply builds on what the file does not have, as when an earlier one was lost.
	Advanced bool
}

// Receive merges a reply and notes how far the file has come, in one transaction.
func Receive(ctx context.Context, db Database, r Reply) (Received, error) {
	var got Received
	err := transact(ctx, db, func(x *exchange) (err error) {
		if string(r.Site) == string(x.site) {
			return fmt.Errorf("%w, %x", ErrSameSite, x.site)
		}
		if r.Lives < 0 || r.Lives > maxCount || r.Lives%2 != 0 {
			return fmt.Errorf("%w: %d is not the length of a life that ended", ErrEncoding, r.Lives)
		}
		if err := r.checkRuns(); err != nil {
			return err
		}
		if err := x.checkFloors(r.Site, r.Marks, r.Floors); err != nil {
			return err
		}
		got, err = x.receive(r)
		return err
	})
	if err != nil {
		return Received{}, fmt.Errorf("crsql: receive: %w", err)
	}
	return got, nil
}

func (x *exchange) receive(r Reply) (got Received, err error) {
	builds, err := x.buildsOn(r)
	if err != nil {
		return got, err
	}
	if err := x.adoptFloors(r, builds); err != nil {
		return got, err
	}
	if err := x.mergeKept(); err != nil {
		return got, err
	}
	changes := r.Changes
	for _, run := range r.Runs {
		won, err := x.mergeRun(changes[:run.N], run.Mark)
		if err != nil {
			return got, err
		}
		changes = changes[run.N:]
		got.Won += won
	}
	if !builds {
		return got, nil
	}
	got.Advanced = true
	if r.More {
		return got, x.exec("INSERT OR REPLACE INTO crsql_cursors VALUES(?, ?, ?, ?)",
			r.Site, r.Next.Mark[:], r.Next.Version, r.Next.Seq)
	}
	return got, x.arrive(r)
}

// mergeRun merges changes that are part of the state of a mark, under versions of their own.
func (x *exchange) mergeRun(changes []Change, mark MarkID) (won int64, err error) {
	first := x.taken + 1
	if x.taken > x.version {
		if _, err := askNumber(x.ctx, x, "SELECT crsql_next_db_version(?)", first); err != nil {
			return 0, err
		}
	}
	if won, err = Apply(x.ctx, x, Each(changes)); err != nil || won == 0 {
		return won, err
	}
	if err := x.tellTaken(); err != nil {
		return won, err
	}
	if err := x.exec("INSERT INTO crsql_merges VALUES(?, ?, ?)", first, x.taken, mark[:]); err != nil {
		return won, err
	}
	return won, x.exec(`DELETE FROM crsql_merges WHERE first <
		(SELECT first FROM crsql_merges ORDER BY first DESC LIMIT 1 OFFSET ?)`, mergesKept)
}

// tellTaken notes the version that changes that won have taken.
func (x *exchange) tellTaken() (err error) {
	x.taken, err = askNumber(x.ctx, x, "SELECT crsql_next_db_version()")
	return err
}

// mergeKept merges what was kept for columns that are declared by now, as otherwise the first change that comes would have
// it merged: it is not part of what comes.
func (x *exchange) mergeKept() error {
	kept, err := x.keepsUnknown()
	if err != nil || !kept {
		return err
	}
	won, err := askNumber(x.ctx, x, "SELECT "+applyFunction+"(?)", AppendChanges(nil, nil))
	if err != nil || won == 0 {
		return err
	}
	return x.tellTaken()
}

// adoptFloors notes up to where deletions may be forgotten in what comes. A file that has anything must have merged those
// deletions: it holds that very mark, or the sender is who forgot them and the reply builds on a later mark of its.
func (x *exchange) adoptFloors(r Reply, builds bool) error {
	for _, f := range r.Floors {
		known, err := askNumber(x.ctx, x, `SELECT EXISTS (SELECT 1 FROM crsql_floors WHERE site_id = ?1 AND version >= ?2)
			OR EXISTS (SELECT 1 FROM crsql_marks WHERE mark = ?3)`, f.Site, f.Version, f.ID[:])
		if err != nil {
			return err
		}
		if known == 0 && builds && r.Since != nil && string(f.Site) == string(r.Site) {
			known, err = askNumber(x.ctx, x, "SELECT EXISTS (SELECT 1 FROM crsql_marks WHERE mark = ? AND version >= ?)",
				r.Since[:], f.Version)
			if err != nil {
				return err
			}
		}
		if known == 0 && x.version > 0 {
			return fmt.Errorf("%w: version %d of site %x", ErrOutdated, f.Version, f.Site)
		}
		if err := x.setFloor(f); err != nil {
			return err
		}
	}
	return x.raiseLives(r.Lives)
}

// buildsOn tells whether what a reply leaves out is here.
func (x *exchange) buildsOn(r Reply) (bool, error) {
	need := slices.Clone(r.Without)
	switch {
	case r.After != nil:
		cursors, err := x.cursors()
		if err != nil {
			return false, err
		}
		at, ok := (&Request{Cursors: cursors}).cursor(r.Site)
		if !ok || at != *r.After {
			return false, nil
		}
	case r.Since != nil:
		need = append(need, *r.Since)
	}
	for _, id := range need {
		n, err := askNumber(x.ctx, x, "SELECT count(*) FROM crsql_marks WHERE mark = ? AND NOT past", id[:])
		if err != nil || n == 0 {
			return false, err
		}
	}
	return true, nil
}

// arrive notes that the file has all of the sender's state.
func (x *exchange) arrive(r Reply) error {
	marks := []Mark{r.At}
	for _, m := range r.Marks {
		if !r.Partial || string(m.Site) == string(r.Site) {
			marks = append(marks, m)
		}
	}
	for _, m := range marks {
		hold := x.hold
		if string(m.Site) == string(x.site) {
			hold = x.holdAgain
		}
		if err := hold(m); err != nil {
			return err
		}
	}
	if err := x.exec("DELETE FROM crsql_cursors WHERE site_id = ?", r.Site); err != nil {
		return err
	}
	if !r.Partial {
		if err := x.exec("SELECT " + settleFunction + "()"); err != nil {
			return err
		}
	}
	return x.track(r.Site, r.At.Version, eventReceived)
}

// holdAgain is hold for a mark of the file's own site. One that the file does not know it gave out in a life that was lost:
// that counted its versions otherwise, so nothing may be left out by it.
func (x *exchange) holdAgain(m Mark) error {
	return x.exec("UPDATE crsql_marks SET past = 0 WHERE site_id = ? AND version = ? AND mark = ?", m.Site, m.Version, m.ID[:])
}

// checkRuns tells whether the runs are those of the changes.
func (r *Reply) checkRuns() error {
	left := len(r.Changes)
	for _, run := range r.Runs {
		if run.N <= 0 || run.N > left {
			return fmt.Errorf("%w: runs of changes", ErrEncoding)
		}
		left -= run.N
	}
	if left > 0 {
		return fmt.Errorf("%w: runs of changes", ErrEncoding)
	}
	return nil
}
