package history

import (
	"fmt"
	"regexp"
	"strings"
)

// Failure is what a run found wrong.
type Failure struct {
	// Kind is that of the oracle.Mismatch, or one of: outcome, changes, returning, base, views, cursor, probe order,
	// panic, open.
	Kind    string
	Step    int // index of the step after which it showed
	Message string
}

// Error describes the failure.
func (f *Failure) Error() string {
	return fmt.Sprintf("%s after step %d: %s", f.Kind, f.Step, f.Message)
}

// Fingerprint is the kind of a failure and the beginning of its message, without what differs from case to case.
func (f *Failure) Fingerprint() string {
	line, _, _ := strings.Cut(f.Message, "\n")
	line = number.ReplaceAllString(quoted.ReplaceAllString(line, "…"), "")
	switch f.Kind {
	case "rows", "representative", "base", "returning", "cursor", "order":
		return f.Kind
	case "panic":
		return "panic: " + line
	}
	return f.Kind + ": " + line[:min(len(line), 160)]
}

// Report is the result of a run.
type Report struct {
	Failure     *Failure
	Statements  int
	Checks      int // views compared
	Definitions int
	Invalid     int               // definitions that plain SQLite rejects
	Rejected    map[string]string // definitions that only the engine rejects: reason -> definition
	Refused     int               // definitions that need not be maintained, and are not
	Wild        int               // those that are
	Errors      int               // statements that failed, as they did on the twin
	outcomes    []error           // of each step
	goldens     []string          // for twin failures: queries with the rows of the twin, as script lines
}

// wrong makes a failure.
func wrong(kind, format string, args ...any) error {
	return &Failure{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// core strips what drivers put around SQLite's message.
func core(err error) string {
	if err == nil {
		return ""
	}
	s := err.Error()
	for _, p := range []string{"SQL logic error: ", "constraint failed: "} {
		s = strings.TrimPrefix(s, p)
	}
	// Both sides may name an aborted transaction's statement differently.
	return strings.TrimSpace(regexp.MustCompile(` \(\d+\)$`).ReplaceAllString(s, ""))
}
