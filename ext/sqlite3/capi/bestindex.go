//go:build cgo

package capi

// #include "shim.h"
import "C"

import (
	"strings"
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// mvBestIndex is xBestIndex.
//
//export mvBestIndex
func mvBestIndex(v *C.mv_vtab, c *C.sqlite3_index_info) (rc C.int) {
	defer rescue(&v.base, &rc)
	info := readIndexInfo(c)
	if err := tableOf(v).impl.BestIndex(info); err != nil {
		if rc := code(err); rc&0xff == C.SQLITE_CONSTRAINT {
			return C.SQLITE_CONSTRAINT // no error: this combination of constraints has no plan
		}
		return fail(&v.base, err)
	}
	return answer(v, writeIndexInfo(c, info))
}

// readIndexInfo copies the question of xBestIndex.
func readIndexInfo(c *C.sqlite3_index_info) *sqlite3.IndexInfo {
	info := &sqlite3.IndexInfo{
		ColumnsUsed:   uint64(c.colUsed),
		Distinct:      int(C.mv_distinct(c)),
		EstimatedCost: float64(c.estimatedCost),
		EstimatedRows: int64(c.estimatedRows),
	}
	if n := int(c.nConstraint); n > 0 {
		info.Constraints = make([]sqlite3.Constraint, n)
		for i, k := range unsafe.Slice(c.aConstraint, n) {
			var collation *C.char
			var in C.int
			C.mv_constraint(c, C.int(i), &collation, &in)
			info.Constraints[i] = sqlite3.Constraint{
				Column:    int(k.iColumn),
				Op:        sqlite3.Op(k.op),
				Usable:    k.usable != 0,
				Collation: C.GoString(collation),
				IsIn:      in != 0,
			}
		}
	}
	if n := int(c.nOrderBy); n > 0 {
		info.OrderBy = make([]sqlite3.OrderTerm, n)
		for i, o := range unsafe.Slice(c.aOrderBy, n) {
			info.OrderBy[i] = sqlite3.OrderTerm{Column: int(o.iColumn), Desc: o.desc != 0}
		}
	}
	return info
}

// writeIndexInfo copies the answer back.
func writeIndexInfo(c *C.sqlite3_index_info, info *sqlite3.IndexInfo) error {
	if n := int(c.nConstraint); n > 0 {
		usage := unsafe.Slice(c.aConstraintUsage, n)
		for i := range usage {
			usage[i].argvIndex = C.int(info.Constraints[i].ArgvIndex)
			usage[i].omit = C.uchar(flag(info.Constraints[i].Omit))
		}
	}
	c.idxNum = C.int(info.IdxNum)
	if info.IdxStr != "" {
		z, err := cText(info.IdxStr)
		if err != nil {
			return err
		}
		if C.mv_answer(c, z, C.int(len(info.IdxStr))) != C.SQLITE_OK {
			return errNoMemory
		}
	}
	c.orderByConsumed = flag(info.OrderByConsumed)
	c.estimatedCost = C.double(info.EstimatedCost)
	c.estimatedRows = C.sqlite3_int64(info.EstimatedRows)
	if info.Unique {
		c.idxFlags |= C.SQLITE_INDEX_SCAN_UNIQUE
	}
	return nil
}

// indexString returns the idxStr at z, the last string again when it is the same.
func (t *vtab) indexString(z *C.char) string {
	if z == nil {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(z), n)) != 0 {
		n++
	}
	if s := stringAt(unsafe.Pointer(z), n); s != t.idxStr {
		t.idxStr = strings.Clone(s)
	}
	return t.idxStr
}
