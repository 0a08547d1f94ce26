package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

var importCommand = command{
	name: "import", args: "?OPTIONS? FILE TABLE", brief: "Import data from FILE into TABLE",
	more: `   Options:
     --csv         Use , and \n as column and row separators
     --skip N      Skip the first N rows of input
     --schema S    Target table to be S.TABLE
     -v            Say how many rows were added
   Notes:
     *  If TABLE does not exist, it is created.  The first row of input
        determines the column names.
     *  Without --csv the separators are those of the output mode.
     *  All rows are added in one transaction.`,
	run: runImport,
}

// importJob is one .import.
type importJob struct {
	sh      *shell
	rows    *csvReader
	schema  string // "" when not given
	table   string
	columns int
	added   int
	failed  int
}

func runImport(sh *shell, args []string) error {
	job := &importJob{sh: sh}
	s := sh.settings
	csv, skip, verbose := s.mode == "csv", 0, false
	var names []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if !strings.HasPrefix(arg, "-") || len(names) == 2 {
			names = append(names, arg)
			continue
		}
		switch strings.TrimPrefix(arg[1:], "-") {
		case "csv":
			csv = true
		case "v":
			verbose = true
		case "skip", "schema":
			if i++; i == len(args) {
				return errUsage
			}
			if strings.HasSuffix(arg, "schema") {
				job.schema = args[i]
				continue
			}
			n, err := strconv.Atoi(args[i])
			if err != nil || n < 0 {
				return fmt.Errorf("--skip needs a number of rows, not %q", args[i])
			}
			skip = n
		default:
			return fmt.Errorf("unknown option: %q. Enter \".help import\" for help", arg)
		}
	}
	if len(names) != 2 {
		return errUsage
	}
	separator, end := byte(','), byte('\n')
	if !csv {
		row := strings.TrimPrefix(s.rowSeparator, "\r")
		if len(s.separator) != 1 || len(row) != 1 {
			return errors.New("separators must be a single character for import")
		}
		separator, end = s.separator[0], row[0]
	}
	f, err := os.Open(names[0])
	if err != nil {
		return fmt.Errorf("cannot open %q", names[0])
	}
	defer f.Close()
	job.rows = newCSVReader(f, names[0], separator, end, func(format string, args ...any) {
		sh.out.Flush()
		fmt.Fprintf(sh.stderr, format+"\n", args...)
	})
	job.table = names[1]
	for range skip {
		if _, _, err := job.rows.row(); err != nil {
			break
		}
	}
	ctx, finish := sh.interrupt.begin(sh.db)
	defer finish()
	if err := job.inTransaction(ctx); err != nil {
		return err
	}
	if verbose {
		fmt.Fprintf(sh.out, "Added %d rows with %d errors using %d lines of input\n", job.added, job.failed, job.rows.line-1)
	}
	return nil
}

// target is the table as it stands in SQL.
func (j *importJob) target() string {
	if j.schema != "" {
		return quoteName(j.schema) + "." + quoteName(j.table)
	}
	return quoteName(j.table)
}

// inTransaction adds all rows in one transaction: the open one, or one of its own, which an error other than that of a
// row rolls back.
func (j *importJob) inTransaction(ctx context.Context) error {
	conn := j.sh.db.conn
	own := !j.sh.inTransaction
	if own {
		if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
			return errors.New(sqliteMessage(err))
		}
	}
	err := j.load(ctx)
	if err == nil && own {
		_, err = conn.ExecContext(ctx, "COMMIT")
	}
	if err == nil {
		return nil
	}
	interrupted := ctx.Err() != nil || interruptedCode(err)
	if own || interrupted {
		_, rollback := conn.ExecContext(context.Background(), "ROLLBACK")
		j.sh.inTransaction = j.sh.inTransaction && rollback != nil && !interrupted
	}
	if interrupted {
		return errors.New("interrupted; the import was rolled back")
	}
	return errors.New(sqliteMessage(err))
}

