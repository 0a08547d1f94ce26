package driver

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTranslation(t *testing.T) {
	const drop = `DROP TABLE "main"."v"`
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"plain", "SELECT 1; SELECT 'materialized';", []string{"SELECT 1; SELECT 'materialized';"}},
		{"drop", "DROP MATERIALIZED VIEW v", []string{drop}},
		{"drop in lower case", "drop /* c */ materialized -- c\n view V ;", []string{drop}},
		{"drop quoted", `DROP MATERIALIZED VIEW [odd "name]`, []string{`DROP TABLE "main"."odd ""name"`}},
		{"drop qualified", "DROP MATERIALIZED VIEW aux.v", []string{`DROP TABLE "aux"."v"`}},
		{"drop attached", "DROP MATERIALIZED VIEW w", []string{`DROP TABLE "aux"."w"`}},
		{"temp first", "DROP MATERIALIZED VIEW x", []string{`DROP TABLE "temp"."x"`}},
		{"main asked for", "DROP MATERIALIZED VIEW main.x", []string{`DROP TABLE "main"."x"`}},
		{"if exists, yes", "DROP MATERIALIZED VIEW IF EXISTS v", []string{drop}},
		{"if exists, no", "DROP MATERIALIZED VIEW IF EXISTS nix", nil},
		{"if exists, no schema", "DROP MATERIALIZED VIEW IF EXISTS nix.v", nil},
		{"if exists, a table", "DROP MATERIALIZED VIEW IF EXISTS t", nil},
		{"refresh", "REFRESH MATERIALIZED VIEW v", []string{`INSERT INTO "main"."v"(mv_command) VALUES('refresh')`}},
		{"rename", "ALTER MATERIALIZED VIEW v RENAME TO [new v]", []string{`ALTER TABLE "main"."v" RENAME TO "new v"`}},
		{"around", "INSERT INTO t VALUES(1,2); DROP MATERIALIZED VIEW v; -- end", []string{"INSERT INTO t VALUES(1,2);", drop}},
		{"between", "DROP MATERIALIZED VIEW v;DELETE FROM t; SELECT 1;\nDROP MATERIALIZED VIEW aux.v",
			[]string{drop, "DELETE FROM t; SELECT 1;", `DROP TABLE "aux"."v"`}},
		{"words in strings", "SELECT 'DROP MATERIALIZED VIEW v' /* ; DROP MATERIALIZED VIEW v; */ -- DROP MATERIALIZED VIEW v\n",
			[]string{"SELECT 'DROP MATERIALIZED VIEW v' /* ; DROP MATERIALIZED VIEW v; */ -- DROP MATERIALIZED VIEW v\n"}},
		{"trigger body", "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT '; DROP MATERIALIZED VIEW v;'; -- DROP MATERIALIZED VIEW v;\nEND; DROP MATERIALIZED VIEW v",
			[]string{"CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT '; DROP MATERIALIZED VIEW v;'; -- DROP MATERIALIZED VIEW v;\nEND;", drop}},
		{"as names", `CREATE TABLE materialized(view, refresh); SELECT view FROM materialized`,
			[]string{`CREATE TABLE materialized(view, refresh); SELECT view FROM materialized`}},
		{"index", "CREATE INDEX IF NOT EXISTS i ON V (region COLLATE nocase DESC, 'select' ASC /* c */);", []string{
			"CREATE INDEX IF NOT EXISTS i ON V (region COLLATE nocase DESC, 'select' ASC /* c */);",
			`CREATE INDEX IF NOT EXISTS i ON "__internal_dbsp_state_out_v" (region COLLATE nocase DESC, 'select' ASC /* c */);`}},
		{"index in a schema", `CREATE INDEX aux.i ON w("region")`, []string{`CREATE INDEX aux.i ON w("region")`,
			`CREATE INDEX aux.i ON "__internal_dbsp_state_out_w"("region")`}},
		{"index in temp", `CREATE INDEX i ON x([select])`, []string{`CREATE INDEX i ON x([select])`,
			`CREATE INDEX i ON "__internal_dbsp_state_out_x"([select])`}},
		{"index elsewhere", "CREATE INDEX i ON t(a);", []string{"CREATE INDEX i ON t(a);"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			db, o := openRecorded(t)
			_, err := db.Exec(tc.text)
			require.NoError(t, err)
			require.Equal(t, tc.want, o.texts)
		})
	}
}

