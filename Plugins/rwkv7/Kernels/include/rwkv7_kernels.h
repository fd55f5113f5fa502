/* The arithmetic of RWKV-7 inference on a CPU: matrix products, the recurrence and what lies between them.
 *
 * Every result is the same to the bit on every machine and in every mode: for one token of one sequence it
 * depends on the weights and on what was fed before it, never on how many tokens are worked on together, on
 * the number of threads or on the instruction set. Each function says in which order it adds; all of them use
 * fused multiply-add, 16 lanes for a sum and no library function whose rounding may differ.
 *
 * Vectors are rows of float32, 64-byte aligned, their lengths multiples of 16. Nothing here allocates except
 * rk_pool_create. A pool belongs to one caller thread at a time.
 */
#ifndef RWKV7_KERNELS_H
#define RWKV7_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* How the weights of a matrix are stored. */
enum { RK_BF16 = 0, RK_F16 = 1, RK_F32 = 2, RK_I8 = 3 };

/* What happens with the products of a matrix and a vector. */
enum {
  RK_SET = 0,     /* output = product */
  RK_ADD = 1,     /* output += product */
  RK_TANH = 2,    /* output = tanh(product) */
  RK_SIGMOID = 3, /* output = 1 / (1 + exp(-product)) */
  RK_RELU2 = 4    /* output = max(product, 0)^2 */
};

/* Instruction sets; a machine has all up to its best. */
enum { RK_PLAIN = 0, RK_AVX2 = 1, RK_AVX512 = 2 };

/* Threads that work on one call together. */
typedef struct rk_pool rk_pool;

/* The best instruction set of this machine. */
int rk_best_isa(void);
/* Its name, such as "avx512"; "neon" is what plain code becomes on arm64. */
const char *rk_isa_name(int isa);

/* How many processors this process may use, 1 to 256: by its affinity and by the limit of its cgroup (v2). */
uint32_t rk_usable_cores(void);
/* A pool of `threads` (1 to 256) workers, the caller among them, for kernels of `isa` (at most the machine's
 * best); NULL when memory or threads are lacking. */
rk_pool *rk_pool_create(uint32_t threads, int isa);
/* Ends the threads and frees the pool; NULL is ignored. */
void rk_pool_destroy(rk_pool *pool);

/* output[n][row] = epilogue(sum over columns of weights[row][column] * input[n][column]).
 *
 * 16 partial sums, one for each column modulo 16, each in the order of the columns; then lane + lane 8,
 * lane + lane 4, 2, 1. RK_I8: the sum of the integers as they are, times the row's scale. */
typedef struct rk_matmul {
  const void *weights;  /* rows x columns, row by row, any alignment */
  const float *scales;  /* a scale a row; RK_I8 only */
  const float *input;   /* count vectors, input_stride floats apart */
  float *output;        /* count vectors, output_stride floats apart */
  size_t input_stride, output_stride;
  uint32_t rows, columns; /* columns: a multiple of 16; rows too unless the epilogue is SET or ADD */
  uint32_t count;
  int32_t type;           /* RK_BF16... */
  int32_t epilogue;       /* RK_SET... */
} rk_matmul;

/* Runs independent products together: no output may be an input or another's output. */
void rk_run_matmuls(rk_pool *pool, const rk_matmul *products, uint32_t count);

/* Consecutive rows of a step that belong to one sequence. */
typedef struct rk_segment {
  uint32_t first, count;
  float *state; /* of this layer: see rk_layer_state_floats */
} rk_segment;

/* Floats of the state of one layer: the last ln1 output [channels], the last ln2 output [channels], and the
 * matrix of each head, [key][value]. */
size_t rk_layer_state_floats(uint32_t channels, uint32_t head_size);

/* Rows of `channels` numbers lie `stride` floats apart, which should not be a multiple of 1024: rows that begin at
 * the same place of a page push each other out of the first-level cache. */

/* output[n] = LayerNorm(rows[n]) * weight + bias, eps 1e-5, biased variance. */
typedef struct rk_norm {
  const float *input;
  float *output;
  const float *weight, *bias;
  uint32_t count, channels, stride;
} rk_norm;
void rk_run_norm(rk_pool *pool, const rk_norm *norm);

/* Token shift: normed = LayerNorm(input); for each mix m: output[m][n] = normed[n] + (before - normed[n]) * mix[m].
 *
 * `before` is the normed row of the token before, for the first of a segment the one in its state, which is
 * then replaced by the last of the segment. */
typedef struct rk_shift {
  rk_norm norm;            /* output: normed rows */
  const rk_segment *segments;
  uint32_t segment_count;
  uint32_t state_offset;   /* floats from a segment's state to its row before */
  const float *mixes[6];   /* channels each */
  float *outputs[6];       /* rows as in norm */
  uint32_t mix_count;      /* 1 to 6 */
} rk_shift;
void rk_run_shift(rk_pool *pool, const rk_shift *shift);

/* The recurrence of all heads of one layer, with what belongs to it: decay, gates, the group norm and the bonus.
 * Formulas: RWKV-7 "Goose", https://arxiv.org/abs/2503.14456, as in BlinkDL's rwkv_v7_numpy.py. */
typedef struct rk_time_mix {
  const rk_segment *segments;
  uint32_t segment_count, channels, stride, head_size, count;
  /* count rows each: receptance, key, value, and the outputs of the low-rank nets without their biases. */
  const float *r, *k, *v, *w, *a, *g;
  const float *v_gate;      /* NULL in the first layer */
  float *v_first;           /* written by the first layer, read by the others */
  /* channels each */
  const float *w0, *a0, *v0, *k_k, *k_a, *r_k, *ln_weight, *ln_bias;
  float *output;            /* rows as the others */
} rk_time_mix;
void rk_run_time_mix(rk_pool *pool, const rk_time_mix *mix);

/* Rounds a matrix to 8 bits: scale = largest magnitude / 127 of each row, ties to even; `row` floats are read by
 * `type` (not RK_I8). */
void rk_quantize(rk_pool *pool, const void *weights, int32_t type, uint32_t rows, uint32_t columns,
                 int8_t *output, float *scales);

/* out[i] = the i-th of `count` (a multiple of 16) numbers of `type` (not RK_I8) as float32; exact. */
void rk_widen(rk_pool *pool, const void *input, int32_t type, size_t count, float *output);

/* The lowest index of the largest of `count` numbers, any count above 0; NaN is never the largest. */
uint32_t rk_argmax(rk_pool *pool, const float *values, size_t count);

#endif
