package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// runText runs the statements of a text in order and stops at the first error, a *statementError.
func (sh *shell) runText(text string) error {
	for _, s := range sqltext.Split(text) {
		if s.Empty() {
			continue
		}
		if err := sh.runStatement(s.Text(text)); err != nil {
			return err
		}
	}
	return nil
}

// runStatement runs one statement and prints its rows.
func (sh *shell) runStatement(statement string) error {
	if view, form, ok := explainedView(statement); ok {
		return sh.explainView(view, form)
	}
	ctx, end := sh.interrupt.begin(sh.db)
	defer end()
	start, usage := time.Now(), cpuTime()
	inTransaction := sh.inTransaction
	err := sh.query(ctx, statement)
	sh.endProgress()
	if err != nil {
		return sh.failed(statement, err, ctx.Err() != nil || interruptedCode(err), inTransaction)
	}
	sh.noteTransaction(statement)
	if sh.settings.timer {
		used := cpuTime()
		fmt.Fprintf(sh.out, "Run Time: real %.3f user %.6f sys %.6f\n", time.Since(start).Seconds(),
			(used.user - usage.user).Seconds(), (used.system - usage.system).Seconds())
	}
	return nil
}

// failed explains an error: whether SQLite could not compile the statement, or, after Ctrl-C, what became of the open
// transaction. SQLite itself rolls back when a write is interrupted; after an interrupted read the shell does.
func (sh *shell) failed(statement string, err error, interrupted, inTransaction bool) error {
	se := &statementError{text: statement, cause: err}
	ctx := context.Background()
	if interrupted {
		se.cause = errInterrupted
		if _, err := sh.db.conn.ExecContext(ctx, "ROLLBACK"); err == nil || inTransaction {
			se.rolled = true
		}
		sh.inTransaction = false
		return se
	}
	if _, _, err := sh.db.columnInfo(statement); err != nil {
		se.parse = true
	}
	if sh.inTransaction {
		sh.inTransaction = sh.db.inTransaction(ctx) // some errors roll back
	}
	return se
}

// noteTransaction keeps track of whether a transaction is open.
func (sh *shell) noteTransaction(statement string) {
	words := firstWords(statement, 1)
	if len(words) == 0 {
		return
	}
	switch words[0] {
	case "BEGIN", "SAVEPOINT":
		sh.inTransaction = true
	case "COMMIT", "END", "ROLLBACK", "RELEASE":
		sh.inTransaction = sh.db.inTransaction(context.Background())
	}
}

// query runs a statement and renders its rows.
func (sh *shell) query(ctx context.Context, statement string) error {
	rows, err := sh.db.conn.QueryContext(ctx, sh.db.withRawText(statement))
	if err != nil {
		return err
	}
	columns, err := rows.Columns()
	if err != nil || len(columns) == 0 {
		for rows.Next() {
		}
		return errors.Join(err, rows.Err(), rows.Close())
	}
	r := sh.renderer(columns)
	if beginsWith(statement, "EXPLAIN", "QUERY", "PLAN") {
		r = newPlanRenderer(sh)
	}
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return errors.Join(err, rows.Close())
		}
		r.row(values)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		r.end()
		return err
	}
	r.end()
	return ctx.Err()
}
