package ext

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/zeebo/xxh3"
)

// stateTable is a view's committed state: its __internal_dbsp_state_ops_<view> and __internal_dbsp_state_out_<view>.
// It is the dbsp.Base under the transaction's overlay and the dbsp.Writer that takes the overlay at commit.
//
// Format 1.
// ops: (operator_id INTEGER, key BLOB, element BLOB, value BLOB, weight INTEGER, PRIMARY KEY(operator_id, key, element))
// WITHOUT ROWID. An accumulator has an empty element and its value; an element of an arrangement has a NULL value and
// its weight, never 0; many primary keys under one join key are kept in runs (see elementRun). Keys are exact (dbsp.AppendKey), elements as the operator defines them.
// out: the view's columns as declared, the weight (> 0), the key, PRIMARY KEY, and the state, WITHOUT ROWID. A keyed
// view's key is the encoded group key and its weight 1; where the root operator's groups are the output's rows
// (planner.Plan.RowState), their accumulators are in the state column, so that a change is one write. The accumulator of
// a group that shows no row, because its result failed, is in ops. Any other view's key is the row's identity (dbsp.AppendRow) when that has at most
// longKey bytes, else its first keyPrefix bytes, the identity's xxh3-128, and a byte that tells rows with equal hashes apart: a hit is
// verified against the stored columns.
type stateTable struct {
	v       *view
	columns int
	rowOp   dbsp.OpID
	// puts are accumulators to be written with their rows; spare are keys whose accumulator was found in ops.
	puts  map[string][]byte
	spare map[string]bool
	// scratch holds the values of the row being written.
	scratch []dbsp.Value
	// decoded is the row that is being written, where only its identity was kept.
	decoded dbsp.Row
	// runs are the arrangements that hold runs: see elementRun.
	runs   map[dbsp.OpID]bool
	group  group
	runBuf []byte
	mirror mirror

	get, scan, put, del, insert, remove, lessen          statement
	outPut, outDel, outInsert, outRemove, outLess, outAt statement
	outGet, outSet, runAt, runAll, runPut                statement
}

// statement is a text and, once used, what it was compiled to.
type statement struct {
	sql  string
	stmt sqlite3.Stmt
}

const (
	longKey   = 64
	keyPrefix = 24
	// hashedLength is the length of the key of a row whose identity is long.
	hashedLength = keyPrefix + 16 + 1
)

func newStateTable(v *view, rowOp dbsp.OpID) *stateTable {
	t := &stateTable{v: v, columns: len(v.columns), rowOp: rowOp, puts: map[string][]byte{}, spare: map[string]bool{}, runs: map[dbsp.OpID]bool{}}
	ops, out, params := t.ops(), t.out(), t.parameters()
	key, weight, state := ident(keyColumn), ident(weightColumn), ident(stateColumn)
	const element = " WHERE operator_id = ?1 AND key = ?2 AND element = "
	t.get.sql = "SELECT value FROM " + ops + element + "x''"
	t.scan.sql = "SELECT element, weight FROM " + ops + " WHERE operator_id = ?1 AND key = ?2 AND element >= ?3 ORDER BY element"
	t.put.sql = "INSERT OR REPLACE INTO " + ops + " VALUES(?1, ?2, x'', ?3, 1)"
	t.del.sql = "DELETE FROM " + ops + element + "x''"
	t.insert.sql = "INSERT INTO " + ops + " VALUES(?1, ?2, ?3, NULL, ?4) ON CONFLICT DO UPDATE SET weight = weight + excluded.weight"
	t.remove.sql = "DELETE FROM " + ops + element + "?3 AND weight = ?4"
	t.lessen.sql = "UPDATE " + ops + " SET weight = weight - ?4" + element + "?3 AND weight > ?4"
	t.runAt.sql = "SELECT element, value FROM " + ops + " WHERE operator_id = ?1 AND key = ?2 AND element <= ?3 ORDER BY element DESC LIMIT 1"
	t.runAll.sql = "SELECT element, value, weight FROM " + ops + " WHERE operator_id IN (?1, -?1) AND key = ?2"
	t.runPut.sql = "INSERT OR REPLACE INTO " + ops + " VALUES(?1, ?2, ?3, ?4, 1)"
	t.outGet.sql = "SELECT " + state + " FROM " + out + " WHERE " + key + " = ?1"
	t.outSet.sql = "UPDATE " + out + " SET " + state + " = ?2 WHERE " + key + " = ?1"
	t.outPut.sql = "INSERT OR REPLACE INTO " + out + " VALUES(" + params + ")"
	t.outDel.sql = "DELETE FROM " + out + " WHERE " + key + " = ?1"
	t.outInsert.sql = "INSERT INTO " + out + " VALUES(" + params + ") ON CONFLICT(" + key + ") DO UPDATE SET " + weight + " = " +
		weight + " + excluded." + weight
	t.outRemove.sql = "DELETE FROM " + out + " WHERE " + key + " = ?1 AND " + weight + " = ?2"
	t.outLess.sql = "UPDATE " + out + " SET " + weight + " = " + weight + " - ?2 WHERE " + key + " = ?1 AND " + weight + " > ?2"
	t.outAt.sql = "SELECT * FROM " + out + " WHERE " + key + " = ?1"
	return t
}

