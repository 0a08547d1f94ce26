package history

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

// freedom is a column with a choice of values: with and without the columns that the choice goes by.
type freedom struct {
	oracle.Free
	alone string // Among without By
}

// Free returns the columns that have a choice of values.
func (q *query) Free() []oracle.Free {
	var out []oracle.Free
	for _, f := range q.freedoms(nil) {
		out = append(out, f.Free)
	}
	return out
}

// freedoms returns the free columns; outer are the CTEs in scope.
func (q *query) freedoms(outer []cte) []freedom {
	scope := slices.Concat(outer, q.with)
	prefix := withPrefix(scope)
	if len(q.arms) == 1 {
		return q.arms[0].freedoms(scope, prefix)
	}
	// A column of a compound is free when it is in any arm, or where equal rows become one; an arm where it is not offers
	// just its own values.
	var out []freedom
	first := q.arms[0]
	perArm := make([][]freedom, len(q.arms))
	for i, s := range q.arms {
		perArm[i] = s.freedoms(scope, prefix)
	}
	for c := range first.items {
		var among []string
		collation, any := "BINARY", c < len(q.choice) && q.choice[c]
		if any {
			collation = q.collation(c)
		}
		for i, s := range q.arms {
			if c >= len(s.items) {
				return nil
			}
			if q.op(i) == except {
				continue
			}
			at := slices.IndexFunc(perArm[i], func(f freedom) bool { return f.Column == s.items[c].name })
			if at < 0 {
				names := make([]string, len(s.items))
				for j := range names {
					names[j] = "u" + strconv.Itoa(j)
				}
				among = append(among, sprintf("SELECT u%d FROM (WITH arm(%s) AS (%s%s) SELECT * FROM arm)", c,
					strings.Join(names, ", "), prefix, s.SQL()))
				continue
			}
			any = true
			if perArm[i][at].Collation != "BINARY" && perArm[i][at].Collation != "" {
				collation = perArm[i][at].Collation
			}
			among = append(among, "SELECT * FROM ("+perArm[i][at].alone+")")
		}
		if any {
			all := strings.Join(among, " UNION ALL ")
			out = append(out, freedom{oracle.Free{Column: first.items[c].name, Collation: collation, Among: all}, all})
		}
	}
	return out
}

// collation returns the one by which a compound compares a column: that of the first arm that has one.
func (q *query) collation(column int) string {
	for _, s := range q.arms {
		if column < len(s.items) && !s.items[column].bare {
			return s.items[column].collation
		}
	}
	return "BINARY"
}

func withPrefix(scope []cte) string {
	var parts []string
	for _, c := range scope {
		names := ""
		if c.names != nil {
			names = "(" + strings.Join(c.names, ", ") + ")"
		}
		parts = append(parts, c.name+names+" AS ("+c.query.SQL()+")")
	}
	if len(parts) == 0 {
		return ""
	}
	return "WITH " + strings.Join(parts, ", ") + " "
}

func (s *selectCore) freedoms(scope []cte, prefix string) []freedom {
	inner := map[[2]string]freedom{}
	for _, f := range s.sources() {
		sub, names := f.sub, []string(nil)
		from := scope
		if sub == nil {
			at := slices.IndexFunc(scope, func(c cte) bool { return c.name == f.table })
			if at < 0 {
				continue
			}
			sub, names, from = scope[at].query, scope[at].names, scope[:at]
		}
		for _, fr := range sub.freedoms(from) {
			if names != nil {
				fr = renamed(fr, sub, names)
			}
			inner[[2]string{f.alias, fr.Column}] = fr
		}
	}
	var out []freedom
	for _, it := range s.items {
		if fr, ok := inner[it.through]; ok && it.through[1] != "" {
			fr.Column, fr.Among, fr.By = it.name, fr.alone, nil
			if it.representative && it.collation != "BINARY" {
				fr.Collation = it.collation
			}
			out = append(out, fr)
			continue
		}
		if !it.representative {
			continue
		}
		f := freedom{Free: oracle.Free{Column: it.name, Collation: it.collation}}
		f.alone = prefix + "SELECT " + s.expand(it.of) + s.tail()
		columns := []string{it.of}
		for _, other := range s.items {
			// Other keys tell the groups apart. Only those that are computed here: a column passed on from a subquery
			// may be free itself.
			if other.name != it.name && other.representative && slices.Contains(s.keyExprs(), other.of) && other.through[1] == "" {
				f.By = append(f.By, other.name)
				columns = append(columns, other.of)
			}
		}
		f.Among = prefix + "SELECT " + s.expand(strings.Join(columns, ", ")) + s.tail()
		out = append(out, f)
	}
	return out
}

// keyExprs lists the expressions of the items that are group keys.
func (s *selectCore) keyExprs() []string {
	if len(s.groupBy) == 0 {
		return nil
	}
	var out []string
	for _, it := range s.items {
		if it.representative && it.expr == it.of {
			out = append(out, it.of)
		}
	}
	return out
}

// renamed gives the columns of a freedom the names in a CTE's column list.
func renamed(f freedom, q *query, names []string) freedom {
	for i, it := range q.arms[0].items {
		if it.name == f.Column && i < len(names) {
			f.Column = names[i]
			break
		}
	}
	f.By, f.Among = nil, f.alone
	return f
}
