// Command fuzz runs random histories against a database/sql driver for a given time and prints what went wrong, each
// failure as a minimised script.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sqlite-mv/sqlite-mv/internal/history"
	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

func main() {
	seconds := flag.Int("seconds", 60, "how long to run")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()%1_000_000), "seed of the campaign")
	only := flag.Int64("history", -1, "run this history of the seed only")
	first := flag.Uint64("from", 0, "number of the first history")
	driver := flag.String("driver", "sqlite-mv", "database/sql driver")
	twin := flag.String("twin", "sqlite", "driver of the database without materialized views, empty for none")
	differ := flag.String("differ", "", "another driver of the engine: each history runs over it too, and what views show is compared")
	plain := flag.Bool("plain", false, "plain views in place of materialized ones")
	steps := flag.Int("steps", 0, "statements per history, 0 for a random number")
	out := flag.String("out", "", "folder for minimised scripts")
	minimise := flag.Int("minimise", 20, "seconds to spend on minimising a failure")
	show := flag.Bool("show", false, "print the history as a script before it runs")
	keepGoing := flag.Int("failures", 50, "stop after so many failures")
	hang := flag.Int("hang", 60, "seconds without progress that count as a hang")
	ignoreChanges := flag.Bool("ignore-changes", false, "do not compare changes() and last_insert_rowid()")
	ignore := flag.String("ignore", "", "regular expression: failures and rejections that match are counted only")
	profile := flag.String("cpuprofile", "", "write a CPU profile")
	flag.Parse()

	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			fail(err)
		}
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	dir, err := os.MkdirTemp("", "fuzz")
	if err != nil {
		fail(err)
	}
	defer os.RemoveAll(dir)
	c := &campaign{seed: *seed, out: *out, minimise: time.Duration(*minimise) * time.Second, start: time.Now(),
		rejected: map[string]*rejection{}, failures: map[string]*failure{}}
	c.runner = history.Runner{Driver: *driver, Twin: *twin, Dir: dir, Progress: c.progress, IgnoreChanges: *ignoreChanges}
	if *ignore != "" {
		c.ignore = regexp.MustCompile(*ignore)
	}
	if *differ != "" {
		c.differ = &history.Runner{Driver: *differ, Dir: dir, Progress: c.progress}
	}
	if *plain {
		c.runner.Mode = oracle.Plain
	}
	go c.watch(time.Duration(*hang) * time.Second)
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)

	fmt.Printf("driver %s, seed %d\n", *driver, *seed)
	o := history.Options{Steps: *steps}
	for n := *first; ; n++ {
		if *only >= 0 {
			n = uint64(*only)
		}
		h := history.Generate(*seed, n, o)
		if *show {
			fmt.Print(h.Script(nil))
		}
		c.run(h)
		if *only >= 0 || time.Since(c.start) > time.Duration(*seconds)*time.Second || c.failed >= *keepGoing || len(interrupt) > 0 {
			break
		}
	}
	c.summary()
	if c.failed > 0 || len(c.rejected) > 0 {
		pprof.StopCPUProfile()
		os.RemoveAll(dir)
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "fuzz:", err)
	os.Exit(2)
}

// campaign is the state of a run of many histories.
type campaign struct {
	runner   history.Runner
	differ   *history.Runner // nil for none
	seed     uint64
	out      string
	minimise time.Duration
	start    time.Time

	histories, statements, checks, definitions, invalid, wild, refused, errors, failed int
	spent                                                                              time.Duration // in histories, without minimising
	rejected                                                                           map[string]*rejection
	failures                                                                           map[string]*failure

	ticks   atomic.Int64
	current atomic.Pointer[string]

	ignore  *regexp.Regexp
	ignored int
}

type rejection struct {
	count   int
	example string
}

type failure struct {
	count   int
	example string
	numbers []uint64
}

func (c *campaign) progress(h *history.History, step int) {
	c.ticks.Add(1)
	s := fmt.Sprintf("-seed %d -history %d, step %d", h.Seed, h.Number, step)
	c.current.Store(&s)
}

// smallest prints the smallest history found in which a definition is rejected for the same reason.
func (c *campaign) smallest(h *history.History) {
	strict := c.runner
	strict.Strict = true
	rep := strict.Run(h)
	if c.minimise == 0 || rep.Failure == nil || rep.Failure.Kind != "rejected" {
		return
	}
	small, report, _ := strict.Minimise(h, rep.Failure, c.minimise)
	if report == nil {
		return
	}
	script := small.Script(report, fmt.Sprintf("rejected, seed %d, history %d", h.Seed, h.Number))
	fmt.Printf("%s\n%s\n", report.Failure, script)
}

