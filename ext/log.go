package ext

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// changeLog is a transaction's log of captured row images, in the order of capture. It lives in memory up to a bound and
// beyond it in an unlinked temporary file, so that a transaction of any size costs bounded memory. Offsets are bytes
// since the transaction began; a savepoint is an offset to cut back to.
//
// A record is: payload length (4 bytes, little endian), layout (uvarint), change kind (1 byte), then the images' values
// in dbsp's identity encoding: one image for an insert or delete, the old and the new one for an update. The log never
// outlives the process, so its format has no version.
type changeLog struct {
	bound   int
	file    *os.File
	spilled int64 // bytes in file
	buf     []byte
	start   int // where in buf the open record begins
}

// logSlack is how many bytes are free when a record is begun.
const logSlack = 512

type changeKind byte

const (
	inserted changeKind = 1
	deleted  changeKind = 2
	updated  changeKind = 3
)

func (l *changeLog) length() int64 { return l.spilled + int64(len(l.buf)) }

// open begins a record; values are then appended to l.buf, and close ends it.
func (l *changeLog) open(layout int64, kind changeKind) {
	l.start = len(l.buf)
	if cap(l.buf)-l.start < logSlack {
		l.buf = slices.Grow(l.buf, max(logSlack, l.start)) // append would grow a long log by a quarter, and copy it four times over
	}
	l.buf = append(l.buf, 0, 0, 0, 0)
	l.buf = binary.AppendUvarint(l.buf, uint64(layout))
	l.buf = append(l.buf, byte(kind))
}

func (l *changeLog) close() error {
	binary.LittleEndian.PutUint32(l.buf[l.start:], uint32(len(l.buf)-l.start-4))
	if len(l.buf) > l.bound {
		return l.spill()
	}
	return nil
}

// appendRow writes a whole record with one image.
func (l *changeLog) appendRow(layout int64, kind changeKind, image dbsp.Row) error {
	l.open(layout, kind)
	for _, v := range image {
		l.buf = dbsp.AppendIdentity(l.buf, v)
	}
	return l.close()
}

func (l *changeLog) spill() error {
	if l.file == nil {
		f, err := os.CreateTemp("", "sqlite-mv-log-")
		if err != nil {
			return fmt.Errorf("ext: spill the transaction log: %w", err)
		}
		// Where an open file can't be unlinked, discard removes it.
		_ = os.Remove(f.Name())
		l.file = f
	}
	if _, err := l.file.WriteAt(l.buf, l.spilled); err != nil {
		return fmt.Errorf("ext: spill the transaction log: %w", err)
	}
	l.spilled += int64(len(l.buf))
	l.buf = l.buf[:0]
	return nil
}

// cut drops everything from offset on.
func (l *changeLog) cut(offset int64) {
	if offset >= l.spilled {
		l.buf = l.buf[:offset-l.spilled]
		return
	}
	l.spilled = offset
	l.buf = l.buf[:0]
}

// discard empties the log and gives back its file and any large buffer.
func (l *changeLog) discard() {
	if l.file != nil {
		name := l.file.Name()
		_ = l.file.Close()
		_ = os.Remove(name)
		l.file = nil
	}
	l.spilled = 0
	if cap(l.buf) > 1<<20 {
		l.buf = nil
	}
	l.buf = l.buf[:0]
}

// record is one decoded log entry; payload holds the encoded images.
type record struct {
	layout  int64
	kind    changeKind
	payload string
}

// read calls yield for the records in [from, to). Payloads are valid until the log is appended to, cut or discarded;
// those from the file until the next call of yield.
func (l *changeLog) read(from, to int64, yield func(record) error) error {
	if from < l.spilled {
		end := min(to, l.spilled)
		r := io.NewSectionReader(l.file, from, end-from)
		chunk := make([]byte, 0, 1<<20)
		for pos := from; pos < end; {
			// A fresh buffer each time: batches made from earlier records still point into the old one.
			rest := len(chunk)
			grown := make([]byte, max(1<<20, rest*2))
			copy(grown, chunk)
			n, err := io.ReadFull(r, grown[rest:min(int64(len(grown)), int64(rest)+end-pos-int64(rest))])
			if err != nil && err != io.ErrUnexpectedEOF {
				return fmt.Errorf("ext: read the spilled transaction log: %w", err)
			}
			used, err := scanRecords(grown[:rest+n], yield)
			if err != nil {
				return err
			}
			pos += int64(used)
			chunk = grown[used : rest+n]
		}
		from = end
	}
	if from < to {
		if _, err := scanRecords(l.buf[from-l.spilled:to-l.spilled], yield); err != nil {
			return err
		}
	}
	return nil
}

// scanRecords yields the whole records in b and returns how many bytes they took.
func scanRecords(b []byte, yield func(record) error) (int, error) {
	pos := 0
	for len(b)-pos >= 4 {
		n := int(binary.LittleEndian.Uint32(b[pos:]))
		if len(b)-pos-4 < n {
			break
		}
		body := b[pos+4 : pos+4+n]
		layout, w := binary.Uvarint(body)
		rest := body[w+1:]
		rec := record{layout: int64(layout), kind: changeKind(body[w])}
		if len(rest) > 0 {
			rec.payload = unsafe.String(&rest[0], len(rest))
		}
		if err := yield(rec); err != nil {
			return pos, err
		}
		pos += 4 + n
	}
	return pos, nil
}
