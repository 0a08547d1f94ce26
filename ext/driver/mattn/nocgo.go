//go:build !cgo

// Package mattn registers the database/sql driver "sqlite-mv-mattn" in programs that are built with cgo, and nothing in
// others.
package mattn
