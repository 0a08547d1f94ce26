package planner

import (
	"fmt"
	"strings"
)

// String returns the tree as indented text, one operator a line.
func (t *Tree) String() string {
	var b strings.Builder
	t.write(&b, 0)
	return b.String()
}

func (t *Tree) write(b *strings.Builder, depth int) {
	b.WriteString(strings.Repeat("  ", depth))
	b.WriteString(t.Title())
	if len(t.State) > 0 {
		b.WriteString("  [" + strings.Join(t.State, "; ") + "]")
	}
	b.WriteByte('\n')
	for _, in := range t.Inputs {
		in.write(b, depth+1)
	}
}

// Title returns operator and detail on one line.
func (t *Tree) Title() string { return strings.TrimSpace(t.Operator + " " + t.Detail) }

// Edge is an arrow from an operator to one that it feeds, by Tree.Node.
type Edge struct{ From, To int }

// Graph returns the operators, each once and inputs first, and the edges between them.
func (t *Tree) Graph() ([]*Tree, []Edge) {
	var nodes []*Tree
	var edges []Edge
	seen := map[int]bool{}
	var visit func(*Tree)
	visit = func(t *Tree) {
		if seen[t.Node] {
			return
		}
		seen[t.Node] = true
		for _, in := range t.Inputs {
			visit(in)
			edges = append(edges, Edge{From: in.Node, To: t.Node})
		}
		nodes = append(nodes, t)
	}
	visit(t)
	return nodes, edges
}

// Mermaid returns the graph as a Mermaid flowchart, https://mermaid.js.org/syntax/flowchart.html.
func (t *Tree) Mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart BT\n")
	nodes, edges := t.Graph()
	for _, n := range nodes {
		label := n.Title()
		for _, s := range n.State {
			label += "<br>" + s
		}
		fmt.Fprintf(&b, "  n%d[\"%s\"]\n", n.Node, mermaidText(label))
	}
	for _, e := range edges {
		fmt.Fprintf(&b, "  n%d --> n%d\n", e.From, e.To)
	}
	return b.String()
}

// mermaidText escapes what ends a quoted label. "<br>" is meant to stay.
func mermaidText(s string) string {
	s = strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;").Replace(s)
	return strings.ReplaceAll(s, "&lt;br&gt;", "<br>")
}
