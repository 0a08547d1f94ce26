#include "shim.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

#define BATCH_SIZE (64 << 10)

mv_batch *mv_new_batch(sqlite3 *db) {
  mv_batch *b = sqlite3_malloc64(sizeof *b);
  if (!b) return 0;
  memset(b, 0, sizeof *b);
  b->db = db;
  return b;
}

void mv_free_batch(mv_batch *b) {
  sqlite3_free(b->bytes);
  sqlite3_free(b);
}

// mv_batch_room gives an unused batch its memory.
int mv_batch_room(mv_batch *b) {
  b->bytes = sqlite3_malloc64(BATCH_SIZE);
  b->size = b->bytes ? BATCH_SIZE : 0;
  return b->bytes != 0;
}

// top writes the n most significant bytes of u.
static unsigned char *top(unsigned char *to, uint64_t u, int n) {
  for (int i = 0; i < n; i++) to[i] = (unsigned char)(u >> (56 - 8 * i));
  return to + n;
}

// bytes writes a text or blob: its tag with the length, or the tag of long ones and a length, and the bytes.
static unsigned char *bytes(unsigned char *to, unsigned char *end, const void *p, int n, int tag, int few, int many) {
  if (n < few) {
    if (end - to < n + 1) return 0;
    *to++ = (unsigned char)(tag + n);
  } else {
    if (end - to < n + 6) return 0;
    *to++ = (unsigned char)many;
    unsigned left = (unsigned)n;
    for (; left >= 0x80; left >>= 7) *to++ = (unsigned char)(left | 0x80);
    *to++ = (unsigned char)left;
  }
  if (n) memcpy(to, p, n);
  return to + n;
}

// encode writes a value in the identity encoding of package dbsp, version 1; 0 when there is no room for it, or no memory.
static unsigned char *encode(unsigned char *to, unsigned char *end, sqlite3_value *v) {
  if (end - to < 9) return 0;
  switch (sqlite3_value_type(v)) {
  case SQLITE_INTEGER: {
    int64_t i = sqlite3_value_int64(v);
    if (i >= 0 && i < 0x40) {
      *to++ = (unsigned char)(0x20 + i);
      return to;
    }
    uint64_t magnitude = (uint64_t)(i ^ (i >> 63));
    int n = magnitude ? (64 - __builtin_clzll(magnitude) + 8) / 8 : 1;
    *to++ = (unsigned char)n;
    return top(to, (uint64_t)i << (64 - 8 * n), n);
  }
  case SQLITE_FLOAT: {
    double d = sqlite3_value_double(v);
    uint64_t u;
    memcpy(&u, &d, sizeof u);
    int n = u ? 8 - __builtin_ctzll(u) / 8 : 0;
    *to++ = (unsigned char)(0x09 + n);
    return top(to, u, n);
  }
  case SQLITE_TEXT: {
    const void *p = sqlite3_value_text(v); // before sqlite3_value_bytes: it may convert to UTF-8
    return p ? bytes(to, end, p, sqlite3_value_bytes(v), 0x60, 0x60, 0x12) : 0;
  }
  case SQLITE_BLOB: {
    const void *p = sqlite3_value_blob(v); // before sqlite3_value_bytes: it may expand a zeroblob
    int n = sqlite3_value_bytes(v);
    return p || !n ? bytes(to, end, p, n, 0xc0, 0x40, 0x13) : 0;
  }
  }
  *to++ = 0;
  return to;
}

// accepted returns which of the accepted codes v is, -1 for none.
static int accepted(const mv_batch *b, sqlite3_value *v) {
  if (!b->naccepted || sqlite3_value_type(v) != SQLITE_INTEGER) return -1;
  int64_t code = sqlite3_value_int64(v);
  for (int i = 0; i < b->naccepted; i++) {
    if (b->accepted[i].code == code) return i;
  }
  return -1;
}

// add takes n columns of the accepted code at place k. It returns 0 when there is no room for them.
static int add(mv_batch *b, int k, int n, sqlite3_value **columns) {
  if (b->size - b->used < MV_BATCH_HEADER) return 0;
  unsigned char *at = b->bytes + b->used, *end = b->bytes + b->size, *to = at + MV_BATCH_HEADER;
  int64_t code = b->accepted[k].code;
  int i, rowid = b->accepted[k].rowid;
  for (i = 0; i < n; i++) {
    if (!(to = encode(to, end, columns[i]))) return 0;
  }
  if (rowid >= 0) {
    int64_t id = sqlite3_value_int64(columns[rowid]);
    if (id > b->accepted[k].highest) b->accepted[k].highest = id;
  }
  uint32_t length = (uint32_t)(to - at) - MV_BATCH_HEADER;
  for (i = 0; i < 4; i++) at[i] = (unsigned char)(length >> (8 * i));
  for (i = 0; i < 8; i++) at[4 + i] = (unsigned char)((uint64_t)code >> (8 * i));
  b->used = (int32_t)(to - b->bytes);
  return 1;
}

// mv_batch_add takes an insert into the batch: argv are xUpdate's. It returns 0 when Go is to have it.
int mv_batch_add(mv_batch *b, int argc, sqlite3_value **argv, sqlite3_int64 *rowid) {
  if (argc < 3 || sqlite3_value_type(argv[0]) != SQLITE_NULL) return 0;
  int k = accepted(b, argv[2]);
  if (k < 0 || b->accepted[k].n > argc - 3 || !add(b, k, b->accepted[k].n, argv + 3)) return 0;
  // SQLite takes the rowid for last_insert_rowid(), and adds to total_changes() when the trigger's statement ends.
  *rowid = sqlite3_last_insert_rowid(b->db);
  if (mv_counters) ((int64_t *)((char *)b->db + mv_counters))[1]--;
  return 1;
}

// mv_batch_offer takes a row of a code and columns into the batch. It returns 0 when it has no place there.
int mv_batch_offer(mv_batch *b, int argc, sqlite3_value **argv) {
  if (!b || argc < 2) return 0;
  int k = accepted(b, argv[0]);
  return k >= 0 && b->accepted[k].n == argc - 1 && add(b, k, argc - 1, argv + 1);
}

// mv_batch_beyond reports whether the rowid is known to be above those of all rows of the code's table.
int mv_batch_beyond(mv_batch *b, sqlite3_value *code, sqlite3_value *rowid) {
  if (!b || sqlite3_value_type(rowid) != SQLITE_INTEGER) return 0;
  int k = accepted(b, code);
  return k >= 0 && b->accepted[k].rowid >= 0 && sqlite3_value_int64(rowid) > b->accepted[k].highest;
}

enum { MV_LONGEST = 1000 };

static void key(sqlite3_context *ctx, int argc, sqlite3_value **argv) {
  unsigned char bytes[MV_LONGEST + 9], *to = bytes;
  intptr_t longest = (intptr_t)sqlite3_user_data(ctx);
  for (int i = 0; i < argc && to; i++) to = encode(to, bytes + longest + 9, argv[i]);
  if (to && to - bytes <= longest) sqlite3_result_blob(ctx, bytes, (int)(to - bytes), SQLITE_TRANSIENT);
}

// mv_create_key registers the function of a sqlite3.KeyEncoder.
int mv_create_key(sqlite3 *db, const char *name, int longest) {
  return sqlite3_create_function_v2(db, name, -1, SQLITE_UTF8 | SQLITE_INNOCUOUS | SQLITE_DETERMINISTIC,
                                    (void *)(intptr_t)(longest < MV_LONGEST ? longest : MV_LONGEST), key, 0, 0, 0);
}
