#ifndef CONV_KERNELS_H
#define CONV_KERNELS_H

#include "conv_kernels_threads.h"
#include "conv_kernels_vectors.h"



#ifndef UNIT_PIXELS
#define UNIT_PIXELS 128
#endif
#ifndef PLANES_BYTES
#define PLANES_BYTES (400 << 10)
#endif
enum { SUMS_BYTES = 4 << 20, MOST_CHUNKS = 8 };

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
enum { MOST_BLOCK = 8, MOST_FILTERS = 8, MOST_TAPS = 14, MOST_VECTORS = 4 };
#define BLOCKS                                                                                  \
    BLOCK(1, 8) BLOCK(2, 8) BLOCK(3, 8) BLOCK(4, 6) BLOCK(5, 5) BLOCK(6, 4) BLOCK(7, 3) BLOCK(8, 3)
#define TAP_BLOCKS BLOCK(14, 1) BLOCK(14, 2) BLOCK(8, 3) BLOCK(6, 4)
#else
enum { MOST_BLOCK = 8, MOST_FILTERS = 6, MOST_TAPS = 8, MOST_VECTORS = 3 };
#define BLOCKS BLOCK(1, 8) BLOCK(2, 5) BLOCK(3, 4) BLOCK(4, 3) BLOCK(5, 2) BLOCK(6, 2)
#define TAP_BLOCKS BLOCK(8, 1) BLOCK(5, 2) BLOCK(3, 3)
#endif

typedef struct { /* the loops of conv_kernels_block.h for one type and width */
    long size, lanes;
    void (*pack_forward)(const Convolution *, const void *, Phase *, long);
    void (*pack_backward)(const Convolution *, const void *, Phase *, long, long, long);
    Task correlate_strip, derive_filters, add_chunks;
} Loops;

#define REAL float
#define LANES WIDE_FLOATS
#define NAME(name) name##_float_wide
#include "conv_kernels_vectors.h"
#include "conv_kernels_block.h"
#undef REAL
#undef LANES
#undef NAME
#define REAL float
#define LANES NARROW_FLOATS
#define NAME(name) name##_float_narrow
#include "conv_kernels_vectors.h"
#include "conv_kernels_block.h"
#undef REAL
#undef LANES
#undef NAME
#define REAL double
#define LANES WIDE_DOUBLES
#define NAME(name) name##_double_wide
#include "conv_kernels_vectors.h"
#include "conv_kernels_block.h"
#undef REAL
#undef LANES
#undef NAME
#define REAL double
#define LANES NARROW_DOUBLES
#define NAME(name) name##_double_narrow
#include "conv_kernels_vectors.h"
#include "conv_kernels_block.h"
#undef REAL
#undef LANES
#undef NAME

/* The width of vector that computes fewer numbers which nobody needs, past the ends of rows. */
static const Loops *choose_loops(int is_double, long cols) {
    static const Loops *const all[2][2] = {{&loops_float_wide, &loops_float_narrow},
                                           {&loops_double_wide, &loops_double_narrow}};
    const Loops *wide = all[is_double][0], *narrow = all[is_double][1];
    const long of_wide = ceil_div(cols, wide->lanes) * wide->lanes;
    return ceil_div(cols, narrow->lanes) * narrow->lanes < of_wide ? narrow : wide;
}


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

static Planes planes_of_pictures(const Convolution *conv, long width) {
    const long s = conv->stride;
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
    const long width = ceil_div(conv->OW, loops->lanes) * loops->lanes;
    Phase phase = {taps, NULL, NULL, 0, conv->OH, 0, conv->OW, 0, 0};
    Correlation job = {x, b, out, conv->N, conv->F, ceil_div(conv->F, MOST_FILTERS), conv->OH,
                       conv->OW, 1, 0, 0, 1, planes_of_pictures(conv, width), &phase};
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
    const Loops *loops = choose_loops(is_double, conv->F);
    Derivative job = {.conv = conv, .x = x, .dout = dout, .dw = dw, .db = db};
    Planes *planes = &job.planes;
    *planes = planes_of_pictures(conv, conv->OW);
    job.taps = conv->C * conv->HH * conv->WW + 1;
    job.width = ceil_div(conv->F, loops->lanes) * loops->lanes;
    const long overlap = (conv->HH - 1) / conv->stride;
    const long row = (planes->channels * planes->down * planes->across + 1) * planes->pitch;
    const long strip = greatest(1, PLANES_BYTES / (row * loops->size) - overlap);
    job.strips = ceil_div(conv->OH, strip);
    job.strip_rows = ceil_div(conv->OH, job.strips);
    job.strips = ceil_div(conv->OH, job.strip_rows);
    planes->rows = job.strip_rows + overlap;
    job.picture_size = row * planes->rows;
    job.units = conv->N * job.strips;
    const long sums = job.taps * job.width * loops->size;
    job.chunks = greatest(1, least(least(MOST_CHUNKS, job.units), SUMS_BYTES / sums));
    job.shares = least(conv->C, ceil_div(MOST_CHUNKS, job.chunks));
    job.offset = malloc((size_t)job.taps * sizeof(long));
    job.sums = malloc((size_t)(sums * job.chunks));
    job.place = malloc((size_t)(job.strip_rows * conv->OW) * sizeof(int));
    int done = job.offset && job.sums && job.place;
    if (done) {
        begin();
        list_taps(conv, planes, job.offset);
        job.offset[job.taps - 1] = (row - planes->pitch) * planes->rows; /* a plane of ones */
        for (long p = 0; p < job.strip_rows * conv->OW; p++)
            job.place[p] = (int)(p / conv->OW * planes->pitch + p % conv->OW);
        done = reserve_scratch(
            threads, (size_t)((job.picture_size + UNIT_PIXELS * job.width) * loops->size));
        if (done) {
            run_tasks(loops->derive_filters, &job, job.chunks * job.shares, threads);
            run_tasks(loops->add_chunks, &job, ceil_div(job.taps, loops->lanes), threads);
        }
        end();
    }
    free(job.offset);
    free(job.sums);
    free(job.place);
    return done;
}

#endif
