//go:build cgo

package ext

import "github.com/sqlite-mv/sqlite-mv/ext/sqlite3/capi"

func init() { rigHosts["sqlite-mv-mattn"] = rigHost{capi.Linked, "sqlite3", ""} }
