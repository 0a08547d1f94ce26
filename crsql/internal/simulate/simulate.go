// Package simulate runs peers with replicated tables and materialized views over them through a network that loses,
// repeats, reorders and cuts off messages, and through the accidents of files: put back from an old copy, begun anew,
// migrated at different times. All comes from a seed. At the end it demands that all files and all views are equal.
package simulate

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
)

// Config says what to run.
type Config struct {
	// Seed determines all.
	Seed uint64
	// Steps is how many things happen before the network heals.
	Steps int
	// Drivers are those that peers are opened with, in turn.
	Drivers []string
	// Folder is an empty folder for the files.
	Folder string
	// Trace gets a line for each thing that happens; nil for none.
	Trace io.Writer
}

// Report counts what happened.
type Report struct {
	Peers, Transactions, Sent, Lost, Repeated, Received, Refused, Restored, Wiped, Migrated, Forgotten int64
	// Changes are those that were sent, Won those that changed anything.
	Changes, Won int64
	// Checks are comparisons of a view with its SELECT; Rows are those of the tables at the end, on one peer.
	Checks, Rows int64
}

// Add adds another report.
func (r *Report) Add(o Report) {
	for _, p := range []struct {
		into *int64
		n    int64
	}{
		{&r.Peers, o.Peers}, {&r.Transactions, o.Transactions}, {&r.Sent, o.Sent}, {&r.Lost, o.Lost}, {&r.Repeated, o.Repeated},
		{&r.Received, o.Received}, {&r.Refused, o.Refused}, {&r.Restored, o.Restored}, {&r.Wiped, o.Wiped},
		{&r.Migrated, o.Migrated}, {&r.Forgotten, o.Forgotten}, {&r.Changes, o.Changes}, {&r.Won, o.Won},
		{&r.Checks, o.Checks}, {&r.Rows, o.Rows},
	} {
		*p.into += p.n
	}
}

// world is one run.
type world struct {
	Config
	r      *rand.Rand
	peers  []*peer
	net    network
	sites  int      // site ids given out
	weight []int    // of each of actions, in this run
	gone   [][]byte // site ids whose files are no more
	report Report
}

// Run runs one simulation. An error names the seed, and what is not as it must be.
func Run(c Config) (report Report, err error) {
	w := &world{Config: c, r: rand.New(rand.NewPCG(c.Seed, 0x5eed))}
	defer func() {
		for _, p := range w.peers {
			err = errors.Join(err, p.close())
		}
		if err != nil {
			err = fmt.Errorf("seed %d: %w", c.Seed, err)
		}
	}()
	// Runs differ in what happens often, and in what does not happen.
	for _, a := range actions {
		w.weight = append(w.weight, a.weight*[]int{0, 1, 1, 1, 2, 5}[w.r.IntN(6)])
	}
	w.weight[0] = max(w.weight[0], 1)
	for range 2 + min(w.r.IntN(7), w.r.IntN(7)) {
		p, err := w.newPeer()
		if err != nil {
			return w.report, err
		}
		w.peers = append(w.peers, p)
	}
	w.report.Peers = int64(len(w.peers))
	for step := range c.Steps {
		if err := w.step(); err != nil {
			return w.report, fmt.Errorf("step %d: %w", step, err)
		}
	}
	if err := w.settle(); err != nil {
		return w.report, err
	}
	return w.report, w.compare()
}

// actions are what may happen, by their usual weight.
var actions = []struct {
	weight int
	do     func(w *world) error
}{
	{40, (*world).write},
	{25, (*world).ask},
	{50, (*world).deliver},
	{2, (*world).partition},
	{2, (*world).backup},
	{1, (*world).restore},
	{1, (*world).wipe},
	{2, (*world).migrate},
	{2, (*world).compact},
	{1, (*world).remake},
	{3, (*world).look},
}

func (w *world) step() error {
	total := 0
	for _, weight := range w.weight {
		total += weight
	}
	n := w.r.IntN(total)
	for i, weight := range w.weight {
		if n -= weight; n < 0 {
			return actions[i].do(w)
		}
	}
	return nil
}

func (w *world) trace(format string, args ...any) {
	if w.Trace != nil {
		fmt.Fprintf(w.Trace, format+"\n", args...)
	}
}

func (w *world) any() *peer { return w.peers[w.r.IntN(len(w.peers))] }
