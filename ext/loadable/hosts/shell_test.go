//go:build cgo

package hosts

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shell is the sqlite3 shell.
type shell struct {
	host
	program string
}

func newShell(t *testing.T) shell {
	t.Helper()
	return shell{newHost(t), find(t, nil, "sqlite3")}
}

// load is how the shell loads the library: without the ending, as its documentation has it.
func load() string { return ".load " + strings.TrimSuffix(library, ".so") + "\n" }

// try runs a script over a file and returns what the shell printed.
func (s shell) try(file, script string) (string, error) {
	c := s.command(s.program, "-batch", "-bail", file)
	c.Stdin = strings.NewReader(script)
	out, err := c.CombinedOutput()
	return string(out), err
}

// stock runs a script in a shell without the library.
func (s shell) stock(file, script string) string {
	s.t.Helper()
	out, err := s.try(file, script)
	if err != nil {
		s.t.Fatalf("sqlite3 %s: %v\n%s\nafter:\n%s", file, err, out, script)
	}
	return out
}

// exec runs a script in a shell that loads the library.
func (s shell) exec(file, script string) string {
	s.t.Helper()
	return s.stock(file, load()+script)
}

// want requires what a script prints.
func (s shell) want(file, script, want string) {
	s.t.Helper()
	if got := strings.TrimSpace(s.exec(file, script)); got != want {
		s.t.Errorf("%s\nprints:\n%s\nwant:\n%s", script, got, want)
	}
}

// views returns the SELECT of each view of a file.
func (s shell) views(file string) map[string]string {
	s.t.Helper()
	out := map[string]string{}
	for _, row := range strings.Split(s.exec(file, ".mode list\n.separator \\037 \\036\nSELECT name, sql FROM mv_views;"), "\036") {
		if name, sql, ok := strings.Cut(row, "\037"); ok {
			out[strings.TrimSpace(name)] = sql
		}
	}
	return out
}

// check requires of each view of a file that it is what its SELECT returns, after the statements of before.
func (s shell) check(file, before string) {
	s.t.Helper()
	views := s.views(file)
	if len(views) < 5 {
		s.t.Errorf("%s has the views %v only", file, views)
	}
	for name, sql := range views {
		out := s.exec(file, before+"\n.mode quote\nSELECT * FROM "+name+";\n.print ---\n"+sql+";")
		rows, fresh, _ := strings.Cut(out, "---\n")
		if r, f := sorted(rows), sorted(fresh); r != f || !strings.Contains(out, "---\n") {
			s.t.Errorf("%s: view %s:\n%s\nits SELECT:\n%s", file, name, r, f)
		}
	}
}

