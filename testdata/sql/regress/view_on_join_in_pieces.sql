-- A view on a join is fed the join's changes in pieces. In one step of the join a row may go before it comes, where it was
-- inserted and deleted again, or where a table shows what is fed later: a piece must not end between the two.
CREATE TABLE c(k INT, seg TEXT);
CREATE INDEX ck ON c(k);
CREATE TABLE o(id INTEGER PRIMARY KEY, k INT);
CREATE INDEX ok ON o(k);
CREATE MATERIALIZED VIEW v AS SELECT o.id, c.seg FROM o JOIN c ON c.k = o.k;
CREATE MATERIALIZED VIEW w AS SELECT seg, count(*) AS n FROM v GROUP BY seg;
CREATE MATERIALIZED VIEW x AS SELECT count(*) AS n FROM v;
INSERT INTO c VALUES (1, 'a'), (1, 'a'), (1, 'b');
BEGIN;
INSERT INTO o WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30) SELECT i, 1 FROM n;
DELETE FROM o;
COMMIT;
BEGIN;
INSERT INTO o WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) SELECT i, i / 3 FROM n;
INSERT INTO c WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) SELECT i / 2, 's' || (i / 10) FROM n;
COMMIT;
BEGIN;
UPDATE c SET k = k + 1;
DELETE FROM o WHERE id % 3 = 0;
UPDATE c SET k = k - 2, seg = seg || 'z' WHERE k < 9;
COMMIT;
