"""A new cell is two files and one line: a made-up one, trained, checked, drawn, opened, swept and exported."""

import contextlib
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from built import read
from described import step
from latex2mathml.converter import convert
from textbook import weights_of

import rnnviz.cells
import rnnviz.kernels
from rnnviz import cost
from rnnviz.advice import against_vanishing
from rnnviz.cells import CELLS
from rnnviz.cells.equations import equations, vectors
from rnnviz.diagnosis import diagnose
from rnnviz.export.script import script
from rnnviz.graph.shapes import sizes
from rnnviz.graph.unrolled import unroll
from rnnviz.plots import LAB, PICTURES
from rnnviz.plots.needs import lens
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Opened
from rnnviz.sweeps.learning import learn
from rnnviz.training.trainer import Trainer
from rnnviz.ui.graph.texts import texts

ADDED = Path(__file__).parent / "added"


@pytest.fixture(autouse=True)
def mixer(monkeypatch):
    """The files in tests/cells/added stand in rnnviz/cells and rnnviz/kernels, the line in rnnviz/cells/__init__.py."""
    for package in (rnnviz.cells, rnnviz.kernels):
        folder = ADDED / package.__name__.removeprefix("rnnviz.")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    monkeypatch.setattr(rnnviz.cells, "NAMES", (*rnnviz.cells.NAMES, "mixer"))
    cell = rnnviz.cells.described("mixer")
    monkeypatch.setitem(CELLS, "mixer", cell)
    # what follows from the line when rnnviz is imported with it
    monkeypatch.setitem(Experiment.SETTINGS["cell"].options, "mixer", cell.label)  # pyright: ignore
    for name, called in cell.states_shown.items():
        monkeypatch.setitem(View.SETTINGS["states"].options, name, called)  # pyright: ignore


def small(**settings) -> Experiment:
    return Experiment(**{"cell": "mixer", "task": "adding", "hidden_size": 4, "seq_len": 6} | settings)


def test_it_is_offered_and_can_be_linked_to():
    assert Experiment.from_query(small().to_query()) == small()
    assert "q" in View.SETTINGS["states"].options  # pyright: ignore
    assert Experiment.query_remarks({"cell": "mixer"}) == []


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_its_kernel_is_its_description(num_layers, bidirectional):
    experiment = small(num_layers=num_layers, bidirectional=bidirectional, task="video")
    compare_with_description(Trainer(experiment, torch.float64))


@pytest.mark.parametrize("cell", list(CELLS))
def test_every_kernel_is_its_description(cell):
    compare_with_description(Trainer(small(cell=cell, num_layers=2), torch.float64))


def compare_with_description(trainer: Trainer) -> None:
    """Compare states, dL/dh_t and all gradients with a loop over the description, by autograd."""
    experiment, model = trainer.experiment, trainer.model
    cell = CELLS[experiment.cell]
    x = read(trainer.task, trainer.task.probe)
    outputs, recording = model.record(x)
    ours = torch.autograd.grad(outputs.square().sum(), list(model.parameters()))
    parameters = dict(model.recurrent.named_parameters())
    below, kept = list(x), []
    for layer in range(experiment.num_layers):
        passes = []
        for direction in range(model.directions):
            w = weights_of(parameters, layer, direction)
            state = tuple(x.new_zeros(1, experiment.hidden_size) for _ in cell.states)
            hidden = []
            for x_t in below[::-1] if direction else below:
                state = step(cell, experiment.nonlinearity, x_t, state, w)
                state[0].retain_grad()
                hidden.append(state[0])
            passes.append(hidden[::-1] if direction else hidden)
        kept += passes
        below = [torch.cat(together, 1) for together in zip(*passes, strict=True)]
    model.zero_grad()
    model.readout(torch.stack(below)).square().sum().backward()
    shape = recording.hidden.shape
    hidden = torch.stack([h for steps in kept for h in steps]).detach().numpy().reshape(shape)
    np.testing.assert_allclose(recording.hidden, hidden, rtol=0, atol=1e-12)
    gradients = torch.stack([h.grad for steps in kept for h in steps]).numpy().reshape(shape)  # pyright: ignore
    np.testing.assert_allclose(recording.hidden_gradient, gradients, rtol=0, atol=1e-10)
    for own, parameter in zip(ours, model.parameters(), strict=True):
        assert parameter.grad is not None
        assert (own - parameter.grad).abs().max().item() <= 1e-10


