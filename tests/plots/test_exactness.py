"""The shares of what is written right, by length and by position."""

import numpy as np
from drawn import draw
from made_up import a_snapshot, an_exactness

from rnnviz.plots.exactness import positions_note
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Exactness

SCENE = Scene(Experiment(task="reverse", hidden_size=3), a_snapshot(Experiment(task="reverse", hidden_size=3)))


def test_lengths_and_positions_have_their_shares_and_counts():
    [lengths] = draw("lengths", SCENE).data
    assert (list(lengths.x), list(lengths.y)) == ([5, 6, 7, 8], [100, 75, 50, 25])
    assert (list(lengths.text), lengths.mode) == (["10", "12", "8", "10"], "lines+markers+text")
    [positions] = draw("positions", SCENE).data
    assert list(positions.x) == [1, 2, 3, 4, 5, 6, 7, 8]
    np.testing.assert_allclose(positions.y, 100 * np.linspace(0.25, 0.75, 8))
    assert positions.mode == "lines+markers"


def test_the_note_says_how_both_ends_of_the_source_stand():
    assert str(positions_note(an_exactness())) == (
        "Now: 25 % right of what stands first in a source, 75 % of what stands at position 8."
    )
    one, ten = np.array([1]), np.array([10])
    assert positions_note(Exactness(one, ten, np.ones(1), one, ten, np.ones(1))) == ""
