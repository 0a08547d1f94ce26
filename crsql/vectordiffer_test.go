package crsql_test

import (
	"slices"
	"strconv"
	"strings"
)

// differ names what two outcomes of a step differ in. Errors are compared by their presence, and by their text where it is
// specified. The order of changes is free among those of equal db_version and seq.
func differ(want, got vectorStep) []string {
	var found []string
	check := func(what string, same bool) {
		if !same {
			found = append(found, what)
		}
	}
	check("error", sameError(want.Error, got.Error))
	if want.Result != nil {
		check("result", sameError(want.Result.Error, got.Result.Error) && sameRows(want.Result.Rows, got.Result.Rows))
	}
	check("sent", sameChanges(want.Sent, got.Sent))
	if want.Impacted != nil {
		check("rows_impacted", *want.Impacted == *got.Impacted)
	}
	names := []string{}
	for n := range want.After {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		w, g := want.After[n], got.After[n]
		check(n+": db_version", w.DBVersion == g.DBVersion)
		check(n+": changes", sameChanges(w.Changes, g.Changes))
		check(n+": tables", len(w.Tables) == len(g.Tables))
		for table, wt := range w.Tables {
			gt := g.Tables[table]
			slices.SortFunc(wt.Rows, slices.Compare)
			check(n+": rows of "+table, sameRows(wt.Rows, gt.Rows))
			check(n+": clock of "+table, sameRows(wt.Clock, gt.Clock))
			check(n+": keys of "+table, sameRows(wt.Pks, gt.Pks))
		}
	}
	return found
}

// exactErrors are beginnings of the messages whose text the specification gives.
var exactErrors = []string{"crsql - could not find the schema information", "Only INSERT and SELECT", "Table foo has", "foo has auto-increment"}

func sameError(want, got string) bool {
	for _, e := range exactErrors {
		if strings.HasPrefix(want, e) {
			return strings.Contains(got, want)
		}
	}
	return (want == "") == (got == "")
}

func sameRows(want, got [][]string) bool { return slices.EqualFunc(want, got, slices.Equal[[]string]) }

// sameChanges also asks that got is in the order of db_version and seq, as crsql_changes gives them when nothing is said.
func sameChanges(want, got [][]string) bool {
	position := func(c []string) [2]int {
		version, _ := strconv.Atoi(c[5])
		seq, _ := strconv.Atoi(c[8])
		return [2]int{version, seq}
	}
	if !slices.IsSortedFunc(got, func(a, b []string) int { x, y := position(a), position(b); return slices.Compare(x[:], y[:]) }) {
		return false
	}
	want, got = slices.Clone(want), slices.Clone(got)
	slices.SortFunc(want, slices.Compare)
	slices.SortFunc(got, slices.Compare)
	return sameRows(want, got)
}
