package crsql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// plan is how winners of certain columns of a row are written.
type plan struct {
	t              *table
	places         []int // of the columns, in the order of the winners
	base, clocks   *statement
	baseName, name string
}

// maxPlans bounds how many plans a table keeps.
const maxPlans = 32

// plan returns the plan for winners.
func (t *table) plan(winners []winner) *plan {
search:
	for _, p := range t.plans {
		if len(p.places) != len(winners) {
			continue
		}
		for i, w := range winners {
			if p.places[i] != w.place {
				continue search
			}
		}
		return p
	}
	p := &plan{t: t}
	for _, w := range winners {
		p.places = append(p.places, w.place)
		p.name += "\x00" + t.others[w.place].name
	}
	p.baseName, p.name = "write"+p.name, "clocks"+p.name
	if len(t.plans) == maxPlans {
		t.plans = slices.Delete(t.plans, 0, maxPlans/2)
	}
	t.plans = append(t.plans, p)
	return p
}

// baseText spells the statement that writes the row. It makes the row if need be, with defaults elsewhere.
func (p *plan) baseText() string {
	var columns, values, sets strings.Builder
	for i, place := range p.places {
		col, value := ident(p.t.others[place].name), fmt.Sprintf("?%d", len(p.t.keys)+1+i)
		if i > 0 {
			sets.WriteString(", ")
		}
		columns.WriteString(", " + col)
		values.WriteString(", " + value)
		sets.WriteString(col + " = " + value)
	}
	return fmt.Sprintf("INSERT INTO %s(%s%s) VALUES(%s%s) ON CONFLICT DO UPDATE SET %s",
		p.t.base, names("", p.t.keys), columns.String(), parameters(1, len(p.t.keys)), values.String(), sets.String())
}

// clocksText spells the statement that writes clocks of which none is there: OR FAIL because it can't fail.
func (p *plan) clocksText() string {
	var b strings.Builder
	b.WriteString("INSERT OR FAIL INTO " + p.t.clock + "(key, col_name, col_version, db_version, site_id, seq) VALUES")
	for i, place := range p.places {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "(?1, %s, %s)", literal(p.t.others[place].name), parameters(2+4*i, 4))
	}
	return b.String()
}

// putClocks writes the clocks of winners.
func (c *conn) putClocks(t *table, p *plan, winners []winner) error {
	r := &c.row
	bare := r.bare
	for _, w := range winners {
		bare = bare && r.versions[w.place] < 0
	}
	if !bare {
		for _, w := range winners {
			if err := c.putClock(t, w.change.cid, w.change.colVersion, w.change); err != nil {
				return err
			}
		}
		return nil
	}
	s, err := t.hot(&p.clocks, p.name, p.clocksText)
	if err != nil {
		return err
	}
	if err := s.Bind(1, dbsp.NewInteger(r.key)); err != nil {
		return err
	}
	for i, w := range winners {
		site, err := c.ordinal(w.change.site)
		if err != nil {
			return err
		}
		for j, n := range [...]int64{w.change.colVersion, c.nextVersion(w.change.dbVersion), site, w.change.seq} {
			if err := s.Bind(2+4*i+j, dbsp.NewInteger(n)); err != nil {
				return err
			}
		}
	}
	return s.Run()
}
