-- Values keep type and bytes: mixed types, -0.0, big integers, text with a NUL, empty text and blob, infinities.
CREATE TABLE t(a, b NUMERIC, c REAL, d TEXT, e INTEGER);
CREATE MATERIALIZED VIEW v AS SELECT a, b, c, d, e, a || '' AS s, quote(a) AS q FROM t;
INSERT INTO t VALUES (1, 1, 1, 1, 1), (1.0, 1.0, 1.0, 1.0, 1.0), ('1', '1', '1', '1', '1'), (x'31', x'31', x'31', x'31', x'31');
INSERT INTO t VALUES (-0.0, -0.0, -0.0, -0.0, -0.0), (0.0, 0, 0, 0, 0);
INSERT INTO t VALUES (9007199254740993, 9007199254740993, 9007199254740993, 9007199254740993, 9007199254740993);
INSERT INTO t VALUES (9223372036854775807, 9223372036854775808, -9223372036854775808, 1e308, 1e18);
INSERT INTO t VALUES (1e400, -1e400, 1e400, '', ''), (5e-324, '1e3', ' 3 ', x'', x''), ('a' || char(0) || 'b', NULL, NULL, char(0), NULL);
INSERT INTO t SELECT * FROM t;
UPDATE t SET a = b, b = a;
DELETE FROM t WHERE typeof(a) = 'text';
