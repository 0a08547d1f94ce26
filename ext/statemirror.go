package ext

import "github.com/sqlite-mv/sqlite-mv/ext/sqlite3"

// mirrorMost bounds the accumulators that a mirror holds.
const mirrorMost = 1024

// mirror holds accumulators of output rows, by group key, as this connection last wrote them, so that a small transaction
// need not read what the one before it wrote. It is right as long as nobody else changed the file, which a database's
// dataVersion tells, and nothing was rolled back, after which it is emptied.
type mirror map[string]string

// dataVersion is what a database knows of the number that changes with each commit to the file (sqlite3.DataVersioner). The
// mirrors of its views are right while the file has this version.
type dataVersion struct {
	number uint32
	// same is set when a transaction that this connection writes has found the version to be the number: until it ends
	// nobody else commits.
	same bool
	// counts is set once a commit of this connection's own was seen to count the version up by one: later ones are not
	// looked at. Another connection's that follows, as it can where the cache is shared, counts on.
	counts bool
}

// mirrors reports whether the views' mirrors may be read, and written to, in this transaction. It empties them where they
// are out of date. Where the version can't be known, or a rollback would not be heard of, it says no.
func (d *database) mirrors() bool {
	if d.version.same {
		return true
	}
	r, ok := d.e.conn.(sqlite3.DataVersioner)
	if !ok || len(d.enlisted) == 0 {
		return false
	}
	now, ok := r.DataVersion(d.name)
	if !ok || now != d.version.number {
		d.unmirror()
	}
	d.version.number, d.version.same = now, ok
	return ok
}

// mirrorsCommitted takes the version that the commit of this connection's own transaction left.
func (d *database) mirrorsCommitted() {
	if !d.version.same {
		return // what was committed is not in the mirrors
	}
	d.version.same = false
	if !d.version.counts {
		now, ok := d.e.conn.(sqlite3.DataVersioner).DataVersion(d.name)
		if d.version.counts = ok && now == d.version.number+1; !d.version.counts {
			return
		}
	}
	d.version.number++
}

// unmirror empties the views' mirrors: what was written may have been taken back.
func (d *database) unmirror() {
	d.version.same = false
	for _, v := range d.views {
		if v.machine != nil {
			clear(v.machine.state.mirror)
		}
	}
}

// mirrored returns the accumulator under key, if the mirror has it.
func (t *stateTable) mirrored(key string) (state string, ok bool) {
	if len(t.mirror) == 0 || !t.v.db.mirrors() {
		return "", false
	}
	state, ok = t.mirror[key]
	return state, ok
}

// wrote notes that the accumulator under key was written with its row.
func (t *stateTable) wrote(key, state string) {
	if !t.v.db.mirrors() {
		return
	}
	if t.mirror == nil || len(t.mirror) >= mirrorMost {
		t.mirror = mirror{}
	}
	t.mirror[key] = state
}
