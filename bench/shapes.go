package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
)

// shape is a view over orders o and customers c, whose cost per changed row should not grow with them.
type shape struct{ name, query string }

var shapes = []shape{
	{"no view", ""},
	{"LEFT JOIN, to one", "SELECT o.id, o.amount, c.name FROM o LEFT JOIN c ON c.id = o.c"},
	{"LEFT JOIN, to many", "SELECT c.id, c.name, o.amount FROM c LEFT JOIN o ON o.c = c.id"},
	{"EXISTS", "SELECT id, name FROM c WHERE EXISTS (SELECT 1 FROM o WHERE o.c = c.id)"},
	{"IN", "SELECT id, amount FROM o WHERE c IN (SELECT id FROM c WHERE seg = 'a')"},
	{"correlated sum", "SELECT id, name, (SELECT sum(amount) FROM o WHERE o.c = c.id) AS total FROM c"},
	{"UNION", "SELECT c FROM o UNION SELECT id FROM c WHERE seg <> 'a'"},
	{"EXCEPT", "SELECT id FROM c WHERE seg <> 'a' EXCEPT SELECT c FROM o"},
}

// shapeTables has %d orders, ten to a customer; every tenth customer has none, and every tenth order no customer.
const shapeTables = `
PRAGMA cache_size = -1000000;
CREATE TABLE c(id INTEGER PRIMARY KEY, name TEXT, seg TEXT);
CREATE TABLE o(id INTEGER PRIMARY KEY, c INT, amount INT);
WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < %[1]d / 10)
INSERT INTO c SELECT i, 'name ' || i, substr('abcdefghij', i / 10 %% 10 + 1, 1) FROM t;
WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < %[1]d)
INSERT INTO o SELECT i, CASE WHEN i %% 10 = 3 THEN -1 ELSE 1 END * ((i - 1) %% (%[1]d / 10) + 1), i %% 1000 FROM t;
CREATE INDEX o_c ON o(c);`

// The sizes that are compared, and how many rows each run updates, in autocommit and in transactions of some of them.
const (
	fewRows, manyRows = 10000, 1000000
	updates, batch    = 500, 100
)

// shapeUpdates change one row of a table: an order moves to another customer and gets another amount, a customer gets
// another name and segment.
var shapeUpdates = []struct{ of, text string }{
	{"o", "UPDATE o SET amount = amount + 1, c = CASE WHEN ?2 % 10 = 3 THEN -?2 ELSE ?2 END WHERE id = ?1"},
	{"c", "UPDATE c SET name = 'name ' || ?2, seg = substr('abcdefghij', ?2 % 10 + 1, 1) WHERE id = ?1"},
}

// shapeBase is a database of n orders, open with all of its pages in the cache.
type shapeBase struct {
	db     *sql.DB
	n      int
	random uint64
}

func newShapeBase(path string, n int) (*shapeBase, error) {
	db, err := open(path)
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec(fmt.Sprintf(shapeTables, n)); err != nil {
		db.Close()
		return nil, err
	}
	return &shapeBase{db: db, n: n, random: 1}, nil
}

// below gives numbers from 0 that are the same in each run of the program.
func (b *shapeBase) below(n int) int {
	b.random = b.random*6364136223846793005 + 1442695040888963407
	return int(b.random>>33) % n
}

// pick returns the row to update and another customer. Near ones are 10,000 orders of 1,000 customers: these lie on as many
// pages however large the tables are, while those of the whole of a large table each have pages of their own, which SQLite
// writes.
func (b *shapeBase) pick(of string, near bool) (row, customer int) {
	customers, from := b.n/10, 1
	if near {
		customers, from = fewRows/10, (b.n-fewRows)/20+1
	}
	row, customer = from+b.below(customers), from+b.below(customers)
	if of == "o" {
		row += b.below(10) * (b.n / 10)
	}
	return row, customer
}

