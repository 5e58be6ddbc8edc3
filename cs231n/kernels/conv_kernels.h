/* Convolution without a matrix of columns. docs/kernels.md tells the same at length.

   1. Planes. A picture is copied, a strip of rows at a time, into planes with zeros around: one for
   each channel where the stride is 1, and for each channel, row mod stride and column mod stride
   otherwise. The copy is small, stays in the second cache, and belongs to the thread that made it.

       a picture, pad 1         its planes for stride 2: even and odd rows, even and odd columns

       . . . . . . .                . . . .      . . .      . b d .      a c e
       . a b c d e .                . g i .      f h j      . l n .      k m o
       . f g h i j .       ->       . q s .      p r t      . v x .      u w y
       . k l m n o .                . . . .      . . .
       . p q r s t .
       . u v w x y .       From three places side by side, entry (1, 1) of a filter sees a c e,
       . . . . . . .       entry (1, 2) sees b d . and (2, 1) sees f h j: neighbours in memory.

   2. Taps. What tap k = (c, i, j) sees from place (y, x) is planes[offset[k] + y * pitch + x]. What
   it sees from LANES places side by side is one vector load, whatever the stride and the filter.

   3. The register block. M filters times V vectors of pixels are held in M * V registers while all
   taps go by; each tap costs V loads and M broadcast weights for M * V multiply-adds.

                       pixels of tap k:   [ v0 ] [ v1 ] [ v2 ]
       w[k][filter 0] ->               += [ 00 ] [ 01 ] [ 02 ]      24 sums of 16 numbers
       w[k][filter 1] ->               += [ 10 ] [ 11 ] [ 12 ]      stay in registers
             ...                                  ...
       w[k][filter 7] ->               += [ 70 ] [ 71 ] [ 72 ]

   4. The derivative by x is a convolution of dout with the filters turned round, C and F exchanged.
   For a stride s, rows y with the same (y + pad) mod s form a phase: each phase is a convolution of
   its own, of stride 1, with every s-th entry of the filters. Nothing is scattered or added up.

   5. The derivative by w is the same register block the other way: taps times vectors of filters,
   summed over pixels. dout is transposed for it, some hundred pixels at a time, so that all vector
   loads are aligned, and numbers of planes are broadcast. One more tap sees ones and gives db. */
#ifndef CONV_KERNELS_H
#define CONV_KERNELS_H

#include "conv_kernels_threads.h"
#include "conv_kernels_vectors.h"

enum {
    PLANES_BYTES = 400 << 10, /* of one strip: fits the second cache beside weights and results */
    SOME_PIXELS = 128,        /* whose dout is transposed at a time, for the first cache */
    SUMS_BYTES = 4 << 20,     /* of all partial sums of dw together, at most */
    MOST_CHUNKS = 16          /* parts of the batch with sums of their own; never of threads */
};

typedef struct {
    long N, C, H, W, F, HH, WW, OH, OW, stride, pad;
} Convolution;

typedef struct {
    long channels, height, width; /* of a picture */
    long step, down, across;      /* phases: step * step, of which some may not be needed */
    long top, left;               /* zeros above and to the left */
    long rows, pitch;             /* of each plane */
} Planes;

typedef struct { /* results whose rows and columns are out_row, out_col + multiples of the step */
    long taps, *offset;
    void *weights;
    long first_row, end_row, first_col, end_col, out_row, out_col;
} Phase;

typedef struct {
    const void *source, *bias;
    void *out;
    long pictures, filters, blocks, out_height, out_width, step, strips, strip_rows, phase_count;
    Planes planes;
    Phase *phases;
} Correlation;

typedef struct {
    const Convolution *conv;
    const void *x, *dout;
    void *sums, *dw, *db;
    long taps, *offset, picture_size, width, strips, strip_rows, units, chunks, shares;
    int *place;
    Planes planes;
} Derivative;

/* Register blocks: accumulators, the vectors they are made from, and a spare one must fit. */
#if defined(__AVX512F__) || defined(__aarch64__)
enum { MOST_FILTERS = 8, MOST_TAPS = 14, MOST_VECTORS = 4 };
#define BLOCKS                                                                                  \
    BLOCK(1, 8) BLOCK(2, 8) BLOCK(3, 8) BLOCK(4, 6) BLOCK(5, 5) BLOCK(6, 4) BLOCK(7, 3) BLOCK(8, 3)
#define TAP_BLOCKS BLOCK(14, 1) BLOCK(14, 2) BLOCK(8, 3) BLOCK(6, 4)
#else
enum { MOST_FILTERS = 6, MOST_TAPS = 8, MOST_VECTORS = 3 };
#define BLOCKS BLOCK(1, 8) BLOCK(2, 5) BLOCK(3, 4) BLOCK(4, 3) BLOCK(5, 2) BLOCK(6, 2)
#define TAP_BLOCKS BLOCK(8, 1) BLOCK(5, 2) BLOCK(3, 3)
#endif

typedef struct { /* the loops of conv_kernels_block.h for one type and width */
    long size, lanes;
    void (*pack_forward)(const Convolution *, const void *, Phase *, long);
    void (*pack_backward)(const Convolution *, const void *, Phase *, long, long, long);
    Task correlate_strip, derive_filters, add_chunks;
} Loops;

#define LOOPS "conv_kernels_block.h"
#include "conv_kernels_widths.h"
#undef LOOPS

static const Loops *const all_loops[] = {&loops_float_wide, &loops_float_narrow,
                                         &loops_double_wide, &loops_double_narrow};

#include "conv_kernels_plans.h"

#endif
