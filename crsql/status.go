package crsql

import (
	"context"
	"fmt"
	"slices"
)

// Status is what replicates in a file, and how far its peers are.
type Status struct {
	// Site is the file's site id; nil where nothing replicates and nothing ever did.
	Site []byte
	// Version is crsql_db_version().
	Version int64
	Tables  []TableStatus
	Peers   []PeerStatus
	// Kept counts changes of columns that are not declared here.
	Kept int64
}

// TableStatus is a table that replicates.
type TableStatus struct {
	Name string
	// Cells are the clocks of columns, Deleted the rows whose deletion is remembered.
	Cells, Deleted int64
	// Version is that of the latest change.
	Version int64
}

// PeerStatus is another file that this one knows.
type PeerStatus struct {
	Site []byte
	// Received is the peer's version that all was received of; Confirmed is this file's that the peer has confirmed to have.
	// -1 stands for none.
	Received, Confirmed int64
	// Behind is how many changes here are later than Confirmed, those that came from the peer included.
	Behind int64
}

// ReadStatus returns the status of a file. It writes nothing.
func ReadStatus(ctx context.Context, from Reader) (s Status, err error) {
	fail := func(err error) (Status, error) { return Status{}, fmt.Errorf("crsql: status: %w", err) }
	x := &statusReader{ctx, from}
	has := map[string]bool{}
	var name string
	err = x.each("SELECT name FROM sqlite_master WHERE type = 'table'", nil, []any{&name}, func() { has[name] = true })
	if err != nil {
		return fail(err)
	}
	if !has["crsql_site_id"] {
		return s, nil
	}
	if err := x.each("SELECT site_id, crsql_db_version() FROM crsql_site_id WHERE ordinal = 0", nil, []any{&s.Site, &s.Version},
		func() { s.Site = slices.Clone(s.Site) }); err != nil {
		return fail(err)
	}
	if s.Tables, err = x.tables(); err != nil {
		return fail(err)
	}
	if has[unknownTable] {
		if s.Kept, err = askNumber(ctx, from, "SELECT count(*) FROM "+unknownTable); err != nil {
			return fail(err)
		}
	}
	if has["crsql_tracked_peers"] {
		if s.Peers, err = x.peers(); err != nil {
			return fail(err)
		}
	}
	return s, nil
}

type statusReader struct {
	ctx context.Context
	Reader
}

func (x *statusReader) each(text string, args []any, scan []any, row func()) error {
	return eachRow(x.ctx, x.Reader, text, args, scan, row)
}

func (x *statusReader) tables() (tables []TableStatus, err error) {
	var t TableStatus
	if err := x.each(replicatedTables, nil, []any{&t.Name}, func() { tables = append(tables, t) }); err != nil {
		return nil, err
	}
	for i := range tables {
		t := &tables[i]
		if err := x.each(`SELECT count(*) FILTER (WHERE col_name <> '-1'),
			count(*) FILTER (WHERE col_name = '-1' AND col_version % 2 = 0), ifnull(max(db_version), 0) FROM `+ident(t.Name+clockSuffix), nil,
			[]any{&t.Cells, &t.Deleted, &t.Version}, func() {}); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

func (x *statusReader) peers() (peers []PeerStatus, err error) {
	var p PeerStatus
	if err := x.each(`SELECT site_id, ifnull(max(version) FILTER (WHERE event = ?), -1),
		ifnull(max(version) FILTER (WHERE event = ?), -1) FROM crsql_tracked_peers WHERE tag = ? GROUP BY site_id ORDER BY site_id`, []any{eventReceived, eventSent, peerTag},
		[]any{&p.Site, &p.Received, &p.Confirmed}, func() {
			peers = append(peers, PeerStatus{slices.Clone(p.Site), p.Received, p.Confirmed, 0})
		}); err != nil {
		return nil, err
	}
	for i := range peers {
		p := &peers[i]
		p.Behind, err = askNumber(x.ctx, x, "SELECT count(*) FROM crsql_changes WHERE db_version > ?", p.Confirmed)
		if err != nil {
			return nil, err
		}
	}
	return peers, nil
}
