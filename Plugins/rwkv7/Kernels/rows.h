/* What lies between the matrix products: norms, token shift, the recurrence, rounding. */

static void RK_NAME(norm)(const rk_norm *norm, uint32_t first, uint32_t last) {
  const uint32_t channels = norm->channels;
  for (uint32_t n = first; n < last; n++) {
    const float *input = norm->input + (size_t)n * norm->stride;
    float *output = norm->output + (size_t)n * norm->stride;
    v16f sum = rk_all(0), squares = rk_all(0);
    for (uint32_t c = 0; c < channels; c += 16) sum += rk_load(input + c);
    const v16f mean = rk_all(rk_sum(sum) / (float)channels);
    for (uint32_t c = 0; c < channels; c += 16) {
      v16f d = rk_load(input + c) - mean;
      squares = rk_fma(d, d, squares);
    }
    const v16f scale =
        rk_all(1.0f / __builtin_sqrtf(rk_sum(squares) / (float)channels + 1e-5f));
    for (uint32_t c = 0; c < channels; c += 16) {
      v16f d = (rk_load(input + c) - mean) * scale;
      rk_store(output + c, rk_fma(d, rk_load(norm->weight + c), rk_load(norm->bias + c)));
    }
  }
}

static void RK_NAME(shift)(const rk_shift *shift, uint32_t first, uint32_t last) {
  const uint32_t channels = shift->norm.channels, stride = shift->norm.stride;
  uint32_t s = 0;
  for (uint32_t n = first; n < last; n++) {
    while (n >= shift->segments[s].first + shift->segments[s].count) s++;
    const float *row = shift->norm.output + (size_t)n * stride;
    const float *before = n == shift->segments[s].first
                              ? shift->segments[s].state + shift->state_offset
                              : row - stride;
    for (uint32_t c = 0; c < channels; c += 16) {
      const v16f h = rk_load(row + c), d = rk_load(before + c) - h;
      for (uint32_t m = 0; m < shift->mix_count; m++)
        rk_store(
            shift->outputs[m] + (size_t)n * stride + c,
            rk_fma(d, rk_load(shift->mixes[m] + c), h));
    }
  }
}

#define RK_MOST_HEAD 256

/* One token of one head: `vectors` x 16 values at `value` of the matrix. `key` holds for each key its decay,
 * -kk, kk * a, k and r. Two partial sums, over even and over odd keys. */
RK_INLINE void RK_NAME(step)(
    float *matrix, uint32_t size, int vectors, const float (*key)[RK_MOST_HEAD], const float *v,
    float *y) {
  v16f even[4], odd[4], value[4];
  for (int i = 0; i < vectors; i++) even[i] = odd[i] = rk_all(0);
  for (uint32_t j = 0; j < size; j += 2) {
    const v16f a = rk_all(key[1][j]), b = rk_all(key[1][j + 1]);
    for (int i = 0; i < vectors; i++) {
      even[i] = rk_fma(rk_load(matrix + (size_t)j * size + 16 * i), a, even[i]);
      odd[i] = rk_fma(rk_load(matrix + (size_t)(j + 1) * size + 16 * i), b, odd[i]);
    }
  }
  v16f removed[4];
  for (int i = 0; i < vectors; i++) {
    removed[i] = even[i] + odd[i];
    value[i] = rk_load(v + 16 * i);
    even[i] = odd[i] = rk_all(0);
  }
  for (uint32_t j = 0; j < size; j += 2) {
    for (int i = 0; i < vectors; i++) {
      float *at = matrix + (size_t)j * size + 16 * i, *next = at + size;
      v16f m = rk_fma(removed[i], rk_all(key[2][j]), value[i] * rk_all(key[3][j]));
      m = rk_fma(rk_load(at), rk_all(key[0][j]), m);
      rk_store(at, m);
      even[i] = rk_fma(m, rk_all(key[4][j]), even[i]);
      m = rk_fma(removed[i], rk_all(key[2][j + 1]), value[i] * rk_all(key[3][j + 1]));
      m = rk_fma(rk_load(next), rk_all(key[0][j + 1]), m);
      rk_store(next, m);
      odd[i] = rk_fma(m, rk_all(key[4][j + 1]), odd[i]);
    }
  }
  for (int i = 0; i < vectors; i++) rk_store(y + 16 * i, even[i] + odd[i]);
}

