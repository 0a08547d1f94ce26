package sqlite3

import "fmt"

// Methods are the optional interfaces of a virtual table that its module promises; the others are nil.
type Methods struct {
	Updater     Updater
	Transactor  Transactor
	Savepointer Savepointer
	Renamer     Renamer
}

// MethodsOf finds in t what m promises. A method that is missing is an error.
func MethodsOf(m *Module, t VTab) (f Methods, err error) {
	ok := true
	if m.Writable {
		f.Updater, ok = t.(Updater)
	}
	if m.Transactions && ok {
		if f.Transactor, ok = t.(Transactor); ok {
			f.Savepointer, ok = t.(Savepointer)
		}
	}
	if m.Renames && ok {
		f.Renamer, ok = t.(Renamer)
	}
	if !ok {
		return Methods{}, fmt.Errorf("sqlite3: virtual table %T lacks a method that its module promises", t)
	}
	return f, nil
}
