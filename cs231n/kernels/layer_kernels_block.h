/* The loops of layer_kernels.h, written once; see conv_kernels_vectors.h for REAL, LANES, NAME. */

typedef unsigned char NAME(bytes) __attribute__((vector_size(LANES)));

/* Every step-th number from here on, for `count` places of windows; none is read from `end` on. */
static inline VECTOR NAME(load_steps)(const REAL *from, long step, long odd, long count,
                                      const REAL *end) {
    if (step == 1 && end - from >= LANES) return LOAD(from);
    if (step == 2 && end - from + odd >= 2 * LANES) {
        const VECTOR a = LOAD(from - odd), b = LOAD(from - odd + LANES);
        return odd ? SHUFFLE(a, b, PASTE(ODD_, LANES)) : SHUFFLE(a, b, PASTE(EVEN_, LANES));
    }
    REAL numbers[LANES] = {0};
    for (long i = 0; i < least(count, LANES); i++) numbers[i] = from[i * step];
    VECTOR some;
    memcpy(&some, numbers, sizeof some);
    return some;
}

/* LANES windows of a row: the largest numbers, and their places in the windows. NaN is largest. */
static inline void NAME(pool_windows)(const Pool *pool, const REAL *from, const REAL *end,
                                      REAL *out, unsigned char *places, long count) {
    VECTOR best = NAME(load_steps)(from, pool->stride, 0, count, end);
    MASK place = {0};
    for (long i = 0, k = 0; i < pool->HH; i++)
        for (long j = 0; j < pool->WW; j++, k++) {
            const REAL *at = from + i * pool->W + j;
            const VECTOR next = NAME(load_steps)(at, pool->stride, j & 1, count, end);
            const MASK takes = ~(next <= best) & (best == best);
            best = NAME(select)(takes, next, best);
            place = (place & ~takes) | (takes & ((MASK){0} + (NAME(integer))k));
        }
    const NAME(bytes) where = __builtin_convertvector(place, NAME(bytes));
    NAME(put)(best, out, 1, count);
    memcpy(places, &where, (size_t)least(count, LANES));
}

static void NAME(pool_forward)(void *it, long index, int thread) {
    const Pool *pool = it;
    const long from = index * PLANES_A_TASK, until = least(from + PLANES_A_TASK, pool->planes);
    const REAL *x = pool->x, *end = x + pool->planes * pool->H * pool->W;
    (void)thread;
    for (long row = from * pool->OH; row < until * pool->OH; row++) {
        const long y = row / pool->OH * pool->H + row % pool->OH * pool->stride;
        const REAL *window = x + y * pool->W;
        for (long col = 0; col < pool->OW; col += LANES) {
            const long to = row * pool->OW + col;
            NAME(pool_windows)(pool, window + col * pool->stride, end, (REAL *)pool->out + to,
                               pool->places + to, pool->OW - col);
        }
    }
}

/* Windows of 2 x 2 that tile the picture: each number of dx is written once. */
static void NAME(pool_backward_tiles)(const Pool *pool, const REAL *dout,
                                      const unsigned char *places, REAL *dx) {
    for (long row = 0; row < pool->OH; row++, dx += pool->W)
        for (long col = 0; col < pool->OW; col += LANES, dx += 2 * LANES) {
            NAME(bytes) where;
            memcpy(&where, places, sizeof where);
            const MASK place = __builtin_convertvector(where, MASK), up = (MASK)LOAD(dout);
            dout += LANES, places += LANES;
            for (int i = 0; i < 2; i++) {
                const VECTOR left = (VECTOR)(up & (place == 2 * i));
                const VECTOR right = (VECTOR)(up & (place == 2 * i + 1));
                STORE(dx + i * pool->W) = SHUFFLE(left, right, PASTE(LOW_, LANES));
                STORE(dx + i * pool->W + LANES) = SHUFFLE(left, right, PASTE(HIGH_, LANES));
            }
        }
}

