-- Small tables whose keys meet, miss, repeat and are NULL: bags, unique keys, WITHOUT ROWID, a tree with cascades.
PRAGMA foreign_keys = ON;
CREATE TABLE a(id INTEGER PRIMARY KEY, k, v);
CREATE TABLE b(k, w);
CREATE TABLE c(id INTEGER PRIMARY KEY, k INT, w INT NOT NULL, UNIQUE(k, w));
CREATE TABLE d(k INT, n INT, x TEXT, PRIMARY KEY(k, n)) WITHOUT ROWID;
CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT, boss INT REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE q(id INTEGER PRIMARY KEY, p INT REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE, z INT);
CREATE TABLE e(k INT, y INT);
INSERT INTO a VALUES (1, 1, 10), (2, 1, 10), (3, 2, NULL), (4, NULL, 5);
INSERT INTO b VALUES (1, 1), (1, 1), (3, 2), (NULL, NULL);
INSERT INTO c VALUES (1, 1, 1), (2, 2, 10), (3, NULL, 3);
INSERT INTO d VALUES (1, 1, 'x'), (1, 2, 'y'), (2, 1, 'x');
INSERT INTO p VALUES (1, 'root', NULL), (2, 'left', 1), (3, 'right', 1), (4, 'leaf', 2);
INSERT INTO q VALUES (1, 4, 1), (2, 3, 2), (3, NULL, 3);
