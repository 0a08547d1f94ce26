// Package rqlite tests the loadable library in a cluster of rqlite nodes: it builds rqlited as released, starts nodes on
// loopback, and breaks them. It is a module of its own, so that rqlite is no dependency of sqlite-mv.
package rqlite
