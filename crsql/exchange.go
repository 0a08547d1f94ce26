package crsql

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"slices"
)

// Files exchange changes by three calls: Ask says what one file has, Serve answers with what it lacks of another, and
// Receive takes that in. What they know of each other lies in the files, and changes in the transactions that change the
// rows; so a file that is put back from a copy knows just what the copy knew.
//
// A mark is a random number for the state of a file at a version. A file that has merged all of that state holds the mark.
// A file gives its present state a mark when it serves. To have a mark is proof: a file that was put back, or begun anew
// under an old site id, does not know the marks that it gave out in the life that was lost, so what others hold of that
// life counts for nothing, even when its version has passed theirs again.
//
// Asked by a file that holds one of its marks, a file sends what changed after that mark's version, without what it got
// itself from states that the asker holds the marks of: crsql_merges has, for each run of its versions that one merge made,
// the mark of the state that the changes came from. That is exact for files that exchange among each other, whatever the way
// a change took, since a state includes the states that were merged into it: when all was received, the receiver takes over
// the marks that the sender held.
//
// A reply says on what it builds: the mark, or the place in an earlier reply, after which it begins, and the marks for
// which it leaves something out. The receiver checks that this holds before it notes any progress. So replies may be lost,
// come twice, late or in another order: their changes are merged, as changes may always be, and nothing is skipped.
const exchangeTables = `
CREATE TABLE IF NOT EXISTS crsql_marks(site_id BLOB NOT NULL, version INTEGER NOT NULL, mark BLOB NOT NULL, ` +
	`past INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(site_id, version, mark)) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS crsql_merges(first INTEGER PRIMARY KEY, last INTEGER NOT NULL, mark BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS crsql_cursors(site_id BLOB NOT NULL PRIMARY KEY, mark BLOB NOT NULL, version INTEGER NOT NULL, ` +
	`seq INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS crsql_floors(site_id BLOB NOT NULL PRIMARY KEY, version INTEGER NOT NULL, mark BLOB NOT NULL) ` +
	`WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS crsql_tracked_peers("site_id" BLOB NOT NULL, "version" INTEGER NOT NULL, "seq" INTEGER DEFAULT 0, ` +
	`"tag" INTEGER, "event" INTEGER, PRIMARY KEY("site_id", "tag", "event")) STRICT;`

const (
	// peerTag marks our rows in crsql_tracked_peers, which is for applications: what they keep there has other tags.
	peerTag = 0x6d76
	// The events of crsql_tracked_peers: the version of the peer's that we have, and that of ours that it has.
	eventReceived, eventSent = 0, 1

	marksTold  = 64   // marks of one site that a request or reply tells, the latest
	marksKept  = 1024 // own marks
	mergesKept = 4096
)

// MarkID is the random number of a mark.
type MarkID [8]byte

// Mark stands for the state of the file Site at its version Version.
type Mark struct {
	Site    []byte
	Version int64
	ID      MarkID
}

// Position is a place among the changes of a file: those up to Seq of Version. Mark says of which life of the file.
type Position struct {
	Mark         MarkID
	Version, Seq int64
}

// Database is what exchanging needs: *sql.DB and *sql.Conn are. No transaction is open on it.
type Database interface {
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

// exchange is a transaction that reads and writes what files know of each other.
type exchange struct {
	*sql.Tx
	ctx     context.Context
	site    []byte
	version int64 // when the transaction began
	taken   int64 // the latest that merging took in it, or version
}

// makeExchangeTables makes the tables, if one is missing. The first of them is missing if any is that is not the original's,
// so making them begins with a write, and waits for others instead of failing.
func makeExchangeTables(ctx context.Context, db Database) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	missing := 0
	const text = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('crsql_tracked_peers', 'crsql_marks', " +
		"'crsql_merges', 'crsql_cursors', 'crsql_floors')"
	if err := tx.QueryRowContext(ctx, text).Scan(&missing); err != nil || missing == 5 {
		return err
	}
	if err := tx.Rollback(); err != nil {
		return err
	}
	if tx, err = db.BeginTx(ctx, nil); err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, exchangeTables); err != nil {
		return err
	}
	return tx.Commit()
}

// transact runs do in a transaction that may write from its start.
func transact(ctx context.Context, db Database, do func(x *exchange) error) error {
	if err := makeExchangeTables(ctx, db); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	x := &exchange{Tx: tx, ctx: ctx}
	// The first statement makes a writer of the transaction, before anything is read that others could change meanwhile.
	if err := x.exec("DELETE FROM crsql_floors WHERE 0"); err != nil {
		return err
	}
	if err := x.QueryRowContext(ctx, "SELECT crsql_site_id(), crsql_db_version()").Scan(&x.site, &x.version); err != nil {
		return err
	}
	x.taken = x.version
	if err := do(x); err != nil {
		return err
	}
	return tx.Commit()
}

