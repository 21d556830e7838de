"""The read-out and the loss, forwards and back in one: y = W h + b, and what of it is wrong."""

import numpy as np

from rnnviz.kernels.compiled import add_products, compiled


@compiled
def squared_error(h, W, b, targets, dy, dh, dW, db):
    """Return the mean squared error of y (R, O) against targets (R, O), and fill dy, dh (R, M), dW (O, M) and db (O,).

    h: (R, M), the states of R answers. W: (O, M). b: (O,).
    """
    R, O = dy.shape  # noqa: E741
    dy[:] = b
    add_products(h, np.ascontiguousarray(W.T), dy)
    total = 0.0
    scale = dy.dtype.type(2 / (R * O))
    for r in range(R):
        for o in range(O):
            error = dy[r, o] - targets[r, o]
            total += error * error
            dy[r, o] = scale * error
    _back(h, W, dy, dh, dW, db)
    return total / (R * O)


@compiled
def cross_entropy(h, W, b, targets, dy, dh, dW, db):
    """Do what `squared_error` does with the mean cross-entropy of softmax(y) against classes (R,), of those that are
    not below 0."""
    R, O = dy.shape  # noqa: E741
    dy[:] = b
    add_products(h, np.ascontiguousarray(W.T), dy)
    asked = 0
    for r in range(R):
        asked += targets[r] >= 0
    total = 0.0
    scale = dy.dtype.type(1 / asked)
    for r in range(R):
        if targets[r] < 0:
            dy[r] = 0
            continue
        largest = dy[r].max()
        right = dy[r, targets[r]] - largest
        for o in range(O):
            dy[r, o] = np.exp(dy[r, o] - largest)
        whole = dy[r].sum()
        total += np.log(whole) - right
        for o in range(O):
            dy[r, o] *= scale / whole
        dy[r, targets[r]] -= scale
    _back(h, W, dy, dh, dW, db)
    return total / asked


@compiled
def _back(h, W, dy, dh, dW, db):
    dh[:] = 0
    add_products(dy, W, dh)
    dW[:] = 0
    add_products(dy.T, h, dW)
    db[:] = 0
    for r in range(len(dy)):
        db += dy[r]
