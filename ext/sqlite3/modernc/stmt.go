package modernc

import (
	"unsafe"

	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// stmt implements sqlite3.Stmt.
type stmt struct {
	conn    *conn
	stmt    uintptr // 0 once finalized
	stepped bool    // since the last reset
	columns int
	row     uintptr  // the current row's array of sqlite3_value, 0 when there is none
	buffers []buffer // of the parameters that ever were text or blobs
}

// buffer is C memory that holds a parameter's text or blob. SQLite reads it there (SQLITE_STATIC): it changes only when
// the parameter is bound anew, which is refused while the statement runs.
type buffer struct {
	p   uintptr
	cap int
}

const (
	minBuffer = 64
	bigBuffer = 1 << 16 // larger ones are given back when they are no longer needed
)

// Prepare implements sqlite3.Conn.
func (c *conn) Prepare(sql string, persistent bool) (sqlite3.Stmt, string, error) {
	z, err := cText(c.tls, sql)
	if err != nil {
		return nil, "", err
	}
	defer lib.Xsqlite3_free(c.tls, z)
	const word = int(unsafe.Sizeof(uintptr(0)))
	out := c.tls.Alloc(2 * word)
	defer c.tls.Free(2 * word)
	pp := at[[2]uintptr](out) // the statement and the tail
	*pp = [2]uintptr{}
	var flags uint32
	if persistent {
		flags = lib.SQLITE_PREPARE_PERSISTENT
	}
	if rc := lib.Xsqlite3_prepare_v3(c.tls, c.db, z, int32(len(sql)+1), flags, out, out+uintptr(word)); rc != lib.SQLITE_OK {
		return nil, "", c.err(rc)
	}
	tail := sql[pp[1]-z:]
	if pp[0] == 0 {
		return nil, tail, nil
	}
	return &stmt{conn: c, stmt: pp[0], columns: int(lib.Xsqlite3_column_count(c.tls, pp[0]))}, tail, nil
}

// Bind implements sqlite3.Stmt.
func (s *stmt) Bind(i int, v dbsp.Value) error {
	c := s.conn
	var rc int32
	switch v.Kind() {
	case dbsp.Integer:
		rc = lib.Xsqlite3_bind_int64(c.tls, s.stmt, int32(i), v.Int())
	case dbsp.Real:
		rc = lib.Xsqlite3_bind_double(c.tls, s.stmt, int32(i), v.Real())
	case dbsp.Text, dbsp.Blob:
		if s.stepped {
			return errBusyBind
		}
		if s.buffers == nil {
			s.buffers = make([]buffer, s.ParameterCount())
		}
		if i < 1 || i > len(s.buffers) {
			rc = lib.SQLITE_RANGE
			break
		}
		str := v.Str()
		p := s.buffer(i, len(str))
		if p == 0 {
			return errNoMemory
		}
		if len(str) > 0 {
			copy(bytesAt(p, len(str)), str)
		}
		if v.Kind() == dbsp.Text {
			rc = lib.Xsqlite3_bind_text64(c.tls, s.stmt, int32(i), p, lib.Tsqlite3_uint64(len(str)), 0, lib.SQLITE_UTF8)
		} else {
			rc = lib.Xsqlite3_bind_blob64(c.tls, s.stmt, int32(i), p, lib.Tsqlite3_uint64(len(str)), 0)
		}
	default:
		rc = lib.Xsqlite3_bind_null(c.tls, s.stmt, int32(i))
	}
	if rc != lib.SQLITE_OK {
		return c.err(rc)
	}
	return nil
}

// buffer returns at least n bytes for parameter i, 0 when there is no memory.
func (s *stmt) buffer(i, n int) uintptr {
	b := &s.buffers[i-1]
	if b.cap >= n && b.cap > 0 && (b.cap <= bigBuffer || n > b.cap/8) {
		return b.p
	}
	size := max(minBuffer, n+n/4)
	p := alloc(s.conn.tls, size)
	if p == 0 {
		return 0
	}
	if b.p != 0 {
		// SQLite has the old address until the bind that follows; it does not read it in between.
		lib.Xsqlite3_free(s.conn.tls, b.p)
	}
	*b = buffer{p, size}
	return p
}

// Step implements sqlite3.Stmt.
func (s *stmt) Step() (bool, error) {
	s.stepped = true
	switch rc := lib.Xsqlite3_step(s.conn.tls, s.stmt); rc {
	case lib.SQLITE_ROW:
		s.row = at[lib.TVdbe](s.stmt).FpResultRow
		return true, nil
	case lib.SQLITE_DONE:
		s.row = 0
		return false, nil
	default:
		s.row = 0
		return false, s.conn.err(rc)
	}
}

// Fetch implements sqlite3.Stmt. Here nothing would be won by reading ahead.
func (s *stmt) Fetch() (bool, error) {
	ok, err := s.Step()
	if !ok {
		_ = s.Reset() // the same error
	}
	return ok, err
}

// Reset implements sqlite3.Stmt. It returns the error of the last Step again, as SQLite does.
func (s *stmt) Reset() error {
	s.row = 0
	rc := lib.Xsqlite3_reset(s.conn.tls, s.stmt)
	s.stepped = false
	if rc != lib.SQLITE_OK {
		return s.conn.err(rc)
	}
	return nil
}

// Run implements sqlite3.Stmt.
func (s *stmt) Run() error {
	s.row, s.stepped = 0, true
	tls := s.conn.tls
	for {
		switch rc := lib.Xsqlite3_step(tls, s.stmt); rc {
		case lib.SQLITE_ROW:
		case lib.SQLITE_DONE:
			return s.Reset()
		default:
			err := s.conn.err(rc)
			_ = s.Reset() // the same error
			return err
		}
	}
}

// Reprepared implements sqlite3.Stmt.
func (s *stmt) Reprepared() int {
	return int(at[lib.TVdbe](s.stmt).FaCounter[lib.SQLITE_STMTSTATUS_REPREPARE])
}

// Finalize implements sqlite3.Stmt. It returns the error of the last Step again, as SQLite does.
func (s *stmt) Finalize() error {
	if s.stmt == 0 {
		return nil
	}
	tls := s.conn.tls
	err := s.conn.err(lib.Xsqlite3_finalize(tls, s.stmt))
	s.stmt, s.row = 0, 0
	for _, b := range s.buffers {
		lib.Xsqlite3_free(tls, b.p)
	}
	s.buffers = nil
	return err
}

// ColumnRaw implements sqlite3.Stmt. Without a current row, and past the last column, it is NULL.
func (s *stmt) ColumnRaw(i int) dbsp.Value {
	if s.row == 0 || uint(i) >= uint(s.columns) {
		return dbsp.Value{}
	}
	return rawValue(s.conn.tls, s.row+uintptr(i)*memSize)
}

// Column implements sqlite3.Stmt.
func (s *stmt) Column(i int) dbsp.Value { return s.ColumnRaw(i).Clone() }

// ColumnCount implements sqlite3.Stmt.
func (s *stmt) ColumnCount() int { return int(lib.Xsqlite3_column_count(s.conn.tls, s.stmt)) }

// ColumnName implements sqlite3.Stmt.
func (s *stmt) ColumnName(i int) string {
	return goString(lib.Xsqlite3_column_name(s.conn.tls, s.stmt, int32(i)))
}

// ColumnDeclType implements sqlite3.Stmt.
func (s *stmt) ColumnDeclType(i int) string {
	return goString(lib.Xsqlite3_column_decltype(s.conn.tls, s.stmt, int32(i)))
}

// ReadOnly implements sqlite3.Stmt.
func (s *stmt) ReadOnly() bool { return lib.Xsqlite3_stmt_readonly(s.conn.tls, s.stmt) != 0 }

// ParameterCount implements sqlite3.Stmt.
func (s *stmt) ParameterCount() int {
	return int(lib.Xsqlite3_bind_parameter_count(s.conn.tls, s.stmt))
}
