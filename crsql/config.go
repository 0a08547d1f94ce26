package crsql

import (
	"errors"
	"fmt"
	"math"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// The settings of a file. The first is the original's.
const (
	// mergeEqualValues has the greater site id win among equal writes, so that peers agree on who made them.
	mergeEqualValues = "merge-equal-values"
	// strict refuses changes of columns that are not declared, as the original does, instead of keeping them.
	strict = "strict"
	// keepUnknownTables keeps changes of tables that do not replicate here, instead of refusing them.
	keepUnknownTables = "keep-unknown-tables"
)

var errSetting = errors.New("unknown setting name")

// greatest are the greatest values of settings.
var greatest = map[string]int64{mergeEqualValues: 1, strict: 1, keepUnknownTables: 1, maxAhead: math.MaxInt64}

func knownSetting(name string) bool { return greatest[name] > 0 }

func (c *conn) installConfig() error {
	if err := c.function(&sqlite3.Function{Name: "crsql_config_set", NArg: 2}, func(args sqlite3.Args) (dbsp.Value, error) {
		name := args.Value(0).Str()
		if !knownSetting(name) {
			return dbsp.Value{}, errSetting
		}
		v := args.Numeric(1)
		if v.Kind() != dbsp.Integer || v.Int() < 0 || v.Int() > greatest[name] {
			return dbsp.Value{}, fmt.Errorf("%s is a number from 0 to %d", name, greatest[name])
		}
		restore := c.preserve()
		defer restore()
		err := c.atomically(func() error {
			if err := c.ensureStorage(); err != nil {
				return err
			}
			if err := c.enlist(); err != nil {
				return err
			}
			return c.setMaster(settingPrefix+name, v.Int())
		})
		c.tx.settings = nil
		return v, err
	}); err != nil {
		return err
	}
	return c.function(&sqlite3.Function{Name: "crsql_config_get", NArg: 1}, func(args sqlite3.Args) (dbsp.Value, error) {
		name := args.Value(0).Str()
		if !knownSetting(name) {
			return dbsp.Value{}, errSetting
		}
		v, err := c.setting(name)
		return dbsp.NewInteger(v), err
	})
}
