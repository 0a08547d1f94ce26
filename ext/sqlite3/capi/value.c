#include "shim.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

static void decode(sqlite3_value *from, mv_value *to) {
  switch (sqlite3_value_type(from)) {
  case SQLITE_INTEGER:
    to->type = MV_INTEGER;
    to->num = sqlite3_value_int64(from);
    return;
  case SQLITE_FLOAT: {
    double d = sqlite3_value_double(from);
    to->type = MV_REAL;
    memcpy(&to->num, &d, sizeof d);
    return;
  }
  case SQLITE_TEXT:
    to->type = MV_TEXT;
    to->p = sqlite3_value_text(from); // before sqlite3_value_bytes: it may convert to UTF-8
    break;
  case SQLITE_BLOB:
    to->type = MV_BLOB;
    to->p = sqlite3_value_blob(from); // before sqlite3_value_bytes: it may expand a zeroblob
    break;
  default:
    to->type = MV_NULL;
    return;
  }
  to->n = sqlite3_value_bytes(from);
  if (!to->p && (to->n || to->type == MV_TEXT)) to->type = MV_NOMEM;
}

// mv_decode reads n values; text and blobs stay where they are.
void mv_decode(int n, sqlite3_value **from, mv_value *to) {
  for (int i = 0; i < n; i++) decode(from[i], &to[i]);
}

// mv_result sets a function's or column's result; text and blobs are copied.
void mv_result(sqlite3_context *ctx, const mv_value *v) {
  double d;
  switch (v->type) {
  case MV_NULL:
    sqlite3_result_null(ctx);
    break;
  case MV_INTEGER:
    sqlite3_result_int64(ctx, v->num);
    break;
  case MV_REAL:
    memcpy(&d, &v->num, sizeof d);
    sqlite3_result_double(ctx, d);
    break;
  case MV_TEXT:
  case MV_BLOB:
    mv_result_bytes(ctx, v->p, v->n, v->type == MV_TEXT);
    break;
  case MV_NOMEM:
    sqlite3_result_error_nomem(ctx);
  }
}

// mv_result_bytes sets a text or blob, of which SQLite makes a copy.
void mv_result_bytes(sqlite3_context *ctx, const void *p, int64_t n, int text) {
  if (n == 0) p = "";
  if (text) {
    sqlite3_result_text64(ctx, p, n, SQLITE_TRANSIENT, SQLITE_UTF8);
  } else {
    sqlite3_result_blob64(ctx, p, n, SQLITE_TRANSIENT);
  }
}

void mv_result_error(sqlite3_context *ctx, char *message, int n, int code) {
  sqlite3_result_error(ctx, message, n);
  sqlite3_result_error_code(ctx, code);
}

// mv_numeric is what SQLite's sum() sees of a text or blob (sumStep in func.c): the result of
// sqlite3_value_numeric_type when that is INTEGER, otherwise sqlite3_value_double. Like sum() it leaves SQLite with the
// number in the text's place; what was decoded stays. (A copy made by sqlite3_value_dup knows no connection, which
// sqlite3_value_numeric_type looks for.)
void mv_numeric(sqlite3_value **argv, int i, mv_value *to) {
  if (sqlite3_value_numeric_type(argv[i]) == SQLITE_INTEGER) {
    to->type = MV_INTEGER;
    to->num = sqlite3_value_int64(argv[i]);
    return;
  }
  double d = sqlite3_value_double(argv[i]);
  to->type = MV_REAL;
  memcpy(&to->num, &d, sizeof d);
}

int mv_nochange(sqlite3_value **argv, int i) { return sqlite3_value_nochange(argv[i]); }

// mv_message returns a copy of the n bytes at p for SQLite to free, NULL when there is no memory.
char *mv_message(const char *p, int n) {
  char *z = sqlite3_malloc64(n + 1);
  if (z) {
    memcpy(z, p, n);
    z[n] = 0;
  }
  return z;
}

void *mv_realloc(void *p, int64_t n) { return sqlite3_realloc64(p, n); }
void mv_free(void *p) { sqlite3_free(p); }
