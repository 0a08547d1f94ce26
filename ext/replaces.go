package ext

import "strings"

// mayReplace looks at the running statements' texts, and at the schemas, for REPLACE.
func (e *engine) mayReplace() bool {
	for _, d := range e.opened {
		if d.replaces {
			return true
		}
	}
	for _, sql := range e.conn.Writing() {
		if sql == e.harmless && sql != "" {
			continue // most statements run more than once
		}
		if sql == "" || containsReplace(sql) {
			return true
		}
		e.harmless = strings.Clone(sql)
	}
	return false
}

// containsReplace reports whether s may contain the keyword REPLACE, which no parenthesis follows, unlike the function of
// that name. It errs on the side of true.
func containsReplace(s string) bool {
	const word = "replace"
	for ; containsFold(s, word); s = s[1:] {
		for !strings.EqualFold(s[:len(word)], word) {
			s = s[1:]
		}
		if !strings.HasPrefix(strings.TrimLeft(s[len(word):], " \t\r\n\f"), "(") {
			return true
		}
	}
	return false
}

// containsFold reports whether s contains word, which is lower-case ASCII, in any case.
func containsFold(s, word string) bool {
	for i := 0; i+len(word) <= len(s); i++ {
		if s[i]|0x20 != word[0] {
			continue
		}
		j := 1
		for j < len(word) && s[i+j]|0x20 == word[j] {
			j++
		}
		if j == len(word) {
			return true
		}
	}
	return false
}
