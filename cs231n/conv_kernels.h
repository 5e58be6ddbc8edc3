#ifndef CONV_KERNELS_H
#define CONV_KERNELS_H

#include <string.h>

#include "conv_kernels_threads.h"

#define INLINED static inline __attribute__((always_inline))
#define UNROLLED _Pragma("GCC unroll 32")
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

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
    long taps, *offset, picture_size, width, group, strips, strip_rows, units, chunks, shares, blocks;
    Planes planes;
} Derivative;

static inline long least(long a, long b) { return a < b ? a : b; }
static inline long greatest(long a, long b) { return a > b ? a : b; }
static inline long ceil_div(long a, long b) { return (a + b - 1) / b; }

/* Where block b starts when `count` things are dealt out to blocks as evenly as can be. */
static inline long block_start(long count, long blocks, long b) {
    return count / blocks * b + least(b, count % blocks);
}

/* Register blocks: accumulators, the vectors they are made from, and a spare one must fit. */
#if defined(__AVX512F__) || defined(__aarch64__)
enum { MOST_BLOCK = 8, MOST_FILTERS = 8, DOT_FILTERS = 4, DOT_TAPS = 6, MOST_DOTS = 32 };
#define BLOCKS                                                                                  \
    BLOCK(1, 8) BLOCK(2, 8) BLOCK(3, 8) BLOCK(4, 6) BLOCK(5, 5) BLOCK(6, 4) BLOCK(7, 3) BLOCK(8, 3)
#define DOT_BLOCKS BLOCK(1) BLOCK(2) BLOCK(3) BLOCK(4)
#else
enum { MOST_BLOCK = 8, MOST_FILTERS = 6, DOT_FILTERS = 3, DOT_TAPS = 4, MOST_DOTS = 16 };
#define BLOCKS BLOCK(1, 8) BLOCK(2, 5) BLOCK(3, 4) BLOCK(4, 3) BLOCK(5, 2) BLOCK(6, 2)
#define DOT_BLOCKS BLOCK(1) BLOCK(2) BLOCK(3)
#endif

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

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define EVEN_2 0, 2
#define ODD_2 1, 3
#define EVEN_4 EVEN_2, 4, 6
#define ODD_4 ODD_2, 5, 7
#define EVEN_8 EVEN_4, 8, 10, 12, 14
#define ODD_8 ODD_4, 9, 11, 13, 15
#define EVEN_16 EVEN_8, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD_16 ODD_8, 17, 19, 21, 23, 25, 27, 29, 31

typedef struct { /* the loops of conv_kernels_block.h for one type and width */
    long size, lanes;
    void (*pack_forward)(const Convolution *, const void *, Phase *, long);
    void (*pack_backward)(const Convolution *, const void *, Phase *, long, long, long);
    Task correlate_strip, derive_filters, add_chunks;
} Loops;

#define REAL float
#define LANES WIDE_FLOATS
#define NAME(name) name##_float_wide
#include "conv_kernels_block.h"
#define LANES NARROW_FLOATS
#define NAME(name) name##_float_narrow
#include "conv_kernels_block.h"
#undef REAL
#define REAL double
#define LANES WIDE_DOUBLES
#define NAME(name) name##_double_wide
#include "conv_kernels_block.h"
#define LANES NARROW_DOUBLES
#define NAME(name) name##_double_narrow
#include "conv_kernels_block.h"
#undef REAL

/* The width of vector that computes fewer numbers which nobody needs, past the ends of rows. */
static const Loops *choose_loops(int is_double, long cols) {
    static const Loops *const all[2][2] = {{&loops_float_wide, &loops_float_narrow},
                                           {&loops_double_wide, &loops_double_narrow}};
    const Loops *wide = all[is_double][0], *narrow = all[is_double][1];
    const long of_wide = ceil_div(cols, wide->lanes) * wide->lanes;
    return ceil_div(cols, narrow->lanes) * narrow->lanes < of_wide ? narrow : wide;
}

enum { PLANES_BYTES = 400 << 10, UNIT_PIXELS = 2048, SUMS_BYTES = 1 << 20, MOST_CHUNKS = 8 };

