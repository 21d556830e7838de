"""The optimizers, over all that is learned as one vector."""

import math

from rnnviz.kernels.compiled import compiled


@compiled
def sgd(weights, gradient, scale, rate):
    """Go down the gradient, times `scale`: torch.optim.SGD without momentum."""
    step = weights.dtype.type(scale * rate)
    for i in range(len(weights)):
        weights[i] -= step * gradient[i]


@compiled
def adam(weights, gradient, mean, square, scale, rate, step):
    """Make step number `step`, counted from 1, of Adam (Kingma and Ba, arXiv:1412.6980, algorithm 1) with the gradient
    times `scale`; beta_1 is 0.9, beta_2 0.999 and epsilon 1e-8, as in torch.optim.Adam."""
    number = weights.dtype.type
    first, second, epsilon, by = number(0.9), number(0.999), number(1e-8), number(scale)
    rest_of_first, rest_of_second = number(1 - 0.9), number(1 - 0.999)
    size, root = number(rate / (1 - 0.9**step)), number(1 / math.sqrt(1 - 0.999**step))
    for i in range(len(weights)):
        g = by * gradient[i]
        mean[i] = first * mean[i] + rest_of_first * g  # m_t
        square[i] = second * square[i] + rest_of_second * g * g  # v_t
        weights[i] -= size * mean[i] / (root * number(math.sqrt(square[i])) + epsilon)


@compiled
def norm(gradient):
    """Return the length of a vector, summed up in float64."""
    total = 0.0
    for i in range(len(gradient)):
        total += float(gradient[i]) * float(gradient[i])
    return math.sqrt(total)
