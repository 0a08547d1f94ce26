package history

import (
	"slices"
	"time"
)

// Minimise returns a smaller history that fails in the same way, its report, and how many runs that took. It leaves
// steps out by delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002), then
// rows of INSERTs, then parts of view definitions, until nothing more can go or the time is over.
func (r *Runner) Minimise(h *History, f *Failure, limit time.Duration) (*History, *Report, int) {
	m := &minimiser{r: r, kind: f.Fingerprint(), deadline: time.Now().Add(limit), best: clone(h)}
	m.best.Steps = m.best.Steps[:min(f.Step+1, len(m.best.Steps))]
	if !m.try(m.best) {
		m.best = clone(h)
		m.try(m.best)
	}
	for before := -1; before != m.size() && time.Now().Before(m.deadline); {
		before = m.size()
		m.steps()
		m.rows()
		m.queries()
		m.simplify()
	}
	return m.best, m.report, m.runs
}

type minimiser struct {
	r        *Runner
	kind     string
	deadline time.Time
	best     *History
	report   *Report
	runs     int
}

func clone(h *History) *History {
	c := *h
	c.Steps = slices.Clone(h.Steps)
	return &c
}

// size is what gets smaller.
func (m *minimiser) size() int {
	n := 0
	for i := range m.best.Steps {
		n += 1 + len(m.best.Steps[i].SQL())
	}
	return n
}

// try runs a candidate and keeps it when it fails in the same way.
func (m *minimiser) try(h *History) bool {
	if time.Now().After(m.deadline) {
		return false
	}
	m.runs++
	rep := m.r.Run(h)
	if rep.Failure == nil || rep.Failure.Fingerprint() != m.kind {
		return false
	}
	h.Steps = h.Steps[:min(rep.Failure.Step+1, len(h.Steps))]
	m.best, m.report = h, rep
	return true
}

// steps leaves out runs of steps, long ones first.
func (m *minimiser) steps() {
	for size := max(1, len(m.best.Steps)/2); size >= 1; size /= 2 {
		for at := len(m.best.Steps) - size; at >= 0; {
			h := clone(m.best)
			at = min(at, len(h.Steps)-size)
			if at < 0 {
				break
			}
			h.Steps = slices.Delete(h.Steps, at, at+size)
			m.try(h)
			at -= size
		}
	}
}

// rows leaves out rows of INSERT … VALUES.
func (m *minimiser) rows() {
	for i := 0; i < len(m.best.Steps); i++ {
		for j := len(m.best.Steps[i].sql.rows) - 1; j >= 0 && i < len(m.best.Steps) && len(m.best.Steps[i].sql.rows) > 1; j-- {
			h := clone(m.best)
			h.Steps[i].sql.rows = slices.Delete(slices.Clone(h.Steps[i].sql.rows), j, j+1)
			m.try(h)
		}
	}
}

// queries reduces view definitions.
func (m *minimiser) queries() {
	for i := 0; i < len(m.best.Steps); i++ {
		if m.best.Steps[i].query == nil {
			continue
		}
		for changed := true; changed; {
			changed = false
			if i >= len(m.best.Steps) || m.best.Steps[i].query == nil {
				break
			}
			for _, q := range m.best.Steps[i].query.reductions() {
				h := clone(m.best)
				h.Steps[i].query = q
				if m.try(h) {
					changed = true
					break
				}
				if time.Now().After(m.deadline) {
					return
				}
			}
		}
	}
}

// simplify tries plainer settings.
func (m *minimiser) simplify() {
	if slices.ContainsFunc(m.best.Steps, func(s Step) bool { return !s.check }) {
		h := clone(m.best)
		for i := range h.Steps {
			h.Steps[i].check = true
		}
		m.try(h)
	}
	if m.best.Database != "memory" {
		h := clone(m.best)
		h.Database = "memory"
		m.try(h)
	}
	if m.best.Database != "memory" && m.best.Database != "wal" {
		h := clone(m.best)
		h.Database = "wal"
		m.try(h)
	}
}
