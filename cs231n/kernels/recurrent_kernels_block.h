/* The loops of recurrent_kernels.h, once; see conv_kernels_vectors.h for REAL, LANES, NAME. */

/* sums += M rows, packed, times V panels. A function of its own for each M and V: in one that does
   more, compilers do not find registers for all sums. */
INLINED void NAME(multiply_into)(const int M, const int V, long terms, const long *offset,
                                 const REAL *packed, const REAL *const *at,
                                 VECTOR (*sums)[MOST_BLOCK]) {
    VECTOR held[MOST_BLOCK][MOST_BLOCK];
    UNROLLED for (int m = 0; m < M; m++)
        UNROLLED for (int v = 0; v < V; v++) held[m][v] = sums[m][v];
    NAME(multiply)(M, V, terms, offset, packed, at, held);
    UNROLLED for (int m = 0; m < M; m++)
        UNROLLED for (int v = 0; v < V; v++) sums[m][v] = held[m][v];
}

typedef void (*NAME(Block))(long terms, const long *offset, const REAL *packed,
                            const REAL *const *at, VECTOR (*sums)[MOST_BLOCK]);
#define BLOCK_OF(name, M, V)                                                                \
    static __attribute__((noinline)) void NAME(name##_##M)(                                 \
        long terms, const long *offset, const REAL *packed, const REAL *const *at,          \
        VECTOR (*sums)[MOST_BLOCK]) {                                                       \
        NAME(multiply_into)(M, V, terms, offset, packed, at, sums);                         \
    }
#define ROWS(M) BLOCK_OF(columns, M, MOST_COLUMNS) BLOCK_OF(column, M, 1)
ROW_BLOCKS
#undef ROWS
#define ROWS(M) BLOCK_OF(gates, M, 4)
GATE_BLOCKS
#undef ROWS
#undef BLOCK_OF
#define ROWS(M) NAME(columns_##M),
static const NAME(Block) NAME(columns)[] = {NULL, ROW_BLOCKS};
#undef ROWS
#define ROWS(M) NAME(column_##M),
static const NAME(Block) NAME(column)[] = {NULL, ROW_BLOCKS};
#undef ROWS
#define ROWS(M) NAME(gates_##M),
static const NAME(Block) NAME(gates)[] = {NULL, GATE_BLOCKS};
#undef ROWS

/* e^y for y <= 0, as power + power * less: `less` is e^r - 1 of a remainder |r| <= ln 2 / 2. */
INLINED void NAME(exponential)(VECTOR y, VECTOR *power, VECTOR *less) {
    const int single = sizeof(REAL) == 4, digits = single ? 23 : 52, terms = single ? 7 : 13;
    const REAL lowest = (REAL)(single ? -87.0 : -708.0);
    const REAL high = (REAL)(single ? 0.693359375 : 6.93145751953125e-1);
    const REAL low = (REAL)(single ? -2.12194440054690583e-4 : 1.42860682030941723212e-6);
    /* A sum with 3/2 of the last number that has a place for halves is rounded to whole numbers. */
    const REAL rounds = (REAL)(single ? 12582912.0 : 6755399441055744.0);
    const MASK none = y < lowest;
    y = NAME(select)(none, (VECTOR){0} + lowest, y);
    const VECTOR shifted = y * (REAL)1.44269504088896340736 + rounds, n = shifted - rounds;
    const VECTOR r = (y - n * high) - n * low;
    VECTOR p = (VECTOR){0} + 1;
    UNROLLED for (int k = terms; k > 1; k--) p = p * (r * (REAL)(1.0 / k)) + 1;
    *less = p * r;
    *power = (VECTOR)((((MASK)shifted << digits) + (MASK)((VECTOR){0} + 1)) & ~none);
}

static inline VECTOR NAME(sigmoid)(VECTOR x) {
    const MASK positive = x > 0;
    VECTOR power, less;
    NAME(exponential)(NAME(select)(positive, -x, x), &power, &less);
    const VECTOR e = power + power * less;
    return NAME(select)(positive, (VECTOR){0} + 1, e) / (e + 1);
}

