package oracle

import "strings"

// Transaction follows a connection's statements to tell whether a transaction is open. A statement that rolls the
// transaction back by failing (OR ROLLBACK, RAISE(ROLLBACK)) goes unnoticed until the next COMMIT or ROLLBACK fails.
type Transaction struct {
	begun      bool
	savepoints []string
}

// Open tells whether a transaction is open.
func (t *Transaction) Open() bool { return t.begun || len(t.savepoints) > 0 }

// Note takes notice of a statement that was run, with its error.
func (t *Transaction) Note(stmt string, err error) {
	words := strings.Fields(strings.ToUpper(strings.TrimRight(strings.TrimSpace(stmt), ";")))
	if len(words) == 0 {
		return
	}
	last := words[len(words)-1]
	if err != nil {
		if strings.Contains(err.Error(), "no transaction is active") || strings.Contains(err.Error(), "no such savepoint") {
			if words[0] == "COMMIT" || words[0] == "END" || words[0] == "ROLLBACK" && !contains(words, "TO") {
				*t = Transaction{}
			}
		}
		return
	}
	switch words[0] {
	case "BEGIN":
		*t = Transaction{begun: true}
	case "COMMIT", "END":
		*t = Transaction{}
	case "ROLLBACK":
		if !contains(words, "TO") {
			*t = Transaction{}
		} else if i := t.find(last); i >= 0 {
			t.savepoints = t.savepoints[:i+1]
		}
	case "SAVEPOINT":
		t.savepoints = append(t.savepoints, last)
	case "RELEASE":
		if i := t.find(last); i >= 0 {
			t.savepoints = t.savepoints[:i]
		}
	}
}

// find returns the position of the innermost savepoint of that name, -1 when there is none.
func (t *Transaction) find(name string) int {
	for i := len(t.savepoints) - 1; i >= 0; i-- {
		if t.savepoints[i] == name {
			return i
		}
	}
	return -1
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}