/* How many strips of rows: their planes should stay in the second cache, and all threads busy. */
static void cut_strips(Correlation *job, long rows, long overlap, const Loops *loops) {
    const Planes *planes = &job->planes;
    const long row_bytes = planes->channels * planes->down * planes->across * planes->pitch * loops->size;
    long strip = greatest(1, PLANES_BYTES / row_bytes - overlap);
    strip = least(strip, greatest(1, ceil_div(rows * job->pictures, 8)));
    job->strips = ceil_div(rows, strip);
    job->strip_rows = ceil_div(rows, job->strips);
    job->planes.rows = job->strip_rows + overlap;
}

static int run_correlation(Correlation *job, const Loops *loops, int threads) {
    const Planes *p = &job->planes;
    const size_t size = (size_t)(p->channels * p->down * p->across * p->rows * p->pitch * loops->size);
    if (!reserve_scratch(threads, size)) return 0;
    run_tasks(loops->correlate_strip, job, job->pictures * job->strips, threads);
    return 1;
}

static long tap_place(const Planes *p, long channel, long i, long j) {
    const long plane = (channel * p->down + i % p->step) * p->across + j % p->step;
    return (plane * p->rows + i / p->step) * p->pitch + j / p->step;
}

static Planes planes_of_pictures(const Convolution *conv, const Loops *loops) {
    const long s = conv->stride, width = ceil_div(conv->OW, loops->lanes) * loops->lanes;
    return (Planes){conv->C, conv->H, conv->W, s, least(s, conv->HH), least(s, conv->WW), conv->pad,
                    conv->pad, 0, width + (conv->WW - 1) / s};
}

static void list_taps(const Convolution *conv, const Planes *planes, long *offset) {
    for (long c = 0; c < conv->C; c++)
        for (long i = 0; i < conv->HH; i++)
            for (long j = 0; j < conv->WW; j++) *offset++ = tap_place(planes, c, i, j);
}

static int conv_forward(const Convolution *conv, const void *x, const void *w, const void *b,
                        void *out, int is_double, int threads) {
    const Loops *loops = choose_loops(is_double, conv->OW);
    const long taps = conv->C * conv->HH * conv->WW;
    Phase phase = {taps, NULL, NULL, 0, conv->OH, 0, conv->OW, 0, 0};
    Correlation job = {x, b, out, conv->N, conv->F, ceil_div(conv->F, MOST_FILTERS), conv->OH,
                       conv->OW, 1, 0, 0, 1, planes_of_pictures(conv, loops), &phase};
    cut_strips(&job, conv->OH, (conv->HH - 1) / conv->stride, loops);
    phase.offset = malloc((size_t)taps * sizeof(long));
    phase.weights = malloc((size_t)(conv->F * taps * loops->size));
    int done = phase.offset && phase.weights;
    if (done) {
        begin();
        list_taps(conv, &job.planes, phase.offset);
        loops->pack_forward(conv, w, &phase, job.blocks);
        done = run_correlation(&job, loops, threads);
        end();
    }
    free(phase.offset);
    free(phase.weights);
    return done;
}

/* Row y of dx gets dout[(y + pad - i) / stride] * w[i] from each i for which that is a row. Rows
   that leave the same remainder r form a phase, with taps i = r, r + stride, ... */
static Phase phase_of(const Convolution *conv, long r, long u, long rows_before, long cols_before) {
    const long s = conv->stride;
    Phase phase = {0};
    phase.taps = conv->F * (r < conv->HH ? ceil_div(conv->HH - r, s) : 0) *
                 (u < conv->WW ? ceil_div(conv->WW - u, s) : 0);
    phase.out_row = rows_before + r - conv->pad;
    phase.out_col = cols_before + u - conv->pad;
    phase.first_row = phase.out_row < 0;
    phase.first_col = phase.out_col < 0;
    phase.end_row = ceil_div(greatest(conv->H - phase.out_row, 0), s);
    phase.end_col = ceil_div(greatest(conv->W - phase.out_col, 0), s);
    return phase;
}

