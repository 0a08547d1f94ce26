package oracle

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
)

// When tells when a DB checks views. Reading a view inside a transaction makes the engine step its circuit early, so
// histories are worth running under every policy.
type When uint8

// The policies.
const (
	EveryStatement     When = iota // also inside transactions
	OutsideTransaction             // never between BEGIN and COMMIT
)

// Config says how a DB is opened.
type Config struct {
	Driver string // of database/sql, for example "sqlite-mv"
	DSN    string
	Mode   Mode
	When   When
	// Second makes a second connection, opened with the first one, check the same views after each statement: needs a
	// database file.
	Second bool
	// Schemas whose views are checked, {"main"} when empty.
	Schemas []string
}

// DB is a database on which each statement is followed by a check of every view. It uses one connection of a pool for
// each name given to Use. It is for one goroutine.
type DB struct {
	cfg     Config
	pool    *sql.DB
	conns   map[string]*connection
	current *connection
	free    map[string][]Free
	refs    map[string]string
	stale   map[string]bool
	read    map[string]bool // views that have been checked: whether any of their reads gave rows
	quiet   bool            // no check after this statement inside a transaction
}

// connection is one connection and what its statements say about transactions.
type connection struct {
	*sql.Conn
	tx Transaction
}

// Open opens the database and its first connection, named "1".
func Open(ctx context.Context, cfg Config) (*DB, error) {
	pool, err := sql.Open(cfg.Driver, cfg.DSN)
	if err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	if len(cfg.Schemas) == 0 {
		cfg.Schemas = []string{"main"}
	}
	d := &DB{cfg: cfg, pool: pool, conns: map[string]*connection{}, free: map[string][]Free{}, refs: map[string]string{},
		stale: map[string]bool{}, read: map[string]bool{}}
	if err := d.Use(ctx, "1"); err != nil {
		pool.Close()
		return nil, err
	}
	return d, nil
}

// Close closes all connections.
func (d *DB) Close() error {
	for _, c := range d.conns {
		c.Close()
	}
	d.conns = map[string]*connection{}
	return d.pool.Close()
}

// Use makes the connection of that name, opened now if it is new, the one that Exec runs on.
func (d *DB) Use(ctx context.Context, name string) error {
	c, err := d.connection(ctx, name)
	if err != nil {
		return err
	}
	d.current = c
	return nil
}

func (d *DB) connection(ctx context.Context, name string) (*connection, error) {
	if c := d.conns[name]; c != nil {
		return c, nil
	}
	c, err := d.pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("oracle: connection %s: %w", name, err)
	}
	d.conns[name] = &connection{Conn: c}
	return d.conns[name], nil
}

// Conn is the current connection.
func (d *DB) Conn() *sql.Conn { return d.current.Conn }

// InTransaction tells whether the current connection's statements have left a transaction open.
func (d *DB) InTransaction() bool { return d.current.tx.Open() }

// SetFree tells the oracle which columns of a view have a choice of values.
func (d *DB) SetFree(view string, free ...Free) { d.free[strings.ToLower(view)] = free }

// SetReference makes the oracle compare a view with this SELECT instead of the catalog's: for views of attached schemas,
// whose SELECT means something else outside of them.
func (d *DB) SetReference(view, query string) { d.refs[strings.ToLower(view)] = query }

// SetStale tells the oracle that reading the view must fail with "stale" until told otherwise.
func (d *DB) SetStale(view string, stale bool) { d.stale[strings.ToLower(view)] = stale }

// Exec runs one statement on the current connection and then checks every view there and, with Config.Second, on
// the second connection. The first error is the statement's own, the second one the oracle's.
func (d *DB) Exec(ctx context.Context, stmt string, args ...any) (res sql.Result, err, check error) {
	if d.cfg.Mode == Plain {
		stmt = PlainForm(stmt)
	}
	res, err = d.current.ExecContext(ctx, stmt, args...)
	d.current.tx.Note(stmt, err)
	return res, err, d.Check(ctx)
}

// Check checks every view that there is now, as Exec does.
func (d *DB) Check(ctx context.Context) error {
	if (d.quiet || d.cfg.When == OutsideTransaction) && d.current.tx.Open() {
		return nil
	}
	if err := d.checkOn(ctx, d.current); err != nil && err != ErrBusy {
		return err
	}
	if !d.cfg.Second {
		return nil
	}
	c, err := d.connection(ctx, "second")
	if err != nil {
		return err
	}
	if err := d.checkOn(ctx, c); err != nil && err != ErrBusy {
		return fmt.Errorf("on the second connection: %w", err)
	}
	return nil
}

func (d *DB) checkOn(ctx context.Context, c *connection) error {
	views, err := Views(ctx, c, d.cfg.Mode, d.cfg.Schemas...)
	if err != nil {
		return err
	}
	for _, v := range views {
		key := strings.ToLower(v.Name)
		v.Free = d.free[key]
		if ref := d.refs[key]; ref != "" {
			v.Select = ref
		}
		if d.stale[key] {
			_, err = Fetch(ctx, c, "SELECT * FROM "+v.quoted())
			if err == nil || !strings.Contains(err.Error(), "stale") {
				return &Mismatch{View: v.Name, Kind: "stale", Report: fmt.Sprintf("reading gives %v instead of stale", err)}
			}
			continue
		}
		if err := Check(ctx, c, d.cfg.Mode, v); err != nil {
			return err
		}
		if !d.read[v.Name] {
			_, err := Fetch(ctx, c, "SELECT 1 FROM "+v.quoted()+" LIMIT 1")
			d.read[v.Name] = err == nil
		}
	}
	return nil
}

// Probe compares a query over a view with the same one over its definition; $ in the query stands for either.
func (d *DB) Probe(ctx context.Context, view, query string) error {
	views, err := Views(ctx, d.current, d.cfg.Mode, d.cfg.Schemas...)
	if err != nil {
		return err
	}
	for _, v := range views {
		if !strings.EqualFold(v.Name, view) {
			continue
		}
		v.Free = d.free[strings.ToLower(view)]
		return CheckQuery(ctx, d.current, v, strings.ReplaceAll(query, "$", v.quoted()),
			strings.ReplaceAll(query, "$", "("+Reference(d.cfg.Mode, v.Select)+")"))
	}
	return fmt.Errorf("oracle: no view %s", view)
}

// neverRead lists the views whose every read failed.
func (d *DB) neverRead() []string {
	var out []string
	for name, ok := range d.read {
		if !ok {
			out = append(out, name)
		}
	}
	return out
}

var (
	createMaterialized = regexp.MustCompile(`(?is)^\s*CREATE\s+(TEMP\s+|TEMPORARY\s+)?MATERIALIZED\s+VIEW\b`)
	dropMaterialized   = regexp.MustCompile(`(?is)^\s*DROP\s+MATERIALIZED\s+VIEW\b`)
	otherMaterialized  = regexp.MustCompile(`(?is)^\s*(REFRESH|EXPLAIN|ALTER)\s+MATERIALIZED\s+VIEW\b`)
)

// PlainForm returns the statement with a plain view in place of a materialized one; statements that plain views do not
// have become a no-op.
func PlainForm(stmt string) string {
	switch {
	case createMaterialized.MatchString(stmt):
		return createMaterialized.ReplaceAllString(stmt, "CREATE ${1}VIEW")
	case dropMaterialized.MatchString(stmt):
		return dropMaterialized.ReplaceAllString(stmt, "DROP VIEW")
	case otherMaterialized.MatchString(stmt):
		return "SELECT 1"
	}
	return stmt
}
