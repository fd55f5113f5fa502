/* The public calls, cut into units. Units are whole rows or heads, so how they are cut changes no result. */
#include <string.h>

#include "pool.h"

/* Rows of a matrix in a unit: enough to outweigh the taking of it, and a multiple of 16 and of all tiles. */
#define RK_UNIT_ROWS 48
/* Floats of elementwise work that are not worth waking a thread. */
#define RK_SMALL_WORK 16384

typedef struct matmul_list {
  const rk_matmul *products;
  uint32_t count;
} matmul_list;

static uint32_t units_of(const rk_matmul *product) {
  return product->count == 0 ? 0 : (product->rows + RK_UNIT_ROWS - 1) / RK_UNIT_ROWS;
}

static void matmul_unit(const rk_kernels *kernels, const void *context, uint32_t unit) {
  const matmul_list *list = context;
  for (uint32_t i = 0; i < list->count; i++) {
    const rk_matmul *product = &list->products[i];
    const uint32_t units = units_of(product);
    if (unit >= units) {
      unit -= units;
      continue;
    }
    const uint32_t first = unit * RK_UNIT_ROWS;
    const uint32_t last =
        product->rows - first > RK_UNIT_ROWS ? first + RK_UNIT_ROWS : product->rows;
    kernels->matmul(product, first, last);
    return;
  }
}

void rk_run_matmuls(rk_pool *pool, const rk_matmul *products, uint32_t count) {
  const matmul_list list = {products, count};
  uint32_t units = 0;
  for (uint32_t i = 0; i < count; i++) units += units_of(&products[i]);
  rk_pool_run(pool, units, matmul_unit, &list);
}

size_t rk_layer_state_floats(uint32_t channels, uint32_t head_size) {
  return (size_t)channels * 2 + (size_t)channels * head_size;
}

static void norm_unit(const rk_kernels *kernels, const void *context, uint32_t unit) {
  kernels->norm(context, unit, unit + 1);
}

void rk_run_norm(rk_pool *pool, const rk_norm *norm) {
  if ((size_t)norm->count * norm->channels < RK_SMALL_WORK)
    rk_pool_kernels(pool)->norm(norm, 0, norm->count);
  else
    rk_pool_run(pool, norm->count, norm_unit, norm);
}

static void shift_unit(const rk_kernels *kernels, const void *context, uint32_t unit) {
  kernels->shift(context, unit, unit + 1);
}

void rk_run_shift(rk_pool *pool, const rk_shift *shift) {
  const rk_norm *norm = &shift->norm;
  rk_run_norm(pool, norm);
  if ((size_t)norm->count * norm->channels < RK_SMALL_WORK)
    rk_pool_kernels(pool)->shift(shift, 0, norm->count);
  else
    rk_pool_run(pool, norm->count, shift_unit, shift);
  for (uint32_t s = 0; s < shift->segment_count; s++) {
    const rk_segment *segment = &shift->segments[s];
    memcpy(
        segment->state + shift->state_offset,
        norm->output + (size_t)(segment->first + segment->count - 1) * norm->stride,
        norm->channels * sizeof(float));
  }
}

static void time_mix_unit(const rk_kernels *kernels, const void *context, uint32_t unit) {
  const rk_time_mix *mix = context;
  const uint32_t heads = mix->channels / mix->head_size;
  kernels->time_mix(mix, unit / heads, unit % heads);
}

void rk_run_time_mix(rk_pool *pool, const rk_time_mix *mix) {
  rk_pool_run(pool, mix->segment_count * (mix->channels / mix->head_size), time_mix_unit, mix);
}

typedef struct quantization {
  const void *weights;
  int32_t type;
  uint32_t rows, columns;
  int8_t *output;
  float *scales;
} quantization;

static void quantize_unit(const rk_kernels *kernels, const void *context, uint32_t unit) {
  const quantization *q = context;
  const uint32_t first = unit * RK_UNIT_ROWS;
  const uint32_t last = q->rows - first > RK_UNIT_ROWS ? first + RK_UNIT_ROWS : q->rows;
  kernels->quantize(q->weights, q->type, q->columns, first, last, q->output, q->scales);
}

void rk_quantize(
    rk_pool *pool, const void *weights, int32_t type, uint32_t rows, uint32_t columns, int8_t *output,
    float *scales) {
  const quantization q = {weights, type, rows, columns, output, scales};
  rk_pool_run(pool, (rows + RK_UNIT_ROWS - 1) / RK_UNIT_ROWS, quantize_unit, &q);
}

void rk_widen(rk_pool *pool, const void *input, int32_t type, size_t count, float *output) {
  rk_pool_kernels(pool)->widen(input, type, count, output);
}

uint32_t rk_argmax(rk_pool *pool, const float *values, size_t count) {
  const float largest = rk_pool_kernels(pool)->largest(values, count);
  for (size_t i = 0; i < count; i++)
    if (values[i] == largest) return (uint32_t)i;
  return 0;
}
