/* The Python of the sandbox, as bytes in the plugin's library. */
#ifndef CODING_RUNNER_H
#define CODING_RUNNER_H

#include <stddef.h>
#include <stdint.h>

/* What Python starts with: takes the modules from descriptor 3 and runs the one called "runner". */
const uint8_t *crn_bootstrap(long *count);

/* How many modules there are. */
int crn_module_count(void);

/* The name of a module, or NULL. */
const char *crn_module_name(int index);

/* The source of a module, UTF-8, or NULL. */
const uint8_t *crn_module_source(int index, long *count);

#endif
