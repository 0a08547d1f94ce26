#include "shim.h"
#include "_cgo_export.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

// construct is xCreate and xConnect.
static int construct(void *aux, int create, int argc, const char *const *argv, sqlite3_vtab **out, char **err) {
  mv_vtab *t = sqlite3_malloc64(sizeof *t);
  if (!t) return SQLITE_NOMEM;
  memset(t, 0, sizeof *t);
  int rc = mvConstruct((uintptr_t)aux, create, argc, (char **)argv, t, err);
  if (rc) {
    sqlite3_free(t);
    return rc;
  }
  *out = &t->base;
  return SQLITE_OK;
}

static int xCreate(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **out, char **err) {
  return construct(aux, 1, argc, argv, out, err);
}

static int xConnect(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **out, char **err) {
  return construct(aux, 0, argc, argv, out, err);
}

static int xBestIndex(sqlite3_vtab *t, sqlite3_index_info *info) { return mvBestIndex((mv_vtab *)t, info); }

// release ends a table of SQLite's.
static void release(sqlite3_vtab *t) {
  sqlite3_free(t->zErrMsg);
  sqlite3_free(t);
}

// xDisconnect cannot fail: SQLite forgets the table whatever it returns.
static int xDisconnect(sqlite3_vtab *t) {
  int rc = mvDisconnect((mv_vtab *)t);
  release(t);
  return rc;
}

// xDestroy keeps the table when it fails: SQLite goes on using it.
static int xDestroy(sqlite3_vtab *t) {
  int rc = mvDestroy((mv_vtab *)t);
  if (rc == SQLITE_OK) release(t);
  return rc;
}

// xOpen leaves opening the Go cursor to xFilter.
static int xOpen(sqlite3_vtab *t, sqlite3_vtab_cursor **out) {
  mv_cursor *c = sqlite3_malloc64(sizeof *c);
  if (!c) return SQLITE_NOMEM;
  memset(c, 0, sizeof *c);
  c->eof = 1;
  *out = &c->base;
  return SQLITE_OK;
}

// xClose cannot fail: SQLite forgets the cursor whatever it returns.
static int xClose(sqlite3_vtab_cursor *c) {
  int rc = ((mv_cursor *)c)->handle ? mvClose((mv_cursor *)c) : SQLITE_OK;
  sqlite3_free(c);
  return rc;
}

// Most calls have few arguments.
#define FEW 32

// weight is how often a streamed row is there.
static int64_t weight(mv_cursor *c) {
  return c->weight_column < 0 ? 1 : sqlite3_column_int64(c->stream->stmt, c->weight_column);
}

static int xFilter(sqlite3_vtab_cursor *cursor, int idxNum, const char *idxStr, int argc, sqlite3_value **argv) {
  mv_cursor *c = (mv_cursor *)cursor;
  mv_value few[FEW], *args = few;
  if (argc > FEW && !(args = sqlite3_malloc64(argc * sizeof *args))) return SQLITE_NOMEM;
  mv_decode(argc, argv, args);
  int rc = mvFilter(c, idxNum, (char *)idxStr, argc, argv, args);
  if (args != few) sqlite3_free(args);
  // A stream stands on its first row.
  if (c->stream) c->weight = weight(c);
  return rc;
}

static int xNext(sqlite3_vtab_cursor *cursor) {
  mv_cursor *c = (mv_cursor *)cursor;
  if (!c->stream) return mvNext(c);
  if (++c->copy < c->weight) return SQLITE_OK;
  int rc = sqlite3_step(c->stream->stmt);
  c->copy = 0;
  if (rc == SQLITE_ROW) {
    c->weight = weight(c);
    return SQLITE_OK;
  }
  c->stream = 0;
  c->eof = c->ended = 1;
  return rc == SQLITE_DONE ? SQLITE_OK : mvStreamFailed(c, rc);
}

static int xEof(sqlite3_vtab_cursor *c) { return ((mv_cursor *)c)->eof; }

static int xColumn(sqlite3_vtab_cursor *cursor, sqlite3_context *ctx, int i) {
  mv_cursor *c = (mv_cursor *)cursor;
  if (c->stream && i < c->columns && c->used >> (i < 63 ? i : 63) & 1) {
    sqlite3_result_value(ctx, sqlite3_column_value(c->stream->stmt, i));
    return SQLITE_OK;
  }
  mv_value v = {.type = MV_UNSET};
  int rc = mvColumn(c, ctx, i, &v);
  if (rc == SQLITE_OK) mv_result(ctx, &v);
  return rc;
}

