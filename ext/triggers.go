package ext

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// trigger is one of the capture triggers of a base table.
type trigger struct {
	name, sql string
	arming    bool // only an armed table has it
}

// triggerName names the trigger for an event ("ai", "ad", "au" after, "bi", "bu" before an insert, delete, update).
func triggerName(table, event string) string { return triggerPrefix + event + "_" + table }

// triggersOf builds the capture triggers of a table. The AFTER triggers hand over raw images: no expression that could
// fail, no function that could be missing. The BEFORE triggers, behind a guard that is false unless a running statement
// or the schema contains REPLACE, stash the rows that conflict with NEW on any unique key.
//
// The BEFORE INSERT trigger costs every insert, and most tables never see a REPLACE: a table has it only once it is armed.
// It is from the beginning where the schema contains REPLACE; else the first statement with REPLACE finds the table
// unarmed, what is built on it is computed anew, and the commit arms it (statementStarts, renewTriggers). The BEFORE UPDATE
// trigger is there always: an UPDATE OR REPLACE of columns that no view reads would not be heard of otherwise.
func (e *engine) triggersOf(t *planner.Table, l *layout) ([]trigger, error) {
	keys, err := e.uniqueKeys(t, l)
	if err != nil {
		return nil, err
	}
	table := ident(t.Name)
	if l.table != t.Name && strings.HasPrefix(l.table, foreignPrefix) {
		table = qualified(t.Schema, t.Name) // TEMP triggers may name a schema
	}
	after := func(event, when string, kind int, prefixes ...string) trigger {
		var values []string
		for _, p := range prefixes {
			values = append(values, l.list(p)...)
		}
		name, offered := triggerName(l.table, event), ""
		if len(values) <= offerWidth {
			offered = fmt.Sprintf(" WHEN %s(%d, %s)", captureFunction, eventCode(l.id, wholeImage, kind), strings.Join(values, ", "))
		}
		return trigger{name: name, sql: fmt.Sprintf("CREATE TRIGGER %s AFTER %s ON %s%s BEGIN %sEND", ident(name), when, table,
			offered, insertEvent(l.id, kind, values))}
	}
	ts := []trigger{
		after("ai", "INSERT", eventInsert, "NEW."),
		after("ad", "DELETE", eventDelete, "OLD."),
		after("au", "UPDATE"+updateColumns(t, l), eventUpdate, "OLD.", "NEW."),
	}
	before := func(event, when, notSelf string) trigger {
		var body strings.Builder
		for _, k := range keys {
			body.WriteString(selectEvent(l.id, eventStash, l.list(""), table+" WHERE "+k+notSelf))
		}
		name := triggerName(l.table, event)
		guard := ""
		if len(keys) == 1 && l.byRowid {
			guard = fmt.Sprintf("%d, NEW.%s", eventCode(l.id, wholeImage, eventInsert), l.name(l.columns[l.ident[0]]))
		}
		return trigger{name: name, arming: event == "bi", sql: fmt.Sprintf("CREATE TRIGGER %s BEFORE %s ON %s WHEN %s(%s) BEGIN %sEND",
			ident(name), when, table, replacesFunction, guard, body.String())}
	}
	if len(keys) > 0 {
		var self []string
		for _, p := range l.ident {
			n := l.name(l.columns[p])
			self = append(self, n+" IS OLD."+n)
		}
		ts = append(ts, before("bi", "INSERT", ""),
			before("bu", "UPDATE", " AND NOT ("+strings.Join(self, " AND ")+")"))
	}
	return ts, nil
}

// insertEvent writes the trigger statements that hand over values, in parts of captureWidth.
func insertEvent(layout int64, kind int, values []string) string {
	var b strings.Builder
	for part := 0; part == 0 || part*captureWidth < len(values); part++ {
		vs := values[part*captureWidth : min(len(values), (part+1)*captureWidth)]
		fmt.Fprintf(&b, "INSERT INTO %s(k%s) VALUES(%s); ", ident(captureTable), columnList(len(vs)),
			strings.Join(append([]string{fmt.Sprint(eventCode(layout, part, kind))}, vs...), ", "))
	}
	return b.String()
}

// selectEvent writes the trigger statement that hands over each row of a SELECT. A row's parts follow each other.
func selectEvent(layout int64, kind int, values []string, from string) string {
	if len(values) <= captureWidth {
		return fmt.Sprintf("INSERT INTO %s(k%s) SELECT %d, %s FROM %s; ", ident(captureTable), columnList(len(values)),
			eventCode(layout, 0, kind), strings.Join(values, ", "), from)
	}
	// Several parts of several rows: at most one row can conflict on one key, so each part is its own statement.
	var b strings.Builder
	for part := 0; part*captureWidth < len(values); part++ {
		vs := values[part*captureWidth : min(len(values), (part+1)*captureWidth)]
		fmt.Fprintf(&b, "INSERT INTO %s(k%s) SELECT %d, %s FROM %s; ", ident(captureTable), columnList(len(vs)),
			eventCode(layout, part, kind), strings.Join(vs, ", "), from)
	}
	return b.String()
}

