package crsql

import (
	"encoding/binary"
	"slices"
)

// A Request is "CRQ1", the length of the rest as uvarint, and
//
//	site       counted (uvarint length, bytes)
//	empty      1 byte, 0 or 1
//	marks      uvarint n, then n: site counted, version varint, 8 bytes
//	floors     as marks
//	cursors    uvarint n, then n: site counted, position
//
// with a position being 8 bytes of the mark, varint version, varint seq. A Reply is "CRP1", the length of the rest, and
//
//	site       counted
//	basis      1 byte: 0 all changes; 1 since a mark, 8 bytes; 2 after a position
//	without    uvarint n, then n times 8 bytes
//	at         a mark, as above
//	more       1 byte: 0, or 1 and the next position
//	marks      as above
//	partial    1 byte, 0 or 1
//	floors     as marks
//	lives      varint
//	runs       uvarint n, then n: 8 bytes, uvarint
//	changes    a change set, counted
const (
	requestMagic = "CRQ1"
	replyMagic   = "CRP1"
)

// AppendBinary appends the encoding of r to b; its error is always nil.
func (r Request) AppendBinary(b []byte) ([]byte, error) {
	body := appendCounted(nil, string(r.Site))
	body = append(body, bit(r.Empty))
	body = appendMarks(appendMarks(body, r.Marks), r.Floors)
	body = binary.AppendUvarint(body, uint64(len(r.Cursors)))
	for _, c := range r.Cursors {
		body = appendPosition(appendCounted(body, string(c.Site)), c.Position)
	}
	return withHeader(b, requestMagic, body), nil
}

// UnmarshalBinary reads what AppendBinary wrote. Its error wraps ErrEncoding.
func (r *Request) UnmarshalBinary(b []byte) error {
	in := &byteReader{b: b}
	in.header(requestMagic)
	q := Request{Site: in.site(), Empty: in.bit(), Marks: in.marks(), Floors: in.marks()}
	for n := in.uvarint(); n > 0 && in.err == nil; n-- {
		q.Cursors = append(q.Cursors, SiteCursor{in.site(), in.position()})
	}
	if err := in.end(); err != nil {
		return err
	}
	*r = q
	return nil
}

// AppendBinary appends the encoding of r to b; its error is always nil.
func (r Reply) AppendBinary(b []byte) ([]byte, error) {
	body := appendCounted(nil, string(r.Site))
	switch {
	case r.After != nil:
		body = appendPosition(append(body, 2), *r.After)
	case r.Since != nil:
		body = append(append(body, 1), r.Since[:]...)
	default:
		body = append(body, 0)
	}
	body = binary.AppendUvarint(body, uint64(len(r.Without)))
	for _, id := range r.Without {
		body = append(body, id[:]...)
	}
	body = appendMark(body, r.At)
	body = append(body, bit(r.More))
	if r.More {
		body = appendPosition(body, r.Next)
	}
	body = append(appendMarks(body, r.Marks), bit(r.Partial))
	body = appendMarks(body, r.Floors)
	body = binary.AppendVarint(body, r.Lives)
	body = binary.AppendUvarint(body, uint64(len(r.Runs)))
	for _, run := range r.Runs {
		body = binary.AppendUvarint(append(body, run.Mark[:]...), uint64(run.N))
	}
	body = appendCounted(body, string(AppendChanges(nil, r.Changes)))
	return withHeader(b, replyMagic, body), nil
}

// UnmarshalBinary reads what AppendBinary wrote; r refers to b. Its error wraps ErrEncoding.
func (r *Reply) UnmarshalBinary(b []byte) error {
	in := &byteReader{b: b}
	in.header(replyMagic)
	p := Reply{Site: in.site()}
	switch basis := in.byte1(); basis {
	case 0:
	case 1:
		id := in.markID()
		p.Since = &id
	case 2:
		at := in.position()
		p.After = &at
	default:
		in.fail("there is no basis %d", basis)
	}
	for n := in.uvarint(); n > 0 && in.err == nil; n-- {
		p.Without = append(p.Without, in.markID())
	}
	p.At = in.mark()
	if p.More = in.bit(); p.More {
		p.Next = in.position()
	}
	p.Marks = in.marks()
	p.Partial = in.bit()
	p.Floors = in.marks()
	p.Lives = in.varint()
	for n := in.uvarint(); n > 0 && in.err == nil; n-- {
		p.Runs = append(p.Runs, Run{in.markID(), in.count()})
	}
	changes := in.counted()
	if in.err == nil {
		p.Changes, in.err = DecodeChanges(changes)
	}
	if err := in.end(); err != nil {
		return err
	}
	*r = p
	return nil
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func appendMark(b []byte, m Mark) []byte {
	return append(binary.AppendVarint(appendCounted(b, string(m.Site)), m.Version), m.ID[:]...)
}

func appendMarks(b []byte, marks []Mark) []byte {
	b = binary.AppendUvarint(b, uint64(len(marks)))
	for _, m := range marks {
		b = appendMark(b, m)
	}
	return b
}

func appendPosition(b []byte, p Position) []byte {
	return binary.AppendVarint(binary.AppendVarint(append(b, p.Mark[:]...), p.Version), p.Seq)
}

func (r *byteReader) bit() bool {
	b := r.byte1()
	if b > 1 {
		r.fail("%d is neither yes nor no", b)
	}
	return b == 1
}

// site takes a site id, which has at most 16 bytes.
func (r *byteReader) site() []byte {
	site := slices.Clone(r.counted())
	if len(site) > 16 {
		r.fail("a site id has %d bytes", len(site))
	}
	return site
}

// count takes a number of things, each of which takes a byte at least.
func (r *byteReader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.fail("%d things are announced in %d bytes", n, len(r.b))
		return 0
	}
	return int(n)
}

func (r *byteReader) markID() (id MarkID) {
	copy(id[:], r.bytes(uint64(len(id))))
	return id
}

func (r *byteReader) mark() Mark { return Mark{Site: r.site(), Version: r.varint(), ID: r.markID()} }

func (r *byteReader) marks() (marks []Mark) {
	for n := r.uvarint(); n > 0 && r.err == nil; n-- {
		marks = append(marks, r.mark())
	}
	return marks
}

func (r *byteReader) position() Position {
	return Position{Mark: r.markID(), Version: r.varint(), Seq: r.varint()}
}
