"""The map of the alignment, by what it shows of a pair with known weights."""

import numpy as np
import pytest
from drawn import draw
from made_up import a_snapshot

from rnnviz.plots.alignment import ALIGNMENT
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS, task_of

TWO = [name for name, task in TASKS.items() if task.source_vocabulary]


def scene_of(task: str, **settings) -> Scene:
    experiment = Experiment(task=task, **{"attention": "additive", "hidden_size": 3} | settings)
    snapshot = a_snapshot(experiment)
    probe = task_of(experiment).probe
    snapshot.trace.targets[:] = np.eye(snapshot.trace.targets.shape[1])[probe.targets[:, 0]]
    return Scene(experiment, snapshot)


@pytest.mark.parametrize("task", TWO)
def test_rows_are_the_right_answer_and_columns_the_source(task):
    scene = scene_of(task, seq_len=6)
    [map_] = draw("alignment", scene).data
    kind = task_of(scene.experiment)
    source, target, weights = kind.probe.source, kind.probe.targets, scene.snapshot.trace.attention
    assert source is not None
    assert weights is not None
    assert kind.classes
    np.testing.assert_array_equal(map_.z, weights.astype(np.float32))
    assert map_.z.shape == (len(target), len(source))
    assert (map_.zmin, map_.zmax) == (0, 1)
    for t, written in enumerate(target[:, 0]):
        for s, read in enumerate(source[:, 0]):
            said = f"“{kind.classes[written]}”", f"“{kind.source_vocabulary[read]}”"
            assert tuple(word.replace("&lt;", "<").replace("&gt;", ">") for word in map_.customdata[t][s]) == said


def test_words_stand_at_the_ticks_and_what_does_not_fit_beside_one_another_slants():
    letters, words = (draw("alignment", scene_of(task, seq_len=6)).layout for task in ("reverse", "translate"))
    assert all(len(letter) == 1 for letter in letters.xaxis.ticktext)
    assert list(letters.yaxis.ticktext[-1:]) == ["&lt;end&gt;"]
    assert list(letters.yaxis.range) == [7.5, 0.5]  # what is written first stands on top
    assert (letters.xaxis.tickangle, words.xaxis.tickangle) == (0, -60)
    assert words.margin.b > letters.margin.b
    assert letters.meta["places"]["x"] == [f"“{letter}”" for letter in letters.xaxis.ticktext]


def test_it_is_there_where_something_looks_back():
    assert not ALIGNMENT.shown(Experiment())
    assert not ALIGNMENT.shown(Experiment(attention="additive"))
    assert not ALIGNMENT.shown(Experiment(task="reverse"))
    assert ALIGNMENT.shown(Experiment(task="reverse", attention="dot"))


def test_another_source_is_another_frame():
    one, other = scene_of("reverse", seed=1), scene_of("reverse", seed=2)
    assert ALIGNMENT.depends(one) != ALIGNMENT.depends(other)
    assert ALIGNMENT.depends(one) == ALIGNMENT.depends(scene_of("reverse", seed=1, hidden_size=4))
