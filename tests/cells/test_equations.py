"""The equations on screen: what stands there adds up, and is what autograd's own network computes."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from latex2mathml.converter import convert
from textbook import step_of, weights_of

from rnnviz.cells import CELLS
from rnnviz.cells.equations import equations, vectors
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Inside, Opened
from rnnviz.training.trainer import Trainer

PLACE = re.compile(r"\\text\{@(\w+)\}")
FUNCTIONS = {"tanh": math.tanh, "sigma": lambda a: 1 / (1 + math.exp(-a)), "relu": lambda a: max(a, 0.0)}
DIGITS = 4
"""Decimals on screen."""

opened_cells = st.builds(
    lambda cell, nonlinearity, layers, both, T, H, seed: Experiment(
        cell=cell,
        nonlinearity=nonlinearity,
        num_layers=layers,
        bidirectional=both,
        seq_len=T,
        hidden_size=H,
        seed=seed,
    ),
    st.sampled_from(list(CELLS)),
    st.sampled_from(["tanh", "relu", "sigmoid"]),
    st.integers(1, 2),
    st.booleans(),
    st.integers(2, 6),
    st.integers(1, 6),
    st.integers(0, 100),
)


def look_inside(experiment: Experiment, opened: Opened, steps: int = 3) -> tuple[Trainer, Inside]:
    trainer = Trainer(experiment, torch.float64)
    trainer.step(steps)
    inside = trainer.snapshot(opened).inside
    assert inside is not None
    return trainer, inside


def on_screen(inside: Inside) -> dict[str, float]:
    """Every number a place may ask for, of the opened unit, with the digits that are shown."""
    unit = inside.opened.unit
    found = {name: values[unit] for name, values in inside.values.items()}
    found |= {"h_before": inside.h_before[unit]}
    if inside.c_before is not None:
        found["c_before"] = inside.c_before[unit]
    return {name: round(float(value), DIGITS) for name, value in found.items()}


def value(latex: str, numbers: dict[str, float]) -> float:
    """Work out one side of an equation from the numbers on screen."""
    text = PLACE.sub(lambda place: f"({numbers[place[1]]!r})", latex)
    text = re.sub(r"\\mathrm\{(\w+)\}|\\(tanh|sigma)", lambda name: name[1] or name[2], text).replace(r"\cdot", "*")
    return eval(text, {"__builtins__": {}}, FUNCTIONS)  # the test's own text


@pytest.mark.slow
@given(opened_cells, st.data())
def test_what_is_on_screen_adds_up(experiment: Experiment, data: st.DataObject):
    draw = lambda most: data.draw(st.integers(0, most))  # noqa: E731
    opened = Opened(
        draw(experiment.num_layers - 1),
        draw(int(experiment.bidirectional)),
        draw(experiment.seq_len - 1),
        draw(experiment.hidden_size - 1),
    )
    _, inside = look_inside(experiment, opened)
    numbers = on_screen(inside)
    for equation in equations(experiment, opened.layer + 1, opened.direction):
        left, *rights = equation.numbers.split(" = ")
        for right in rights:
            assert value(right, numbers) == pytest.approx(value(left, numbers), abs=4 * 10**-DIGITS)


@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize("direction", [0, 1])
@pytest.mark.parametrize("layer", [0, 1])
def test_the_opened_cell_is_what_the_textbook_computes(cell: str, direction: int, layer: int):
    experiment = Experiment(cell=cell, num_layers=2, bidirectional=True, hidden_size=4, seq_len=5)
    trainer, inside = look_inside(experiment, Opened(layer, direction, 2, 1))
    weights = weights_of(trainer.model.recurrent.state_dict(), layer, direction)
    states = [torch.from_numpy(inside.h_before)[None]]
    if inside.c_before is not None:
        states.append(torch.from_numpy(inside.c_before)[None])
    h, *c = step_of(experiment)(torch.from_numpy(inside.x)[None], tuple(states), weights)
    for name, state in zip("hc", (h, *c), strict=False):
        np.testing.assert_allclose(inside.values[name], state[0].detach(), rtol=0, atol=1e-12)
    trace = trainer.snapshot().trace
    np.testing.assert_array_equal(inside.values["h"], trace.hidden[layer, direction, 2])
    for name, gate in trace.gates.items():
        np.testing.assert_array_equal(inside.values[name], gate[layer, direction, 2])


@pytest.mark.parametrize("cell", list(CELLS))
def test_the_units_weights_give_the_sums(cell: str):
    _, inside = look_inside(Experiment(cell=cell, hidden_size=6, seq_len=4), Opened(0, 0, 2, 3))
    own = "" if cell == "rnn" else "_{}"
    assert tuple(inside.weights_x) == CELLS[cell].from_input  # in the order of the equations above them
    assert tuple(inside.weights_h) == CELLS[cell].from_hidden
    for name, row in inside.weights_x.items():
        assert row @ inside.x == pytest.approx(inside.values["wx" + own.format(name)][3], abs=1e-12)
    for name, row in inside.weights_h.items():
        assert row @ inside.h_before == pytest.approx(inside.values["wh" + own.format(name)][3], abs=1e-12)


@pytest.mark.parametrize("opened", [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 20, 0), (0, 0, 0, 32), (-1, 0, 0, 0)])
def test_a_cell_that_does_not_exist_is_not_opened(opened: tuple[int, int, int, int]):
    assert Trainer(Experiment()).snapshot(Opened(*opened)).inside is None


@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize("direction", [0, 1])
def test_the_equations_name_the_steps_they_read(cell: str, direction: int):
    letters = " ".join(e.letters for e in equations(Experiment(cell=cell), 2, direction))
    assert ("h_{t+1}" in letters) == (direction == 1)
    assert ("h_{t-1}" in letters) == (direction == 0)
    assert "h_t^{(1)}" in letters
    assert "x_t" not in letters


@pytest.mark.parametrize("cell", list(CELLS))
def test_every_value_has_a_name_in_letters(cell: str):
    _, inside = look_inside(Experiment(cell=cell), Opened(0, 0, 2, 3))
    named = dict(vectors(Experiment(cell=cell)))
    assert set(named) == {*inside.values, "x", "h_before"} | ({"c_before"} if CELLS[cell].has_c else set())
    assert len(set(named.values())) == len(named)
    if cell == "gru":
        assert (named["wh_m"], named["b_n"], named["wx_r"]) == ("W_{hn} h_{t-1}", "b_{in}", "W_{ir} x_t")


@pytest.mark.parametrize("cell", list(CELLS))
def test_every_place_survives_the_way_to_the_browser(cell: str):
    for equation in equations(Experiment(cell=cell)):
        assert re.findall(r"<mtext>@(\w+)</mtext>", convert(equation.numbers)) == PLACE.findall(equation.numbers)


@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize("direction", [0, 1])
def test_only_mingru_has_all_its_steps_computed_at_once_too(cell: str, direction: int):
    _, inside = look_inside(
        Experiment(cell=cell, num_layers=2, bidirectional=True, seq_len=9), Opened(1, direction, 2, 0)
    )
    assert (inside.at_once is not None) == (cell == "mingru")
    assert inside.at_once is None or inside.at_once <= 1e-12
