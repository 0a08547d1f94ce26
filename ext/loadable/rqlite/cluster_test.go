package rqlite

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// cluster is the nodes of a test.
type cluster struct {
	t     *testing.T
	nodes []*node
	live  atomic.Pointer[[]*node] // those that clients may ask
	flags []string
	plain bool // no library, plain views
}

// small has nodes take snapshots often, so that they also restart from them and join by them.
var small = []string{"-raft-snap", "64", "-raft-snap-int", "1s", "-fk"}

// newCluster starts nodes, unless plain with the library, and makes tables and views through one of them.
func newCluster(t *testing.T, count int, plain bool, env []string, flags ...string) *cluster {
	t.Helper()
	c := &cluster{t: t, flags: flags, plain: plain}
	if !plain {
		c.flags = append([]string{"-extensions-path", extensions}, flags...)
	}
	for range count {
		c.add(env...)
	}
	for _, s := range tables {
		c.execute(s)
	}
	for _, v := range views {
		if plain {
			c.execute("CREATE VIEW " + v.name + " AS " + v.query)
		} else {
			c.execute("CREATE VIRTUAL TABLE " + v.name + " USING materialized_view(" + v.query + ")")
		}
	}
	return c
}

// add starts one more node.
func (c *cluster) add(env ...string) *node {
	c.t.Helper()
	n := newNode(c.t, fmt.Sprint("node", len(c.nodes)), c.flags...)
	n.env = env
	n.start(c.nodes[:min(1, len(c.nodes))]...)
	c.nodes = append(c.nodes, n)
	c.without(nil)
	return n
}

// without makes clients leave a node alone.
func (c *cluster) without(gone *node) {
	var rest []*node
	for _, n := range c.nodes {
		if n != gone {
			rest = append(rest, n)
		}
	}
	c.live.Store(&rest)
}

// asked returns the nodes that clients may ask.
func (c *cluster) asked() []*node { return *c.live.Load() }

// execute runs a statement through the last node, which hands it to the leader.
func (c *cluster) execute(text string) {
	c.t.Helper()
	if err := c.nodes[len(c.nodes)-1].execute(statement{text}); err != nil {
		c.t.Fatal(err)
	}
}

// leader waits for the leader among nodes.
func (c *cluster) leader(nodes []*node) *node {
	c.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		for _, n := range nodes {
			if n.isLeader() {
				return n
			}
		}
	}
	c.t.Fatal("no leader")
	return nil
}

// caughtUp waits until each node has what the leader has.
func (c *cluster) caughtUp() {
	c.t.Helper()
	mark := fmt.Sprint(time.Now().UnixNano())
	c.execute("CREATE TABLE mark_" + mark + "(x)")
	for _, n := range c.nodes {
		n.has("mark_" + mark)
	}
	c.execute("DROP TABLE mark_" + mark)
}

// verify requires of each node by its own file: the tables hold the acknowledged writes and nothing else, each view is
// what its query is and what it is on the twin, and mv_check finds nothing.
func (c *cluster) verify(tw *twin) {
	c.t.Helper()
	c.caughtUp()
	want := func(query string) []string {
		lines, err := tw.lines(query)
		if err != nil {
			c.t.Fatal(err)
		}
		return lines
	}
	for _, n := range c.nodes {
		for _, q := range contents {
			got, err := n.lines(q)
			if err != nil {
				c.t.Fatalf("%s: %v", n.name, err)
			}
			if d := differ(got[0], want(q)); d != "" {
				c.t.Errorf("%s: %s: %s", n.name, q, d)
			}
		}
		for _, v := range views {
			q := quoted(v.columns, v.name)
			exact := quoted(strings.NewReplacer("lower(", "", ")", "").Replace(v.columns), v.name)
			check, state := "SELECT count(*) FROM mv_check('"+v.name+"')", "SELECT state FROM mv_views WHERE name = '"+v.name+"'"
			if c.plain {
				check, state = "SELECT 0", "SELECT 'fresh'"
			}
			got, err := n.lines(q, quoted(v.columns, "("+v.query+")"), check, state, exact)
			if err != nil {
				c.t.Fatalf("%s: %v", n.name, err)
			}
			first, err := c.nodes[0].lines(exact)
			if err != nil {
				c.t.Fatalf("%s: %v", c.nodes[0].name, err)
			}
			for i, d := range []string{differ(got[0], got[1]), differ(got[0], want(q)), differ(got[2], []string{"0"}),
				differ(got[3], []string{"fresh"}), differ(got[4], first[0])} {
				if d != "" {
					c.t.Errorf("%s, view %s, comparison %d: %s", n.name, v.name, i, d)
				}
			}
		}
	}
	if c.t.Failed() {
		c.t.FailNow()
	}
}

// TestCluster breaks a cluster under load in every way that it should survive.
func TestCluster(t *testing.T) {
	c := newCluster(t, 3, false, nil, small...)
	l := newLoad(t, newTwin(t), 5, c.asked)

	l.start()
	l.more(150)
	lead := c.leader(c.nodes)
	if err := lead.snapshot(); err != nil {
		t.Errorf("snapshot under load: %v", err)
	}
	l.more(50)
	c.without(lead)
	lead.kill()
	next := c.leader(c.asked())
	t.Logf("%s was killed, %s leads", lead.name, next.name)
	l.more(150)
	lead.start()
	c.without(nil)
	l.more(50)
	fourth := c.add()
	l.more(100)
	l.end()
	l.settle(fourth)
	c.verify(l.twin)
	t.Logf("%d writes, %d comparisons under load, with a leader killed and a node added", l.acked.Load(), l.reads.Load())

	// A backup is of one moment of the load; loading it takes every node back to it.
	backup, err := call("GET", fourth.url("/db/backup"), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	then := l.twin.copied()
	l.start()
	l.more(100)
	if _, err := call("GET", fourth.url("/db/backup?vacuum"), "", nil); err != nil {
		t.Errorf("backup under load: %v", err)
	}
	l.end()
	l.settle(fourth)
	c.verify(l.twin)
	if b, err := call("POST", fourth.url("/db/load"), "application/octet-stream", backup); err != nil || bytes.Contains(b, []byte("error")) {
		t.Fatalf("loading a backup: %v: %s", err, b)
	}
	l.twin = then
	c.verify(l.twin)
	l.start()
	l.more(100)
	l.end()
	l.settle(fourth)
	c.verify(l.twin)

	// Every node ends in order and comes back, from its snapshot and the rest of its log.
	for _, n := range c.nodes {
		if err := n.snapshot(); err != nil && !strings.Contains(err.Error(), "nothing new to snapshot") {
			t.Errorf("%s: %v", n.name, err)
		}
	}
	l.start()
	l.more(50)
	l.end()
	l.settle(fourth)
	for _, n := range c.nodes {
		n.stop()
	}
	for _, n := range c.nodes {
		n.launch()
	}
	for _, n := range c.nodes {
		n.ready(60 * time.Second)
	}
	c.verify(l.twin)
	l.start()
	l.more(100)
	l.end()
	l.settle(fourth)
	c.verify(l.twin)
	t.Logf("%d writes in all, %d comparisons under load; nobody heard of %d writes that are lost and %d that are there",
		l.acked.Load(), l.reads.Load(), l.settled[0], l.settled[1])
}
