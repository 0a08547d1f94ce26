#include "shim.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

// mv_prepare compiles the first statement of sql, n bytes with its NUL; *out is NULL for an empty one.
int mv_prepare(sqlite3 *db, const char *sql, int n, unsigned flags, mv_stmt **out, int *tail) {
  sqlite3_stmt *stmt;
  const char *rest;
  *out = 0;
  int rc = sqlite3_prepare_v3(db, sql, n, flags, &stmt, &rest);
  if (rc) return rc;
  *tail = (int)(rest - sql);
  if (!stmt) return SQLITE_OK;
  int nparam = sqlite3_bind_parameter_count(stmt), ncolumn = sqlite3_column_count(stmt);
  size_t size = sizeof(mv_stmt) + nparam * sizeof(mv_param) + ncolumn * sizeof(mv_value);
  mv_stmt *s = sqlite3_malloc64(size);
  if (!s) {
    sqlite3_finalize(stmt);
    return SQLITE_NOMEM;
  }
  memset(s, 0, size);
  s->stmt = stmt;
  s->params = (mv_param *)(s + 1);
  s->columns = (mv_value *)(s->params + nparam);
  s->nparam = nparam;
  s->ncolumn = ncolumn;
  *out = s;
  return SQLITE_OK;
}

static int bind(sqlite3_stmt *stmt, int i, const mv_value *v) {
  double d;
  switch (v->type) {
  case MV_INTEGER:
    return sqlite3_bind_int64(stmt, i, v->num);
  case MV_REAL:
    memcpy(&d, &v->num, sizeof d);
    return sqlite3_bind_double(stmt, i, d);
  case MV_TEXT:
    return sqlite3_bind_text64(stmt, i, v->p, v->n, SQLITE_STATIC, SQLITE_UTF8);
  case MV_BLOB:
    return sqlite3_bind_blob64(stmt, i, v->p, v->n, SQLITE_STATIC);
  }
  return sqlite3_bind_null(stmt, i);
}

// step binds what was given since the last step, and steps.
static int step(mv_stmt *s) {
  for (int i = 0; s->ndirty && i < s->nparam; i++) {
    if (!s->params[i].dirty) continue;
    int rc = bind(s->stmt, i + 1, &s->params[i].v);
    if (rc) return rc;
    s->params[i].dirty = 0;
    s->ndirty--;
  }
  int rc = sqlite3_step(s->stmt);
  s->reprepared = sqlite3_stmt_status(s->stmt, SQLITE_STMTSTATUS_REPREPARE, 0);
  return rc;
}

// mv_step binds what was given since the last step, steps, and reads the row.
int mv_step(uintptr_t at) {
  mv_stmt *s = (mv_stmt *)at;
  int rc = step(s);
  return rc == SQLITE_ROW ? mv_row(s) : rc;
}

// mv_run steps to the end and resets. After an error it does not reset: that would lose the connection's message.
int mv_run(uintptr_t at) {
  mv_stmt *s = (mv_stmt *)at;
  int rc;
  do rc = step(s);
  while (rc == SQLITE_ROW);
  return rc == SQLITE_DONE ? sqlite3_reset(s->stmt) : rc;
}

// mv_row reads the present row. It returns SQLITE_ROW.
int mv_row(mv_stmt *s) {
  int n = sqlite3_data_count(s->stmt);
  if (n > s->ncolumn) n = s->ncolumn;
  for (int i = 0; i < s->ncolumn; i++) {
    s->columns[i].type = MV_NULL;
    if (i >= n) continue;
    sqlite3_value *v = sqlite3_column_value(s->stmt, i);
    mv_decode(1, &v, &s->columns[i]);
    if (s->columns[i].type == MV_NOMEM) return SQLITE_NOMEM;
  }
  return SQLITE_ROW;
}

int mv_reset(uintptr_t at) { return sqlite3_reset(((mv_stmt *)at)->stmt); }

int mv_finalize(mv_stmt *s) {
  int rc = sqlite3_finalize(s->stmt);
  for (int i = 0; i < s->nparam; i++) {
    if (s->params[i].cap) sqlite3_free((void *)s->params[i].v.p);
  }
  sqlite3_free(s);
  return rc;
}

// mv_grow gives parameter i, from 0, memory for n bytes. SQLite has the old address until the bind that follows; it does
// not read it in between.
int mv_grow(mv_stmt *s, int i, int64_t n) {
  void *p = sqlite3_malloc64(n);
  if (!p) return SQLITE_NOMEM;
  if (s->params[i].cap) sqlite3_free((void *)s->params[i].v.p);
  s->params[i].v.p = p;
  s->params[i].cap = n;
  return SQLITE_OK;
}

const char *mv_column_name(mv_stmt *s, int i) { return sqlite3_column_name(s->stmt, i); }

const char *mv_column_decltype(mv_stmt *s, int i) {
  return sqlite3_api->column_decltype ? sqlite3_column_decltype(s->stmt, i) : 0;
}

int mv_column_count(mv_stmt *s) { return sqlite3_column_count(s->stmt); }
int mv_stmt_readonly(mv_stmt *s) { return sqlite3_stmt_readonly(s->stmt); }
