package crsql

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// The columns of crsql_changes.
const (
	changeTable = iota
	changePK
	changeCID
	changeVal
	changeColVersion
	changeDBVersion
	changeSite
	changeCL
	changeSeq
)

func (c *conn) installChanges() error {
	return c.CreateModule("crsql_changes", &sqlite3.Module{
		Connect: func(s sqlite3.Conn, _ []string) (sqlite3.VTab, error) {
			if err := s.DeclareVTab(`CREATE TABLE x([table] TEXT NOT NULL, [pk] BLOB NOT NULL, [cid] TEXT NOT NULL, [val] ANY,
				[col_version] INTEGER NOT NULL, [db_version] INTEGER NOT NULL, [site_id] BLOB NOT NULL, [cl] INTEGER NOT NULL,
				[seq] INTEGER NOT NULL)`); err != nil {
				return nil, err
			}
			return &changesVTab{c: c}, nil
		},
		Writable: true,
	})
}

// changesVTab is crsql_changes: the latest state of each cell that replicates, and where changes are merged.
type changesVTab struct{ c *conn }

// Disconnect has nothing to release.
func (v *changesVTab) Disconnect() error { return nil }

// Destroy is Disconnect.
func (v *changesVTab) Destroy() error { return nil }

// Open returns a cursor.
func (v *changesVTab) Open() (sqlite3.Cursor, error) { return &changesCursor{c: v.c}, nil }

// pushed are the columns whose conditions the statements over the clocks take over, and what spells them there. Each has
// the affinity that the column is declared with, so that comparing means the same.
var pushed = map[int]string{
	changeCID: "c.col_name", changeColVersion: "c.col_version", changeDBVersion: "c.db_version", changeSite: "s.site_id",
	changeCL: "CAST(coalesce(l.col_version, 1) AS INTEGER)", changeSeq: "c.seq",
}

var pushedOperators = map[sqlite3.Op]string{
	sqlite3.OpEQ: "=", sqlite3.OpGT: ">", sqlite3.OpLE: "<=", sqlite3.OpLT: "<", sqlite3.OpGE: ">=", opNE: "<>",
	sqlite3.OpIs: "IS", opIsNot: "IS NOT", sqlite3.OpIsNull: "IS NULL", sqlite3.OpIsNotNull: "IS NOT NULL",
}

// Operators that the engine has no name for.
const (
	opNE    sqlite3.Op = 68
	opIsNot sqlite3.Op = 69
)

// BestIndex hands conditions and, where one direction fits all of it, the order to the statements over the clocks. IdxStr
// is the text for them.
func (v *changesVTab) BestIndex(info *sqlite3.IndexInfo) error {
	var where strings.Builder
	arguments := 0
	versions, sites := false, false
	for i := range info.Constraints {
		k := &info.Constraints[i]
		expression, ok := pushed[k.Column]
		operator, known := pushedOperators[k.Op]
		if !ok || !known || !k.Usable || !strings.EqualFold(k.Collation, "BINARY") {
			continue
		}
		where.WriteString(" AND " + expression + " " + operator)
		if k.Op != sqlite3.OpIsNull && k.Op != sqlite3.OpIsNotNull {
			arguments++
			k.ArgvIndex = arguments
			fmt.Fprintf(&where, " ?%d", arguments)
			// A row that was lost shows as deleted: its column is not what its clock says.
			k.Omit = k.Column != changeCID
		}
		switch k.Column {
		case changeDBVersion:
			versions = versions || k.Op != opNE && k.Op != opIsNot && k.Op != sqlite3.OpIsNotNull
		case changeSite:
			sites = true
		}
	}
	info.IdxNum, info.OrderByConsumed = changesOrder(info.OrderBy)
	info.IdxStr = where.String()
	switch {
	case versions && sites:
		info.EstimatedCost, info.EstimatedRows = 1, 1
	case versions:
		info.EstimatedCost, info.EstimatedRows = 10, 10
	default:
		info.EstimatedCost, info.EstimatedRows = 1<<31, 1<<31
	}
	return nil
}

// The orders of a scan.
const (
	ascending = iota
	descending
)

// changesOrder returns the order of the scan, and whether it is the one asked for: by db_version, then by seq.
func changesOrder(terms []sqlite3.OrderTerm) (order int, consumed bool) {
	if len(terms) == 0 || len(terms) > 2 || terms[0].Column != changeDBVersion || len(terms) == 2 && terms[1].Column != changeSeq {
		return ascending, false
	}
	if terms[0].Desc {
		order = descending
	}
	for _, t := range terms {
		if t.Desc != terms[0].Desc {
			return ascending, false
		}
	}
	return order, true
}

var (
	errReadOnlyChanges = errors.New("crsql: Only INSERT and SELECT statements are allowed against the crsql changes table")
	errNestedMerge     = errors.New("crsql: a trigger inserts into crsql_changes while changes are merged")
)

// Update merges a change.
func (v *changesVTab) Update(args sqlite3.Args) (int64, error) {
	c := v.c
	rowid := c.LastInsertRowid() // stays what it is
	if args.Len() != 2+changeSeq+1 || !args.Raw(0).IsNull() {
		return 0, errReadOnlyChanges
	}
	if c.merging > 0 {
		return 0, errNestedMerge
	}
	a := arrival{val: args.Raw(2 + changeVal)}
	var err error
	text := func(column int, name string) string {
		v := args.Raw(2 + column)
		if k := v.Kind(); k != dbsp.Text && k != dbsp.Blob && (column != changeSite || k != dbsp.Null) && err == nil {
			err = fmt.Errorf("crsql: %s must not be %s", name, strings.ToUpper(k.String()))
		}
		return v.Str()
	}
	number := func(column int, name string) int64 {
		v := args.Raw(2 + column)
		if v.Kind() == dbsp.Integer {
			return v.Int()
		}
		if n := args.Numeric(2 + column); n.Kind() == dbsp.Integer {
			return n.Int()
		} else if r := n.Real(); n.Kind() == dbsp.Real && v.Kind() == dbsp.Real && r == float64(int64(r)) {
			return int64(r) // as numbers come from JavaScript
		}
		if err == nil {
			err = fmt.Errorf("crsql: %s must be an integer", name)
		}
		return 0
	}
	a.table, a.pk, a.cid, a.site = text(changeTable, "table"), text(changePK, "pk"), text(changeCID, "cid"), text(changeSite, "site_id")
	a.colVersion, a.dbVersion = number(changeColVersion, "col_version"), number(changeDBVersion, "db_version")
	a.cl, a.seq = number(changeCL, "cl"), number(changeSeq, "seq")
	if err != nil {
		return 0, err
	}
	return rowid, c.merge(a)
}
