-- UPSERT with every form of target, several targets, excluded and WHERE (capture cases ceB).
CREATE TABLE s1(id INTEGER PRIMARY KEY, a UNIQUE, b);
CREATE MATERIALIZED VIEW v AS SELECT b, count(*) AS n, sum(a) AS s FROM s1 GROUP BY b;
CREATE MATERIALIZED VIEW w AS SELECT id, a, b FROM s1;
INSERT INTO s1(id, a, b) VALUES (6, 5, 1);
-- error: UNIQUE constraint failed
INSERT INTO s1(id, a, b) VALUES (6, 5, 1), (6, 9, 2) ON CONFLICT(a) DO NOTHING ON CONFLICT(a) DO UPDATE SET b = 3;
-- error: UNIQUE constraint failed
INSERT INTO s1(id, a, b) VALUES (6, 5, 1), (6, 9, 2) ON CONFLICT(a) DO NOTHING;
INSERT INTO s1(id, a, b) VALUES (6, 5, 1), (6, 9, 2) ON CONFLICT(a) DO NOTHING ON CONFLICT(id) DO UPDATE SET b = excluded.a;
INSERT INTO s1(id, a, b) VALUES (7, 5, 8), (7, 6, 8), (7, 7, 9) ON CONFLICT(a) DO UPDATE SET b = excluded.b || 'u' ON CONFLICT DO UPDATE SET b = 'any';
INSERT INTO s1(a, b) VALUES (5, 1), (6, 1) ON CONFLICT(a) DO UPDATE SET a = a + 100, b = NULL WHERE b IS NOT NULL;
INSERT INTO s1(id, a, b) SELECT id, a, 'again' FROM s1 WHERE true ON CONFLICT(id) DO UPDATE SET b = excluded.b, id = id + 1000;
UPDATE s1 SET b = -id;
CREATE UNIQUE INDEX part ON s1(b) WHERE b > 5;
INSERT INTO s1(a, b) VALUES (50, 6), (51, 6) ON CONFLICT(b) WHERE b > 5 DO UPDATE SET a = excluded.a;
INSERT OR IGNORE INTO s1(a, b) VALUES (51, 1) ON CONFLICT(id) DO NOTHING;
INSERT OR REPLACE INTO s1(id, a, b) VALUES (1, 51, 2), (1, 52, 6) ON CONFLICT(a) DO UPDATE SET b = 'kept';
