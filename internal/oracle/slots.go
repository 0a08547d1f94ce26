package oracle

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// OpenQuery is a query that was begun and stays open while other statements run.
type OpenQuery struct {
	rows *sql.Rows
	seen []dbsp.Row
	want []dbsp.Row // nil when the query writes
	scan *Scanner
}

// OpenRows opens a query and reads n rows, one at least: some drivers begin a query with its first row only. A query that only reads must in the end have given the rows that it gives
// when run at once, whatever is written in between; pass reads to have Finish check that.
func OpenRows(ctx context.Context, q Querier, query string, n int, reads bool) (*OpenQuery, error) {
	o := &OpenQuery{}
	if reads {
		t, exact, err := fetch(ctx, q, query)
		if err == nil && !exact {
			query = undeclared(query, len(t.Columns))
			t, _, err = fetch(ctx, q, query)
		}
		if err != nil {
			return nil, err
		}
		o.want = t.Rows
		if o.want == nil {
			o.want = []dbsp.Row{}
		}
	}
	var err error
	if o.rows, err = q.QueryContext(ctx, query); err != nil {
		return nil, err
	}
	columns, err := o.rows.Columns()
	if err != nil {
		o.rows.Close()
		return nil, err
	}
	o.scan = NewScanner(len(columns))
	if n == 0 {
		n = 1
	}
	return o, o.Step(n)
}

// Step reads up to n more rows.
func (o *OpenQuery) Step(n int) error {
	for ; n != 0 && o.rows.Next(); n-- {
		row, _, err := o.scan.Row(o.rows)
		if err != nil {
			return err
		}
		o.seen = append(o.seen, row)
	}
	return o.rows.Err()
}

// Rows are the rows read so far.
func (o *OpenQuery) Rows() []dbsp.Row { return o.seen }

// Finish reads the rest and closes the query. It returns a *Mismatch when a reading query gave other rows than it had
// when it was opened.
func (o *OpenQuery) Finish() error {
	defer o.rows.Close()
	if err := o.Step(-1); err != nil {
		return fmt.Errorf("oracle: open query: %w", err)
	}
	if o.want == nil {
		return o.rows.Close()
	}
	if a, b := difference(o.seen, o.want); len(a) > 0 || len(b) > 0 {
		columns, _ := o.rows.Columns()
		return &Mismatch{View: "under an open cursor", Kind: "cursor", Report: report(columns, a, b)}
	}
	return o.rows.Close()
}

// Close closes the query where it is.
func (o *OpenQuery) Close() error { return o.rows.Close() }