func TestCreateTranslation(t *testing.T) {
	for _, tc := range []struct{ name, view, text, want string }{
		{"simple", `n`, "CREATE MATERIALIZED VIEW n AS SELECT a FROM t", "CREATE VIRTUAL TABLE n USING materialized_view(SELECT a FROM t\n)"},
		{"exact text", `n`, "CREATE MATERIALIZED VIEW n AS\n  SELECT a, /* b */ 'x;' FROM t -- end", "CREATE VIRTUAL TABLE n USING materialized_view(SELECT a, /* b */ 'x;' FROM t\n)"},
		{"comment inside", `n`, "CREATE MATERIALIZED VIEW n AS SELECT a -- first\nFROM t;", "CREATE VIRTUAL TABLE n USING materialized_view(SELECT a -- first\nFROM t\n)"},
		{"if not exists", `aux.n`, "CREATE MATERIALIZED VIEW IF NOT EXISTS aux.n AS SELECT 1", "CREATE VIRTUAL TABLE IF NOT EXISTS aux.n USING materialized_view(SELECT 1\n)"},
		{"temp", `temp.n`, "CREATE TEMP MATERIALIZED VIEW n AS SELECT 1", `CREATE VIRTUAL TABLE "temp".n USING materialized_view(SELECT 1` + "\n)"},
		{"temporary", `temp.n`, "CREATE TEMPORARY MATERIALIZED VIEW temp.n AS SELECT 1", `CREATE VIRTUAL TABLE "temp".n USING materialized_view(SELECT 1` + "\n)"},
		{"columns", `n`, "CREATE MATERIALIZED VIEW n(a, [b c], \"select\") AS SELECT 1, 2, 3", `CREATE VIRTUAL TABLE n USING materialized_view((a, "b c", "select") AS SELECT 1, 2, 3` + "\n)"},
		{"quoted name", `[a "b]`, `CREATE MATERIALIZED VIEW "a ""b" AS VALUES(1)`, `CREATE VIRTUAL TABLE "a ""b" USING materialized_view(VALUES(1)` + "\n)"},
		{"with", `n`, "CREATE MATERIALIZED VIEW n AS WITH c AS (SELECT 1) SELECT * FROM c", "CREATE VIRTUAL TABLE n USING materialized_view(WITH c AS (SELECT 1) SELECT * FROM c\n)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			db, o := openRecorded(t)
			_, err := db.Exec(tc.text)
			require.NoError(t, err)
			require.Equal(t, []string{tc.want}, o.texts)
			_, err = db.Exec("DROP MATERIALIZED VIEW " + tc.view)
			require.NoError(t, err)
		})
	}
}

func TestCommandErrors(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		is         error
		message    string
	}{
		{"no view", "DROP MATERIALIZED VIEW nix", ErrNoSuchView, "no such materialized view: nix"},
		{"another module", "DROP MATERIALIZED VIEW fts", ErrNoSuchView, "no such materialized view: fts"},
		{"a table", "DROP MATERIALIZED VIEW t", ErrNoSuchView, "no such materialized view: t"},
		{"no schema", "DROP MATERIALIZED VIEW nix.v", ErrNoSuchView, "no such materialized view: nix.v"},
		{"in another schema", "DROP MATERIALIZED VIEW main.w", ErrNoSuchView, "no such materialized view: main.w"},
		{"refresh", "REFRESH MATERIALIZED VIEW t", ErrNoSuchView, "no such materialized view: t"},
		{"explain", "EXPLAIN MATERIALIZED VIEW t", ErrNoSuchView, "no such materialized view: t"},
		{"rename", "ALTER MATERIALIZED VIEW t RENAME TO u", ErrNoSuchView, "no such materialized view: t"},
		{"malformed", "SELECT 1;\nDROP MATERIALIZED VIEW v CASCADE", ErrSyntax, `near "CASCADE": syntax error at line 2, column 26`},
		{"no select", "CREATE MATERIALIZED VIEW v", ErrSyntax, "line 1"},
		{"temp and schema", "CREATE TEMP MATERIALIZED VIEW main.v AS SELECT 1", ErrSyntax, "must be unqualified"},
		{"unique", "SELECT 1;\n CREATE UNIQUE INDEX i ON v(region)", ErrIndexOnView, "UNIQUE at line 2, column 2"},
		{"partial", "CREATE INDEX i ON v(region) WHERE region > 1", ErrIndexOnView, "a partial index at line 1, column 35"},
		{"expression", "CREATE INDEX i ON v(region, lower(region))", ErrIndexOnView, "an expression at line 1, column 29"},
		{"keyword", "CREATE INDEX i ON v(select)", ErrIndexOnView, "an expression at line 1, column 21"},
		{"column", "CREATE INDEX i ON v(nix)", ErrIndexOnView, "no such column: nix at line 1, column 21"},
		{"hidden column", "CREATE INDEX i ON v(mv_command)", ErrIndexOnView, "no such column"},
		{"internal column", "CREATE INDEX i ON v(__internal_dbsp_weight)", ErrIndexOnView, "no such column"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			db, _ := openRecorded(t)
			_, err := db.Exec(tc.text)
			require.ErrorIs(t, err, tc.is)
			require.ErrorContains(t, err, tc.message)
			rows, err := db.Query(tc.text)
			if err == nil {
				rows.Close()
			}
			require.ErrorIs(t, err, tc.is)
		})
	}
}
