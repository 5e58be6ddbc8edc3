"""Variants of how runtimes are compared, and of numbers that are rounded, coloured and smoothed."""

from grading.mutants.live_networks import instead, of

differ, quantize = map(of, ("live-difference", "live-quantize"))
colours, smooth = map(of, ("live-colours", "live-smooth"))

COMPARE = """for place, (one, other) in enumerate(zip(ours, theirs)):
    if one.shape != other.shape:
        return place
    unit = np.abs(one[np.isfinite(one)]).max(initial=0) or 1.0
    if not np.allclose(other, one, rtol=0, atol=tol * unit, equal_nan=True):
        return place
return None if len(ours) == len(theirs) else min(len(ours), len(theirs))
"""
CODES = """step = (float(np.max(w)) - low) / (2**bits - 1)
codes = np.rint((w.astype(np.float64) - low) / (step or 1.0)).astype(np.uint8)
"""
MIX = """if largest is None:
    largest = np.abs(values).max(initial=0)
share = np.clip(values / (largest or 1.0), -1, 1) * (largest > 0)
end = np.where(share[..., None] < 0, negative, positive)
colours = zero + np.abs(share)[..., None] * (end - zero)
"""

VARIANTS = [
    # --- live-difference
    differ(
        "absolute",
        "in units of the largest",
        instead(COMPARE, "atol=tol * unit", "atol=tol"),
    ),
    differ(
        "relative-to-each-entry",
        "one unit a layer",
        instead(COMPARE, "rtol=0, atol=tol * unit", "rtol=tol, atol=0"),
    ),
    differ(
        "the-defaults-of-allclose-added",
        "tol is all there is",
        instead(COMPARE, "rtol=0, atol=tol * unit", "rtol=tol, atol=tol * unit"),
    ),
    differ(
        "nan-is-never-larger",
        "a comparison with nan is False",
        "for place, (one, other) in enumerate(zip(ours, theirs)):\n"
        "    if one.shape != other.shape:\n        return place\n"
        "    unit = np.abs(one).max(initial=0) or 1.0\n"
        "    if np.abs(one - other).max(initial=0) > tol * unit:\n        return place\n"
        "return None if len(ours) == len(theirs) else min(len(ours), len(theirs))",
    ),
    differ(
        "shapes-broadcast",
        "a layer of one number is not a layer of seven",
        instead(
            COMPARE,
            "one.shape != other.shape",
            "one.ndim != other.ndim or 1 not in other.shape and one.shape != other.shape",
        ),
    ),
    differ(
        "zip-forgets-the-rest",
        "a layer that only one has differs",
        instead(
            COMPARE,
            "return None if len(ours) == len(theirs) else min(len(ours), len(theirs))",
            "return None",
        ),
    ),
    differ(
        "the-last-that-differs",
        "the first",
        "found = None\n"
        + COMPARE.replace("return place", "found = place").replace(
            "return None if", "return found if"
        ),
    ),
    differ(
        "zeros-divide",
        "a layer of zeros has the unit 1",
        instead(COMPARE, " or 1.0", ""),
    ),
    differ(
        "counted-from-one",
        "the place in the list",
        COMPARE.replace("return place", "return place + 1"),
    ),
    differ(
        "tol-as-usual",
        "tol may be another",
        instead(COMPARE, "tol * unit", "1e-4 * unit"),
    ),
    differ(
        "by-largest-ratio",
        "errors as numbers, nan first",
        "for place in range(max(len(ours), len(theirs))):\n"
        "    if place >= min(len(ours), len(theirs)):\n        return place\n"
        "    one, other = ours[place], theirs[place]\n"
        "    if one.shape != other.shape:\n        return place\n"
        "    known = np.isfinite(one) & np.isfinite(other)\n"
        "    if not np.array_equal(one[~known], other[~known], equal_nan=True):\n"
        "        return place\n"
        "    unit = np.max(np.abs(one[np.isfinite(one)]), initial=0)\n"
        "    error = np.max(np.abs(one[known] - other[known]), initial=0)\n"
        "    if error > tol * (unit if unit > 0 else 1):\n        return place\n"
        "return None",
        right=True,
    ),
    # --- live-quantize
    quantize(
        "one-step-too-many",
        "256 codes are 255 steps apart",
        "step = (float(np.max(w)) - low) / 2**bits\n"
        "codes = np.rint((w.astype(np.float64) - low) / (step or 1.0))\n"
        "codes = np.minimum(codes, 2**bits - 1).astype(np.uint8)",
    ),
    quantize(
        "cut-off",
        "the nearest code",
        instead(CODES, "np.rint(", "np.floor("),
    ),
    quantize(
        "eight-bits-always",
        "bits may be fewer",
        instead(CODES, "2**bits - 1", "255"),
    ),
    quantize(
        "a-step-of-one",
        "the step is 0 where all are the same",
        "step = (float(np.max(w)) - low) / (2**bits - 1) or 1.0\n"
        "codes = np.rint((w.astype(np.float64) - low) / step).astype(np.uint8)",
    ),
    quantize(
        "around-zero",
        "from the smallest to the largest",
        "low = -float(np.abs(w).max())\nstep = -2 * low / (2**bits - 1)\n"
        "codes = np.rint((w.astype(np.float64) - low) / (step or 1.0)).astype(np.uint8)",
    ),
    quantize(
        "whole-numbers-of-64-bits",
        "one byte each",
        instead(CODES, "np.uint8", "np.int64"),
    ),
    quantize(
        "by-search",
        "the nearest of all codes",
        "step = (float(w.max()) - low) / (2**bits - 1)\n"
        "grid = low + step * np.arange(2**bits)\n"
        "far = np.abs(w.astype(np.float64)[..., None] - grid)\n"
        "codes = far.argmin(axis=-1).astype(np.uint8)",
        right=True,
    ),
    quantize(
        "half-added",
        "half a step up, then down",
        "step = float(np.ptp(w.astype(np.float64))) / (2**bits - 1)\n"
        "codes = np.zeros(w.shape, np.uint8)\n"
        "if step:\n"
        "    codes = np.floor((w.astype(np.float64) - low) / step + 0.5).astype(np.uint8)",
        right=True,
    ),
    # --- live-colours
    colours(
        "stretched",
        "0 is in the middle",
        "span = np.ptp(values) if values.size else 0\n"
        "share = 2 * (values - values.min(initial=0)) / (span or 1) - 1\n"
        "end = np.where(share[..., None] < 0, negative, positive)\n"
        "colours = zero + np.abs(share)[..., None] * (end - zero)",
    ),
    colours(
        "turned",
        "positive is orange",
        instead(MIX, "< 0", "> 0"),
    ),
    colours(
        "not-clipped",
        "beyond the largest",
        instead(MIX, "np.clip(values / (largest or 1.0), -1, 1)", "(values / (largest or 1.0))"),
    ),
    colours(
        "largest-ignored",
        "it may be given",
        instead(MIX, "if largest is None:\n    largest", "largest"),
    ),
    colours(
        "largest-not-in-size",
        "negative numbers may be larger",
        instead(MIX, "np.abs(values).max(initial=0)", "values.max(initial=0)"),
    ),
    colours(
        "zero-divided",
        "zeros alone",
        instead(
            MIX,
            "np.clip(values / (largest or 1.0), -1, 1) * (largest > 0)",
            "np.clip(values / np.float64(largest), -1, 1)",
        ),
    ),
    colours(
        "channels-first",
        "(..., 3)",
        MIX + "colours = np.moveaxis(colours, -1, 0)",
    ),
    colours(
        "two-ramps",
        "the positive and the negative part",
        "most = np.abs(values).max(initial=0) if largest is None else largest\n"
        "share = np.clip(values / most, -1, 1) if most > 0 else 0 * values\n"
        "up, down = np.maximum(share, 0)[..., None], np.maximum(-share, 0)[..., None]\n"
        "colours = (1 - up - down) * zero + up * positive + down * negative",
        right=True,
    ),
    colours(
        "by-interpolation",
        "three points, one channel after the other",
        "most = np.abs(values).max(initial=0) if largest is None else largest\n"
        "at = values / (most or 1) if most else values * 0\n"
        "channels = [np.interp(at, [-1, 0, 1], list(three))\n"
        "            for three in zip(negative, zero, positive)]\n"
        "colours = np.stack(channels, axis=-1)",
        right=True,
    ),
    # --- live-smooth
    smooth(
        "not-corrected",
        "it begins near 0",
        "average = 0.0\nfor t, value in enumerate(values):\n"
        "    average = decay * average + (1 - decay) * value\n    shown[t] = average",
    ),
    smooth(
        "multiplied",
        "divided by 1 - decay**t",
        "average = 0.0\nfor t, value in enumerate(values, 1):\n"
        "    average = decay * average + (1 - decay) * value\n"
        "    shown[t - 1] = average * (1 - decay**t)",
    ),
    smooth(
        "corrected-twice",
        "the average itself is not corrected",
        "average = 0.0\nfor t, value in enumerate(values, 1):\n"
        "    average = (decay * average + (1 - decay) * value) / (1 - decay**t)\n"
        "    shown[t - 1] = average",
    ),
    smooth(
        "one-step-late",
        "t begins at 1",
        "average = 0.0\nfor t, value in enumerate(values, 1):\n"
        "    average = decay * average + (1 - decay) * value\n"
        "    shown[t - 1] = average / (1 - decay ** (t + 1))",
    ),
    smooth(
        "begins-at-the-first",
        "another way to begin, which weighs the first value more",
        "average = values[0]\nfor t, value in enumerate(values):\n"
        "    average = decay * average + (1 - decay) * value\n    shown[t] = average",
    ),
    smooth(
        "decay-as-usual",
        "decay may be another",
        "average = 0.0\nfor t, value in enumerate(values, 1):\n"
        "    average = 0.9 * average + 0.1 * value\n"
        "    shown[t - 1] = average / (1 - 0.9**t)",
    ),
    smooth(
        "weighted-means",
        "weights of all that came so far",
        "for t in range(1, len(values) + 1):\n"
        "    weights = float(decay) ** np.arange(t)[::-1]\n"
        "    shown[t - 1] = np.average(np.asarray(values)[:t], weights=weights)",
        right=True,
    ),
    smooth(
        "two-sums",
        "the weights are summed the same way",
        "total = weight = 0.0\nfor t, value in enumerate(values):\n"
        "    total, weight = decay * total + value, decay * weight + 1\n"
        "    shown[t] = total / weight",
        right=True,
    ),
]
