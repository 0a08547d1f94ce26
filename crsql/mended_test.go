package crsql_test

// mended are the scenarios whose outcome differs from the original's by intent: in which steps, counted from 0, and why.
// docs/crsql.md repeats this table. What comes of them here is in testdata/mended.
var mended = map[string]struct {
	steps  []int
	reason string
}{
	"alter_add_drop": {[]int{9}, "A column that is not declared here is kept until it is, instead of failing the merge."},
	"as_table":       {[]int{2, 3, 5}, "The version of the file does not fall when a table stops to replicate, so peers miss nothing afterwards."},
	"basic_iud":      {[]int{3, 4, 5, 6, 7, 8}, "An UPDATE that changes nothing takes no version; in the original one connection counts it and others do not."},
	"pk_update":      {[]int{4, 5, 6, 7, 8}, "What a changed primary key moves is stamped anew, so that pulling what is new brings it."},
	"quoted_names":   {[]int{0, 1}, "A table may have a quote in its name."},
	"raw_errors":     {[]int{2}, "A column that is not declared here is kept until it is, instead of failing the merge."},
	"rollback":       {[]int{4}, "ROLLBACK TO gives sequence numbers back."},
}
