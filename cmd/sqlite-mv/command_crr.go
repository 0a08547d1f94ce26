package main

import (
	"context"
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/crsql"
)

var crrCommand = command{
	name: "crr", brief: "Show what replicates, and how far the peers are",
	more: "   A table's cells are the values that have a clock; deleted are rows whose deletion is remembered. Of a peer,\n" +
		"   received is its version that all was received of, confirmed the version of this file that it confirmed to\n" +
		"   have, and behind the number of changes here that are later. \"sqlite-mv crsql sync A.db B.db\" exchanges.",
	run: func(sh *shell, args []string) error {
		if len(args) > 0 {
			return errUsage
		}
		s, err := crsql.ReadStatus(context.Background(), sh.db.conn)
		if err != nil {
			return err
		}
		if s.Site == nil {
			fmt.Fprintln(sh.out, "nothing replicates")
			return nil
		}
		fmt.Fprintf(sh.out, "site %x version %d\n", s.Site, s.Version)
		for _, t := range s.Tables {
			fmt.Fprintf(sh.out, "table %s: %d cells, %d deleted, version %d\n", t.Name, t.Cells, t.Deleted, t.Version)
		}
		if s.Kept > 0 {
			fmt.Fprintf(sh.out, "%d changes are kept for columns that are not declared here\n", s.Kept)
		}
		for _, p := range s.Peers {
			fmt.Fprintf(sh.out, "peer %x: received %s, confirmed %s, %d behind\n", p.Site, versionOrNone(p.Received), versionOrNone(p.Confirmed), p.Behind)
		}
		return nil
	},
}

func versionOrNone(v int64) string {
	if v < 0 {
		return "nothing"
	}
	return fmt.Sprint(v)
}