def test_it_learns_and_goes_on_from_a_checkpoint():
    experiment = small(hidden_size=16, batch_size=16, learning_rate=0.02)
    trainer, other = Trainer(experiment), Trainer(experiment)
    trainer.step(400)
    assert trainer.validation_loss < trainer.snapshot().baseline.loss / 2
    other.restore(trainer.checkpoint())
    for each in (trainer, other):
        each.step()
    assert other.loss == trainer.loss
    assert diagnose(trainer.snapshot(), experiment).kind
    with pytest.raises(ValueError, match="Mixer"):
        trainer.model.to_torch()
    assert cost.seconds(experiment) > 0


def test_a_sweep_trains_it():
    learned = learn(small(hidden_size=16, batch_size=16, learning_rate=0.02), 400)
    assert learned.score > 0.5


@pytest.mark.parametrize("settings", [{}, {"num_layers": 2, "bidirectional": True, "initialisation": "orthogonal"}])
def test_it_is_exported(settings):
    experiment = small(batch_size=3, **settings)
    with torch.random.fork_rng(), contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(script(experiment), {"__name__": "script"})
    trainer, losses = Trainer(experiment), []
    for _ in range(20):
        trainer.step()
        losses.append(trainer.loss)
    found = [float(line.split()[1]) for line in printed.getvalue().splitlines()]
    np.testing.assert_allclose(found, losses, rtol=0, atol=1e-5)


def test_its_parameters_are_counted():
    experiment = small(num_layers=2, bidirectional=True)
    counted = sizes(experiment)
    assert counted.parameters() == sum(p.numel() for p in Trainer(experiment).model.parameters())
    assert "c_n" in counted.shapes()
    for _what, text, count in counted.formula():
        assert eval(text.split(" = ")[1].replace("·", "*")) == count


def test_it_is_spoken_of_by_its_description():
    assert str(against_vanishing(small())) == "Try another seed."  # it has a gate that keeps
    assert {*texts(sizes(small()), 32)["matrices"]} == {"W_ih", "W_hh", "W_hy", ""}


def test_its_graph_hands_on_c():
    graph = unroll(small())
    assert sum(edge.matrix == "" and edge.target.kind == "h" for edge in graph.edges) == 6
    assert sum(edge.matrix == "W_hh" for edge in graph.edges) == 6


def test_it_is_opened():
    trainer = Trainer(small(), torch.float64)
    trainer.step(3)
    inside = trainer.snapshot(Opened(0, 0, 3, 1)).inside
    assert inside is not None
    written = equations(small())
    assert [equation.name for equation in written] == ["q", "u", "c", "h"]
    assert written[1].letters == r"u_t = \tanh(W_{iu} x_t + b_{u} + p_{u} \odot c_{t-1})"
    places = set(re.findall(r"@(\w+)", " ".join(equation.numbers for equation in written)))
    assert places <= {*inside.values, "h_before", "c_before"}
    assert dict(vectors(small()))["tanh_c"] == r"\tanh(c_t)"
    assert inside.c_before is not None
    q, u = inside.values["q"], inside.values["u"]
    np.testing.assert_allclose(inside.values["c"], q * inside.c_before + (1 - q) * u, rtol=0, atol=1e-12)
    for equation in written:
        assert convert(equation.letters)
    assert CELLS["mixer"].wiring.drawn("tanh")["boxes"] == [("tanh", 135, 50)]


@pytest.mark.parametrize("states", ["h", "c", "q", "u"])
def test_every_picture_draws_it(states):
    trainer = Trainer(small())
    trainer.step(5)
    view = View(states=states)
    scene = Scene(small(), trainer.snapshot(lens=lens(view, small())), view)
    drawn = [picture for picture in (PICTURES | LAB).values() if picture.shown(small())]
    assert {"prediction", "input", "loss", "gradients", "states", "memory", "shares", "factors"} <= {
        picture.name for picture in drawn
    }
    for picture in drawn:
        json.dumps(picture.figure(scene).to_plotly_json(), default=np.ndarray.tolist)
        assert picture.sentence(scene)
