// A program that has SQLite give each connection the library, by sqlite3_auto_extension. SQLITE_MV names the library.
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  void *library = dlopen(getenv("SQLITE_MV"), RTLD_NOW);
  void (*entry)(void) = library ? (void (*)(void))dlsym(library, "sqlite3_sqlitemv_init") : 0;
  if (!entry || sqlite3_auto_extension(entry) != SQLITE_OK) {
    printf("%s\n", library ? "no entry point" : dlerror());
    return 1;
  }
  for (int i = 0; i < 2; i++) {
    sqlite3 *db;
    char *message = 0;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
        sqlite3_exec(db, "CREATE TABLE t(a); CREATE VIRTUAL TABLE v USING materialized_view(SELECT a, count(*) AS n FROM t GROUP BY a);"
                     "INSERT INTO t VALUES(1), (1); SELECT CASE n WHEN 2 THEN 1 ELSE abs(-9223372036854775808) END FROM v", 0, 0, &message) != SQLITE_OK) {
      printf("%s\n", message ? message : sqlite3_errmsg(db));
      return 1;
    }
    if (sqlite3_changes(db) != 2) {
      printf("changes() is %d\n", sqlite3_changes(db));
      return 1;
    }
    sqlite3_close(db);
  }
  printf("ok\n");
  return 0;
}