static int xRowid(sqlite3_vtab_cursor *c, sqlite3_int64 *rowid) { return mvRowid((mv_cursor *)c, (int64_t *)rowid); }

static int xUpdate(sqlite3_vtab *t, int argc, sqlite3_value **argv, sqlite3_int64 *rowid) {
  mv_batch *batch = ((mv_vtab *)t)->batch;
  if (batch && mv_batch_add(batch, argc, argv, rowid)) return SQLITE_OK;
  mv_value few[FEW], *args = few;
  if (argc > FEW && !(args = sqlite3_malloc64(argc * sizeof *args))) return SQLITE_NOMEM;
  mv_decode(argc, argv, args);
  int rc = mvUpdate((mv_vtab *)t, argc, argv, args, (int64_t *)rowid);
  if (args != few) sqlite3_free(args);
  return rc;
}

static int xBegin(sqlite3_vtab *t) { return mvTransaction((mv_vtab *)t, 0, 0); }
static int xSync(sqlite3_vtab *t) { return mvTransaction((mv_vtab *)t, 1, 0); }
static int xCommit(sqlite3_vtab *t) { return mvTransaction((mv_vtab *)t, 2, 0); }
static int xRollback(sqlite3_vtab *t) { return mvTransaction((mv_vtab *)t, 3, 0); }
static int xSavepoint(sqlite3_vtab *t, int n) { return mvTransaction((mv_vtab *)t, 4, n); }
static int xRollbackTo(sqlite3_vtab *t, int n) { return mvTransaction((mv_vtab *)t, 6, n); }

// xRelease leaves it to the next call to tell Go, where the module allows that.
static int xRelease(sqlite3_vtab *table, int n) {
  mv_vtab *t = (mv_vtab *)table;
  if (!t->late) return mvTransaction(t, 5, n);
  if (!t->released || n < t->released) t->released = n + 1;
  return SQLITE_OK;
}

static int xRename(sqlite3_vtab *t, const char *name) { return mvRename((mv_vtab *)t, (char *)name); }

// mv_module returns the sqlite3_module for a set of methods, to be called by one thread at a time.
//
// xShadowName stays empty: it gets no context that would tell whose module it is asked about.
const sqlite3_module *mv_module(unsigned methods) {
  static sqlite3_module modules[16];
  sqlite3_module *m = &modules[methods & 15];
  if (m->iVersion) return m;
  m->xConnect = xConnect;
  m->xBestIndex = xBestIndex;
  m->xDisconnect = xDisconnect;
  m->xOpen = xOpen;
  m->xClose = xClose;
  m->xFilter = xFilter;
  m->xNext = xNext;
  m->xEof = xEof;
  m->xColumn = xColumn;
  m->xRowid = xRowid;
  if (methods & MV_CREATE) {
    m->xCreate = xCreate;
    m->xDestroy = xDestroy;
  }
  if (methods & MV_WRITABLE) m->xUpdate = xUpdate;
  if (methods & MV_TRANSACTIONS) {
    m->xBegin = xBegin;
    m->xSync = xSync;
    m->xCommit = xCommit;
    m->xRollback = xRollback;
    m->xSavepoint = xSavepoint;
    m->xRelease = xRelease;
    m->xRollbackTo = xRollbackTo;
  }
  if (methods & MV_RENAMES) m->xRename = xRename;
  m->iVersion = 2;
  return m;
}

static void destroy(void *handle) { mvModuleDestroy((uintptr_t)handle); }

// mv_create_module registers a module of the methods, or with handle 0 removes the one of that name.
int mv_create_module(sqlite3 *db, const char *name, uintptr_t handle, unsigned methods) {
  if (!handle) return sqlite3_create_module_v2(db, name, 0, 0, 0);
  return sqlite3_create_module_v2(db, name, mv_module(methods), (void *)handle, destroy);
}

void mv_constraint(sqlite3_index_info *info, int i, const char **collation, int *in) {
  *collation = sqlite3_vtab_collation(info, i);
  *in = sqlite3_vtab_in(info, i, -1);
}

int mv_distinct(sqlite3_index_info *info) { return sqlite3_vtab_distinct(info); }

// mv_answer gives xBestIndex's answer its idxStr.
int mv_answer(sqlite3_index_info *info, const char *idx, int n) {
  info->idxStr = mv_message(idx, n);
  if (!info->idxStr) return SQLITE_NOMEM;
  info->needToFreeIdxStr = 1;
  return SQLITE_OK;
}
