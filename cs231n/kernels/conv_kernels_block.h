/* The loops of conv_kernels.h, written once. It includes this file for each type of number and each
   width of vector, with REAL, LANES (numbers in a vector) and NAME (what functions are called). */

/* Copy rows from `first` on into a picture's planes; zeros stand where it has no pixel. */
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
static void NAME(pack_forward)(const Convolution *conv, const void *filters, Phase *phase,
                               long blocks) {
    const REAL *w = filters;
    REAL *to = phase->weights;
    for (long b = 0; b < blocks; b++) {
        const long start = block_start(conv->F, blocks, b);
        const long end = block_start(conv->F, blocks, b + 1);
        for (long k = 0; k < phase->taps; k++)
            for (long f = start; f < end; f++) *to++ = w[f * phase->taps + k];
    }
}

/* The same for entries (r + stride * i, u + stride * j) of the filters; channels come out. */
static void NAME(pack_backward)(const Convolution *conv, const void *filters, Phase *phase,
                                long blocks, long r, long u) {
    const REAL *w = filters;
    REAL *to = phase->weights;
    const long area = conv->HH * conv->WW;
    for (long b = 0; b < blocks; b++) {
        const long start = block_start(conv->C, blocks, b);
        const long end = block_start(conv->C, blocks, b + 1);
        for (long f = 0; f < conv->F; f++)
            for (long i = r; i < conv->HH; i += conv->stride)
                for (long j = u; j < conv->WW; j += conv->stride)
                    for (long c = start; c < end; c++)
                        *to++ = w[(f * conv->C + c) * area + i * conv->WW + j];
    }
}

/* Turn dout of some pixels, (F, pixels), into (pixels, width): a vector holds LANES filters. */
static void NAME(transpose_upstream)(const REAL *dout, long filters, long area, long count,
                                     long width, REAL *to) {
    for (long f = 0; f < width; f += LANES)
        for (long p = 0; p < count; p += LANES) {
            VECTOR rows[LANES];
            for (int i = 0; i < LANES; i++) {
                rows[i] = (VECTOR){0};
                if (f + i >= filters) continue;
                const REAL *from = dout + (f + i) * area + p;
                if (count - p >= LANES)
                    rows[i] = LOAD(from);
                else
                    memcpy(rows + i, from, (size_t)(count - p) * sizeof(REAL));
            }
            NAME(transpose)(rows);
            for (int i = 0; i < least(LANES, count - p); i++)
                STORE(to + (p + i) * width + f) = rows[i];
        }
}

/* The register block again, M taps times V vectors of filters, summed over pixels.

   to[m][v] += planes[offset[m] + place[t]] * up[t][v] */
INLINED void NAME(derive)(const int M, const int V, long count, const int *place, const REAL *up,
                          long width, const REAL *planes, const long *offset, long used, REAL *to) {
    VECTOR sums[MOST_TAPS][MOST_VECTORS];
    const REAL *at[MOST_TAPS];
    UNROLLED for (int m = 0; m < M; m++) at[m] = planes + offset[least(m, used - 1)];
    UNROLLED for (int m = 0; m < M; m++)
        UNROLLED for (int v = 0; v < V; v++) sums[m][v] = (VECTOR){0};
    for (long t = 0; t < count; t++, up += width) {
        VECTOR ups[MOST_VECTORS];
        const long pixel = place[t];
        UNROLLED for (int v = 0; v < V; v++) ups[v] = LOAD(up + v * LANES);
        UNROLLED for (int m = 0; m < M; m++)
            UNROLLED for (int v = 0; v < V; v++) sums[m][v] += ups[v] * at[m][pixel];
    }
    UNROLLED for (int m = 0; m < M; m++)
        UNROLLED for (int v = 0; v < V; v++)
            if (m < used) STORE(to + m * width + v * LANES) += sums[m][v];
}

