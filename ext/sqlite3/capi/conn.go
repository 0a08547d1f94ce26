//go:build cgo

package capi

// #include "shim.h"
import "C"

import (
	"strings"
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// conn implements sqlite3.Conn over a sqlite3*. It lives while modules or functions registered through it do: SQLite
// destroys those when the connection closes.
type conn struct {
	db   *C.sqlite3
	refs int // modules, functions and a running entry point

	// Where SQLite keeps changes() and total_changes(), last_insert_rowid(), and its databases, nil when that could not be
	// found out.
	counters  *[2]int64
	rowid     *int64
	databases *C.mv_databases_of

	// A frame per callback that is running and takes arguments: a callback may run SQL that calls it again.
	frames []*frame
	depth  int

	schemas map[string]*C.char // names with their NUL
	texts   []string           // of Writing
	running *C.mv_texts        // of Writing
	stamp   C.uint32_t

	batches []*batch
	flags   []*C.mv_flag
}

func newConn(db *C.sqlite3) *conn {
	c := &conn{db: db, refs: 1}
	if at := C.mv_counters; at != 0 {
		c.counters = (*[2]int64)(unsafe.Add(unsafe.Pointer(db), at))
	}
	if at := C.mv_rowid; at != 0 {
		c.rowid = (*int64)(unsafe.Add(unsafe.Pointer(db), at))
	}
	if at := C.mv_databases; at != 0 {
		c.databases = (*C.mv_databases_of)(unsafe.Add(unsafe.Pointer(db), at))
	}
	return c
}

// frame is what a callback hands to Go code.
type frame struct {
	args   args
	result result
}

// push returns a frame for a callback; pop takes it back.
func (c *conn) push(argc C.int, argv **C.sqlite3_value, values *C.mv_value) *frame {
	if c.depth == len(c.frames) {
		c.frames = append(c.frames, &frame{})
	}
	f := c.frames[c.depth]
	c.depth++
	f.args = args{argv, unsafe.Slice(values, int(argc))}
	return f
}

// pop ends the innermost frame. Arguments that Go code kept are of no use afterwards, and say so by a panic.
func (c *conn) pop() {
	c.depth--
	c.frames[c.depth].args = args{}
}

func (c *conn) retain() { c.refs++ }

func (c *conn) release() {
	if c.refs--; c.refs > 0 {
		return
	}
	for _, f := range c.frames {
		f.result.free()
	}
	c.frames = nil
	for _, b := range c.batches {
		C.mv_free_batch(b.c)
	}
	for _, f := range c.flags {
		C.mv_free(unsafe.Pointer(f))
	}
	c.batches, c.flags = nil, nil
	C.mv_free(unsafe.Pointer(c.running))
	c.running = nil
}

// err returns the connection's error after a call that returned rc, nil for SQLITE_OK.
func (c *conn) err(rc C.int) error {
	if rc == C.SQLITE_OK {
		return nil
	}
	var extended C.int
	message := C.mv_error(c.db, rc, &extended)
	return &sqlite3.Error{Code: int(extended), Message: C.GoString(message)}
}

// Exec implements sqlite3.Conn.
func (c *conn) Exec(sql string) error {
	z, err := cText(sql)
	if err != nil {
		return err
	}
	return c.err(C.mv_exec(c.db, z))
}

// DeclareVTab implements sqlite3.Conn.
func (c *conn) DeclareVTab(createTable string) error {
	z, err := cText(createTable)
	if err != nil {
		return err
	}
	return c.err(C.mv_declare(c.db, z))
}

// MarkInnocuous implements sqlite3.Conn.
func (c *conn) MarkInnocuous() error { return c.err(C.mv_config(c.db, 0)) }

// ConstraintSupport implements sqlite3.Conn.
func (c *conn) ConstraintSupport() error { return c.err(C.mv_config(c.db, 1)) }

// Autocommit implements sqlite3.Conn.
func (c *conn) Autocommit() bool { return C.mv_autocommit(c.db) != 0 }

// LastInsertRowid implements sqlite3.Conn.
func (c *conn) LastInsertRowid() int64 {
	if c.rowid != nil {
		return *c.rowid
	}
	return int64(C.mv_last_rowid(c.db))
}

// SetLastInsertRowid implements sqlite3.Conn.
func (c *conn) SetLastInsertRowid(rowid int64) {
	if c.rowid != nil {
		*c.rowid = rowid
		return
	}
	C.mv_set_last_rowid(c.db, C.int64_t(rowid))
}

// Changes implements sqlite3.Conn.
func (c *conn) Changes() int64 {
	if c.counters != nil {
		return c.counters[0]
	}
	return int64(C.mv_changes(c.db))
}

// TotalChanges implements sqlite3.Conn.
func (c *conn) TotalChanges() int64 {
	if c.counters != nil {
		return c.counters[1]
	}
	return int64(C.mv_total_changes(c.db))
}

// RestoreChanges implements sqlite3.Conn. SQLite has no function for it: what sets these numbers by way of the API counts
// rows that a statement really writes, and total_changes() never goes down. So the place of the two counters in SQLite's
// memory was looked for, and tried, on a connection made for that; where it was not found they are left alone.
func (c *conn) RestoreChanges(changes, total int64) bool {
	if c.counters == nil {
		return false
	}
	*c.counters = [2]int64{changes, total}
	return true
}

// SchemaVersion implements sqlite3.Conn: the schema cookie, which schema changes count up, and the generation, which counts
// how often the schema was read anew, as after a rolled back change. The API gives the first by a statement only, and not
// the second; so their place in SQLite's memory was looked for, as with RestoreChanges.
func (c *conn) SchemaVersion(schema string) (version int64, ok bool) {
	if c.databases == nil || schema == "" {
		return 0, false
	}
	for _, d := range unsafe.Slice(c.databases.list, int(c.databases.n)) {
		if d.schema != nil && *(*byte)(unsafe.Pointer(d.name))|0x20 == schema[0]|0x20 && strings.EqualFold(textAt(d.name), schema) {
			return int64(d.schema.generation)<<32 | int64(uint32(d.schema.cookie)), true
		}
	}
	return 0, false
}

// Stamp implements sqlite3.Stamper, by SQLITE_FCNTL_DATA_VERSION.
func (c *conn) Stamp(schema string) (stamp uint32, ok bool) { return c.dataVersion(schema, true) }

// DataVersion implements sqlite3.DataVersioner.
func (c *conn) DataVersion(schema string) (version uint32, ok bool) {
	return c.dataVersion(schema, false)
}

// dataVersion reads a database's data version; with reading set only if it is read and not written.
func (c *conn) dataVersion(schema string, reading bool) (version uint32, ok bool) {
	z := c.schemas[schema]
	if z == nil {
		var err error
		if z, err = cText(schema); err != nil {
			return 0, false
		}
		if c.schemas == nil {
			c.schemas = map[string]*C.char{}
		}
		c.schemas[schema] = z
	}
	ok = C.mv_data_version(c.address(), z, flag(reading), &c.stamp) != 0
	return uint32(c.stamp), ok
}

// Filename implements sqlite3.Conn.
func (c *conn) Filename(schema string) string {
	z, err := cText(schema)
	if err != nil {
		return ""
	}
	return C.GoString(C.mv_filename(c.db, z))
}

// ReadOnly implements sqlite3.Conn.
func (c *conn) ReadOnly(schema string) bool {
	z, err := cText(schema)
	if err != nil {
		return false
	}
	return C.mv_readonly(c.db, z) == 1
}

// Interrupted implements sqlite3.Conn.
func (c *conn) Interrupted() bool { return C.mv_interrupted(c.address()) != 0 }

// Version implements sqlite3.Conn.
func (c *conn) Version() int { return int(C.mv_version()) }

// Writing implements sqlite3.Conn.
func (c *conn) Writing() []string {
	c.texts = c.texts[:0]
	if c.running == nil {
		c.running = (*C.mv_texts)(C.mv_realloc(nil, C.sizeof_mv_texts))
	}
	for c.running != nil {
		n := int(C.mv_writing(c.address(), C.int(len(c.texts)), C.uintptr_t(uintptr(unsafe.Pointer(c.running)))))
		for _, t := range c.running.text[:n] {
			c.texts = append(c.texts, stringAt(unsafe.Pointer(t.p), int(t.n)))
		}
		if n < len(c.running.text) {
			return c.texts
		}
	}
	return []string{""} // there is no memory: it could be any statement
}

// address is the connection for the calls that are made most: see stmt.address.
func (c *conn) address() C.uintptr_t { return C.uintptr_t(uintptr(unsafe.Pointer(c.db))) }
