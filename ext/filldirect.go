package ext

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// Where the rows of a view are just those of its SELECT (planner.Plan.FillsDirectly), SQLite fills the output table from it
// in one statement, and the circuit runs for its state alone (dbsp.Circuit.Keep). Functions give a row its key:
//
//	shortKeyFunction(c0, …)           the key, NULL where that is made of a hash; over cgo it is C
//	rowKeyFunction(c0, …)             the key, with a last byte of 0 where it is made of a hash
//	sameRowFunction(c0, …, d0, …)     1 where the rows c and d are identical, else an error
//	groupKeyFunction(c0, k0, …)       the group key of the columns c, compared under the collations numbered k
//
// A row whose key is there adds to its weight, except where keys are those of groups. Should two rows have one hash, the statement fails, and the view is filled by
// the circuit, which tells such rows apart; so it is when an expression fails, for the circuit knows what to do.

const (
	shortKeyFunction = internalPrefix + "short_key"
	rowKeyFunction   = internalPrefix + "row_key"
	sameRowFunction  = internalPrefix + "same_row"
	groupKeyFunction = internalPrefix + "group_key"
	// directWidth is how many columns a view may have to be filled directly: functions take 100 arguments.
	directWidth = 48
)

var errSameHash = errors.New("ext: two rows have one hash")

func (e *engine) registerRowKeys() error {
	for _, register := range []func() error{e.registerAccumulator, e.registerInteger} {
		if err := register(); err != nil {
			return err
		}
	}
	if k, ok := e.conn.(sqlite3.KeyEncoder); ok {
		e.shortKeys = true
		if err := k.CreateKey(shortKeyFunction, longKey); err != nil {
			return err
		}
	}
	var buf []byte
	for _, f := range []*sqlite3.Function{
		{
			Name: rowKeyFunction, NArg: -1, Deterministic: true, Innocuous: true,
			Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
				buf = appendArgs(buf[:0], args, 0, args.Len())
				r.Set(dbsp.NewBlob(firstKey(string(buf))))
			},
		},
		{
			Name: groupKeyFunction, NArg: -1, Deterministic: true, Innocuous: true,
			Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
				buf = buf[:0]
				for i := 0; i+1 < args.Len(); i += 2 {
					buf = dbsp.AppendKey(buf, args.Raw(i), dbsp.Collation(args.Raw(i+1).Int()))
				}
				r.Set(dbsp.NewBlob(string(buf)))
			},
		},
		{
			Name: sameRowFunction, NArg: -1, Deterministic: true, Innocuous: true,
			Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
				n := args.Len() / 2
				if string(appendArgs(nil, args, 0, n)) != string(appendArgs(nil, args, n, 2*n)) {
					r.Error(errSameHash)
					return
				}
				r.Set(dbsp.NewInteger(1))
			},
		},
	} {
		if err := e.conn.CreateFunction(f); err != nil {
			return err
		}
	}
	return nil
}

func appendArgs(b []byte, args sqlite3.Args, from, to int) []byte {
	for i := from; i < to; i++ {
		b = dbsp.AppendIdentity(b, args.Raw(i))
	}
	return b
}

// firstKey is the key of a row in the output table when it is the first with its hash, if its identity is long.
func firstKey(identity string) string {
	if len(identity) <= longKey {
		return identity
	}
	return hashedKey(identity) + "\x00"
}

// fillDirectly fills the empty output table of a view from its SELECT. It reports false where the circuit has to do it.
func (d *database) fillDirectly(v *view) (bool, error) {
	m := v.machine
	if len(v.columns) > directWidth || d.hasDependents(v) {
		return false, nil
	}
	if err := v.drainCursors(); err != nil {
		return false, err
	}
	if !m.plan.FillsDirectly() {
		return d.fillOutput(m)
	}
	var cols, there, excluded []string
	for i, c := range v.columns {
		cols = append(cols, fmt.Sprintf("c%d", i))
		there = append(there, ident(c.Name))
		excluded = append(excluded, "excluded."+ident(c.Name))
	}
	list := strings.Join(cols, ", ")
	insert := func(key string) string {
		return fmt.Sprintf("INSERT INTO %s SELECT %s, 1, %s, NULL FROM filled WHERE true", m.state.out(), list, key)
	}
	var sql string
	if m.plan.Keyed {
		var args []string
		for i, c := range m.plan.KeyColumns {
			args = append(args, fmt.Sprintf("c%d, %d", c, m.plan.KeyCollations[i]))
		}
		sql = insert(groupKeyFunction + "(" + strings.Join(args, ", ") + ")")
	} else {
		key, weight := rowKeyFunction+"("+list+")", ident(weightColumn)
		if d.e.shortKeys {
			key = "coalesce(" + shortKeyFunction + "(" + list + "), " + key + ")"
		}
		sql = insert(key) + fmt.Sprintf(" ON CONFLICT(%s) DO UPDATE SET %s = %s + CASE length(excluded.%s) WHEN %d THEN %s(%s, %s) ELSE 1 END",
			ident(keyColumn), weight, weight, ident(keyColumn), hashedLength, sameRowFunction, strings.Join(there, ", "), strings.Join(excluded, ", "))
	}
	if slow, err := d.e.rescans(v.resolved); slow || err != nil {
		return false, err
	}
	d.tx.flushed = true
	selects := []string{integerSums(v.resolved)}
	if exact := ExactSums(v.resolved); exact != selects[0] {
		selects = append(selects, exact)
	}
	for _, sel := range selects {
		if slices.ContainsFunc(sqltext.Tokens(sel), func(t sqltext.Token) bool { return t.Kind == sqltext.TokLParen }) {
			// It may have a subquery or a call in a column. With a LIMIT, SQLite does not put that in for each use of it.
			sel = "SELECT * FROM (" + sel + "\n) LIMIT -1"
		}
		err := d.e.query(fmt.Sprintf("WITH filled(%s) AS NOT MATERIALIZED (%s\n) %s", list, sel, sql), nil, nil)
		if err == nil {
			return true, d.fillGroups(m)
		}
		if isCode(err, sqlite3.CodeInterrupt) {
			return false, err
		}
	}
	return false, m.state.clear()
}

// rescans tells whether SQLite would read a whole table again for each row of another, as a correlated subquery without an
// index does. The circuit does not.
func (e *engine) rescans(sel string) (bool, error) {
	within := map[int64]bool{}
	found := false
	err := e.query("EXPLAIN QUERY PLAN "+sel, nil, func(s sqlite3.Stmt) error {
		id, parent, detail := s.Column(0).Int(), s.Column(1).Int(), s.Column(3).Str()
		within[id] = within[parent] || strings.HasPrefix(detail, "CORRELATED ")
		found = found || within[id] && strings.HasPrefix(detail, "SCAN ") && !strings.Contains(detail, "CONSTANT ROW")
		return nil
	})
	return found, err
}
