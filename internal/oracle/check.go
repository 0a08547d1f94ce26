package oracle

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// Check reads each view and its defining SELECT on q and returns a *Mismatch for the first that differs, ErrBusy when a
// lock held by another connection prevented it. When the SELECT fails, reading the view must fail too, and vice versa.
func Check(ctx context.Context, q Querier, mode Mode, views ...View) error {
	for _, v := range views {
		for _, f := range v.Free {
			// A column that is not there would silently free nothing.
			if t, err := Fetch(ctx, q, "SELECT * FROM "+v.quoted()+" LIMIT 0"); err == nil && !slices.Contains(t.Columns, f.Column) {
				return fmt.Errorf("oracle: view %s has no column %s, which is said to be free", v.Name, f.Column)
			}
		}
		if err := CheckQuery(ctx, q, v, "SELECT * FROM "+v.quoted(), Reference(mode, v.Select)); err != nil {
			return err
		}
	}
	return nil
}

// Reference returns the SELECT that a view of the given definition is compared with.
func Reference(mode Mode, definition string) string {
	if mode == Materialized {
		return Exact(definition)
	}
	return definition
}

// CheckProbe compares a query over a view with the same one over its definition. With order, a column of the result, the
// rows must also come in the order of it, ties in any order; limited says that there is a LIMIT, which among ties may
// choose any.
func CheckProbe(ctx context.Context, q Querier, v View, overView, reference, order, collation string, limited bool) error {
	if !limited {
		if err := CheckQuery(ctx, q, v, overView, reference); err != nil || order == "" {
			return err
		}
	}
	got, gotErr := Fetch(ctx, q, overView)
	want, wantErr := Fetch(ctx, q, reference)
	if locked(gotErr) || locked(wantErr) {
		return ErrBusy
	}
	if gotErr != nil || wantErr != nil {
		if (gotErr == nil) == (wantErr == nil) {
			return nil
		}
		return &Mismatch{View: v.Name, Kind: "error", Report: fmt.Sprintf("reading: %v, the SELECT: %v\n  query: %s", gotErr, wantErr, overView)}
	}
	at := slices.Index(got.Columns, order)
	if at < 0 {
		return fmt.Errorf("oracle: no column %s in %s", order, overView)
	}
	column := func(t *Table) []dbsp.Value {
		var out []dbsp.Value
		for _, r := range t.Rows {
			out = append(out, equalForm(r[at], collation))
		}
		return out
	}
	if a, b := column(got), column(want); !slices.Equal(a, b) {
		return &Mismatch{View: v.Name, Kind: "order", Report: fmt.Sprintf("%s comes as (%s), should be (%s)\n  query: %s", order,
			RowString(a), RowString(b), overView)}
	}
	return nil
}

// quoted returns the view's qualified name.
func (v View) quoted() string {
	schema := v.Schema
	if schema == "" {
		schema = "main"
	}
	return quote(schema) + "." + quote(v.Name)
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// CheckQuery compares the rows of two queries, one over the view and one over its definition, with the freedoms of v.
func CheckQuery(ctx context.Context, q Querier, v View, overView, reference string) error {
	got, gotErr := Fetch(ctx, q, overView)
	if locked(gotErr) {
		return ErrBusy
	}
	want, wantErr := Fetch(ctx, q, reference)
	if locked(wantErr) {
		return ErrBusy
	}
	mismatch := func(kind, format string, args ...any) error {
		return &Mismatch{View: v.Name, Kind: kind, Report: fmt.Sprintf(format, args...) + "\n  query: " + overView +
			"\n  reference: " + reference}
	}
	switch {
	case gotErr != nil && wantErr != nil:
		return nil
	case gotErr != nil:
		// A view fails as a whole, where SQLite leaves out what a query over the SELECT does not ask for.
		if whole := Reference(Materialized, v.Select); whole != reference {
			if _, err := Fetch(ctx, q, whole); err != nil {
				return nil
			}
		}
		return mismatch("error", "reading fails, the SELECT does not: %v", gotErr)
	case wantErr != nil:
		return mismatch("error", "reading gives %d rows, the SELECT fails: %v", len(got.Rows), wantErr)
	case len(got.Columns) != len(want.Columns):
		return mismatch("columns", "%d columns, the SELECT has %d", len(got.Columns), len(want.Columns))
	}
	view, ref := difference(got.Rows, want.Rows)
	if len(view) == 0 && len(ref) == 0 {
		return nil
	}
	free := make([]string, len(got.Columns))
	for _, f := range v.Free {
		if i := slices.Index(got.Columns, f.Column); i >= 0 {
			if free[i] = f.Collation; free[i] == "" {
				free[i] = "BINARY"
			}
		}
	}
	equal := func(rows []dbsp.Row) []dbsp.Row {
		out := make([]dbsp.Row, len(rows))
		for i, r := range rows {
			out[i] = equalRow(r, free)
		}
		return out
	}
	if a, b := difference(equal(view), equal(ref)); len(a) > 0 || len(b) > 0 {
		return mismatch("rows", "%s", report(got.Columns, view, ref))
	}
	for _, f := range v.Free {
		if bad, err := misrepresented(ctx, q, f, got.Columns, free, view); err != nil {
			return fmt.Errorf("oracle: values that %s.%s may show: %w", v.Name, f.Column, err)
		} else if bad != nil {
			return mismatch("representative", "no row has the %s shown in (%s); SELECT shows %s", f.Column, RowString(bad),
				report(got.Columns, view, ref))
		}
	}
	return nil
}

// misrepresented returns the first of the rows whose value in the free column no base row has.
func misrepresented(ctx context.Context, q Querier, f Free, columns, free []string, rows []dbsp.Row) (dbsp.Row, error) {
	at := slices.Index(columns, f.Column)
	if at < 0 || f.Among == "" {
		return nil, nil
	}
	by := make([]int, len(f.By))
	for i, name := range f.By {
		if by[i] = slices.Index(columns, name); by[i] < 0 {
			return nil, nil // the query leaves it out
		}
	}
	among, err := Fetch(ctx, q, f.Among)
	if err != nil {
		return nil, err
	}
	key := func(v dbsp.Value, rest func(int) dbsp.Value) string {
		k := dbsp.Row{v}
		for i, c := range by {
			collation := free[c]
			if collation == "" {
				collation = "BINARY"
			}
			k = append(k, equalForm(rest(i), collation))
		}
		return string(identity(nil, k))
	}
	real := make(map[string]bool, len(among.Rows))
	for _, r := range among.Rows {
		if len(r) != 1+len(by) {
			return nil, fmt.Errorf("oracle: %d columns where %d are needed: %s", len(r), 1+len(by), f.Among)
		}
		real[key(r[0], func(i int) dbsp.Value { return r[1+i] })] = true
	}
	for _, r := range rows {
		// There is one NULL only: the SELECT shows it too, perhaps for a group without values.
		if !r[at].IsNull() && !real[key(r[at], func(i int) dbsp.Value { return r[by[i]] })] {
			return r, nil
		}
	}
	return nil, nil
}
