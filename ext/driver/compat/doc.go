// Package compat holds tests of the database/sql driver under libraries that programs put on top of it. It is a module
// of its own, so that these libraries are no dependencies of sqlite-mv.
package compat
