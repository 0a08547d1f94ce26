package simulate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/crsql"
)

// network is what is on its way, and which peers can't reach each other.
type network struct {
	flying []message
	cut    map[[2]int]bool
}

// message is an encoded request or reply.
type message struct {
	from, to int
	reply    bool
	bytes    []byte
}

func (w *world) send(m message) {
	w.report.Sent++
	if w.r.IntN(10) == 0 || w.net.cut[[2]int{m.from, m.to}] {
		w.report.Lost++
		return
	}
	w.net.flying = append(w.net.flying, m)
}

// partition cuts the peers in two groups, or heals all.
func (w *world) partition() error {
	w.net.cut = map[[2]int]bool{}
	if w.r.IntN(2) == 0 {
		w.trace("all is connected")
		return nil
	}
	side := make([]bool, len(w.peers))
	for i := range side {
		side[i] = w.r.IntN(2) == 0
	}
	for i := range side {
		for j := range side {
			w.net.cut[[2]int{i, j}] = side[i] != side[j]
		}
	}
	w.trace("the network is cut: %v", side)
	return nil
}

// ask has one peer ask another what it lacks.
func (w *world) ask() error {
	p, from := w.any(), w.any()
	if p == from {
		return nil
	}
	r, err := crsql.Ask(context.Background(), p.Conn)
	if err != nil {
		return fmt.Errorf("%v: %w", p, err)
	}
	b, err := r.AppendBinary(nil)
	w.send(message{from: p.index, to: from.index, bytes: b})
	return err
}

// deliver brings any message to where it goes; it may come again.
func (w *world) deliver() error {
	n := len(w.net.flying)
	if n == 0 {
		return nil
	}
	i := w.r.IntN(n)
	m := w.net.flying[i]
	switch {
	case w.r.IntN(8) == 0:
		w.report.Repeated++
	default:
		w.net.flying[i] = w.net.flying[n-1]
		w.net.flying = w.net.flying[:n-1]
	}
	if w.net.cut[[2]int{m.from, m.to}] {
		w.report.Lost++
		return nil
	}
	p := w.peers[m.to]
	var err error
	if m.reply {
		_, err = w.receive(p, m.bytes)
	} else {
		var reply crsql.Reply
		reply, err = w.serve(p, m.bytes, w.r.IntN(40))
		if err == nil {
			b, _ := reply.AppendBinary(nil)
			w.send(message{from: m.to, to: m.from, reply: true, bytes: b})
		}
	}
	if refusal(err) {
		w.trace("%v refuses: %v", p, err)
		w.report.Refused++
		return nil
	}
	return err
}

// refusal tells the errors that are part of the protocol: who can't take part now, and a table that is not there yet.
func refusal(err error) bool {
	return errors.Is(err, crsql.ErrCompacted) || errors.Is(err, crsql.ErrOutdated) || errors.Is(err, crsql.ErrSameSite) || unknownTable(err)
}

func unknownTable(err error) bool {
	return err != nil && strings.Contains(err.Error(), "could not find the schema information for table")
}

func (w *world) serve(p *peer, request []byte, limit int) (crsql.Reply, error) {
	var r crsql.Request
	if err := r.UnmarshalBinary(request); err != nil {
		return crsql.Reply{}, err
	}
	reply, err := crsql.Serve(context.Background(), p.Conn, r, limit)
	if err != nil {
		return reply, fmt.Errorf("%v: %w", p, err)
	}
	w.report.Changes += int64(len(reply.Changes))
	w.trace("%v serves %s: %d changes, more %v", p, r.Site, len(reply.Changes), reply.More)
	return reply, nil
}

func (w *world) receive(p *peer, reply []byte) (crsql.Received, error) {
	var r crsql.Reply
	if err := r.UnmarshalBinary(reply); err != nil {
		return crsql.Received{}, err
	}
	got, err := crsql.Receive(context.Background(), p.Conn, r)
	if err != nil {
		return got, fmt.Errorf("%v: %w", p, err)
	}
	w.report.Received++
	w.report.Won += got.Won
	w.trace("%v receives %d changes of %s: %d won, advanced %v", p, len(r.Changes), r.Site, got.Won, got.Advanced)
	return got, nil
}

// compact has a peer forget deletions, if the others let it.
func (w *world) compact() error {
	p := w.any()
	n, err := crsql.Compact(context.Background(), p.Conn, w.gone...)
	if errors.Is(err, crsql.ErrUnconfirmed) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%v: %w", p, err)
	}
	w.trace("%v forgets %d deletions", p, n)
	w.report.Forgotten += n
	return nil
}
