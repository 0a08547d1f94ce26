-- OR FAIL outside and OR ROLLBACK in a trigger; the outer clause wins (capture case ceG).
CREATE TABLE f2(a PRIMARY KEY, pk DEFAULT 1, x) WITHOUT ROWID;
CREATE TABLE y1(id INTEGER PRIMARY KEY, a UNIQUE, b);
CREATE TABLE y2(a, b, c);
CREATE MATERIALIZED VIEW vf AS SELECT a, pk, x FROM f2;
CREATE MATERIALIZED VIEW v1 AS SELECT count(*) AS n, max(b) AS m FROM y1;
CREATE MATERIALIZED VIEW v2 AS SELECT b, count(*) AS n FROM y2 GROUP BY b;
CREATE TRIGGER u1 AFTER INSERT ON y2 BEGIN INSERT OR ROLLBACK INTO y1(id, a, b) VALUES (NEW.c, 'a', NEW.a); END;
CREATE TRIGGER u3 AFTER INSERT ON f2 BEGIN INSERT INTO y2(a, b) VALUES (NEW.a, 1); END;
-- error: UNIQUE constraint failed
INSERT OR FAIL INTO f2(a, pk, x) VALUES ('a', '1', 2.5), (4, 4, 1e400), (7, -1, 'long' || hex(zeroblob(200)));
-- query
SELECT a FROM f2;
--> 4
--> 'a'
INSERT OR REPLACE INTO f2(a) VALUES (5), (6);
INSERT OR IGNORE INTO f2(a) VALUES (7), (7), (8);
-- error: UNIQUE constraint failed
INSERT INTO f2(a) VALUES (9);