static inline VECTOR NAME(tanh)(VECTOR x) {
    const MASK positive = x > 0;
    VECTOR power, less;
    NAME(exponential)(2 * NAME(select)(positive, -x, x), &power, &less);
    const VECTOR e = power * less + (power - 1); /* e^(-2 |x|) - 1, without cancellation */
    return NAME(select)(positive, -e, e) / (e + 2);
}

/* LANES columns of a matrix, from column `first` on, as a panel; zeros stand past its end. */
static void NAME(pack_panel)(const REAL *matrix, long rows, long columns, long first, REAL *to) {
    for (long k = 0; k < rows; k++, matrix += columns, to += LANES)
        STORE(to) = NAME(load_some)(matrix + first, columns - first, 0);
}

/* The same of the matrix turned over: LANES rows become columns. */
static void NAME(pack_turned)(const REAL *matrix, long rows, long columns, long first, REAL *to) {
    for (long k = 0; k < columns; k += LANES) {
        VECTOR block[LANES];
        for (long i = 0; i < LANES; i++)
            block[i] = first + i < rows
                           ? NAME(load_some)(matrix + (first + i) * columns + k, columns - k, 0)
                           : (VECTOR){0};
        NAME(transpose)(block);
        for (long i = 0; i < least(LANES, columns - k); i++) STORE(to + (k + i) * LANES) = block[i];
    }
}

/* Numbers of one row of a left matrix, to every step-th place. */
static inline void NAME(spread)(const REAL *from, long count, REAL *to, long step) {
    for (long i = 0; i < count; i++) to[i * step] = from[i];
}

/* The first of the block's lanes to every step-th place. */
static inline void NAME(spread_vector)(VECTOR from, long count, REAL *to, long step) {
    REAL numbers[LANES];
    memcpy(numbers, &from, sizeof from);
    if (count >= LANES) {
        UNROLLED for (int i = 0; i < LANES; i++) to[i * step] = numbers[i];
    } else
        NAME(spread)(numbers, count, to, step);
}

/* Forward. weights: (units, G, K, LANES) with K = D + H; packed: (T, N, K), in blocks of rows.
   kept: (units, T + 1, N, KEPT, LANES), of which the first step holds the first cell states only. */

/* Some rows of Wx and Wh, which are read from end to end, to all panels. */
static void NAME(pack_rows)(const Recurrence *job, long k, long end) {
    const long D = job->D, H = job->H, G = job->G, K = D + H;
    for (long first = 0; first < H; first += LANES)
        for (long g = 0; g < G; g++) {
            REAL *to = (REAL *)job->weights + ((first / LANES * G + g) * K + k) * LANES;
            for (long row = k; row < end; row++, to += LANES) {
                const REAL *from = row < D ? (const REAL *)job->Wx + row * G * H
                                           : (const REAL *)job->Wh + (row - D) * G * H;
                STORE(to) = NAME(load_some)(from + g * H + first, H - first, 0);
            }
        }
}

static void NAME(pack_forward)(void *it, long index, int thread) {
    const Recurrence *job = it;
    const long D = job->D, H = job->H, G = job->G, K = D + H, N = job->N, T = job->T;
    const long t = index - ceil_div(K, SOME_ROWS);
    (void)thread;
    if (t < 0) {
        NAME(pack_rows)(job, index * SOME_ROWS, least(K, (index + 1) * SOME_ROWS));
        return;
    }
    const long blocks = ceil_div(N, G == 4 ? MOST_GATE_ROWS : MOST_ROWS);
    for (long b = 0; b < blocks; b++) {
        const long row = block_start(N, blocks, b), M = block_start(N, blocks, b + 1) - row;
        REAL *to = (REAL *)job->packed + (t * N + row) * K;
        for (long m = 0; m < M && row < job->counts[t]; m++) {
            const long n = job->order[row + m];
            NAME(spread)((const REAL *)job->x + (n * T + t) * D, D, to + m, M);
            if (t == 0) NAME(spread)((const REAL *)job->h0 + n * H, H, to + D * M + m, M);
        }
    }
}

