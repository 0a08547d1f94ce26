package crsql

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/crsql/pack"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// changesCursor reads the clocks of all tables, each by a statement that gives them in order, and merges these.
type changesCursor struct {
	c          *conn
	scans      []*clockScan
	descending bool
	at         *clockScan // which has the present row, nil at the end
	pk         []byte
	values     []dbsp.Value
}

// clockScan is the statement over one table's clocks. It stands on a row, unless it is at its end.
type clockScan struct {
	t     *table
	place int64 // of the table
	sqlite3.Stmt
}

// The columns of such a statement; behind them are those of the key.
const (
	scanKey = iota
	scanCID
	scanVal
	scanColVersion
	scanDBVersion
	scanSite
	scanCL
	scanSeq
	scanGone
	scanKeys
)

// scanText spells it. Where several clocks have the same number, they come in the order of the clock table.
func (t *table) scanText(where string, descending bool) string {
	val := "NULL"
	if len(t.others) > 0 {
		var b strings.Builder
		for _, col := range t.others {
			fmt.Fprintf(&b, " WHEN %s THEN t.%s", literal(col.name), ident(col.name))
		}
		val = "CASE c.col_name" + b.String() + " END"
	}
	known := []string{literal(Sentinel)}
	for _, col := range t.others {
		known = append(known, literal(col.name))
	}
	direction := ""
	if descending {
		direction = " DESC"
	}
	return fmt.Sprintf(`SELECT c.key, c.col_name, %[1]s, c.col_version, c.db_version, s.site_id, coalesce(l.col_version, 1), c.seq,
		t.%[2]s IS NULL, %[3]s
		FROM %[4]s AS c CROSS JOIN %[5]s AS k ON k.__crsql_key = c.key
		LEFT JOIN main.crsql_site_id AS s ON s.ordinal = c.site_id
		LEFT JOIN %[4]s AS l ON l.key = c.key AND l.col_name = '%[6]s'
		LEFT JOIN %[7]s AS t ON %[8]s
		WHERE c.col_name IN (%[9]s)%[10]s ORDER BY c.db_version%[11]s, c.seq%[11]s`,
		val, ident(t.keys[0].name), names("k.", t.keys), t.clock, t.pks, Sentinel, t.base, sameKey("t", "k", t.keys),
		strings.Join(known, ", "), where, direction)
}

// Filter begins a scan.
func (r *changesCursor) Filter(idxNum int, idxStr string, args sqlite3.Args) error {
	r.end()
	if err := r.c.writeNewRows(); err != nil {
		return err
	}
	r.descending = idxNum == descending
	sch, err := r.c.current()
	if err != nil {
		return err
	}
	r.c.enter() // left by end: the statements are not finalized under the cursor
	r.scans = make([]*clockScan, 0, len(sch.tables))
	for i, t := range sch.tables {
		s, err := t.scan(idxStr, r.descending)
		if err != nil {
			return r.fail(err)
		}
		r.scans = append(r.scans, &clockScan{t, int64(i), s})
	}
	for i := 0; i < len(r.scans); i++ {
		s := r.scans[i]
		for j := range args.Len() {
			if err := s.Bind(j+1, args.Raw(j)); err != nil {
				return r.fail(err)
			}
		}
		ok, err := s.Step()
		if err != nil {
			return r.fail(err)
		}
		if !ok {
			r.drop(i)
			i--
		}
	}
	r.choose()
	return nil
}

func (r *changesCursor) fail(err error) error {
	r.end()
	return fmt.Errorf("crsql: crsql_changes: %w", err)
}

// choose has the scan with the first row give it.
func (r *changesCursor) choose() {
	r.at = nil
	for _, s := range r.scans {
		if r.at == nil || r.before(s, r.at) {
			r.at = s
		}
	}
}

