#include "shim.h"
#include "_cgo_export.h"

#include <string.h>

SQLITE_EXTENSION_INIT1

int mv_counters, mv_rowid, mv_databases;

// probing is set while this thread opens a connection of our own: it gets no engine, whichever way the program attaches
// one to each connection.
static __thread int probing;

int mv_probing(void) { return probing; }

// format returns a message that sqlite3_free can free, "" when there is no memory.
static char *format(const sqlite3_api_routines *api, const char *f, const char *a) {
  char *z = api->mprintf(f, a);
  return z ? z : "";
}

// missing names a function that this SQLite was compiled without, NULL for none.
static const char *missing(const sqlite3_api_routines *api) {
#define NEED(f) \
  if (!api->f) return "sqlite3_" #f
  NEED(aggregate_context); NEED(bind_blob64); NEED(bind_double); NEED(bind_int64); NEED(bind_null);
  NEED(bind_parameter_count); NEED(bind_text64); NEED(changes64); NEED(column_count); NEED(column_name);
  NEED(column_value); NEED(create_function_v2); NEED(create_module_v2); NEED(data_count); NEED(db_filename);
  NEED(db_readonly); NEED(declare_vtab); NEED(errmsg); NEED(errstr); NEED(exec); NEED(extended_errcode);
  NEED(finalize); NEED(free); NEED(get_autocommit); NEED(last_insert_rowid); NEED(malloc64); NEED(mprintf);
  NEED(next_stmt); NEED(prepare_v3); NEED(realloc64); NEED(reset); NEED(result_blob64); NEED(result_double);
  NEED(result_error); NEED(result_error_code); NEED(result_error_nomem); NEED(result_int); NEED(result_int64);
  NEED(result_null);
  NEED(result_text64); NEED(set_last_insert_rowid); NEED(sql); NEED(step); NEED(stmt_busy); NEED(stmt_readonly);
  NEED(stmt_status); NEED(total_changes64); NEED(user_data); NEED(value_blob); NEED(value_bytes); NEED(value_double);
  NEED(value_int64); NEED(value_nochange); NEED(value_numeric_type);
  NEED(value_text); NEED(value_type); NEED(vtab_collation); NEED(vtab_config); NEED(vtab_distinct); NEED(vtab_in);
#undef NEED
  return 0;
}

// offset returns where in the memory of a connection n words are as given, and nowhere else; 0 when there is no such
// place.
static int offset(sqlite3 *db, const int64_t *words, int n) {
  int size = (int)sqlite3_msize(db), found = 0;
  for (int i = 8; i + n * 8 <= size; i += 8) {
    if (memcmp((char *)db + i, words, n * 8) == 0) {
      if (found) return 0;
      found = i;
    }
  }
  return found;
}

// find_databases finds out where a connection has the list of its databases, and whether a database's schema begins with the
// two numbers of mv_schema: that they do what they must is tried.
static void find_databases(sqlite3 *db) {
#if SQLITE_VERSION_NUMBER >= 3039000
  if (sqlite3_libversion_number() < 3039000 || !sqlite3_api->db_name) return;
  uintptr_t *words = (uintptr_t *)db, first = (uintptr_t)sqlite3_db_name(db, 0), second = (uintptr_t)sqlite3_db_name(db, 1);
  enum { ENTRY = sizeof(mv_database) / sizeof *words };
  int n = (int)(sqlite3_msize(db) / sizeof *words), list = 0, at = 0;
  for (int i = 1; i + 2 * ENTRY <= n; i++) {
    if (words[i] != first || words[i + ENTRY] != second) continue;
    if (list) return;
    list = i;
  }
  for (int i = 1; list && i + 1 < n; i++) {
    if (words[i] != (uintptr_t)&words[list]) continue;
    if (at) return;
    at = i;
  }
  if (!at) return;
  const mv_databases_of *of = (mv_databases_of *)&words[at];
  const mv_schema *schema = of->list[0].schema;
  if (of->n != 2 || (uintptr_t)schema < 4096 || (uintptr_t)schema % sizeof schema) return;
#define DO(sql) \
  if (sqlite3_exec(db, sql, 0, 0, 0) != SQLITE_OK) return
  int32_t cookie = schema->cookie, generation = schema->generation;
  DO("CREATE TABLE u(x)");
  if (schema->cookie != cookie + 1 || schema->generation != generation) return;
  DO("CREATE INDEX v ON u(x)");
  if (schema->cookie != cookie + 2 || schema->generation != generation) return;
  DO("BEGIN; CREATE TABLE w(x); ROLLBACK; SELECT 1 FROM u");
  if (schema->cookie != cookie + 2 || schema->generation == generation) return;
  DO("ATTACH ':memory:' AS third; CREATE TABLE third.x(x)");
#undef DO
  schema = of->n == 3 ? of->list[2].schema : 0;
  if (of->list[2].name == sqlite3_db_name(db, 2) && schema && schema->cookie == 1) mv_databases = at * (int)sizeof *words;
#endif
}