/* What an LSTM keeps of step t of sequence n, for LANES units. */
static inline REAL *NAME(kept_of)(const Recurrence *job, long u, long t, long n) {
    return (REAL *)job->kept + ((u * (job->T + 1) + t + 1) * job->N + n) * KEPT * LANES;
}

/* Gates become the new state of LANES units; what the way back needs is kept. */
static inline VECTOR NAME(cell_forward)(const Recurrence *job, const VECTOR *gates, REAL *kept) {
    if (job->cell == TANH) return NAME(tanh)(gates[0]);
    if (job->cell == RELU) return (VECTOR)((MASK)gates[0] & ~(gates[0] <= 0));
    const VECTOR in = NAME(sigmoid)(gates[IN]), forget = NAME(sigmoid)(gates[FORGET]);
    const VECTOR out = NAME(sigmoid)(gates[OUT]), block = NAME(tanh)(gates[BLOCK_IN]);
    const VECTOR cell = in * block + forget * LOAD(kept + (CELL - job->N * KEPT) * LANES);
    const VECTOR tanh_cell = NAME(tanh)(cell);
    STORE(kept + IN * LANES) = in;
    STORE(kept + FORGET * LANES) = forget;
    STORE(kept + OUT * LANES) = out;
    STORE(kept + BLOCK_IN * LANES) = block;
    STORE(kept + CELL * LANES) = cell;
    STORE(kept + TANH_CELL * LANES) = tanh_cell;
    return out * tanh_cell;
}

/* One step of M sequences, for LANES units. */
static void NAME(forward_rows)(const Recurrence *job, long u, long row, long M) {
    const long N = job->N, T = job->T, H = job->H, G = job->G, K = job->D + H, t = job->t;
    const long first = u * LANES, count = H - first;
    const REAL *packed = (const REAL *)job->packed + (t * N + row) * K, *at[MOST_BLOCK];
    VECTOR sums[MOST_BLOCK][MOST_BLOCK];
    for (long g = 0; g < G; g++) {
        at[g] = (const REAL *)job->weights + (u * G + g) * K * LANES;
        const VECTOR bias = NAME(load_some)((const REAL *)job->b + g * H + first, count, 0);
        for (long m = 0; m < M; m++) {
            const long place = (job->order[row + m] * G + g) * H + first;
            sums[m][g] = bias;
            if (job->added && (job->every || t == 0))
                sums[m][g] += NAME(load_some)((const REAL *)job->added + place, count, 0);
        }
    }
    (G == 4 ? NAME(gates) : NAME(column))[M](K, job->offset, packed, at, sums);
    for (long m = 0; m < M; m++) {
        REAL *kept = NAME(kept_of)(job, u, t, row + m);
        const VECTOR state = NAME(cell_forward)(job, sums[m], kept);
        if (row + m < job->counts[t])
            NAME(put)(state, (REAL *)job->h + (job->order[row + m] * T + t) * H + first, 1, count);
        if (t + 1 < T)
            NAME(spread_vector)(state, count, (REAL *)job->packed + ((t + 1) * N + row) * K +
                                (job->D + first) * M + m, M);
    }
}

static void NAME(step_forward)(void *it, long u, int thread) {
    const Recurrence *job = it;
    const long blocks = ceil_div(job->N, job->G == 4 ? MOST_GATE_ROWS : MOST_ROWS);
    (void)thread;
    for (long b = 0; b < blocks; b++) {
        const long row = block_start(job->N, blocks, b);
        if (row >= job->counts[job->t]) break;
        NAME(forward_rows)(job, u, row, block_start(job->N, blocks, b + 1) - row);
    }
}

