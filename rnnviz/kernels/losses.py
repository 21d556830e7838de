"""The read-out and the loss: y = W h + b, and what of it is wrong.

h: (R, M), the states of R answers. W_T: (M, O). b: (O,). W is W_T once more, (O, M), since each way reads it along its
rows.
"""

import math

from rnnviz.kernels.compiled import add_products, compiled, inner

FEW = 4
"""Answers to a state below which each is a sum of its own: rows of W_T so short leave the processor idle."""


@compiled
def read_out(h, W_T, W, b, y):
    """Make y (R, O) what is said."""
    R, O = y.shape  # noqa: E741
    for r in range(R):
        for o in range(O):
            y[r, o] = b[o]
    if O >= FEW:
        add_products(h, W_T, y)
        return
    for r in range(R):
        for o in range(O):
            total = y.dtype.type(0)
            for m in range(h.shape[1]):
                total += h[r, m] * W[o, m]
            y[r, o] += total


@compiled
def squared_errors(y, targets, losses):
    """Return the mean squared error of y against targets (R, O); make y its gradient, and losses (R,) what it is the
    mean of."""
    R, O = y.shape  # noqa: E741
    total, scale = 0.0, 2 / (R * O)
    for r in range(R):
        own = 0.0
        for o in range(O):
            error = y[r, o] - targets[r, o]
            own += error * error
            y[r, o] = scale * error
        losses[r] = own / O
        total += own
    return total / (R * O)


@compiled
def cross_entropies(y, targets, losses):
    """Return the cross-entropy of softmax(y) against classes (R,), the mean over those that are not below 0; make y its
    gradient, and losses (R,) what it is the mean of, NaN where there is no class."""
    R, O = y.shape  # noqa: E741
    asked = 0
    for r in range(R):
        asked += targets[r] >= 0
    total = 0.0
    for r in range(R):
        if targets[r] < 0:
            losses[r] = math.nan
            for o in range(O):
                y[r, o] = 0
            continue
        largest, whole = y[r, 0], 0.0
        for o in range(O):
            largest = max(largest, y[r, o])
        right = y[r, targets[r]] - largest
        for o in range(O):
            y[r, o] = math.exp(y[r, o] - largest)
            whole += y[r, o]
        losses[r] = math.log(whole) - right
        total += math.log(whole) - right
        for o in range(O):
            y[r, o] /= whole * asked
        y[r, targets[r]] -= 1 / asked
    return total / asked


@inner
def back(h, W, dy, dh, dW, db):
    """Make dh (R, M), dW (O, M) and db (O,) what dy asks of them."""
    dh[:], dW[:], db[:] = 0, 0, 0
    add_products(dy, W, dh)
    add_products(dy.T, h, dW)
    for r in range(len(dy)):
        for o in range(len(db)):
            db[o] += dy[r, o]


@compiled
def squared_error(h, W_T, W, b, targets, losses, dy, dh, dW, db):
    """Go all the way, forwards and back; return the loss."""
    read_out(h, W_T, W, b, dy)
    loss = squared_errors(dy, targets, losses)
    back(h, W, dy, dh, dW, db)
    return loss


@compiled
def cross_entropy(h, W_T, W, b, targets, losses, dy, dh, dW, db):
    """Go all the way, forwards and back; return the loss."""
    read_out(h, W_T, W, b, dy)
    loss = cross_entropies(dy, targets, losses)
    back(h, W, dy, dh, dW, db)
    return loss
