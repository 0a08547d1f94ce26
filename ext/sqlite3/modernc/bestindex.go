package modernc

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

func xBestIndex(tls *libc.TLS, pVTab, pInfo uintptr) (rc int32) {
	defer rescue(tls, pVTab, &rc)
	t := enter(tls, pVTab)
	c := at[lib.Tsqlite3_index_info](pInfo)
	info := readIndexInfo(tls, pInfo, c)
	if err := t.impl.BestIndex(info); err != nil {
		if rc := code(err); rc&0xff == lib.SQLITE_CONSTRAINT {
			return lib.SQLITE_CONSTRAINT // no error: this combination of constraints has no plan
		}
		return fail(tls, pVTab, err)
	}
	if err := writeIndexInfo(tls, c, info); err != nil {
		return fail(tls, pVTab, err)
	}
	return lib.SQLITE_OK
}

// readIndexInfo copies the question of xBestIndex.
func readIndexInfo(tls *libc.TLS, p uintptr, c *lib.Tsqlite3_index_info) *sqlite3.IndexInfo {
	info := &sqlite3.IndexInfo{
		ColumnsUsed:   c.FcolUsed,
		Distinct:      int(lib.Xsqlite3_vtab_distinct(tls, p)),
		EstimatedCost: c.FestimatedCost,
		EstimatedRows: c.FestimatedRows,
	}
	if n := int(c.FnConstraint); n > 0 {
		info.Constraints = make([]sqlite3.Constraint, n)
		for i, k := range unsafe.Slice(at[lib.Tsqlite3_index_constraint](c.FaConstraint), n) {
			info.Constraints[i] = sqlite3.Constraint{
				Column:    int(k.FiColumn),
				Op:        sqlite3.Op(k.Fop),
				Usable:    k.Fusable != 0,
				Collation: goString(lib.Xsqlite3_vtab_collation(tls, p, int32(i))),
				IsIn:      lib.Xsqlite3_vtab_in(tls, p, int32(i), -1) != 0,
			}
		}
	}
	if n := int(c.FnOrderBy); n > 0 {
		info.OrderBy = make([]sqlite3.OrderTerm, n)
		for i, o := range unsafe.Slice(at[lib.Tsqlite3_index_orderby](c.FaOrderBy), n) {
			info.OrderBy[i] = sqlite3.OrderTerm{Column: int(o.FiColumn), Desc: o.Fdesc != 0}
		}
	}
	return info
}

// writeIndexInfo copies the answer back.
func writeIndexInfo(tls *libc.TLS, c *lib.Tsqlite3_index_info, info *sqlite3.IndexInfo) error {
	if n := int(c.FnConstraint); n > 0 {
		usage := unsafe.Slice(at[lib.Tsqlite3_index_constraint_usage](c.FaConstraintUsage), n)
		for i := range usage {
			usage[i].FargvIndex = int32(info.Constraints[i].ArgvIndex)
			usage[i].Fomit = flag[uint8](info.Constraints[i].Omit)
		}
	}
	c.FidxNum = int32(info.IdxNum)
	if info.IdxStr != "" {
		z, err := cText(tls, info.IdxStr)
		if err != nil {
			return err
		}
		c.FidxStr, c.FneedToFreeIdxStr = z, 1
	}
	c.ForderByConsumed = flag[int32](info.OrderByConsumed)
	c.FestimatedCost = info.EstimatedCost
	c.FestimatedRows = info.EstimatedRows
	if info.Unique {
		c.FidxFlags |= lib.SQLITE_INDEX_SCAN_UNIQUE
	}
	return nil
}

// flag is C's truth value.
func flag[T uint8 | int32](b bool) T {
	if b {
		return 1
	}
	return 0
}
