package crsql_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc"
	"github.com/sqlite-mv/sqlite-mv/internal/peers"
	"github.com/stretchr/testify/require"
)

// drivers are those under test; with cgo there is a second.
var drivers = []string{"sqlite-mv"}

var updateMended = flag.Bool("crsql.update", false, "write testdata/mended, what the scenarios give that differ by intent")

const vectorFolder = "testdata/vectors"

// vector is a scenario with what came of it: section 15 of the specification. All values are quoted as SQL does.
type vector struct {
	Name  string            `json:"name"`
	Sites map[string]string `json:"sites"`
	Steps []vectorStep      `json:"steps"`
}

type vectorStep struct {
	Step     vectorInput            `json:"step"`
	Error    string                 `json:"error,omitempty"`
	Result   *vectorResult          `json:"result,omitempty"`
	Sent     [][]string             `json:"sent,omitempty"`
	Impacted *int64                 `json:"rows_impacted,omitempty"`
	After    map[string]vectorState `json:"after,omitempty"`
}

type vectorInput struct {
	On       string   `json:"on,omitempty"`
	Tx       []string `json:"tx,omitempty"`
	Rollback []string `json:"rollback,omitempty"`
	Exec     string   `json:"exec,omitempty"`
	Pull     string   `json:"pull,omitempty"`
	Into     string   `json:"into,omitempty"`
	Where    string   `json:"where,omitempty"`
	Order    string   `json:"order,omitempty"`
	Changes  [][]any  `json:"changes,omitempty"`
}

// vectorResult is the rows of a statement, or its error.
type vectorResult struct {
	Rows  [][]string
	Error string
}

func (r vectorResult) MarshalJSON() ([]byte, error) {
	if r.Error != "" {
		return json.Marshal(map[string]string{"error": r.Error})
	}
	return json.Marshal(r.Rows)
}

func (r *vectorResult) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, &r.Rows)
	}
	var form map[string]string
	err := json.Unmarshal(b, &form)
	r.Error = form["error"]
	return err
}

type vectorState struct {
	DBVersion int64                  `json:"db_version"`
	Changes   [][]string             `json:"changes"`
	Tables    map[string]vectorTable `json:"tables"`
}

type vectorTable struct {
	Rows  [][]string `json:"rows"`
	Clock [][]string `json:"clock"`
	Pks   [][]string `json:"pks"`
}

func readVector(t *testing.T, file string) vector {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	var v vector
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	require.NoError(t, d.Decode(&v))
	return v
}

// replay runs a scenario's steps on peers that open makes, and returns what came of them.
func replay(t *testing.T, v vector, open func(site string) peers.Peer) vector {
	t.Helper()
	names := map[string]bool{}
	for _, s := range v.Steps {
		for _, n := range []string{s.Step.On, s.Step.Pull, s.Step.Into} {
			if n != "" {
				names[n] = true
			}
		}
	}
	open1 := map[string]peers.Peer{}
	for n := range names {
		p := open(v.Sites[n])
		defer p.Close()
		open1[n] = p
	}
	out := vector{Name: v.Name, Sites: v.Sites}
	for _, s := range v.Steps {
		out.Steps = append(out.Steps, takeStep(t, open1, s))
	}
	return out
}

