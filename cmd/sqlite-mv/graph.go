package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/emicklei/dot"
)

// operators leaves out the triggers, which tell how changes are captured but are no part of the graph.
func operators(nodes []operatorNode) []operatorNode {
	return slices.DeleteFunc(slices.Clone(nodes), func(n operatorNode) bool { return n.operator == "trigger" })
}

// dotGraph writes a circuit as a Graphviz graph; data flows along the arrows, from the base tables to the view.
func dotGraph(view string, nodes []operatorNode) string {
	g := dot.NewGraph(dot.Directed)
	g.ID(view)
	g.Attr("rankdir", "BT")
	byID := map[int64]dot.Node{}
	nodes = operators(nodes)
	for _, n := range nodes {
		node := g.Node(fmt.Sprintf("n%d", n.id)).Label(strings.Join(n.lines(), "\n")).Attr("shape", "box")
		if n.state != "" {
			node.Attr("style", "filled").Attr("fillcolor", "lightgrey")
		}
		byID[n.id] = node
	}
	for _, n := range nodes {
		if n.parent != nil {
			if to, ok := byID[*n.parent]; ok {
				g.Edge(byID[n.id], to)
			}
		}
	}
	return strings.TrimRight(g.String(), "\n")
}

// mermaidGraph writes a circuit as a Mermaid flowchart.
func mermaidGraph(nodes []operatorNode) string {
	var b strings.Builder
	b.WriteString("flowchart BT")
	nodes = operators(nodes)
	for _, n := range nodes {
		open, end := `["`, `"]`
		if n.state != "" {
			open, end = `[("`, `")]`
		}
		lines := n.lines()
		for i, l := range lines {
			lines[i] = mermaidText(l)
		}
		fmt.Fprintf(&b, "\n    n%d%s%s%s", n.id, open, strings.Join(lines, "<br/>"), end)
	}
	for _, n := range nodes {
		if n.parent != nil {
			fmt.Fprintf(&b, "\n    n%d --> n%d", n.id, *n.parent)
		}
	}
	return b.String()
}

// lines returns the label of a node.
func (n operatorNode) lines() []string {
	lines := []string{n.operator}
	if n.detail != "" {
		lines = append(lines, n.detail)
	}
	if n.state != "" {
		lines = append(lines, "state: "+n.state)
	}
	return lines
}

// mermaidText escapes what has a meaning inside a quoted label.
func mermaidText(s string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "\n", "<br/>").Replace(s)
}
