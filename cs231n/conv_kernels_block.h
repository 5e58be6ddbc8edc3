/* The loops of conv_kernels.h, written once. It includes this file for each type of number and
   each width of vector, with REAL, LANES (numbers in a vector) and NAME (what functions are called).

   VECTOR arithmetic is GCC's and clang's extension: `a * b + c` of three vectors is one
   instruction where the processor has a wide fused multiply-add, and several where it has not. */

typedef REAL NAME(vector) __attribute__((vector_size(LANES * sizeof(REAL))));
typedef REAL NAME(anywhere)
    __attribute__((vector_size(LANES * sizeof(REAL)), aligned(sizeof(REAL)), may_alias));
#define VECTOR NAME(vector)
#define LOAD(at) (*(const NAME(anywhere) *)(at))
#define STORE(at) (*(NAME(anywhere) *)(at))

/* Copy rows `first` to `first + planes->rows` of a picture's planes, zero wherever it has no pixel. */
static void NAME(fill_planes)(const Planes *planes, const REAL *picture, long first, REAL *to) {
    const long step = planes->step, width = planes->width, pitch = planes->pitch;
    for (long c = 0; c < planes->channels; c++, picture += planes->height * width)
        for (long r = 0; r < planes->down; r++)
            for (long u = 0; u < planes->across; u++) {
                /* Column p of this phase is column p * step + shift of the picture. */
                const long shift = u - planes->left;
                const long start = shift < 0 ? ceil_div(-shift, step) : 0;
                const long after = width > shift ? ceil_div(width - shift, step) : 0;
                for (long q = first; q < first + planes->rows; q++, to += pitch) {
                    const long y = q * step + r - planes->top;
                    const long from = y < 0 || y >= planes->height ? pitch : least(start, pitch);
                    const long until = greatest(from, least(after, pitch));
                    const REAL *row = picture + y * width + shift;
                    for (long p = 0; p < from; p++) to[p] = 0;
                    if (step == 1)
                        memcpy(to + from, row + from, (size_t)(until - from) * sizeof(REAL));
                    else
                        for (long p = from; p < until; p++) to[p] = row[p * step];
                    for (long p = until; p < pitch; p++) to[p] = 0;
                }
            }
}

/* Store a vector of results at every step-th place; the last ones of a row may hang over its end. */
static inline void NAME(put)(VECTOR result, REAL *to, long step, long count) {
    if (step == 1 && count >= LANES) {
        STORE(to) = result;
        return;
    }
    REAL numbers[LANES];
    memcpy(numbers, &result, sizeof result);
    for (long i = 0; i < least(count, LANES); i++) to[i * step] = numbers[i];
}

/* The register block: M filters times V vectors of pixels, for all taps.

   sums[m][v] += weights[k][m] * planes[at[v] + offset[k] ...] */
