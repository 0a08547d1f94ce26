package main

import (
	"fmt"
	"os"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/sqlite-mv/sqlite-mv/internal/peers"
)

// originalRows are fewer than ours: it is slower.
const originalRows = 50_000

// measureOriginal measures the same with the original as npm ships it, WebAssembly under Node with files in memory. Where
// it can't be had it says so.
func measureOriginal(dir string) error {
	pkg, err := peers.Install(dir)
	if err != nil {
		fmt.Println("the original is not measured:", err)
		return nil
	}
	node, err := peers.StartNode(pkg)
	if err != nil {
		fmt.Println("the original is not measured:", err)
		return nil
	}
	defer node.Close()
	source := fmt.Sprintf(crsqlSource, originalRows)
	var open []*peers.Original
	for _, name := range []string{"plain", "from", "to"} {
		p, err := node.Open(name, nil)
		if err != nil {
			return err
		}
		setup := crsqlTable + ";" + source
		if name != "plain" {
			setup += "; SELECT crsql_as_crr('t')"
		}
		if err := p.Exec(setup); err != nil {
			return err
		}
		open = append(open, p)
	}
	plain, from, to := open[0], open[1], open[2]
	out := table.NewWriter()
	out.SetOutputMirror(os.Stdout)
	out.AppendHeader(table.Row{"the original, as WebAssembly in memory", "rows/s", "of plain"})
	first := 0.0
	for _, m := range []struct {
		name          string
		per           float64
		on            *peers.Original
		before, timed string
	}{
		{"plain table", originalRows, plain, "", "BEGIN;" + insertSource + "; COMMIT"},
		{"replicated table", originalRows, from, "", "BEGIN;" + insertSource + "; COMMIT"},
		{"merge, changes", 3 * originalRows, to, "ATTACH 'changes' AS x", "BEGIN; INSERT INTO crsql_changes SELECT * FROM x.changes; COMMIT"},
		{"merge again, changes", 3 * originalRows, to, "", "BEGIN; INSERT INTO crsql_changes SELECT * FROM x.changes; COMMIT"},
	} {
		if m.name == "merge, changes" {
			if err := from.Exec("ATTACH 'changes' AS x; CREATE TABLE x.changes AS SELECT * FROM crsql_changes; DETACH x"); err != nil {
				return err
			}
		}
		if m.before != "" {
			if err := m.on.Exec(m.before); err != nil {
				return err
			}
		}
		took, err := m.on.Time(m.timed)
		if err != nil {
			return err
		}
		rate := m.per / took.Seconds()
		if first == 0 {
			first = rate
		}
		out.AppendRow(table.Row{m.name, fmt.Sprintf("%.0f", rate), fmt.Sprintf("%.2f", rate/first)})
	}
	out.Render()
	return nil
}
