/* Threads that share the units of a call: each takes the next unit until none is left. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pool.h"

/* Rounds of waiting on a variable before the kernel is asked: calls follow each other within microseconds. */
#define RK_SPINS 4000

struct rk_pool {
  const rk_kernels *kernels;
  uint32_t threads; /* the caller among them */
  pthread_t *handles;
  rk_unit unit;
  const void *context;
  uint32_t units;
  _Alignas(64) _Atomic uint32_t next;    /* the unit that nobody has taken */
  _Alignas(64) _Atomic uint32_t round;   /* counts calls; changes when there is work */
  _Alignas(64) _Atomic uint32_t working; /* helpers that have not finished this round */
  _Atomic uint32_t sleeping;
  _Atomic int is_ending;
};

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void work(rk_pool *pool) {
  for (;;) {
    uint32_t unit = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
    if (unit >= pool->units) return;
    pool->unit(pool->kernels, pool->context, unit);
  }
}

static void *help(void *argument) {
  rk_pool *pool = argument;
  uint32_t seen = 0;
  for (;;) {
    uint32_t round;
    int spins = 0;
    while ((round = atomic_load_explicit(&pool->round, memory_order_acquire)) == seen) {
      if (++spins < RK_SPINS) {
        relax();
        continue;
      }
      atomic_fetch_add(&pool->sleeping, 1);
      syscall(SYS_futex, &pool->round, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
      atomic_fetch_sub(&pool->sleeping, 1);
    }
    seen = round;
    if (atomic_load_explicit(&pool->is_ending, memory_order_relaxed)) return NULL;
    work(pool);
    if (atomic_fetch_sub_explicit(&pool->working, 1, memory_order_acq_rel) == 1)
      syscall(SYS_futex, &pool->working, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
  }
}

static void start_round(rk_pool *pool) {
  /* Sequentially consistent with the helpers' counting of sleepers: one of the two sees the other. */
  atomic_fetch_add(&pool->round, 1);
  if (atomic_load(&pool->sleeping) > 0)
    syscall(SYS_futex, &pool->round, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

void rk_pool_run(rk_pool *pool, uint32_t units, rk_unit unit, const void *context) {
  if (pool->threads == 1 || units < 2) {
    for (uint32_t i = 0; i < units; i++) unit(pool->kernels, context, i);
    return;
  }
  pool->unit = unit;
  pool->context = context;
  pool->units = units;
  atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
  atomic_store_explicit(&pool->working, pool->threads - 1, memory_order_relaxed);
  start_round(pool);
  work(pool);
  uint32_t working;
  int spins = 0;
  while ((working = atomic_load_explicit(&pool->working, memory_order_acquire)) != 0) {
    if (++spins < RK_SPINS) relax();
    else syscall(SYS_futex, &pool->working, FUTEX_WAIT_PRIVATE, working, NULL, NULL, 0);
  }
}

const rk_kernels *rk_pool_kernels(const rk_pool *pool) { return pool->kernels; }

int rk_best_isa(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")) {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
      return RK_AVX512;
    return RK_AVX2;
  }
#endif
  return RK_PLAIN;
}

const char *rk_isa_name(int isa) {
  switch (isa) {
  case RK_AVX512: return "avx512";
  case RK_AVX2: return "avx2";
#if defined(__aarch64__)
  default: return "neon";
#else
  default: return "plain";
#endif
  }
}

uint32_t rk_usable_cores(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  long long count = CPU_COUNT(&set), quota, period;
  /* A container may have all processors and little time on them: threads beyond that only wait. */
  FILE *limit = fopen("/sys/fs/cgroup/cpu.max", "re");
  if (limit) {
    if (fscanf(limit, "%lld %lld", &quota, &period) == 2 && quota > 0 && period > 0 &&
        (quota + period - 1) / period < count)
      count = (quota + period - 1) / period;
    fclose(limit);
  }
  return count < 1 ? 1 : count > 256 ? 256 : (uint32_t)count;
}

static const rk_kernels *kernels_of(int isa) {
#if defined(__x86_64__)
  if (isa == RK_AVX512) return &rk_kernels_avx512;
  if (isa == RK_AVX2) return &rk_kernels_avx2;
#endif
  (void)isa;
  return &rk_kernels_plain;
}

rk_pool *rk_pool_create(uint32_t threads, int isa) {
  if (threads < 1 || threads > 256 || isa < RK_PLAIN || isa > rk_best_isa()) return NULL;
  rk_pool *pool = aligned_alloc(64, sizeof *pool);
  if (!pool) return NULL;
  *pool = (rk_pool){.kernels = kernels_of(isa), .threads = 1};
  pool->handles = calloc(threads, sizeof *pool->handles);
  if (!pool->handles) {
    free(pool);
    return NULL;
  }
  while (pool->threads < threads) {
    if (pthread_create(&pool->handles[pool->threads], NULL, help, pool) != 0) {
      rk_pool_destroy(pool);
      return NULL;
    }
    pool->threads++;
  }
  return pool;
}

void rk_pool_destroy(rk_pool *pool) {
  if (!pool) return;
  atomic_store(&pool->is_ending, 1);
  start_round(pool);
  for (uint32_t i = 1; i < pool->threads; i++) pthread_join(pool->handles[i], NULL);
  free(pool->handles);
  free(pool);
}
