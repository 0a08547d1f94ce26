// Package bindingtest holds the tests that every binding of ext/sqlite3 to an SQLite passes.
package bindingtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// Subject is a binding to be tested.
type Subject struct {
	Binding sqlite3.Binding
	// Driver is the database/sql driver over the binding's SQLite.
	Driver string
	// Code returns the extended result code of an error of the driver.
	Code func(err error) int
	// Handles returns how many modules, tables, cursors, functions and groups C memory refers to, LastHandles the largest
	// numbers that they ever had.
	Handles     func() [5]int
	LastHandles func() [5]uint32
	// Slow, where there is a fast way past the C API, reads an argument by the C API.
	Slow func(args sqlite3.Args, i int) dbsp.Value
	// Memory, where it can be asked for, is sqlite3_memory_used.
	Memory func() int64
}

// subject is what is tested in this process.
var subject *Subject

// use makes s the subject.
func use(t testing.TB, s *Subject) {
	if subject != nil {
		require.Same(t, subject, s, "one process tests one binding")
		return
	}
	subject = s
	require.NoError(t, s.Binding.AutoExtension(func(c sqlite3.Conn) error {
		if f := onOpen.Load(); f != nil {
			return (*f)(c)
		}
		return nil
	}))
}

// Run runs the tests.
func Run(t *testing.T, s *Subject) {
	use(t, s)
	for _, tt := range []struct {
		name string
		run  func(t *testing.T)
	}{
		{"Statements", testStatements},
		{"Run", testRun},
		{"BindAgain", testBindAgain},
		{"Fetch", testFetch},
		{"Reprepared", testReprepared},
		{"SchemaVersion", testSchemaVersion},
		{"DataVersion", testDataVersion},
		{"Connection", testConnection},
		{"OpenClose", testOpenClose},
		{"ConnectionsInParallel", testConnectionsInParallel},
		{"Failures", testFailures},
		{"EntryFailure", testEntryFailure},
		{"Functions", testFunctions},
		{"ArgsAfterCallback", testArgsAfterCallback},
		{"ModuleRegisteredInCallbacks", testModuleRegisteredInCallbacks},
		{"ModuleReplaced", testModuleReplaced},
		{"BestIndex", testBestIndex},
		{"Estimates", testEstimates},
		{"UniqueScan", testUniqueScan},
		{"DestroyFailure", testDestroyFailure},
		{"ModuleArguments", testModuleArguments},
		{"Innocuous", testInnocuous},
		{"ModuleMisuse", testModuleMisuse},
		{"DeclaredTypesAndCollations", testDeclaredTypesAndCollations},
		{"TransactionCalls", testTransactionCalls},
		{"SyncWritesTables", testSyncWritesTables},
		{"UpdateWithinUpdate", testUpdateWithinUpdate},
		{"UpdateForms", testUpdateForms},
		{"ValuesRoundTrip", testValuesRoundTrip},
		{"ZeroBlob", testZeroBlob},
		{"Numeric", testNumeric},
		{"Batch", testBatch},
		{"BatchCounters", testBatchCounters},
		{"Flag", testFlag},
		{"Offer", testOffer},
		{"Key", testKey},
		{"Memory", testMemory},
	} {
		t.Run(tt.name, tt.run)
	}
}

// Bench runs the measurements.
func Bench(b *testing.B, s *Subject) {
	use(b, s)
	b.Run("Update", benchUpdate)
	b.Run("Scan", benchScan)
	b.Run("Stmt", benchStmt)
}