func (t *stateTable) release() {
	for _, x := range []*statement{&t.get, &t.scan, &t.put, &t.del, &t.insert, &t.remove, &t.lessen,
		&t.outPut, &t.outDel, &t.outInsert, &t.outRemove, &t.outLess, &t.outAt, &t.outGet, &t.outSet,
		&t.runAt, &t.runAll, &t.runPut} {
		finalize(&x.stmt)
	}
}

// empty gives up the memory that filling the view took: maps keep their size, and each commit goes through them.
func (t *stateTable) empty() {
	t.puts, t.spare = map[string][]byte{}, map[string]bool{}
	t.mirror = nil
}

// forget drops what was taken to be written.
func (t *stateTable) forget() {
	clear(t.puts)
	clear(t.spare)
	t.dropGroup()
}

func (t *stateTable) ops() string { return qualified(t.v.db.name, t.v.opsTable()) }
func (t *stateTable) out() string { return qualified(t.v.db.name, t.v.outTable()) }

func (t *stateTable) bind(x *statement, args ...dbsp.Value) (sqlite3.Stmt, error) {
	s, err := t.v.db.e.kept(&x.stmt, x.sql)
	if err != nil {
		return nil, err
	}
	for i, a := range args {
		if err := s.Bind(i+1, a); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// run steps a statement that returns no rows.
func run(s sqlite3.Stmt, err error) error {
	if err != nil {
		return err
	}
	return s.Run()
}

// Get reads an accumulator.
func (t *stateTable) Get(op dbsp.OpID, key string) ([]byte, error) {
	if op != t.rowOp {
		return t.getOps(op, key)
	}
	if state, ok := t.mirrored(key); ok {
		return unsafe.Slice(unsafe.StringData(state), len(state)), nil // who reads changes nothing
	}
	value, ok, err := t.accumulator(t.bind(&t.outGet, dbsp.NewBlob(key)))
	if ok || err != nil {
		return value, err
	}
	if value, err = t.getOps(op, key); value != nil {
		t.spare[key] = true
	}
	return value, err
}

func (t *stateTable) getOps(op dbsp.OpID, key string) ([]byte, error) {
	value, _, err := t.accumulator(t.bind(&t.get, dbsp.NewInteger(int64(op)), dbsp.NewBlob(key)))
	return value, err
}

// accumulator returns what a statement that is bound reads, ok if there is a row.
func (t *stateTable) accumulator(s sqlite3.Stmt, err error) (value []byte, ok bool, _ error) {
	if err != nil {
		return nil, false, err
	}
	defer s.Reset()
	if ok, err = s.Fetch(); err != nil || !ok {
		return nil, false, err
	}
	v := s.ColumnRaw(0)
	if v.Kind() != dbsp.Blob {
		return nil, true, fmt.Errorf("ext: view %s: %w", t.v.name, ErrDamaged)
	}
	return []byte(v.Str()), true, nil
}

// Elements reads an arrangement.
func (t *stateTable) Elements(op dbsp.OpID, key, from string, yield func(string, int64) bool) error {
	if t.runs[op] {
		return t.mixed(op, key, from, yield)
	}
	x := t.scan
	t.scan.stmt = nil // a nested scan prepares its own
	s, err := t.bind(&x, dbsp.NewInteger(int64(op)), dbsp.NewBlob(key), dbsp.NewBlob(from))
	if err != nil {
		return err
	}
	defer func() {
		_ = s.Reset()
		if t.scan.stmt == nil {
			t.scan.stmt = s
		} else {
			_ = s.Finalize()
		}
	}()
	for {
		ok, err := s.Step()
		if err != nil || !ok {
			return err
		}
		e, w := s.Column(0), s.Column(1)
		if e.Kind() != dbsp.Blob || w.Kind() != dbsp.Integer {
			return fmt.Errorf("ext: view %s: %w", t.v.name, ErrDamaged)
		}
		if !yield(e.Str(), w.Int()) {
			return nil
		}
	}
}

// Put writes an accumulator; nil removes it. The key is kept until the rows are written.
func (t *stateTable) Put(op dbsp.OpID, key string, value []byte) error {
	if op == t.rowOp {
		t.puts[key] = slices.Clone(value)
		return nil
	}
	return t.putOps(op, key, value)
}

func (t *stateTable) putOps(op dbsp.OpID, key string, value []byte) error {
	if value == nil {
		return run(t.bind(&t.del, dbsp.NewInteger(int64(op)), dbsp.NewBlob(key)))
	}
	return run(t.bind(&t.put, dbsp.NewInteger(int64(op)), dbsp.NewBlob(key), dbsp.NewBlob(string(value))))
}

// Add changes an element's weight.
func (t *stateTable) Add(op dbsp.OpID, key, element string, weight int64) error {
	if t.runs[op] {
		return t.collect(op, key, element, weight)
	}
	id, k, el := dbsp.NewInteger(int64(op)), dbsp.NewBlob(key), dbsp.NewBlob(element)
	if weight > 0 {
		return run(t.bind(&t.insert, id, k, el, dbsp.NewInteger(weight)))
	}
	return t.take(&t.remove, &t.lessen, id, k, el, dbsp.NewInteger(-weight))
}

// take removes weight from a row: most have just that weight and go; a row that has less means damage.
func (t *stateTable) take(remove, lessen *statement, args ...dbsp.Value) error {
	if err := run(t.bind(remove, args...)); err != nil {
		return err
	}
	if t.v.db.e.conn.Changes() > 0 {
		return nil
	}
	if err := run(t.bind(lessen, args...)); err != nil {
		return err
	}
	if t.v.db.e.conn.Changes() == 0 {
		return fmt.Errorf("ext: view %s: a row that should be there is not: %w", t.v.name, ErrDamaged)
	}
	return nil
}

// writeOutput writes an output delta, in key order, and the accumulators that belong to its rows.
func (t *stateTable) writeOutput(o *outputDelta) error {
	entries := o.list()
	fill := false
	if o.bulk {
		var err error
		if fill, err = t.fillable(entries); err != nil {
			return err
		}
	}
	if fill {
		if err := t.fill(o, entries); err != nil {
			return err
		}
		entries = nil
	}
	for _, e := range entries {
		if err := t.writeEntry(o.keyed, e); err != nil {
			return err
		}
	}
	// What is left has a row that did not change, or shows none.
	if len(t.puts) == 0 {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(t.puts)) {
		value := t.puts[key]
		delete(t.puts, key)
		if value != nil {
			delete(t.mirror, key)
			if err := run(t.bind(&t.outSet, dbsp.NewBlob(key), dbsp.NewBlob(string(value)))); err != nil {
				return err
			}
			if t.v.db.e.conn.Changes() > 0 {
				continue
			}
		}
		delete(t.spare, key)
		if err := t.putOps(t.rowOp, key, value); err != nil {
			return err
		}
	}
	return nil
}

// rowState takes the accumulator to write with a row; one that was without a row before leaves ops.
func (t *stateTable) rowState(key string) (dbsp.Value, error) {
	if t.rowOp == 0 {
		return dbsp.Value{}, nil
	}
	value, ok := t.puts[key]
	if !ok {
		// The row changed, its accumulator did not.
		b, err := t.Get(t.rowOp, key)
		if err != nil {
			return dbsp.Value{}, err
		}
		value = b
	}
	delete(t.puts, key)
	if t.spare[key] {
		delete(t.spare, key)
		if err := t.putOps(t.rowOp, key, nil); err != nil {
			return dbsp.Value{}, err
		}
	}
	if value == nil {
		return dbsp.Value{}, fmt.Errorf("ext: view %s: a row without its accumulator: %w", t.v.name, ErrDamaged)
	}
	return dbsp.NewBlob(unsafe.String(unsafe.SliceData(value), len(value))), nil // nobody writes to it any more
}

func (t *stateTable) writeEntry(keyed bool, e *outputEntry) error {
	if keyed {
		if e.weight == 0 {
			delete(t.mirror, e.key)
			return run(t.bind(&t.outDel, dbsp.NewBlob(e.key)))
		}
		state, err := t.rowState(e.key)
		if err != nil {
			return err
		}
		if err := run(t.bind(&t.outPut, t.values(e.row, 1, e.key, state)...)); err != nil {
			delete(t.mirror, e.key)
			return err
		}
		if t.rowOp != 0 {
			t.wrote(e.key, state.Str())
		}
		return nil
	}
	if e.row == nil {
		var err error
		if t.decoded, err = dbsp.DecodeRow(e.key, t.decoded[:0]); err != nil {
			return err
		}
		e.row = t.decoded
		defer func() { e.row = nil }()
	}
	key, err := t.rowKey(e)
	if err != nil {
		return err
	}
	if e.weight > 0 {
		return run(t.bind(&t.outInsert, t.values(e.row, e.weight, key, dbsp.Value{})...))
	}
	return t.take(&t.outRemove, &t.outLess, dbsp.NewBlob(key), dbsp.NewInteger(-e.weight))
}

func (t *stateTable) parameters() string {
	var b strings.Builder
	for i := range t.columns + 3 {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "?%d", i+1)
	}
	return b.String()
}

func (t *stateTable) values(row dbsp.Row, weight int64, key string, state dbsp.Value) []dbsp.Value {
	t.scratch = append(append(t.scratch[:0], row...), dbsp.NewInteger(weight), dbsp.NewBlob(key), state)
	return t.scratch
}

// rowKey finds the key that an unkeyed row has or gets in the output table.
func (t *stateTable) rowKey(e *outputEntry) (string, error) {
	if len(e.key) <= longKey {
		return e.key, nil
	}
	prefix := hashedKey(e.key)
	for n := range 256 {
		key := prefix + string([]byte{byte(n)})
		same, found, err := t.holds(key, e)
		if err != nil {
			return "", err
		}
		if same || !found {
			return key, nil
		}
	}
	return "", fmt.Errorf("ext: view %s: 256 rows with one hash: %w", t.v.name, ErrDamaged)
}

// hashedKey is the key of a row whose identity is long, without its last byte.
func hashedKey(identity string) string {
	h := xxh3.HashString128(identity).Bytes()
	return identity[:keyPrefix] + string(h[:])
}

func (t *stateTable) holds(key string, e *outputEntry) (same, found bool, err error) {
	s, err := t.bind(&t.outAt, dbsp.NewBlob(key))
	if err != nil {
		return false, false, err
	}
	defer s.Reset()
	ok, err := s.Fetch()
	if err != nil || !ok {
		return false, false, err
	}
	return string(dbsp.AppendRow(nil, columnsOf(s, 0, t.columns))) == e.key, true, nil
}

// create makes the two tables.
func (t *stateTable) create() error {
	decls := make([]string, len(t.v.columns))
	for i, c := range t.v.columns {
		decls[i] = c.declaration()
	}
	return t.v.db.e.conn.Exec(fmt.Sprintf(
		"CREATE TABLE %s(%s, %s INTEGER NOT NULL, %s BLOB NOT NULL PRIMARY KEY, %s BLOB) WITHOUT ROWID;"+
			"CREATE TABLE %s(operator_id INTEGER NOT NULL, key BLOB NOT NULL, element BLOB NOT NULL, value BLOB, weight INTEGER NOT NULL, PRIMARY KEY(operator_id, key, element)) WITHOUT ROWID",
		t.out(), strings.Join(decls, ", "), ident(weightColumn), ident(keyColumn), ident(stateColumn), t.ops()))
}

// clear empties them.
func (t *stateTable) clear() error {
	clear(t.mirror)
	return t.v.db.e.conn.Exec("DELETE FROM " + t.out() + "; DELETE FROM " + t.ops())
}
