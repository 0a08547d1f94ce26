package main

import (
	"context"
)

var indexesCommand = command{
	name: "indexes", args: "?TABLE?", brief: "Show names of indexes",
	more: "   If TABLE is specified, only show indexes of tables and materialized views\n   matching TABLE using the LIKE operator.",
	run: func(sh *shell, args []string) error {
		if len(args) > 1 {
			return errUsage
		}
		ctx := context.Background()
		schemas, err := sh.db.schemas(ctx)
		if err != nil {
			return err
		}
		var found []object
		for _, schema := range schemas {
			objects, err := sh.db.objects(ctx, schema)
			if err != nil {
				return err
			}
			for _, o := range objects {
				if o.kind != "index" {
					continue
				}
				if len(args) == 1 {
					on, err := sh.db.like(ctx, []object{{name: o.table}}, args[0])
					if err != nil {
						return err
					}
					if len(on) == 0 {
						continue
					}
				}
				found = append(found, o)
			}
		}
		sh.printNames(found)
		return nil
	},
}
