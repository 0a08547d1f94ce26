package crsql

import (
	"errors"
	"fmt"
	"math"

	"github.com/sqlite-mv/sqlite-mv/crsql/pack"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// arrival is a change that is to be merged. Its bytes may be valid during the merge only.
type arrival struct {
	table, pk, cid, site           string
	val                            dbsp.Value
	colVersion, dbVersion, cl, seq int64
}

const (
	maxName = 2048
	maxSite = 16
	// maxCount bounds what is counted: a greater number would leave no room to count on from.
	maxCount = math.MaxInt64 >> 1
)

// errKeyShape is the error of a key that is not one of its table.
var errKeyShape = errors.New("it is not one of the table")

// check refuses what no peer sends.
func (a *arrival) check() error {
	switch {
	case len(a.table) > maxName:
		return errors.New("crsql - table name exceeded max length")
	case len(a.cid) > maxName:
		return errors.New("crsql - column name exceeded max length")
	case len(a.site) > maxSite:
		return errors.New("crsql - site id exceeded max length")
	}
	for _, n := range []struct {
		name  string
		value int64
	}{{"col_version", a.colVersion}, {"db_version", a.dbVersion}, {"cl", a.cl}, {"seq", a.seq}} {
		if n.value < 0 || n.value > maxCount {
			return fmt.Errorf("crsql: %s out of range: %d", n.name, n.value)
		}
	}
	return nil
}

// parseKey returns the values of a key of t; texts share the bytes of pk.
func parseKey(t *table, pk string, into []dbsp.Value) ([]dbsp.Value, error) {
	values, err := pack.AppendParsed(into, pk)
	if err != nil {
		return into, fmt.Errorf("crsql: primary key of table %s: %w", t.name, err)
	}
	if len(values) != len(t.keys) {
		return into, fmt.Errorf("crsql: primary key of table %s: %d values, where it has %d columns: %w", t.name, len(values), len(t.keys), errKeyShape)
	}
	for i, v := range values {
		if v.IsNull() {
			return into, fmt.Errorf("crsql: primary key of table %s: column %s is NULL: %w", t.name, t.keys[i].name, errKeyShape)
		}
	}
	return values, nil
}
