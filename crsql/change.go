package crsql

import "github.com/sqlite-mv/sqlite-mv/dbsp"

// Sentinel is the column of a change that is about a whole row: that it was deleted, came back, or has no other columns.
const Sentinel = "-1"

// Change is a row of crsql_changes: the latest state of one column of one row, or that of the row itself. What a Change
// refers to is shared with others, and not to be changed.
type Change struct {
	Table string
	// PK is the row's primary key as crsql_pack_columns packs it.
	PK []byte
	// CID is the column, or Sentinel.
	CID string
	// Val is the column's value, NULL for a Sentinel.
	Val dbsp.Value
	// ColVersion counts the writes of the column since the row came to be; of two the greater wins.
	ColVersion int64
	// DBVersion is the version of the file that it was read from, not of the one where the write was made.
	DBVersion int64
	// Site is the site id of the file where the write was made.
	Site []byte
	// CL is the row's causal length: odd while it lives, even when it is deleted.
	CL int64
	// Seq orders the changes of a version.
	Seq int64
}
