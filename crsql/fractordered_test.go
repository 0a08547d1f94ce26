package crsql_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFractKeyBetween(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		require.Equal(t, []string{"'a '|'Z~'|'a!'|'a P'"}, l.ask("SELECT crsql_fract_key_between(NULL, NULL), "+
			"crsql_fract_key_between(NULL, 'a '), crsql_fract_key_between('a ', NULL), crsql_fract_key_between('a ', 'a!')"))
		for _, args := range []string{"'a ', 'a '", "'', NULL", "NULL, ''", "'aé', NULL", "1, NULL", "NULL, 2.5", "'a!', 'a '"} {
			require.ErrorContains(t, l.fails("SELECT crsql_fract_key_between("+args+")"), "fractindex: ", args)
		}
	})
}

func TestFractOrdered(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE TABLE todo(id PRIMARY KEY NOT NULL, list, ord, txt)`)
		require.Equal(t, []string{"NULL"}, l.ask("SELECT crsql_fract_as_ordered('todo', 'ord', 'list')"))
		l.exec(`INSERT INTO todo VALUES (1, 'L', 1, 'first append'); INSERT INTO todo VALUES (2, 'L', 1, 'append')`)
		l.exec(`INSERT INTO todo VALUES (3, 'L', -1, 'prepend'), (9, 'M', 1, 'other list')`)
		l.exec(`INSERT INTO todo_fractindex(id, list, txt, after_id) VALUES (4, 'L', 'after 1', 1)`)
		l.exec(`UPDATE todo SET ord = 1 WHERE id = 3`)
		l.exec(`UPDATE todo_fractindex SET after_id = 4 WHERE id = 2`)
		require.Equal(t, []string{"1|'a '", "4|'a P'", "2|'a h'", `3|'a"'`, "9|'a '"}, l.ask("SELECT id, ord FROM todo ORDER BY list, ord"))

		// Again, with other lists: what was there is replaced.
		l.exec(`SELECT crsql_fract_as_ordered('TODO', 'ORD')`)
		l.exec(`UPDATE todo SET ord = -1 WHERE id = 9`)
		require.Equal(t, []string{"9|'Z~'"}, l.ask("SELECT id, ord FROM todo ORDER BY ord LIMIT 1"))
		require.Len(t, l.ask("SELECT 1 FROM sqlite_schema WHERE name LIKE '%fractindex%'"), 5)

		for _, call := range []string{"'todo'", "'nothing', 'ord'", "'todo', 'nothing'", "'todo', 'ord', 'nothing'", "'todo_fractindex', 'ord'"} {
			l.fails("SELECT crsql_fract_as_ordered(" + call + ")")
		}
		l.exec("CREATE TABLE keyless(a, ord)")
		require.ErrorContains(t, l.fails("SELECT crsql_fract_as_ordered('keyless', 'ord')"), "has no primary key")
		require.Len(t, l.ask("SELECT 1 FROM sqlite_schema WHERE name LIKE '%fractindex%'"), 5)
	})
}

// Rows may have one key in common, made on two peers. Putting a row between them moves one.
func TestFractConflict(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE TABLE todo(list, part INT NOT NULL, id TEXT NOT NULL, ord TEXT, PRIMARY KEY(part, id));
			INSERT INTO todo VALUES (NULL, 0, 'z', 'Z~'), (NULL, 1, 'a', 'a '), (NULL, 1, 'b', 'a '), (NULL, 1, 'c', 'a!'), ('M', 9, 'm', 'Z~P');
			SELECT crsql_fract_as_ordered('todo', 'ord', 'list')`)
		l.exec(`INSERT INTO todo_fractindex(list, part, id, after_part, after_id) VALUES (NULL, 2, 'n', 1, 'a')`)
		require.Equal(t, []string{"'z'|'Z~'", "'a'|'Z~P'", "'n'|'Z~h'", "'b'|'a '", "'c'|'a!'"},
			l.ask("SELECT id, ord FROM todo WHERE list IS NULL ORDER BY ord"))
		l.exec(`UPDATE todo SET ord = 'a ' WHERE id = 'a'`)
		l.exec(`UPDATE todo_fractindex SET after_part = 1, after_id = 'b' WHERE id = 'z'`)
		require.Equal(t, []string{"'n'", "'b'", "'z'", "'a'", "'c'"}, l.ask("SELECT id FROM todo WHERE list IS NULL ORDER BY ord"))

		// The function is all or nothing.
		l.exec(`UPDATE todo SET ord = 'a ' WHERE id IN ('b', 'c'); UPDATE todo SET ord = '0bad' WHERE id IN ('n', 'z')`)
		before := l.ask("SELECT * FROM todo")
		l.fails(`INSERT INTO todo_fractindex(list, part, id, after_part, after_id) VALUES (NULL, 3, 'o', 2, 'n')`)
		for _, args := range []string{"'todo', 'ord', -1", "'todo', 'ord', -1, 'id'", "'todo'", "'todo', 'ord', 'list'",
			"'todo', 'ord', 'list', -1, 'part', 'id', 7, 'none'", "'none', 'ord', -1, 'id', 1", "'todo', 'none', -1, 'id', 'a'"} {
			l.fails("SELECT crsql_fract_fix_conflict_return_old_key(" + args + ")")
		}
		require.Equal(t, before, l.ask("SELECT * FROM todo"))
	})
}

