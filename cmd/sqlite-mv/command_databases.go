package main

import (
	"context"
	"errors"
	"fmt"
)

var databasesCommand = command{
	name: "databases", brief: "List names and files of attached databases",
	run: func(sh *shell, _ []string) error {
		rows, err := sh.db.conn.QueryContext(context.Background(),
			"SELECT name, file FROM pragma_database_list ORDER BY seq")
		if err != nil {
			return err
		}
		for rows.Next() {
			var name, file string
			if err := rows.Scan(&name, &file); err != nil {
				return errors.Join(err, rows.Close())
			}
			if file == "" {
				file = `""`
			}
			access := "r/w"
			if sh.db.readonly && name == "main" {
				access = "r/o"
			}
			fmt.Fprintf(sh.out, "%s: %s %s\n", name, file, access)
		}
		return errors.Join(rows.Err(), rows.Close())
	},
}
