#include "bench_probes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma clang diagnostic ignored "-Wpsabi"

typedef float v16f __attribute__((vector_size(64)));
typedef uint64_t v8u __attribute__((vector_size(64)));

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Keeps the compiler from leaving out what nobody reads. */
static volatile float sink;

#define CHAINS 12
#define ROUNDS 200000
#define MOST_ROUNDS 8192

#define FMA_BODY                                                                  \
  v16f sums[CHAINS], factor, term;                                                \
  for (int lane = 0; lane < 16; lane++) {                                         \
    factor[lane] = 0.999f;                                                        \
    term[lane] = 0.001f;                                                          \
  }                                                                               \
  for (int chain = 0; chain < CHAINS; chain++) sums[chain] = factor * (float)chain; \
  for (int round = 0; round < ROUNDS; round++) {                                  \
    _Pragma("clang loop unroll(full)") for (int chain = 0; chain < CHAINS; chain++) \
        sums[chain] = __builtin_elementwise_fma(sums[chain], factor, term);       \
  }                                                                               \
  for (int chain = 0; chain < CHAINS; chain++) sink = sums[chain][0];

#if defined(__x86_64__)
__attribute__((target("avx512f"))) static void fma_avx512(void) { FMA_BODY }
__attribute__((target("avx2,fma"))) static void fma_avx2(void) { FMA_BODY }
#endif
static void fma_plain(void) { FMA_BODY }

#define READ_BODY                                                                 \
  v8u found[8] = {0};                                                             \
  for (size_t at = 0; at + 512 <= count; at += 512) {                             \
    _Pragma("clang loop unroll(full)") for (int part = 0; part < 8; part++) {     \
      v8u next;                                                                   \
      memcpy(&next, bytes + at + 64 * part, sizeof next);                         \
      found[part] |= next;                                                        \
    }                                                                             \
  }                                                                               \
  for (int part = 0; part < 8; part++) sink = (float)found[part][0];

#if defined(__x86_64__)
__attribute__((target("avx512f"))) static void read_avx512(const char *bytes, size_t count) { READ_BODY }
__attribute__((target("avx2"))) static void read_avx2(const char *bytes, size_t count) { READ_BODY }
#endif
static void read_plain(const char *bytes, size_t count) { READ_BODY }

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double probe_fma(double seconds) {
  void (*work)(void) = fma_plain;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) work = fma_avx512;
  else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) work = fma_avx2;
#endif
  const double start = now();
  double times[MOST_ROUNDS];
  int count = 0;
  do {
    const double before = now();
    work();
    times[count++] = now() - before;
  } while (now() - start < seconds && count < MOST_ROUNDS);
  qsort(times, (size_t)count, sizeof *times, ascending);
  return 2.0 * 16 * CHAINS * ROUNDS / times[count / 2];
}

double probe_read(const void *bytes, size_t count, int rounds) {
  void (*work)(const char *, size_t) = read_plain;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) work = read_avx512;
  else if (__builtin_cpu_supports("avx2")) work = read_avx2;
#endif
  double best = 1e9;
  for (int round = 0; round < rounds; round++) {
    const double before = now();
    work(bytes, count);
    const double time = now() - before;
    if (time < best) best = time;
  }
  return (double)count / best;
}
