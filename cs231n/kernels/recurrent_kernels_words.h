/* Included by recurrent_kernels_block.h: scores of words, their softmax, and the way back; and the
   sums that arrive at the words' vectors. */

/* weights: (vectors of V, H, LANES); back: (vectors of H, V, LANES). */
static void NAME(pack_words)(void *it, long index, int thread) {
    const Words *job = it;
    const long words = ceil_div(job->V, LANES), state = (index - words) * LANES;
    (void)thread;
    if (index < words)
        NAME(pack_panel)(job->W, job->H, job->V, index * LANES,
                         (REAL *)job->weights + index * job->H * LANES);
    else
        NAME(pack_turned)(job->W, job->H, job->V, state, (REAL *)job->back + state * job->V);
}

/* Scores without b of `count` rows, in blocks, as panels (vectors of V, R, LANES). */
static void NAME(scores)(const Words *job, long count, const REAL *packed, REAL *panels) {
    const long blocks = ceil_div(count, MOST_ROWS), vectors = ceil_div(job->V, LANES);
    for (long v = 0; v < vectors; v += MOST_COLUMNS) {
        NAME(Columns) columns = NAME(some_columns)(job->weights, job->H, v, job->V);
        for (long i = 0; i < MOST_COLUMNS; i++) {
            columns.place[i] = least(v + i, vectors - 1) * job->R * LANES;
            columns.count[i] = v + i < vectors ? LANES : 0;
        }
        for (long b = 0; b < blocks; b++) {
            const long row = block_start(count, blocks, b);
            const long M = block_start(count, blocks, b + 1) - row;
            REAL *to[MOST_ROWS];
            for (long m = 0; m < M; m++) to[m] = panels + (row + m) * LANES;
            NAME(product)(M, job->H, job->offset, packed + row * job->H, &columns, to, 0);
        }
    }
}

static inline REAL NAME(largest)(VECTOR numbers) {
    REAL most = numbers[0];
    for (int i = 1; i < LANES; i++) most = numbers[i] > most ? numbers[i] : most;
    return most;
}

/* Add b; leave the exponentials of scores minus the row's largest one, and give their sums. */
static void NAME(exponentials)(const Words *job, long first, long count, REAL *panels,
                               REAL *sums) {
    const long vectors = ceil_div(job->V, LANES), size = job->R * LANES;
    const VECTOR least_of_all = (VECTOR){0} - (REAL)__builtin_inf();
    VECTOR most[MOST_TILE], adds[MOST_TILE];
    for (long r = 0; r < count; r++) most[r] = least_of_all, adds[r] = (VECTOR){0};
    for (long v = 0; v < vectors; v++) {
        const long left = job->V - v * LANES;
        const VECTOR bias = NAME(load_some)((const REAL *)job->b + v * LANES, left, 0);
        for (long r = 0; r < count; r++) {
            REAL *at = panels + v * size + r * LANES;
            VECTOR score = LOAD(at) + bias;
            for (long i = left; i < LANES; i++) score[i] = least_of_all[0]; /* no word is there */
            STORE(at) = score;
            most[r] = NAME(select)(score > most[r], score, most[r]);
        }
    }
    for (long r = 0; r < count; r++) {
        const long word = job->words[first + r];
        const REAL top = NAME(largest)(most[r]);
        most[r] = (VECTOR){0} + top;
        ((REAL *)job->of_right)[first + r] =
            panels[word / LANES * size + r * LANES + word % LANES] - top;
    }
    for (long v = 0; v < vectors; v++)
        for (long r = 0; r < count; r++) {
            REAL *at = panels + v * size + r * LANES;
            VECTOR power, less;
            NAME(exponential)(LOAD(at) - most[r], &power, &less);
            adds[r] += STORE(at) = power + power * less;
        }
    for (long r = 0; r < count; r++) {
        sums[r] = 0;
        for (int i = 0; i < LANES; i++) sums[r] += adds[r][i];
    }
}