static int conv_backward_pictures(const Convolution *conv, const void *dout, const void *w, void *dx,
                                  int is_double, int threads) {
    const long s = conv->stride, before = conv->pad / s; /* places in the padding */
    const long rows = (conv->pad + conv->H - 1) / s - before + 1;
    const long cols = (conv->pad + conv->W - 1) / s - before + 1;
    const long high = ceil_div(conv->HH, s) - 1, wide = ceil_div(conv->WW, s) - 1;
    const Loops *loops = choose_loops(is_double, cols);
    const long pitch = ceil_div(cols, loops->lanes) * loops->lanes + wide + 1;
    Correlation job = {dout, NULL, dx, conv->N, conv->C, ceil_div(conv->C, MOST_FILTERS), conv->H,
                       conv->W, s, 0, 0, s * s,
                       {conv->F, conv->OH, conv->OW, 1, 1, 1, high - before, wide - before, 0, pitch},
                       NULL};
    cut_strips(&job, rows, high, loops);
    const size_t taps = (size_t)(conv->F * conv->HH * conv->WW);
    long *offset = malloc(taps * sizeof(long));
    char *weights = malloc(taps * (size_t)(conv->C * loops->size));
    job.phases = malloc((size_t)(s * s) * sizeof(Phase));
    int done = offset && weights && job.phases;
    if (done) {
        begin();
        long *next = offset;
        char *next_weights = weights;
        for (long r = 0; r < s; r++)
            for (long u = 0; u < s; u++) {
                Phase *phase = job.phases + r * s + u;
                *phase = phase_of(conv, r, u, before * s, before * s);
                phase->offset = next;
                phase->weights = next_weights;
                for (long f = 0; f < conv->F; f++)
                    for (long i = r; i < conv->HH; i += s)
                        for (long j = u; j < conv->WW; j += s)
                            *next++ = tap_place(&job.planes, f, high - i / s, wide - j / s);
                loops->pack_backward(conv, w, phase, job.blocks, r, u);
                next_weights += phase->taps * conv->C * loops->size;
            }
        done = run_correlation(&job, loops, threads);
        end();
    }
    free(offset);
    free(weights);
    free(job.phases);
    return done;
}

static int conv_backward_filters(const Convolution *conv, const void *dout, const void *x, void *dw,
                                 void *db, int is_double, int threads) {
    const Loops *loops = choose_loops(is_double, conv->OW);
    const long taps = conv->C * conv->HH * conv->WW + 1;
    Derivative job = {.conv = conv, .x = x, .dout = dout, .dw = dw, .db = db, .taps = taps};
    job.planes = planes_of_pictures(conv, loops);
    job.width = ceil_div(conv->OW, loops->lanes) * loops->lanes;
    job.blocks = ceil_div(conv->F, DOT_FILTERS);
    Planes *planes = &job.planes;
    const long overlap = (conv->HH - 1) / conv->stride;
    const long row = (planes->channels * planes->down * planes->across + 1) * planes->pitch;
    const long pixels = UNIT_PIXELS * (long)sizeof(float) / loops->size;
    long strip = greatest(1, least(PLANES_BYTES / (row * loops->size) - overlap, pixels / job.width));
    job.strips = ceil_div(conv->OH, strip);
    job.strip_rows = ceil_div(conv->OH, job.strips);
    planes->rows = job.strip_rows + overlap;
    job.picture_size = row * planes->rows;
    job.group = 1;
    if (job.strips == 1)
        job.group = greatest(1, least(PLANES_BYTES / (job.picture_size * loops->size),
                                      pixels / (job.width * job.strip_rows)));
    job.group = least(job.group, ceil_div(conv->N, MOST_CHUNKS));
    job.units = ceil_div(conv->N, job.group) * job.strips;
    const long sums = conv->F * taps * loops->size;
    job.chunks = greatest(1, least(least(MOST_CHUNKS, job.units), SUMS_BYTES / sums));
    job.shares = least(ceil_div(MOST_CHUNKS, job.chunks), job.blocks);
    job.offset = malloc((size_t)taps * sizeof(long));
    job.sums = malloc((size_t)(sums * job.chunks));
    int done = job.offset && job.sums;
    if (done) {
        begin();
        list_taps(conv, planes, job.offset);
        job.offset[taps - 1] = (row - planes->pitch) * planes->rows; /* a plane of ones */
        const long up = DOT_FILTERS * job.group * job.strip_rows * job.width;
        done = reserve_scratch(threads, (size_t)((job.group * job.picture_size + up) * loops->size));
        if (done) {
            run_tasks(loops->derive_filters, &job, job.chunks * job.shares, threads);
            run_tasks(loops->add_chunks, &job, conv->F, threads);
        }
        end();
    }
    free(job.offset);
    free(job.sums);
    return done;
}

#endif
