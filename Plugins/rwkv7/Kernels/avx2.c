/* The kernels for AVX2 with FMA: 16 registers, two to a vector of 16 lanes. */
#if defined(__x86_64__)
#include "kernels.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define RK_HAS_F16 1
#include "lanes.h"
#define RK_NAME(name) name##_avx2
#define RK_TABLE rk_kernels_avx2
#define RK_ROWS 2
#define RK_VECTORS 3
#include "matmul.h"
#include "rows.h"
#pragma clang attribute pop
#endif
