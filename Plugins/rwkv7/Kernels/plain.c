/* The kernels for whatever the compiler targets: NEON on arm64, 128-bit SSE2 on x86-64, where fused
 * multiply-add is a library call: slow, and the same to the bit. */
#include "kernels.h"
#include "lanes.h"
#define RK_NAME(name) name##_plain
#define RK_TABLE rk_kernels_plain
#define RK_ROWS 2
#define RK_VECTORS 3
#include "matmul.h"
#include "rows.h"