func TestFractQuotedNames(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		for _, storage := range []string{"", "WITHOUT ROWID"} {
			l.exec(`DROP TABLE IF EXISTS "it's a ""list"""`)
			l.exec(`DROP VIEW IF EXISTS "it's a ""list""_fractindex"`)
			l.exec(`CREATE TABLE "it's a ""list"""("k""e'y" PRIMARY KEY NOT NULL, "or'd""er", "_rowid_", "l'is""t") ` + storage)
			l.exec(`SELECT crsql_fract_as_ordered('it''s a "list"', 'or''d"er', 'l''is"t')`)
			l.exec(`INSERT INTO "it's a ""list""" VALUES (1, 1, 7, 'L'), (2, 1, 7, 'L'), (3, -1, 7, 'L'), (4, 1, 7, NULL), (5, -1, 7, NULL)`)
			l.exec(`INSERT INTO "it's a ""list""_fractindex"("k""e'y", "l'is""t", "after_k""e'y") VALUES (6, 'L', 1)`)
			l.exec(`UPDATE "it's a ""list""_fractindex" SET "k""e'y" = 8, "after_k""e'y" = 2 WHERE "k""e'y" = 3`)
			require.Equal(t, []string{"5", "4", "1", "6", "2", "8"},
				l.ask(`SELECT "k""e'y" FROM "it's a ""list""" ORDER BY "l'is""t", "or'd""er"`))
			l.exec(`UPDATE "it's a ""list""" SET "or'd""er" = 'a ' WHERE "k""e'y" IN (1, 6)`)
			l.exec(`INSERT INTO "it's a ""list""_fractindex"("k""e'y", "l'is""t", "after_k""e'y") VALUES (7, 'L', 1)`)
			require.Equal(t, []string{"1", "7", "6", "2", "8"},
				l.ask(`SELECT "k""e'y" FROM "it's a ""list""" WHERE "l'is""t" = 'L' ORDER BY "or'd""er"`))
		}
	})
}

// Random placements through table and view, against a slice.
func TestFractRandomPlacement(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		r := rand.New(rand.NewPCG(1, 2))
		l.exec(`CREATE TABLE todo(id INTEGER PRIMARY KEY NOT NULL, list, ord); SELECT crsql_fract_as_ordered('todo', 'ord', 'list')`)
		var want []string
		for id := range 150 {
			switch where := r.IntN(4); {
			case where == 0 || len(want) == 0:
				l.exec("INSERT INTO todo VALUES (?, 'L', -1)", id)
				want = slices.Insert(want, 0, strconv.Itoa(id))
			case where == 1:
				l.exec("INSERT INTO todo VALUES (?, 'L', 1)", id)
				want = append(want, strconv.Itoa(id))
			case where == 2:
				at := r.IntN(len(want))
				l.exec("INSERT INTO todo_fractindex(id, list, after_id) VALUES (?, 'L', "+want[at]+")", id)
				want = slices.Insert(want, at+1, strconv.Itoa(id))
			default:
				from := r.IntN(len(want))
				moved := want[from]
				want = slices.Delete(want, from, from+1)
				if len(want) == 0 {
					want = append(want, moved)
					continue
				}
				at := r.IntN(len(want))
				l.exec(fmt.Sprintf("UPDATE todo_fractindex SET after_id = %s WHERE id = %s", want[at], moved))
				want = slices.Insert(want, at+1, moved)
			}
		}
		require.Equal(t, want, l.ask("SELECT id FROM todo ORDER BY ord"))
	})
}

// Lists go on in a file that the other implementation opens, by the triggers that are in it.
func TestFractInterop(t *testing.T) {
	node := startNode(t)
	eachEngine(t, func(t *testing.T, l *leaf) {
		const table = `CREATE TABLE todo(id INTEGER PRIMARY KEY NOT NULL, list, ord, txt); SELECT crsql_as_crr('todo'); SELECT crsql_fract_as_ordered('todo', 'ord', 'list')`
		// Row 6 gets the key of row 5, so that putting a row behind row 5 moves that.
		const write = `INSERT INTO todo VALUES (%[1]d1, 'L', 1, 'end'), (%[1]d2, 'L', -1, 'begin');
			INSERT INTO todo_fractindex(id, list, txt, after_id) VALUES (%[1]d3, 'L', 'behind', %[1]d2); UPDATE todo_fractindex SET after_id = %[1]d3 WHERE id = %[1]d1;
			INSERT INTO todo SELECT %[1]d6, 'L', ord, 'same' FROM todo WHERE id = %[1]d1;
			INSERT INTO todo_fractindex(id, list, txt, after_id) VALUES (%[1]d7, 'L', 'between', %[1]d1);`
		const query = "SELECT id FROM todo ORDER BY ord, id"
		first, second := fmt.Sprintf(write, 1), fmt.Sprintf(write, 2)
		want := []string{"22", "23", "21", "27", "26", "12", "13", "11", "17", "16"}

		l.exec(table)
		l.exec(first)
		require.NoError(t, l.Close())
		image, err := os.ReadFile(l.path)
		require.NoError(t, err)
		theirs, err := node.Open("fract-ours-"+l.driver, image)
		require.NoError(t, err)
		require.NoError(t, theirs.Exec(second))
		rows, err := theirs.Query(query)
		require.NoError(t, err)
		require.Equal(t, want, slices.Concat(quoteRows(rows)...))

		theirs, err = node.Open("fract-theirs-"+l.driver, nil)
		require.NoError(t, err)
		require.NoError(t, theirs.Exec(table))
		require.NoError(t, theirs.Exec(first))
		image, err = theirs.Image()
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(l.path, image, 0o644))
		l = openLeaf(t, l.driver, l.path)
		l.exec(second)
		require.Equal(t, want, l.ask(query))
	})
}
