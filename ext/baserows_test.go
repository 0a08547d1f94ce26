package ext_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// pairs are joins of which one side is kept as primary keys: under an integer key, a composite and a collated one.
const pairs = `
CREATE TABLE cust(id INTEGER PRIMARY KEY, segment TEXT, note TEXT);
CREATE TABLE ord(id INTEGER PRIMARY KEY, customer INT, amount INT, remark TEXT);
CREATE TABLE line(a TEXT COLLATE NOCASE, b INT, customer INT, qty INT, PRIMARY KEY(a, b)) WITHOUT ROWID;
CREATE MATERIALIZED VIEW per_segment AS SELECT segment, count(*) AS n, sum(amount) AS total FROM ord JOIN cust ON customer = cust.id GROUP BY segment;
CREATE MATERIALIZED VIEW lines AS SELECT a, b, qty, segment, note FROM line JOIN cust ON line.customer = cust.id;
CREATE MATERIALIZED VIEW both AS SELECT ord.id, remark, a, qty FROM ord JOIN line ON ord.customer = line.customer WHERE amount % 3 = 0;
`

// TestPrimaryKeysKept changes both sides of such joins in one transaction, in every order and over savepoints, with few
// and with very many rows under one key.
func TestPrimaryKeysKept(t *testing.T) {
	for _, overlay := range []int64{64 << 20, 2000} {
		for seed := range uint64(6) {
			t.Run(fmt.Sprintf("overlay %d, seed %d", overlay, seed), func(t *testing.T) {
				bound(t, 1<<20, overlay) // the smaller one: steps hold no past, and views are computed anew
				s := connect(t, ":memory:")
				s.run(pairs)
				require.Contains(t, fmt.Sprint(s.ask("SELECT * FROM mv_explain('lines')")), "kept as primary keys")
				r := rand.New(rand.NewPCG(seed, 3))
				change := func() string {
					c, o := r.IntN(5), r.IntN(400)
					switch r.IntN(11) {
					case 0:
						return fmt.Sprintf("INSERT OR REPLACE INTO cust VALUES(%d, 'seg%d', 'note%d')", c, r.IntN(3), r.IntN(9))
					case 1:
						return fmt.Sprintf("DELETE FROM cust WHERE id = %d", c)
					case 2:
						return fmt.Sprintf("UPDATE cust SET segment = 'seg%d', note = 'n%d'", r.IntN(3), r.IntN(9))
					case 3:
						return fmt.Sprintf("WITH RECURSIVE i(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM i WHERE i < %d) INSERT OR IGNORE INTO ord SELECT i, %d, i %% 7, 'r' || i FROM i", o, o+200, c)
					case 4:
						return fmt.Sprintf("DELETE FROM ord WHERE id BETWEEN %d AND %d", o, o+r.IntN(60))
					case 5:
						return fmt.Sprintf("UPDATE ord SET amount = amount + 1, remark = 'u%d' WHERE id > %d", r.IntN(9), o)
					case 6:
						return fmt.Sprintf("UPDATE ord SET customer = %d WHERE id %% 3 = %d", c, r.IntN(3))
					case 7:
						return fmt.Sprintf("UPDATE OR REPLACE ord SET id = id + %d WHERE id > %d", 1+r.IntN(3), 400+o)
					case 8:
						return fmt.Sprintf("INSERT OR REPLACE INTO line VALUES('%c', %d, %d, %d)", "aAbB"[r.IntN(4)], r.IntN(4), c, r.IntN(9))
					case 9:
						return fmt.Sprintf("UPDATE line SET qty = qty + 1, customer = %d WHERE b = %d", c, r.IntN(4))
					}
					return fmt.Sprintf("DELETE FROM line WHERE a = '%c'", "ab"[r.IntN(2)])
				}
				for range 12 {
					s.run("BEGIN")
					for n := range 1 + r.IntN(6) {
						if r.IntN(3) == 0 {
							s.run(fmt.Sprintf("SAVEPOINT s%d", n))
						}
						s.run(change())
						if r.IntN(4) == 0 {
							s.right()
						}
						if r.IntN(8) == 0 {
							s.run("SAVEPOINT x; " + change() + "; ROLLBACK TO x; RELEASE x")
						}
					}
					if r.IntN(6) == 0 {
						s.run("ROLLBACK")
					} else {
						s.run("COMMIT")
					}
					s.right()
				}
			})
		}
	}
}