// warm reads every page of every table.
func (b *shapeBase) warm() error {
	rows, err := b.db.Query("SELECT type, name, tbl_name FROM sqlite_schema WHERE rootpage > 0 AND sql IS NOT NULL")
	if err != nil {
		return err
	}
	var reads []string
	for rows.Next() {
		var kind, name, of string
		if err := rows.Scan(&kind, &name, &of); err != nil {
			return err
		}
		by := "NOT INDEXED"
		if kind == "index" {
			by = fmt.Sprintf("INDEXED BY %q", name)
		}
		reads = append(reads, fmt.Sprintf("SELECT count(*) FROM %q %s", of, by))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, r := range reads {
		if _, err := b.db.Exec(r); err != nil {
			return err
		}
	}
	return nil
}

// update returns the time that one of many one-row updates took, with its share of the commit.
func (b *shapeBase) update(of, text string, near bool, perCommit int) (time.Duration, error) {
	var args [updates][2]int
	for i := range args {
		args[i][0], args[i][1] = b.pick(of, near)
	}
	up, err := b.db.Prepare(text)
	if err != nil {
		return 0, err
	}
	defer up.Close()
	runtime.GC()
	start := clock()
	for i := 0; i < updates; i += perCommit {
		if perCommit == 1 {
			if _, err := up.Exec(args[i][0], args[i][1]); err != nil {
				return 0, err
			}
			continue
		}
		tx, err := b.db.Begin()
		if err != nil {
			return 0, err
		}
		s := tx.Stmt(up)
		for _, a := range args[i : i+perCommit] {
			if _, err := s.Exec(a[0], a[1]); err != nil {
				return 0, err
			}
		}
		if err := tx.Commit(); err != nil {
			return 0, err
		}
	}
	return (clock() - start) / updates, nil
}

// check compares the view with its query.
func (b *shapeBase) check() error {
	var differences int
	if err := b.db.QueryRow("SELECT count(*) FROM mv_check('v')").Scan(&differences); err != nil {
		return err
	}
	if differences > 0 {
		return fmt.Errorf("%d differences over %d rows", differences, b.n)
	}
	return nil
}

// measureShapes prints for each shape what a changed row costs over few and over many rows, and what creating the view
// costs beside a table of the same SELECT.
func measureShapes(dir string, runs int, only string) error {
	updated, created := table.NewWriter(), table.NewWriter()
	updated.AppendHeader(table.Row{"view", "update of", "commit each", "10,000", "1,000,000, near", "ratio", "1,000,000, anywhere", "ratio"})
	created.AppendHeader(table.Row{"view over 1,000,000 rows", "create table as", "create view", "ratio"})
	for i, s := range shapes {
		if only != "" && only != s.name {
			continue
		}
		if err := s.measure(filepath.Join(dir, fmt.Sprint(i)), runs, updated, created); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	for _, w := range []table.Writer{updated, created} {
		w.SetOutputMirror(os.Stdout)
		w.Render()
	}
	return nil
}

func (s shape) measure(path string, runs int, updated, created table.Writer) error {
	var bases []*shapeBase
	for _, n := range []int{fewRows, manyRows} {
		file := fmt.Sprintf("%s-%d.db", path, n)
		b, err := newShapeBase(file, n)
		if err != nil {
			return err
		}
		defer func() {
			b.db.Close()
			os.Remove(file)
		}()
		bases = append(bases, b)
	}
	if s.query != "" {
		if _, err := bases[0].db.Exec("CREATE MATERIALIZED VIEW v AS " + s.query); err != nil {
			return err
		}
		if err := s.create(bases[1].db, runs, created); err != nil {
			return err
		}
	}
	for _, b := range bases {
		if err := b.warm(); err != nil {
			return err
		}
	}
	for _, u := range shapeUpdates {
		for _, perCommit := range []int{1, batch} {
			few, near, anywhere, err := s.compare(bases[0], bases[1], u.of, u.text, perCommit, runs)
			if err != nil {
				return err
			}
			updated.AppendRow(table.Row{s.name, u.of, perCommit, micros(few), micros(near), times(near, few), micros(anywhere), times(anywhere, few)})
		}
	}
	if s.query == "" {
		return nil
	}
	for _, b := range bases {
		if err := b.check(); err != nil {
			return err
		}
	}
	return nil
}

// compare times updates over few rows, near ones over many rows, and ones anywhere among those, in turn.
func (s shape) compare(few, many *shapeBase, of, text string, perCommit, runs int) (f, near, anywhere time.Duration, err error) {
	var took [3][]time.Duration
	for r := range runs + 1 {
		for i := range took {
			b := many
			if i == 0 {
				b = few
			}
			d, err := b.update(of, text, i < 2, perCommit)
			if err != nil {
				return 0, 0, 0, err
			}
			if r > 0 { // the first is for the caches
				took[i] = append(took[i], d)
			}
		}
	}
	return median(took[0]), median(took[1]), median(took[2]), nil
}

// create times creating the table and the view in turn, and leaves the view.
func (s shape) create(db *sql.DB, runs int, created table.Writer) error {
	var asTable, asView []time.Duration
	timed := func(into *[]time.Duration, text string) error {
		runtime.GC()
		start := clock()
		_, err := db.Exec(text)
		*into = append(*into, clock()-start)
		return err
	}
	for r := range runs {
		if r > 0 {
			if _, err := db.Exec("DROP MATERIALIZED VIEW v"); err != nil {
				return err
			}
		}
		if err := timed(&asTable, "CREATE TABLE x AS "+s.query); err != nil {
			return err
		}
		if _, err := db.Exec("DROP TABLE x"); err != nil {
			return err
		}
		if err := timed(&asView, "CREATE MATERIALIZED VIEW v AS "+s.query); err != nil {
			return err
		}
	}
	t, v := median(asTable), median(asView)
	created.AppendRow(table.Row{s.name, round(t), round(v), times(v, t)})
	return nil
}

func micros(d time.Duration) string { return fmt.Sprintf("%.0f µs", float64(d.Nanoseconds())/1000) }

func times(d, of time.Duration) string { return fmt.Sprintf("%.2f", float64(d)/float64(of)) }
