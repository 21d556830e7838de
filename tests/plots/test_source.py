"""The encoder's states and gradients over the source."""

import numpy as np
import pytest
from drawn import draw
from made_up import a_snapshot

from rnnviz.plots.score import beside
from rnnviz.plots.source import ENCODER
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Snapshot, Source

BOTH_WAYS = Experiment(
    task="reverse", attention="dot", num_layers=2, bidirectional_encoder=True, hidden_size=3, seq_len=6
)
ONE_WAY = Experiment(task="reverse", hidden_size=3, seq_len=6)


def source(snapshot: Snapshot) -> Source:
    assert snapshot.trace.source
    return snapshot.trace.source


@pytest.mark.parametrize("scale", ["fixed", "layer", "unit"])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_states_are_units_by_source_steps_of_the_chosen_layer_and_direction(scale, direction):
    snapshot = a_snapshot(BOTH_WAYS)
    [map_] = draw("encoder", Scene(BOTH_WAYS, snapshot, View(layer=2, direction=direction, scale=scale))).data
    true = map_.customdata if scale == "unit" else map_.z
    np.testing.assert_array_equal(true, source(snapshot).hidden[1, int(direction == "backward")].T)
    assert map_.zmin == -map_.zmax
    said = np.array(map_.hovertext if scale == "unit" else map_.customdata)
    assert said.shape == (3, 6)
    assert all(word.startswith("“") for word in said[0])


def test_what_is_not_there_falls_back_to_what_is():
    snapshot = a_snapshot(ONE_WAY)
    [map_] = draw("encoder", Scene(ONE_WAY, snapshot, View(layer=4, direction="backward"))).data
    np.testing.assert_array_equal(map_.z, source(snapshot).hidden[0, 0].T)


def test_gradients_are_the_norms_of_each_layer_and_direction():
    snapshot = a_snapshot(BOTH_WAYS)
    figure = draw("encoder_gradients", Scene(BOTH_WAYS, snapshot))
    norms = np.sqrt((source(snapshot).gradient.astype(np.float64) ** 2).sum(-1)).reshape(4, 6)
    for trace, line in zip(figure.data, norms, strict=False):
        np.testing.assert_allclose(trace.y, line)
    assert figure.layout.yaxis.type == "log"
    assert [trace.name for trace in figure.data[:4]] == ["1 →", "1 ←", "2 →", "2 ←"]


def test_beside_the_score_there_is_no_room_for_a_bar_of_colours():
    scene = Scene(ONE_WAY, a_snapshot(ONE_WAY))
    assert ENCODER.figure(scene).data[0].showscale is None
    assert beside(ENCODER, scene).data[0].showscale is False