static void NAME(pool_backward_plane)(const Pool *pool, const REAL *dout,
                                      const unsigned char *places, REAL *dx) {
    long step[256]; /* from the first pixel of a window to its k-th one */
    for (long k = 0; k < pool->HH * pool->WW; k++) step[k] = k / pool->WW * pool->W + k % pool->WW;
    memset(dx, 0, (size_t)(pool->H * pool->W) * sizeof(REAL));
    for (long row = 0; row < pool->OH; row++) {
        REAL *window = dx + row * pool->stride * pool->W;
        for (long col = 0; col < pool->OW; col++, window += pool->stride)
            window[step[*places++]] += *dout++;
    }
}

static void NAME(pool_backward)(void *it, long index, int thread) {
    const Pool *pool = it;
    const long from = index * PLANES_A_TASK, until = least(from + PLANES_A_TASK, pool->planes);
    const long area = pool->OH * pool->OW, pixels = pool->H * pool->W;
    const int tiles = pool->HH == 2 && pool->WW == 2 && pool->stride == 2 &&
                      pool->H == 2 * pool->OH && pool->W == 2 * pool->OW && pool->OW % LANES == 0;
    (void)thread;
    for (long plane = from; plane < until; plane++)
        (tiles ? NAME(pool_backward_tiles) : NAME(pool_backward_plane))(
            pool, (const REAL *)pool->dout + plane * area, pool->places + plane * area,
            (REAL *)pool->dx + plane * pixels);
}

static inline double NAME(sum_lanes)(VECTOR sums) {
    double sum = 0;
    for (int i = 0; i < LANES; i++) sum += sums[i];
    return sum;
}

/* Sum of x - centre, or of its square, over one channel. */
static double NAME(sum_channel)(const Norm *norm, long c, REAL centre, int square) {
    double sum = 0;
    for (long n = 0; n < norm->N; n++) {
        const REAL *x = (const REAL *)norm->x + (n * norm->C + c) * norm->area;
        VECTOR sums[4] = {{0}, {0}, {0}, {0}};
        for (long i = 0; i < norm->area; i += 4 * LANES)
            UNROLLED for (int j = 0; j < 4; j++) {
                const long left = norm->area - i - j * LANES;
                if (left <= 0) break;
                const VECTOR apart = NAME(load_some)(x + i + j * LANES, left, centre) - centre;
                sums[j] += square ? apart * apart : apart;
            }
        sum += NAME(sum_lanes)((sums[0] + sums[1]) + (sums[2] + sums[3]));
    }
    return sum;
}

static void NAME(norm_forward)(void *it, long c, int thread) {
    const Norm *norm = it;
    const double count = (double)(norm->N * norm->area);
    (void)thread;
    if (!norm->given) {
        /* Some number of the channel, so that a large mean takes no digits from the sums. */
        const REAL first = ((const REAL *)norm->x)[c * norm->area];
        norm->mean[c] = first + NAME(sum_channel)(norm, c, first, 0) / count;
        norm->variance[c] = NAME(sum_channel)(norm, c, (REAL)norm->mean[c], 1) / count;
    }
    const REAL mean = (REAL)norm->mean[c], beta = ((const REAL *)norm->beta)[c];
    const double spread = __builtin_sqrt(norm->variance[c] + norm->eps);
    const REAL scale = (REAL)(((const REAL *)norm->gamma)[c] / spread);
    for (long n = 0; n < norm->N; n++) {
        const REAL *x = (const REAL *)norm->x + (n * norm->C + c) * norm->area;
        REAL *out = (REAL *)norm->out + (n * norm->C + c) * norm->area;
        for (long i = 0; i < norm->area; i += LANES) {
            VECTOR y = (NAME(load_some)(x + i, norm->area - i, 0) - mean) * scale + beta;
            if (norm->relu) y = (VECTOR)((MASK)y & ~(y <= 0));
            NAME(put)(y, out + i, 1, norm->area - i);
        }
    }
}

