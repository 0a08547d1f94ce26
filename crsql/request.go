package crsql

import (
	"context"
	"fmt"
	"slices"
)

// Request says what a file has, so that another can tell what it lacks: a version vector.
type Request struct {
	// Site is the asker's site id.
	Site []byte
	// Empty says that the asker has no changes at all.
	Empty bool
	// Marks are the states that the asker has merged, by site and version.
	Marks []Mark
	// Floors are marks of states whose deletions the asker knows of, or has forgotten as others have.
	Floors []Mark
	// Cursors says how far it has come in replies that have more to follow.
	Cursors []SiteCursor
}

// SiteCursor is how far a file has come in what another one sends.
type SiteCursor struct {
	Site []byte
	Position
}

// Ask returns what the file has.
func Ask(ctx context.Context, db Database) (Request, error) {
	var r Request
	err := transact(ctx, db, func(x *exchange) (err error) {
		r.Site, r.Empty = x.site, x.version == 0
		if r.Marks, err = x.marks(); err != nil {
			return err
		}
		if r.Floors, err = x.floors(); err != nil {
			return err
		}
		r.Cursors, err = x.cursors()
		return err
	})
	if err != nil {
		return Request{}, fmt.Errorf("crsql: ask: %w", err)
	}
	return r, nil
}

func (x *exchange) cursors() (cursors []SiteCursor, err error) {
	var c SiteCursor
	var id []byte
	err = x.each("SELECT site_id, mark, version, seq FROM crsql_cursors ORDER BY site_id", nil,
		[]any{&c.Site, &id, &c.Version, &c.Seq}, func() {
			cursors = append(cursors, SiteCursor{slices.Clone(c.Site), Position{MarkID(id), c.Version, c.Seq}})
		})
	return cursors, err
}

// cursor returns the asker's place in what site sends.
func (r *Request) cursor(site []byte) (Position, bool) {
	for _, c := range r.Cursors {
		if string(c.Site) == string(site) {
			return c.Position, true
		}
	}
	return Position{}, false
}
