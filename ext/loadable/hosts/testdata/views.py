"""The library in Python's sqlite3. SQLITE_MV names the library, SCRIPTS the folder with the SQL."""
import os
import sqlite3
import subprocess
import sys
import threading
import unittest

LIBRARY = os.environ["SQLITE_MV"]


def script(name):
    with open(os.path.join(os.environ["SCRIPTS"], name)) as f:
        return f.read()


def load(con):
    con.enable_load_extension(True)
    con.load_extension(LIBRARY)
    con.enable_load_extension(False)
    return con


def connect(file, **options):
    return load(sqlite3.connect(file, **options))


def rows(con, sql):
    return sorted(repr(r) for r in con.execute(sql))


class Views(unittest.TestCase):
    def setUp(self):
        self.file = self.id() + ".db"
        con = connect(self.file)
        con.executescript(script("schema.sql"))
        self.check(con)
        con.close()

    def check(self, con):
        views = con.execute("SELECT name, sql FROM mv_views").fetchall()
        self.assertGreaterEqual(len(views), 5)
        for name, sql in views:
            self.assertEqual(rows(con, f"SELECT * FROM {name}"), rows(con, sql), name)

    def check_anew(self):
        con = connect(self.file)
        self.check(con)
        con.close()
        code = "import views, sys; v = views.Views(); c = views.connect(sys.argv[1]); v.check(c); c.close()"
        subprocess.run([sys.executable, "-c", code, self.file], check=True,
                       env={**os.environ, "PYTHONPATH": os.environ["SCRIPTS"], "PYTHONDONTWRITEBYTECODE": "1"})

    def test_executemany(self):
        con = connect(self.file)
        with con:
            cur = con.executemany("INSERT INTO orders(customer, region, amount) VALUES (?, ?, ?)",
                                  ((1 + i % 3, f"r{i % 50}", i % 1000) for i in range(5000)))
            self.assertEqual(cur.rowcount, 5000)
            self.assertTrue(con.in_transaction)
            self.check(con)
        self.check(con)
        cur = con.execute("INSERT INTO orders(region) VALUES ('x')")
        self.assertEqual(cur.lastrowid, con.execute("SELECT max(id) FROM orders").fetchone()[0])
        con.rollback()
        with con:
            cur = con.executemany("UPDATE orders SET amount = amount + 1, region = ? WHERE id % 7 = ?",
                                  [("a", 1), ("b", 2), (None, 3)])
            con.executemany("DELETE FROM orders WHERE id = ?", [(i,) for i in range(1, 2000, 3)])
        self.check(con)
        con.close()
        self.check_anew()

    def test_failure_in_executemany(self):
        con = connect(self.file)
        with self.assertRaises(sqlite3.IntegrityError):
            with con:
                con.executemany("INSERT INTO orders(id, region) VALUES (?, 'x')", [(100,), (101,), (1,)])
        self.check(con)
        self.assertEqual(con.execute("SELECT count(*) FROM sales WHERE region = 'x'").fetchone(), (0,))
        con.close()

    def test_savepoints(self):
        con = connect(self.file, isolation_level=None)
        con.execute("BEGIN")
        con.execute("INSERT INTO orders VALUES (10, 1, 'one', 1)")
        for depth in range(5):
            con.execute(f"SAVEPOINT s{depth}")
            con.execute("INSERT INTO orders(customer, region, amount) VALUES (2, ?, 4)", (f"s{depth}",))
            con.execute("UPDATE customers SET segment = segment || ? WHERE id = 1", (str(depth),))
            self.check(con)
        con.execute("ROLLBACK TO s3")
        self.check(con)
        con.execute("DELETE FROM orders WHERE id = 2")
        con.execute("RELEASE s2")
        self.check(con)
        con.execute("ROLLBACK TO s1")
        self.check(con)
        con.execute("COMMIT")
        self.check(con)
        self.assertEqual(rows(con, "SELECT region FROM sales WHERE region LIKE 's_'"), ["('s0',)"])
        con.close()
        self.check_anew()

    def test_several_connections(self):
        a, b = connect(self.file), connect(self.file)
        a.execute("PRAGMA journal_mode=wal")
        a.executescript(script("writes.sql"))
        self.check(b)
        a.execute("DELETE FROM orders WHERE id = 3")
        self.check(a)
        self.check(b)  # does not see it yet
        before = rows(b, "SELECT * FROM sales")
        self.assertNotEqual(rows(a, "SELECT * FROM sales"), before)
        a.commit()
        self.assertNotEqual(rows(b, "SELECT * FROM sales"), before)
        b.execute("CREATE VIRTUAL TABLE more USING materialized_view(SELECT n, count(*) AS c FROM notes GROUP BY n)")
        b.commit()
        a.execute("INSERT INTO notes VALUES ('more', 9)")
        a.commit()
        self.check(a)
        self.check(b)
        self.assertEqual(b.execute("SELECT c FROM more WHERE n = 9").fetchone(), (2,))
        a.close()
        b.close()
        self.check_anew()

    def test_cursor_across_writes(self):
        con = connect(self.file)
        seen = []
        for (region,) in con.execute("SELECT region FROM sales"):
            con.execute("INSERT INTO orders(customer, region, amount) VALUES (1, ? || '!', 1)", (region,))
            seen.append(region)
        self.assertEqual(sorted(seen), ["north", "south", "west"])
        con.commit()
        self.check(con)
        con.close()

    def test_threads(self):
        connect(self.file).execute("PRAGMA journal_mode=wal").connection.close()
        failures = []

        def write(n):
            try:
                con = connect(self.file, timeout=60, isolation_level=None)
                for i in range(40):
                    con.execute("BEGIN IMMEDIATE")
                    con.execute("INSERT INTO orders(customer, region, amount) VALUES (?, ?, ?)", (1 + i % 3, f"t{n}", i))
                    con.execute("DELETE FROM orders WHERE id = (SELECT min(id) FROM orders)")
                    con.execute("COMMIT" if i % 4 else "ROLLBACK")
                con.close()
            except BaseException as e:
                failures.append(e)

        def read():
            try:
                con = connect(self.file, timeout=60)
                for _ in range(40):
                    con.execute("BEGIN")
                    self.check(con)
                    con.execute("COMMIT")
                con.close()
            except BaseException as e:
                failures.append(e)

        threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        threads += [threading.Thread(target=read) for _ in range(2)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(failures, [])
        self.check_anew()

    def test_one_connection_in_many_threads(self):
        con = connect(self.file, check_same_thread=False)
        lock = threading.Lock()
        failures = []

        def work(n):
            try:
                for i in range(50):
                    with lock, con:
                        con.execute("INSERT INTO orders(customer, region, amount) VALUES (?, ?, ?)", (1 + n % 3, f"t{n}", i))
                        if i % 10 == 0:
                            self.check(con)
            except BaseException as e:
                failures.append(e)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(failures, [])
        self.check(con)
        con.close()

    def test_close(self):
        for _ in range(50):
            con = connect(self.file)
            con.execute("INSERT INTO orders(customer, region, amount) VALUES (1, 'x', 1)")
            con.execute("SELECT * FROM sales").fetchone()  # a cursor that is left open
            con.close()  # in a transaction
        con = connect(self.file)
        self.assertEqual(con.execute("SELECT count(*) FROM sales WHERE region = 'x'").fetchone(), (0,))
        open_cursor = con.execute("SELECT * FROM bought")
        open_cursor.fetchone()
        con.close()
        with self.assertRaises(sqlite3.ProgrammingError):
            open_cursor.fetchone()
        self.check_anew()

    def test_untrusted_schema(self):
        con = connect(self.file)
        con.execute("PRAGMA trusted_schema = OFF")
        self.assertEqual(con.execute("PRAGMA trusted_schema").fetchone(), (0,))
        con.executescript(script("writes.sql"))
        self.check(con)
        con.executescript("""
            CREATE TABLE log(a); CREATE TRIGGER logged AFTER INSERT ON orders BEGIN INSERT INTO log VALUES (NEW.region); END;
            CREATE VIEW plain AS SELECT region FROM orders;
            INSERT INTO orders(customer, region, amount) VALUES (1, 'x', 2);""")
        con.execute("CREATE VIRTUAL TABLE more USING materialized_view(SELECT a, count(*) AS n FROM log GROUP BY a)")
        con.execute("INSERT INTO orders(customer, region, amount) VALUES (1, 'x', 2)")
        con.commit()
        self.check(con)
        con.close()

    def test_read_only(self):
        con = connect(self.file)
        con.executescript(script("writes.sql"))
        con.execute("PRAGMA journal_mode=wal")
        con.close()
        for options in ("mode=ro", "immutable=1", "mode=ro&immutable=1"):
            con = connect(f"file:{self.file}?{options}", uri=True)
            self.check(con)
            with self.assertRaisesRegex(sqlite3.OperationalError, "readonly database"):
                con.execute("INSERT INTO orders(region) VALUES ('x')")
            con.rollback()
            self.check(con)
            con.close()
        writer, reader = connect(self.file), connect(f"file:{self.file}?mode=ro", uri=True)
        for i in range(5):
            with writer:
                writer.execute("INSERT INTO orders(customer, region, amount) VALUES (1, 'w', ?)", (i,))
            self.check(reader)
            self.assertEqual(reader.execute("SELECT orders FROM sales WHERE region = 'w'").fetchone(), (i + 1,))
        writer.close()
        reader.close()

    def test_functions_and_collations_of_the_user(self):
        con = connect(self.file)
        con.create_function("doubled", 1, lambda x: None if x is None else 2 * x, deterministic=True)
        con.execute("CREATE VIRTUAL TABLE two USING materialized_view(SELECT doubled(amount) AS d, count(*) AS n FROM orders GROUP BY d)")
        con.executescript(script("writes.sql"))
        self.check(con)
        con.close()

    def test_backup_and_iterdump(self):
        con = connect(self.file)
        copy = sqlite3.connect(self.file + ".copy")
        con.backup(copy)
        load(copy)
        copy.executescript(script("writes.sql"))
        self.check(copy)
        copy.close()
        con.execute("DELETE FROM orders WHERE id = 1")
        self.check(con)
        con.commit()
        con.close()

    def test_load_twice(self):
        con = load(connect(self.file))
        con.execute("INSERT INTO orders(region) VALUES ('x')")
        load(con)
        self.check(con)
        con.commit()
        self.check(con)
        con.close()

    def test_errors_are_of_the_statement(self):
        con = connect(self.file)
        with self.assertRaisesRegex(sqlite3.OperationalError, "no such column: absent"):
            con.execute("CREATE VIRTUAL TABLE bad USING materialized_view(SELECT absent FROM orders)")
        with self.assertRaisesRegex(sqlite3.DatabaseError, "sales"):
            con.execute("DELETE FROM sales")
        con.rollback()
        self.check(con)
        con.close()


if __name__ == "__main__":
    unittest.main()
