// Two SQLites in one process: the library serves the one that loaded it first, and says so to the other.
import assert from 'node:assert';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(path.join(process.cwd(), 'x.js'));
const { DatabaseSync } = require('node:sqlite');
const Database = require('better-sqlite3');
const a = new DatabaseSync(':memory:', { allowExtension: true });
a.loadExtension(process.env.SQLITE_MV);
a.exec('CREATE TABLE t(a); CREATE VIRTUAL TABLE v USING materialized_view(SELECT a, count(*) AS n FROM t GROUP BY a)');
const b = new Database(':memory:');
assert.throws(() => b.loadExtension(process.env.SQLITE_MV), /sqlite-mv: already at work in another SQLite/);
b.exec('CREATE TABLE t(a)');
assert.throws(() => b.exec('CREATE VIRTUAL TABLE v USING materialized_view(SELECT a FROM t)'), /no such module/);
a.exec('INSERT INTO t VALUES (1), (1)');
assert.equal(a.prepare('SELECT n FROM v').get().n, 2);
console.log('ok');
