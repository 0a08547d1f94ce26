package planner

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// constantNode is dbsp.Permute with constants among its columns.
type constantNode struct {
	output
	positions []int
}

func (n *constantNode) operator(Env) (dbsp.Operator, error) {
	return &dbsp.Permute{Columns: n.positions}, nil
}

func (n *constantNode) identity(bool) string { return fmt.Sprint("constant ", n.inputs, n.positions) }

func (n *constantNode) tree(p *Plan) *Tree {
	return &Tree{Operator: "columns", Detail: p.columnList(n.inputs[0], n.positions)}
}

// differenceNode is dbsp.Difference.
type differenceNode struct {
	output
	positions, less []int
}

func (n *differenceNode) operator(Env) (dbsp.Operator, error) {
	return &dbsp.Difference{Columns: n.positions, Less: n.less}, nil
}

func (n *differenceNode) identity(bool) string {
	return fmt.Sprint("difference ", n.inputs, n.positions, n.less)
}

func (n *differenceNode) tree(p *Plan) *Tree {
	return &Tree{Operator: "unmatched", Detail: p.columnList(n.inputs[0], n.positions)}
}

// columnList names the columns of node at that positions, constants among them, choose.
func (p *Plan) columnList(at int, positions []int) string {
	var names []string
	for _, c := range positions {
		switch c {
		case dbsp.NullColumn:
			names = append(names, "NULL")
		case dbsp.OneColumn:
			names = append(names, "1")
		default:
			names = append(names, p.columnName(at, c))
		}
	}
	return strings.Join(names, ", ")
}
