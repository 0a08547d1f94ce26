package main

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"
)

var tablesCommand = command{
	name: "tables", args: "?PATTERN?", brief: "List tables, views and materialized views matching LIKE pattern PATTERN",
	run: func(sh *shell, args []string) error {
		if len(args) > 1 {
			return errUsage
		}
		objects, err := sh.userObjects(args, "table", "view", kindMaterialized)
		if err != nil {
			return err
		}
		sh.printNames(objects)
		return nil
	},
}

// userObjects returns the objects of these kinds in all attached databases whose name is like args[0], if given; SQLite's
// own tables are left out.
func (sh *shell) userObjects(args []string, kinds ...string) ([]object, error) {
	ctx := context.Background()
	schemas, err := sh.db.schemas(ctx)
	if err != nil {
		return nil, err
	}
	pattern := ""
	if len(args) > 0 {
		pattern = args[0]
	}
	var all []object
	for _, schema := range schemas {
		objects, err := sh.db.objects(ctx, schema)
		if err != nil {
			return nil, err
		}
		objects = slices.DeleteFunc(objects, func(o object) bool { return o.system() || !slices.Contains(kinds, o.kind) })
		objects, err = sh.db.like(ctx, objects, pattern)
		if err != nil {
			return nil, err
		}
		all = append(all, objects...)
	}
	return all, nil
}

// qualified returns the object's name, with its database unless that is main.
func (o object) qualified() string {
	if o.schema == "main" {
		return o.name
	}
	return o.schema + "." + o.name
}

// printNames prints names in columns, down and then across, on lines of 80 characters as sqlite3 does.
func (sh *shell) printNames(objects []object) {
	var names []string
	width := 0
	for _, o := range objects {
		names = append(names, o.qualified())
	}
	slices.Sort(names)
	for _, n := range names {
		width = max(width, utf8.RuneCountInString(n))
	}
	across := max(1, 80/(width+2))
	down := (len(names) + across - 1) / across
	for i := range down {
		for j := i; j < len(names); j += down {
			if j > i {
				sh.out.WriteString("  ")
			}
			sh.out.WriteString(names[j] + strings.Repeat(" ", width-utf8.RuneCountInString(names[j])))
		}
		sh.out.WriteByte('\n')
	}
}
