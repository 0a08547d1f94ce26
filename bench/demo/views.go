package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// view is a materialized view of the demo.
type view struct {
	name  string
	query string
}

// createViews runs the statements of a file.
func (s *session) createViews(file string) error {
	script, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	s.say("1. Create views: a join, a plain aggregate, a HAVING view, and a view on a view.\n")
	for _, st := range sqltext.Split(string(script)) {
		if st.Empty() {
			continue
		}
		text := strings.TrimSpace(st.Text(string(script)))
		c, ok := sqltext.Recognise(text)
		if !ok || c.Kind != sqltext.CreateView {
			return fmt.Errorf("%s: not a CREATE MATERIALIZED VIEW: %s", file, text)
		}
		s.views = append(s.views, view{name: c.Name, query: c.Select.Text(text)})
		if _, err := s.exec(strings.TrimSuffix(text, ";")); err != nil {
			return err
		}
	}
	return nil
}

// lookAround shows the views.
func (s *session) lookAround() error {
	s.say("\n2. Read them like tables.\n")
	for _, q := range []string{
		"SELECT * FROM busiest_routes ORDER BY flights DESC, miles DESC LIMIT 3",
		"SELECT * FROM late_airports ORDER BY avg_delay DESC LIMIT 3",
	} {
		if err := s.show(q); err != nil {
			return err
		}
	}
	return nil
}

// storm changes many rows in a transaction that is rolled back.
func (s *session) storm() error {
	s.say("\n3. A storm over Chicago, in a transaction that is rolled back.\n")
	chicago := `SELECT a.iata, a.flights, a.avg_delay, s.avg_delay AS state_avg,
         EXISTS (SELECT 1 FROM late_airports WHERE origin = a.iata) AS is_late
  FROM delay_by_airport a JOIN delay_by_state s USING (state) WHERE a.iata = 'ORD'`
	look := func(when string) error {
		s.say("-- %s", when)
		return s.show(chicago)
	}
	if err := look("before"); err != nil {
		return err
	}
	for _, statement := range []string{"BEGIN", "UPDATE flights SET delay = delay + 90 WHERE origin = 'ORD'"} {
		if _, err := s.exec(statement); err != nil {
			return err
		}
	}
	if err := look("inside the transaction"); err != nil {
		return err
	}
	if _, err := s.exec("ROLLBACK"); err != nil {
		return err
	}
	return look("after")
}

// stream adds flights in small transactions, and times them against the same transactions without views followed by the
// views' queries.
func (s *session) stream(flights [][]string, plain *session) error {
	transactions := len(flights) / batch
	s.say("\n4. Stream %d flights in, %d a transaction.\n", len(flights), batch)
	var with, without, read, again []time.Duration
	for i := range transactions {
		rows := flights[i*batch : (i+1)*batch]
		// In turns, so that all see the same machine.
		start := time.Now()
		if err := s.insert("flights", rows); err != nil {
			return err
		}
		with = append(with, time.Since(start))
		start = time.Now()
		if err := plain.insert("flights", rows); err != nil {
			return err
		}
		without = append(without, time.Since(start))
		var reading, running time.Duration
		for _, v := range s.views {
			took, err := s.time("SELECT * FROM " + v.name)
			if err != nil {
				return err
			}
			reading += took
			// The query of the view on a view reads the maintained view: what it would cost without is more.
			if took, err = s.time(v.query); err != nil {
				return err
			}
			running += took
		}
		read, again = append(read, reading), append(again, running)
	}
	if err := s.show("SELECT * FROM busiest_routes ORDER BY flights DESC, miles DESC LIMIT 3"); err != nil {
		return err
	}
	maintain := max(median(with)-median(without), 0)
	s.say("\n   Per transaction of %d flights, median of %d:", batch, transactions)
	s.say("     the inserts alone                    %9s", milliseconds(median(without)))
	s.say("     maintaining %d views on top of them   %9s", len(s.views), milliseconds(maintain))
	s.say("     running their %d queries again        %9s   %.0f times as long", len(s.views), milliseconds(median(again)),
		float64(median(again))/float64(max(maintain, 1)))
	s.say("     reading all rows of the views        %9s", milliseconds(median(read)))
	return nil
}

// median sorts and returns the middle.
func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// check compares every view with its query.
func (s *session) check() error {
	s.say("\n5. Check every view against its query, run afresh.\n")
	wrong := int64(0)
	for _, v := range s.views {
		n, err := s.count("SELECT count(*) FROM mv_check('" + v.name + "')")
		if err != nil {
			return err
		}
		rows, err := s.count("SELECT count(*) FROM " + v.name)
		if err != nil {
			return err
		}
		s.say("> SELECT count(*) FROM mv_check('%s');   -- %d of %d rows differ", v.name, n, rows)
		wrong += n
	}
	if wrong > 0 {
		return fmt.Errorf("%d rows of the views are wrong", wrong)
	}
	return nil
}