// takeStep does what a step says; its results are asked for where the given step has some.
func takeStep(t *testing.T, on map[string]peers.Peer, given vectorStep) vectorStep {
	t.Helper()
	in := given.Step
	got := vectorStep{Step: in}
	p := on[in.On]
	switch {
	case in.Exec != "":
		rows, err := p.Query(in.Exec)
		got.Result = &vectorResult{Rows: quoteRows(rows)}
		if err != nil {
			got.Result = &vectorResult{Error: err.Error()}
		}
	case in.Pull != "":
		p = on[in.Into]
		rows, err := on[in.Pull].Query(`SELECT "table", pk, cid, val, col_version, db_version, site_id, cl, seq ` +
			`FROM crsql_changes WHERE ` + in.Where + ` ORDER BY ` + in.Order)
		require.NoError(t, err)
		got.Sent = quoteRows(rows)
		var texts []string
		for _, r := range got.Sent {
			texts = append(texts, "INSERT INTO crsql_changes VALUES("+strings.Join(r, ", ")+")")
		}
		got.Impacted, err = merge(p, texts)
		got.Error = text(err)
	case in.Changes != nil:
		var texts []string
		for _, c := range in.Changes {
			texts = append(texts, fmt.Sprintf("INSERT INTO crsql_changes VALUES('%s', x'%s', '%s', %s, %v, %v, x'%s', %v, %v)", c...))
		}
		var err error
		got.Impacted, err = merge(p, texts)
		got.Error = text(err)
	case in.Rollback != nil:
		require.NoError(t, p.Exec("BEGIN"))
		for _, s := range in.Rollback {
			require.NoError(t, p.Exec(s))
		}
		require.NoError(t, p.Exec("ROLLBACK"))
	default:
		got.Error = text(peers.Transaction(p, func() error {
			for _, s := range in.Tx {
				if err := p.Exec(s); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	for name := range given.After {
		if got.After == nil {
			got.After = map[string]vectorState{}
		}
		got.After[name] = stateOf(t, on[name])
	}
	return got
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// merge runs the inserts in one transaction and says how many won.
func merge(p peers.Peer, inserts []string) (*int64, error) {
	impacted := int64(0)
	err := peers.Transaction(p, func() error {
		for _, s := range inserts {
			if err := p.Exec(s); err != nil {
				return err
			}
		}
		rows, err := p.Query("SELECT crsql_rows_impacted()")
		if err == nil {
			impacted = rows[0][0].Int()
		}
		return err
	})
	return &impacted, err
}

// stateOf reads what a vector says about a database.
func stateOf(t *testing.T, p peers.Peer) vectorState {
	t.Helper()
	ask := func(text string) [][]string {
		rows, err := p.Query(text)
		require.NoError(t, err, text)
		return quoteRows(rows)
	}
	s := vectorState{Tables: map[string]vectorTable{}}
	version, err := strconv.ParseInt(ask("SELECT crsql_db_version()")[0][0], 10, 64)
	require.NoError(t, err)
	s.DBVersion = version
	s.Changes = ask("SELECT * FROM crsql_changes")
	clocks, err := p.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%\\_\\_crsql\\_clock' ESCAPE '\\'")
	require.NoError(t, err)
	for _, c := range clocks {
		table := strings.TrimSuffix(c[0].Str(), "__crsql_clock")
		named := func(suffix string) string { return `"` + strings.ReplaceAll(table+suffix, `"`, `""`) + `"` }
		rows := ask("SELECT * FROM " + named(""))
		slices.SortFunc(rows, slices.Compare)
		s.Tables[table] = vectorTable{
			Rows: rows,
			Clock: ask("SELECT key, col_name, col_version, db_version, site_id, seq FROM " + named("__crsql_clock") +
				" ORDER BY key, col_name"),
			Pks: ask("SELECT * FROM " + named("__crsql_pks") + " ORDER BY __crsql_key"),
		}
	}
	return s
}

func quoteRows(rows [][]dbsp.Value) [][]string {
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = make([]string, len(r))
		for j, v := range r {
			out[i][j] = quote(v)
		}
	}
	return out
}

// quote writes a value as SQLite's quote() does.
func quote(v dbsp.Value) string {
	switch v.Kind() {
	case dbsp.Text:
		return "'" + strings.ReplaceAll(v.Str(), "'", "''") + "'"
	case dbsp.Blob:
		return fmt.Sprintf("X'%X'", v.Str())
	}
	return v.String()
}

func TestVectors(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(vectorFolder, "[a-z]*.json"))
	require.NoError(t, err)
	require.Len(t, files, 38)
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			for _, file := range files {
				v := readVector(t, file)
				t.Run(v.Name, func(t *testing.T) {
					got := replay(t, v, func(site string) peers.Peer {
						p, err := peers.OpenSite(driver, filepath.Join(t.TempDir(), "peer.db"), site)
						require.NoError(t, err)
						return p
					})
					compareVector(t, v, got)
				})
			}
		})
	}
}

// compareVector holds what came of a scenario against the vector, or, where it differs by intent, against our own.
func compareVector(t *testing.T, v, got vector) {
	t.Helper()
	m, ok := mended[v.Name]
	if !ok {
		for i, s := range v.Steps {
			require.Empty(t, differ(s, got.Steps[i]), "step %d: want %s\ngot %s", i, show(s), show(got.Steps[i]))
		}
		return
	}
	golden := filepath.Join("testdata/mended", v.Name+".json")
	if *updateMended {
		b, err := json.MarshalIndent(got, "", " ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(golden, append(b, '\n'), 0o644))
	}
	ours := readVector(t, golden)
	require.Len(t, ours.Steps, len(v.Steps))
	var steps []int
	for i, s := range v.Steps {
		if len(differ(s, ours.Steps[i])) > 0 {
			steps = append(steps, i)
		}
		require.Empty(t, differ(ours.Steps[i], got.Steps[i]), "step %d: want %s\ngot %s", i, show(ours.Steps[i]), show(got.Steps[i]))
	}
	require.Equal(t, m.steps, steps, "the steps in which we mean to differ")
}

func show(s vectorStep) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// The scenarios' inputs are those that came with them.
func TestVectorInputs(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(vectorFolder, "_scenarios.json"))
	require.NoError(t, err)
	var scenarios map[string]struct {
		Steps []json.RawMessage `json:"steps"`
	}
	require.NoError(t, json.Unmarshal(b, &scenarios))
	require.Len(t, scenarios, 38)
	for name, s := range scenarios {
		v := readVector(t, filepath.Join(vectorFolder, name+".json"))
		require.Len(t, v.Steps, len(s.Steps), name)
		for i, step := range s.Steps {
			input, err := json.Marshal(v.Steps[i].Step)
			require.NoError(t, err)
			require.JSONEq(t, string(step), string(input), "%s %d", name, i)
		}
	}
}

// The replay itself is right: the original gives its own vectors. It lacks crsql_config_set and traps in crsql_automigrate.
func TestVectorsOriginal(t *testing.T) {
	node := startNode(t)
	files, err := filepath.Glob(filepath.Join(vectorFolder, "[a-z]*.json"))
	require.NoError(t, err)
	n := 0
	for _, file := range files {
		v := readVector(t, file)
		if v.Name == "automigrate" || v.Name == "merge_equal_values" {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			got := replay(t, v, func(site string) peers.Peer {
				n++
				p, err := node.OpenSite(fmt.Sprintf("%s%d", v.Name, n), site)
				require.NoError(t, err)
				return p
			})
			if v.Name == "alter_add_drop" { // npm's build gives itself an older number
				require.Equal(t, "150000", got.Steps[8].Result.Rows[0][1])
				got.Steps[8].Result.Rows[0][1] = "160300"
			}
			for i, s := range v.Steps {
				require.Empty(t, differ(s, got.Steps[i]), "step %d: want %s\ngot %s", i, show(s), show(got.Steps[i]))
			}
		})
	}
}
