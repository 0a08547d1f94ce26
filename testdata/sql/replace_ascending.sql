-- What REPLACE removes is looked for only where the rowid can be there: rows beyond the highest one take a shorter way.
CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b TEXT);
CREATE MATERIALIZED VIEW v AS SELECT a, count(*) AS n, sum(id) AS ids, max(b) AS b FROM t GROUP BY a;
INSERT OR REPLACE INTO t VALUES(1, 1, 'first');
INSERT OR REPLACE INTO t SELECT value, value % 3, 'a' || value FROM json_each('[10, 20, 30, 40, 50]');
-- ascending, then back into what the statement itself inserted
INSERT OR REPLACE INTO t SELECT value, value % 3, 'b' || value FROM json_each('[60, 70, 65, 70, 60, 80, 10, 90, 90]');
INSERT OR REPLACE INTO t SELECT value, value % 3, 'c' || value FROM json_each('[9223372036854775806, 5, 9223372036854775806]');
DELETE FROM t WHERE id > 1000;
BEGIN;
INSERT OR REPLACE INTO t SELECT value, value % 3, 'd' || value FROM json_each('[91, 92, 93]');
SAVEPOINT s;
INSERT OR REPLACE INTO t SELECT value, value % 3, 'e' || value FROM json_each('[94, 93, 200, 199]');
ROLLBACK TO s;
INSERT OR REPLACE INTO t SELECT value, value % 3, 'f' || value FROM json_each('[94, 95, 94]');
COMMIT;
-- the rowid chosen, and negative ones
INSERT OR REPLACE INTO t(a, b) SELECT value, 'g' FROM json_each('[1, 2, 3]');
INSERT OR REPLACE INTO t SELECT value, 1, 'h' FROM json_each('[-1, -5, -1, -1]');
-- triggers move rows up, and insert, between the rows of the statement
CREATE TRIGGER moves AFTER INSERT ON t WHEN NEW.b = 'move' BEGIN
  UPDATE t SET id = NEW.id + 1000 WHERE id = NEW.id;
END;
INSERT OR REPLACE INTO t SELECT value, 2, iif(key = 0, 'move', 'i') FROM json_each('[300, 301, 1300, 1301, 1299]');
DROP TRIGGER moves;
CREATE TRIGGER inserts BEFORE INSERT ON t WHEN NEW.b = 'insert' BEGIN
  INSERT INTO t VALUES(NEW.id + 1, 7, 'by trigger');
END;
INSERT OR REPLACE INTO t SELECT value, 2, iif(key % 2 = 0, 'insert', 'j') FROM json_each('[2000, 2001, 3000, 3002, 3002, 3003]');
UPDATE OR REPLACE t SET id = id + 1 WHERE id >= 2000;
UPDATE OR REPLACE t SET id = 1 WHERE id > 2000;
DROP TRIGGER inserts;

-- a bare rowid, and a wider row than one insert into the capture table takes
CREATE TABLE w(a, b, c, d, e, f, g, h, i, j, k UNIQUE);
CREATE MATERIALIZED VIEW vw AS SELECT a, b, c, d, e, f, g, h, i, j, k FROM w;
INSERT INTO w VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
INSERT OR REPLACE INTO w SELECT value, 2, 3, 4, 5, 6, 7, 8, 9, NULL, value % 2 FROM json_each('[1, 2, 3, 4]');
UPDATE w SET j = j + 1, a = NULL;
INSERT OR REPLACE INTO w(rowid, a, k) SELECT value, 'x', 'k' || value FROM json_each('[100, 101, 100]');
DELETE FROM w WHERE k = 1;
