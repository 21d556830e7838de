"""The picture of hidden states and gates, unit by unit."""

import numpy as np
import pytest
from drawn import draw, lines
from made_up import a_snapshot

from rnnviz.cells import CELLS
from rnnviz.plots import available_states, shown_states
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Snapshot


def heat(view: View, experiment: Experiment, snapshot: Snapshot) -> dict:
    return lines("states", Scene(experiment, snapshot, view))[0]


@pytest.mark.parametrize("state", ["h", "c", "i", "f", "g", "o"])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_states_are_units_by_steps_of_the_chosen_layer_and_direction(state, direction):
    experiment = Experiment(cell="lstm", num_layers=3, bidirectional=True, hidden_size=4, seq_len=7)
    snapshot = a_snapshot(experiment)
    values = {"h": snapshot.trace.hidden, "c": snapshot.trace.cell, **snapshot.trace.gates}[state]
    z = heat(View(states=state, layer=2, direction=direction), experiment, snapshot)["z"]
    np.testing.assert_array_equal(z, values[1, int(direction == "backward")].T)


def test_states_fall_back_to_what_there_is():
    experiment = Experiment(cell="lstm", num_layers=2)
    assert shown_states(View(states="r", layer=4, direction="backward"), experiment) == ("h", 1, 0)
    assert shown_states(View(states="c"), Experiment(cell="gru")) == ("h", 0, 0)


@pytest.mark.parametrize("cell", CELLS)
def test_the_states_to_choose_from_are_those_the_cell_has(cell):
    states = (*CELLS[cell].states, *CELLS[cell].gates)
    assert available_states(Experiment(cell=cell)) == states
    assert set(states) <= set(View.SETTINGS["states"].options)  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("scale", ["fixed", "layer", "unit"])
def test_colours_are_centred_on_zero(scale):
    experiment = Experiment(hidden_size=3, seq_len=5, nonlinearity="relu")
    snapshot = a_snapshot(experiment)
    snapshot.trace.hidden[:] = np.array([0.0, 1e-3, -4.0])  # one size a unit
    figure = draw("states", Scene(experiment, snapshot, View(scale=scale)))
    drawn = figure.data[0]
    assert drawn.zmin == -drawn.zmax
    assert drawn.zmax == {"fixed": 1, "layer": 4, "unit": 1}[scale]
    assert drawn.z[:, 0].tolist() == pytest.approx({"unit": [0, 1, -1]}.get(scale, [0, 1e-3, -4]))
    true = drawn.customdata if scale == "unit" else drawn.z
    np.testing.assert_array_equal(true, snapshot.trace.hidden[0, 0].T)
    assert ("customdata" if scale == "unit" else "%{z") in drawn.hovertemplate


def test_a_whole_layer_of_zeros_still_has_a_scale():
    experiment = Experiment(hidden_size=2, seq_len=2)
    snapshot = a_snapshot(experiment)
    snapshot.trace.hidden[:] = 0
    assert heat(View(scale="layer"), experiment, snapshot)["zmax"] == 1
    assert (heat(View(scale="unit"), experiment, snapshot)["z"] == 0).all()
