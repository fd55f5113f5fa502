/* Vectors of 16 lanes and the sums, exponentials and conversions over them. Included once by each file that
 * compiles the kernels for one instruction set; the compiler makes 1, 2 or 4 registers of a vector.
 * Everything here rounds the same way on all of them. */
#ifndef RK_LANES_H
#define RK_LANES_H

/* All functions over these vectors are inlined: how they would be passed does not matter. */
#pragma clang diagnostic ignored "-Wpsabi"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef float v16f __attribute__((vector_size(64)));
typedef float v8f __attribute__((vector_size(32)));
typedef float v4f __attribute__((vector_size(16)));
typedef int32_t v16i __attribute__((vector_size(64)));
typedef uint32_t v16u __attribute__((vector_size(64)));
typedef uint16_t v16u16 __attribute__((vector_size(32)));
typedef int8_t v16i8 __attribute__((vector_size(16)));

#define RK_INLINE static inline __attribute__((always_inline))

RK_INLINE v16f rk_load(const void *from) {
  v16f v;
  memcpy(&v, from, sizeof v);
  return v;
}

RK_INLINE void rk_store(float *to, v16f v) { memcpy(to, &v, sizeof v); }

RK_INLINE v16f rk_all(float x) { return (v16f){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }

RK_INLINE v16f rk_fma(v16f a, v16f b, v16f c) { return __builtin_elementwise_fma(a, b, c); }

/* Lanes of `a` where the mask is set, of `b` elsewhere. */
RK_INLINE v16u rk_pick(v16i mask, v16u a, v16u b) { return ((v16u)mask & a) | (~(v16u)mask & b); }

RK_INLINE v16f rk_max(v16f a, v16f b) { return (v16f)rk_pick(a > b, (v16u)a, (v16u)b); }

RK_INLINE v16f rk_min(v16f a, v16f b) { return (v16f)rk_pick(a < b, (v16u)a, (v16u)b); }

/* bfloat16 is the upper half of a float32. */
RK_INLINE v16f rk_widen_bf16(const void *from) {
  v16u16 half;
  memcpy(&half, from, sizeof half);
  return (v16f)(__builtin_convertvector(half, v16u) << 16);
}

RK_INLINE v16f rk_widen_f32(const void *from) { return rk_load(from); }

RK_INLINE v16f rk_widen_i8(const void *from) {
  v16i8 small;
  memcpy(&small, from, sizeof small);
  return __builtin_convertvector(small, v16f);
}

#if defined(RK_HAS_F16)
typedef _Float16 v16h __attribute__((vector_size(32)));
RK_INLINE v16f rk_widen_f16(const void *from) {
  v16h half;
  memcpy(&half, from, sizeof half);
  return __builtin_convertvector(half, v16f);
}
#else
/* The bits are moved into place and the exponent's bias set right by an exact multiplication by 2^112, which
 * makes subnormals normal as well; infinity and NaN get their exponent afterwards. */
RK_INLINE v16f rk_widen_f16(const void *from) {
  v16u16 half;
  memcpy(&half, from, sizeof half);
  v16u bits = __builtin_convertvector(half, v16u);
  v16u sign = (bits & 0x8000) << 16, rest = (bits & 0x7fff) << 13;
  v16u finite = (v16u)((v16f)rest * rk_all(0x1p112f));
  v16u special = rest | 0x7f800000;
  v16u magnitude = rk_pick(rest >= 0x0f800000, special, finite);
  return (v16f)(magnitude | sign);
}
#endif

/* Eight sums of 16 lanes at once: lane + lane 8, then 4, 2, 1. */
RK_INLINE v8f rk_sum8(const v16f *of) {
#define RK_MIX(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#define RK_FOLD8(x, y)                                                                      \
  (RK_MIX(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +                    \
   RK_MIX(x, y, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#define RK_FOLD4(x, y)                                                                      \
  (RK_MIX(x, y, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +                  \
   RK_MIX(x, y, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31))
  v16f first = RK_FOLD4(RK_FOLD8(of[0], of[1]), RK_FOLD8(of[2], of[3]));
  v16f second = RK_FOLD4(RK_FOLD8(of[4], of[5]), RK_FOLD8(of[6], of[7]));
  v16f pairs = RK_MIX(first, second, 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29) +
               RK_MIX(first, second, 2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31);
  return RK_MIX(pairs, pairs, 0, 2, 4, 6, 8, 10, 12, 14) +
         RK_MIX(pairs, pairs, 1, 3, 5, 7, 9, 11, 13, 15);
#undef RK_FOLD4
#undef RK_FOLD8
#undef RK_MIX
}

/* The sum of 16 lanes in the same order. */
RK_INLINE float rk_sum(v16f a) {
  v8f b = __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7) +
          __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15);
  v4f c = __builtin_shufflevector(b, b, 0, 1, 2, 3) + __builtin_shufflevector(b, b, 4, 5, 6, 7);
  return (c[0] + c[2]) + (c[1] + c[3]);
}

/* exp(x), relative error below 2e-7; x beyond -87 and 88 gives the value at that bound.
 * x = n ln 2 + r with n rounded to even by the constant whose unit in the last place is 1; exp(r) by its
 * Taylor series to r^7. */
RK_INLINE v16f rk_exp(v16f x) {
  const v16f magic = rk_all(0x1.8p23f);
  x = rk_min(rk_max(x, rk_all(-87.0f)), rk_all(88.0f));
  v16f t = rk_fma(x, rk_all(0x1.715476p+0f), magic);
  v16f n = t - magic;
  v16f r = rk_fma(n, rk_all(-0x1.62e4p-1f), x);
  r = rk_fma(n, rk_all(-0x1.7f7d1cp-20f), r);
  v16f p = rk_all(1.0f / 5040);
  p = rk_fma(p, r, rk_all(1.0f / 720));
  p = rk_fma(p, r, rk_all(1.0f / 120));
  p = rk_fma(p, r, rk_all(1.0f / 24));
  p = rk_fma(p, r, rk_all(1.0f / 6));
  p = rk_fma(p, r, rk_all(0.5f));
  p = rk_fma(p, r, rk_all(1.0f));
  p = rk_fma(p, r, rk_all(1.0f));
  return (v16f)((v16u)p + ((v16u)t << 23));
}

RK_INLINE v16f rk_sigmoid(v16f x) { return rk_all(1.0f) / (rk_all(1.0f) + rk_exp(-x)); }

/* 2 sigmoid(2x) - 1: absolute error below 2e-7, which is what its use (an argument of a sigmoid) needs. */
RK_INLINE v16f rk_tanh(v16f x) { return rk_fma(rk_all(2.0f), rk_sigmoid(x + x), rk_all(-1.0f)); }

#endif
