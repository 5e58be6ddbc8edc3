/* Vectors of numbers, by GCC's and clang's extension: `a * b + c` of three vectors is one
   instruction where the processor has it, and several where it has not.

   Included once for the names below; then by conv_kernels_widths.h for each type of number and
   width of vector, with REAL, LANES (numbers in a vector) and NAME (what functions are called). */
#ifndef CONV_KERNELS_VECTORS_H
#define CONV_KERNELS_VECTORS_H

#include <string.h>

#define INLINED static inline __attribute__((always_inline))
#define UNROLLED _Pragma("GCC unroll 32")
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)

/* Numbers in a vector: as wide as the processor has, and half of that for narrow pictures. */
#if defined(__AVX512F__)
#define WIDE_FLOATS 16
#define NARROW_FLOATS 8
#define WIDE_DOUBLES 8
#define NARROW_DOUBLES 4
#elif defined(__AVX__)
#define WIDE_FLOATS 8
#define NARROW_FLOATS 4
#define WIDE_DOUBLES 4
#define NARROW_DOUBLES 2
#else
#define WIDE_FLOATS 4
#define NARROW_FLOATS 4
#define WIDE_DOUBLES 2
#define NARROW_DOUBLES 2
#endif

enum { MOST_BLOCK = 8 }; /* rows and columns of a register block, at most */

/* Which lanes of two vectors, counted through: halves interleaved, and one in two. */
#define LOW_2 0, 2
#define HIGH_2 1, 3
#define EVEN_2 0, 2
#define ODD_2 1, 3
#define LOW_4 0, 4, 1, 5
#define HIGH_4 2, 6, 3, 7
#define EVEN_4 0, 2, 4, 6
#define ODD_4 1, 3, 5, 7
#define LOW_8 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH_8 4, 12, 5, 13, 6, 14, 7, 15
#define EVEN_8 0, 2, 4, 6, 8, 10, 12, 14
#define ODD_8 1, 3, 5, 7, 9, 11, 13, 15
#define LOW_16 \
    0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH_16 \
    8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define EVEN_16 \
    0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD_16 \
    1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31

static inline long least(long a, long b) { return a < b ? a : b; }
static inline long greatest(long a, long b) { return a > b ? a : b; }
static inline long ceil_div(long a, long b) { return (a + b - 1) / b; }

/* Where block b starts when `count` things are dealt out to blocks as evenly as can be. */
static inline long block_start(long count, long blocks, long b) {
    return count / blocks * b + least(b, count % blocks);
}

/* The width that computes fewer numbers which nobody needs, past the ends of rows: 0 and 1 are the
   wide and the narrow vectors of float, 2 and 3 those of double. */
static inline int choose_width(int is_double, long cols) {
    const long wide = is_double ? WIDE_DOUBLES : WIDE_FLOATS;
    const long narrow = is_double ? NARROW_DOUBLES : NARROW_FLOATS;
    const long of_wide = ceil_div(cols, wide) * wide, of_narrow = ceil_div(cols, narrow) * narrow;
    return 2 * is_double + (of_narrow < of_wide);
}

#else

#undef VECTOR
#undef MASK
#undef LOAD
#undef STORE
#define VECTOR NAME(vector)
#define MASK NAME(mask)
#define LOAD(at) (*(const NAME(anywhere) *)(at))
#define STORE(at) (*(NAME(anywhere) *)(at))

typedef REAL VECTOR __attribute__((vector_size(LANES * sizeof(REAL))));
typedef REAL NAME(anywhere)
    __attribute__((vector_size(LANES * sizeof(REAL)), aligned(sizeof(REAL)), may_alias));
typedef __typeof__(__builtin_choose_expr(sizeof(REAL) == 4, (int)0, (long long)0)) NAME(integer);
typedef NAME(integer) MASK __attribute__((vector_size(LANES * sizeof(REAL)))); /* 0 or -1 a lane */

static inline VECTOR NAME(select)(MASK mask, VECTOR a, VECTOR b) {
    return (VECTOR)(((MASK)a & mask) | ((MASK)b & ~mask));
}

/* The first `count` numbers from here; the lanes after them hold `fill`. */
static inline VECTOR NAME(load_some)(const REAL *from, long count, REAL fill) {
    if (count >= LANES) return LOAD(from);
    VECTOR some = (VECTOR){0} + fill;
    memcpy(&some, from, (size_t)count * sizeof(REAL));
    return some;
}

/* Store a vector of results at every step-th place, but no more than `count` of them. */
static inline void NAME(put)(VECTOR result, REAL *to, long step, long count) {
    if (step == 1 && count >= LANES) {
        STORE(to) = result;
        return;
    }
    REAL numbers[LANES];
    memcpy(numbers, &result, sizeof result);
    for (long i = 0; i < least(count, LANES); i++) to[i * step] = numbers[i];
}

/* Columns become rows: each round interleaves the first half of the vectors with the second. */
static inline void NAME(transpose)(VECTOR *rows) {
    for (int size = LANES; size > 1; size /= 2) {
        VECTOR mixed[LANES];
        UNROLLED for (int i = 0; i < LANES / 2; i++) {
            mixed[2 * i] = SHUFFLE(rows[i], rows[i + LANES / 2], PASTE(LOW_, LANES));
            mixed[2 * i + 1] = SHUFFLE(rows[i], rows[i + LANES / 2], PASTE(HIGH_, LANES));
        }
        memcpy(rows, mixed, sizeof mixed);
    }
}

/* The register block: M filters times V vectors of pixels, for all taps.

   sums[m][v] += weights[k][m] * planes[at[v] + offset[k] ...] */
INLINED void NAME(multiply)(const int M, const int V, long taps, const long *offset,
                            const REAL *weights, const REAL *const *at,
                            VECTOR (*sums)[MOST_BLOCK]) {
    for (long k = 0; k < taps; k++, weights += M) {
        const long tap = offset[k];
        if (M < V) {
            UNROLLED for (int v = 0; v < V; v++) {
                const VECTOR pixels = LOAD(at[v] + tap);
                UNROLLED for (int m = 0; m < M; m++) sums[m][v] += pixels * weights[m];
            }
        } else {
            VECTOR pixels[MOST_BLOCK];
            UNROLLED for (int v = 0; v < V; v++) pixels[v] = LOAD(at[v] + tap);
            UNROLLED for (int m = 0; m < M; m++)
                UNROLLED for (int v = 0; v < V; v++) sums[m][v] += pixels[v] * weights[m];
        }
    }
}

#endif
