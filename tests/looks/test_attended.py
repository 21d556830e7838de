"""The gradient on the edges of a network of two parts, against autograd with a tensor for each edge."""

from typing import Any

import numpy as np
import pytest
import torch
from edges import Edges
from textbook import step_of, weights_of
from torch import Tensor

from rnnviz.model.network import SequenceModel
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Opened

READ, WRITTEN, H = 4, 3, 3
SOURCE, WRITING = [3, 0, 2, 1], [3, 1, 0]
S, T = len(SOURCE), len(WRITING)

SETTINGS = [
    {"attention": "none", "num_layers": 2},
    {"attention": "additive", "bidirectional_encoder": True},
    {"attention": "additive", "num_layers": 2},
    {"attention": "dot", "bidirectional_encoder": True, "num_layers": 2},
    {"attention": "dot"},
]


def built(cell: str, **settings: Any) -> SequenceModel:
    experiment = Experiment(cell=cell, hidden_size=H, **settings)
    generator = torch.Generator().manual_seed(1)
    return SequenceModel(experiment, WRITTEN + 1, WRITTEN, generator, torch.float64, tokens=True, source=READ)


def one_hot(tokens: list[int], size: int) -> list[Tensor]:
    return list(torch.eye(size, dtype=torch.float64)[tokens][:, None])


def edge_by_edge(model: SequenceModel) -> tuple[Tensor, Edges]:
    """Run single steps over both sequences; return the outputs (T, O) and the edges they came through."""
    experiment, edge, step = model.experiment, Edges(), step_of(model.experiment)
    assert model.encoder
    stack, L = model.encoder.recurrent, experiment.num_layers
    below, ends = one_hot(SOURCE, READ), []
    for layer in range(L):
        sides = []
        for d in range(stack.directions):
            state = tuple(torch.zeros(1, H, dtype=torch.float64) for _ in model.cell.states)
            side = []
            for x in reversed(below) if d else below:
                state = step(x, state, weights_of(stack.state_dict(), layer, d))
                side.append(state[0])
            ends += [] if d else [state]
            sides.append(side[::-1] if d else side)
        below = [torch.cat(pair, dim=1) for pair in zip(*sides, strict=True)]
    attention = model.attention
    states, outputs = list(ends), []

    def look(t: int, h: Tensor) -> Tensor:
        assert attention
        h = edge(h, "query", t)
        # each direction of a source state comes through an edge of its own, to its weight and to the mean
        seen = torch.cat(
            [
                torch.cat([edge(below[s][:, d * H :][:, :H], "states", d, t, s) for d in range(stack.directions)], 1)
                for s in range(S)
            ]
        )
        keys = attention.key(seen) if attention.key else seen
        if attention.query and attention.score:
            scores = attention.score(torch.tanh(attention.query(h) + keys))[:, 0]
        else:
            scores = keys @ h[0]
        context = scores.softmax(0)[None] @ seen
        context.retain_grad()
        edge.copies["context", t] = context
        return context

    for t, x in enumerate(one_hot(WRITING, WRITTEN + 1)):
        context = look(t, states[-1][0]) if attention and attention.kind == "additive" else None
        x = edge(x, "inputs", t)
        if context is not None:
            x = torch.cat([x, edge(context, "input", t)], dim=1)
        for layer in range(L):
            h, *c = states[layer]
            before = (edge(h, "before", layer, t), *(edge(part, "cell", layer, t) for part in c))
            states[layer] = step(x, before, weights_of(model.recurrent.state_dict(), layer, 0))
            x = states[layer][0]
        if attention and context is None:
            context = look(t, x)
        top = edge(x, "top", t)
        outputs.append(model.readout(top if context is None else torch.cat([top, edge(context, "readout", t)], dim=1)))
    return torch.cat(outputs), edge


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: "-".join(map(str, settings.values())))
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_the_gradient_on_every_edge_of_both_parts_is_autograds(cell: str, settings: dict[str, Any]):
    model = built(cell, **settings)
    weights = torch.randn(T, WRITTEN, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    outputs, recording = model.record(torch.tensor(WRITING)[:, None], source=torch.tensor(SOURCE)[:, None])
    torch.autograd.grad((outputs[:, 0].tanh() * weights).sum(), list(model.parameters()), retain_graph=True)
    (d_outputs,) = torch.autograd.grad((outputs[:, 0].tanh() * weights).sum(), outputs)
    flow = recording.flow(d_outputs[:, 0].numpy())
    theirs, edge = edge_by_edge(model)
    (theirs.tanh() * weights).sum().backward()
    torch.testing.assert_close(theirs, outputs[:, 0], rtol=0, atol=1e-12)

    def same(values: np.ndarray, name: str) -> None:
        for index, value in np.ndenumerate(values):
            assert value == pytest.approx(edge.norm(name, *index), rel=1e-9, abs=1e-14), (name, index)

    same(flow.inputs, "inputs")
    same(flow.input[0, 0, 0], "inputs")
    same(flow.before[:, 0], "before")
    same(flow.readout[0], "top")
    if cell == "lstm":
        assert flow.cell is not None
        same(flow.cell[:, 0], "cell")
    assert flow.source
    if settings["attention"] == "none":
        assert flow.attention is None
        assert not flow.source.readout.any()
        return
    assert flow.attention
    for name in ("states", "query", "context", "readout"):
        same(getattr(flow.attention, name), name)
    if settings["attention"] == "additive":
        same(flow.attention.input, "input")
    else:
        assert not flow.attention.input.any()
    D = flow.source.readout.shape[0]
    for d, s in np.ndindex(D, S):
        parts = [edge.copies["states", d, t, s].grad for t in range(T)]
        together = torch.stack([part for part in parts if part is not None]).sum(0).norm().item()
        assert flow.source.readout[d, s] == pytest.approx(together, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: "-".join(map(str, settings.values())))
def test_what_comes_back_to_the_last_source_state_came_by_attention_and_by_what_is_handed_over(settings):
    model = built("rnn", **settings)
    outputs, recording = model.record(torch.tensor(WRITING)[:, None], source=torch.tensor(SOURCE)[:, None])
    torch.autograd.grad(outputs.square().sum(), list(model.parameters()))
    flow = recording.flow(2 * outputs[:, 0].detach().numpy())
    source, top = recording.source, recording.tapes[-1]
    assert source
    assert flow.source
    total = np.linalg.norm(source.hidden_gradient[-1, 0, -1])
    handed = np.linalg.norm(top.dh[0, 0])
    # dL/dh_0 holds the look that it asks for, which is no recurrence
    assert total <= flow.source.readout[0, -1] + handed + 1e-12
    if settings["attention"] == "none":
        assert total == pytest.approx(flow.before[-1, 0, 0], rel=1e-12)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: "-".join(map(str, settings.values())))
