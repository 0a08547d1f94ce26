// The C side of the binding: SQLite's callbacks, and calls of its API, with values decoded on the way.
#ifndef SQLITE_MV_SHIM_H
#define SQLITE_MV_SHIM_H

// The name is ours alone: a program may hold other extensions, each with such a pointer.
#define sqlite3_api sqlitemv_api
#include <sqlite3ext.h>
#include <stdint.h>

// mv_value is a value on its way between SQLite and Go; the numbers of type are those of dbsp.Kind.
typedef struct mv_value {
  int64_t num;   // MV_INTEGER, or the bits of MV_REAL
  const void *p; // MV_TEXT and MV_BLOB
  int32_t n;
  int32_t type;
} mv_value;

enum { MV_NULL, MV_INTEGER, MV_REAL, MV_TEXT, MV_BLOB, MV_NOMEM, MV_UNSET };

// mv_param is a parameter of a statement. What is bound stays here until the next step passes it on.
typedef struct mv_param {
  mv_value v;
  int64_t cap; // of the memory at v.p
  int32_t dirty;
} mv_param;

typedef struct mv_stmt {
  sqlite3_stmt *stmt;
  mv_param *params;
  mv_value *columns;
  int nparam, ncolumn;
  int ndirty;
  int reprepared;
  // Of mv_fetch: the rows read, with room for maxfetched of them, and the bytes of all but the last one.
  mv_value *fetched;
  int nfetched, maxfetched;
  int more; // the last call left rows for want of room, maybe
  char *bytes;
  int size;
} mv_stmt;

enum { MV_BATCH_CODES = 32 };

// mv_batch is a sqlite3.Batch: rows that Go takes when it looks.
typedef struct mv_batch {
  sqlite3 *db;
  unsigned char *bytes;
  int32_t size, used;
  int32_t naccepted;
  struct {
    int64_t code;
    int32_t n;
    int32_t rowid; // which column, -1 when not told
    int64_t highest;
  } accepted[MV_BATCH_CODES];
} mv_batch;

enum { MV_BATCH_HEADER = 12 };

// mv_flag is what the functions of a sqlite3.Flagger and a sqlite3.Offerer know; function is the function's handle.
typedef struct mv_flag {
  int32_t value;
  uint32_t function;
  mv_batch *shown; // or 0
} mv_flag;

enum { MV_TEXTS = 16 };

// mv_texts are texts of SQLite's.
typedef struct mv_texts {
  struct {
    const char *p;
    int n;
  } text[MV_TEXTS];
} mv_texts;

typedef struct mv_vtab {
  sqlite3_vtab base;
  uint32_t handle;
  int late;         // sqlite3.Module's LateRelease
  int32_t released; // one more than the lowest savepoint that ended and that Go was not told of, 0 for none
  mv_batch *batch;  // or 0
} mv_vtab;

typedef struct mv_cursor {
  sqlite3_vtab_cursor base;
  uint32_t handle;
  int eof; // asked of the Go cursor right after Filter and Next, where an error can still be reported
  // While stream is set, the rows are those of that statement, and Go is not asked: sqlite3.Streamer.
  mv_stmt *stream;
  int columns, weight_column;
  int ended;     // the statement has no more rows, and the Go cursor does not know yet
  uint64_t used; // bit i: the statement has column i
  int64_t copy, weight;
} mv_cursor;

// What SQLite keeps of a connection's databases, as far as we look: see find_databases.
typedef struct mv_schema {
  int32_t cookie;     // counts schema changes, in the file too
  int32_t generation; // counts how often the schema was forgotten
} mv_schema;

typedef struct mv_database {
  const char *name;
  const void *btree;
  uintptr_t levels;
  const mv_schema *schema;
} mv_database;

typedef struct mv_databases_of {
  const mv_database *list;
  int32_t n;
} mv_databases_of;

