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
	if len(r.Changes) > 0 {
		if got.Won, err = Apply(x.ctx, x, Each(r.Changes)); err != nil {
			return got, err
		}
	}
	if got.Won > 0 {
		// A change won, so a version is taken, and the function only tells it.
		last, err := askNumber(x.ctx, x, "SELECT crsql_next_db_version()")
		if err != nil {
			return got, err
		}
		if err := x.exec("INSERT INTO crsql_merges VALUES(?, ?, ?)", x.version+1, last, r.At.ID[:]); err != nil {
			return got, err
		}
		if err := x.exec("DELETE FROM crsql_merges WHERE first < (SELECT first FROM crsql_merges ORDER BY first DESC LIMIT 1 OFFSET ?)",
			mergesKept); err != nil {
			return got, err
		}
	}
	if !builds {
		return got, nil
	}
	got.Advanced = true
	if r.More {
		return got, x.exec("INSERT OR REPLACE INTO crsql_cursors VALUES(?, ?, ?, ?)", r.Site, r.Next.Mark[:], r.Next.Version, r.Next.Seq)
	}
	return got, x.arrive(r)
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
			known, err = askNumber(x.ctx, x, "SELECT EXISTS (SELECT 1 FROM crsql_marks WHERE mark = ? AND version >= ?)", r.Since[:], f.Version)
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
	return nil
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
		n, err := askNumber(x.ctx, x, "SELECT count(*) FROM crsql_marks WHERE mark = ?", id[:])
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
		if err := x.hold(m); err != nil {
			return err
		}
	}
	if err := x.exec("DELETE FROM crsql_cursors WHERE site_id = ?", r.Site); err != nil {
		return err
	}
	return x.track(r.Site, r.At.Version, eventReceived)
}
