// Package crsql gives tables of SQLite the replication of cr-sqlite 0.16: its functions, the virtual table crsql_changes,
// its tables in the file and its merge rules, so that files and changes pass between this and the original both ways.
//
// It works through the engine-neutral interface of ext/sqlite3, as package ext does, and knows nothing of materialized
// views: what a merge writes are ordinary writes of the base tables.
package crsql

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// installers is what Attach installs, in order. Each is in the file of its concept.
var installers = []struct {
	what    string
	install func(*conn) error
}{
	{"anchor", (*conn).installAnchor},
	{"sync bit", (*conn).installSyncBit},
	{"transaction", (*conn).installTransaction},
	{"versions", (*conn).installVersions},
	{"site id", (*conn).installSiteID},
	{"settings", (*conn).installConfig},
	{"local writes", (*conn).installLocalWrites},
	{"replicated tables", (*conn).installAsCRR},
	{"alterations", (*conn).installAlter},
	{"changes", (*conn).installChanges},
	{"change sets", (*conn).installApply},
	{"finalize", (*conn).installFinalize},
	{"revision", (*conn).installRevision},
	{"pack columns", (*conn).installPackColumns},
	{"unpack columns", (*conn).installUnpackColumns},
	{"fractional keys", (*conn).installFractKey},
	{"fractional conflicts", (*conn).installFractConflict},
	{"ordered tables", (*conn).installFractOrdered},
	{"automigrate", (*conn).installAutomigrate},
	{"clset", (*conn).installCLSet},
	{"logs", (*conn).installAsLog},
	{"keys of events", (*conn).installULID},
	{"events", (*conn).installCheckEvent},
}

// Register installs crsql into every connection that the binding's SQLite opens from now on.
func Register(b sqlite3.Binding) error {
	if err := b.AutoExtension(Attach); err != nil {
		return fmt.Errorf("crsql: register: %w", err)
	}
	return nil
}

// Attach installs functions and modules into one connection. It touches no file: the tables of crsql are made when the
// first table is replicated, or its site id asked for.
func Attach(c sqlite3.Conn) error {
	_, err := attach(c)
	return err
}

func attach(c sqlite3.Conn) (*conn, error) {
	x := newConn(c)
	x.attach = Attach
	for _, i := range installers {
		if err := i.install(x); err != nil {
			return nil, fmt.Errorf("crsql: %s: %w", i.what, err)
		}
	}
	return x, nil
}
