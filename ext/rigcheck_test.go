package ext

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// lostForNow says that a table's views are computed anew at the end of the transaction.
const lostForNow = "rebuild"

// capture puts capture on columns of a table, all when none are named: in a raw rig without a view, else by a view that
// shows them as they are.
func (r *rig) capture(schema, table string, only []string) error {
	d := r.main.e.database(schema)
	t, err := r.main.e.readTable(schema, table)
	if err != nil || t == nil {
		return err
	}
	key := strings.ToLower(schema + "." + t.Name)
	a := &anchored{schema: schema, table: t.Name, view: "w_" + t.Name}
	var columns, quoted []string
	for _, c := range t.Columns {
		if len(only) > 0 && !slices.Contains(only, c.Name) {
			continue
		}
		columns, quoted = append(columns, c.Name), append(quoted, ident(c.Name))
	}
	if a.columns = quoted; len(columns) == 0 {
		return nil // the table is another one by now
	}
	if r.inert && r.anchor[key] == nil {
		// Any trigger, a user's as well as ours, makes an INSERT keep a statement journal, and rolling back past an open
		// statement then takes more back in SQLite; and it changes the order in which an UPDATE visits rows. So the twin
		// gets triggers that do nothing else.
		for _, event := range []string{"INSERT", "UPDATE", "DELETE"} {
			if o := r.twin.exec(fmt.Sprintf("CREATE TRIGGER %s AFTER %s ON %s BEGIN SELECT RAISE(ABORT, '') WHERE 0; END",
				qualified(schema, "zz_"+event+t.Name), event, ident(t.Name))); o.err != "" {
				return errors.New(o.err)
			}
		}
	}
	if !r.raw {
		if old := r.anchor[key]; old != nil {
			if o := r.main.exec("DROP TABLE IF EXISTS " + qualified(schema, old.view)); o.err != "" {
				return errors.New(o.err)
			}
		}
		o := r.main.exec(fmt.Sprintf("CREATE VIRTUAL TABLE %s USING %s(SELECT %s FROM %s)", qualified(schema, a.view), viewModule,
			strings.Join(quoted, ", "), ident(t.Name)))
		if o.err != "" {
			return errors.New(o.err)
		}
		// What the engine counts among the changes of a statement of its own is its business.
		r.main.c.RestoreChanges(r.twin.c.Changes(), r.twin.c.TotalChanges())
		r.main.c.SetLastInsertRowid(r.twin.c.LastInsertRowid())
		r.anchor[key] = a
		return nil
	}
	defer r.main.e.preserve().restore()
	if err := r.main.c.Exec("SAVEPOINT rig"); err != nil {
		return err
	}
	err = func() error {
		if err := d.settle(); err != nil {
			return err
		}
		if err := r.main.c.Exec(fmt.Sprintf(catalogSQL, ident(d.name))); err != nil {
			return err
		}
		d.loaded = false
		if err := d.refresh(); err != nil {
			return err
		}
		lay, err := d.ensureCapture(t, columns)
		if err != nil {
			return err
		}
		// A view of an unknown format is never computed, but the engine notes what it would have to do with it.
		bases := fmt.Sprintf(`[{"table":%q,"generation":%d,"columns":[]}]`, t.Name, lay.generation)
		return r.main.e.query("INSERT OR REPLACE INTO "+qualified(schema, viewsTable)+" VALUES(?1, 1, '', 'fresh', NULL, 0, '', '[]', ?2, '')",
			[]dbsp.Value{dbsp.NewText(a.view), dbsp.NewText(bases)}, nil)
	}()
	if rerr := r.main.c.Exec("RELEASE rig"); err == nil {
		err = rerr
	}
	if err != nil {
		return err
	}
	d.loaded = false
	if err := d.refresh(); err != nil {
		return err
	}
	lay := d.watched[strings.ToLower(t.Name)].layout
	if a.rows, err = r.main.query(content(d, lay)); err != nil {
		return err
	}
	net, err := d.netLog(lay)
	if err != nil {
		return err
	}
	add(a.rows, net, -1)
	r.anchor[key] = a
	return nil
}

func content(d *database, lay *layout) string {
	return fmt.Sprintf("SELECT %s FROM %s", strings.Join(lay.list(""), ", "), qualified(d.name, lay.table))
}

// netLog sums up what the log says of one table.
func (d *database) netLog(lay *layout) (map[string]int, error) {
	net := map[string]int{}
	if err := d.collect(); err != nil {
		return nil, err
	}
	err := d.tx.log.read(0, d.tx.log.length(), func(rec record) error {
		l, err := d.layout(rec.layout)
		if err != nil || l != lay {
			return err
		}
		image, err := dbsp.DecodeRow(rec.payload, nil)
		if err != nil {
			return err
		}
		n := len(l.columns)
		encode := func(row dbsp.Row) string { return string(dbsp.AppendRow(nil, row)) }
		switch rec.kind {
		case inserted:
			net[encode(image)]++
		case deleted:
			net[encode(image)]--
		case updated:
			net[encode(image[:n])]--
			net[encode(image[n:])]++
		}
		return nil
	})
	return net, err
}

