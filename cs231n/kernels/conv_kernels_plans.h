/* Included by conv_kernels.h: how a convolution is cut into tasks, and what its taps are. The three
   functions that are called from outside return 0 where there is no memory, and 1 otherwise. */

static long planes_of(const Planes *p) { return p->channels * p->down * p->across; }

/* How many strips of rows: their planes should stay in the second cache, and all threads busy. */
static void cut_strips(Correlation *job, long rows, long overlap, const Loops *loops) {
    const Planes *planes = &job->planes;
    const long row_bytes = planes_of(planes) * planes->pitch * loops->size;
    long strip = greatest(1, PLANES_BYTES / row_bytes - overlap);
    strip = least(strip, greatest(1, ceil_div(rows * job->pictures, 8)));
    job->strips = ceil_div(rows, strip);
    job->strip_rows = ceil_div(rows, job->strips);
    job->planes.rows = job->strip_rows + overlap;
}

static int run_correlation(Correlation *job, const Loops *loops, int threads) {
    const Planes *p = &job->planes;
    const long numbers = planes_of(p) * p->rows * p->pitch;
    if (!reserve_scratch(threads, (size_t)(numbers * loops->size))) return 0;
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
    const Loops *loops = all_loops[choose_width(is_double, conv->OW)];
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
static Phase phase_of(const Convolution *conv, long r, long u, long before) {
    const long s = conv->stride;
    Phase phase = {0};
    phase.taps = conv->F * ceil_div(conv->HH - r, s) * ceil_div(conv->WW - u, s);
    phase.out_row = before + r - conv->pad;
    phase.out_col = before + u - conv->pad;
    phase.first_row = phase.out_row < 0;
    phase.first_col = phase.out_col < 0;
    phase.end_row = ceil_div(greatest(conv->H - phase.out_row, 0), s);
    phase.end_col = ceil_div(greatest(conv->W - phase.out_col, 0), s);
    return phase;
}

/* Offsets and packed weights of all phases, one behind the other. */
static void pack_phases(const Convolution *conv, const void *w, Correlation *job,
                        const Loops *loops, long *offset, char *weights) {
    const long s = conv->stride, high = ceil_div(conv->HH, s) - 1, wide = ceil_div(conv->WW, s) - 1;
    const long before = conv->pad / s * s;
    Phase *phase = job->phases;
    for (long r = 0; r < least(s, conv->HH); r++)
        for (long u = 0; u < least(s, conv->WW); u++, phase++) {
            *phase = phase_of(conv, r, u, before);
            phase->offset = offset;
            phase->weights = weights;
            for (long f = 0; f < conv->F; f++)
                for (long i = r; i < conv->HH; i += s)
                    for (long j = u; j < conv->WW; j += s)
                        *offset++ = tap_place(&job->planes, f, high - i / s, wide - j / s);
            loops->pack_backward(conv, w, phase, job->blocks, r, u);
            weights += phase->taps * conv->C * loops->size;
        }
}

static int conv_backward_pictures(const Convolution *conv, const void *dout, const void *w,
                                  void *dx, int is_double, int threads) {
    const long s = conv->stride, before = conv->pad / s; /* places in the padding */
    const long rows = (conv->pad + conv->H - 1) / s - before + 1;
    const long cols = (conv->pad + conv->W - 1) / s - before + 1;
    const long high = ceil_div(conv->HH, s) - 1, wide = ceil_div(conv->WW, s) - 1;
    const Loops *loops = all_loops[choose_width(is_double, cols)];
    const long pitch = ceil_div(cols, loops->lanes) * loops->lanes + wide + 1;
    const Planes planes = {conv->F,       conv->OH,      conv->OW, 1,    1, 1,
                           high - before, wide - before, 0,        pitch};
    Correlation job = {dout, NULL, dx, conv->N, conv->C, ceil_div(conv->C, MOST_FILTERS), conv->H,
                       conv->W, s, 0, 0, least(s, conv->HH) * least(s, conv->WW), planes, NULL};
    cut_strips(&job, rows, high, loops);
    const size_t taps = (size_t)(conv->F * conv->HH * conv->WW);
    long *offset = malloc(taps * sizeof(long));
    char *weights = malloc(taps * (size_t)(conv->C * loops->size));
    job.phases = malloc((size_t)job.phase_count * sizeof(Phase));
    int done = offset && weights && job.phases;
    if (done) {
        begin();
        pack_phases(conv, w, &job, loops, offset, weights);
        if (s > conv->HH || s > conv->WW) /* rows or columns that no filter sees */
            memset(dx, 0, (size_t)(conv->N * conv->C * conv->H * conv->W * loops->size));
        done = run_correlation(&job, loops, threads);
        end();
    }
    free(offset);
    free(weights);
    free(job.phases);
    return done;
}

/* Strips of rows, and parts of the batch and of the channels that have sums of their own. */
static void plan_derivative(Derivative *job, const Loops *loops) {
    const Convolution *conv = job->conv;
    Planes *planes = &job->planes;
    *planes = planes_of_pictures(conv, conv->OW);
    const long overlap = (conv->HH - 1) / conv->stride;
    const long row = (planes_of(planes) + 1) * planes->pitch; /* one more, of ones */
    const long most = greatest(1, PLANES_BYTES / (row * loops->size) - overlap);
    job->strip_rows = ceil_div(conv->OH, ceil_div(conv->OH, most));
    job->strips = ceil_div(conv->OH, job->strip_rows);
    planes->rows = job->strip_rows + overlap;
    job->picture_size = row * planes->rows;
    job->units = conv->N * job->strips;
    job->taps = conv->C * conv->HH * conv->WW + 1;
    job->width = ceil_div(conv->F, loops->lanes) * loops->lanes;
    const long sums = job->taps * job->width * loops->size;
    job->chunks = greatest(1, least(least(MOST_CHUNKS, job->units), SUMS_BYTES / sums));
    job->shares = least(conv->C, ceil_div(MOST_CHUNKS, job->chunks));
}

static int conv_backward_filters(const Convolution *conv, const void *dout, const void *x, void *dw,
                                 void *db, int is_double, int threads) {
    const Loops *loops = all_loops[choose_width(is_double, conv->F)];
    Derivative job = {.conv = conv, .x = x, .dout = dout, .dw = dw, .db = db};
    plan_derivative(&job, loops);
    job.offset = malloc((size_t)job.taps * sizeof(long));
    job.sums = malloc((size_t)(job.chunks * job.taps * job.width * loops->size));
    job.place = malloc((size_t)(job.strip_rows * conv->OW) * sizeof(int));
    const size_t most = (size_t)((job.picture_size + SOME_PIXELS * job.width) * loops->size);
    int done = job.offset && job.sums && job.place;
    if (done) {
        begin();
        list_taps(conv, &job.planes, job.offset);
        job.offset[job.taps - 1] = job.picture_size - job.planes.rows * job.planes.pitch; /* ones */
        for (long p = 0; p < job.strip_rows * conv->OW; p++)
            job.place[p] = (int)(p / conv->OW * job.planes.pitch + p % conv->OW);
        done = reserve_scratch(threads, most);
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
