package crsql

import (
	"fmt"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sqlite-mv/sqlite-mv/crsql/hlc"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// machineTime is the time of the machine. Tests set it.
var machineTime = time.Now

// installULID installs crsql_ulid(), a new key for an event, and crsql_ulid_blob(), the same as 16 bytes. It is above the
// keys of all events in the file's logs, and above those given on the connection.
func (c *conn) installULID() error {
	c.clock = hlc.New()
	c.clock.Now = func() time.Time { return machineTime() }
	for _, f := range []struct {
		name  string
		value func(ulid.ULID) dbsp.Value
	}{
		{"crsql_ulid", func(id ulid.ULID) dbsp.Value { return dbsp.NewText(id.String()) }},
		{"crsql_ulid_blob", func(id ulid.ULID) dbsp.Value { return dbsp.NewBlob(string(id[:])) }},
	} {
		if err := c.function(&sqlite3.Function{Name: f.name, NArg: 0, Innocuous: true}, func(sqlite3.Args) (dbsp.Value, error) {
			floor, err := c.lastEvent()
			if err != nil {
				return dbsp.Value{}, err
			}
			id, err := c.clock.Stamp(floor)
			if err != nil {
				return dbsp.Value{}, err
			}
			return f.value(id), nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// lastEvent returns the greatest key in the logs of the file, which is what its clock has seen.
func (c *conn) lastEvent() (last ulid.ULID, err error) {
	sch, err := c.current()
	if err != nil {
		return last, err
	}
	for _, t := range sch.tables {
		if t.log == nil {
			continue
		}
		s, err := t.statement("last event", func() string {
			return fmt.Sprintf("SELECT max(%s) FROM %s", ident(t.keys[0].name), t.base)
		})
		if err != nil {
			return last, err
		}
		c.enter()
		err = sqlite3.Rows(s.Stmt, nil, func(s sqlite3.Stmt) error {
			v := s.ColumnRaw(0)
			if v.IsNull() {
				return nil
			}
			id, err := t.log.parse(v)
			if err == nil && id.Compare(last) > 0 {
				last = id
			}
			return err
		})
		if e := s.Reset(); err == nil {
			err = e
		}
		c.leave()
		if err != nil {
			return last, err
		}
	}
	return last, nil
}

// parse reads the key of an event.
func (l *eventLog) parse(v dbsp.Value) (id ulid.ULID, err error) {
	switch {
	case l.blobs && v.Kind() == dbsp.Blob && len(v.Str()) == len(id):
		copy(id[:], v.Str())
		return id, nil
	case !l.blobs && v.Kind() == dbsp.Text:
		return hlc.Parse(v.Str())
	case l.blobs:
		return id, fmt.Errorf("%w: %s: this log's are blobs of 16 bytes", hlc.ErrMalformed, short(v))
	}
	return id, fmt.Errorf("%w: %s: this log's are texts", hlc.ErrMalformed, short(v))
}

// short shows a value that may be long.
func short(v dbsp.Value) string {
	const most = 60
	if s := v.String(); len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	} else {
		return s
	}
}

// maxAhead is the setting for how many milliseconds the key of an event may be ahead of this machine's time.
const maxAhead = "log-max-ahead-ms"

// checkEvent returns an error for what can't be the key of an event, or is from too far in the future. One that is made here
// goes on where the file's clock is, also if the machine's time has fallen far behind that.
func (c *conn) checkEvent(t *table, key dbsp.Value, local bool) error {
	id, err := t.log.parse(key)
	if err != nil {
		return fmt.Errorf("log %s: %w", t.name, err)
	}
	if local && c.clock.Reached(id) {
		return nil
	}
	bound, err := c.setting(maxAhead)
	if err != nil {
		return err
	}
	c.clock.Bound = hlc.DefaultBound
	if bound > 0 {
		c.clock.Bound = time.Duration(min(bound, int64(1<<62/time.Millisecond))) * time.Millisecond
	}
	if err := c.clock.Check(id); err != nil {
		return fmt.Errorf("log %s: %w", t.name, err)
	}
	return nil
}
