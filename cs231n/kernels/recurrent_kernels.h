/* Recurrent networks: all steps of one, forward and backward, and the softmax of words at its end.

   1. Panels. A matrix that is multiplied from the left is copied into panels, once for all steps:
   LANES columns of it, one row below the other. What the register block of conv_kernels_vectors.h
   calls a tap is a row of a panel here, and what it calls filters are rows of the left matrix,
   copied in blocks of some rows, (column, row).

   2. A step forward. A task is LANES units of the state: the panels of their four gates stand side
   by side, so that the block ends with all four gates of a unit in registers, where they become
   the cell's new state. Nothing is stored in between. x[t] and h[t-1] stand side by side as well,
   as Wx and Wh stand on top of each other.

                        units of gate:     i      f      o      g
       row of x[t], h[t-1] ->          += [00]   [01]   [02]   [03]     6 rows, 24 sums

   3. A step backward. What arrives at the gates of step t, times Wh', is what arrives at h[t-1];
   the task that has it in registers goes back through the cell at once. The product with Wx' is dx.

   4. The derivatives by weights are one product, summed over all steps and sequences: of x, h[t-1]
   and a column of ones, turned over, with what arrived at the gates, which step 3 left as panels.

   5. Sequences may end early. They are kept in an order in which the longest come first: sequence n
   of it is row order[n] of x and h, counts[t] of them take step t, and starts[t] is the sum of all
   counts before it, where step t begins in what 4 sums up. counts[T] is 0.

   6. Words. A task is some rows: their scores, the softmax of these, and the way back to the rows,
   while all that is in the cache. */
#ifndef RECURRENT_KERNELS_H
#define RECURRENT_KERNELS_H

#include "conv_kernels_vectors.h"

typedef void (*Task)(void *job, long index, int thread);
typedef void (*Run)(Task task, void *job, long count, int threads);

typedef const void *Given; /* numbers of either precision */
typedef void *Made;
typedef const long *Numbers;

enum { TANH, RELU, LSTM };                                 /* cells */
enum { IN, FORGET, OUT, BLOCK_IN, CELL, TANH_CELL, KEPT }; /* what an LSTM keeps of each step */
enum {
    SOME_TERMS = 512,    /* of a long sum, whose panels stay in the second cache */
    SOME_ROWS = 8,       /* of weights, packed together */
    MOST_TILE = 48,      /* rows whose words are scored together */
    TASKS_A_THREAD = 8,  /* at least, in a step */
    COLUMNS_A_TASK = 64, /* of rows that are added up */
    LINE = 64            /* bytes of a line of the cache */
};

/* Rows of a register block beside some vectors of columns, or one of them, and beside the four
   gates: accumulators, the vectors they are made from, and a spare one must fit. */
#if defined(__AVX512F__) || defined(__aarch64__)
enum { MOST_COLUMNS = 3, MOST_ROWS = 8, MOST_GATE_ROWS = 6 };
#define ROW_BLOCKS ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8)
#define GATE_BLOCKS ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6)
#else
enum { MOST_COLUMNS = 2, MOST_ROWS = 6, MOST_GATE_ROWS = 3 };
#define ROW_BLOCKS ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6)
#define GATE_BLOCKS ROWS(1) ROWS(2) ROWS(3)
#endif

typedef struct { /* the derivatives by weights, (D, G W), (H, G W) and (G W,) */
    Given x, h, h0; /* (N, T, D), (N, T, H), (N, H) */
    Numbers order, counts, offset;
    Made panels, packed, dWx, dWh, db; /* panels: (G, vectors of W, terms, LANES) */
    long N, T, D, H, G, W, terms;
} Gradient;

typedef struct {
    Given x, h0, Wx, Wh, b, added, dh;
    Made h, kept, weights, packed, dx, dh0, dc, dadded;
    Numbers order, counts, starts, offset;
    Gradient gradient;
    long N, T, D, H, G, t, shares;
    int cell, every; /* every: added is added at every step */
} Recurrence;

typedef struct {
    Given h, W, b; /* (., H), (H, V), (V,) */
    Numbers rows, words, offset;
    Made dh, weights, back, scratch, sums, of_right;
    Gradient gradient;
    long R, H, V, tiles, tile, scratch_size; /* tile: rows at most */
    double share;
} Words;

typedef struct {
    Given source;
    Made to;
    Numbers places;
    long count, width;
} Sums;

typedef struct {
    long lanes;
    Task pack_forward, step_forward, pack_backward, step_backward, pack_words, score_words;
    Task pack_gradient, add_gradient, add_rows;
} Steps;

#define LOOPS "recurrent_kernels_block.h"
#include "conv_kernels_widths.h"
#undef LOOPS

static const Steps *const all_steps[] = {&steps_float_wide, &steps_float_narrow,
                                         &steps_double_wide, &steps_double_narrow};

/* Numbers in a vector, for a matrix of so many columns. */
static long vector_length(int is_double, long columns) {
    return all_steps[choose_width(is_double, columns)]->lanes;
}

static long columns_tasks(long vectors) { return ceil_div(vectors, MOST_COLUMNS); }

static void add_gradient(Run run, Gradient *job, const Steps *steps, int threads) {
    const long rows = job->D + job->H + 1, vectors = job->G * ceil_div(job->W, steps->lanes);
    run(steps->pack_gradient, job, ceil_div(rows, MOST_ROWS), threads);
    run(steps->add_gradient, job, columns_tasks(vectors), threads);
}

static void recurrence_forward(Run run, Recurrence *job, int is_double, int threads) {
    const Steps *steps = all_steps[choose_width(is_double, job->H)];
    const long units = ceil_div(job->H, steps->lanes);
    run(steps->pack_forward, job, ceil_div(job->D + job->H, SOME_ROWS) + job->T, threads);
    for (job->t = 0; job->t < job->T; job->t++) run(steps->step_forward, job, units, threads);
}

static void recurrence_backward(Run run, Recurrence *job, int is_double, int threads) {
    const Steps *steps = all_steps[choose_width(is_double, job->H)];
    const long units = ceil_div(job->H, steps->lanes), inputs = ceil_div(job->D, steps->lanes);
    const long columns = columns_tasks(units + inputs);
    job->shares = least(ceil_div(TASKS_A_THREAD * threads, columns), ceil_div(job->N, MOST_ROWS));
    run(steps->pack_backward, job, units + inputs, threads);
    job->t = job->T; /* nothing has arrived yet but dh */
    run(steps->step_backward, job, job->shares * columns_tasks(units), threads);
    while (job->t-- > 0) run(steps->step_backward, job, job->shares * columns, threads);
    add_gradient(run, &job->gradient, steps, threads);
}

static void softmax_words(Run run, Words *job, int is_double, int threads) {
    const Steps *steps = all_steps[choose_width(is_double, job->V)];
    const long words = ceil_div(job->V, steps->lanes), states = ceil_div(job->H, steps->lanes);
    run(steps->pack_words, job, words + states, threads);
    run(steps->score_words, job, job->tiles, threads);
    add_gradient(run, &job->gradient, steps, threads);
}

static void add_rows(Run run, Sums *job, int is_double, int threads) {
    const Steps *steps = all_steps[choose_width(is_double, COLUMNS_A_TASK)];
    run(steps->add_rows, job, ceil_div(job->width, COLUMNS_A_TASK), threads);
}

#endif