/* All taps and all filters, for some pixels of one picture. */
static void NAME(derive_pixels)(const Derivative *job, long taps, const long *offset,
                                const REAL *planes, const int *place, long count, const REAL *up,
                                REAL *sums) {
    const long vectors = job->width / LANES, groups = ceil_div(vectors, MOST_VECTORS);
    for (long g = 0; g < groups; g++) {
        const long v = block_start(vectors, groups, g), V = block_start(vectors, groups, g + 1) - v;
        for (long k = 0; k < taps;) {
            REAL *to = sums + k * job->width + v * LANES;
#define BLOCK(M, V)                                                                        \
    case V:                                                                                \
        NAME(derive)(M, V, count, place, up + v * LANES, job->width, planes, offset + k,   \
                     least(M, taps - k), to);                                              \
        k += M;                                                                            \
        break;
            switch (V) { TAP_BLOCKS }
#undef BLOCK
        }
    }
}

/* Sums over one part of the batch, for one part of the channels. */
static void NAME(derive_filters)(void *it, long index, int thread) {
    const Derivative *job = it;
    const Convolution *conv = job->conv;
    const long chunk = index / job->shares, share = index % job->shares;
    const long c = block_start(conv->C, job->shares, share), k = c * conv->HH * conv->WW;
    const long area = conv->OH * conv->OW, pixels = conv->H * conv->W;
    Planes part = job->planes;
    part.channels = block_start(conv->C, job->shares, share + 1) - c;
    const long taps = part.channels * conv->HH * conv->WW + (share == job->shares - 1);
    REAL *planes = scratch[thread].memory, *up = planes + job->picture_size;
    REAL *sums = (REAL *)job->sums + (chunk * job->taps + k) * job->width;
    memset(sums, 0, (size_t)(taps * job->width) * sizeof(REAL));
    for (long i = job->offset[job->taps - 1]; i < job->picture_size; i++) planes[i] = 1;
    for (long unit = block_start(job->units, job->chunks, chunk);
         unit < block_start(job->units, job->chunks, chunk + 1); unit++) {
        const long n = unit / job->strips, first = unit % job->strips * job->strip_rows;
        const long count = least(job->strip_rows, conv->OH - first) * conv->OW;
        const REAL *dout = (const REAL *)job->dout + n * conv->F * area + first * conv->OW;
        const REAL *picture = (const REAL *)job->x + (n * conv->C + c) * pixels;
        NAME(fill_planes)(&part, picture, first, planes + job->offset[k]);
        for (long p = 0; p < count; p += SOME_PIXELS) {
            const long some = least(SOME_PIXELS, count - p);
            NAME(transpose_upstream)(dout + p, conv->F, area, some, job->width, up);
            NAME(derive_pixels)(job, taps, job->offset + k, planes, job->place + p, some, up, sums);
        }
    }
}

/* Add the parts of the batch, always in the same order, and turn (taps, filters) into dw. The last
   tap saw ones: it is db. */
static void NAME(add_chunks)(void *it, long index, int thread) {
    const Derivative *job = it;
    const long k = index * LANES, taps = job->taps - 1, size = job->taps * job->width;
    (void)thread;
    for (long f = 0; f < job->width; f += LANES) {
        VECTOR rows[LANES];
        for (long i = 0; i < LANES; i++) {
            const REAL *sums = (const REAL *)job->sums + least(k + i, taps) * job->width + f;
            rows[i] = LOAD(sums);
            for (long chunk = 1; chunk < job->chunks; chunk++) rows[i] += LOAD(sums + chunk * size);
        }
        if (k + LANES > taps)
            for (long i = 0; i < least(LANES, job->conv->F - f); i++)
                ((REAL *)job->db)[f + i] = rows[taps - k][i];
        NAME(transpose)(rows);
        for (long i = 0; i < least(LANES, job->conv->F - f); i++)
            NAME(put)(rows[i], (REAL *)job->dw + (f + i) * taps + k, 1, taps - k);
    }
}

static const Loops NAME(loops) = {
    sizeof(REAL), LANES, NAME(pack_forward), NAME(pack_backward),
    NAME(correlate_strip), NAME(derive_filters), NAME(add_chunks),
};
