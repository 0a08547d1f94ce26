-- Functions on data: JSON, dates, text. An unguarded error fails the view, not the write; mended data mends it.
CREATE TABLE d(id INTEGER PRIMARY KEY, j TEXT, at DATETIME);
CREATE MATERIALIZED VIEW ok AS SELECT id, iif(json_valid(j), json_extract(j, '$.a'), 'bad') AS a, date(at) AS day, strftime('%H', at) AS h FROM d;
CREATE MATERIALIZED VIEW raw AS SELECT id, json_extract(j, '$.a') AS a FROM d;
CREATE MATERIALIZED VIEW agg AS SELECT j ->> '$.k' AS k, sum(j ->> '$.a') AS s FROM d GROUP BY 1;
CREATE MATERIALIZED VIEW onit AS SELECT a FROM raw WHERE a > 1;
INSERT INTO d(j, at) VALUES ('{"a":1,"k":"x"}', '2001-02-03 04:05:06'), ('{"a":2.5,"k":"x"}', '2001-02-03'), ('{"k":null}', NULL);
INSERT INTO d(id, j, at) VALUES (9, '{broken', 'never');
-- error: malformed JSON
SELECT * FROM raw;
-- error: malformed JSON
SELECT * FROM agg;
INSERT INTO d(j) VALUES ('{"a":7,"k":"y"}');
BEGIN;
UPDATE d SET j = '{"a":4,"k":"y"}' WHERE id = 9;
-- query
SELECT id, a FROM raw ORDER BY id;
--> 1, 1
--> 2, 2.5
--> 3, NULL
--> 9, 4
--> 10, 7
ROLLBACK;
DELETE FROM d WHERE id = 9;
-- query
SELECT k, s FROM agg ORDER BY k;
--> NULL, NULL
--> 'x', 3.5
--> 'y', 7
