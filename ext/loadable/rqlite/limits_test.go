package rqlite

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// orders inserts 1000 of them.
const orders = `WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 1000)
INSERT INTO orders(code, region, amount) SELECT 'c' || n, 'r' || (n % 7), n FROM s`

// count returns a node's own number of orders.
func count(t *testing.T, n *node) string {
	t.Helper()
	got, err := n.lines("SELECT count(*) FROM orders")
	if err != nil {
		t.Fatalf("%s: %v", n.name, err)
	}
	return got[0][0]
}

// TestWithoutLibrary shows what docs/rqlite.md says of a node that doesn't load the library: once it has the triggers,
// from a snapshot, it loses writes, and loading the library later doesn't bring back what its own snapshot lacks.
func TestWithoutLibrary(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, false, nil, small...)
	c.execute(orders)
	lead := c.leader(c.nodes)
	if _, err := call("POST", lead.url("/snapshot?trailing_logs=1"), "", nil); err != nil {
		t.Fatal(err)
	}
	with := c.flags
	c.flags = small
	bare := c.add()
	c.execute("CREATE TABLE after_it_joined(x)")
	bare.has("after_it_joined")

	if _, err := bare.lines("SELECT n FROM by_region"); err == nil || !strings.Contains(err.Error(), "no such module: materialized_view") {
		t.Errorf("reading a view without the library: %v", err)
	}
	if got, err := bare.lines("SELECT count(*) FROM __internal_dbsp_state_out_by_region"); err != nil || got[0][0] != "7" {
		t.Errorf("reading its rows: %v, %v", got, err)
	}
	// The write succeeds, for the leader has the library.
	c.execute("INSERT INTO orders(code) VALUES ('acknowledged')")
	c.execute("CREATE TABLE after_the_write(x)")
	bare.has("after_the_write")
	if a, b := count(t, lead), count(t, bare); a != "1001" || b != "1000" {
		t.Errorf("the leader has %s orders, the node without the library %s", a, b)
	}
	// Where it leads, the client hears of it, but the others apply the write.
	if _, err := call("POST", lead.url("/leader"), "application/json", []byte(`{"id":"`+bare.name+`"}`)); err != nil {
		t.Fatal(err)
	}
	bare.await(30*time.Second, "leading", func() error {
		if !bare.isLeader() {
			return errors.New("not the leader")
		}
		return nil
	})
	err := lead.execute(statement{"INSERT INTO orders(code) VALUES ('refused')"})
	if err == nil || !strings.Contains(err.Error(), "no such function: sqlite_mv_extension_required") {
		t.Errorf("a write that a node without the library leads: %v", err)
	}
	lead.await(30*time.Second, "past the write", func() error {
		if got := count(t, lead); got != "1002" {
			return errors.New(got + " orders")
		}
		return nil
	})
	if err := bare.snapshot(); err != nil {
		t.Fatal(err)
	}
	bare.stop()
	bare.flags = with
	bare.start()
	if got := count(t, bare); got != "1000" {
		t.Errorf("restarted with the library, from its own snapshot, it has %s orders", got)
	}
	if got, err := bare.lines("SELECT sum(n) FROM by_region"); err != nil || got[0][0] != "1000" {
		t.Errorf("its view: %v, %v", got, err)
	}
}

// TestNodesThatDiffer has each node choose rows of its own, which rqlite can't prevent in every statement: a view then
// is what its query is on that node.
func TestNodesThatDiffer(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2, false, nil, small...)
	c.execute(orders)
	c.execute("DELETE FROM orders WHERE id IN (SELECT id FROM orders ORDER BY random() LIMIT 500)")
	c.caughtUp()
	var all []string
	for _, n := range c.nodes {
		for _, v := range views {
			got, err := n.lines(quoted(v.columns, v.name), quoted(v.columns, "("+v.query+")"), contents[1])
			if err != nil {
				t.Fatal(err)
			}
			if d := differ(got[0], got[1]); d != "" {
				t.Errorf("%s, %s: %s", n.name, v.name, d)
			}
			if v.name == "by_region" {
				all = append(all, strings.Join(got[2], "\n"))
			}
		}
	}
	if all[0] == all[1] {
		t.Error("both nodes chose the same rows")
	}
}

// TestBoot starts a node from a backup that has views. A backup as text is refused as a whole.
func TestBoot(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, false, nil, small...)
	c.execute(orders)
	backup, err := call("GET", c.nodes[0].url("/db/backup"), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := call("GET", c.nodes[0].url("/db/backup?fmt=sql"), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	n := newNode(t, "booted", c.flags...)
	n.start()
	out, err := call("POST", n.url("/db/load"), "text/plain", text)
	if err != nil || !strings.Contains(string(out), `"error"`) {
		t.Errorf("loading a backup as text: %v, %s", err, out)
	}
	if got, err := n.lines("SELECT count(*) FROM sqlite_schema"); err != nil || got[0][0] != "0" {
		t.Errorf("of a backup as text is left: %v, %v", got, err)
	}
	if _, err := call("POST", n.url("/boot"), "application/octet-stream", backup); err != nil {
		t.Fatal(err)
	}
	if err := n.execute(statement{"DELETE FROM orders WHERE region = 'r3'"}); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		for _, v := range views {
			got, err := n.lines(fmt.Sprintf("SELECT count(*) FROM mv_check('%s')", v.name), "SELECT count(*) FROM by_region")
			if err != nil || got[0][0] != "0" || got[1][0] != "6" {
				t.Errorf("round %d, %s: %v, %v", round, v.name, got, err)
			}
		}
		n.kill()
		n.start()
		if err := n.execute(statement{fmt.Sprintf("CREATE TABLE round%d(x)", round)}); err != nil { // behind the log's replay
			t.Error(err)
		}
	}
}
