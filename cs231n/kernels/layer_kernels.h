/* Max pooling, batch normalisation of pictures, and ReLU: one pass over memory each.

   The loops are in layer_kernels_block.h; here is what they are told, and which of them is called.
   They run on the threads of conv_kernels_threads.h, which `run` stands for. */
#ifndef LAYER_KERNELS_H
#define LAYER_KERNELS_H

#include "conv_kernels_vectors.h"

typedef void (*Task)(void *job, long index, int thread);
typedef void (*Run)(Task task, void *job, long count, int threads);

enum { PLANES_A_TASK = 16, NUMBERS_A_TASK = 1 << 15 };

typedef struct { /* x and dx are (planes, H, W), the others (planes, OH, OW) */
    const void *x, *dout;
    void *out, *dx;
    unsigned char *places;
    long planes, H, W, OH, OW, HH, WW, stride;
} Pool;

typedef struct { /* x, dout, out and dx are (N, C, area), the others (C,) */
    const void *x, *dout, *gamma, *beta;
    void *out, *dx, *dgamma, *dbeta;
    double *mean, *variance;
    long N, C, area;
    double eps;
    int given, relu; /* mean and variance are given; ReLU follows */
} Norm;

typedef struct {
    const void *x, *dout;
    void *out;
    long count;
} Relu;

typedef struct {
    Task pool_forward, pool_backward, norm_forward, norm_backward, relu_forward, relu_backward;
} Layers;

#define LOOPS "layer_kernels_block.h"
#include "conv_kernels_widths.h"
#undef LOOPS

static const Layers *const all_layers[] = {&layers_float_wide, &layers_float_narrow,
                                           &layers_double_wide, &layers_double_narrow};

static void pool_forward(Run run, Pool *pool, int is_double, int threads) {
    const Layers *layers = all_layers[choose_width(is_double, pool->OW)];
    run(layers->pool_forward, pool, ceil_div(pool->planes, PLANES_A_TASK), threads);
}

static void pool_backward(Run run, Pool *pool, int is_double, int threads) {
    const Layers *layers = all_layers[choose_width(is_double, pool->OW)];
    run(layers->pool_backward, pool, ceil_div(pool->planes, PLANES_A_TASK), threads);
}

static void norm_forward(Run run, Norm *norm, int is_double, int threads) {
    run(all_layers[choose_width(is_double, norm->area)]->norm_forward, norm, norm->C, threads);
}

static void norm_backward(Run run, Norm *norm, int is_double, int threads) {
    run(all_layers[choose_width(is_double, norm->area)]->norm_backward, norm, norm->C, threads);
}

static void relu_forward(Run run, Relu *relu, int is_double, int threads) {
    const Layers *layers = all_layers[choose_width(is_double, NUMBERS_A_TASK)];
    run(layers->relu_forward, relu, ceil_div(relu->count, NUMBERS_A_TASK), threads);
}

static void relu_backward(Run run, Relu *relu, int is_double, int threads) {
    const Layers *layers = all_layers[choose_width(is_double, NUMBERS_A_TASK)];
    run(layers->relu_backward, relu, ceil_div(relu->count, NUMBERS_A_TASK), threads);
}

#endif