func (x *exchange) exec(text string, args ...any) error {
	_, err := x.ExecContext(x.ctx, text, args...)
	return err
}

// each calls row for each row of a query; scan is what rows.Scan gets.
func (x *exchange) each(text string, args []any, scan []any, row func()) error {
	return eachRow(x.ctx, x, text, args, scan, row)
}

func eachRow(ctx context.Context, from Reader, text string, args []any, scan []any, row func()) error {
	rows, err := from.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(scan...); err != nil {
			return err
		}
		row()
	}
	return rows.Err()
}

// marks returns the latest marks that the file holds of each site, its own included.
func (x *exchange) marks() (marks []Mark, err error) {
	var site, id []byte
	var version int64
	const text = `SELECT site_id, version, mark FROM
		(SELECT *, row_number() OVER (PARTITION BY site_id ORDER BY version DESC) AS n FROM crsql_marks WHERE NOT past)
		WHERE n <= ? ORDER BY site_id, version`
	err = x.each(text, []any{marksTold}, []any{&site, &version, &id}, func() {
		marks = append(marks, Mark{Site: slices.Clone(site), Version: version, ID: MarkID(id)})
	})
	return marks, err
}

// floors returns, by site, the marks up to which files have forgotten deletions.
func (x *exchange) floors() (floors []Mark, err error) {
	var site, id []byte
	var version int64
	const text = "SELECT site_id, version, mark FROM crsql_floors ORDER BY site_id"
	err = x.each(text, nil, []any{&site, &version, &id}, func() {
		floors = append(floors, Mark{Site: slices.Clone(site), Version: version, ID: MarkID(id)})
	})
	return floors, err
}

// setFloor notes that a file has forgotten deletions up to a mark.
func (x *exchange) setFloor(m Mark) error {
	return x.exec(`INSERT INTO crsql_floors VALUES(?, ?, ?)
		ON CONFLICT DO UPDATE SET version = excluded.version, mark = excluded.mark WHERE excluded.version > version`, m.Site, m.Version, m.ID[:])
}

// present gives the file's state a mark, unless it has one.
func (x *exchange) present() (Mark, error) {
	m := Mark{Site: x.site, Version: x.version}
	var id []byte
	const text = "SELECT mark FROM crsql_marks WHERE site_id = ? AND version = ? AND NOT past"
	err := x.each(text, []any{x.site, x.version}, []any{&id}, func() {})
	if err != nil || id != nil {
		copy(m.ID[:], id)
		return m, err
	}
	_, _ = rand.Read(m.ID[:]) // never fails
	return m, x.hold(m)
}

// hold notes that the file's state includes that of a mark.
func (x *exchange) hold(m Mark) error {
	if err := x.exec("INSERT INTO crsql_marks VALUES(?, ?, ?, 0) ON CONFLICT DO UPDATE SET past = 0",
		m.Site, m.Version, m.ID[:]); err != nil {
		return err
	}
	kept := marksTold
	if string(m.Site) == string(x.site) {
		kept = marksKept
	}
	return x.exec(`DELETE FROM crsql_marks WHERE site_id = ?1 AND version <
		(SELECT version FROM crsql_marks WHERE site_id = ?1 ORDER BY version DESC LIMIT 1 OFFSET ?2)`, m.Site, kept)
}

// track notes in crsql_tracked_peers how far a peer and we have come.
func (x *exchange) track(site []byte, version int64, event int) error {
	return x.exec(`INSERT INTO crsql_tracked_peers(site_id, version, seq, tag, event) VALUES(?, ?, 0, ?, ?)
		ON CONFLICT DO UPDATE SET version = excluded.version`, site, version, peerTag, event)
}

// checkFloors refuses a peer, by the marks it holds and the floors it knows, that may not know of deletions that are
// forgotten, here or where what is here came from. Of our own marks any later one will do; which of the marks of others
// are later in the same life only they know.
func (x *exchange) checkFloors(site []byte, marks, known []Mark) error {
	floors, err := x.floors()
	if err != nil || len(floors) == 0 {
		return err
	}
	own, err := x.ownMarks()
	if err != nil {
		return err
	}
	for _, f := range floors {
		ours := string(f.Site) == string(x.site)
		if !slices.ContainsFunc(append(slices.Clone(marks), known...), func(m Mark) bool {
			version, ok := own[m.ID]
			return m.ID == f.ID || ours && ok && version >= f.Version
		}) {
			return fmt.Errorf("%w: site %x has not merged version %d of site %x", ErrCompacted, site, f.Version, f.Site)
		}
	}
	return nil
}
