-- json_each and json_tree over columns to their left.
SELECT c.id, t.key, t.value, t.type FROM customers c, json_each(c.tags) t;
SELECT c.id, t.value FROM customers c JOIN json_each(c.tags) t;
SELECT c.id, t.value FROM customers c CROSS JOIN json_each(c.tags) AS t WHERE t.value = 'vip';
SELECT c.id, value FROM customers c JOIN json_each(c.tags) ON type = 'text';
SELECT o.id, k.value FROM orders o, json_each(o.doc, '$.codes') k;
SELECT o.id, k.key, k.atom FROM orders o, json_each(o.doc) k WHERE k.key <> 'codes';
SELECT o.id, t.fullkey, t.atom, t.type FROM orders o, json_tree(o.doc) t WHERE t.atom IS NOT NULL;
SELECT o.id, t.path, count(*) AS n FROM orders o, json_tree(o.doc, '$.codes') t GROUP BY o.id, t.path;
SELECT o.id, t.id AS node, t.parent FROM orders o, json_tree(o.doc) t;
SELECT t.value AS tag, count(*) AS n, group_concat(c.name ORDER BY c.name) AS names FROM customers c, json_each(c.tags) t WHERE t.type = 'text' GROUP BY t.value;
SELECT DISTINCT k.value AS code FROM orders o, json_each(o.doc, '$.codes') k;
SELECT a.id, x.value AS x, y.value AS y FROM orders a, json_each(a.doc, '$.codes') x, json_each(a.doc, '$.codes') y WHERE x.key < y.key;
SELECT c.id, outer_.value AS v, inner_.value AS w FROM customers c, json_each(c.tags) outer_, json_each('[' || c.id || ',7]') inner_;
SELECT o.id, t.key, u.value FROM orders o, json_each(o.doc) t, json_each(CASE WHEN t.type = 'array' THEN t.value ELSE '[]' END) u;
SELECT value FROM json_each('[1,2,3]');
SELECT key, value FROM json_each('{"a":1,"b":null}') WHERE value IS NULL;
SELECT j.value AS n, count(o.id) AS c FROM json_each('[1,2,3]') j LEFT JOIN orders o ON o.customer = j.value GROUP BY j.value;
SELECT o.id, n.value FROM json_each('["open","paid"]') n JOIN orders o ON o.status = n.value;
-- On the null side.
SELECT c.id, t.value FROM customers c LEFT JOIN json_each(c.tags) t;
SELECT c.id, t.value FROM customers c LEFT JOIN json_each(c.tags) t ON t.value = 'vip';
SELECT c.id, t.key, t.value FROM customers c LEFT JOIN json_each(c.tags) t ON t.key = c.id;
SELECT c.id, count(t.key) AS n FROM customers c LEFT JOIN json_each(c.tags) t GROUP BY c.id;
SELECT c.id FROM customers c LEFT JOIN json_each(c.tags) t ON t.type = 'text' WHERE t.key IS NULL;
SELECT c.id, o.id AS o, k.value FROM customers c LEFT JOIN orders o ON o.customer = c.id LEFT JOIN json_each(o.doc, '$.codes') k;
SELECT c.id, k.value, i.title FROM customers c JOIN orders o ON o.customer = c.id LEFT JOIN json_each(o.doc, '$.codes') k ON k.type = 'integer' LEFT JOIN items i ON i.stock = k.value;
-- In subqueries.
SELECT id FROM customers c WHERE EXISTS (SELECT 1 FROM json_each(c.tags) WHERE value = 'vip');
SELECT id FROM customers c WHERE 'vip' IN (SELECT value FROM json_each(c.tags));
SELECT id FROM customers c WHERE c.name NOT IN (SELECT value FROM json_each(c.tags));
SELECT id, (SELECT count(*) FROM json_each(c.tags)) AS n FROM customers c;
SELECT id, (SELECT sum(value) FROM json_each(o.doc, '$.codes') WHERE type = 'integer') AS s FROM orders o;
SELECT id, (SELECT group_concat(value, '|' ORDER BY key) FROM json_each(o.doc, '$.codes')) AS codes FROM orders o;
SELECT id, (SELECT value FROM json_each(o.doc, '$.codes') ORDER BY key DESC LIMIT 1) AS last FROM orders o;
SELECT o.id FROM orders o WHERE (SELECT count(*) FROM json_each(o.doc, '$.codes') k WHERE k.value IN (SELECT stock FROM items)) > 0;
SELECT s.id, s.code FROM (SELECT o.id, k.value AS code FROM orders o, json_each(o.doc, '$.codes') k) s JOIN customers c ON c.id = s.code;
SELECT value FROM customers c, json_each(c.tags) UNION SELECT k.value FROM orders o, json_each(o.doc, '$.codes') k;
SELECT value FROM customers c, json_each(c.tags) EXCEPT SELECT body FROM notes;