func sorted(rows string) string {
	lines := strings.Split(rows, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// create makes a file with tables and views.
func (s shell) create(file string) {
	s.t.Helper()
	s.exec(file, script(s.t, "schema.sql"))
	s.check(file, "")
}

func TestShell(t *testing.T) {
	s := newShell(t)
	t.Log(s.run(s.program, "--version"))
	s.create("a.db")
	writes := script(t, "writes.sql")
	s.check("a.db", "BEGIN;\n"+writes)
	s.check("a.db", "") // the writes were not committed
	s.check("a.db", "BEGIN; SAVEPOINT s;\n"+writes+"ROLLBACK TO s; DELETE FROM orders WHERE id = 3; SAVEPOINT u; DELETE FROM orders; RELEASE u;")
	s.want("a.db", "BEGIN; DELETE FROM orders; SELECT count(*) FROM sales; ROLLBACK; SELECT count(*) FROM sales;", "0\n3")
	s.exec("a.db", "BEGIN;\n"+writes+"COMMIT;")
	s.check("a.db", "") // a second process
	s.exec("a.db", "PRAGMA trusted_schema = OFF;\nUPDATE orders SET amount = amount + 1;\nPRAGMA journal_mode = wal;")
	s.check("a.db", "PRAGMA trusted_schema = OFF;")
	s.want("a.db", "DROP TABLE segments; SELECT count(*) FROM mv_views;", "5")
	s.check("a.db", "")
}

// TestShellVacuum has VACUUM number the rows of a table without a key anew.
func TestShellVacuum(t *testing.T) {
	s := newShell(t)
	s.create("a.db")
	s.exec("a.db", "DELETE FROM notes WHERE rowid = 1; VACUUM;")
	s.check("a.db", "")
	s.exec("a.db", "DELETE FROM notes WHERE rowid = 1;\n"+script(t, "writes.sql"))
	s.check("a.db", "")
	s.exec("a.db", "VACUUM INTO 'b.db';")
	s.exec("b.db", "UPDATE notes SET word = word || '!' WHERE rowid % 2; DELETE FROM customers WHERE id = 2;")
	s.check("b.db", "")
	s.check("a.db", "")
}

func TestShellBackup(t *testing.T) {
	s := newShell(t)
	s.create("a.db")
	s.exec("a.db", script(t, "writes.sql")+"\n.backup b.db")
	s.check("b.db", "")
	s.exec("b.db", "DELETE FROM orders WHERE id = 3;")
	s.check("b.db", "")
	s.check("a.db", "")
	s.stock("a.db", ".backup c.db") // without the library
	s.check("c.db", "")
	s.exec("c.db", ".restore b.db")
	s.check("c.db", "DELETE FROM customers;")
}

// TestShellDump reloads dumps into new files: what reads them has to open the file again, as with any virtual table.
func TestShellDump(t *testing.T) {
	s := newShell(t)
	s.create("a.db")
	s.exec("a.db", "DELETE FROM notes WHERE rowid = 1;") // a dump numbers the rows of a table without a key anew
	dumps := map[string]string{
		"loaded":    s.exec("a.db", ".dump"),
		"stock":     s.stock("a.db", ".dump"),
		"preserved": s.stock("a.db", ".dump --preserve-rowids"),
	}
	for name, dump := range dumps {
		file := name + ".db"
		s.exec(file, dump)
		s.check(file, "")
		s.exec(file, "DELETE FROM notes WHERE rowid = 1;\n"+script(t, "writes.sql"))
		s.check(file, "")

		file = name + "-by-stock.db"
		s.stock(file, dump)
		s.check(file, "")
		s.exec(file, script(t, "writes.sql"))
		s.check(file, "")
	}
}

// TestShellRecover asks no more of .recover than that it ends: the shell may lack what it needs.
func TestShellRecover(t *testing.T) {
	s := newShell(t)
	s.create("a.db")
	s.stock("plain.db", "CREATE TABLE t(a); INSERT INTO t VALUES (1);")
	_, plain := s.try("plain.db", ".recover")
	for _, script := range []string{".recover", load() + ".recover"} {
		out, err := s.try("a.db", script)
		if crashed(err) {
			t.Fatalf("%s: %v\n%s", script, err, out)
		}
		if plain != nil {
			t.Logf("this shell can't recover a plain file either: %v", plain)
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", script, err, out)
		}
		os.Remove(filepath.Join(s.folder, "r.db"))
		s.stock("r.db", out)
		if got, want := s.stock("r.db", "SELECT * FROM orders;"), s.stock("a.db", "SELECT * FROM orders;"); got != want {
			t.Errorf("%s: orders:\n%s\nwant:\n%s", script, got, want)
		}
	}
	s.check("a.db", "")
}

// crashed tells whether a signal ended a program.
func crashed(err error) bool {
	var e *exec.ExitError
	return errors.As(err, &e) && e.ExitCode() < 0
}

// TestShellWithout is a shell without the library: it reads tables and output tables, and its writes are refused with
// the cure.
func TestShellWithout(t *testing.T) {
	s := newShell(t)
	s.create("a.db")
	if got := s.stock("a.db", "SELECT count(*) FROM orders; SELECT region, orders FROM __internal_dbsp_state_out_sales ORDER BY 1;"); got != "4\nnorth|2\nsouth|1\nwest|1\n" {
		t.Errorf("a stock shell reads %q", got)
	}
	for _, write := range []string{
		"INSERT INTO orders VALUES (9, 1, 'x', 1);", "UPDATE orders SET amount = 1;", "DELETE FROM orders;",
		"INSERT OR REPLACE INTO orders VALUES (1, 1, 'x', 1);", "UPDATE customers SET name = 'x';",
		"BEGIN; INSERT INTO notes VALUES ('x', 1); COMMIT;",
	} {
		out, err := s.try("a.db", write)
		if err == nil || !strings.Contains(out, "sqlite_mv_extension_required_to_write_tables_with_materialized_views") {
			t.Errorf("%s: %v %s", write, err, out)
		}
	}
	if out, err := s.try("a.db", "SELECT * FROM sales;"); err == nil || !strings.Contains(out, "no such module: materialized_view") {
		t.Errorf("reading a view: %v %s", err, out)
	}
	s.stock("a.db", "CREATE TABLE other(a); INSERT INTO other VALUES (1); VACUUM;")
	s.check("a.db", "")
}

// TestShellReadOnly opens the file read-only, as a host that only shows data does.
func TestShellReadOnly(t *testing.T) {
	s := newShell(t)
	s.create("a.db")
	s.exec("a.db", script(t, "writes.sql"))
	s.exec("a.db", "PRAGMA journal_mode = wal; DELETE FROM orders WHERE id = 4;")
	for _, uri := range []string{"file:a.db?mode=ro", "file:a.db?immutable=1", "file:a.db?mode=ro&immutable=1"} {
		s.check(uri, "")
		out, err := s.try(uri, load()+"INSERT INTO orders VALUES (9, 1, 'x', 1);")
		if err == nil || !strings.Contains(out, "readonly database") {
			t.Errorf("%s: writing: %v %s", uri, err, out)
		}
	}
	if err := os.Chmod(filepath.Join(s.folder, "a.db"), 0o444); err != nil {
		t.Fatal(err)
	}
	s.check("file:a.db?immutable=1", "")
}

func TestShellLoadTwice(t *testing.T) {
	s := newShell(t)
	s.create("a.db")
	s.check("a.db", load()+load()+script(t, "writes.sql")+load())
	s.check("a.db", "BEGIN;\n"+script(t, "writes.sql")+load()+"DELETE FROM orders WHERE id = 4;")
	s.want(":memory:", "SELECT load_extension('"+library+"'), load_extension('"+strings.TrimSuffix(library, ".so")+"'); SELECT count(*) FROM mv_views;", "|\n0")
}
