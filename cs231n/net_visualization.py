"""Seeing what a network sees: derivatives with respect to the image, and images that follow them.

A "seeing" model is any network with `forward(X, start=None, end=None) -> (out, cache)` and
`backward(dout, cache, relu_backward=None) -> (dX, grads)`, such as `LayeredNet` or the pretrained
`EfficientNetLite0`. Pictures X are (N, C, H, W), preprocessed as the model wants them.

Nothing here trains: the parameters stay as they are, and the picture moves.
"""

import numpy as np

from cs231n.image_utils import blur_image


def score_gradient(X, y, model, relu_backward=None):
    """Compute scores, and the derivative of each picture's score for class y by its pixels.

    The score itself is meant: neither its probability nor a loss, both of which depend on the
    scores of the other classes.

    Parameters
    ----------
    X : ndarray, shape (N, C, H, W)
    y : ndarray, shape (N,), int
        One class for each picture.
    model : seeing model
    relu_backward : callable, optional
        Passed on to `model.backward`; by default ReLU layers keep their own rule.

    Returns
    -------
    scores : ndarray, shape (N, K)
        One score for each of K classes.
    dX : ndarray, shape (N, C, H, W), dtype of X
        dX[n] is d scores[n, y[n]] / d X[n].
    """
    scores, cache = model.forward(X)  # (N, K)
    dX = np.zeros_like(X)
    ### BEGIN SOLUTION: what is the derivative of the wanted scores by all scores? Go back from it
    dscores = np.zeros_like(scores)
    dscores[np.arange(len(X)), y] = 1
    dX, _ = model.backward(dscores, cache, relu_backward=relu_backward)
    ### END SOLUTION
    return scores, dX


def compute_saliency_maps(X, y, model):
    """Compute how strongly each pixel moves the score of class y, whichever way.

    A pixel's saliency is the largest |derivative of the score| among its channels.

    Parameters
    ----------
    X : ndarray, shape (N, C, H, W)
    y : ndarray, shape (N,), int
    model : seeing model

    Returns
    -------
    ndarray, shape (N, H, W), dtype of X

    References
    ----------
    K. Simonyan, A. Vedaldi, A. Zisserman: Deep inside convolutional networks, 2014, section 3.
    """
    saliency = np.zeros_like(X[:, 0])
    ### BEGIN SOLUTION: one number for each pixel, from the derivatives by its channels
    _, dX = score_gradient(X, y, model)
    np.max(np.abs(dX), axis=1, out=saliency)
    ### END SOLUTION
    return saliency


def deconv_relu_backward(dout, cache):
    """Go back through a ReLU as a deconvnet does: only what is positive on the way back passes.

    What the ReLU let through on the way forward does not matter here.

    Parameters
    ----------
    dout : ndarray
    cache : ndarray, of the shape of dout
        What went into the ReLU.

    Returns
    -------
    ndarray, of the shape and dtype of dout

    References
    ----------
    M. Zeiler, R. Fergus: Visualizing and understanding convolutional networks, 2014, section 2.1.
    """
    dx = np.zeros_like(dout)
    ### BEGIN SOLUTION: which entries of dout pass?
    dx[dout > 0] = dout[dout > 0]
    ### END SOLUTION
    return dx


def guided_relu_backward(dout, cache):
    """Go back through a ReLU in the guided way: positive on the way back, and on forwards.

    Parameters
    ----------
    dout : ndarray
    cache : ndarray, of the shape of dout
        What went into the ReLU; a unit was on where it is above 0.

    Returns
    -------
    ndarray, of the shape and dtype of dout

    References
    ----------
    J. Springenberg et al.: Striving for simplicity: the all convolutional net, 2015, figure 1.
    """
    dx = np.zeros_like(dout)
    ### BEGIN SOLUTION: which entries of dout pass?
    passes = (dout > 0) & (cache > 0)
    dx[passes] = dout[passes]
    ### END SOLUTION
    return dx


def occlusion_map(X, y, model, size=8, stride=4, fill=0.0):
    """Cover a picture window by window, and compute how much of the score of class y is lost.

    Windows of size x size pixels start at rows 0, stride, 2 * stride, ... as long as they fit
    into the picture. If the last of them does not reach the lower border, one more, which starts
    at row H - size, does. Columns likewise.

    The loss of a window is the score of the picture minus the score where all channels of the
    window are `fill`. A pixel gets the mean of the losses of the windows that cover it.

    Parameters
    ----------
    X : ndarray, shape (1, C, H, W)
        One picture, at least as large as a window; the windows reach every pixel
        (stride <= size).
    y : int
    model : seeing model
    size, stride : int
    fill : float

    Returns
    -------
    ndarray, shape (H, W), dtype of X
        Above 0 where covering a pixel costs score.

    References
    ----------
    M. Zeiler, R. Fergus: Visualizing and understanding convolutional networks, 2014, section 4.2.
    """
    H, W = X.shape[2:]
    heat = np.zeros((H, W), dtype=X.dtype)
    ### BEGIN SOLUTION: add up losses and count windows, pixel by pixel; then divide
    counts = np.zeros((H, W), dtype=X.dtype)
    rows = sorted({*range(0, H - size + 1, stride), H - size})
    columns = sorted({*range(0, W - size + 1, stride), W - size})
    score = model.forward(X)[0][0, y]
    for i in rows:
        for j in columns:
            covered = X.copy()
            covered[:, :, i : i + size, j : j + size] = fill
            heat[i : i + size, j : j + size] += score - model.forward(covered)[0][0, y]
            counts[i : i + size, j : j + size] += 1
    heat /= counts
    ### END SOLUTION
    return heat


