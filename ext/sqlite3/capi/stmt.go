//go:build cgo

package capi

// #include "shim.h"
import "C"

import (
	"math"
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// stmt implements sqlite3.Stmt. Parameters wait in C memory for the next Step, which binds them, steps and reads the row
// in one call.
type stmt struct {
	conn    *conn
	stmt    *C.mv_stmt // nil once finalized
	stepped bool       // since the last reset
	row     bool       // there is a current row
	current []C.mv_value
	columns []C.mv_value
	params  []C.mv_param
	// of Fetch: which of how many rows is the current one, and whether they are the last ones, with what came after them.
	at, n  int
	ended  bool
	failed error
}

const (
	minBuffer = 64
	bigBuffer = 1 << 16 // larger ones are given back when they are no longer needed
)

// Prepare implements sqlite3.Conn.
func (c *conn) Prepare(sql string, persistent bool) (sqlite3.Stmt, string, error) {
	z, err := cText(sql)
	if err != nil {
		return nil, "", err
	}
	var (
		flags C.uint
		out   *C.mv_stmt
		tail  C.int
	)
	if persistent {
		flags = C.SQLITE_PREPARE_PERSISTENT
	}
	if rc := C.mv_prepare(c.db, z, C.int(len(sql)+1), flags, &out, &tail); rc != C.SQLITE_OK {
		return nil, "", c.err(rc)
	}
	rest := sql[tail:]
	if out == nil {
		return nil, rest, nil
	}
	return &stmt{conn: c, stmt: out, columns: unsafe.Slice(out.columns, int(out.ncolumn)),
		params: unsafe.Slice(out.params, int(out.nparam))}, rest, nil
}

// Bind implements sqlite3.Stmt.
func (s *stmt) Bind(i int, v dbsp.Value) error {
	if s.stepped {
		return errBusyBind
	}
	if i < 1 || i > len(s.params) {
		return errRange
	}
	p := &s.params[i-1]
	was := p.v
	switch v.Kind() {
	case dbsp.Integer:
		p.v.num, p.v._type = C.int64_t(v.Int()), C.MV_INTEGER
	case dbsp.Real:
		p.v.num, p.v._type = C.int64_t(math.Float64bits(v.Real())), C.MV_REAL
	case dbsp.Text, dbsp.Blob:
		str := v.Str()
		n := len(str)
		if n > math.MaxInt32 {
			return errTooBig
		}
		if size := int(p.cap); size < max(n, 1) || size > bigBuffer && n <= size/8 {
			if C.mv_grow(s.stmt, C.int(i-1), C.int64_t(max(minBuffer, n+n/4))) != C.SQLITE_OK {
				return errNoMemory
			}
		}
		copy(unsafe.Slice((*byte)(p.v.p), n), str)
		p.v.n, p.v._type = C.int32_t(n), C.int32_t(v.Kind())
	default:
		p.v._type = C.MV_NULL
	}
	if p.v._type < C.MV_TEXT && p.v._type == was._type && (p.v._type == C.MV_NULL || p.v.num == was.num) {
		return nil // as bound, or about to be
	}
	if p.dirty == 0 {
		p.dirty = 1
		s.stmt.ndirty++
	}
	return nil
}

// address is the statement for the calls that are made most: cgo looks into what a pointer points to, for pointers to Go's
// memory, at each call.
func (s *stmt) address() C.uintptr_t { return C.uintptr_t(uintptr(unsafe.Pointer(s.stmt))) }

// Step implements sqlite3.Stmt.
func (s *stmt) Step() (bool, error) {
	s.stepped = true
	switch rc := C.mv_step(s.address()); rc {
	case C.SQLITE_ROW:
		s.row, s.current = true, s.columns
		return true, nil
	case C.SQLITE_DONE:
		s.row = false
		return false, nil
	default:
		s.row = false
		return false, s.conn.err(rc)
	}
}

// Fetch implements sqlite3.Stmt: one call reads the rows of a lookup, and resets.
func (s *stmt) Fetch() (bool, error) {
	if s.at++; s.at >= s.n && !s.ended {
		s.stepped = true
		rc := C.mv_fetch(s.address())
		s.at, s.n = 0, int(s.stmt.nfetched)
		if rc != C.SQLITE_ROW {
			s.ended = true
			if rc != C.SQLITE_DONE {
				s.failed = s.conn.err(rc) // while the connection knows it
				C.mv_reset(s.address())
			}
			s.stepped = false
		}
	}
	if s.at >= s.n {
		err := s.failed
		s.fetched()
		return false, err
	}
	c := int(s.stmt.ncolumn)
	s.row, s.current = true, unsafe.Slice(s.stmt.fetched, s.n*c)[s.at*c:(s.at+1)*c]
	return true, nil
}

// fetched ends the fetching of rows.
func (s *stmt) fetched() {
	s.row, s.at, s.n, s.ended, s.failed = false, 0, 0, false, nil
}

// Reset implements sqlite3.Stmt. It returns the error of the last Step again, as SQLite does.
func (s *stmt) Reset() error {
	s.fetched()
	if !s.stepped {
		return nil
	}
	s.stepped = false
	return s.conn.err(C.mv_reset(s.address()))
}

// Run implements sqlite3.Stmt.
func (s *stmt) Run() error {
	s.row = false
	s.stepped = true
	rc := C.mv_run(s.address())
	if rc == C.SQLITE_OK {
		s.stepped = false
		return nil
	}
	err := s.conn.err(rc)
	_ = s.Reset() // the same error
	return err
}

// Reprepared implements sqlite3.Stmt.
func (s *stmt) Reprepared() int { return int(s.stmt.reprepared) }

// Finalize implements sqlite3.Stmt. It returns the error of the last Step again, as SQLite does.
func (s *stmt) Finalize() error {
	if s.stmt == nil {
		return nil
	}
	err := s.conn.err(C.mv_finalize(s.stmt))
	*s = stmt{conn: s.conn}
	return err
}

// ColumnRaw implements sqlite3.Stmt. Without a current row, and past the last column, it is NULL.
func (s *stmt) ColumnRaw(i int) dbsp.Value {
	if !s.row || uint(i) >= uint(len(s.current)) {
		return dbsp.Value{}
	}
	return rawValue(&s.current[i])
}

// Column implements sqlite3.Stmt.
func (s *stmt) Column(i int) dbsp.Value { return s.ColumnRaw(i).Clone() }

// ColumnCount implements sqlite3.Stmt.
func (s *stmt) ColumnCount() int { return int(C.mv_column_count(s.stmt)) }

// ColumnName implements sqlite3.Stmt.
func (s *stmt) ColumnName(i int) string { return C.GoString(C.mv_column_name(s.stmt, C.int(i))) }

// ColumnDeclType implements sqlite3.Stmt.
func (s *stmt) ColumnDeclType(i int) string {
	return C.GoString(C.mv_column_decltype(s.stmt, C.int(i)))
}

// ReadOnly implements sqlite3.Stmt.
func (s *stmt) ReadOnly() bool { return C.mv_stmt_readonly(s.stmt) != 0 }

// ParameterCount implements sqlite3.Stmt.
func (s *stmt) ParameterCount() int { return len(s.params) }