// probe finds out where SQLite keeps changes() and total_changes(), which it has no function to set, and beside them
// last_insert_rowid(): on a connection of its own, and only if what it writes there is what SQLite's functions then
// return and count on from.
static void probe(void) {
  if (!sqlite3_api->msize || !sqlite3_api->open_v2 || !sqlite3_api->close) return;
  sqlite3 *db = 0;
  probing = 1;
  int rc = sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, 0);
  probing = 0;
#define ROWS(n) \
  "INSERT INTO t WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<" n ") SELECT i FROM c;"
  if (rc == SQLITE_OK && sqlite3_exec(db, "CREATE TABLE t(x);" ROWS("1237") ROWS("1511"), 0, 0, 0) == SQLITE_OK) {
    const int64_t counted[2] = {1511, 2748}, other[2] = {0x1122334455667788, 0x2233445566778899};
    const int64_t rowid = 0x3344556677889911, rowid2 = 0x4455667788991122;
    int at = offset(db, counted, 2);
    if (at) {
      memcpy((char *)db + at, other, 16);
      int ok = sqlite3_changes64(db) == other[0] && sqlite3_total_changes64(db) == other[1];
      ok = sqlite3_exec(db, "INSERT INTO t VALUES(1),(2),(3)", 0, 0, 0) == SQLITE_OK && ok;
      if (ok && sqlite3_changes64(db) == 3 && sqlite3_total_changes64(db) == other[1] + 3) mv_counters = at;
    }
    sqlite3_set_last_insert_rowid(db, rowid);
    at = offset(db, &rowid, 1);
    if (at) {
      memcpy((char *)db + at, &rowid2, 8);
      if (sqlite3_last_insert_rowid(db) == rowid2) mv_rowid = at;
    }
    find_databases(db);
  }
  sqlite3_close(db);
}

// mv_init takes the API of the SQLite that calls; its error is to be freed with the API's free, "" means that there is
// no memory for one.
char *mv_init(const sqlite3_api_routines *api) {
  if (!api || !api->libversion_number || !api->mprintf) return "";
  if (api->libversion_number() < 3038000) {
    return format(api, "sqlite-mv: SQLite %s is too old: 3.38.0 or later is needed",
                  api->libversion ? api->libversion() : "");
  }
  const char *name = missing(api);
  if (name) return format(api, "sqlite-mv: this SQLite was compiled without %s", name);
  if (sqlite3_api == api) return 0;
  if (sqlite3_api) {
    return format(api, "sqlite-mv: already at work in another SQLite (%s) of this process", sqlite3_libversion());
  }
  sqlite3_api = api;
  probe();
  return 0;
}

sqlite3_api_routines *mv_loaded(void) { return (sqlite3_api_routines *)sqlite3_api; }

// The SQLite that is linked into the program, if one is.
#undef sqlite3_auto_extension
#undef sqlite3_mprintf
extern int sqlite3_auto_extension(void (*)(void)) __attribute__((weak));
extern char *sqlite3_mprintf(const char *, ...) __attribute__((weak));

static int entry(sqlite3 *db, char **pzErr, const sqlite3_api_routines *api) {
  if (!api && pzErr && sqlite3_mprintf) {
    *pzErr = sqlite3_mprintf("sqlite-mv: SQLite was compiled with SQLITE_OMIT_LOAD_EXTENSION, so it gives extensions no API");
    return SQLITE_ERROR;
  }
  return mvEntry(db, pzErr, (void *)api);
}

// mv_auto_extension has each connection that the linked SQLite opens call entry; -1 when none is linked.
int mv_auto_extension(void) {
  if (!sqlite3_auto_extension) return -1;
  return sqlite3_auto_extension((void (*)(void))entry);
}
