"""The compiled loops' parts against NumPy in float64, torch.nn and torch.optim."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from rnnviz.kernels import optimizers
from rnnviz.kernels.compiled import TANH_ERROR, add_products, add_rows, compiled, relu, sigmoid, tanh
from rnnviz.kernels.losses import FEW, cross_entropy, squared_error

EDGES = [0.0, -0.0, 1e-30, 7.905, 7.9054, 80.0, 1e30, np.inf]


@compiled
def all_of(a, by_tanh, by_sigmoid, by_relu):
    for i in range(len(a)):
        by_tanh[i], by_sigmoid[i], by_relu[i] = tanh(a[i]), sigmoid(a[i]), relu(a[i])


def functions(a):
    found = [np.empty_like(a) for _ in range(3)]
    all_of(a, *found)
    return found


def test_float32_functions_are_off_by_no_more_than_is_said():
    a = np.concatenate([np.linspace(-12, 12, 1_000_001), EDGES, np.negative(EDGES)]).astype(np.float32)
    by_tanh, by_sigmoid, by_relu = functions(a)
    exact = a.astype(np.float64)
    assert np.abs(by_tanh - np.tanh(exact)).max() <= TANH_ERROR
    assert np.abs(by_sigmoid - (1 + np.tanh(exact / 2)) / 2).max() <= TANH_ERROR
    np.testing.assert_array_equal(by_relu, np.maximum(a, 0))
    assert np.abs(by_tanh).max() <= 1
    assert by_sigmoid.min() >= 0


def test_float64_functions_are_exact_and_no_number_stays_none():
    a = np.array([-30.0, -1.5, -1e-9, 0.0, 0.3, 2.0, 30.0])
    by_tanh, by_sigmoid, by_relu = functions(a)
    np.testing.assert_allclose(by_tanh, np.tanh(a), rtol=1e-15)
    np.testing.assert_allclose(by_sigmoid, (1 + np.tanh(a / 2)) / 2, rtol=1e-15)
    np.testing.assert_array_equal(by_relu, np.maximum(a, 0))
    for dtype in (np.float32, np.float64):
        assert all(np.isnan(found[0]) for found in functions(np.array([np.nan], dtype)))


@settings(max_examples=40, derandomize=True)
@given(N=st.integers(1, 9), K=st.integers(1, 140), M=st.integers(1, 40), turned=st.booleans())
def test_a_product_is_numpys_at_any_shape(N, K, M, turned):
    random = np.random.default_rng(N + 10 * K + 2000 * M)
    x, W, out = random.normal(size=(K, N) if turned else (N, K)), random.normal(size=(K, M)), random.normal(size=(N, M))
    x = x.T if turned else x
    expected = out + x @ W
    add_products(x, W, out)
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-12)


def test_rows_are_added_where_they_belong():
    out = np.ones((3, 2))
    add_rows(np.array([[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]]), np.array([2, -1, 2]), out)
    np.testing.assert_array_equal(out, [[1, 1], [1, 1], [102, 203]])


@pytest.mark.parametrize("classes", [False, True])
@pytest.mark.parametrize("O", [FEW - 1, FEW + 1])
def test_losses_and_their_gradients_are_torchs(classes, O):  # noqa: E741
    generator = torch.Generator().manual_seed(0)
    h, W, b = (torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in ((7, 6), (O, 6), (O,)))
    leaves = [leaf.requires_grad_() for leaf in (h, W, b)]
    y = functional.linear(h, W, b)
    y.retain_grad()
    if classes:
        targets = torch.tensor([0, 2, -1, 1, 1, -1, 0])
        expected = functional.cross_entropy(y, targets, ignore_index=-1)
        each = functional.cross_entropy(y, targets.clamp(0), reduction="none").masked_fill(targets < 0, math.nan)
    else:
        targets = torch.randn(7, O, generator=generator, dtype=torch.float64)
        expected = functional.mse_loss(y, targets)
        each = functional.mse_loss(y, targets, reduction="none").mean(-1)
    expected.backward()
    losses = np.zeros(7)
    dy, dh, dW, db = (np.full(shape, np.nan) for shape in ((7, O), (7, 6), (O, 6), (O,)))
    numbers = [leaf.detach().numpy() for leaf in leaves]
    W_T = np.ascontiguousarray(numbers[1].T)
    loss_of: Any = cross_entropy if classes else squared_error
    loss = loss_of(numbers[0], W_T, *numbers[1:], targets.numpy(), losses, dy, dh, dW, db)
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(losses, each.detach(), rtol=0, atol=1e-12)
    for ours, theirs in zip((dy, dh, dW, db), (y, *leaves), strict=True):
        assert theirs.grad is not None
        np.testing.assert_allclose(ours, theirs.grad, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", ["adam", "sgd"])
def test_optimizers_are_torchs(kind):
    random = np.random.default_rng(0)
    weights = random.normal(size=50)
    theirs = torch.nn.Parameter(torch.from_numpy(weights.copy()))
    optimizer = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[kind]([theirs], lr=0.01)
    mean, square = np.zeros(50), np.zeros(50)
    for step in range(1, 30):
        gradient = random.normal(size=50)
        theirs.grad = torch.from_numpy(gradient * 0.5)
        optimizer.step()
        if kind == "adam":
            optimizers.adam(weights, gradient, mean, square, 0.5, 0.01, step)
        else:
            optimizers.sgd(weights, gradient, 0.5, 0.01)
        np.testing.assert_allclose(weights, theirs.detach(), rtol=0, atol=1e-13)
        assert optimizers.norm(gradient) == pytest.approx(np.linalg.norm(gradient), rel=1e-14)
