package ext_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// childEnv tells a copy of the test binary what to do: "PATH SEED TRANSACTIONS".
const childEnv = "SQLITE_MV_TEST_CHILD"

// TestChild is run by copies of this test binary: it writes a shared file.
func TestChild(t *testing.T) {
	job := strings.Fields(os.Getenv(childEnv))
	if len(job) != 3 {
		t.Skip("only for child processes")
	}
	seed, _ := strconv.ParseUint(job[1], 10, 64)
	n, _ := strconv.Atoi(job[2])
	s := connect(t, dsn(job[0], "busy_timeout(20000)"))
	s.transactions(rand.New(rand.NewPCG(seed, 1)), n)
}

// transactions runs n random transactions on the tables of orders, reading views in some of them.
func (s session) transactions(r *rand.Rand, n int) {
	s.t.Helper()
	statements := []func() string{
		func() string {
			return fmt.Sprintf("INSERT INTO orders(customer, region, amount) VALUES(%d, '%c', %d/7.0)", r.IntN(5), 'm'+rune(r.IntN(4)), r.IntN(90))
		},
		func() string {
			return fmt.Sprintf("INSERT OR REPLACE INTO orders VALUES(%d, %d, 'r', 1)", 1+r.IntN(20), r.IntN(5))
		},
		func() string {
			return fmt.Sprintf("UPDATE orders SET amount = amount + 1, region = 'q' WHERE id %% 7 = %d", r.IntN(7))
		},
		func() string { return fmt.Sprintf("DELETE FROM orders WHERE id %% 11 = %d", r.IntN(11)) },
		func() string {
			return fmt.Sprintf("INSERT OR IGNORE INTO customers VALUES(%d, 's%d')", 1+r.IntN(6), r.IntN(4))
		},
		func() string { return fmt.Sprintf("DELETE FROM customers WHERE id = %d", 1+r.IntN(6)) },
	}
	for range n {
		if r.IntN(3) == 0 {
			s.run(statements[r.IntN(len(statements))]())
			continue
		}
		s.run("BEGIN IMMEDIATE")
		for range 1 + r.IntN(4) {
			s.run(statements[r.IntN(len(statements))]())
			if r.IntN(4) == 0 {
				s.right()
			}
		}
		s.run([]string{"COMMIT", "COMMIT", "COMMIT", "ROLLBACK"}[r.IntN(4)])
	}
}

// child starts a copy of this test binary on the file.
func child(t *testing.T, path string, seed uint64, n int) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.count=1", "-driver", *driverName)
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %d", childEnv, path, seed, n))
	return c
}

func TestSeveralProcesses(t *testing.T) {
	for _, journal := range journals {
		t.Run(journal, func(t *testing.T) {
			path := t.TempDir() + "/test.db"
			s := connect(t, dsn(path, journal, "busy_timeout(20000)"))
			s.run(orders + orderViews)
			var wg sync.WaitGroup
			for i := range 3 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					out, err := child(t, path, uint64(i), 15).CombinedOutput()
					if err != nil {
						t.Errorf("child %d: %v\n%s", i, err, out)
					}
				}()
			}
			s.transactions(rand.New(rand.NewPCG(99, 1)), 15)
			wg.Wait()
			s.right()
			connect(t, dsn(path)).right()
		})
	}
}

// TestKilledProcess kills a writer at some moment: views and tables are of one transaction.
func TestKilledProcess(t *testing.T) {
	for i, journal := range journals {
		t.Run(journal, func(t *testing.T) {
			path := t.TempDir() + "/test.db"
			s := connect(t, dsn(path, journal, "busy_timeout(20000)"))
			s.run(orders + orderViews)
			for j := range 3 {
				c := child(t, path, uint64(10*i+j), 1000000)
				require.NoError(t, c.Start())
				time.Sleep(time.Duration(150+100*j) * time.Millisecond)
				require.NoError(t, c.Process.Kill())
				require.Error(t, c.Wait())
				s.right()
				s.run("INSERT INTO orders(customer, region, amount) VALUES(1, 'n', 1)")
				s.right()
			}
		})
	}
}

// TestSeveralConnections interleaves two connections, each of which sees its own transaction only.
func TestSeveralConnections(t *testing.T) {
	for _, journal := range journals {
		t.Run(journal, func(t *testing.T) {
			name := file(t, journal)
			a := connect(t, name)
			a.run(orders + orderViews)
			b := connect(t, name)
			b.right()
			a.run("INSERT INTO orders(customer, region, amount) VALUES(2, 'x', 1)")
			b.right()
			require.Equal(t, []string{"x 1 1 1"}, b.ask("SELECT * FROM regions WHERE region = 'x'"))
			a.run("BEGIN; DELETE FROM orders WHERE region = 'x'")
			require.Empty(t, a.ask("SELECT * FROM regions WHERE region = 'x'"))
			require.Len(t, b.ask("SELECT * FROM regions WHERE region = 'x'"), 1)
			b.fails("DELETE FROM orders", "locked")
			b.right()
			a.run("COMMIT")
			require.Empty(t, b.ask("SELECT * FROM regions WHERE region = 'x'"))
			b.run("UPDATE orders SET region = 'y'")
			a.right()

			// Views come and go under the other's feet.
			b.run("CREATE MATERIALIZED VIEW extra AS SELECT amount FROM orders")
			a.run("INSERT INTO orders(customer, region, amount) VALUES(3, 'z', 2)")
			a.right()
			b.right()
			a.run("DROP MATERIALIZED VIEW sizes; DROP MATERIALIZED VIEW regions")
			b.run("UPDATE orders SET amount = amount * 2")
			b.right()
			b.run("DROP MATERIALIZED VIEW extra; DROP MATERIALIZED VIEW large; DROP MATERIALIZED VIEW segments")
			a.run("DELETE FROM orders")
			a.run(orderViews)
			b.run("INSERT INTO orders SELECT 7, 1, 'n', 1")
			b.right()
			a.right()
		})
	}
}

// TestSnapshot: a WAL reader goes on seeing the view of its snapshot, consistent with its tables.
func TestSnapshot(t *testing.T) {
	name := file(t, "journal_mode(wal)")
	a, b := connect(t, name), connect(t, name)
	a.run(orders + orderViews)
	b.run("BEGIN")
	before := b.ask("SELECT * FROM regions ORDER BY 1")
	a.run("DELETE FROM orders WHERE region = 'n'; INSERT INTO orders VALUES(100, 1, 'new', 9)")
	require.Equal(t, before, b.ask("SELECT * FROM regions ORDER BY 1"))
	b.right()
	b.fails("DELETE FROM orders", "locked")
	b.right()
	b.run("ROLLBACK")
	b.right()
	require.NotEqual(t, before, b.ask("SELECT * FROM regions ORDER BY 1"))
	b.run("DELETE FROM orders WHERE region = 's'")
	a.right()
}
