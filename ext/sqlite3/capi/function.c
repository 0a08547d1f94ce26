#include "shim.h"
#include "_cgo_export.h"

SQLITE_EXTENSION_INIT3

#define FEW 32

void mv_function_destroy(void *user) { mvFunctionDestroy((uintptr_t)user); }

// call runs a scalar function, or the step of an aggregate whose state is behind group.
static void call(sqlite3_context *ctx, int argc, sqlite3_value **argv, uint32_t *group) {
  mv_value few[FEW], *args = few, out = {.type = MV_UNSET};
  if (argc > FEW && !(args = sqlite3_malloc64(argc * sizeof *args))) {
    sqlite3_result_error_nomem(ctx);
    return;
  }
  mv_decode(argc, argv, args);
  mvFunction((uintptr_t)sqlite3_user_data(ctx), ctx, argc, argv, args, group, &out);
  mv_result(ctx, &out);
  if (args != few) sqlite3_free(args);
}

void mv_scalar(sqlite3_context *ctx, int argc, sqlite3_value **argv) { call(ctx, argc, argv, 0); }

void mv_aggregate_step(sqlite3_context *ctx, int argc, sqlite3_value **argv) {
  uint32_t *group = sqlite3_aggregate_context(ctx, sizeof *group);
  if (!group) {
    sqlite3_result_error_nomem(ctx);
    return;
  }
  call(ctx, argc, argv, group);
}

void mv_aggregate_final(sqlite3_context *ctx) {
  mv_value out = {.type = MV_UNSET};
  mvFinal((uintptr_t)sqlite3_user_data(ctx), ctx, sqlite3_aggregate_context(ctx, 0), &out);
  mv_result(ctx, &out);
}

static void flag(sqlite3_context *ctx, int argc, sqlite3_value **argv) {
  mv_flag *f = sqlite3_user_data(ctx);
  sqlite3_result_int(ctx, f->value && !(argc == 2 && mv_batch_beyond(f->shown, argv[0], argv[1])));
}

static void offer(sqlite3_context *ctx, int argc, sqlite3_value **argv) {
  mv_flag *f = sqlite3_user_data(ctx);
  sqlite3_result_int(ctx, !mv_batch_offer(f->shown, argc, argv));
}

static void flag_destroy(void *f) { mvFunctionDestroy(((mv_flag *)f)->function); }

// mv_create_flag registers the function of a sqlite3.Flagger, or of a sqlite3.Offerer.
int mv_create_flag(sqlite3 *db, const char *name, mv_flag *f, int narg, int offers) {
  return sqlite3_create_function_v2(db, name, narg, SQLITE_UTF8 | SQLITE_INNOCUOUS, f, offers ? offer : flag, 0, 0,
                                    flag_destroy);
}
