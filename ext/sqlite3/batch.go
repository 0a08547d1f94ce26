package sqlite3

import "encoding/binary"

// Batcher is a Conn whose binding can take down rows that are inserted into virtual tables without a call for each.
type Batcher interface {
	// NewBatch returns an empty batch, which lives as long as modules and functions registered through the connection do.
	NewBatch() (Batch, error)
}

// Batched is an Updater some of whose inserts the binding may take into a batch instead of calling Update.
type Batched interface {
	Updater
	// Batch is asked when the table was created or connected; nil for none. Tables may share one.
	Batch() Batch
}

// Batch holds inserted rows in their order. A row that it takes shows neither in last_insert_rowid() nor, where
// Conn.RestoreChanges works, in total_changes(). A row that it has no room for goes to Update, and so does one that it does
// not accept: whoever implements Update and cares for the order takes what is in the batch first.
type Batch interface {
	// Accept has rows whose column 0 is the INTEGER code taken into the batch from now on, of the columns after it the
	// first n. The batch may not heed it.
	Accept(code int64, n int)
	// Refuse ends that for all codes. What is in the batch stays there.
	Refuse()
	// Take returns the entries in the batch, for Entries to read, and empties it. They are valid until the next insert.
	Take() []byte
	// Highest says that no row of the table whose inserts have the code has a rowid above this one, and which of the n
	// columns is the rowid. The batch knows it until Refuse, from the rows that it takes.
	Highest(code int64, column int, rowid int64)
}

// BatchHeader is how many bytes of an entry of a batch are before its row: the row's length, 4 bytes, and the code, 8
// bytes, both little-endian.
const BatchHeader = 12

// Entries calls yield for the entries of a batch. A row is the identity encodings (dbsp.AppendIdentity) of its columns after
// the code; it shares the bytes of b.
func Entries(b []byte, yield func(code int64, row []byte)) {
	for len(b) >= BatchHeader {
		n := int(binary.LittleEndian.Uint32(b))
		yield(int64(binary.LittleEndian.Uint64(b[4:])), b[BatchHeader:BatchHeader+n])
		b = b[BatchHeader+n:]
	}
}

// Offerer is a Conn whose batches can be offered rows by a SQL function, for the WHEN clause of a trigger: this costs less than
// an insert into a virtual table.
type Offerer interface {
	// CreateOffer registers an innocuous function of the code and the columns of a row. It returns 0 if the batch that was
	// last shown took all of the row, else 1. Nothing is shown at first, nor after show(nil).
	CreateOffer(name string) (show func(Batch), err error)
	// CreateGuard registers an innocuous function of a code and a rowid, which returns what was last set, 0 or 1, at first 0;
	// but 0 where the batch that was last shown knows that the table of this code has no row from that rowid on
	// (Batch.Highest).
	CreateGuard(name string) (set func(bool), show func(Batch), err error)
}

// KeyEncoder is a Conn that can encode rows without a call of Go.
type KeyEncoder interface {
	// CreateKey registers an innocuous function of values that returns the identity encodings (dbsp.AppendIdentity) of all of
	// them, as a blob, or NULL where that has more than longest bytes, at most 1000.
	CreateKey(name string, longest int) error
}

// Flagger is a Conn that can have a SQL function without arguments return what was last set, without a call of Go.
type Flagger interface {
	// CreateFlag registers the function, innocuous and not deterministic, which returns 0 or 1; at first 0.
	CreateFlag(name string) (set func(bool), err error)
}