// init.c
char *mv_init(const sqlite3_api_routines *api);
sqlite3_api_routines *mv_loaded(void);
int mv_auto_extension(void);
int mv_probing(void);
extern int mv_counters, mv_rowid, mv_databases; // offsets in sqlite3, 0 when not known

// value.c
void mv_decode(int n, sqlite3_value **from, mv_value *to);
void mv_result(sqlite3_context *ctx, const mv_value *v);
void mv_result_bytes(sqlite3_context *ctx, const void *p, int64_t n, int text);
void mv_result_error(sqlite3_context *ctx, char *message, int n, int code);
void mv_numeric(sqlite3_value **argv, int i, mv_value *to);
int mv_nochange(sqlite3_value **argv, int i);
char *mv_message(const char *p, int n);
void *mv_realloc(void *p, int64_t n);
void mv_free(void *p);

// conn.c
int mv_exec(sqlite3 *db, const char *sql);
const char *mv_error(sqlite3 *db, int rc, int *extended);
int mv_declare(sqlite3 *db, const char *sql);
int mv_config(sqlite3 *db, int constraints);
int mv_autocommit(sqlite3 *db);
int64_t mv_last_rowid(sqlite3 *db);
void mv_set_last_rowid(sqlite3 *db, int64_t rowid);
int64_t mv_changes(sqlite3 *db);
int64_t mv_total_changes(sqlite3 *db);
const char *mv_filename(sqlite3 *db, const char *schema);
int mv_readonly(sqlite3 *db, const char *schema);
int mv_interrupted(uintptr_t db);
int mv_data_version(uintptr_t db, const char *schema, int reading, uint32_t *version);
int mv_version(void);
int mv_create_function(sqlite3 *db, const char *name, int narg, int flags, uintptr_t handle, int aggregate);
int mv_create_module(sqlite3 *db, const char *name, uintptr_t handle, unsigned methods);
int mv_writing(uintptr_t db, int first, uintptr_t texts);

// batch.c
mv_batch *mv_new_batch(sqlite3 *db);
void mv_free_batch(mv_batch *b);
int mv_batch_room(mv_batch *b);
int mv_batch_add(mv_batch *b, int argc, sqlite3_value **argv, sqlite3_int64 *rowid);
int mv_batch_offer(mv_batch *b, int argc, sqlite3_value **argv);
int mv_create_key(sqlite3 *db, const char *name, int longest);
int mv_batch_beyond(mv_batch *b, sqlite3_value *code, sqlite3_value *rowid);

// stmt.c
int mv_prepare(sqlite3 *db, const char *sql, int n, unsigned flags, mv_stmt **out, int *tail);
int mv_step(uintptr_t s);
int mv_fetch(uintptr_t s);
int mv_row(mv_stmt *s);
int mv_run(uintptr_t s);
int mv_reset(uintptr_t s);
int mv_finalize(mv_stmt *s);
int mv_grow(mv_stmt *s, int i, int64_t n);
const char *mv_column_name(mv_stmt *s, int i);
const char *mv_column_decltype(mv_stmt *s, int i);
int mv_column_count(mv_stmt *s);
int mv_stmt_readonly(mv_stmt *s);

// module.c
enum { MV_CREATE = 1, MV_WRITABLE = 2, MV_TRANSACTIONS = 4, MV_RENAMES = 8 };
const sqlite3_module *mv_module(unsigned methods);
void mv_constraint(sqlite3_index_info *info, int i, const char **collation, int *in);
int mv_distinct(sqlite3_index_info *info);
int mv_answer(sqlite3_index_info *info, const char *idx, int n);

// function.c
void mv_function_destroy(void *user);
void mv_scalar(sqlite3_context *ctx, int argc, sqlite3_value **argv);
void mv_aggregate_step(sqlite3_context *ctx, int argc, sqlite3_value **argv);
void mv_aggregate_final(sqlite3_context *ctx);
int mv_create_flag(sqlite3 *db, const char *name, mv_flag *f, int narg, int offers);

#endif
