package dbsp

// Delta is one change: Row is added Weight times (removed, when Weight is negative). Key is set below operators whose
// output has at most one row per key (Aggregate, Distinct): the encoded group key; "" elsewhere.
type Delta struct {
	Row    Row
	Weight int64
	Key    string
}

// Batch is a Z-set delta as a list; it need not be consolidated. Where Key is set, the changes of one key alternate in
// list order: the old row goes (-1) before the new one comes (+1).
type Batch []Delta

// OpID numbers an operator within its circuit; it is part of the on-disk state's key, so the planner assigns it
// deterministically. FailureOp is reserved.
type OpID int32

// FailureOp keeps, as a Z-set, the rows whose expressions failed (malformed JSON, integer overflow): the view has failed
// as long as it is not empty. Its key is "", its elements are those that Step.Fail makes.
const FailureOp OpID = 0

// Store is the state of a circuit's operators. Two shapes are kept under one OpID: accumulators, one opaque value per
// key (Get, Put), and arrangements, a Z-set of elements per key (Add, Elements). An OpID uses one of them.
// Keys and elements are compared as bytes; the store copies what it keeps.
type Store interface {
	// Get returns the accumulator of key, nil when there is none. The result is valid until the next call.
	Get(op OpID, key string) ([]byte, error)
	// Put sets the accumulator of key; nil removes it.
	Put(op OpID, key string, value []byte) error
	// Add adds weight to element under key. A sum of zero removes the element.
	Add(op OpID, key, element string, weight int64) error
	// Elements calls yield for the elements under key that are >= from, in byte order, with their weights, until yield
	// returns false.
	Elements(op OpID, key, from string, yield func(element string, weight int64) bool) error
}

// Step is what operators see of the step that is running.
type Step struct {
	// Store holds operator state as of the beginning of the step, plus what this step changed.
	Store Store
	// Numeric gives the number that SQLite's sum() takes a TEXT or BLOB for (an INTEGER or a REAL).
	Numeric func(Value) (Value, error)
	// Peak is the length of the longest batch that any operator put out since it was last set to 0. A join may answer a
	// short batch with a long one: who feeds the circuit then feeds less at a time.
	Peak int
}

// Fail records that evaluating row at operator op failed with message; weight counts like a row's, so that removing the
// row removes the failure. The step goes on without the row.
func (s *Step) Fail(op OpID, row Row, message string, weight int64) error {
	return s.Store.Add(FailureOp, "", failureElement(op, row, message), weight)
}

// Operator is one node of a circuit. Step takes the delta of each input and returns the delta of the output, having
// updated the operator's state in s.Store, such that the sum of all outputs so far is the operator applied to the sum of
// all inputs so far. Errors are those of the store or the evaluator: the step is then lost as a whole.
type Operator interface {
	// Step takes in one delta per input and returns the output's delta.
	Step(s *Step, in []Batch) (Batch, error)
}

// Keeper is an Operator that has state in the Store. What is no Keeper has none.
type Keeper interface {
	Operator
	// Keeps tells whether the deltas of an input change the state.
	Keeps(input int) bool
}

// Evaluator evaluates SQL expressions over the rows of a batch: a filter and a projection in one. The result has, in
// input order, for each delta that passes, a delta with the projected row and the input's weight and key. A row whose
// evaluation fails is reported through fail, and left out.
type Evaluator interface {
	// Evaluate filters and projects in.
	Evaluate(in Batch, fail func(d Delta, message string) error) (Batch, error)
}

// Trace is one side of a join as the other side sees it: the rows that have a given join key.
type Trace interface {
	// Rows calls yield for each row under key with its weight. key holds the values of the join key columns, none NULL.
	Rows(s *Step, key Row, yield func(Row, int64) error) error
}

// Rows is a join side of which only identities are kept: the rows that have them.
type Rows interface {
	// Row returns the row that identity stands for, as it is after those deltas of the side that were fed so far. It may
	// be overwritten by the next call. A row that is not there is an error: the identity came from the side's deltas.
	Row(identity Row) (Row, error)
}
