package crsql

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/crsql/fractindex"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// installFractKey installs crsql_fract_key_between(a, b): a key between two, of which NULL stands for an open end.
func (c *conn) installFractKey() error {
	return c.CreateFunction(&sqlite3.Function{
		Name: "crsql_fract_key_between", NArg: 2, Deterministic: true, Innocuous: true,
		Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
			key, err := keyBetween(args.Value(0), args.Value(1))
			if err != nil {
				r.Error(err)
				return
			}
			r.Set(key)
		},
	})
}

func keyBetween(a, b dbsp.Value) (dbsp.Value, error) {
	for _, v := range []dbsp.Value{a, b} {
		switch v.Kind() {
		case dbsp.Null:
		case dbsp.Text, dbsp.Blob:
			if v.Str() == "" {
				return dbsp.Value{}, fmt.Errorf("crsql: %w: the key is empty", fractindex.ErrHead)
			}
		default:
			return dbsp.Value{}, fmt.Errorf("crsql: %w: %s is a number", fractindex.ErrHead, v)
		}
	}
	key, err := fractindex.Between(a.Str(), b.Str())
	if err != nil {
		return dbsp.Value{}, fmt.Errorf("crsql: between %s and %s: %w", a, b, err)
	}
	return dbsp.NewText(key), nil
}
