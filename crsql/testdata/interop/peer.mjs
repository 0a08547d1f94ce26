// Databases of cr-sqlite as npm ships it, driven by lines of JSON: a request on the standard input, its answer on the
// standard output. The argument is the folder of the package @vlcn.io/wa-sqlite.
//
//   {"op":"open","db":"A","image":base64}   a database in memory, from the bytes of a file if they are given
//   {"op":"image","db":"A"}                 {"image":base64}
//   {"op":"close","db":"A"}
//   {"op":"exec","db":"A","sql":"..."}      all statements of a text; {"cpu":microseconds}
//   {"op":"query","db":"A","sql":"...","args":[value]}   {"rows":[[value]]}
//   {"op":"apply","db":"A","changes":[[9 values]]}       in one transaction; {"rows":[[impacted]]}
//
// A value is null, {"i":"1"}, {"r":"3ff0000000000000"}, {"t":"text"} or {"b":"hex"}. An answer may be {"error":"..."}.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import readline from 'node:readline';
import {pathToFileURL} from 'node:url';

const folder = process.argv[2];
const load = file => import(pathToFileURL(path.join(folder, file)).href);

const {default: factory} = await load('dist/crsqlite-sync.mjs');
const {Factory} = await load('src/sqlite-api.js');
const {MemoryVFS} = await load('src/examples/MemoryVFS.js');
const constants = await load('src/sqlite-constants.js');

const module = await factory({
  wasmBinary: fs.readFileSync(path.join(folder, 'dist/crsqlite-sync.wasm')),
  print: line => process.stderr.write(line + '\n'),
  printErr: line => process.stderr.write(line + '\n'),
});
const sqlite = Factory(module);
const vfs = new MemoryVFS();
sqlite.vfs_register(vfs, true);

const databases = new Map();
const INSERT = 'INSERT INTO crsql_changes([table], pk, cid, val, col_version, db_version, site_id, cl, seq) VALUES (?, ?, ?, ';

// SQLite's column_text ends at a zero byte, as the package reads it.
function column(stmt, i) {
  switch (sqlite.column_type(stmt, i)) {
    case constants.SQLITE_INTEGER: return {i: sqlite.column_int64(stmt, i).toString()};
    case constants.SQLITE_FLOAT: {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, sqlite.column_double(stmt, i));
      return {r: view.getBigUint64(0).toString(16).padStart(16, '0')};
    }
    case constants.SQLITE_TEXT: return {t: sqlite.column_text(stmt, i)};
    case constants.SQLITE_BLOB: return {b: Buffer.from(sqlite.column_blob(stmt, i)).toString('hex')};
  }
  return null;
}

function bind(stmt, i, v) {
  if (v === null) return sqlite.bind_null(stmt, i);
  if ('i' in v) return sqlite.bind_int64(stmt, i, BigInt(v.i));
  if ('t' in v) return sqlite.bind_text(stmt, i, v.t);
  if ('b' in v) return sqlite.bind_blob(stmt, i, new Uint8Array(Buffer.from(v.b, 'hex')));
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt('0x' + v.r));
  return sqlite.bind_double(stmt, i, view.getFloat64(0));
}

async function exec(db, sql) {
  await sqlite.exec(db, sql);
}

async function query(db, sql, args = []) {
  const rows = [];
  for await (const stmt of sqlite.statements(db, sql)) {
    args.forEach((v, i) => bind(stmt, i + 1, v));
    const n = sqlite.column_count(stmt);
    while (await sqlite.step(stmt) === constants.SQLITE_ROW) {
      const row = [];
      for (let i = 0; i < n; i++) row.push(column(stmt, i));
      rows.push(row);
    }
  }
  return rows;
}

async function withStatement(db, sql, use) {
  const text = sqlite.str_new(db, sql);
  try {
    const {stmt} = await sqlite.prepare_v2(db, sqlite.str_value(text));
    try {
      return await use(stmt);
    } finally {
      await sqlite.finalize(stmt);
    }
  } finally {
    sqlite.str_finish(text);
  }
}

async function apply(db, changes) {
  await exec(db, 'BEGIN IMMEDIATE');
  try {
    await withStatement(db, INSERT + '?, ?, ?, ?, ?, ?)', async stmt => {
      for (const c of changes) {
        if (c[3] && c[3].b === '') { // the package binds an empty blob as NULL
          const rest = [...c.slice(0, 3), ...c.slice(4)];
          await query(db, INSERT + "x'', ?, ?, ?, ?, ?)", rest);
          continue;
        }
        c.forEach((v, i) => bind(stmt, i + 1, v));
        try {
          await sqlite.step(stmt);
        } finally {
          await sqlite.reset(stmt).catch(() => {});
        }
      }
    });
    const rows = await query(db, 'SELECT crsql_rows_impacted()');
    await exec(db, 'COMMIT');
    return rows;
  } catch (e) {
    await exec(db, 'ROLLBACK').catch(() => {});
    throw e;
  }
}

async function answer(q) {
  if (q.op === 'open') {
    if (q.image !== undefined) {
      const bytes = new Uint8Array(Buffer.from(q.image, 'base64'));
      vfs.mapNameToFile.set(q.db, {name: q.db, flags: constants.SQLITE_OPEN_MAIN_DB, size: bytes.length, data: bytes.buffer});
    }
    databases.set(q.db, await sqlite.open_v2(q.db, undefined, 'memory'));
    return {};
  }
  const db = databases.get(q.db);
  switch (q.op) {
    case 'close':
      await exec(db, 'SELECT crsql_finalize()');
      await sqlite.close(db);
      databases.delete(q.db);
      return {};
    case 'image': {
      const file = vfs.mapNameToFile.get(q.db);
      return {image: Buffer.from(new Uint8Array(file.data, 0, file.size)).toString('base64')};
    }
    case 'exec': {
      const before = process.cpuUsage();
      await exec(db, q.sql);
      const took = process.cpuUsage(before);
      return {cpu: took.user + took.system};
    }
    case 'query': return {rows: await query(db, q.sql, q.args)};
    case 'apply': return {rows: await apply(db, q.changes ?? [])};
  }
  throw new Error('unknown op ' + q.op);
}

for await (const line of readline.createInterface({input: process.stdin, crlfDelay: Infinity})) {
  let a;
  try {
    a = await answer(JSON.parse(line));
  } catch (e) {
    a = {error: String(e.message ?? e)};
  }
  process.stdout.write(JSON.stringify(a) + '\n');
}
