"""Figures for a projector: what is larger, and that nothing else is another."""

from typing import Any

import numpy as np
import pytest
from drawn import ALL, example
from made_up import a_forecast, a_snapshot

from rnnviz.plots.projector import LINE, SMALLEST, enlarged
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment

EXPERIMENTS = [
    Experiment(cell="lstm", num_layers=2),
    Experiment(task="recall", cell="gru"),
    Experiment(task="square"),
    Experiment(task="video", bidirectional=True),
    Experiment(task="languages"),
    Experiment(task="reverse", attention="dot", seq_len=6),
    Experiment(task="airline"),
]


def drawn(name: str, experiment: Experiment) -> dict[str, Any]:
    snapshot = a_snapshot(experiment, forecast=a_forecast() if experiment.task == "airline" else None)
    return ALL[name].figure(Scene(experiment, snapshot)).to_plotly_json()


def sizes(part: Any, where: tuple[str, ...] = ()) -> dict[tuple[str, ...], float]:
    """Every number in a figure that says how large something is, by where it stands."""
    if isinstance(part, dict):
        return {k: v for name, value in part.items() for k, v in sizes(value, (*where, name)).items()}
    if isinstance(part, list | tuple):
        return {k: v for i, value in enumerate(part) for k, v in sizes(value, (*where, str(i))).items()}
    sized = isinstance(part, int | float) and not isinstance(part, bool) and where[-1] in ("size", "width")
    return {where: part} if sized else {}


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.task)
@pytest.mark.parametrize("name", ALL)
def test_text_is_large_and_lines_are_thick(name, experiment):
    if not ALL[name].shown(experiment):
        assert name not in ("prediction", "states", "gradients", "loss")
        return
    figure = drawn(name, experiment)
    before, after = sizes(figure), sizes(enlarged(figure))
    fonts = {where: size for where, size in after.items() if where[-2].endswith("font")}
    assert {("layout", "font", "size"), ("layout", "hoverlabel", "font", "size")} <= fonts.keys()
    assert min(fonts.values()) >= SMALLEST
    for where, size in before.items():
        if where[-2:] in (("line", "width"), ("marker", "size")):
            assert after[where] == pytest.approx(LINE * size)
    for i, trace in enumerate(figure["data"]):
        if trace["type"] == "scatter":  # plotly.js's own width where the trace says none
            assert after["data", str(i), "line", "width"] == LINE * before.get(("data", str(i), "line", "width"), 2)


@pytest.mark.parametrize("name", ALL)
def test_the_numbers_are_the_same_and_the_figure_is_left_alone(name):
    experiment = example(name)
    figure, again = drawn(name, experiment), drawn(name, experiment)
    larger = enlarged(figure)
    for trace, before, untouched in zip(larger["data"], figure["data"], again["data"], strict=True):
        for attribute in ("x", "y", "z", "name", "type"):
            np.testing.assert_array_equal(trace.get(attribute), before.get(attribute))
        assert sizes(before) == sizes(untouched)
    assert larger["layout"]["xaxis"].get("range") == figure["layout"]["xaxis"].get("range")
    assert larger["layout"]["margin"]["l"] > figure["layout"]["margin"]["l"]
