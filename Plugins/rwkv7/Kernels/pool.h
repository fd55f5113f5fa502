/* Running the units of a call on the threads of a pool. */
#ifndef RK_POOL_H
#define RK_POOL_H

#include "kernels.h"

/* Works on one unit of a call; units run at the same time and in any order. */
typedef void (*rk_unit)(const rk_kernels *kernels, const void *context, uint32_t unit);

/* Runs units 0 to `units` - 1 and returns when all are done. */
void rk_pool_run(rk_pool *pool, uint32_t units, rk_unit unit, const void *context);

const rk_kernels *rk_pool_kernels(const rk_pool *pool);

#endif