def class_visualization_update_step(img, model, target_y, l2_reg, learning_rate):
    """Change a picture, in place, by one step that raises the score of a class.

    The step goes along the derivative g of

        score of target_y - l2_reg * sum(img ** 2)

    and has the length learning_rate: g is divided by its norm |g|.

    Parameters
    ----------
    img : ndarray, shape (1, C, H, W)
        It is changed.
    model : seeing model
    target_y : int
    l2_reg, learning_rate : float

    References
    ----------
    K. Simonyan, A. Vedaldi, A. Zisserman: Deep inside convolutional networks, 2014, section 2.
    """
    ### BEGIN SOLUTION: the derivative of score and penalty; divide by its norm; change img itself
    _, dX = score_gradient(img, np.array([target_y]), model)
    dX = dX - 2 * l2_reg * img
    img += learning_rate * dX / np.linalg.norm(dX)
    ### END SOLUTION


def create_class_visualization(
    target_y,
    model,
    shape,
    l2_reg=1e-3,
    learning_rate=8.0,
    num_iterations=60,
    blur_every=4,
    max_jitter=8,
    limits=(-1.5, 1.5),
    rng=None,
):
    """Make a picture that a class scores highly, by gradient ascent from noise.

    Two things keep it from becoming noise of another kind: it is blurred now and then, and
    shifted by some pixels before each step. Steps become shorter, down to a third.

    Parameters
    ----------
    target_y : int
    model : seeing model
    shape : tuple
        (C, H, W) of the picture.
    l2_reg, learning_rate : float
        As in `class_visualization_update_step`.
    num_iterations : int
    blur_every : int
        After how many steps the picture is blurred; 0 for never.
    max_jitter : int
        Before each step the picture is shifted by up to so many pixels, and back behind it.
    limits : pair of float
        The picture's values are kept between these.
    rng : numpy.random.Generator, optional

    Returns
    -------
    ndarray, shape (1, C, H, W), float32
    """
    rng = np.random.default_rng(0) if rng is None else rng
    img = rng.normal(scale=0.1, size=(1, *shape)).astype(np.float32)
    for step in range(num_iterations):
        ox, oy = (int(shift) for shift in rng.integers(max_jitter + 1, size=2))
        img, rate = jitter(img, ox, oy), learning_rate * (1 - 0.7 * step / num_iterations)
        class_visualization_update_step(img, model, target_y, l2_reg, rate)
        img = np.clip(jitter(img, -ox, -oy), *limits)
        if blur_every and step % blur_every == 0 and step < num_iterations - blur_every:
            img = blur_image(img, sigma=0.6)
    return img


def make_fooling_image(X, target_y, model, learning_rate=1.0, max_iterations=100):
    """Change a picture as little as it takes to have it called target_y.

    As long as another class scores highest, a step of length learning_rate goes along the
    derivative g of the score of target_y: learning_rate * g / |g| is added to the picture.

    Parameters
    ----------
    X : ndarray, shape (1, C, H, W)
        It is left as it is.
    target_y : int
    model : seeing model
    learning_rate : float
    max_iterations : int
        After so many steps the result is returned even if it fools nobody.

    Returns
    -------
    ndarray, shape (1, C, H, W), dtype of X
        The first of the pictures that target_y scores highest in.

    References
    ----------
    C. Szegedy et al.: Intriguing properties of neural networks, 2014, section 4.
    """
    X_fooling = X.copy()
    ### BEGIN SOLUTION: look who wins; stop, or take a step
    for _ in range(max_iterations):
        scores, dX = score_gradient(X_fooling, np.array([target_y]), model)
        if np.argmax(scores[0]) == target_y:
            break
        X_fooling += learning_rate * dX / np.linalg.norm(dX)
    ### END SOLUTION
    return X_fooling


def jitter(X, ox, oy):
    """Shift pictures (..., H, W) by ox columns and oy rows; what leaves on one side comes back.

    jitter(jitter(X, ox, oy), -ox, -oy) is X again.
    """
    return np.roll(X, (oy, ox), axis=(-2, -1))
