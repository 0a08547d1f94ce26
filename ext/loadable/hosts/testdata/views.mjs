// The library in Node, through the module that the argument names: node:sqlite or better-sqlite3. SQLITE_MV names the
// library, SCRIPTS the folder with the SQL.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

const host = process.argv[2];
const module = createRequire(path.join(process.cwd(), 'x.js'))(host);
const script = (name) => fs.readFileSync(path.join(process.env.SCRIPTS, name), 'utf8');

function load(db) {
  db.loadExtension(process.env.SQLITE_MV);
  return db;
}

function open(file, readonly = false) {
  return load(host === 'node:sqlite'
    ? new module.DatabaseSync(file, { allowExtension: true, readOnly: readonly, timeout: 10000 })
    : new module(file, { readonly, timeout: 10000 }));
}

const rows = (db, sql) => db.prepare(sql).all().map((r) => JSON.stringify(r)).sort();

function check(db) {
  const views = db.prepare('SELECT name, sql FROM mv_views').all();
  assert(views.length > 0);
  for (const v of views) assert.deepEqual(rows(db, `SELECT * FROM ${v.name}`), rows(db, v.sql), v.name);
}

function create(file) {
  const db = open(file);
  db.exec(script('schema.sql'));
  db.exec("UPDATE notes SET n = 'b' WHERE typeof(n) = 'blob'"); // JSON has no blobs
  check(db);
  return db;
}

const tests = {
  transactions() {
    const db = create('transactions.db');
    db.exec('PRAGMA journal_mode = wal; BEGIN');
    const insert = db.prepare('INSERT INTO orders(customer, region, amount) VALUES (?, ?, ?)');
    for (let i = 0; i < 2000; i++) {
      const r = insert.run(1 + i % 3, `r${i % 20}`, i);
      assert.equal(r.changes, 1);
      assert.equal(r.lastInsertRowid, 5 + i);
    }
    check(db);
    db.exec('SAVEPOINT s; DELETE FROM orders WHERE id % 2');
    check(db);
    db.exec('ROLLBACK TO s');
    check(db);
    db.exec('COMMIT');
    check(db);
    db.exec(`BEGIN; ${script('writes.sql')}; ROLLBACK`);
    check(db);
    db.exec(script('writes.sql'));
    check(db);
    assert.throws(() => db.exec('INSERT INTO orders(id, region) VALUES (5000, 1), (2, 2)'), /UNIQUE/);
    check(db);
    db.close();
    const again = open('transactions.db');
    check(again);
    again.close();
  },

  connections() {
    const a = create('connections.db');
    a.exec('PRAGMA journal_mode = wal');
    const b = open('connections.db');
    for (let i = 0; i < 20; i++) {
      [a, b][i % 2].exec(`INSERT INTO orders(customer, region, amount) VALUES (${1 + i % 3}, 'x', ${i})`);
      check(a);
      check(b);
    }
    const ro = open('connections.db', true);
    check(ro);
    assert.throws(() => ro.exec('DELETE FROM orders'), /readonly/);
    ro.close();
    b.close();
    a.close();
  },

  iterator() {
    const db = create('iterator.db');
    let n = 0;
    if (host === 'node:sqlite') { // better-sqlite3 lets nothing be written while it iterates
      for (const row of db.prepare('SELECT region FROM sales').iterate()) {
        db.exec(`INSERT INTO orders(customer, region, amount) VALUES (1, '${row.region}!', 1)`);
        n++;
      }
      assert.equal(n, 3);
    }
    check(db);
    db.close();
  },

  twice() {
    const db = load(create('twice.db'));
    db.exec('BEGIN; DELETE FROM orders WHERE id = 1');
    load(db);
    check(db);
    db.exec('COMMIT');
    check(db);
    db.close();
  },

  async workers() {
    const db = create('workers.db');
    db.exec('PRAGMA journal_mode = wal');
    await Promise.all([1, 2, 3].map((n) => new Promise((resolve, reject) => {
      const w = new Worker(new URL(import.meta.url), { argv: [host, 'write', 'workers.db', String(n)] });
      w.on('error', reject);
      w.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`worker: ${code}`))));
    })));
    check(db);
    assert.equal(db.prepare("SELECT sum(orders) AS n FROM sales WHERE region LIKE 'worker%'").get().n, 60);
    db.close();
  },

  sessions() {
    if (host !== 'node:sqlite') return; // better-sqlite3 has no sessions
    const a = create('a.db');
    const b = create('b.db');
    const session = a.createSession(); // of all tables
    a.exec(script('writes.sql'));
    const filter = (table) => !table.startsWith('__internal_dbsp_');
    assert(b.applyChangeset(session.changeset(), { filter }));
    session.close();
    check(a);
    check(b);
    for (const view of ['sales', 'bought', 'segments']) {
      assert.deepEqual(rows(a, `SELECT * FROM ${view}`), rows(b, `SELECT * FROM ${view}`));
    }
    const one = a.createSession({ table: 'orders' }); // of one table: nothing to leave out
    a.exec('UPDATE orders SET amount = 1000; INSERT INTO orders VALUES (77, 1, \'new\', 1); DELETE FROM orders WHERE id = 4');
    assert(b.applyChangeset(one.changeset()));
    one.close();
    check(b);
    assert.deepEqual(rows(a, 'SELECT * FROM sales'), rows(b, 'SELECT * FROM sales'));
    a.close();
    b.close();
  },
};

if (process.argv[3] === 'write') {
  const [file, n] = process.argv.slice(4);
  const db = open(file);
  for (let i = 0; i < 20; i++) {
    db.exec('BEGIN IMMEDIATE');
    db.prepare('INSERT INTO orders(customer, region, amount) VALUES (?, ?, ?)').run(1 + i % 3, `worker${n}`, i);
    db.exec('COMMIT');
  }
  db.close();
} else {
  const db = open(':memory:');
  console.log(process.version, host, 'SQLite', db.prepare('SELECT sqlite_version() AS v').get().v);
  db.close();
  for (const [name, test] of Object.entries(tests)) {
    await test();
    console.log('ok', name);
  }
}
