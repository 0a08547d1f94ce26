-- A trigger that updates the row that was updated, with recursive_triggers on and off (capture case ce6).
CREATE TABLE t1(id INTEGER PRIMARY KEY, a, upd INT DEFAULT 0);
CREATE TRIGGER u1 AFTER UPDATE ON t1 BEGIN UPDATE t1 SET upd = upd + 1 WHERE id = NEW.id; END;
CREATE MATERIALIZED VIEW v AS SELECT a, upd, count(*) AS n FROM t1 GROUP BY a, upd;
CREATE MATERIALIZED VIEW w AS SELECT id, upd FROM t1;
CREATE TRIGGER u2 AFTER INSERT ON t1 BEGIN UPDATE t1 SET a = a || '!' WHERE id = NEW.id; END;
INSERT INTO t1(id, a) VALUES (1, 7), (2, 8);
UPDATE t1 SET a = 8;
PRAGMA recursive_triggers = ON;
-- error: trigger
UPDATE t1 SET a = 9;
PRAGMA recursive_triggers = OFF;
UPDATE t1 SET a = 9;
REPLACE INTO t1(id, a) VALUES (1, 'r');