/* Backward. weights: (units and inputs, K, LANES) with K = G H; packed: (2, N, K), in blocks of
   rows, for this step and the one before; dc: (units, N, LANES), at first what arrives at the last
   cell states, in the end what arrives at the first ones. */

static void NAME(pack_backward)(void *it, long index, int thread) {
    const Recurrence *job = it;
    const long K = job->G * job->H, units = ceil_div(job->H, LANES);
    REAL *to = (REAL *)job->weights + index * K * LANES;
    (void)thread;
    if (index < units)
        NAME(pack_turned)(job->Wh, job->H, K, index * LANES, to);
    else
        NAME(pack_turned)(job->Wx, job->D, K, (index - units) * LANES, to);
}

/* From what arrives at the state of LANES units after step t to what arrives at their gates. */
static inline void NAME(cell_backward)(const Recurrence *job, VECTOR up, long t, long u, long n,
                                       VECTOR *da) {
    const long N = job->N, T = job->T, H = job->H;
    if (job->cell != LSTM) {
        const REAL *h = (const REAL *)job->h + (job->order[n] * T + t) * H + u * LANES;
        const VECTOR state = NAME(load_some)(h, H - u * LANES, 0);
        da[0] = job->cell == TANH ? up * (1 - state * state)
                                  : (VECTOR)((MASK)up & ~(state <= 0));
        return;
    }
    const REAL *kept = NAME(kept_of)(job, u, t, n);
    const VECTOR in = LOAD(kept + IN * LANES), forget = LOAD(kept + FORGET * LANES);
    const VECTOR out = LOAD(kept + OUT * LANES), block = LOAD(kept + BLOCK_IN * LANES);
    const VECTOR tanh_cell = LOAD(kept + TANH_CELL * LANES);
    const VECTOR before = LOAD(kept + (CELL - N * KEPT) * LANES);
    REAL *at_cell = (REAL *)job->dc + (u * N + n) * LANES;
    const VECTOR dc = LOAD(at_cell) + up * out * (1 - tanh_cell * tanh_cell);
    da[IN] = dc * block * (in * (1 - in));
    da[FORGET] = dc * before * (forget * (1 - forget));
    da[OUT] = up * tanh_cell * (out * (1 - out));
    da[BLOCK_IN] = dc * in * (1 - block * block);
    STORE(at_cell) = dc * forget;
}

/* Where what arrives at LANES gates goes, as part of a panel. */
static inline REAL *NAME(arrived)(const Recurrence *job, long panel, long t, long n) {
    return (REAL *)job->gradient.panels +
           (panel * job->gradient.terms + job->starts[t] + n) * LANES;
}

/* What arrives at h of the step before, for sequence `row + m` of a block of M and LANES units. */
static void NAME(arrive)(const Recurrence *job, VECTOR up, long u, long row, long m, long M) {
    const long N = job->N, T = job->T, H = job->H, G = job->G, t = job->t - 1, n = row + m;
    const long first = u * LANES, count = H - first, units = ceil_div(H, LANES);
    const long place = job->order[n], takes = t >= 0 && n < job->counts[t];
    if (t < 0) {
        NAME(put)(up, (REAL *)job->dh0 + place * H + first, 1, count);
        return;
    }
    VECTOR da[4] = {{0}, {0}, {0}, {0}};
    if (takes) {
        up += NAME(load_some)((const REAL *)job->dh + (place * T + t) * H + first, count, 0);
        NAME(cell_backward)(job, up, t, u, n, da);
    }
    for (long g = 0; g < G; g++) {
        NAME(spread_vector)(da[g], count, (REAL *)job->packed + (t % 2 * N + row) * G * H +
                            (g * H + first) * M + m, M);
        if (!takes) continue;
        STORE(NAME(arrived)(job, g * units + u, t, n)) = da[g];
        if (!job->dadded || (t && !job->every)) continue;
        REAL *dadded = (REAL *)job->dadded + (place * G + g) * H + first;
        if (job->every) da[g] += NAME(load_some)(dadded, count, 0);
        NAME(put)(da[g], dadded, 1, count);
    }
}

