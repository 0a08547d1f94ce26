#include "memorydb.h"

SQLITE_EXTENSION_INIT3

int mv_open_memory(sqlite3 **db) {
  *db = 0;
  return sqlite3_open_v2(":memory:", db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY, 0);
}

int mv_close_memory(sqlite3 *db) { return sqlite3_close(db); }

// mv_abandon_memory closes a connection with statements that nobody finalizes: it stays until they are.
void mv_abandon_memory(sqlite3 *db) { sqlite3_close_v2(db); }