// load reads the file and inserts its rows, several a statement.
func (j *importJob) load(ctx context.Context) error {
	if err := j.openTable(ctx); err != nil {
		return err
	}
	batch := max(1, min(64, 999/j.columns))
	insert, err := j.prepare(ctx, batch)
	if err != nil {
		return err
	}
	defer insert.Close()
	args, lines := make([]any, 0, batch*j.columns), make([]int, 0, batch)
	for {
		fields, line, err := j.rows.row()
		if err != nil && err != io.EOF {
			return err
		}
		if err == nil {
			args, lines = append(args, j.fit(fields, line)...), append(lines, line)
		}
		if len(lines) == batch {
			if _, bad := insert.ExecContext(ctx, args...); bad != nil {
				if bad := j.singly(ctx, args, lines); bad != nil {
					return bad
				}
			} else {
				j.added += batch
			}
			args, lines = args[:0], lines[:0]
		}
		if err == io.EOF {
			return j.singly(ctx, args, lines)
		}
	}
}

// openTable finds the table's columns, and creates the table from the first row when it is missing.
func (j *importJob) openTable(ctx context.Context) error {
	db := j.sh.db
	schema := j.schema
	if schema == "" {
		schema = "main"
		if err := db.conn.QueryRowContext(ctx, `SELECT schema FROM pragma_table_list(?1)
			ORDER BY schema<>'temp', schema<>'main' LIMIT 1`, j.table).Scan(&schema); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	columns, err := db.columns(ctx, schema, j.table)
	if err != nil {
		return err
	}
	j.columns = len(columns)
	if j.columns > 0 {
		return nil
	}
	header, _, err := j.rows.row()
	if err == io.EOF {
		return fmt.Errorf("%s: empty file", j.rows.name)
	}
	if err != nil {
		return err
	}
	names, renamed := uniqueNames(header)
	if renamed != "" {
		j.rows.warn("Columns renamed during .import %s due to duplicates:\n%s", j.rows.name, renamed)
	}
	j.columns = len(names)
	for i, n := range names {
		names[i] = quoteName(n) + " TEXT"
	}
	_, err = db.conn.ExecContext(ctx, "CREATE TABLE "+j.target()+"(\n"+strings.Join(names, ", ")+")")
	return err
}

// uniqueNames makes column names of a header as sqlite3 does: an empty one becomes ?, and names that occur twice get the
// number of their column, which renamed tells.
func uniqueNames(header []string) (names []string, renamed string) {
	count := map[string]int{}
	for _, h := range header {
		count[strings.ToLower(h)]++
	}
	var told []string
	width := len(strconv.Itoa(len(header)))
	for i, h := range header {
		name := h
		if name == "" {
			name = "?"
		}
		if count[strings.ToLower(h)] > 1 {
			name = fmt.Sprintf("%s_%0*d", name, width, i+1)
			told = append(told, fmt.Sprintf("%q to %q", h, name))
		}
		names = append(names, name)
	}
	return names, strings.Join(told, ",\n")
}

// fit gives a row the table's number of columns: missing fields are NULL.
func (j *importJob) fit(fields []string, line int) []any {
	if n := len(fields); n < j.columns {
		j.rows.warn("%s:%d: expected %d columns but found %d - filling the rest with NULL", j.rows.name, line, j.columns, n)
	} else if n > j.columns {
		j.rows.warn("%s:%d: expected %d columns but found %d - extras ignored", j.rows.name, line, j.columns, n)
	}
	row := make([]any, j.columns)
	for i := range min(len(fields), j.columns) {
		row[i] = fields[i]
	}
	return row
}

// singly inserts rows one by one; a row that fails is told and left out.
func (j *importJob) singly(ctx context.Context, args []any, lines []int) error {
	if len(lines) == 0 {
		return nil
	}
	insert, err := j.prepare(ctx, 1)
	if err != nil {
		return err
	}
	defer insert.Close()
	for i, line := range lines {
		if _, err := insert.ExecContext(ctx, args[i*j.columns:(i+1)*j.columns]...); err != nil {
			if ctx.Err() != nil || interruptedCode(err) {
				return err
			}
			j.failed++
			j.sh.errors++
			j.rows.warn("%s:%d: INSERT failed: %s", j.rows.name, line, sqliteMessage(err))
			continue
		}
		j.added++
	}
	return nil
}

// prepare compiles an INSERT of n rows.
func (j *importJob) prepare(ctx context.Context, n int) (*sql.Stmt, error) {
	row := "(" + strings.Repeat("?,", j.columns-1) + "?)"
	return j.sh.db.conn.PrepareContext(ctx,
		"INSERT INTO "+j.target()+" VALUES"+strings.Repeat(row+",", n-1)+row)
}
