// The library beside SQLite's session extension and a user's hooks, on the same connection. SQLITE_MV names the library,
// SCRIPTS the folder with the SQL.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEED(x) \
  do { \
    if (!(x)) { printf("session.c:%d: %s: %s\n", __LINE__, #x, sqlite3_errmsg(current)); exit(1); } \
  } while (0)

static sqlite3 *current;

static void run(sqlite3 *db, const char *sql) {
  current = db;
  NEED(sqlite3_exec(db, sql, 0, 0, 0) == SQLITE_OK);
}

static void script(sqlite3 *db, const char *name) {
  char path[4096], sql[1 << 14];
  snprintf(path, sizeof path, "%s/%s", getenv("SCRIPTS"), name);
  FILE *f = fopen(path, "r");
  NEED(f);
  sql[fread(sql, 1, sizeof sql - 1, f)] = 0;
  fclose(f);
  run(db, sql);
}

static void load(sqlite3 *db) {
  char *message = 0;
  current = db;
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, (int *)0);
  if (sqlite3_load_extension(db, getenv("SQLITE_MV"), 0, &message) != SQLITE_OK) {
    printf("load: %s\n", message);
    exit(1);
  }
}

static sqlite3 *create(void) {
  sqlite3 *db;
  NEED(sqlite3_open(":memory:", &db) == SQLITE_OK);
  load(db);
  script(db, "schema.sql");
  return db;
}

static int compare(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }

// rows returns a query's rows as one text, sorted.
static char *rows(sqlite3 *db, const char *sql) {
  char *all[1000], *text = sqlite3_mprintf("");
  int n = 0;
  sqlite3_stmt *s;
  current = db;
  NEED(sqlite3_prepare_v2(db, sql, -1, &s, 0) == SQLITE_OK);
  while (sqlite3_step(s) == SQLITE_ROW && n < 1000) {
    char *row = sqlite3_mprintf("");
    for (int i = 0; i < sqlite3_column_count(s); i++) {
      int type = sqlite3_column_type(s, i);
      row = sqlite3_mprintf("%z|%d %s", row, type, sqlite3_column_text(s, i));
    }
    all[n++] = row;
  }
  NEED(sqlite3_finalize(s) == SQLITE_OK);
  qsort(all, n, sizeof *all, compare);
  for (int i = 0; i < n; i++) text = sqlite3_mprintf("%z%z\n", text, all[i]);
  return text;
}

static void same(sqlite3 *a, const char *sqlA, sqlite3 *b, const char *sqlB) {
  char *x = rows(a, sqlA), *y = rows(b, sqlB);
  if (strcmp(x, y)) {
    printf("%s:\n%s%s:\n%s", sqlA, x, sqlB, y);
    exit(1);
  }
  sqlite3_free(x);
  sqlite3_free(y);
}

static void check(sqlite3 *db) {
  sqlite3_stmt *s;
  int n = 0;
  current = db;
  NEED(sqlite3_prepare_v2(db, "SELECT 'SELECT * FROM ' || name, sql FROM mv_views", -1, &s, 0) == SQLITE_OK);
  for (; sqlite3_step(s) == SQLITE_ROW; n++) {
    same(db, (const char *)sqlite3_column_text(s, 0), db, (const char *)sqlite3_column_text(s, 1));
  }
  NEED(sqlite3_finalize(s) == SQLITE_OK && n == 6);
}

// isBase is the filter of tables: all but the engine's own.
static int isBase(void *context, const char *table) { return strncmp(table, "__internal_dbsp_", 16) != 0; }

static int conflict(void *context, int why, sqlite3_changeset_iter *it) {
  return context ? SQLITE_CHANGESET_ABORT : SQLITE_CHANGESET_OMIT;
}

static int updates, before, commits, rollbacks, refuse;

static void onUpdate(void *c, int op, const char *schema, const char *table, sqlite3_int64 rowid) { updates += isBase(0, table); }
static int onCommit(void *c) { commits++; return refuse; }
static void onRollback(void *c) { rollbacks++; }
static void onPreupdate(void *c, sqlite3 *db, int op, const char *schema, const char *table, sqlite3_int64 k1, sqlite3_int64 k2) {
  sqlite3_value *v;
  if (!isBase(0, table)) return;
  if (op != SQLITE_INSERT) NEED(sqlite3_preupdate_old(db, 0, &v) == SQLITE_OK);
  if (op != SQLITE_DELETE) NEED(sqlite3_preupdate_new(db, 0, &v) == SQLITE_OK);
  before++;
}

static void *record(sqlite3 *db, sqlite3_session *session, int *size) {
  void *changes;
  current = db;
  NEED(sqlite3session_changeset(session, size, &changes) == SQLITE_OK);
  sqlite3_changeset_iter *it;
  int n = 0;
  NEED(sqlite3changeset_start(&it, *size, changes) == SQLITE_OK);
  while (sqlite3changeset_next(it) == SQLITE_ROW) {
    const char *table;
    int columns, op, indirect;
    sqlite3changeset_op(it, &table, &columns, &op, &indirect);
    NEED(isBase(0, table));
    n++;
  }
  NEED(sqlite3changeset_finalize(it) == SQLITE_OK && n > 0);
  return changes;
}

int main(void) {
  printf("SQLite %s\n", sqlite3_libversion());
  sqlite3 *a = create(), *b = create(), *first = create();

  // A changeset of the base tables, applied to another file and, inverted, to its own.
  sqlite3_session *session;
  NEED(sqlite3session_create(a, "main", &session) == SQLITE_OK);
  sqlite3session_table_filter(session, isBase, 0);
  NEED(sqlite3session_attach(session, 0) == SQLITE_OK);
  sqlite3_update_hook(a, onUpdate, 0);
  sqlite3_commit_hook(a, onCommit, 0);
  sqlite3_rollback_hook(a, onRollback, 0);
  run(a, "BEGIN");
  script(a, "writes.sql");
  check(a);
  run(a, "COMMIT");
  check(a);
  NEED(updates >= 8 && commits == 1 && rollbacks == 0);
  int size;
  void *changes = record(a, session, &size);
  sqlite3session_delete(session);
  current = b;
  NEED(sqlite3changeset_apply(b, size, changes, 0, conflict, (void *)1) == SQLITE_OK);
  check(b);
  same(a, "SELECT * FROM sales", b, "SELECT * FROM sales");
  same(a, "SELECT * FROM segments", b, "SELECT * FROM segments");

  // The second time it conflicts: nothing is changed, or what does not conflict is.
  NEED(sqlite3changeset_apply(b, size, changes, 0, conflict, (void *)1) == SQLITE_ABORT);
  check(b);
  same(a, "SELECT * FROM sales", b, "SELECT * FROM sales");
  NEED(sqlite3changeset_apply(b, size, changes, 0, conflict, 0) == SQLITE_OK);
  check(b);

  int inverted;
  void *back;
  NEED(sqlite3changeset_invert(size, changes, &inverted, &back) == SQLITE_OK);
  run(b, "BEGIN");
  NEED(sqlite3changeset_apply(b, inverted, back, 0, conflict, (void *)1) == SQLITE_OK);
  check(b);
  same(first, "SELECT * FROM bought", b, "SELECT * FROM bought");
  run(b, "ROLLBACK");
  check(b);
  same(a, "SELECT * FROM bought", b, "SELECT * FROM bought");
  NEED(sqlite3changeset_apply(b, inverted, back, 0, conflict, (void *)1) == SQLITE_OK);
  same(first, "SELECT * FROM sales", b, "SELECT * FROM sales");
  check(b);

  // A changeset of everything, with the filter where it is applied.
  NEED(sqlite3session_create(b, "main", &session) == SQLITE_OK && sqlite3session_attach(session, 0) == SQLITE_OK);
  script(b, "writes.sql");
  void *everything;
  NEED(sqlite3session_changeset(session, &size, &everything) == SQLITE_OK);
  sqlite3session_delete(session);
  current = first;
  NEED(sqlite3changeset_apply(first, size, everything, isBase, conflict, (void *)1) == SQLITE_OK);
  check(first);
  same(b, "SELECT * FROM sales", first, "SELECT * FROM sales");

  // Hooks, after the session: pre-update hooks are its own while there is one.
  sqlite3_preupdate_hook(a, onPreupdate, 0);
  updates = commits = 0;
  run(a, "BEGIN; UPDATE orders SET amount = 50 WHERE id = 2; INSERT INTO orders VALUES (90, 1, 'x', 1); DELETE FROM orders WHERE id = 90; COMMIT");
  NEED(updates == 3 && before == 3 && commits == 1);
  check(a);
  run(a, "BEGIN; DELETE FROM orders; ROLLBACK");
  NEED(rollbacks == 1);
  check(a);
  refuse = 1; // a commit hook turns COMMIT into ROLLBACK
  NEED(sqlite3_exec(a, "DELETE FROM orders", 0, 0, 0) == SQLITE_CONSTRAINT);
  check(a);
  refuse = 0;
  run(a, "UPDATE orders SET amount = 60 WHERE id = 2");
  check(a);

  sqlite3_free(changes);
  sqlite3_free(back);
  sqlite3_free(everything);
  NEED(sqlite3_close(a) == SQLITE_OK);
  NEED(sqlite3_close(b) == SQLITE_OK);
  NEED(sqlite3_close(first) == SQLITE_OK);
  puts("ok");
  return 0;
}
