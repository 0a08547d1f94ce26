package crsql

import (
	"context"
	"fmt"
	"math"
	"strings"
)

// Compact forgets deletions that all peers have, and returns how many: their rows in the clock and key tables.
//
// A deletion must be remembered as long as a file may turn up that has the row alive, for what it sends would bring the row
// back here, while it stays deleted elsewhere. So: a deletion is forgotten only if every peer that this file knows has
// confirmed, by Ask and Serve directly with this file, to have merged a version that holds it; while one has not confirmed
// anything, Compact does nothing and returns ErrUnconfirmed. A peer is known whose changes, replies or requests ever
// arrived here, or at a file that replied. Those given as gone are not waited for.
//
// That a known peer has confirmed does not help when its file is put back from a copy, and gone or unknown peers may turn
// up. So the file remembers up to which version it forgot, tells that to who receives all from it, and from then on these
// exchange with a file that has changes of its own only if it has merged that version: Serve and Receive refuse others with
// ErrCompacted. What they have can't be merged any more; they are filled anew. Apply, and inserts into crsql_changes, have
// no such guard: changes that are sent past Ask, Serve and Receive must not be older than the last Compact anywhere.
func Compact(ctx context.Context, db Database, gone ...[]byte) (forgotten int64, err error) {
	err = transact(ctx, db, func(x *exchange) error {
		confirmed, err := x.confirmed(gone)
		if err != nil {
			return err
		}
		if _, err := x.present(); err != nil {
			return err
		}
		floor, err := x.markUpTo(confirmed)
		if err != nil || floor.Version == 0 {
			return err
		}
		tables, err := x.clockedTables()
		if err != nil {
			return err
		}
		lives := int64(0)
		for _, t := range tables {
			n, life, err := x.forget(t, floor.Version)
			if err != nil {
				return err
			}
			forgotten, lives = forgotten+n, max(lives, life)
		}
		if forgotten == 0 {
			return nil
		}
		// The versions of what is gone stay taken.
		if err := x.exec(`INSERT INTO crsql_master("key", "value") VALUES('pre_compact_dbversion', ?)
			ON CONFLICT DO UPDATE SET "value" = max("value", excluded."value")`, x.version); err != nil {
			return err
		}
		if err := x.raiseLives(lives); err != nil {
			return err
		}
		return x.setFloor(floor)
	})
	if err != nil {
		return 0, fmt.Errorf("crsql: compact: %w", err)
	}
	return forgotten, nil
}

// confirmed returns the greatest version that all known peers have.
func (x *exchange) confirmed(gone [][]byte) (int64, error) {
	left := map[string]bool{string(x.site): true}
	for _, g := range gone {
		left[string(g)] = true
	}
	confirmed := int64(math.MaxInt64)
	missing := []string{}
	var site []byte
	var version int64
	err := x.each(`SELECT s.site_id, ifnull(max(p.version), -1) FROM (SELECT site_id FROM crsql_site_id UNION
		SELECT site_id FROM crsql_marks UNION SELECT site_id FROM crsql_tracked_peers WHERE tag = ?1) s
		LEFT JOIN crsql_tracked_peers p ON p.site_id = s.site_id AND p.tag = ?1 AND p.event = ?2 GROUP BY 1 ORDER BY 1`,
		[]any{peerTag, eventSent}, []any{&site, &version}, func() {
			switch {
			case left[string(site)]:
			case version < 0:
				missing = append(missing, fmt.Sprintf("%x", site))
			default:
				confirmed = min(confirmed, version)
			}
		})
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("%w: %s", ErrUnconfirmed, strings.Join(missing, ", "))
	}
	return confirmed, err
}

// markUpTo returns the file's latest own mark of a version up to one.
func (x *exchange) markUpTo(version int64) (Mark, error) {
	m := Mark{Site: x.site}
	var id []byte
	err := x.each("SELECT version, mark FROM crsql_marks WHERE site_id = ? AND version <= ? ORDER BY version DESC LIMIT 1",
		[]any{x.site, version}, []any{&m.Version, &id}, func() { copy(m.ID[:], id) })
	return m, err
}

// replicatedTables selects the tables that replicate.
const replicatedTables = `SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name = tbl_name || '__crsql_itrig' ORDER BY 1`

// clockedTables returns the tables that replicate.
func (x *exchange) clockedTables() (tables []string, err error) {
	var name string
	err = x.each(replicatedTables, nil, []any{&name}, func() { tables = append(tables, name) })
	return tables, err
}

// forget removes the deletions up to a version from a table's clock, with their keys; life is their greatest causal length.
func (x *exchange) forget(table string, upTo int64) (n, life int64, err error) {
	clock, keys := ident(table+"__crsql_clock"), ident(table+"__crsql_pks")
	const dead = "col_name = '-1' AND col_version % 2 = 0 AND db_version <= ?"
	if err := x.each("SELECT count(*), ifnull(max(col_version), 0) FROM "+clock+" WHERE "+dead, []any{upTo},
		[]any{&n, &life}, func() {}); err != nil || n == 0 {
		return 0, 0, err
	}
	if err := x.exec("DELETE FROM "+keys+" WHERE __crsql_key IN (SELECT key FROM "+clock+" WHERE "+dead+")", upTo); err != nil {
		return 0, 0, err
	}
	return n, life, x.exec("DELETE FROM "+clock+" WHERE "+dead, upTo)
}

// raiseLives has new rows begin above a causal length.
func (x *exchange) raiseLives(forgotten int64) error {
	if forgotten == 0 {
		return nil
	}
	return x.exec(`INSERT INTO crsql_master("key", "value") VALUES(?, ?)
		ON CONFLICT DO UPDATE SET "value" = max("value", excluded."value")`, settingPrefix+forgottenLives, forgotten)
}

// lives returns the greatest causal length that was forgotten, here or where what is here came from.
func (x *exchange) lives() (int64, error) {
	return askNumber(x.ctx, x, `SELECT ifnull(max("value"), 0) FROM crsql_master WHERE "key" = ?`, settingPrefix+forgottenLives)
}