func columnList(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ", v%d", i)
	}
	return b.String()
}

// updateColumns narrows the AFTER UPDATE trigger to the columns of the image. A rowid may be set under any of its
// names. Generated columns change without being named, so a table that has any is not narrowed; nor is one whose rows
// are known by a bare rowid.
func updateColumns(t *planner.Table, l *layout) string {
	if l.rowid != "" || strings.Contains(strings.ToUpper(t.SQL), " AS ") || strings.Contains(strings.ToUpper(t.SQL), "GENERATED") {
		return ""
	}
	cols := make([]string, 0, len(l.columns)+3)
	for _, c := range l.columns {
		cols = append(cols, ident(c))
	}
	if t.RowidAlias >= 0 {
		cols = append(cols, "rowid", "_rowid_", "oid")
	}
	return " OF " + strings.Join(cols, ", ")
}

// uniqueKeys returns, for each unique key of the table, the condition under which an existing row has NEW's key.
func (e *engine) uniqueKeys(t *planner.Table, l *layout) ([]string, error) {
	var keys []string
	if !t.WithoutRowid {
		n := l.rowid
		if n == "" {
			n = ident(t.Columns[t.RowidAlias].Name)
		}
		keys = append(keys, n+" = NEW."+n)
	}
	type listed struct {
		name    string
		partial bool
	}
	var list []listed
	err := e.query("SELECT name, partial FROM pragma_index_list(?1, ?2) WHERE \"unique\" ORDER BY name",
		[]dbsp.Value{dbsp.NewText(t.Name), dbsp.NewText(t.Schema)}, func(s sqlite3.Stmt) error {
			list = append(list, listed{s.Column(0).Str(), s.Column(1).Int() != 0})
			return nil
		})
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		key, err := e.indexKey(t, x.name, x.partial)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// newValue is what a row operation stores in a column. REPLACE puts the default in place of a NULL that NOT NULL
// forbids, but only after the BEFORE triggers ran.
func newValue(c planner.TableColumn) string {
	v := "NEW." + ident(c.Name)
	if c.NotNull && c.Default != "" {
		return "coalesce(" + v + ", " + c.Default + ")"
	}
	return v
}

// indexKey is the condition for one unique index.
func (e *engine) indexKey(t *planner.Table, index string, partial bool) (string, error) {
	type term struct {
		cid  int64
		coll string
	}
	var terms []term
	computed := partial
	err := e.query("SELECT cid, coll FROM pragma_index_xinfo(?1, ?2) WHERE key ORDER BY seqno",
		[]dbsp.Value{dbsp.NewText(index), dbsp.NewText(t.Schema)}, func(s sqlite3.Stmt) error {
			terms = append(terms, term{s.Column(0).Int(), s.Column(1).Str()})
			computed = computed || s.Column(0).Int() == -2
			return nil
		})
	if err != nil {
		return "", err
	}
	var def indexDefinition
	if computed {
		var sql string
		err := e.query("SELECT sql FROM "+ident(t.Schema)+".sqlite_master WHERE type = 'index' AND name = ?1",
			[]dbsp.Value{dbsp.NewText(index)}, func(s sqlite3.Stmt) error { sql = s.Column(0).Str(); return nil })
		if err != nil {
			return "", err
		}
		if def, err = parseIndex(sql); err != nil {
			return "", fmt.Errorf("ext: table %s: unique index %s: %w", t.Name, index, err)
		}
		if len(def.terms) != len(terms) {
			return "", fmt.Errorf("ext: table %s: unique index %s: can't read its definition", t.Name, index)
		}
	}
	var conds []string
	for i, x := range terms {
		old, now := "", ""
		switch {
		case x.cid >= 0:
			c := t.Columns[x.cid]
			old, now = ident(c.Name), newValue(c)
		case x.cid == -1:
			old, now = "rowid", "NEW.rowid"
		default:
			old, now = "("+def.terms[i]+")", "("+qualifyColumns(def.terms[i], newValue, t)+")"
			if def.where != "" {
				// The expression may fail on rows that the index leaves out.
				now = "CASE WHEN " + qualifyColumns(def.where, newValue, t) + " THEN " + now + " END"
			}
		}
		conds = append(conds, fmt.Sprintf("%s COLLATE %s = %s", old, ident(x.coll), now))
	}
	if def.where != "" {
		conds = append(conds, "("+def.where+")")
	}
	return strings.Join(conds, " AND "), nil
}
