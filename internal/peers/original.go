package peers

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// The package of npm that has cr-sqlite 0.16 as WebAssembly.
const (
	originalName    = "@vlcn.io/wa-sqlite"
	originalVersion = "0.22.0"
)

// Install has npm install the original in a folder, and returns where the package is.
func Install(folder string) (string, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, npm, "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund",
		"--no-save", originalName+"@"+originalVersion)
	c.Dir = folder
	c.WaitDelay = time.Second
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm can't install %s %s: %w\n%s", originalName, originalVersion, err, out)
	}
	return filepath.Join(folder, "node_modules", filepath.FromSlash(originalName)), nil
}

// Node is a process of Node that keeps databases of the original in memory.
type Node struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// StartNode starts Node with the package that Install gave.
func StartNode(pkg string) (*Node, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	_, here, _, _ := runtime.Caller(0)
	script := filepath.Join(filepath.Dir(here), "..", "..", "crsql", "testdata", "interop", "peer.mjs")
	c := exec.Command(node, "--no-warnings", script, pkg)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	return &Node{cmd: c, in: in, out: bufio.NewReaderSize(out, 1<<20)}, nil
}

// Close ends the process.
func (n *Node) Close() error { return errors.Join(n.in.Close(), n.cmd.Wait()) }

type request struct {
	Op      string        `json:"op"`
	DB      string        `json:"db"`
	SQL     string        `json:"sql,omitempty"`
	Image   *string       `json:"image,omitempty"`
	Args    []wireValue   `json:"args,omitempty"`
	Changes [][]wireValue `json:"changes,omitempty"`
}

type answer struct {
	Error string        `json:"error"`
	Image string        `json:"image"`
	Rows  [][]wireValue `json:"rows"`
	CPU   int64         `json:"cpu"` // microseconds
}

func (n *Node) ask(q request) (answer, error) {
	line, err := json.Marshal(q)
	if err != nil {
		return answer{}, err
	}
	if _, err := n.in.Write(append(line, '\n')); err != nil {
		return answer{}, err
	}
	reply, err := n.out.ReadBytes('\n')
	if err != nil {
		return answer{}, fmt.Errorf("node: %w", err)
	}
	var a answer
	if err := json.Unmarshal(reply, &a); err != nil {
		return answer{}, err
	}
	if a.Error != "" {
		return answer{}, errors.New(a.Error)
	}
	return a, nil
}

// Original is a database of the original.
type Original struct {
	node *Node
	name string
}

// Open opens a database under a name that no other has; image is the content of its file, or nil.
func (n *Node) Open(name string, image []byte) (*Original, error) {
	q := request{Op: "open", DB: name}
	if image != nil {
		s := base64.StdEncoding.EncodeToString(image)
		q.Image = &s
	}
	_, err := n.ask(q)
	return &Original{node: n, name: name}, err
}

// OpenSite opens a new database with a site id, given in hexadecimal.
func (n *Node) OpenSite(name, site string) (*Original, error) {
	p, err := n.Open(name, nil)
	if err != nil {
		return nil, err
	}
	if err := p.Exec(fmt.Sprintf(SiteID, site)); err != nil {
		return nil, err
	}
	if err := p.Close(); err != nil {
		return nil, err
	}
	return n.Open(name, nil)
}

// Exec runs the statements of a text.
func (p *Original) Exec(text string) error {
	_, err := p.node.ask(request{Op: "exec", DB: p.name, SQL: text})
	return err
}

// Time runs the statements of a text and returns the processor time that this took.
func (p *Original) Time(text string) (time.Duration, error) {
	a, err := p.node.ask(request{Op: "exec", DB: p.name, SQL: text})
	return time.Duration(a.CPU) * time.Microsecond, err
}

// Query returns the rows of a statement.
func (p *Original) Query(text string, args ...dbsp.Value) ([][]dbsp.Value, error) {
	a, err := p.node.ask(request{Op: "query", DB: p.name, SQL: text, Args: wireValues(args)})
	if err != nil {
		return nil, err
	}
	return rows(a), nil
}

// Apply inserts changes, nine values each, into crsql_changes in one transaction, and returns crsql_rows_impacted().
func (p *Original) Apply(changes [][]dbsp.Value) (int64, error) {
	q := request{Op: "apply", DB: p.name, Changes: [][]wireValue{}}
	for _, c := range changes {
		q.Changes = append(q.Changes, wireValues(c))
	}
	a, err := p.node.ask(q)
	if err != nil {
		return 0, err
	}
	return rows(a)[0][0].Int(), nil
}

// Image returns the content of the database's file.
func (p *Original) Image() ([]byte, error) {
	a, err := p.node.ask(request{Op: "image", DB: p.name})
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(a.Image)
}

// Close closes the database; its file stays in the process's memory.
func (p *Original) Close() error {
	_, err := p.node.ask(request{Op: "close", DB: p.name})
	return err
}

func rows(a answer) [][]dbsp.Value {
	out := make([][]dbsp.Value, len(a.Rows))
	for i, r := range a.Rows {
		out[i] = make([]dbsp.Value, len(r))
		for j, v := range r {
			out[i][j] = dbsp.Value(v)
		}
	}
	return out
}

func wireValues(values []dbsp.Value) []wireValue {
	out := make([]wireValue, len(values))
	for i, v := range values {
		out[i] = wireValue(v)
	}
	return out
}

// wireValue is a value as the script reads and writes it.
type wireValue dbsp.Value

// MarshalJSON writes the form that the script's comment describes.
func (w wireValue) MarshalJSON() ([]byte, error) {
	v := dbsp.Value(w)
	form := map[string]string{}
	switch v.Kind() {
	case dbsp.Integer:
		form["i"] = strconv.FormatInt(v.Int(), 10)
	case dbsp.Real:
		form["r"] = fmt.Sprintf("%016x", math.Float64bits(v.Real()))
	case dbsp.Text:
		form["t"] = v.Str()
	case dbsp.Blob:
		form["b"] = hex.EncodeToString([]byte(v.Str()))
	default:
		return []byte("null"), nil
	}
	return json.Marshal(form)
}

// UnmarshalJSON reads it.
func (w *wireValue) UnmarshalJSON(b []byte) error {
	var form map[string]string
	if err := json.Unmarshal(b, &form); err != nil {
		return err
	}
	for kind, s := range form {
		switch kind {
		case "i":
			i, err := strconv.ParseInt(s, 10, 64)
			*w = wireValue(dbsp.NewInteger(i))
			return err
		case "r":
			bits, err := strconv.ParseUint(s, 16, 64)
			*w = wireValue(dbsp.NewReal(math.Float64frombits(bits)))
			return err
		case "t":
			*w = wireValue(dbsp.NewText(s))
		case "b":
			raw, err := hex.DecodeString(s)
			*w = wireValue(dbsp.NewBlob(string(raw)))
			return err
		}
	}
	return nil
}
