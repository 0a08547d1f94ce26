// Package hosts has the tests of the loadable library in the programs that people load it into: each starts the real
// one. A test skips, and says so, where its program is not installed.
package hosts