func add(rows, net map[string]int, sign int) {
	for k, n := range net {
		if rows[k] += sign * n; rows[k] == 0 {
			delete(rows, k)
		}
	}
}

// check holds log or views against all captured tables, and the tables against the twin's.
func (r *rig) check(was bool) error {
	for _, key := range slices.Sorted(maps.Keys(r.anchor)) {
		a := r.anchor[key]
		if !r.raw {
			if err := r.checkView(key, a); err != nil {
				return err
			}
		}
		if err := r.checkTwin(a); err != nil {
			return err
		}
	}
	if !r.raw {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(r.main.e.databases)) {
		d := r.main.e.databases[name]
		if err := r.balance(d, !r.main.e.writing(), false); err != nil {
			return err
		}
	}
	return nil
}

// balance is the proof of capture: what a table held when the transaction began, and the log, make what it holds now.
func (r *rig) balance(d *database, settled, syncing bool) error {
	defer d.e.preserve().restore()
	if err := d.refresh(); err != nil {
		return err
	}
	if settled {
		if err := d.boundary(); err != nil {
			return fmt.Errorf("boundary: %w", err)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(r.anchor)) {
		a := r.anchor[key]
		if !strings.EqualFold(a.schema, d.name) {
			continue
		}
		w := d.watched[strings.ToLower(a.table)]
		if w == nil {
			return fmt.Errorf("table %s: capture is gone", a.table)
		}
		switch v := d.view(a.view); {
		case a.lost != "" && a.lost != lostForNow:
		case w.reason != "":
			a.lost = w.reason
			r.lost++
		case v != nil && strings.HasPrefix(v.stale, "TEMP trigger"):
			a.lost = lostForNow
			r.lost++
		case d.tx.rebuild[a.view]:
			if a.lost == "" {
				r.lost++
			}
			a.lost = lostForNow
		}
		if w.table == nil || a.lost != "" && a.lost != lostForNow {
			continue
		}
		have, err := r.main.query(content(d, w.layout))
		if err != nil {
			return err
		}
		if syncing {
			a.now = have
		}
		if a.lost != "" || w.layout.tracked && !settled {
			continue
		}
		net, err := d.netLog(w.layout)
		if err != nil {
			return err
		}
		want := maps.Clone(a.rows)
		add(want, net, 1)
		if diff := difference(have, want); diff != "" {
			return fmt.Errorf("table %s is not its beginning + log (captured as %v):%s", key, w.layout.columns, diff)
		}
		r.seen++
	}
	return nil
}

func difference(have, want map[string]int) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(have)) {
		if n := have[k] - want[k]; n != 0 {
			fmt.Fprintf(&b, "\n  %d too few of %s", n, decoded(k))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if n := want[k]; have[k] == 0 && n != 0 {
			fmt.Fprintf(&b, "\n  %d too many of %s", n, decoded(k))
		}
	}
	return b.String()
}

func decoded(k string) string {
	row, err := dbsp.DecodeRow(k, nil)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(row)
}

// checkView holds a view against its table. A view that says it is stale is built again when nothing else goes on.
func (r *rig) checkView(key string, a *anchored) error {
	view := qualified(a.schema, a.view)
	have, err := r.main.query("SELECT * FROM " + view)
	if err != nil && strings.Contains(err.Error(), "while a write statement runs") {
		r.lost++
		return nil
	}
	if err != nil && strings.Contains(err.Error(), "stale") {
		r.lost++
		if !r.main.c.Autocommit() || r.main.e.writing() {
			return nil
		}
		defer r.main.e.preserve().restore()
		if o := r.main.exec("INSERT INTO " + view + "(" + commandColumn + ") VALUES('refresh')"); o.err != "" {
			delete(r.anchor, key)
			if o := r.main.exec("DROP TABLE " + view); o.err != "" {
				return fmt.Errorf("drop of view %s: %s", view, o.err)
			}
			return nil
		}
		have, err = r.main.query("SELECT * FROM " + view)
	}
	if err != nil && strings.Contains(err.Error(), "no such table: "+a.schema+"."+a.view) && !r.raw {
		delete(r.anchor, key) // its creation was rolled back
		return nil
	}
	if err != nil {
		return fmt.Errorf("view %s: %w", view, err)
	}
	want, err := r.main.query(fmt.Sprintf("SELECT %s FROM %s", strings.Join(a.columns, ", "), qualified(a.schema, a.table)))
	if err != nil {
		return fmt.Errorf("view %s gives %d rows, its table: %w", view, len(have), err)
	}
	if diff := difference(want, have); diff != "" {
		return fmt.Errorf("view %s differs from its table:%s", view, diff)
	}
	r.seen++
	return nil
}

// checkTwin holds a captured table against the same one without capture.
func (r *rig) checkTwin(a *anchored) error {
	text := "SELECT * FROM " + qualified(a.schema, a.table)
	have, err := r.main.query(text)
	want, twinErr := r.twin.query(text)
	if fmt.Sprint(err) != fmt.Sprint(twinErr) {
		return fmt.Errorf("reading %s: %v, without the engine: %v", a.table, err, twinErr)
	}
	if diff := difference(want, have); diff != "" {
		return fmt.Errorf("table %s differs from the same without capture:%s", a.table, diff)
	}
	return nil
}
