-- User triggers that write other base tables, before and after, older and newer than the views.
CREATE TABLE o(id INTEGER PRIMARY KEY, k INT, x INT);
CREATE TABLE log(what, id INT, x);
CREATE TABLE total(k INTEGER PRIMARY KEY, s INT DEFAULT 0);
CREATE TRIGGER old_ai AFTER INSERT ON o BEGIN
  INSERT INTO log VALUES ('ins', NEW.id, NEW.x);
  INSERT INTO total(k, s) VALUES (NEW.k, NEW.x) ON CONFLICT(k) DO UPDATE SET s = s + excluded.s;
END;
CREATE MATERIALIZED VIEW vo AS SELECT k, sum(x) AS s FROM o GROUP BY k;
CREATE MATERIALIZED VIEW vl AS SELECT what, count(*) AS n FROM log GROUP BY what;
CREATE MATERIALIZED VIEW vt AS SELECT t.k, t.s - o.s AS off FROM total t JOIN (SELECT k, sum(x) AS s FROM o GROUP BY k) o ON o.k = t.k;
CREATE TRIGGER new_bd BEFORE DELETE ON o BEGIN
  UPDATE total SET s = s - OLD.x WHERE k = OLD.k;
  INSERT INTO log VALUES ('del', OLD.id, OLD.x);
END;
CREATE TRIGGER new_au AFTER UPDATE OF x ON o WHEN NEW.x IS NOT OLD.x BEGIN
  UPDATE total SET s = s + NEW.x - OLD.x WHERE k = NEW.k;
  DELETE FROM log WHERE id = NEW.id;
END;
CREATE TRIGGER log_ai AFTER INSERT ON log WHEN NEW.x > 100 BEGIN
  DELETE FROM o WHERE id = NEW.id;
END;
INSERT INTO o(k, x) VALUES (1, 1), (1, 2), (2, 3);
UPDATE o SET x = x + 1;
DELETE FROM o WHERE k = 2;
INSERT INTO o(k, x) VALUES (5, 500), (5, 5);
BEGIN;
INSERT OR REPLACE INTO o(id, k, x) VALUES (1, 7, 7);
SAVEPOINT s;
DELETE FROM o;
ROLLBACK TO s;
COMMIT;
DROP TRIGGER new_bd;
DELETE FROM o;
