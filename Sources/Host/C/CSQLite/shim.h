/* The system's SQLite for Swift. What Swift cannot call (a destructor that is a cast of -1) is wrapped here. */
#ifndef EVALHOST_CSQLITE_SHIM_H
#define EVALHOST_CSQLITE_SHIM_H

#include <sqlite3.h>

/* Binds UTF-8 text that SQLite copies before this returns. */
static inline int evh_sqlite3_bind_text_copy(sqlite3_stmt *statement, int index, const char *text, int length) {
  return sqlite3_bind_text(statement, index, text, length, SQLITE_TRANSIENT);
}

/* Binds bytes that SQLite copies before this returns. */
static inline int evh_sqlite3_bind_blob_copy(sqlite3_stmt *statement, int index, const void *bytes, int length) {
  return sqlite3_bind_blob(statement, index, bytes, length, SQLITE_TRANSIENT);
}

/* Turns off SQLite's count of its own memory, which takes a lock at each allocation and which nobody reads.
 * Works only before SQLite's first use in the process; later it is refused, harmlessly. */
static inline int evh_sqlite3_configure(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

#endif
