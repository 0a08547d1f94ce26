// Package drivertest holds the tests that every database/sql driver of the project passes.
package drivertest

import "testing"

// Subject is a driver to be tested. Its connections have a deterministic function doubled, which fails for what is not
// an integer with "not an integer", and an aggregate median, which is Median.
type Subject struct {
	// Driver and Stock are the names of the driver and of the one beneath it.
	Driver, Stock string
	// Code returns the result code of an error of the driver, 0 for other errors.
	Code func(err error) int
	// BusyTimeout is the option of a data source name that sets the busy timeout.
	BusyTimeout func(milliseconds int) string
	// Sequential tells that each statement of a text takes arguments of its own.
	Sequential bool
}

// subject is what is tested in this process.
var subject *Subject

// Run runs the tests; one process tests one driver.
func Run(t *testing.T, s *Subject) {
	subject = s
	for _, tt := range []struct {
		name string
		run  func(t *testing.T)
	}{
		{"ViewInTransactions", testViewInTransactions},
		{"StatementsBetweenOthers", testStatementsBetweenOthers},
		{"PreparedStatements", testPreparedStatements},
		{"RefreshLeavesTheLastInsertId", testRefreshLeavesTheLastInsertId},
		{"CreateLeavesTheLastInsertId", testCreateLeavesTheLastInsertId},
		{"IndexOnView", testIndexOnView},
		{"Rename", testRename},
		{"Schemas", testSchemas},
		{"ErrorsOfDefinitions", testErrorsOfDefinitions},
		{"ViewColumnTypes", testViewColumnTypes},
		{"ViewWithRegisteredFunctionAndCollation", testViewWithRegisteredFunctionAndCollation},
		{"ViewsWithRegisteredAggregate", testViewsWithRegisteredAggregate},
		{"StockDriver", testStockDriver},
		{"Explain", testExplain},
		{"PoolOfManyConnections", testPoolOfManyConnections},
		{"Cancellation", testCancellation},
		{"CancelledTransactionRollsBack", testCancelledTransactionRollsBack},
		{"ClosingAfterAFailedCreate", testClosingAfterAFailedCreate},
		{"WritingWhileReading", testWritingWhileReading},
	} {
		t.Run(tt.name, tt.run)
	}
}