/* Exponentials become derivatives, in the panels and in `packed`, (V, rows) of each block. */
static void NAME(differences)(const Words *job, long first, long count, REAL *panels,
                              const REAL *sums, REAL *packed) {
    const long V = job->V, size = job->R * LANES, blocks = ceil_div(count, MOST_ROWS);
    const REAL share = (REAL)job->share;
    for (long b = 0; b < blocks; b++) {
        const long row = block_start(count, blocks, b);
        const long M = block_start(count, blocks, b + 1) - row;
        for (long v = 0; v < V; v += LANES)
            for (long m = 0; m < M; m++) {
                REAL *at = panels + v / LANES * size + (row + m) * LANES;
                const VECTOR part = LOAD(at) * (share / sums[row + m]);
                STORE(at) = part;
                NAME(spread_vector)(part, V - v, packed + row * V + v * M + m, M);
            }
        for (long m = 0; m < M; m++) {
            const long word = job->words[first + row + m];
            panels[word / LANES * size + (row + m) * LANES + word % LANES] -= share;
            packed[row * V + word * M + m] -= share;
        }
    }
}

/* What arrives at the states, for rows in blocks. */
static void NAME(to_states)(const Words *job, long first, long count, const REAL *packed) {
    const long V = job->V, H = job->H;
    const long blocks = ceil_div(count, MOST_ROWS), parts = ceil_div(V, SOME_TERMS);
    for (long v = 0; v < ceil_div(H, LANES); v += MOST_COLUMNS) {
        const NAME(Columns) columns = NAME(some_columns)(job->back, V, v, H);
        for (long part = 0; part < parts; part++) {
            const long k = block_start(V, parts, part);
            const long terms = block_start(V, parts, part + 1) - k;
            for (long b = 0; b < blocks; b++) {
                const long row = block_start(count, blocks, b);
                const long M = block_start(count, blocks, b + 1) - row;
                REAL *to[MOST_ROWS];
                for (long m = 0; m < M; m++)
                    to[m] = (REAL *)job->dh + job->rows[first + row + m] * H;
                NAME(product)(M, terms, job->offset + k, packed + row * V + k * M, &columns, to,
                              part > 0);
            }
        }
    }
}

/* Some rows, from states to what arrives at them. */
static void NAME(score_words)(void *it, long index, int thread) {
    const Words *job = it;
    const long first = block_start(job->R, job->tiles, index), H = job->H;
    const long count = block_start(job->R, job->tiles, index + 1) - first;
    const long blocks = ceil_div(count, MOST_ROWS);
    REAL *packed = (REAL *)job->scratch + thread * job->scratch_size;
    REAL *panels = (REAL *)job->gradient.panels + first * LANES;
    REAL *sums = (REAL *)job->sums + first;
    for (long b = 0; b < blocks; b++) {
        const long row = block_start(count, blocks, b);
        const long M = block_start(count, blocks, b + 1) - row;
        for (long m = 0; m < M; m++)
            NAME(spread)((const REAL *)job->h + job->rows[first + row + m] * H, H,
                         packed + row * H + m, M);
    }
    NAME(scores)(job, count, packed, panels);
    NAME(exponentials)(job, first, count, panels, sums);
    packed += job->tile * H;
    NAME(differences)(job, first, count, panels, sums, packed);
    NAME(to_states)(job, first, count, packed);
}

/* Rows are added to the places they belong to, in the order in which they come. */
static void NAME(add_rows)(void *it, long index, int thread) {
    const Sums *job = it;
    const long first = index * COLUMNS_A_TASK, end = least(first + COLUMNS_A_TASK, job->width);
    (void)thread;
    for (long k = 0; k < job->count; k++)
        for (long c = first; c < end; c += LANES) {
            REAL *to = (REAL *)job->to + job->places[k] * job->width + c;
            const VECTOR from = NAME(load_some)((const REAL *)job->source + k * job->width + c,
                                                end - c, 0);
            NAME(put)(NAME(load_some)(to, end - c, 0) + from, to, 1, end - c);
        }
}
