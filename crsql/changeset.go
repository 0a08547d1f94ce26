package crsql

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// A change set is, with uvarint and varint (zigzag) as in encoding/binary, in as few bytes as they need:
//
//	"CRC"           3 bytes
//	version         1 byte: '1'
//	length          uvarint: the bytes that follow, all of them
//	tables          uvarint n, then n names: uvarint length, bytes
//	columns         uvarint n, then n names
//	sites           uvarint n, then n site ids: uvarint length, bytes
//	changes         uvarint n, then n changes
//
// and a change is
//
//	flags           1 byte, which says what is left out below
//	table           uvarint: its place in tables      } unless sameRow: as the change before
//	pk              uvarint length, bytes             }
//	cl              varint                            }
//	column          uvarint: its place in columns
//	site            uvarint: its place in sites         unless sameSite
//	db_version      varint: minus that before           unless sameVersion
//	seq             varint                              unless nextSeq: one more than that before
//	col_version     varint                              unless firstVersion: 1
//	value           1 byte kind, then: 0 nothing, 1 varint, 2 eight bytes (IEEE 754, big-endian), 3 text and 4 blob as
//	                uvarint length, bytes
//
// The three lists hold each name once, in the order of its first use, and a flag is set whenever it may be: so there is
// one encoding for a list of changes, and the decoder takes no other. Before the first change all is empty or 0.
const changesMagic = "CRC1"

const (
	sameRow = 1 << iota
	sameSite
	sameVersion
	nextSeq
	firstVersion

	allFlags = 1<<iota - 1
)

// minChange is how many bytes a change has at least: its flags, column and value.
const minChange = 3

// dictionary numbers names in the order of their first use.
type dictionary struct {
	place map[string]uint64
	names []string
}

func (d *dictionary) number(name string) uint64 {
	n, ok := d.place[name]
	if !ok {
		if d.place == nil {
			d.place = map[string]uint64{}
		}
		n = uint64(len(d.names))
		d.place[name] = n
		d.names = append(d.names, name)
	}
	return n
}

func (d *dictionary) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(d.names)))
	for _, n := range d.names {
		b = appendCounted(b, n)
	}
	return b
}

// flagsAfter says what c repeats of the change before it.
func (c *Change) flagsAfter(before *Change) byte {
	flags := byte(0)
	set := func(flag byte, holds bool) {
		if holds {
			flags |= flag
		}
	}
	set(sameRow, c.Table == before.Table && string(c.PK) == string(before.PK) && c.CL == before.CL)
	set(sameSite, string(c.Site) == string(before.Site))
	set(sameVersion, c.DBVersion == before.DBVersion)
	set(nextSeq, c.Seq == before.Seq+1)
	set(firstVersion, c.ColVersion == 1)
	return flags
}

// AppendChanges appends the encoding of changes to b.
func AppendChanges(b []byte, changes []Change) []byte {
	var tables, columns, sites dictionary
	var list []byte
	before := &Change{}
	for i := range changes {
		c := &changes[i]
		flags := c.flagsAfter(before)
		list = append(list, flags)
		if flags&sameRow == 0 {
			list = binary.AppendUvarint(list, tables.number(c.Table))
			list = appendCounted(list, string(c.PK))
			list = binary.AppendVarint(list, c.CL)
		}
		list = binary.AppendUvarint(list, columns.number(c.CID))
		if flags&sameSite == 0 {
			list = binary.AppendUvarint(list, sites.number(string(c.Site)))
		}
		if flags&sameVersion == 0 {
			list = binary.AppendVarint(list, c.DBVersion-before.DBVersion)
		}
		if flags&nextSeq == 0 {
			list = binary.AppendVarint(list, c.Seq)
		}
		if flags&firstVersion == 0 {
			list = binary.AppendVarint(list, c.ColVersion)
		}
		list = appendValue(list, c.Val)
		before = c
	}
	body := tables.append(nil)
	body = columns.append(body)
	body = sites.append(body)
	body = binary.AppendUvarint(body, uint64(len(changes)))
	return withHeader(b, changesMagic, append(body, list...))
}

