package crsql

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// applyFunction merges an encoded change set and returns how many changes won. It is what Apply calls: one call of SQLite for
// many changes, among which those of a row are written together. When it fails, some are merged, which Apply takes back. A
// savepoint here would have SQLite copy each page that is written into a file, again for each set.
const applyFunction = "crsql_internal_apply"

func (c *conn) installApply() error {
	return c.function(&sqlite3.Function{Name: applyFunction, NArg: 1, DirectOnly: true}, func(args sqlite3.Args) (dbsp.Value, error) {
		v := args.Raw(0)
		if v.Kind() != dbsp.Blob {
			return dbsp.Value{}, fmt.Errorf("takes a change set, not %s", v.Kind())
		}
		changes, err := DecodeChanges([]byte(v.Str()))
		if err != nil {
			return dbsp.Value{}, err
		}
		restore := c.preserve()
		defer restore()
		if err := c.enlist(); err != nil {
			return dbsp.Value{}, err
		}
		before := c.tx.impacted
		if err := c.mergeDeclared(); err != nil {
			return dbsp.Value{}, err
		}
		err = c.merge(arrivals(changes)...)
		c.row.forget() // others may write before the next
		return dbsp.NewInteger(c.tx.impacted - before), err
	})
}

// arrivals returns changes as they are merged.
func arrivals(changes []Change) []arrival {
	list := make([]arrival, len(changes))
	for i := range changes {
		ch, a := &changes[i], &list[i]
		*a = arrival{
			table: ch.Table, cid: ch.CID, val: ch.Val, colVersion: ch.ColVersion, dbVersion: ch.DBVersion, cl: ch.CL, seq: ch.Seq,
		}
		// A key and a site mostly are those of the change before.
		if i > 0 && string(ch.PK) == list[i-1].pk {
			a.pk = list[i-1].pk
		} else {
			a.pk = string(ch.PK)
		}
		if i > 0 && string(ch.Site) == list[i-1].site {
			a.site = list[i-1].site
		} else {
			a.site = string(ch.Site)
		}
	}
	return list
}