static void RK_NAME(time_mix)(const rk_time_mix *mix, uint32_t segment, uint32_t head) {
  const uint32_t size = mix->head_size, c0 = head * size;
  const rk_segment *s = mix->segments + segment;
  float *matrix = s->state + 2 * (size_t)mix->channels + (size_t)head * size * size;
  float key[5][RK_MOST_HEAD] __attribute__((aligned(64)));
  float v[RK_MOST_HEAD] __attribute__((aligned(64))), y[RK_MOST_HEAD] __attribute__((aligned(64)));
  for (uint32_t n = s->first; n < s->first + s->count; n++) {
    const size_t at = (size_t)n * mix->stride + c0;
    v16f squares = rk_all(0), bonus = rk_all(0);
    for (uint32_t c = 0; c < size; c += 16) {
      const uint32_t ch = c0 + c;
      v16f value = rk_load(mix->v + at + c), k = rk_load(mix->k + at + c), r = rk_load(mix->r + at + c);
      if (mix->v_gate) {
        v16f gate = rk_sigmoid(rk_load(mix->v_gate + at + c) + rk_load(mix->v0 + ch));
        value = rk_fma(rk_load(mix->v_first + at + c) - value, gate, value);
      } else {
        rk_store(mix->v_first + at + c, value);
      }
      v16f decay = rk_sigmoid(rk_load(mix->w + at + c) + rk_load(mix->w0 + ch));
      v16f a = rk_sigmoid(rk_load(mix->a + at + c) + rk_load(mix->a0 + ch));
      v16f kk = k * rk_load(mix->k_k + ch);
      squares = rk_fma(kk, kk, squares);
      k = k * rk_fma(a - rk_all(1), rk_load(mix->k_a + ch), rk_all(1));
      bonus = rk_fma(r * k, rk_load(mix->r_k + ch), bonus);
      rk_store(key[0] + c, rk_exp(decay * rk_all(-0.60653065971263342f)));
      rk_store(key[1] + c, kk);
      rk_store(key[2] + c, a);
      rk_store(key[3] + c, k);
      rk_store(key[4] + c, r);
      rk_store(v + c, value);
    }
    const float length = __builtin_sqrtf(rk_sum(squares));
    const v16f scale = rk_all(1.0f / (length > 1e-12f ? length : 1e-12f));
    for (uint32_t c = 0; c < size; c += 16) {
      v16f kk = rk_load(key[1] + c) * scale;
      rk_store(key[1] + c, -kk);
      rk_store(key[2] + c, kk * rk_load(key[2] + c));
    }
    uint32_t c = 0;
    for (; c + 64 <= size; c += 64)
      RK_NAME(step)(matrix + c, size, 4, (const float(*)[RK_MOST_HEAD])key, v + c, y + c);
    for (; c < size; c += 16)
      RK_NAME(step)(matrix + c, size, 1, (const float(*)[RK_MOST_HEAD])key, v + c, y + c);

    v16f sum = rk_all(0), spread = rk_all(0);
    for (c = 0; c < size; c += 16) sum += rk_load(y + c);
    const v16f mean = rk_all(rk_sum(sum) / (float)size);
    for (c = 0; c < size; c += 16) {
      v16f d = rk_load(y + c) - mean;
      spread = rk_fma(d, d, spread);
    }
    const v16f shrink = rk_all(1.0f / __builtin_sqrtf(rk_sum(spread) / (float)size + 64e-5f));
    const v16f extra = rk_all(rk_sum(bonus));
    for (c = 0; c < size; c += 16) {
      const uint32_t ch = c0 + c;
      v16f d = (rk_load(y + c) - mean) * shrink;
      d = rk_fma(d, rk_load(mix->ln_weight + ch), rk_load(mix->ln_bias + ch));
      d = rk_fma(extra, rk_load(v + c), d);
      rk_store(mix->output + at + c, d * rk_load(mix->g + at + c));
    }
  }
}

RK_INLINE v16f RK_NAME(widen_any)(const void *from, int32_t type, size_t at) {
  switch (type) {
  case RK_BF16: return rk_widen_bf16((const char *)from + 2 * at);
  case RK_F16: return rk_widen_f16((const char *)from + 2 * at);
  default: return rk_widen_f32((const char *)from + 4 * at);
  }
}

static void RK_NAME(widen)(const void *input, int32_t type, size_t count, float *output) {
  for (size_t i = 0; i < count; i += 16) rk_store(output + i, RK_NAME(widen_any)(input, type, i));
}

static void RK_NAME(quantize)(
    const void *weights, int32_t type, uint32_t columns, uint32_t first, uint32_t last, int8_t *output,
    float *scales) {
  for (uint32_t row = first; row < last; row++) {
    const size_t at = (size_t)row * columns;
    v16f most = rk_all(0);
    for (uint32_t c = 0; c < columns; c += 16) {
      v16f w = RK_NAME(widen_any)(weights, type, at + c);
      most = rk_max(most, rk_max(w, -w));
    }
    float largest = 0;
    for (int lane = 0; lane < 16; lane++) largest = most[lane] > largest ? most[lane] : largest;
    const float scale = largest / 127, inverse = largest > 0 ? 127 / largest : 0;
    scales[row] = scale;
    for (uint32_t c = 0; c < columns; c += 16) {
      v16f w = RK_NAME(widen_any)(weights, type, at + c) * rk_all(inverse) + rk_all(0x1.8p23f);
      v16i rounded = (v16i)w - (v16i)rk_all(0x1.8p23f);
      v16i8 small = __builtin_convertvector(rounded, v16i8);
      memcpy(output + at + c, &small, sizeof small);
    }
  }
}

static float RK_NAME(largest)(const float *values, size_t count) {
  v16f most = rk_all(-__builtin_inff());
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    most = rk_max(rk_load(values + i), most);
  }
  float best = -__builtin_inff();
  for (int lane = 0; lane < 16; lane++) best = most[lane] > best ? most[lane] : best;
  for (; i < count; i++) best = values[i] > best ? values[i] : best;
  return best;
}

const rk_kernels RK_TABLE = {
    .matmul = RK_NAME(matmul),     .norm = RK_NAME(norm),   .shift = RK_NAME(shift),
    .time_mix = RK_NAME(time_mix), .quantize = RK_NAME(quantize), .widen = RK_NAME(widen),
    .largest = RK_NAME(largest),
};
