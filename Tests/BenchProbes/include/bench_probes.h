/* What the machine can do at most: the measure of how well a program uses it. */
#ifndef BENCH_PROBES_H
#define BENCH_PROBES_H

#include <stddef.h>

/* Floating-point operations a second that this thread reaches with nothing but independent fused multiply-adds
 * in registers: the middle of many short rounds over about `seconds`. A processor's clock falls under lasting work
 * with wide vectors; what it does in the first moments is no measure for what lasts. */
double probe_fma(double seconds);

/* Bytes a second at which this thread reads `count` bytes from end to end, best of `rounds`. */
double probe_read(const void *bytes, size_t count, int rounds);

#endif