// watch ends the program when no step has ended for a while.
func (c *campaign) watch(limit time.Duration) {
	last, since := int64(-1), time.Now()
	for range time.Tick(time.Second) {
		if n := c.ticks.Load(); n != last {
			last, since = n, time.Now()
		} else if time.Since(since) > limit {
			buf := make([]byte, 1<<20)
			buf = buf[:runtime.Stack(buf, true)]
			fmt.Printf("HANG at %s\n%s\n", *c.current.Load(), buf)
			os.Exit(3)
		}
	}
}

func (c *campaign) run(h *history.History) {
	begin := time.Now()
	rep := c.runner.Run(h)
	c.spent += time.Since(begin)
	c.histories++
	c.statements += rep.Statements
	c.checks += rep.Checks
	c.definitions += rep.Definitions
	c.invalid += rep.Invalid
	c.errors += rep.Errors
	c.wild += rep.Wild
	c.refused += rep.Refused
	for why, def := range rep.Rejected {
		r := c.rejected[why]
		if r == nil {
			r = &rejection{example: def}
			c.rejected[why] = r
			fmt.Printf("REJECTED (history %d): %s\n", h.Number, def)
			c.smallest(h)
		}
		if r.count++; len(def) < len(r.example) {
			r.example = def
		}
	}
	if rep.Failure == nil && c.differ != nil {
		one := c.runner
		one.Twin = ""
		if _, failure := history.Differ(h, one, *c.differ); failure != nil {
			c.failed++
			fmt.Printf("FAILURE -seed %d -history %d: %s\n%s\n", h.Seed, h.Number, failure, h.Script(nil))
		}
	}
	if rep.Failure == nil {
		return
	}
	if c.ignore != nil && c.ignore.MatchString(rep.Failure.Error()) {
		c.ignored++
		return
	}
	c.failed++
	key := rep.Failure.Fingerprint()
	f := c.failures[key]
	if f == nil {
		f = &failure{}
		c.failures[key] = f
	}
	f.count++
	f.numbers = append(f.numbers, h.Number)
	fmt.Printf("FAILURE -seed %d -history %d: %s\n", h.Seed, h.Number, rep.Failure)
	if f.count > 5 || c.minimise == 0 {
		return
	}
	small, smallReport, runs := c.runner.Minimise(h, rep.Failure, c.minimise)
	if smallReport == nil {
		fmt.Printf("  it does not fail when run again\n")
		return
	}
	script := small.Script(smallReport, fmt.Sprintf("found by seed %d, history %d (%d runs to minimise)", h.Seed, h.Number, runs),
		smallReport.Failure.Error())
	if len(f.example) == 0 || len(script) < len(f.example) {
		f.example = script
	}
	fmt.Println(script)
	if c.out != "" {
		name := filepath.Join(c.out, fmt.Sprintf("%s-%d-%d.sql", smallReport.Failure.Kind, h.Seed, h.Number))
		if err := os.WriteFile(name, []byte(script), 0o644); err != nil {
			fmt.Println(err)
		}
	}
}

func (c *campaign) summary() {
	fmt.Printf("\n%d histories, %d definitions (%d more are not valid SQL; of those beyond the maintained SQL %d were accepted, %d refused), %d statements (%d failed as they should), %d views compared, %.0f statements/s, %s\n",
		c.histories, c.definitions, c.invalid, c.wild, c.refused, c.statements, c.errors, c.checks, float64(c.statements)/c.spent.Seconds(),
		time.Since(c.start).Round(time.Second))
	var reasons []string
	total := 0
	for why, r := range c.rejected {
		reasons = append(reasons, why)
		total += r.count
	}
	slices.SortFunc(reasons, func(a, b string) int { return c.rejected[b].count - c.rejected[a].count })
	if total > 0 {
		fmt.Printf("%d definitions rejected:\n", total)
	}
	for _, why := range reasons {
		fmt.Printf("%6d  %s\n      %s\n", c.rejected[why].count, why, c.rejected[why].example)
	}
	if c.ignored > 0 {
		fmt.Printf("%d failures ignored\n", c.ignored)
	}
	if c.failed == 0 {
		fmt.Printf("no failures; seed %d\n", c.seed)
		return
	}
	fmt.Printf("%d failing histories of seed %d:\n", c.failed, c.seed)
	for key, f := range c.failures {
		fmt.Printf("%6d  %s: histories %v\n", f.count, key, f.numbers)
	}
}
