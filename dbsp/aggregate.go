package dbsp

// AggFunc is one of SQLite's built-in aggregate functions, https://www.sqlite.org/lang_aggfunc.html.
type AggFunc uint8

// The functions that Aggregate maintains.
const (
	CountStar AggFunc = iota // count(*): INTEGER
	Count                    // count(x): INTEGER
	Sum                      // sum(x): INTEGER while every input is one, else REAL; NULL of no values
	Total                    // total(x): REAL; 0.0 of no values
	Avg                      // avg(x): REAL; NULL of no values
	Min                      // min(x): the first in order; NULL of no values
	Max                      // max(x): the last in order; NULL of no values
)

// String returns the function's SQL name.
func (f AggFunc) String() string {
	switch f {
	case CountStar, Count:
		return "count"
	case Sum:
		return "sum"
	case Total:
		return "total"
	case Avg:
		return "avg"
	case Min:
		return "min"
	case Max:
		return "max"
	}
	return "aggregate"
}

// KeyColumn is one column of a group key.
type KeyColumn struct {
	// Column is its position in the input row.
	Column    int
	Collation Collation
	// Variants is set where values that compare equal may differ: NOCASE text, 1 and 1.0. The operator then counts them,
	// so that the group shows one that some row has now.
	Variants bool
}

// AggregateColumn is one aggregate function over one column.
type AggregateColumn struct {
	Func AggFunc
	// Column is the argument's position in the input row; not used by CountStar.
	Column int
	// Collation compares values for Min, Max and Distinct.
	Collation Collation
	// Distinct counts each class of equal values once. Min and Max don't need it.
	Distinct bool
	// Variants is as in KeyColumn, for Distinct.
	Variants bool
}

// Aggregate is GROUP BY with aggregate functions, and the aggregate without GROUP BY (Global). An output row is the group
// columns, then the results; its key is the concatenation of AppendKey of the group columns, "" for Global. A group whose
// output changes yields the old row with -1 and then the new row with +1. The group columns of a row come from one input
// row that is there now.
//
// The operator is not linear: the output changes by Q(I+Δ) − Q(I), and Q(I) of the touched groups comes from the state:
//
//   - under ID one accumulator per group: the number of rows, the group columns, and per aggregate what its file says;
//   - under ElementsID, for Min, Max and Distinct, the Z-set of values per group, ordered;
//   - under VariantsID, where a group column has Variants, the Z-set of group column tuples per group.
//
// Cost: one Get and one Put per touched group and batch; per delta arithmetic for count, sum, total and avg, one Add for
// each value whose weight really changes for Min, Max, Distinct and Variants. A lookup more is paid when the extreme or the
// shown group columns go away, and for each touched class of equal values by Distinct.
//
// NULLs make one group. Functions of a column pass over its NULLs.
//
// An integer sum outside the INTEGER range makes the group fail: its row is replaced by a failure (Step.Fail) as long as
// that lasts, as SELECT would raise "integer overflow".
type Aggregate struct {
	ID, VariantsID, ElementsID OpID

	Group      []KeyColumn
	Aggregates []AggregateColumn
	// Global means that there is no GROUP BY: Group is empty and there is always exactly one row. The first Step, with or
	// without input, outputs it.
	Global bool

	// idle is the last step's grouping, kept for its memory.
	idle *grouping
}

// overflowMessage is SQLite's error of sum().
const overflowMessage = "integer overflow"

// Step takes in the delta in[0] and returns the change of the groups' rows.
func (a *Aggregate) Step(s *Step, in []Batch) (Batch, error) {
	if len(in[0]) == 0 && !a.Global {
		return nil, nil
	}
	g := a.grouping(s, in[0])
	if err := g.load(); err != nil {
		return nil, err
	}
	g.recall()
	if err := g.count(); err != nil {
		return nil, err
	}
	for _, f := range g.folds {
		if err := f.apply(g); err != nil {
			return nil, err
		}
	}
	if err := g.choose(); err != nil {
		return nil, err
	}
	out, err := g.emit()
	g.release()
	return out, err
}

// hasVariants reports whether some group column has.
func (a *Aggregate) hasVariants() bool {
	for _, k := range a.Group {
		if k.Variants {
			return true
		}
	}
	return false
}
