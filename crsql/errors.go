package crsql

import "errors"

// ErrVersion is the error of a file that cr-sqlite before 0.15 wrote.
var ErrVersion = errors.New("crsql: the file was made by a version of cr-sqlite before 0.15, which is not supported")

// ErrEncoding is the error of bytes that are not a change set, a request or a reply as this version writes them.
var ErrEncoding = errors.New("damaged encoding")

// ErrCompacted is the error of a peer that does not know of deletions which are forgotten here, since all peers that were
// known had confirmed them. What it holds of its own could bring back deleted rows: it must be filled anew.
var ErrCompacted = errors.New("the peer lacks deletions that are forgotten here, and must be filled anew")

// ErrOutdated is ErrCompacted said of this file: it must be filled anew, as it has not merged deletions that others forgot.
var ErrOutdated = errors.New("this file lacks deletions that peers have forgotten, and must be filled anew")

// ErrUnconfirmed is the error of forgetting deletions that a known peer has not confirmed.
var ErrUnconfirmed = errors.New("a peer has not confirmed")

// ErrSameSite is the error of exchanging between two files of one site id: one is a copy of the other.
var ErrSameSite = errors.New("both files have the same site id")

// ErrMigration is wrapped by the errors of crsql_automigrate for differences that no ALTER TABLE mends.
var ErrMigration = errors.New("can't be migrated by itself")

// ErrLog is wrapped by the errors of crsql_as_log for a table that can't be a log.
var ErrLog = errors.New("not a log")
