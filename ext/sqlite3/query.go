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

// Rows binds args to s, steps it to its end and calls row for each result row; row may be nil. Who calls resets s.
func Rows(s Stmt, args []dbsp.Value, row func(Stmt) error) error {
	for i, a := range args {
		if err := s.Bind(i+1, a); err != nil {
			return err
		}
	}
	for {
		ok, err := s.Step()
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
