CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, segment TEXT);
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers(id), region TEXT, amount INTEGER);
CREATE TABLE notes(word TEXT, n);
INSERT INTO customers VALUES (1, 'Ada', 'retail'), (2, 'Ben', 'trade'), (3, 'Cleo', 'trade');
INSERT INTO orders VALUES (1, 1, 'north', 10), (2, 2, 'north', 5), (3, 2, 'south', 7), (4, 3, 'west', NULL);
INSERT INTO notes VALUES ('trade', 1), ('trade', 1), ('retail', 2.5), (NULL, x'00'), ('other', NULL);
CREATE VIRTUAL TABLE sales USING materialized_view(
  SELECT region, count(*) AS orders, sum(amount) AS total, min(amount) AS low, max(amount) AS high
  FROM orders GROUP BY region);
CREATE VIRTUAL TABLE bought USING materialized_view(
  SELECT o.id, c.name, c.segment, o.amount FROM orders o JOIN customers c ON c.id = o.customer);
CREATE VIRTUAL TABLE segments USING materialized_view(
  SELECT segment, count(*) AS n, total(amount) AS amount FROM bought GROUP BY segment);
CREATE VIRTUAL TABLE words USING materialized_view(SELECT DISTINCT word FROM notes);
CREATE VIRTUAL TABLE noted USING materialized_view(
  SELECT n.word, n.n, c.name FROM notes n JOIN customers c ON c.segment = n.word);
CREATE VIRTUAL TABLE everything USING materialized_view(
  SELECT region AS word FROM orders UNION ALL SELECT word FROM notes);
