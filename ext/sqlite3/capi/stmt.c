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

// read_row reads the present row.
static int read_row(mv_stmt *s, mv_value *columns) {
  int n = sqlite3_data_count(s->stmt);
  if (n > s->ncolumn) n = s->ncolumn;
  for (int i = 0; i < s->ncolumn; i++) {
    columns[i].type = MV_NULL;
    if (i >= n) continue;
    sqlite3_value *v = sqlite3_column_value(s->stmt, i);
    mv_decode(1, &v, &columns[i]);
    if (columns[i].type == MV_NOMEM) return SQLITE_NOMEM;
  }
  return SQLITE_ROW;
}

enum { FEWEST = 4, MOST = 256, BYTES = 64 };

// room gives mv_fetch memory: little at first, more when that was not enough.
static int room(mv_stmt *s) {
  if (s->maxfetched && !s->more) return 1;
  int rows = s->maxfetched ? s->maxfetched * 4 : FEWEST;
  if (rows > MOST) return 1;
  mv_value *fetched = sqlite3_realloc64(s->fetched, (sqlite3_uint64)rows * s->ncolumn * sizeof *fetched + 1);
  if (fetched) s->fetched = fetched;
  char *bytes = sqlite3_realloc64(s->bytes, rows * BYTES);
  if (bytes) s->bytes = bytes;
  if (!fetched || !bytes) return s->maxfetched != 0;
  s->maxfetched = rows;
  s->size = rows * BYTES;
  return 1;
}

// mv_fetch steps to the next rows: as many as there is room for, and one more, whose bytes stay with SQLite. It returns
// SQLITE_ROW when there may be more, otherwise what the last step returned; at the end the statement is reset.
int mv_fetch(uintptr_t at) {
  mv_stmt *s = (mv_stmt *)at;
  int rc, used = 0;
  s->nfetched = 0;
  if (!room(s)) return SQLITE_NOMEM;
  s->more = 1;
  while ((rc = step(s)) == SQLITE_ROW) {
    mv_value *row = s->fetched + s->nfetched * s->ncolumn;
    if ((rc = read_row(s, row)) != SQLITE_ROW) return rc;
    if (++s->nfetched == s->maxfetched) return SQLITE_ROW;
    for (mv_value *v = row; v < row + s->ncolumn; v++) {
      if ((v->type != MV_TEXT && v->type != MV_BLOB) || v->n == 0) continue;
      if (v->n > s->size - used) return SQLITE_ROW;
      memcpy(s->bytes + used, v->p, v->n);
      v->p = s->bytes + used;
      used += v->n;
    }
  }
  s->more = 0;
  if (rc == SQLITE_DONE) sqlite3_reset(s->stmt);
  return rc;
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
int mv_row(mv_stmt *s) { return read_row(s, s->columns); }

int mv_reset(uintptr_t at) { return sqlite3_reset(((mv_stmt *)at)->stmt); }

int mv_finalize(mv_stmt *s) {
  int rc = sqlite3_finalize(s->stmt);
  for (int i = 0; i < s->nparam; i++) {
    if (s->params[i].cap) sqlite3_free((void *)s->params[i].v.p);
  }
  sqlite3_free(s->fetched);
  sqlite3_free(s->bytes);
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
