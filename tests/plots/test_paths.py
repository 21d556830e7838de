"""The maps of what each loss asks of each source state: one scale of colours for both ways."""

import numpy as np
import pytest
from drawn import draw, lines
from made_up import a_snapshot

from rnnviz.plots import PATHS
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Paths

ATTENTIVE = Experiment(task="reverse", attention="dot", hidden_size=3, seq_len=6)


def test_both_ways_have_one_scale_and_zeros_and_overflows_their_own_colours():
    snapshot = a_snapshot(ATTENTIVE)
    state, attention = np.full((7, 6), 1e-9), np.full((7, 6), 0.5)
    state[0, 0], attention[1, 2] = 0, np.inf
    scene = Scene(ATTENTIVE, snapshot.showing(paths=Paths(state, attention, state)))
    by_state, by_attention = lines("state_path", scene), lines("attention_path", scene)
    for key in ("zmin", "zmax"):
        assert by_state[0][key] == by_attention[0][key]
    assert by_state[0]["zmax"] == 0
    np.testing.assert_allclose(by_state[0]["z"][1:], -9)
    np.testing.assert_allclose(by_attention[0]["z"][2:], np.log10(0.5), rtol=1e-6)
    for trace, there in ((by_state[1], (0, 0)), (by_attention[2], (1, 2))):
        assert [*zip(*np.nonzero(np.isfinite(trace["z"])), strict=True)] == [there]
    assert np.isnan(by_state[0]["z"][0, 0])


def test_rows_are_losses_and_columns_source_steps():
    layout = draw("attention_path", Scene(ATTENTIVE, a_snapshot(ATTENTIVE))).layout
    assert layout.yaxis.title.text == "loss term t"
    assert (list(layout.xaxis.range), list(layout.yaxis.range)) == ([0.5, 6.5], [7.5, 0.5])


@pytest.mark.parametrize(("attention", "ways"), [("none", ["state_path"]), ("dot", ["state_path", "attention_path"])])
def test_without_attention_there_is_one_way_and_it_is_said(attention, ways):
    experiment = Experiment(task="reverse", attention=attention, hidden_size=3, seq_len=6)
    assert [name for name, picture in PATHS.items() if picture.shown(experiment)] == ways
    said = str(PATHS["state_path"].sentence(Scene(experiment, a_snapshot(experiment))))
    assert ("no other way" in said) == (attention == "none")


def test_what_reads_one_sequence_has_no_source_to_ask():
    assert not any(picture.shown(Experiment()) for picture in PATHS.values())
