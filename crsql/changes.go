package crsql

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// Reader is what reading needs: *sql.DB, *sql.Conn and *sql.Tx are.
type Reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

const changeColumns = `"table", pk, cid, val, col_version, db_version, site_id, cl, seq`

// Changes returns the changes that the file came by after its version since, in their order, without those that were made
// at the given sites: a receiver has its own. To go on later, remember the greatest DBVersion whose changes all were
// applied. The statement is open until the iteration ends, so on a *sql.Conn or *sql.Tx nothing else can run meanwhile
// with drivers that allow one statement at a time, and nothing should write.
func Changes(ctx context.Context, from Reader, since int64, site ...[]byte) iter.Seq2[Change, error] {
	where := "db_version > ?"
	args := []any{since}
	for _, s := range site {
		where += " AND site_id IS NOT ?"
		args = append(args, s)
	}
	return selectChanges(ctx, from, where, args)
}

// selectChanges returns the changes for which where holds, in the order of db_version and seq.
func selectChanges(ctx context.Context, from Reader, where string, args []any) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		rows, err := from.QueryContext(ctx, "SELECT "+changeColumns+" FROM crsql_changes WHERE "+where+
			" ORDER BY db_version, seq", args...)
		if err != nil {
			yield(Change{}, fmt.Errorf("crsql: changes: %w", err))
			return
		}
		defer rows.Close()
		var s changeScanner
		for rows.Next() {
			c, err := s.scan(rows)
			if err != nil {
				yield(Change{}, fmt.Errorf("crsql: changes: %w", err))
				return
			}
			if !yield(c, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Change{}, fmt.Errorf("crsql: changes: %w", err))
		}
	}
}

// changeScanner reads rows of crsql_changes; what a change repeats of the one before it shares.
type changeScanner struct {
	before               Change
	table, pk, cid, site sql.RawBytes
	val                  any
}

func (s *changeScanner) scan(rows *sql.Rows) (Change, error) {
	c := s.before
	if err := rows.Scan(&s.table, &s.pk, &s.cid, &s.val, &c.ColVersion, &c.DBVersion, &s.site, &c.CL, &c.Seq); err != nil {
		return c, err
	}
	if string(s.table) != c.Table {
		c.Table = string(s.table)
	}
	if string(s.pk) != string(c.PK) {
		c.PK = slices.Clone([]byte(s.pk))
	}
	if string(s.cid) != c.CID {
		c.CID = string(s.cid)
	}
	if string(s.site) != string(c.Site) {
		c.Site = slices.Clone([]byte(s.site))
	}
	switch v := s.val.(type) {
	case nil:
		c.Val = dbsp.Value{}
	case int64:
		c.Val = dbsp.NewInteger(v)
	case float64:
		c.Val = dbsp.NewReal(v)
	case string:
		c.Val = dbsp.NewText(strings.Clone(v))
	case []byte:
		c.Val = dbsp.NewBlob(string(v))
	default:
		return c, fmt.Errorf("the driver gave a %T", v)
	}
	s.before = c
	return c, nil
}

// Each returns a list of changes as Apply takes it.
func Each(changes []Change) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	}
}
