/* The kernels for AVX-512: 32 registers of 16 lanes.
 *
 * The dot-product instructions of AVX512-BF16 and VNNI are left aside on purpose: they round the activations
 * to 8 bits of mantissa, which changes logits by a hundred times what the order of a sum does, and differently
 * on each machine. */
#if defined(__x86_64__)
#include "kernels.h"
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), apply_to = function)
#define RK_HAS_F16 1
#include "lanes.h"
#define RK_NAME(name) name##_avx512
#define RK_TABLE rk_kernels_avx512
#define RK_ROWS 6
#define RK_VECTORS 4
#include "matmul.h"
#include "rows.h"
#pragma clang attribute pop
#endif