/* What arrives at the normalised numbers, and these: past the end of a plane, zeros. */
INLINED void NAME(load_normalised)(const Norm *norm, const REAL *x, const REAL *dout, long left,
                                   REAL mean, REAL over, REAL gamma, REAL beta, VECTOR *up,
                                   VECTOR *normalised) {
    *normalised = (NAME(load_some)(x, left, mean) - mean) * over;
    *up = NAME(load_some)(dout, left, 0);
    if (norm->relu) *up = (VECTOR)((MASK)*up & (*normalised * gamma + beta > 0));
}

static void NAME(norm_backward)(void *it, long c, int thread) {
    const Norm *norm = it;
    const double count = (double)(norm->N * norm->area);
    const double spread = __builtin_sqrt(norm->variance[c] + norm->eps);
    const REAL mean = (REAL)norm->mean[c], over = (REAL)(1 / spread);
    const REAL gamma = ((const REAL *)norm->gamma)[c], beta = ((const REAL *)norm->beta)[c];
    double dgamma = 0, dbeta = 0;
    VECTOR up, normalised;
    (void)thread;
    for (long n = 0; n < norm->N; n++) {
        const long start = (n * norm->C + c) * norm->area;
        const REAL *x = (const REAL *)norm->x + start, *dout = (const REAL *)norm->dout + start;
        VECTOR ups = {0}, products = {0};
        for (long i = 0; i < norm->area; i += LANES) {
            NAME(load_normalised)(norm, x + i, dout + i, norm->area - i, mean, over, gamma, beta,
                                  &up, &normalised);
            ups += up;
            products += up * normalised;
        }
        dbeta += NAME(sum_lanes)(ups);
        dgamma += NAME(sum_lanes)(products);
    }
    ((REAL *)norm->dgamma)[c] = (REAL)dgamma;
    ((REAL *)norm->dbeta)[c] = (REAL)dbeta;
    const REAL along = norm->given ? 0 : (REAL)(dgamma / count);
    const REAL level = norm->given ? 0 : (REAL)(dbeta / count);
    for (long n = 0; n < norm->N; n++) {
        const long start = (n * norm->C + c) * norm->area;
        const REAL *x = (const REAL *)norm->x + start, *dout = (const REAL *)norm->dout + start;
        for (long i = 0; i < norm->area; i += LANES) {
            NAME(load_normalised)(norm, x + i, dout + i, norm->area - i, mean, over, gamma, beta,
                                  &up, &normalised);
            NAME(put)((up - level - normalised * along) * (gamma * over),
                      (REAL *)norm->dx + start + i, 1, norm->area - i);
        }
    }
}

static void NAME(relu_forward)(void *it, long index, int thread) {
    const Relu *relu = it;
    const long from = index * NUMBERS_A_TASK, until = least(from + NUMBERS_A_TASK, relu->count);
    (void)thread;
    for (long i = from; i < until; i += LANES) {
        const VECTOR x = NAME(load_some)((const REAL *)relu->x + i, until - i, 0);
        NAME(put)((VECTOR)((MASK)x & ~(x <= 0)), (REAL *)relu->out + i, 1, until - i);
    }
}

static void NAME(relu_backward)(void *it, long index, int thread) {
    const Relu *relu = it;
    const long from = index * NUMBERS_A_TASK, until = least(from + NUMBERS_A_TASK, relu->count);
    (void)thread;
    for (long i = from; i < until; i += LANES) {
        const VECTOR x = NAME(load_some)((const REAL *)relu->x + i, until - i, 0);
        const VECTOR up = NAME(load_some)((const REAL *)relu->dout + i, until - i, 0);
        NAME(put)((VECTOR)((MASK)up & (x > 0)), (REAL *)relu->out + i, 1, until - i);
    }
}

static const Layers NAME(layers) = {
    NAME(pool_forward),  NAME(pool_backward), NAME(norm_forward),
    NAME(norm_backward), NAME(relu_forward),  NAME(relu_backward),
};
