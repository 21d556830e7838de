"""The read-out and the loss, forwards and back in one: y = W h + b, and what of it is wrong.

h: (R, M), the states of R answers. W_T: (M, O). b: (O,). Both return the mean loss, and fill dy (R, O), dh (R, M),
dW (O, M) and db (O,); W is W_T once more, (O, M), since each way reads it along its rows.
"""

import math

from rnnviz.kernels.compiled import add_products, compiled


@compiled
def squared_error(h, W_T, W, b, targets, dy, dh, dW, db):
    """Of the mean squared error of y against targets (R, O)."""
    R, O = dy.shape  # noqa: E741
    _say(h, W_T, b, dy)
    total, scale = 0.0, 2 / (R * O)
    for r in range(R):
        for o in range(O):
            error = dy[r, o] - targets[r, o]
            total += error * error
            dy[r, o] = scale * error
    _back(h, W, dy, dh, dW, db)
    return total / (R * O)


@compiled
def cross_entropy(h, W_T, W, b, targets, dy, dh, dW, db):
    """Of the cross-entropy of softmax(y) against classes (R,), the mean over those that are not below 0."""
    R, O = dy.shape  # noqa: E741
    _say(h, W_T, b, dy)
    asked = 0
    for r in range(R):
        asked += targets[r] >= 0
    total = 0.0
    for r in range(R):
        if targets[r] < 0:
            for o in range(O):
                dy[r, o] = 0
            continue
        largest, whole = dy[r, 0], 0.0
        for o in range(O):
            largest = max(largest, dy[r, o])
        right = dy[r, targets[r]] - largest
        for o in range(O):
            dy[r, o] = math.exp(dy[r, o] - largest)
            whole += dy[r, o]
        total += math.log(whole) - right
        for o in range(O):
            dy[r, o] /= whole * asked
        dy[r, targets[r]] -= 1 / asked
    _back(h, W, dy, dh, dW, db)
    return total / asked


@compiled
def _say(h, W_T, b, y):
    for r in range(len(y)):
        for o in range(len(b)):
            y[r, o] = b[o]
    add_products(h, W_T, y)


@compiled
def _back(h, W, dy, dh, dW, db):
    dh[:], dW[:], db[:] = 0, 0, 0
    add_products(dy, W, dh)
    add_products(dy.T, h, dW)
    for r in range(len(dy)):
        for o in range(len(db)):
            db[o] += dy[r, o]