/* Ask for what `arrive` will read, while the product is under way. */
static void NAME(ask)(const Recurrence *job, long u, long n) {
    const long N = job->N, T = job->T, t = job->t - 1;
    if (t < 0 || n >= job->counts[t]) return;
    __builtin_prefetch((const REAL *)job->dh + (job->order[n] * T + t) * job->H + u * LANES);
    const REAL *kept = NAME(kept_of)(job, u, t, n);
    if (job->cell == LSTM)
        for (long i = 0; i < KEPT * LANES; i += LINE / (long)sizeof(REAL))
            __builtin_prefetch(kept + i);
    const long units = ceil_div(job->H, LANES);
    for (long g = 0; g < job->G; g++)
        __builtin_prefetch(NAME(arrived)(job, g * units + u, t, n), 1);
}

/* One step back of M sequences, for some vectors of units, or of inputs. */
static void NAME(backward_rows)(const Recurrence *job, long v, long row, long M) {
    const long N = job->N, t = job->t, K = job->G * job->H, units = ceil_div(job->H, LANES);
    const long end = units + (t < job->T ? ceil_div(job->D, LANES) : 0);
    const REAL *packed = (const REAL *)job->packed + (t % 2 * N + row) * K, *at[MOST_BLOCK];
    VECTOR sums[MOST_BLOCK][MOST_BLOCK];
    for (long i = 0; i < MOST_COLUMNS; i++) {
        at[i] = (const REAL *)job->weights + least(v + i, end - 1) * K * LANES;
        for (long m = 0; m < M; m++) sums[m][i] = (VECTOR){0};
    }
    for (long m = 0; m < M; m++)
        for (long u = v; u < least(v + MOST_COLUMNS, units); u++) NAME(ask)(job, u, row + m);
    if (row < job->counts[t]) NAME(columns)[M](K, job->offset, packed, at, sums);
    for (long m = 0; m < M; m++)
        for (long u = v; u < least(v + MOST_COLUMNS, end); u++) {
            const long n = row + m, first = (u - units) * LANES;
            if (u < units)
                NAME(arrive)(job, sums[m][u - v], u, row, m, M);
            else if (n < job->counts[t])
                NAME(put)(sums[m][u - v],
                          (REAL *)job->dx + (job->order[n] * job->T + t) * job->D + first, 1,
                          job->D - first);
        }
}

static void NAME(step_backward)(void *it, long index, int thread) {
    const Recurrence *job = it;
    const long blocks = ceil_div(job->N, MOST_ROWS), share = index % job->shares;
    (void)thread;
    for (long b = block_start(blocks, job->shares, share);
         b < block_start(blocks, job->shares, share + 1); b++) {
        const long row = block_start(job->N, blocks, b);
        if (job->t && row >= job->counts[job->t - 1]) break;
        NAME(backward_rows)(job, index / job->shares * MOST_COLUMNS, row,
                            block_start(job->N, blocks, b + 1) - row);
    }
}

/* Products that end in memory: rows[m] += or = packed rows times panels, some columns of each. */

typedef struct {
    const REAL *at[MOST_BLOCK]; /* the panels */
    long place[MOST_COLUMNS], count[MOST_COLUMNS]; /* of each vector in a row; numbers needed */
} NAME(Columns);

static void NAME(product)(long M, long terms, const long *offset, const REAL *packed,
                          const NAME(Columns) *columns, REAL *const *rows, int adds) {
    VECTOR sums[MOST_BLOCK][MOST_BLOCK];
    for (long m = 0; m < M; m++)
        for (long i = 0; i < MOST_COLUMNS; i++) {
            const REAL *from = rows[m] + columns->place[i];
            sums[m][i] = adds ? NAME(load_some)(from, columns->count[i], 0) : (VECTOR){0};
        }
    NAME(columns)[M](terms, offset, packed, columns->at, sums);
    for (long m = 0; m < M; m++)
        for (long i = 0; i < MOST_COLUMNS; i++)
            NAME(put)(sums[m][i], rows[m] + columns->place[i], 1, columns->count[i]);
}