@pytest.mark.parametrize("cell", ["gru", "lstm", "mingru"])
def test_a_cell_of_either_part_can_be_opened(cell: str, settings: dict[str, Any]):
    model = built(cell, **settings)
    _, recording = model.record(torch.tensor(WRITING)[:, None], source=torch.tensor(SOURCE)[:, None])
    assert model.encoder
    assert recording.source
    L, D = model.experiment.num_layers, model.encoder.recurrent.directions
    for layer, direction, step in np.ndindex(L, D, S):
        opened = Opened(layer, direction, step, 1, encoder=True)
        inside = recording.inside(opened)
        assert inside
        assert inside.opened == opened
        np.testing.assert_array_equal(inside.values["h"], recording.source.hidden[layer, direction, step])
    assert recording.inside(Opened(0, 0, S, 0, encoder=True)) is None
    assert recording.inside(Opened(0, 1, 0, 0)) is None
    for t in range(T):
        inside = recording.inside(Opened(0, 0, t, 0))
        assert inside
        np.testing.assert_array_equal(inside.values["h"], recording.hidden[0, 0, t])
        start = recording.source.hidden[0, 0, -1] if t == 0 else recording.hidden[0, 0, t - 1]
        np.testing.assert_array_equal(inside.h_before, start)
        read = [one_hot(WRITING, WRITTEN + 1)[t][0].numpy()]
        if settings["attention"] == "additive":
            assert recording.look
            read.append(recording.look.contexts[t, 0])
        np.testing.assert_array_equal(inside.x, np.concatenate(read))
        # all steps at once is nothing to be had where each has to look before it reads
        assert (inside.at_once is None) == (cell != "mingru" or settings["attention"] == "additive")


def test_without_an_encoder_none_of_its_cells_is_opened():
    experiment = Experiment(hidden_size=H)
    model = SequenceModel(experiment, 1, 1, torch.Generator().manual_seed(0), torch.float64)
    _, recording = model.record(torch.zeros(T, 1, 1, dtype=torch.float64))
    assert recording.inside(Opened(0, 0, 0, 0, encoder=True)) is None
