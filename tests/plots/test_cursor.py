"""What figures say for the cursor: which axis counts the time steps, and what is read out at one of them."""

from typing import Any

import numpy as np
import pytest
from drawn import ALL, example

from rnnviz.looks.look import look
from rnnviz.plots import LAB, PICTURES, Picture
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Lens, Part
from rnnviz.training.trainer import Trainer
from rnnviz.wanted import WHOLE, Wanted

OVER_TIME = {
    "input": {"x": "t"},
    "prediction": {"x": "t"},
    "states": {"x": "t"},
    "gradients": {"x": "t"},
    "memory": {"x": "t"},
    "factors": {"x": "t"},
    "shares": {"x": "t", "y": "t"},
    "training": {"y": "t"},
    "encoder": {"x": "s"},
    "encoder_gradients": {"x": "s"},
    "alignment": {"y": "t", "x": "s"},
    "state_path": {"y": "t", "x": "s"},
    "attention_path": {"y": "t", "x": "s"},
    "answers": {"x": "t"},
    "profiles": {"x": "t"},
    "memories": {"x": "t"},
    "states_a": {"x": "t"},
}
"""By picture, the axis of time that each axis counts, the one that pointing chooses first; all others count none."""


def figure(picture: Picture, experiment: Experiment, view: View = View()) -> Any:  # noqa: B008
    trainer = Trainer(experiment)
    trainer.step(2)
    more: frozenset[Part] = frozenset({"memory"})
    wanted = Wanted(WHOLE | more, lens=Lens(0, 0, 1))
    return picture.figure(Scene(experiment, look(trainer.subject(), wanted), view))


def time_of(drawn: Any) -> dict[str, tuple[str, int]]:
    return {axis: (letter, steps) for axis, (letter, steps) in (drawn.layout.meta.get("time") or {}).items()}


@pytest.mark.parametrize("name", [*(ALL | LAB)])
def test_a_picture_says_which_of_its_axes_count_time_steps_and_how_many(name: str):
    picture = (ALL | LAB)[name]
    experiment = example(name) if name in ALL else Experiment()
    trainer = Trainer(experiment)
    trace = trainer.snapshot().trace
    lengths = {"t": len(trace.losses), "s": len(trace.source.tokens) if trace.source else 0}
    found = time_of(figure(picture, experiment))
    expected = {axis: (letter, lengths[letter]) for axis, letter in OVER_TIME.get(name, {}).items()}
    assert [*found.items()] == [*expected.items()]


def test_a_curve_over_what_is_read_counts_no_time_steps():
    assert time_of(figure(PICTURES["prediction"], Experiment(task="square"))) == {}


@pytest.mark.parametrize("name", ["input", "prediction", "gradients", "memory", "factors"])
def test_what_is_read_out_of_a_line_has_a_value_at_every_step_it_counts(name: str):
    experiment = Experiment(seq_len=7)
    drawn = figure((PICTURES | LAB)[name], experiment)
    read = [trace for trace in drawn.data if trace.meta]
    assert read
    for trace in read:
        assert trace.meta["how"] == "value"
        assert list(trace.x) == list(range(1, 8))
        assert np.shape(trace.y) == (7,)


def test_what_is_read_out_is_called_by_its_symbol():
    def names(name: str, **settings: Any) -> list[str]:
        return [trace.meta["read"] for trace in figure(PICTURES[name], Experiment(**settings)).data if trace.meta]

    assert names("input") == ["x<sub>t</sub>"]
    assert names("prediction") == ["target", "y<sub>t</sub>"]
    assert names("gradients") == ["‖dL/dh<sub>t</sub>‖"]
    assert names("gradients", num_layers=2) == [f"‖dL/dh<sub>t</sub>‖ of layer {n}" for n in (1, 2)]


@pytest.mark.parametrize("scale", ["fixed", "layer", "unit"])
def test_a_map_is_read_out_in_values_whatever_its_colours_span(scale: str):
    experiment = Experiment(seq_len=5)
    trainer = Trainer(experiment)
    snapshot = trainer.snapshot()
    drawn: Any = PICTURES["states"].figure(Scene(experiment, snapshot, View(scale=scale)))
    [states] = drawn.data
    assert states.meta["how"] == "span"
    np.testing.assert_array_equal(states[states.meta.get("values", "z")], snapshot.trace.hidden[0, 0].T)
