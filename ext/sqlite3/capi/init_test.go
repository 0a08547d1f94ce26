//go:build cgo

package capi

import (
	"database/sql"
	"reflect"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// complaint is what initialise says about the functions, "" for nothing.
func complaint(t *testing.T, api *routines) string {
	t.Helper()
	z := initialise(api)
	if z == nil {
		return ""
	}
	b := []byte{}
	for p := unsafe.Pointer(z); *(*byte)(p) != 0; p = unsafe.Add(p, 1) {
		b = append(b, *(*byte)(p))
	}
	if len(b) > 0 {
		(&result{text: unsafe.Pointer(z)}).free()
	}
	return string(b) + "."
}

// member is the place of a function's address.
func member(t *testing.T, api *routines, name string) *uintptr {
	t.Helper()
	f, ok := reflect.TypeFor[routines]().FieldByName(name)
	require.True(t, ok, name)
	return (*uintptr)(unsafe.Add(unsafe.Pointer(api), f.Offset))
}

// TestOtherSQLites meets SQLites that are too old, that lack functions, and a second one: a clear error each.
func TestOtherSQLites(t *testing.T) {
	open(t)
	require.Equal(t, ".", complaint(t, nil))
	working := *loaded()
	require.Contains(t, complaint(t, &working), "already at work in another SQLite")

	old := working
	*member(t, &old, "libversion_number") = *member(t, &working, "release_memory") // a function that returns 0
	require.Regexp(t, `SQLite 3\.\d+\.\d+ is too old: 3\.38\.0 or later`, complaint(t, &old))

	for i := range reflect.TypeFor[routines]().NumField() {
		name := reflect.TypeFor[routines]().Field(i).Name
		without := working
		*member(t, &without, name) = 0
		require.NotEmpty(t, complaint(t, &without), name)
	}
	without := working
	*member(t, &without, "create_module_v2") = 0
	require.Equal(t, "sqlite-mv: this SQLite was compiled without sqlite3_create_module_v2.", complaint(t, &without))
	open(t)
}

// open opens a connection, which must work.
func open(t *testing.T) {
	t.Helper()
	require.NoError(t, Linked.AutoExtension(func(sqlite3.Conn) error { return nil }))
	db, err := sql.Open("sqlite3", ":memory:")
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.Ping())
}

// TestPlacesFound requires that what was looked for in SQLite's memory was found: without the counters changes() and
// total_changes() would show the engine's own writes, without the databases each statement costs more.
func TestPlacesFound(t *testing.T) {
	found := [3]bool{}
	require.NoError(t, Linked.AutoExtension(func(c sqlite3.Conn) error {
		found = [3]bool{c.(*conn).counters != nil, c.(*conn).rowid != nil, c.(*conn).databases != nil}
		return nil
	}))
	open(t)
	require.Equal(t, [3]bool{true, true, true}, found)
}
