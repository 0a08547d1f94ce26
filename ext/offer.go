package ext

import (
	"math"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// The WHEN clause of a capture trigger offers its event to a function first, and only what the function does not take is
// inserted into the capture table. The insertion, though rarely run, makes SQLite enlist the table in the transaction before
// the statement begins; the function makes an event cost a third less. A function does not know which schema's trigger calls
// it: it takes nothing while capture tables of more than one are connected, which those of a running statement are.
//
// The WHEN clause of the trigger that stashes what REPLACE may remove asks another: whether any running statement may
// replace rows, and, where only rowids conflict, whether the table can have a row with this rowid.

// offerWidth is how many values a function may be offered: SQLite allows 100 arguments, or more.
const offerWidth = 64

// registerOffers registers the functions that the capture triggers ask.
func (e *engine) registerOffers() error {
	flagger, flags := e.conn.(sqlite3.Flagger)
	offerer, offers := e.conn.(sqlite3.Offerer)
	if flags && offers {
		return e.registerBatchOffers(flagger, offerer)
	}
	replacing := func(_ sqlite3.Conn, r sqlite3.Result, _ sqlite3.Args) {
		r.Set(truth(e.replacing))
	}
	for _, f := range []*sqlite3.Function{
		{Name: replacesFunction, NArg: 0, Innocuous: true, Scalar: replacing},
		{Name: replacesFunction, NArg: 2, Innocuous: true, Scalar: replacing},
		{Name: captureFunction, NArg: -1, Innocuous: true, Scalar: e.offered},
	} {
		if err := e.conn.CreateFunction(f); err != nil {
			return err
		}
	}
	return nil
}

// registerBatchOffers has the binding take what is offered.
func (e *engine) registerBatchOffers(flagger sqlite3.Flagger, offerer sqlite3.Offerer) error {
	set, err := flagger.CreateFlag(replacesFunction)
	if err != nil {
		return err
	}
	setGuard, showGuard, err := offerer.CreateGuard(replacesFunction)
	if err != nil {
		return err
	}
	show, err := offerer.CreateOffer(captureFunction)
	if err != nil {
		return err
	}
	e.showReplacing = func(on bool) { set(on); setGuard(on) }
	e.showBatch = func(b sqlite3.Batch) { show(b); showGuard(b) }
	return nil
}

// setReplacing sets the guard of the stash triggers.
func (e *engine) setReplacing(on bool) {
	e.replacing = on
	if e.showReplacing != nil {
		e.showReplacing(on)
	}
}

// chooseSole finds the only database that has connected capture tables.
func (e *engine) chooseSole() {
	e.sole = nil
	if len(e.capturing) == 1 {
		for d := range e.capturing {
			e.sole = d
		}
	}
	if e.showBatch == nil {
		return
	}
	var b sqlite3.Batch
	if e.sole != nil {
		b = e.sole.waiting
	}
	e.showBatch(b)
}

// offered is captureFunction where Go takes the events.
func (e *engine) offered(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
	d := e.sole
	if d == nil || len(d.enlisted) == 0 || args.Len() == 0 || args.Raw(0).Kind() != dbsp.Integer {
		r.Set(truth(true))
		return
	}
	if err := d.event(args.Raw(0).Int(), args, 1); err != nil {
		r.Error(err)
		return
	}
	r.Set(truth(false))
}

func truth(b bool) dbsp.Value {
	if b {
		return dbsp.NewInteger(1)
	}
	return dbsp.NewInteger(0)
}

// highest tells the batch the highest rowid of a table whose rows a REPLACE inserts: what is above can't replace anything.
// An update may move a rowid, so updates don't go into the batch meanwhile.
func (d *database) highest(lay *layout, kind int) error {
	code := eventCode(lay.id, wholeImage, eventInsert)
	switch {
	case !lay.byRowid || !d.e.replacing:
		return nil
	case kind == eventUpdate:
		d.waiting.Highest(code, lay.ident[0], math.MaxInt64)
		return nil
	case kind != eventInsert:
		return nil
	}
	s, err := d.e.kept(&lay.last, "SELECT max("+lay.name(lay.columns[lay.ident[0]])+") FROM "+d.table(lay.table))
	if err != nil {
		return err
	}
	defer s.Reset()
	if ok, err := s.Step(); err != nil || !ok {
		return err
	}
	if v := s.Column(0); v.Kind() == dbsp.Integer {
		d.waiting.Highest(code, lay.ident[0], v.Int())
	}
	return nil
}
