/* Matrix products of one instruction set. RK_ROWS x RK_VECTORS products are worked on at a time: as many as the
 * registers hold, so that each number loaded is used several times. A part of a matrix is widened to float32 in
 * the first-level cache once for all vectors, unless there are so few that it is used only once anyway. */

/* Columns that are widened at a time: RK_ROWS rows of them and a few vectors fit the first-level cache. */
#ifndef RK_COLUMN_BLOCK
#define RK_COLUMN_BLOCK 768
#endif
/* Vectors that are multiplied with a widened part. */
#define RK_MOST_VECTORS 128

#define RK_ROUNDED(count) (((count) + 7) / 8 * 8)

/* Adds rows x vectors products over a range of columns to `sums`. `ahead` is done once for every 16 columns. */
#define RK_TILE(weights, row_bytes, column_bytes, widen, rows, vectors, ahead)                  \
  do {                                                                                          \
    for (uint32_t column = 0; column < columns; column += 16) {                                 \
      ahead;                                                                                    \
      v16f x[vectors];                                                                          \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++)                      \
          x[v] = rk_load(input + (size_t)v * stride + column);                                  \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++) {                       \
        v16f w = widen((weights) + (size_t)r * (row_bytes) + (size_t)column * (column_bytes));  \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++)                    \
            sums[r * vectors + v] = rk_fma(w, x[v], sums[r * vectors + v]);                     \
      }                                                                                         \
    }                                                                                           \
  } while (0)

/* Writes the sums of a tile. `sums` has room for a multiple of 8. */
RK_INLINE void rk_finish(
    const rk_matmul *m, v16f *sums, int rows, int vectors, uint32_t row, uint32_t n) {
  float total[RK_ROUNDED(8 * RK_VECTORS)];
  for (int s = rows * vectors; s % 8 != 0; s++) sums[s] = rk_all(0);
  for (int s = 0; s < rows * vectors; s += 8) {
    v8f eight = rk_sum8(sums + s);
    memcpy(total + s, &eight, sizeof eight);
  }
  if (m->type == RK_I8) {
    for (int r = 0; r < rows; r++)
      for (int v = 0; v < vectors; v++) total[r * vectors + v] *= m->scales[row + (uint32_t)r];
  }
  for (int v = 0; v < vectors; v++) {
    float *output = m->output + (size_t)(n + (uint32_t)v) * m->output_stride + row;
    if (m->epilogue == RK_ADD) {
      for (int r = 0; r < rows; r++) output[r] += total[r * vectors + v];
    } else {
      for (int r = 0; r < rows; r++) output[r] = total[r * vectors + v];
    }
  }
}

/* Asks for bytes that will be read soon. The processor does so by itself within a page only, and forgets while
 * a widened part is worked on. An address behind the weights does no harm: nothing is read. */
#define RK_FETCH(from, bytes)                                                                   \
  for (size_t line = 0; line < (bytes); line += 64) __builtin_prefetch((from) + line, 0, 2)

