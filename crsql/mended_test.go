package crsql_test

// mended are the scenarios whose outcome differs from the original's by intent: in which steps, counted from 0, and why.
// docs/crsql.md repeats this table. What comes of them here is in testdata/mended.
var mended = map[string]struct {
	steps  []int
	reason string
}{}