func appendValue(b []byte, v dbsp.Value) []byte {
	switch v.Kind() {
	case dbsp.Integer:
		return binary.AppendVarint(append(b, 1), v.Int())
	case dbsp.Real:
		return binary.BigEndian.AppendUint64(append(b, 2), math.Float64bits(v.Real()))
	case dbsp.Text:
		return appendCounted(append(b, 3), v.Str())
	case dbsp.Blob:
		return appendCounted(append(b, 4), v.Str())
	}
	return append(b, 0)
}

// DecodeChanges reads what AppendChanges wrote; the changes refer to b. Its errors wrap ErrEncoding. It allocates memory in
// proportion to b, whatever b says.
func DecodeChanges(b []byte) ([]Change, error) {
	r := &byteReader{b: b}
	r.header(changesMagic)
	tables, columns, sites := readDictionary(r), readDictionary(r), readDictionary(r)
	n := r.uvarint()
	changes := make([]Change, 0, min(n, uint64(len(r.b))/minChange))
	before := &Change{}
	for i := uint64(0); i < n && r.err == nil; i++ {
		changes = append(changes, Change{ColVersion: 1})
		c := &changes[len(changes)-1]
		readChange(r, c, before, &tables, &columns, &sites)
		before = c
	}
	for _, d := range []*seenDictionary{&tables, &columns, &sites} {
		if r.err == nil && d.used != uint64(len(d.names)) {
			r.fail("a name is not used")
		}
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	return changes, nil
}

func readChange(r *byteReader, c, before *Change, tables, columns, sites *seenDictionary) {
	flags := r.byte1()
	if flags&sameRow != 0 {
		c.Table, c.PK, c.CL = before.Table, before.PK, before.CL
	} else {
		c.Table = tables.take(r)
		c.PK = r.counted()
		c.CL = r.varint()
	}
	c.CID = columns.take(r)
	c.Site = before.Site
	if flags&sameSite == 0 {
		c.Site = []byte(sites.take(r))
	}
	c.DBVersion = before.DBVersion
	if flags&sameVersion == 0 {
		c.DBVersion += r.varint()
	}
	c.Seq = before.Seq + 1
	if flags&nextSeq == 0 {
		c.Seq = r.varint()
	}
	if flags&firstVersion == 0 {
		c.ColVersion = r.varint()
	}
	c.Val = readValue(r)
	if r.err == nil && (flags > allFlags || flags != c.flagsAfter(before)) {
		r.fail("the flags %#x of a change are not those it needs", flags)
	}
}

func readValue(r *byteReader) dbsp.Value {
	switch kind := r.byte1(); kind {
	case 0:
	case 1:
		return dbsp.NewInteger(r.varint())
	case 2:
		if b := r.bytes(8); b != nil {
			f := math.Float64frombits(binary.BigEndian.Uint64(b))
			if f != f {
				r.fail("a value is not a number")
			}
			return dbsp.NewReal(f)
		}
	case 3:
		return dbsp.NewText(string(r.counted()))
	case 4:
		return dbsp.NewBlob(string(r.counted()))
	default:
		r.fail("there is no kind of value %d", kind)
	}
	return dbsp.Value{}
}

// seenDictionary is a dictionary that was read; used counts the names that were used so far.
type seenDictionary struct {
	names []string
	used  uint64
}

func readDictionary(r *byteReader) seenDictionary {
	var d seenDictionary
	seen := map[string]bool{}
	for n := r.uvarint(); n > 0 && r.err == nil; n-- {
		name := string(r.counted())
		if seen[name] {
			r.fail("a name is there twice: %q", name)
		}
		seen[name] = true
		d.names = append(d.names, name)
	}
	return d
}

// take reads a name's number. Names come in the order of their first use.
func (d *seenDictionary) take(r *byteReader) string {
	n := r.uvarint()
	if n > d.used || n >= uint64(len(d.names)) {
		r.fail("there is no name %d, or one before it is not used", n)
		return ""
	}
	if n == d.used {
		d.used++
	}
	return d.names[n]
}

// String shows the change for messages and tests.
func (c Change) String() string {
	return fmt.Sprintf("%s %x %s = %v (col_version %d, db_version %d, site %x, cl %d, seq %d)",
		c.Table, c.PK, c.CID, c.Val, c.ColVersion, c.DBVersion, c.Site, c.CL, c.Seq)
}
