/* Includes LOOPS once for each type of number and width of vector. */
#define REAL float
#define LANES WIDE_FLOATS
#define NAME(name) name##_float_wide
#include "conv_kernels_vectors.h"
#include LOOPS
#undef LANES
#undef NAME
#define LANES NARROW_FLOATS
#define NAME(name) name##_float_narrow
#include "conv_kernels_vectors.h"
#include LOOPS
#undef LANES
#undef NAME
#undef REAL
#define REAL double
#define LANES WIDE_DOUBLES
#define NAME(name) name##_double_wide
#include "conv_kernels_vectors.h"
#include LOOPS
#undef LANES
#undef NAME
#define LANES NARROW_DOUBLES
#define NAME(name) name##_double_narrow
#include "conv_kernels_vectors.h"
#include LOOPS
#undef LANES
#undef NAME
#undef REAL
