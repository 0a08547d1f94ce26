package crsql_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// hook registers a function of no arguments whose result, if it has one, is 0. The drivers' types differ.
func hook(c any, register string, called func()) {
	m := reflect.ValueOf(c).MethodByName(register)
	f := m.Type().In(0)
	m.Call([]reflect.Value{reflect.MakeFunc(f, func([]reflect.Value) (results []reflect.Value) {
		called()
		for i := range f.NumOut() {
			results = append(results, reflect.Zero(f.Out(i)))
		}
		return results
	})})
}

// Hooks of a program stay on the connection: crsql has none of its own.
func TestHooksOfOthers(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a)")
		commits, rollbacks := 0, 0
		require.NoError(t, l.Raw(func(c any) error {
			hook(c, "RegisterCommitHook", func() { commits++ })
			hook(c, "RegisterRollbackHook", func() { rollbacks++ })
			return nil
		}))
		l.exec("SELECT crsql_as_crr('t')")
		before := commits
		l.exec("INSERT INTO t VALUES(1, 1)")
		l.exec("BEGIN; INSERT INTO t VALUES(2, 1); COMMIT")
		l.exec("BEGIN; INSERT INTO t VALUES(3, 1); ROLLBACK")
		l.exec("INSERT INTO crsql_changes VALUES('t', x'010909', 'a', 1, 1, 1, x'11', 1, 0)")
		require.Equal(t, []int{3, 1}, []int{commits - before, rollbacks})
		require.Equal(t, []string{"3"}, l.ask("SELECT crsql_db_version()"))
	})
}
