// Command bench measures what keeping views up to date costs: the same loads against base tables without a view, with a
// materialized view, and with hand-written summary triggers, interleaved, as medians and as ratios.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
)

func main() {
	runs := flag.Int("runs", 5, "runs of each load and variant; the median counts")
	only := flag.String("load", "", "run only the load, or the shape, of this name")
	huge := flag.Bool("huge", false, "also load 5,000,000 rows in one transaction and report memory")
	parts := flag.Bool("costs", false, "measure capture per row and reading, instead of the loads")
	growth := flag.Bool("shapes", false, "measure shapes of views over few and over many rows, instead of the loads")
	replication := flag.Bool("crsql", false, "measure what replicating tables costs, instead of the loads")
	flag.StringVar(&engine, "engine", engine, "modernc, or mattn where there is cgo")
	cpu := flag.Bool("cpu", false, "measure the CPU time of the process, not the time that passes")
	flag.Parse()
	if *cpu {
		if cpuClock == nil {
			fmt.Fprintln(os.Stderr, "bench: no CPU time on this system")
			os.Exit(1)
		}
		clock = cpuClock
	}
	if err := bench(*runs, *only, *huge, *parts, *growth, *replication); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(runs int, only string, huge, parts, growth, replication bool) error {
	dir, err := os.MkdirTemp("", "sqlite-mv-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if parts {
		return costs(filepath.Join(dir, "costs.db"), runs)
	}
	if replication {
		return measureReplication(dir, runs)
	}
	if growth {
		return measureShapes(dir, runs, only)
	}
	out := table.NewWriter()
	out.SetOutputMirror(os.Stdout)
	out.AppendHeader(table.Row{"view", "load", "no view", "view", "triggers", "view / triggers", "view / no view"})
	for _, v := range variants {
		for _, l := range loads {
			if only != "" && l.name != only {
				continue
			}
			times := map[string][]time.Duration{}
			for r := range runs {
				for _, setup := range []string{"none", "view", "triggers"} {
					d, err := once(filepath.Join(dir, fmt.Sprintf("%d.db", r)), v, setup, l)
					if err != nil {
						return fmt.Errorf("%s, %s, %s: %w", v.name, l.name, setup, err)
					}
					times[setup] = append(times[setup], d)
				}
			}
			none, view, trig := median(times["none"]), median(times["view"]), median(times["triggers"])
			out.AppendRow(table.Row{v.name, l.name, round(none), round(view), round(trig),
				fmt.Sprintf("%.2f", float64(view)/float64(trig)), fmt.Sprintf("%.2f", float64(view)/float64(none))})
		}
	}
	out.Render()
	if huge {
		return hugeLoad(filepath.Join(dir, "huge.db"))
	}
	return nil
}

// once runs a load on a new file and returns how long it took, having checked the result.
func once(path string, v variant, setup string, l load) (time.Duration, error) {
	db, err := fresh(path)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	if l.before != nil {
		if err := l.before(db); err != nil {
			return 0, err
		}
	}
	switch setup {
	case "view":
		_, err = db.Exec("CREATE MATERIALIZED VIEW v AS " + v.query)
	case "triggers":
		_, err = db.Exec(v.triggers)
	}
	if err != nil {
		return 0, err
	}
	runtime.GC()
	start := clock()
	if err := l.run(db); err != nil {
		return 0, err
	}
	took := clock() - start
	if setup == "none" {
		return took, nil
	}
	table := map[string]string{"view": "v", "triggers": "summary"}[setup]
	var wrong int
	err = db.QueryRow("SELECT (SELECT count(*) FROM (SELECT * FROM " + table + " EXCEPT " + v.query + ")) + (SELECT count(*) FROM (" + v.query + " EXCEPT SELECT * FROM " + table + "))").Scan(&wrong)
	if err == nil && wrong > 0 {
		err = fmt.Errorf("%d rows are wrong", wrong)
	}
	return took, err
}
