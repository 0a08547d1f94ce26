package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// completer completes dot commands with their arguments, keywords, and the names of tables, views and columns.
type completer struct{ sh *shell }

// Do implements readline.AutoCompleter: what could follow line[:pos], and how many characters of it are the beginning.
func (c *completer) Do(line []rune, pos int) (rest [][]rune, typed int) {
	word, candidates := c.candidates(string(line[:pos]))
	seen := map[string]bool{}
	for _, candidate := range candidates {
		if len(candidate) < len(word) || !strings.EqualFold(candidate[:len(word)], word) {
			continue
		}
		if tail := candidate[len(word):]; !seen[tail] {
			seen[tail] = true
			rest = append(rest, []rune(tail))
		}
	}
	return rest, len([]rune(word))
}

// candidates returns the word before the cursor and all words that could stand there.
func (c *completer) candidates(text string) (word string, candidates []string) {
	start := strings.LastIndexAny(text, " \t\n(),;=<>+-*/|%") + 1
	word = text[start:]
	if strings.HasPrefix(text, ".") {
		return c.commandCandidates(text)
	}
	if word == "" && strings.TrimSpace(text) != "" {
		return word, c.names("table", "view", kindMaterialized)
	}
	if table, column, qualified := strings.Cut(word, "."); qualified {
		return column, c.columns(sqltext.Dequote(table))
	}
	candidates = c.names("table", "view", kindMaterialized)
	candidates = append(candidates, c.columns("")...)
	slices.Sort(candidates)
	lower := strings.ToUpper(word) != word
	for _, k := range keywords {
		if lower {
			k = strings.ToLower(k)
		}
		candidates = append(candidates, k)
	}
	return word, candidates
}

// commandCandidates completes a dot command.
func (c *completer) commandCandidates(text string) (word string, candidates []string) {
	name, arguments, found := strings.Cut(text[1:], " ")
	if !found {
		var names []string
		for _, cmd := range commands {
			names = append(names, "."+cmd.name+" ")
		}
		return text, names
	}
	if i := strings.LastIndexByte(arguments, ' '); i >= 0 {
		word = arguments[i+1:]
	} else {
		word = arguments
	}
	switch cmd, err := findCommand(name); {
	case err != nil:
		return word, nil
	case cmd.args == "on|off":
		return word, []string{"on", "off"}
	case cmd.name == "mode":
		return word, modeNames()
	case cmd.name == "help":
		var names []string
		for _, cmd := range commands {
			names = append(names, cmd.name)
		}
		return word, names
	case cmd.name == "views":
		return word, c.names("view", kindMaterialized)
	case cmd.name == "explain":
		return word, append(c.names(kindMaterialized), "--dot ", "--mermaid ")
	case cmd.name == "tables", cmd.name == "schema", cmd.name == "dump", cmd.name == "indexes":
		return word, c.names("table", "view", kindMaterialized)
	case cmd.name == "read", cmd.name == "open":
		return word, files(word)
	case cmd.name == "import":
		return word, append(append(files(word), "--csv ", "--skip ", "--schema "), c.names("table")...)
	}
	return word, nil
}

// files returns the files whose name begins with word; folders end with a separator.
func files(word string) []string {
	escaped := strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(word)
	found, _ := filepath.Glob(escaped + "*")
	for i, f := range found {
		if inside, _ := filepath.Glob(f + "/*"); len(inside) > 0 {
			found[i] = f + "/"
		}
	}
	return found
}

// names returns the names of objects of these kinds as SQL writes them.
func (c *completer) names(kinds ...string) []string {
	objects, err := c.sh.userObjects(nil, kinds...)
	if err != nil {
		return nil
	}
	var names []string
	for _, o := range objects {
		name := sqltext.QuoteIdent(o.name)
		if o.schema != "main" && o.schema != "temp" {
			name = sqltext.QuoteIdent(o.schema) + "." + name
		}
		names = append(names, name)
	}
	return names
}

// columns returns the columns of a table or view; of all when table is "".
func (c *completer) columns(table string) []string {
	objects, err := c.sh.userObjects(nil, "table", "view", kindMaterialized)
	if err != nil {
		return nil
	}
	var names []string
	for _, o := range objects {
		if table != "" && !strings.EqualFold(o.name, table) {
			continue
		}
		columns, err := c.sh.db.columns(context.Background(), o.schema, o.name)
		if err != nil {
			continue
		}
		for _, name := range columns {
			names = append(names, sqltext.QuoteIdent(name))
		}
	}
	return names
}

// keywords are the keywords that are offered: SQLite's, without the rare ones that would only be in the way.
var keywords = strings.Fields(`ADD ALL ALTER ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEGIN BETWEEN BY CASCADE CASE CAST
	CHECK COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS DATABASE DEFAULT DELETE DESC DETACH DISTINCT DROP EACH
	ELSE END ESCAPE EXCEPT EXISTS EXPLAIN FAIL FILTER FOREIGN FROM FULL GENERATED GLOB GROUP HAVING IF IGNORE IMMEDIATE
	IN INDEX INNER INSERT INTERSECT INTO IS JOIN KEY LEFT LIKE LIMIT MATERIALIZED NATURAL NOT NOTHING NULL OFFSET ON OR
	ORDER OUTER OVER PARTITION PLAN PRAGMA PRIMARY QUERY RECURSIVE REFERENCES REFRESH REINDEX RELEASE RENAME REPLACE
	RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET STRICT TABLE TEMP THEN TO TRANSACTION TRIGGER UNION UNIQUE
	UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHOUT`)
