package main

import (
	"fmt"
	"slices"
	"strings"
)

var viewsCommand = command{
	name: "views", args: "?PATTERN?", brief: "List views matching LIKE pattern PATTERN",
	more: "   Materialized views are marked.",
	run: func(sh *shell, args []string) error {
		if len(args) > 1 {
			return errUsage
		}
		objects, err := sh.userObjects(args, "view", kindMaterialized)
		if err != nil {
			return err
		}
		slices.SortFunc(objects, func(a, b object) int { return strings.Compare(a.qualified(), b.qualified()) })
		for _, o := range objects {
			mark := ""
			if o.kind == kindMaterialized {
				mark = "  (materialized)"
			}
			fmt.Fprintln(sh.out, o.qualified()+mark)
		}
		return nil
	},
}