/* Vectors v and following of rows of `width` numbers, of panels of `terms` rows. */
static NAME(Columns) NAME(some_columns)(const REAL *panels, long terms, long v, long width) {
    NAME(Columns) columns;
    const long vectors = ceil_div(width, LANES);
    for (long i = 0; i < MOST_COLUMNS; i++) {
        columns.at[i] = panels + least(v + i, vectors - 1) * terms * LANES;
        columns.place[i] = least(v + i, vectors - 1) * LANES;
        columns.count[i] = v + i < vectors ? width - columns.place[i] : 0;
    }
    return columns;
}

/* The derivatives by weights. packed: (D + H + 1, terms), in blocks of rows. */

static void NAME(pack_gradient)(void *it, long b, int thread) {
    const Gradient *job = it;
    const long D = job->D, H = job->H, rows = D + H + 1, blocks = ceil_div(rows, MOST_ROWS);
    const long first = block_start(rows, blocks, b), M = block_start(rows, blocks, b + 1) - first;
    REAL *to = (REAL *)job->packed + first * job->terms;
    (void)thread;
    for (long t = 0; t < job->T; t++)
        for (long n = 0; n < job->counts[t]; n++, to += M) {
            const long row = job->order[n] * job->T + t;
            const REAL *x = (const REAL *)job->x + row * D;
            const REAL *h = t ? (const REAL *)job->h + (row - 1) * H
                              : (const REAL *)job->h0 + job->order[n] * H;
            const REAL *from = first + M <= D                      ? x + first
                               : first >= D && first + M <= D + H ? h + first - D
                                                                  : NULL;
            for (long m = 0; m < M; m++) {
                const long r = first + m;
                to[m] = from ? from[m] : r < D ? x[r] : r < D + H ? h[r - D] : 1;
            }
        }
}

static void NAME(add_gradient)(void *it, long index, int thread) {
    const Gradient *job = it;
    const long D = job->D, H = job->H, rows = D + H + 1, terms = job->terms;
    const long vectors = ceil_div(job->W, LANES), width = job->G * job->W;
    const long blocks = ceil_div(rows, MOST_ROWS), parts = ceil_div(terms, SOME_TERMS);
    NAME(Columns) columns;
    (void)thread;
    for (long i = 0; i < MOST_COLUMNS; i++) {
        const long v = least(index * MOST_COLUMNS + i, job->G * vectors - 1), u = v % vectors;
        columns.at[i] = (const REAL *)job->panels + v * terms * LANES;
        columns.place[i] = v / vectors * job->W + u * LANES;
        columns.count[i] =
            v == index * MOST_COLUMNS + i ? least(job->W - u * LANES, LANES) : 0;
    }
    for (long part = 0; part < parts; part++) {
        const long k = block_start(terms, parts, part);
        const long some = block_start(terms, parts, part + 1) - k;
        for (long b = 0; b < blocks; b++) {
            const long first = block_start(rows, blocks, b);
            const long M = block_start(rows, blocks, b + 1) - first;
            REAL *to[MOST_ROWS];
            for (long m = 0; m < M; m++) {
                const long r = first + m;
                to[m] = r < D       ? (REAL *)job->dWx + r * width
                        : r < D + H ? (REAL *)job->dWh + (r - D) * width
                                    : (REAL *)job->db;
            }
            const REAL *packed = (const REAL *)job->packed + first * terms + k * M;
            NAME(product)(M, some, job->offset + k, packed, &columns, to, part > 0);
        }
    }
}

#include "recurrent_kernels_words.h"

static const Steps NAME(steps) = {
    LANES, NAME(pack_forward), NAME(step_forward), NAME(pack_backward), NAME(step_backward),
    NAME(pack_words), NAME(score_words), NAME(pack_gradient), NAME(add_gradient), NAME(add_rows),
};
