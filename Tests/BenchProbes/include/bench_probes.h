/* What the machine can do at most: the measure of how well a program uses it. */
#ifndef BENCH_PROBES_H
#define BENCH_PROBES_H

#include <stddef.h>

/* Floating-point operations a second that this thread reaches with nothing but independent fused multiply-adds
 * in registers, over about `seconds`. */
double probe_fma(double seconds);

/* Bytes a second at which this thread reads `count` bytes from end to end, best of `rounds`. */
double probe_read(const void *bytes, size_t count, int rounds);

#endif