INLINED void NAME(multiply)(const int M, const int V, long taps, const long *offset,
                            const REAL *weights, const REAL *const *at, VECTOR (*sums)[MOST_BLOCK]) {
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

/* Results of M filters in a strip, V vectors of pixels at a time. */
INLINED void NAME(correlate_filters)(const int M, const int V, const Correlation *job,
                                     const Phase *phase, const REAL *planes, long first, long row,
                                     long end, const REAL *weights, const REAL *bias, REAL *out) {
    const long width = phase->end_col - phase->first_col, across = ceil_div(width, LANES);
    const long count = (end - row) * across, area = job->out_height * job->out_width;
    for (long t = 0; t < count; t += V) {
        VECTOR sums[MOST_BLOCK][MOST_BLOCK];
        const REAL *at[MOST_BLOCK];
        UNROLLED for (int v = 0; v < V; v++) {
            const long u = least(t + v, count - 1); /* the last ones may be computed twice */
            at[v] = planes + (row - first + u / across) * job->planes.pitch + phase->first_col +
                    u % across * LANES;
            UNROLLED for (int m = 0; m < M; m++)
                sums[m][v] = (VECTOR){0} + (bias ? bias[m] : 0);
        }
        NAME(multiply)(M, V, phase->taps, phase->offset, weights, at, sums);
        UNROLLED for (int v = 0; v < V; v++) {
            const long u = least(t + v, count - 1), col = phase->first_col + u % across * LANES;
            REAL *to = out + ((row + u / across) * job->step + phase->out_row) * job->out_width +
                       col * job->step + phase->out_col;
            UNROLLED for (int m = 0; m < M; m++)
                NAME(put)(sums[m][v], to + m * area, job->step, phase->end_col - col);
        }
    }
}

/* One strip of one picture: fill its planes, then all phases and all filters, block by block. */
static void NAME(correlate_strip)(void *it, long index, int thread) {
    const Correlation *job = it;
    const long picture = index / job->strips, strip = index % job->strips;
    const long first = strip * job->strip_rows, pixels = job->planes.height * job->planes.width;
    const long area = job->out_height * job->out_width;
    REAL *planes = scratch[thread].memory;
    NAME(fill_planes)(&job->planes, (const REAL *)job->source +
                      picture * job->planes.channels * pixels, first, planes);
    for (const Phase *phase = job->phases; phase < job->phases + job->phase_count; phase++) {
        const long row = greatest(first, phase->first_row);
        const long end = least(first + job->strip_rows, phase->end_row);
        for (long b = 0; b < job->blocks; b++) {
            const long f = block_start(job->filters, job->blocks, b);
            const REAL *weights = (const REAL *)phase->weights + f * phase->taps;
            const REAL *bias = job->bias ? (const REAL *)job->bias + f : NULL;
            REAL *out = (REAL *)job->out + (picture * job->filters + f) * area;
#define BLOCK(M, V)                                                                             \
    case M:                                                                                     \
        NAME(correlate_filters)(M, V, job, phase, planes, first, row, end, weights, bias, out); \
        break;
            switch (block_start(job->filters, job->blocks, b + 1) - f) { BLOCKS }
#undef BLOCK
        }
    }
}

/* Weights of a phase in the order in which the register block reads them: (block, tap, filter). */
static void NAME(pack_forward)(const Convolution *conv, const void *filters, Phase *phase, long blocks) {
    const REAL *w = filters;
    REAL *to = phase->weights;
    for (long b = 0; b < blocks; b++)
        for (long k = 0; k < phase->taps; k++)
            for (long f = block_start(conv->F, blocks, b); f < block_start(conv->F, blocks, b + 1); f++)
                *to++ = w[f * phase->taps + k];
}

/* Entries (r + stride * i, u + stride * j) of the filters, transposed: channels are what comes out. */
static void NAME(pack_backward)(const Convolution *conv, const void *filters, Phase *phase, long blocks,
                                long r, long u) {
    const REAL *w = filters;
    REAL *to = phase->weights;
    const long area = conv->HH * conv->WW;
    for (long b = 0; b < blocks; b++)
        for (long f = 0; f < conv->F; f++)
            for (long i = r; i < conv->HH; i += conv->stride)
                for (long j = u; j < conv->WW; j += conv->stride)
                    for (long c = block_start(conv->C, blocks, b); c < block_start(conv->C, blocks, b + 1); c++)
                        *to++ = w[(f * conv->C + c) * area + i * conv->WW + j];
}

/* Two vectors become one: sums of neighbours. After log2(LANES) rounds, one number a vector. */
static inline VECTOR NAME(add_neighbours)(VECTOR a, VECTOR b) {
    return SHUFFLE(a, b, PASTE(EVEN_, LANES)) + SHUFFLE(a, b, PASTE(ODD_, LANES));
}

/* Add to to[m * stride + v] the sum over the lanes of sums[m * V + v], for the first `count` v. */
INLINED void NAME(add_lanes)(const int M, const int V, VECTOR *sums, REAL *to, long stride, long count) {
    REAL numbers[MOST_DOTS + LANES];
    for (int start = 0; start < M * V; start += LANES) {
        for (int size = LANES; size > 1; size /= 2)
            for (int i = 0; i < size / 2; i++)
                sums[start + i] = NAME(add_neighbours)(sums[start + 2 * i], sums[start + 2 * i + 1]);
        memcpy(numbers + start, sums + start, sizeof(VECTOR));
    }
    for (int m = 0; m < M; m++)
        for (long v = 0; v < count; v++) to[m * stride + v] += numbers[m * V + v];
}

/* M filters times V taps: products of dout and of what the taps see, summed over a unit's pixels. */
INLINED void NAME(dots)(const int M, const int V, const Derivative *job, const REAL *dout, long length,
                        long pictures, const REAL *planes, const long *offset, long count, REAL *to) {
    VECTOR sums[MOST_DOTS], totals[MOST_DOTS];
    const REAL *at[V];
    UNROLLED for (int v = 0; v < V; v++) at[v] = planes + offset[least(v, count - 1)];
    UNROLLED for (int i = 0; i < M * V; i++) sums[i] = (VECTOR){0};
    for (long n = 0; n < pictures; n++)
        for (long row = 0; row < job->strip_rows; row++) {
            const long start = n * job->picture_size + row * job->planes.pitch;
            for (long x = start; x < start + job->width; x += LANES, dout += LANES) {
                VECTOR pixels[V];
                UNROLLED for (int v = 0; v < V; v++) pixels[v] = LOAD(at[v] + x);
                UNROLLED for (int m = 0; m < M; m++) {
                    const VECTOR up = LOAD(dout + m * length);
                    UNROLLED for (int v = 0; v < V; v++) sums[m * V + v] += up * pixels[v];
                }
            }
        }
    UNROLLED for (int i = 0; i < MOST_DOTS; i++) totals[i] = i < M * V ? sums[i] : (VECTOR){0};
    NAME(add_lanes)(M, V, totals, to, job->taps, count);
}

/* Copy what M filters receive in the rows of a unit, (M, pictures, rows, width); zero past the end. */
static void NAME(copy_upstream)(const Derivative *job, const REAL *dout, long M, long pictures,
                                long first, REAL *to) {
    const Convolution *conv = job->conv;
    const long area = conv->OH * conv->OW, rows = job->strip_rows;
    for (long m = 0; m < M; m++)
        for (long n = 0; n < pictures; n++)
            for (long y = first; y < first + rows; y++, to += job->width) {
                const long cols = y < conv->OH ? conv->OW : 0;
                memcpy(to, dout + (n * conv->F + m) * area + y * conv->OW, (size_t)cols * sizeof(REAL));
                for (long x = cols; x < job->width; x++) to[x] = 0;
            }
}

/* Sums over one part of the batch, for one part of the filters. */
static void NAME(derive_filters)(void *it, long index, int thread) {
    const Derivative *job = it;
    const Convolution *conv = job->conv;
    const long chunk = index / job->shares, share = index % job->shares;
    const long from = job->blocks * share / job->shares, until = job->blocks * (share + 1) / job->shares;
    REAL *sums = (REAL *)job->sums + chunk * conv->F * job->taps;
    REAL *planes = scratch[thread].memory, *up = planes + job->group * job->picture_size;
    const long f0 = block_start(conv->F, job->blocks, from), f1 = block_start(conv->F, job->blocks, until);
    memset(sums + f0 * job->taps, 0, (size_t)((f1 - f0) * job->taps) * sizeof(REAL));
    for (long unit = job->units * chunk / job->chunks; unit < job->units * (chunk + 1) / job->chunks; unit++) {
        const long picture = unit / job->strips * job->group, first = unit % job->strips * job->strip_rows;
        const long pictures = least(job->group, conv->N - picture), length = pictures * job->strip_rows * job->width;
        for (long n = 0; n < pictures; n++) {
            REAL *to = planes + n * job->picture_size;
            NAME(fill_planes)(&job->planes, (const REAL *)job->x + (picture + n) * conv->C * conv->H * conv->W, first, to);
            for (long i = job->offset[job->taps - 1]; i < job->picture_size; i++) to[i] = 1;
        }
        for (long b = from; b < until; b++) {
            const long f = block_start(conv->F, job->blocks, b);
            const long M = block_start(conv->F, job->blocks, b + 1) - f;
            NAME(copy_upstream)(job, (const REAL *)job->dout + (picture * conv->F + f) * conv->OH * conv->OW, M, pictures, first, up);
            for (long k = 0; k < job->taps; k += DOT_TAPS) {
                REAL *to = sums + f * job->taps + k;
                const long count = least(DOT_TAPS, job->taps - k);
#define BLOCK(M)                                                                                                   \
    case M:                                                                                                        \
        NAME(dots)(M, DOT_TAPS, job, up, length, pictures, planes, job->offset + k, count, to);                    \
        break;
                switch (M) { DOT_BLOCKS }
#undef BLOCK
            }
        }
    }
}

/* Add the parts of the batch, always in the same order; the last tap, which sees ones, gives db. */
static void NAME(add_chunks)(void *it, long f, int thread) {
    const Derivative *job = it;
    const long taps = job->taps, size = job->conv->F * taps;
    const REAL *sums = (const REAL *)job->sums + f * taps;
    (void)thread;
    for (long k = 0; k < taps; k++) {
        REAL sum = sums[k];
        for (long chunk = 1; chunk < job->chunks; chunk++) sum += sums[chunk * size + k];
        *(k < taps - 1 ? (REAL *)job->dw + f * (taps - 1) + k : (REAL *)job->db + f) = sum;
    }
}

static const Loops NAME(loops) = {
    sizeof(REAL), LANES, NAME(pack_forward), NAME(pack_backward),
    NAME(correlate_strip), NAME(derive_filters), NAME(add_chunks),
};

#undef VECTOR
#undef LOAD
#undef STORE
#undef LANES
#undef NAME
