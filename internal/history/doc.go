// Package history makes random histories: a schema, view definitions composed of everything that is maintained, and
// statements of every form, run through database/sql with the oracle checking each view after each statement. Beside
// the database runs a twin without materialized views, which says what every statement means: its error, its rows, the
// number of rows affected, and the base tables' contents must be the same. A history follows from a seed, and a failing one
// is minimised to a script in the oracle's format.
package history
