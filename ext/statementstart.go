package ext

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// statementStarts is called when a write statement of the user's begins, before it changes anything.
func (d *database) statementStarts() error {
	if err := d.collect(); err != nil {
		return err
	}
	if err := d.refresh(); err != nil {
		if err := d.refuseBatch(); err != nil {
			return err
		}
		if isDatabase(err) {
			return err
		}
		// A damaged catalog is the views' trouble, not the table's: reads of views report it.
		d.tx.broken = err
		return nil
	}
	if len(d.views) == 0 {
		return d.refuseBatch()
	}
	if err := d.outdated(); err != nil {
		return err
	}
	d.e.setReplacing(d.e.mayReplace())
	victims := false // may they fire triggers?
	if d.e.replacing {
		recursive := d.e.pragma("recursive_triggers")
		victims = d.triggered && (recursive || d.e.pragma("foreign_keys"))
		d.e.setReplacing(!recursive) // then delete triggers tell of them
	}
	doubted := d.misshows && d.e.pragma("foreign_keys")
	answers := d.e.replacing || !d.tx.images.empty() // do events need some?
	for _, w := range d.watchedList {
		w.layout.doubted = doubted && w.layout.misshown
		if d.tx.images.empty() {
			w.layout.tracked = w.layout.interfered || victims
		}
		answers = answers || w.layout.doubted || w.layout.tracked
		if w.unarmed && d.e.replacing {
			w.unarmed, w.outdated = false, true
			d.tx.arm[strings.ToLower(w.layout.table)] = true
		}
		if !w.outdated && w.hidden == "" {
			continue
		}
		// What this statement was compiled with can miss a change: its views are computed anew at the next boundary. After
		// that commit the triggers are the newest again, but for TEMP ones, which always fire first.
		if w.shadowed != "" || w.outdated && d.e.replacing ||
			w.hidden != "" && (w.hiddenIgnores || d.fails || d.e.running("fail")) {
			for _, v := range d.viewsOn(w.layout.table) {
				d.tx.rebuild[v.name] = true
			}
		}
	}
	if answers {
		return d.refuseBatch()
	}
	d.resumeBatch()
	return nil
}

// pragma reports whether a flag is set.
func (e *engine) pragma(name string) bool {
	on := false
	_ = e.query("PRAGMA "+name, nil, func(s sqlite3.Stmt) error {
		on = s.Column(0).Int() != 0
		return nil
	})
	return on
}

// running reports whether a running write statement's text contains word.
func (e *engine) running(word string) bool {
	for _, sql := range e.conn.Writing() {
		if sql == "" || containsFold(sql, word) {
			return true
		}
	}
	return false
}
