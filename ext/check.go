package ext

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// checkFunction is mv_check(view [, schema]): recomputes the view's SELECT and lists the rows that differ, each with how many
// more the view has (extra) or lacks (missing); no rows when it is right. A stale view, and one that fails, is an error.
func (e *engine) checkFunction() *tableFunction {
	return &tableFunction{
		name:    "mv_check",
		columns: []string{"problem TEXT", "times INTEGER", "row TEXT"},
		args:    []string{"view", "schema"},
		rows: func(args []dbsp.Value) ([]dbsp.Row, error) {
			v, err := e.findView(args[0], args[1])
			if err != nil {
				return nil, err
			}
			return v.db.check(v)
		},
	}
}

func (d *database) check(v *view) ([]dbsp.Row, error) {
	names := make([]string, len(v.columns))
	for i, c := range v.columns {
		names[i] = ident(c.Name)
	}
	if v.stale != "" {
		return nil, v.errStale()
	}
	m, err := v.prepare()
	if err != nil {
		return nil, err
	}
	loose := m.plan.ShowsRepresentatives()
	have, err := d.multiset("SELECT "+strings.Join(names, ", ")+" FROM "+qualified(d.name, v.name), v, loose)
	if err != nil {
		return nil, err
	}
	want, err := d.multiset(ExactSums(v.resolved), v, loose)
	if err != nil {
		return nil, fmt.Errorf("view %s: its SELECT fails: %w", v.name, err)
	}
	var rows []dbsp.Row
	add := func(problem string, n int64, row string) {
		rows = append(rows, dbsp.Row{dbsp.NewText(problem), dbsp.NewInteger(n), dbsp.NewText(row)})
	}
	for k, n := range have.count {
		if m := want.count[k]; n > m {
			add("extra", n-m, have.shown[k])
		}
	}
	for k, n := range want.count {
		if m := have.count[k]; n > m {
			add("missing", n-m, want.shown[k])
		}
	}
	slices.SortFunc(rows, func(a, b dbsp.Row) int {
		return strings.Compare(a[2].Str()+a[0].Str(), b[2].Str()+b[0].Str())
	})
	return rows, nil
}

type multiset struct {
	count map[string]int64
	shown map[string]string
}

// multiset runs a query and counts its rows: by type and bytes of the values, or, where the view shows one of several
// equal values, by what comparison under the column's collation tells apart.
func (d *database) multiset(sql string, v *view, loose bool) (multiset, error) {
	m := multiset{map[string]int64{}, map[string]string{}}
	var key []byte
	err := d.e.query(sql, nil, func(s sqlite3.Stmt) error {
		row := columnsOf(s, 0, s.ColumnCount())
		key = key[:0]
		for i, x := range row {
			if loose {
				coll, _ := dbsp.CollationNamed(v.columns[i].Collation)
				key = dbsp.AppendKey(key, x, coll)
			} else {
				key = dbsp.AppendIdentity(key, x)
			}
		}
		if m.count[string(key)]++; m.count[string(key)] == 1 {
			shown := make([]string, len(row))
			for i, x := range row {
				shown[i] = x.String()
			}
			m.shown[string(key)] = strings.Join(shown, ", ")
		}
		return nil
	})
	return m, err
}

// ExactSums rewrites a SELECT's calls of sum, avg and total to the exact ones, mv_sum, mv_avg and mv_total, so that it
// can be compared with a view bit by bit.
func ExactSums(sel string) string { return exact(sel, "sum", "avg", "total") }

// exact rewrites the calls of functions.
func exact(sel string, functions ...string) string {
	toks := slices.DeleteFunc(sqltext.Tokens(sel), sqltext.Token.Blank)
	var b strings.Builder
	last := 0
	for i, t := range toks {
		if !calls(sel, toks, i, functions...) {
			continue
		}
		b.WriteString(sel[last:t.Start])
		b.WriteString(exactPrefix + strings.ToLower(sqltext.Dequote(t.Text(sel))))
		last = t.End
	}
	b.WriteString(sel[last:])
	return b.String()
}

// calls tells whether token i is the name of one of functions, called.
func calls(sel string, toks []sqltext.Token, i int, functions ...string) bool {
	t := toks[i]
	return i+1 < len(toks) && toks[i+1].Kind == sqltext.TokLParen && (t.Kind == sqltext.TokWord || t.Kind == sqltext.TokQuoted) &&
		slices.Contains(functions, strings.ToLower(sqltext.Dequote(t.Text(sel))))
}
