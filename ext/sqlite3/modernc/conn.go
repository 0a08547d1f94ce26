package modernc

import (
	"strings"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// conn implements sqlite3.Conn over a sqlite3*. It lives while modules or functions registered through it do: SQLite
// destroys those when the connection closes.
type conn struct {
	db   uintptr
	tls  *libc.TLS // of the callback that is running
	refs int       // modules, functions and a running entry point

	// A frame per callback that is running and takes arguments: a callback may run SQL that calls it again.
	frames []*frame
	depth  int

	texts   []string // of Writing
	scratch uintptr  // maxScratch bytes, or 0; never in use while other code runs
}

// frame is what a callback hands to Go code.
type frame struct {
	args   args
	result result
}

// push returns a frame for a callback on tls with the argc arguments at argv; pop takes it back.
func (c *conn) push(tls *libc.TLS, argc int32, argv uintptr) *frame {
	c.tls = tls
	if c.depth == len(c.frames) {
		c.frames = append(c.frames, &frame{result: result{conn: c}})
	}
	f := c.frames[c.depth]
	c.depth++
	f.args.tls, f.args.values = tls, addressesAt(argv, argc)
	return f
}

// pop ends the innermost frame. Arguments that Go code kept are of no use afterwards, and say so by a panic.
func (c *conn) pop() {
	c.depth--
	c.frames[c.depth].args.values = nil
}

func (c *conn) retain() { c.refs++ }

func (c *conn) release() {
	if c.refs--; c.refs == 0 && c.scratch != 0 {
		lib.Xsqlite3_free(c.tls, c.scratch)
		c.scratch = 0
	}
}

// scratchBuffer returns maxScratch bytes for a value on its way into SQLite, 0 when there is no memory.
func (c *conn) scratchBuffer() uintptr {
	if c.scratch == 0 {
		c.scratch = alloc(c.tls, maxScratch)
	}
	return c.scratch
}

// err returns the connection's error after a call that returned rc, nil for SQLITE_OK.
func (c *conn) err(rc int32) error {
	if rc == lib.SQLITE_OK {
		return nil
	}
	if ext := lib.Xsqlite3_extended_errcode(c.tls, c.db); ext&0xff == rc&0xff {
		return &sqlite3.Error{Code: int(ext), Message: goString(lib.Xsqlite3_errmsg(c.tls, c.db))}
	}
	return &sqlite3.Error{Code: int(rc), Message: goString(lib.Xsqlite3_errstr(c.tls, rc))}
}

// Exec implements sqlite3.Conn.
func (c *conn) Exec(sql string) error {
	z, err := cText(c.tls, sql)
	if err != nil {
		return err
	}
	defer lib.Xsqlite3_free(c.tls, z)
	return c.err(lib.Xsqlite3_exec(c.tls, c.db, z, 0, 0, 0))
}

// DeclareVTab implements sqlite3.Conn.
func (c *conn) DeclareVTab(createTable string) error {
	z, err := cText(c.tls, createTable)
	if err != nil {
		return err
	}
	defer lib.Xsqlite3_free(c.tls, z)
	return c.err(lib.Xsqlite3_declare_vtab(c.tls, c.db, z))
}

// MarkInnocuous implements sqlite3.Conn.
func (c *conn) MarkInnocuous() error {
	return c.err(lib.Xsqlite3_vtab_config(c.tls, c.db, lib.SQLITE_VTAB_INNOCUOUS, 0))
}

// ConstraintSupport implements sqlite3.Conn.
func (c *conn) ConstraintSupport() error {
	va := c.tls.Alloc(8)
	defer c.tls.Free(8)
	return c.err(lib.Xsqlite3_vtab_config(c.tls, c.db, lib.SQLITE_VTAB_CONSTRAINT_SUPPORT, libc.VaList(va, int32(1))))
}

// Autocommit implements sqlite3.Conn.
func (c *conn) Autocommit() bool { return lib.Xsqlite3_get_autocommit(c.tls, c.db) != 0 }

// LastInsertRowid implements sqlite3.Conn.
func (c *conn) LastInsertRowid() int64 { return lib.Xsqlite3_last_insert_rowid(c.tls, c.db) }

// SetLastInsertRowid implements sqlite3.Conn.
func (c *conn) SetLastInsertRowid(rowid int64) {
	lib.Xsqlite3_set_last_insert_rowid(c.tls, c.db, rowid)
}

// Changes implements sqlite3.Conn.
func (c *conn) Changes() int64 { return lib.Xsqlite3_changes64(c.tls, c.db) }

// TotalChanges implements sqlite3.Conn.
func (c *conn) TotalChanges() int64 { return lib.Xsqlite3_total_changes64(c.tls, c.db) }

// RestoreChanges implements sqlite3.Conn. SQLite has no function for it; the fields of its struct are at hand here.
func (c *conn) RestoreChanges(changes, total int64) bool {
	d := at[lib.Tsqlite3](c.db)
	d.FnChange, d.FnTotalChange = changes, total
	return true
}

// SchemaVersion implements sqlite3.Conn: the schema cookie, which schema changes count up, and the generation, which
// counts how often the schema was read anew, as after a rolled back change.
func (c *conn) SchemaVersion(schema string) (version int64, ok bool) {
	d := at[lib.Tsqlite3](c.db)
	for _, db := range unsafe.Slice(at[lib.TDb](d.FaDb), int(d.FnDb)) {
		if db.FpSchema != 0 && strings.EqualFold(cStringView(db.FzDbSName), schema) {
			s := at[lib.TSchema](db.FpSchema)
			return int64(s.FiGeneration)<<32 | int64(uint32(s.Fschema_cookie)), true
		}
	}
	return 0, false
}

// DataVersion implements sqlite3.DataVersioner: the pager counts commits, and how often it found its cache out of date.
func (c *conn) DataVersion(schema string) (uint32, bool) {
	d := at[lib.Tsqlite3](c.db)
	for _, db := range unsafe.Slice(at[lib.TDb](d.FaDb), int(d.FnDb)) {
		if db.FpBt == 0 || !strings.EqualFold(cStringView(db.FzDbSName), schema) {
			continue
		}
		b := at[lib.TBtree](db.FpBt)
		if b.Fsharable != 0 {
			return 0, false
		}
		return uint32(at[lib.TPager](at[lib.TBtShared](b.FpBt).FpPager).FiDataVersion), true
	}
	return 0, false
}

// Filename implements sqlite3.Conn.
func (c *conn) Filename(schema string) string {
	z, err := cText(c.tls, schema)
	if err != nil {
		return ""
	}
	defer lib.Xsqlite3_free(c.tls, z)
	return goString(lib.Xsqlite3_db_filename(c.tls, c.db, z))
}

// ReadOnly implements sqlite3.Conn.
func (c *conn) ReadOnly(schema string) bool {
	z, err := cText(c.tls, schema)
	if err != nil {
		return false
	}
	defer lib.Xsqlite3_free(c.tls, z)
	return lib.Xsqlite3_db_readonly(c.tls, c.db, z) == 1
}

// Interrupted implements sqlite3.Conn.
func (c *conn) Interrupted() bool { return lib.Xsqlite3_is_interrupted(c.tls, c.db) != 0 }

// Version implements sqlite3.Conn.
func (c *conn) Version() int { return int(lib.Xsqlite3_libversion_number(c.tls)) }

// Writing implements sqlite3.Conn.
func (c *conn) Writing() []string {
	c.texts = c.texts[:0]
	for p := lib.Xsqlite3_next_stmt(c.tls, c.db, 0); p != 0; p = at[lib.TVdbe](p).FpVNext { // without its lock
		if lib.Xsqlite3_stmt_busy(c.tls, p) != 0 && lib.Xsqlite3_stmt_readonly(c.tls, p) == 0 {
			c.texts = append(c.texts, cStringView(lib.Xsqlite3_sql(c.tls, p)))
		}
	}
	return c.texts
}
