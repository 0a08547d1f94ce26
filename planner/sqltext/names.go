package sqltext

import "strings"

// fallback holds the keywords that SQLite also reads as plain identifiers where the grammar has no other use for them
// (%fallback ID in parse.y). OVER, FILTER and WINDOW are identifiers by look-ahead (tokenize.c).
var fallback = words(`ABORT ACTION AFTER ALWAYS ANALYZE ASC ATTACH BEFORE BEGIN BY CASCADE CAST COLUMN CONFLICT CURRENT
	CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DATABASE DEFERRED DESC DETACH DO EACH END EXCLUDE EXCLUSIVE EXPLAIN FAIL
	FILTER FIRST FOLLOWING FOR GENERATED GLOB GROUPS IF IGNORE IMMEDIATE INITIALLY INSTEAD KEY LAST LIKE MATCH MATERIALIZED
	NO NULLS OF OFFSET OTHERS OVER PARTITION PLAN PRAGMA PRECEDING QUERY RAISE RANGE RECURSIVE REGEXP REINDEX RELEASE
	RENAME REPLACE RESTRICT ROLLBACK ROW ROWS SAVEPOINT TEMP TEMPORARY TIES TRIGGER UNBOUNDED VACUUM VIEW VIRTUAL WINDOW
	WITH WITHIN WITHOUT`)

// joinWords are the keywords that are identifiers too, except as an alias without AS.
var joinWords = words(`CROSS FULL INDEXED INNER LEFT NATURAL OUTER RIGHT`)

// reserved holds the keywords that are never identifiers.
var reserved = words(`ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE DEFAULT
	DEFERRABLE DELETE DISTINCT DROP ELSE ESCAPE EXCEPT EXISTS FOREIGN FROM GROUP HAVING IN INDEX INSERT INTERSECT INTO IS
	ISNULL JOIN LIMIT NOT NOTHING NOTNULL NULL ON OR ORDER PRIMARY REFERENCES RETURNING SELECT SET TABLE THEN TO
	TRANSACTION UNION UNIQUE UPDATE USING VALUES WHEN WHERE`)

func words(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// upperASCII folds a short word for the keyword maps, which hold upper case ASCII.
func upperASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - ('a' - 'A')
		}
	}
	return string(b)
}

// IsReserved tells whether a bare word (any case) can't be an identifier in SQLite.
func IsReserved(word string) bool { return reserved[upperASCII(word)] }

// IsKeyword tells whether a word (any case) is one of SQLite's keywords, reserved or not.
func IsKeyword(word string) bool {
	w := upperASCII(word)
	return reserved[w] || fallback[w] || joinWords[w]
}

// Dequote returns what a name or string token stands for, as sqlite3Dequote does: quotes '…', "…", `…` and […] go, a
// doubled closing quote inside stands for one. A text that does not begin with a quote is returned as it is.
func Dequote(s string) string {
	if s == "" {
		return s
	}
	quote := s[0]
	switch quote {
	case '[':
		quote = ']'
	case '\'', '"', '`':
	default:
		return s
	}
	if body := s[1:]; body != "" && strings.IndexByte(body, quote) == len(body)-1 {
		return body[:len(body)-1]
	}
	var out strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] == quote {
			if i+1 == len(s) || s[i+1] != quote {
				break
			}
			i++
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// QuoteIdent returns name as an identifier: bare where any parser of SQLite's reads it back so, else in double quotes.
func QuoteIdent(name string) string {
	if isBareName(name) {
		return name
	}
	return quoteWith(name, '"')
}

// QuoteString returns s as a string literal. SQLite can't hold a NUL byte in one.
func QuoteString(s string) string { return quoteWith(s, '\'') }

func quoteWith(name string, quote byte) string {
	q := string(quote)
	return q + strings.ReplaceAll(name, q, q+q) + q
}

// isBareName tells whether name is an ASCII identifier and no keyword.
func isBareName(name string) bool {
	if name == "" || isDigit(name[0]) || name[0] == '$' {
		return false
	}
	for i := range len(name) {
		if !isIdent(name[i]) || name[i] >= 0x80 {
			return false
		}
	}
	return !IsKeyword(name)
}