#define RK_DIRECT_CASE(T, rows, vectors)                                                        \
  RK_INLINE void RK_NAME(direct_##T##_##rows##_##vectors)(                                      \
      const rk_matmul *m, uint32_t row, uint32_t n) {                                           \
    const char *weights = (const char *)m->weights + (size_t)row * m->columns * RK_BYTES_##T;   \
    const float *input = m->input + (size_t)n * m->input_stride;                                \
    const size_t stride = m->input_stride;                                                      \
    const uint32_t columns = m->columns;                                                        \
    v16f sums[RK_ROUNDED(rows * vectors)];                                                      \
    _Pragma("clang loop unroll(full)") for (int s = 0; s < rows * vectors; s++)                 \
        sums[s] = rk_all(0);                                                                    \
    RK_TILE(                                                                                    \
        weights, (size_t)columns * RK_BYTES_##T, RK_BYTES_##T, rk_widen_##T, rows, vectors,      \
        RK_FETCH(weights + (size_t)rows * ((size_t)columns + column) * RK_BYTES_##T,             \
            rows * 16 * RK_BYTES_##T));                                                         \
    rk_finish(m, sums, rows, vectors, row, n);                                                  \
  }

/* A block of columns of RK_ROWS widened rows with some vectors; sums go on from `kept` unless it is the first
 * block and back there unless it is the last. */
#define RK_WIDE_CASE(vectors)                                                                   \
  RK_INLINE void RK_NAME(wide_##vectors)(                                                       \
      const rk_matmul *m, const float *wide, const float *input, uint32_t columns, v16f *kept,  \
      int is_first, int is_last, uint32_t row, uint32_t n) {                                    \
    const size_t stride = m->input_stride;                                                      \
    v16f sums[RK_ROUNDED(RK_ROWS * vectors)];                                                   \
    _Pragma("clang loop unroll(full)") for (int s = 0; s < RK_ROWS * vectors; s++)              \
        sums[s] = is_first ? rk_all(0) : kept[s];                                               \
    RK_TILE((const char *)wide, RK_COLUMN_BLOCK * 4, 4, rk_widen_f32, RK_ROWS, vectors, );      \
    if (is_last) {                                                                              \
      rk_finish(m, sums, RK_ROWS, vectors, row, n);                                             \
    } else {                                                                                    \
      _Pragma("clang loop unroll(full)") for (int s = 0; s < RK_ROWS * vectors; s++)            \
          kept[s] = sums[s];                                                                    \
    }                                                                                           \
  }

RK_WIDE_CASE(1)
RK_WIDE_CASE(2)
#if RK_VECTORS > 2
RK_WIDE_CASE(3)
#endif
#if RK_VECTORS > 3
RK_WIDE_CASE(4)
#endif

RK_INLINE void RK_NAME(wide)(
    const rk_matmul *m, const float *wide, uint32_t column, uint32_t columns, v16f *kept, uint32_t row,
    uint32_t first, uint32_t last, const char *next, size_t next_bytes) {
  int is_first = column == 0, is_last = column + columns == m->columns;
  const float *input = m->input + (size_t)first * m->input_stride + column;
  uint32_t n = first;
  /* The rows after these come while these are worked on, a part with each tile. */
  const size_t part =
      (next_bytes * RK_VECTORS / (last - first) * columns / m->columns + 63) / 64 * 64;
  next += next_bytes * column / m->columns;
  for (; n + RK_VECTORS <= last; n += RK_VECTORS) {
    RK_FETCH(next, part);
    next += part;
#if RK_VECTORS == 4
    RK_NAME(wide_4)(m, wide, input, columns, kept, is_first, is_last, row, n);
#elif RK_VECTORS == 3
    RK_NAME(wide_3)(m, wide, input, columns, kept, is_first, is_last, row, n);
#else
    RK_NAME(wide_2)(m, wide, input, columns, kept, is_first, is_last, row, n);
#endif
    input += RK_VECTORS * m->input_stride;
    kept += RK_ROWS * RK_VECTORS;
  }
#if RK_VECTORS > 3
  if (last - n == 3) RK_NAME(wide_3)(m, wide, input, columns, kept, is_first, is_last, row, n);
#endif
#if RK_VECTORS > 2
  if (last - n == 2) RK_NAME(wide_2)(m, wide, input, columns, kept, is_first, is_last, row, n);
#endif
  if (last - n == 1) RK_NAME(wide_1)(m, wide, input, columns, kept, is_first, is_last, row, n);
}

#define RK_BYTES_bf16 2
#define RK_BYTES_f16 2
#define RK_BYTES_f32 4
#define RK_BYTES_i8 1

#define RK_MATMUL(T)                                                                            \
  RK_DIRECT_CASE(T, 8, 1)                                                                       \
  RK_DIRECT_CASE(T, 1, 1)                                                                       \
  static void RK_NAME(matmul_##T)(const rk_matmul *m, uint32_t row, uint32_t last) {            \
    if (m->count > 1) {                                                                         \
      float wide[RK_ROWS * RK_COLUMN_BLOCK] __attribute__((aligned(64)));                       \
      v16f kept[RK_ROWS * RK_MOST_VECTORS];                                                     \
      for (; row + RK_ROWS <= last; row += RK_ROWS) {                                           \
        const char *weights = (const char *)m->weights + (size_t)row * m->columns * RK_BYTES_##T; \
        for (uint32_t n = 0; n < m->count; n += RK_MOST_VECTORS) {                              \
          uint32_t end = m->count - n > RK_MOST_VECTORS ? n + RK_MOST_VECTORS : m->count;       \
          for (uint32_t column = 0; column < m->columns; column += RK_COLUMN_BLOCK) {           \
            uint32_t columns = m->columns - column;                                             \
            if (columns > RK_COLUMN_BLOCK) columns = RK_COLUMN_BLOCK;                           \
            for (uint32_t r = 0; r < RK_ROWS; r++)                                              \
              for (uint32_t c = 0; c < columns; c += 16)                                        \
                rk_store(                                                                       \
                    wide + (size_t)r * RK_COLUMN_BLOCK + c,                                     \
                    rk_widen_##T(                                                               \
                        weights + ((size_t)r * m->columns + column + c) * RK_BYTES_##T));       \
            RK_NAME(wide)(                                                                      \
                m, wide, column, columns, kept, row, n, end,                                    \
                weights + (size_t)RK_ROWS * m->columns * RK_BYTES_##T,                          \
                (size_t)RK_ROWS * m->columns * RK_BYTES_##T);                                   \
          }                                                                                     \
        }                                                                                       \
      }                                                                                         \
      for (; row < last; row++)                                                                 \
        for (uint32_t n = 0; n < m->count; n++) RK_NAME(direct_##T##_1_1)(m, row, n);           \
      return;                                                                                   \
    }                                                                                           \
    for (; row + 8 <= last; row += 8) RK_NAME(direct_##T##_8_1)(m, row, 0);                     \
    for (; row < last; row++) RK_NAME(direct_##T##_1_1)(m, row, 0);                             \
  }

RK_MATMUL(bf16)
RK_MATMUL(f16)
RK_MATMUL(f32)
RK_MATMUL(i8)

/* Applies tanh, sigmoid or the squared ReLU to what the rows gave; their number is a multiple of 16. */
RK_INLINE void RK_NAME(activate)(const rk_matmul *m, uint32_t first, uint32_t last) {
  for (uint32_t n = 0; n < m->count; n++) {
    float *output = m->output + (size_t)n * m->output_stride;
    for (uint32_t row = first; row < last; row += 16) {
      v16f y = rk_load(output + row);
      if (m->epilogue == RK_TANH) {
        y = rk_tanh(y);
      } else if (m->epilogue == RK_SIGMOID) {
        y = rk_sigmoid(y);
      } else {
        y = rk_max(y, rk_all(0));
        y = y * y;
      }
      rk_store(output + row, y);
    }
  }
}

static void RK_NAME(matmul)(const rk_matmul *m, uint32_t first, uint32_t last) {
  switch (m->type) {
  case RK_BF16: RK_NAME(matmul_bf16)(m, first, last); break;
  case RK_F16: RK_NAME(matmul_f16)(m, first, last); break;
  case RK_F32: RK_NAME(matmul_f32)(m, first, last); break;
  default: RK_NAME(matmul_i8)(m, first, last); break;
  }
  if (m->epilogue >= RK_TANH) RK_NAME(activate)(m, first, last);
}
