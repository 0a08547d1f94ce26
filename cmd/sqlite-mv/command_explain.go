package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// explainForm is how a circuit is printed.
type explainForm string

const (
	formTree    explainForm = "tree"
	formDot     explainForm = "dot"
	formMermaid explainForm = "mermaid"
)

var explainCommand = command{
	name: "explain", args: "?--dot|--mermaid? VIEW", brief: "Show the circuit of a materialized view",
	more: `   Without an option the circuit is printed as a tree, like EXPLAIN MATERIALIZED VIEW.
     --dot         Print a graph for Graphviz
     --mermaid     Print a Mermaid flowchart`,
	run: func(sh *shell, args []string) error {
		form := formTree
		args, dot := takeFlag(args, "dot")
		args, mermaid := takeFlag(args, "mermaid")
		switch {
		case dot && mermaid || len(args) != 1:
			return errUsage
		case dot:
			form = formDot
		case mermaid:
			form = formMermaid
		}
		return sh.explainView(args[0], form)
	},
}

// graphOption is what may follow EXPLAIN MATERIALIZED VIEW v in the shell. To SQL it is a comment.
var graphOption = regexp.MustCompile(`^\s*--(dot|mermaid)\s*;?\s*$`)

// explainedView reads EXPLAIN MATERIALIZED VIEW v [--dot|--mermaid].
func explainedView(statement string) (view string, form explainForm, ok bool) {
	if !beginsWith(statement, "EXPLAIN", "MATERIALIZED", "VIEW") {
		return "", "", false
	}
	form = formTree
	words := 0
	end := len(statement)
	for at := 0; at < len(statement); {
		t := sqltext.Next(statement, at)
		at = t.End
		if words > 3 && t.Kind == sqltext.TokComment {
			if m := graphOption.FindStringSubmatch(statement[t.Start:]); m != nil {
				form, end = explainForm(m[1]), t.Start
				break
			}
		}
		if !t.Blank() {
			words++
		}
	}
	c, ok := sqltext.Recognise(statement[:end])
	if !ok || c.Kind != sqltext.ExplainView {
		return "", "", false
	}
	if c.Schema != "" {
		return c.Schema + "." + c.Name, form, true
	}
	return c.Name, form, true
}

// operatorNode is a row of mv_explain: an operator of a circuit.
type operatorNode struct {
	id       int64
	parent   *int64
	operator string
	detail   string
	state    string
	text     string // the node as a line of the tree
}

// circuit reads the operators of a view's circuit, the root first.
func (db *database) circuit(ctx context.Context, view string) ([]operatorNode, error) {
	rows, err := db.conn.QueryContext(ctx,
		"SELECT id, parent, operator, ifnull(detail,''), ifnull(state,''), text FROM mv_explain(?1)", view)
	if err != nil {
		return nil, errors.New(sqliteMessage(err))
	}
	var nodes []operatorNode
	for rows.Next() {
		var n operatorNode
		if err := rows.Scan(&n.id, &n.parent, &n.operator, &n.detail, &n.state, &n.text); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		nodes = append(nodes, n)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, errors.New(sqliteMessage(err))
	}
	return nodes, nil
}

// explainView prints the circuit of a view.
func (sh *shell) explainView(view string, form explainForm) error {
	nodes, err := sh.db.circuit(context.Background(), view)
	if err != nil {
		return err
	}
	switch form {
	case formDot:
		fmt.Fprintln(sh.out, dotGraph(view, nodes))
	case formMermaid:
		fmt.Fprintln(sh.out, mermaidGraph(nodes))
	default:
		for _, n := range nodes {
			fmt.Fprintln(sh.out, n.text)
		}
	}
	return nil
}
