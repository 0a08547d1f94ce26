// Package driver turns a database/sql driver for SQLite into one that understands the statements of materialized views:
//
//	CREATE [TEMP] MATERIALIZED VIEW [IF NOT EXISTS] [schema.]v [(columns)] AS SELECT …
//	DROP MATERIALIZED VIEW [IF EXISTS] [schema.]v
//	REFRESH MATERIALIZED VIEW [schema.]v
//	EXPLAIN MATERIALIZED VIEW [schema.]v
//	ALTER MATERIALIZED VIEW [schema.]v RENAME TO w
//	CREATE INDEX [IF NOT EXISTS] [schema.]i ON v (column [COLLATE c] [ASC | DESC], …)
//
// SQLite's parser can't be extended, so each is translated, when its turn comes in the text, into statements that SQLite
// has; the engine that is installed on the connection does the rest. Any other text reaches the inner driver as it is.
//
// The package knows no particular driver: package modernc, below, applies it to modernc.org/sqlite and is what programs
// import.
package driver
