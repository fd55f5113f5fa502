// The recurrence of wkv.py and its gradient, for heads of 64 channels. Arrays are [B, T, H, 64] of
// 32-bit floats; the decay comes as itself, not as its logarithm. The state has a key's index first, so
// that every inner loop runs over values, which are contiguous.
//
// The backward pass needs the states that the forward pass went through. Keeping all of them would take
// 16 KiB a token and head, so the forward pass keeps one in CHUNK and the backward pass recomputes the rest.

#include <stddef.h>
#include <string.h>

enum { SIZE = 64, CHUNK = 16 };

typedef float State[SIZE][SIZE];

typedef struct {
  const float *r, *w, *k, *v, *a, *b;
} Inputs;

typedef struct {
  float *r, *w, *k, *v, *a, *b;
} Gradients;

static Inputs inputs_at(Inputs x, size_t at) {
  return (Inputs){x.r + at, x.w + at, x.k + at, x.v + at, x.a + at, x.b + at};
}

static size_t offset(int batch, int token, int head, int length, int heads) {
  return (((size_t)batch * length + token) * heads + head) * SIZE;
}

static int chunk_count(int length) { return (length + CHUNK - 1) / CHUNK; }

// Takes the state over one token; y is its output, removed what the token took out of the state.
static void step(State state, Inputs x, float *restrict y, float *restrict removed) {
  float out[SIZE] = {0}, taken[SIZE] = {0};
  for (int j = 0; j < SIZE; j++) {
    const float a = x.a[j];
    for (int i = 0; i < SIZE; i++) taken[i] += a * state[j][i];
  }
  for (int j = 0; j < SIZE; j++) {
    const float w = x.w[j], b = x.b[j], k = x.k[j], r = x.r[j];
    for (int i = 0; i < SIZE; i++) {
      const float s = state[j][i] * w + taken[i] * b + x.v[i] * k;
      state[j][i] = s;
      out[i] += s * r;
    }
  }
  memcpy(y, out, sizeof out);
  memcpy(removed, taken, sizeof taken);
}

// Takes the gradient `d` of the state over one token backwards; `at` is the token's place in `g`.
static void step_back(State d, State before, State after, const float *restrict removed, Inputs x,
                      const float *restrict dy, Gradients g, size_t at) {
  float d_value[SIZE] = {0}, d_removed[SIZE] = {0};
  for (int j = 0; j < SIZE; j++) {
    const float r = x.r[j], k = x.k[j], b = x.b[j];
    float d_r = 0, d_w = 0, d_k = 0, d_b = 0;
    for (int i = 0; i < SIZE; i++) {
      const float grad = d[j][i] + r * dy[i];
      d[j][i] = grad;
      d_r += after[j][i] * dy[i];
      d_w += grad * before[j][i];
      d_k += grad * x.v[i];
      d_b += grad * removed[i];
      d_value[i] += grad * k;
      d_removed[i] += grad * b;
    }
    g.r[at + j] = d_r;
    g.w[at + j] = d_w;
    g.k[at + j] = d_k;
    g.b[at + j] = d_b;
  }
  memcpy(g.v + at, d_value, sizeof d_value);
  for (int j = 0; j < SIZE; j++) {
    const float w = x.w[j], a = x.a[j];
    float d_a = 0;
    for (int i = 0; i < SIZE; i++) {
      d_a += before[j][i] * d_removed[i];
      d[j][i] = d[j][i] * w + a * d_removed[i];
    }
    g.a[at + j] = d_a;
  }
}

// `kept` takes the state at the start of each chunk: [B, H, chunks, 64, 64].
void wkv7_forward(int batches, int length, int heads, const float *r, const float *w, const float *k,
                  const float *v, const float *a, const float *b, float *y, State *kept) {
  const Inputs x = {r, w, k, v, a, b};
  const int chunks = chunk_count(length);
  for (int batch = 0; batch < batches; batch++) {
    for (int head = 0; head < heads; head++) {
      State state = {{0}};
      float removed[SIZE];
      for (int t = 0; t < length; t++) {
        if (t % CHUNK == 0) {
          const size_t place = ((size_t)batch * heads + head) * chunks + t / CHUNK;
          memcpy(kept[place], state, sizeof state);
        }
        const size_t at = offset(batch, t, head, length, heads);
        step(state, inputs_at(x, at), y + at, removed);
      }
    }
  }
}

void wkv7_backward(int batches, int length, int heads, const float *r, const float *w, const float *k,
                   const float *v, const float *a, const float *b, const float *dy, const State *kept,
                   float *dr, float *dw, float *dk, float *dv, float *da, float *db) {
  const Inputs x = {r, w, k, v, a, b};
  const Gradients g = {dr, dw, dk, dv, da, db};
  const int chunks = chunk_count(length);
  for (int batch = 0; batch < batches; batch++) {
    for (int head = 0; head < heads; head++) {
      State d = {{0}};
      State states[CHUNK + 1];
      float removed[CHUNK][SIZE], y[SIZE];
      for (int chunk = chunks - 1; chunk >= 0; chunk--) {
        const int start = chunk * CHUNK;
        const int count = length - start < CHUNK ? length - start : CHUNK;
        memcpy(states[0], kept[((size_t)batch * heads + head) * chunks + chunk], sizeof d);
        for (int t = 0; t < count; t++) {
          memcpy(states[t + 1], states[t], sizeof d);
          const size_t at = offset(batch, start + t, head, length, heads);
          step(states[t + 1], inputs_at(x, at), y, removed[t]);
        }
        for (int t = count - 1; t >= 0; t--) {
          const size_t at = offset(batch, start + t, head, length, heads);
          step_back(d, states[t], states[t + 1], removed[t], inputs_at(x, at), dy + at, g, at);
        }
      }
    }
  }
}
