#include "shim.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

int mv_exec(sqlite3 *db, const char *sql) { return sqlite3_exec(db, sql, 0, 0, 0); }

// mv_error returns the connection's message for a call that returned rc, or the code's own if that is another's.
const char *mv_error(sqlite3 *db, int rc, int *extended) {
  *extended = sqlite3_extended_errcode(db);
  if ((*extended & 0xff) == (rc & 0xff)) return sqlite3_errmsg(db);
  *extended = rc;
  return sqlite3_errstr(rc);
}

int mv_declare(sqlite3 *db, const char *sql) { return sqlite3_declare_vtab(db, sql); }

int mv_config(sqlite3 *db, int constraints) {
  if (constraints) return sqlite3_vtab_config(db, SQLITE_VTAB_CONSTRAINT_SUPPORT, 1);
  return sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
}

int mv_autocommit(sqlite3 *db) { return sqlite3_get_autocommit(db); }
int64_t mv_last_rowid(sqlite3 *db) { return sqlite3_last_insert_rowid(db); }
void mv_set_last_rowid(sqlite3 *db, int64_t rowid) { sqlite3_set_last_insert_rowid(db, rowid); }
int64_t mv_changes(sqlite3 *db) { return sqlite3_changes64(db); }
int64_t mv_total_changes(sqlite3 *db) { return sqlite3_total_changes64(db); }
const char *mv_filename(sqlite3 *db, const char *schema) { return sqlite3_db_filename(db, schema); }
int mv_readonly(sqlite3 *db, const char *schema) { return sqlite3_db_readonly(db, schema); }
int mv_version(void) { return sqlite3_libversion_number(); }

// mv_interrupted is sqlite3_is_interrupted, which came with 3.41; before, an interrupted connection runs no statement.
int mv_interrupted(uintptr_t connection) {
  sqlite3 *db = (sqlite3 *)connection;
#if SQLITE_VERSION_NUMBER >= 3040000
  typedef int (*interrupted)(sqlite3 *);
  if (sqlite3_libversion_number() >= 3041000) {
    // The member behind value_encoding, which older headers lack.
    interrupted f = *(const interrupted *)(&sqlite3_api->value_encoding + 1);
    if (f) return f(db);
  }
#endif
  return sqlite3_exec(db, "SELECT 1", 0, 0, 0) == SQLITE_INTERRUPT;
}

int mv_create_function(sqlite3 *db, const char *name, int narg, int flags, uintptr_t handle, int aggregate) {
  return sqlite3_create_function_v2(db, name, narg, flags, (void *)handle, aggregate ? 0 : mv_scalar,
                                    aggregate ? mv_aggregate_step : 0, aggregate ? mv_aggregate_final : 0,
                                    mv_function_destroy);
}

// mv_writing gives the texts of the connection's running statements that may write, but for the first ones, and returns how
// many it gave.
int mv_writing(uintptr_t connection, int first, uintptr_t texts) {
  sqlite3 *db = (sqlite3 *)connection;
  mv_texts *to = (mv_texts *)texts;
  int n = -first;
  for (sqlite3_stmt *s = 0; n < MV_TEXTS && (s = sqlite3_next_stmt(db, s));) {
    if (!sqlite3_stmt_busy(s) || sqlite3_stmt_readonly(s) || n++ < 0) continue;
    const char *sql = sqlite3_sql(s);
    to->text[n - 1].p = sql;
    to->text[n - 1].n = sql ? (int)strlen(sql) : 0;
  }
  return n < 0 ? 0 : n;
}

// mv_data_version reads the number that SQLite changes with each commit to a database. With reading set it returns 0 unless
// the connection reads the database, and does not write it.
int mv_data_version(uintptr_t connection, const char *schema, int reading, uint32_t *version) {
  sqlite3 *db = (sqlite3 *)connection;
  if (reading && !(sqlite3_api->txn_state && sqlite3_txn_state(db, schema) == SQLITE_TXN_READ)) return 0;
  return sqlite3_api->file_control && sqlite3_file_control(db, schema, SQLITE_FCNTL_DATA_VERSION, version) == SQLITE_OK;
}
