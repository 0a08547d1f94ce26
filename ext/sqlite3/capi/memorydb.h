#include "shim.h"

int mv_open_memory(sqlite3 **db);
int mv_close_memory(sqlite3 *db);
void mv_abandon_memory(sqlite3 *db);
