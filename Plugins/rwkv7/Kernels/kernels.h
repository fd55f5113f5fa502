/* The kernels of one instruction set: each works on a part of a call, on one thread. */
#ifndef RK_KERNELS_H
#define RK_KERNELS_H

#include "rwkv7_kernels.h"

typedef struct rk_kernels {
  void (*matmul)(const rk_matmul *product, uint32_t first_row, uint32_t last_row);
  void (*norm)(const rk_norm *norm, uint32_t first, uint32_t last);
  void (*shift)(const rk_shift *shift, uint32_t first, uint32_t last);
  void (*time_mix)(const rk_time_mix *mix, uint32_t segment, uint32_t head);
  void (*quantize)(const void *weights, int32_t type, uint32_t columns, uint32_t first, uint32_t last,
                   int8_t *output, float *scales);
  void (*widen)(const void *input, int32_t type, size_t count, float *output);
  float (*largest)(const float *values, size_t count);
} rk_kernels;

extern const rk_kernels rk_kernels_plain;
#if defined(__x86_64__)
extern const rk_kernels rk_kernels_avx2, rk_kernels_avx512;
#endif

#endif
