package sqlite3

import "github.com/sqlite-mv/sqlite-mv/dbsp"

// Query runs sql with args and calls row for each result row; row may be nil.
func Query(c Conn, sql string, args []dbsp.Value, row func(Stmt) error) error {
	s, _, err := c.Prepare(sql, false)
	if err != nil {
		return err
	}
	defer s.Finalize()
	return Rows(s, args, row)
}

// Ahead is Query for rows that may be read ahead of row's calls: see Stmt.Fetch.
func Ahead(c Conn, sql string, args []dbsp.Value, row func(Stmt) error) error {
	s, _, err := c.Prepare(sql, false)
	if err != nil {
		return err
	}
	defer s.Finalize()
	return each(s, s.Fetch, args, row)
}

// Rows binds args to s, steps it to its end and calls row for each result row; row may be nil. Who calls resets s.
func Rows(s Stmt, args []dbsp.Value, row func(Stmt) error) error {
	return each(s, s.Step, args, row)
}

// each binds args and calls row for each row that next finds.
func each(s Stmt, next func() (bool, error), args []dbsp.Value, row func(Stmt) error) error {
	for i, a := range args {
		if err := s.Bind(i+1, a); err != nil {
			return err
		}
	}
	for {
		ok, err := next()
		if err != nil || !ok {
			return err
		}
		if row != nil {
			if err := row(s); err != nil {
				return err
			}
		}
	}
}