func (r *changesCursor) before(a, b *clockScan) bool {
	for _, i := range []int{scanDBVersion, scanSeq} {
		x, y := a.ColumnRaw(i).Int(), b.ColumnRaw(i).Int()
		if x != y {
			return x < y != r.descending
		}
	}
	return false
}

// drop gives the statement of a scan back.
func (r *changesCursor) drop(i int) {
	s := r.scans[i]
	r.scans = append(r.scans[:i], r.scans[i+1:]...)
	s.t.scanned(s.Stmt)
}

func (r *changesCursor) end() {
	if r.scans == nil {
		return
	}
	for len(r.scans) > 0 {
		r.drop(len(r.scans) - 1)
	}
	r.scans, r.at = nil, nil
	r.c.leave()
}

// Next goes on to the next change.
func (r *changesCursor) Next() error {
	ok, err := r.at.Step()
	if err != nil {
		return r.fail(err)
	}
	if !ok {
		for i, s := range r.scans {
			if s == r.at {
				r.drop(i)
				break
			}
		}
	}
	if ok && len(r.scans) == 1 {
		return nil
	}
	r.choose()
	return nil
}

// EOF reports whether the scan is over.
func (r *changesCursor) EOF() bool { return r.at == nil }

// Column sets a column of the present change. A cell whose row is missing shows as the row's end.
func (r *changesCursor) Column(out sqlite3.Result, i int) error {
	s := r.at
	switch i {
	case changeTable:
		out.Set(dbsp.NewText(s.t.name))
	case changePK:
		r.values = r.values[:0]
		for i := range s.t.keys {
			r.values = append(r.values, s.ColumnRaw(scanKeys+i))
		}
		var err error
		if r.pk, err = pack.Append(r.pk[:0], r.values...); err != nil {
			return err
		}
		out.Set(dbsp.NewBlob(string(r.pk)))
	case changeCID:
		if s.ColumnRaw(scanGone).Int() != 0 {
			out.Set(dbsp.NewText(Sentinel))
		} else {
			out.Set(s.ColumnRaw(scanCID))
		}
	case changeVal:
		out.Set(s.ColumnRaw(scanVal))
	case changeColVersion:
		out.Set(s.ColumnRaw(scanColVersion))
	case changeDBVersion:
		out.Set(s.ColumnRaw(scanDBVersion))
	case changeSite:
		out.Set(s.ColumnRaw(scanSite))
	case changeCL:
		out.Set(s.ColumnRaw(scanCL))
	case changeSeq:
		out.Set(s.ColumnRaw(scanSeq))
	}
	return nil
}

// rowidSlab is how many rowids a table has for its rows' keys. A rowid tells no change from others of its row.
const rowidSlab = 1e13

// Rowid returns a number for the change's row.
func (r *changesCursor) Rowid() (int64, error) {
	return r.at.place*rowidSlab + r.at.ColumnRaw(scanKey).Int()%rowidSlab, nil
}

// Close ends the scan.
func (r *changesCursor) Close() error {
	r.end()
	return nil
}

// scan returns a statement over the table's clocks that nobody uses: several cursors may be open.
func (t *table) scan(where string, descending bool) (sqlite3.Stmt, error) {
	sql := t.scanText(where, descending)
	if idle := t.idle[sql]; len(idle) > 0 {
		t.idle[sql] = idle[:len(idle)-1]
		return idle[len(idle)-1], nil
	}
	s, err := t.c.prepareKept(sql)
	if err != nil {
		return nil, err
	}
	t.scans[s] = sql
	return s, nil
}

// maxIdleScans bounds how many statements of different conditions a table keeps.
const maxIdleScans = 16

// scanned takes the statement back.
func (t *table) scanned(s sqlite3.Stmt) {
	sql, current := t.scans[s]
	_ = s.Reset()
	if current && (len(t.idle) < maxIdleScans || len(t.idle[sql]) > 0) {
		t.idle[sql] = append(t.idle[sql], s)
		return
	}
	delete(t.scans, s)
	_ = s.Finalize()
}
