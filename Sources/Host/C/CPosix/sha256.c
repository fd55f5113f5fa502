// SHA-256 after FIPS 180-4. The SHA-NI path follows Intel's description of the sha256rnds2, sha256msg1 and
// sha256msg2 instructions; both paths are checked against the standard's vectors and against each other.
#include <string.h>

#include "cposix.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, int n) { return (x >> n) | (x << (32 - n)); }

// One round; the caller renames the eight words instead of moving them.
#define ROUND(a, b, c, d, e, f, g, h, i)                                                             \
  do {                                                                                               \
    uint32_t t = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) +          \
                 round_constants[i] + w[(i) & 15];                                                   \
    d += t;                                                                                          \
    h = t + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)));              \
  } while (0)

#define EIGHT_ROUNDS(i)                                                                              \
  ROUND(a, b, c, d, e, f, g, h, (i));                                                                \
  ROUND(h, a, b, c, d, e, f, g, (i) + 1);                                                            \
  ROUND(g, h, a, b, c, d, e, f, (i) + 2);                                                            \
  ROUND(f, g, h, a, b, c, d, e, (i) + 3);                                                            \
  ROUND(e, f, g, h, a, b, c, d, (i) + 4);                                                            \
  ROUND(d, e, f, g, h, a, b, c, (i) + 5);                                                            \
  ROUND(c, d, e, f, g, h, a, b, (i) + 6);                                                            \
  ROUND(b, c, d, e, f, g, h, a, (i) + 7)

static void plain_blocks(uint32_t state[8], const uint8_t *p, size_t count) {
  for (; count > 0; count--, p += 64) {
    uint32_t w[16];
    for (int i = 0; i < 16; i++) {
      uint32_t word;
      memcpy(&word, p + 4 * i, 4);
      w[i] = __builtin_bswap32(word);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    EIGHT_ROUNDS(0);
    EIGHT_ROUNDS(8);
    for (int i = 16; i < 64; i += 16) {
#pragma GCC unroll 16
      for (int j = 0; j < 16; j++) {
        uint32_t x = w[(j + 1) & 15], y = w[(j + 14) & 15];
        w[j] += (rotate(x, 7) ^ rotate(x, 18) ^ (x >> 3)) + w[(j + 9) & 15] +
                (rotate(y, 17) ^ rotate(y, 19) ^ (y >> 10));
      }
      EIGHT_ROUNDS(i);
      EIGHT_ROUNDS(i + 8);
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
  }
}

#if defined(__x86_64__)
__attribute__((target("sha,sse4.1,ssse3"))) static void fast_blocks(uint32_t h[8], const uint8_t *p,
                                                                    size_t count) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)h), 0xb1);        // b a d c
  __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(h + 4)), 0x1b); // h g f e
  __m128i abef = _mm_alignr_epi8(low, high, 8);
  __m128i cdgh = _mm_blend_epi16(high, low, 0xf0);
  for (; count > 0; count--, p += 64) {
    __m128i abef0 = abef, cdgh0 = cdgh, w[4];
    for (int i = 0; i < 4; i++)
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(p + 16 * i)), swap);
    for (int i = 0; i < 16; i++) {
      __m128i now = w[i & 3];
      __m128i sum = _mm_add_epi32(now, _mm_loadu_si128((const __m128i *)(round_constants + 4 * i)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
      if (i < 12) { // words 16 + 4i .. 19 + 4i take the place of this four
        __m128i tail = _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4);
        __m128i next = _mm_add_epi32(_mm_sha256msg1_epu32(now, w[(i + 1) & 3]), tail);
        w[i & 3] = _mm_sha256msg2_epu32(next, w[(i + 3) & 3]);
      }
    }
    abef = _mm_add_epi32(abef, abef0);
    cdgh = _mm_add_epi32(cdgh, cdgh0);
  }
  __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
  __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)h, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128((__m128i *)(h + 4), _mm_alignr_epi8(dchg, feba, 8));
}

static int has_sha(void) {
  unsigned a = 7, b = 0, c = 0, d = 0;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return (b >> 29) & 1;
}
#endif

static void blocks(uint32_t h[8], const uint8_t *p, size_t count) {
#if defined(__x86_64__)
  // Asked once; a race only asks twice. 0 = unknown, 1 = no, 2 = yes.
  static int known;
  int answer = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (!answer) {
    answer = has_sha() ? 2 : 1;
    __atomic_store_n(&known, answer, __ATOMIC_RELAXED);
  }
  if (answer == 2) {
    fast_blocks(h, p, count);
    return;
  }
#endif
  plain_blocks(h, p, count);
}

void evh_sha256_init(struct evh_sha256_state *state) {
  static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memcpy(state->h, start, sizeof start);
  state->length = 0;
}

void evh_sha256_update(struct evh_sha256_state *state, const void *data, size_t length) {
  const uint8_t *p = data;
  size_t held = state->length & 63;
  state->length += length;
  if (held) {
    size_t take = 64 - held < length ? 64 - held : length;
    if (take) memcpy(state->block + held, p, take);
    if (held + take < 64) return;
    blocks(state->h, state->block, 1);
    p += take;
    length -= take;
  }
  blocks(state->h, p, length / 64);
  if (length & 63) memcpy(state->block, p + (length & ~(size_t)63), length & 63);
}

void evh_sha256_final(struct evh_sha256_state *state, uint8_t out[32]) {
  uint64_t bits = state->length * 8;
  size_t held = state->length & 63;
  state->block[held++] = 0x80;
  if (held > 56) {
    memset(state->block + held, 0, 64 - held);
    blocks(state->h, state->block, 1);
    held = 0;
  }
  memset(state->block + held, 0, 56 - held);
  for (int i = 0; i < 8; i++) state->block[56 + i] = (uint8_t)(bits >> (56 - 8 * i));
  blocks(state->h, state->block, 1);
  for (int i = 0; i < 8; i++) {
    out[4 * i] = (uint8_t)(state->h[i] >> 24);
    out[4 * i + 1] = (uint8_t)(state->h[i] >> 16);
    out[4 * i + 2] = (uint8_t)(state->h[i] >> 8);
    out[4 * i + 3] = (uint8_t)state->h[i];
  }
}

void evh_sha256(const void *data, size_t length, uint8_t out[32]) {
  struct evh_sha256_state state;
  evh_sha256_init(&state);
  evh_sha256_update(&state, data, length);
  evh_sha256_final(&state, out);
}
