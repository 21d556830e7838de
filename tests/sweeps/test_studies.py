"""The lab's studies of many networks: what the jobs find, and the pictures of it, by their data."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from swept import finished, threads

from rnnviz.cells import CELLS
from rnnviz.language import say
from rnnviz.looks.memory import horizon
from rnnviz.plots import studies as plots
from rnnviz.plots.decades import FLOOR
from rnnviz.settings.experiment import Experiment
from rnnviz.sweeps import costs, studies
from rnnviz.sweeps.costs import Cost, cost, cost_jobs
from rnnviz.sweeps.studies import VARIANTS, Look, Profile, length_jobs, profile
from rnnviz.training.trainer import Trainer


def test_a_profile_is_the_network_before_and_after_training():
    experiment = Experiment(task="recall", seq_len=12, hidden_size=6)
    found = profile(experiment, 30)
    trainer = Trainer(experiment)
    for look in (found.before, found.after):
        assert look
        snapshot = trainer.snapshot()
        np.testing.assert_allclose(look.total[::-1], snapshot.gradients.hidden_norms[0, 0])
        assert look.memory[0] == pytest.approx(math.sqrt(6))  # dh_T/dh_T is the identity
        assert look.horizon == horizon(look.memory, look.memory[0] / math.e)
        trainer.step(30)


def test_a_network_that_diverges_has_no_profile_after_it():
    settings = {"nonlinearity": "relu", "initialisation": "spectral", "spectral_radius": 2.0, "learning_rate": 10.0}
    assert profile(Experiment(task="adding", seq_len=200, **settings), 50).after is None  # type: ignore


def test_every_job_can_be_done_and_named():
    jobs = length_jobs()
    assert len({job.key for job in jobs}) == len(jobs) == 4 * (len(studies.LENGTHS) + len(studies.RADII))
    every = length_jobs(list(VARIANTS))
    assert {job.key[0] for job in every} == {*CELLS, "lstm_2", "peephole_2"}
    for job in every:
        experiment, steps = job.args
        variant, value = job.key
        assert (experiment.cell, experiment.forget_bias) == (variant.removesuffix("_2"), 2.0 * variant.endswith("_2"))
        assert value == (experiment.seq_len if steps else experiment.spectral_radius)


@pytest.mark.parametrize("cell", CELLS)
def test_rtrl_and_bptt_cost_what_they_say(cell):
    short, long = cost(cell, 10, 16), cost(cell, 100, 16)
    assert max(short.difference, long.difference) < 1e-13
    assert long.rtrl_bytes == pytest.approx(short.rtrl_bytes, rel=0.2)  # nothing of the past is kept
    assert long.bptt_bytes > 4 * short.bptt_bytes
    assert min(short.bptt_seconds, short.rtrl_seconds) > 0
    for _name, ours, theirs in long.samples:
        assert ours == pytest.approx(theirs, rel=1e-10)


def test_what_has_come_is_drawn():
    lengths, cells = (10, 20), {"rnn": "RNN", "lstm": "LSTM"}
    norms = np.array([1.0, 0.1, 1e-40] + [0.0] * 7)
    look = Look(norms, norms, 0.4, 2.0)
    beyond = Look(norms, norms, math.inf, math.inf)
    found = {("rnn", 10): Profile(look, None), ("lstm", 10): Profile(look, beyond)}
    figure = plots.profiles(found, cells, lengths)
    data: Any = figure.data
    lines = [line for line in data if line.x[0] is not None]
    assert [(line.xaxis, line.line.dash) for line in lines] == [("x", "dot"), ("x2", "dot"), ("x2", "solid")]
    np.testing.assert_array_equal(lines[0].y, np.where(norms >= FLOOR, norms, np.nan))
    figure = plots.horizons(found, cells, lengths, "horizon")
    points = {(line.name, line.line.dash): (line.x, line.y, line.marker.symbol) for line in figure.data}  # type: ignore
    assert points["RNN", "dot"] == ((10,), (0.4,), ("circle",))
    assert points["RNN", "solid"][0] == ()
    assert points["LSTM", "solid"] == ((10,), (10,), ("triangle-up-open",))
    assert "RNN, at the start" in figure.data[0].hovertemplate.replace("%{fullData.name}", "RNN")  # type: ignore
    figure = plots.horizons(found, cells, lengths, "floor", trained=False)
    assert [line.y for line in figure.data] == [(2.0,), (2.0,)]  # type: ignore


def test_every_variant_has_a_field_and_a_line_of_its_own():
    norms = np.geomspace(1, 1e-3, 10)
    names = {name: variant.label for name, variant in VARIANTS.items()}
    found = {(name, 10): Profile(Look(norms, norms, 3.0, math.inf), None) for name in names}
    figure: Any = plots.profiles(found, names, (10, 20))
    places = {(axis.domain, figure.layout[axis.anchor.replace("y", "yaxis")].domain) for axis in axes(figure)}
    assert len(places) == len(VARIANTS) == 8
    titles = [axis.title.text for axis in axes(figure)]
    assert "LSTM with peepholes, forget bias 2<br>distance T - t" in titles
    lines: Any = plots.horizons(found, names, (10, 20), "horizon", trained=False).data
    assert [line.name for line in lines] == [say(called) for called in names.values()]
    assert len({(line.line.color, line.line.width, line.marker.symbol) for line in lines}) == 8


def axes(figure: Any) -> list[Any]:
    return [figure.layout[f"xaxis{i}" if i > 1 else "xaxis"] for i in range(1, len(VARIANTS) + 1)]


def test_costs_are_drawn_where_they_belong():
    jobs = cost_jobs("rnn")
    found = {job.key: Cost(job.key[0], job.key[1], 1e-3, 2e-3, 10, 20, 0.0, ()) for job in jobs[:3]}
    figure = plots.costs(found, costs.LENGTHS, costs.SIZES, costs.LENGTH, costs.SIZE)
    by_axis = {(line.xaxis, line.name): (line.x, line.y) for line in figure.data}  # type: ignore
    assert by_axis["x", "BPTT"] == ((5, 10, 20), (1e-3,) * 3)
    assert by_axis["x3", "RTRL"] == ((5, 10, 20), (20,) * 3)
    assert by_axis["x2", "RTRL"] == ((16,), (2e-3,))
    json.dumps(figure.to_plotly_json())


@pytest.mark.slow
def test_the_server_can_hand_studies_over_without_torch():
    code = "import rnnviz.sweeps.costs, rnnviz.sweeps.studies, sys; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)


def test_a_study_runs_and_shows_what_it_found(monkeypatch):
    from concurrent.futures import ThreadPoolExecutor

    from rnnviz.sweeps.engine import Backend, Engine
    from rnnviz.ui.shell import sweeping

    pool = ThreadPoolExecutor(1)
    monkeypatch.setattr(sweeping, "engine", lambda: Engine(lambda: Backend(pool, 1, pool.shutdown)))
    monkeypatch.setattr(costs, "LENGTHS", (4,))
    monkeypatch.setattr(costs, "SIZES", (5,))

    def script():
        from rnnviz.ui.lab import studies

        studies.forwards("gru")

    app = AppTest.from_function(script, default_timeout=30).run()
    app.button[0].click().run()
    study = app.session_state["study_costs_gru"]
    assert study.wait(30)
    app.run()
    assert not app.exception
    assert set(study.results) == {(4, 16), (20, 5)}
    assert any("largest difference" in text.value for text in app.markdown)
    assert app.get("plotly_chart")
    pool.shutdown()


def test_any_cells_can_be_compared_on_the_page(monkeypatch):
    from rnnviz.ui.lab import studies as page
    from rnnviz.ui.shell import sweeping

    engine = threads()
    monkeypatch.setattr(sweeping, "engine", lambda: engine)
    for name, value in {"LENGTHS": (4,), "RADII": (0.5,), "RADIUS_LENGTH": 4, "STEPS": 1}.items():
        monkeypatch.setattr(studies, name, value)
        monkeypatch.setattr(page, name, value)

    def script():
        from rnnviz.ui.lab import studies

        studies.lengths()

    app: Any = AppTest.from_function(script, default_timeout=30).run()
    assert app.get_by_key("lengths_cells").value == ["rnn", "gru", "lstm", "lstm_2"]
    app.get_by_key("lengths_cells").set_value([]).run()
    assert app.button(key="start_lengths").disabled
    app.get_by_key("lengths_cells").set_value(["mingru", "rnn", "peephole_2"]).run()
    app.button(key="start_lengths").click().run()
    study = finished(app.session_state["study_lengths"])
    app.run()
    assert not app.exception
    assert set(study.results) == {(name, 4) for name in ("mingru", "rnn", "peephole_2")} | {
        (name, 0.5) for name in ("rnn", "peephole_2")
    }
    assert len(app.get("plotly_chart")) == 3
    engine.close()
