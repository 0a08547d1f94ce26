//go:build cgo

package main

import _ "github.com/sqlite-mv/sqlite-mv/ext/driver/mattn"

func init() { drivers = append(drivers, "sqlite-mv-mattn") }
