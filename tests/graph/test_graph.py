"""The unrolled graph as data: exactly these nodes and edges, in an order in which they can be computed."""

import dataclasses

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from rnnviz.cells import CELLS
from rnnviz.graph.shapes import TEXTBOOK, Sizes, sizes
from rnnviz.graph.unrolled import Edge, Graph, Node, unroll
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.tasks.form import FORMS
from rnnviz.training.trainer import Trainer

ALONE = [name for name, task in TASKS.items() if name != "series" and not task.source_vocabulary]
TASK_OF_FORM = {TASKS[name].form.name: name for name in ALONE}

experiments = st.builds(
    Experiment,
    task=st.sampled_from(sorted(TASK_OF_FORM.values())),
    cell=st.sampled_from(list(CELLS)),
    seq_len=st.integers(3, 12),
    num_layers=st.integers(1, 4),
    bidirectional=st.booleans(),
    loss_at=st.sampled_from(["every", "last"]),
    hidden_size=st.integers(1, 8),
)


def test_two_steps_of_one_layer_are_these_nodes_and_edges():
    graph = unroll(Experiment(seq_len=2))
    start, x1, h1, y1, loss1 = Node("h_0", 0, 1), Node("x", 1), Node("h", 1, 1), Node("y", 1), Node("loss", 1)
    x2, h2, y2, loss2 = Node("x", 2), Node("h", 2, 1), Node("y", 2), Node("loss", 2)
    assert graph.nodes == (start, x1, h1, y1, loss1, x2, h2, y2, loss2)
    assert set(graph.edges) == {
        Edge(x1, h1, "W_ih", 1),
        Edge(start, h1, "W_hh", 1),
        Edge(h1, y1, "W_hy"),
        Edge(y1, loss1, ""),
        Edge(x2, h2, "W_ih", 1),
        Edge(h1, h2, "W_hh", 1),
        Edge(h2, y2, "W_hy"),
        Edge(y2, loss2, ""),
    }


def test_an_lstm_hands_on_c_beside_h():
    handed_on = [edge for edge in unroll(Experiment(cell="lstm", seq_len=2)).edges if edge.source.kind in ("h", "h_0")]
    assert [edge.matrix for edge in handed_on if edge.target.kind == "h"] == ["W_hh", "", "W_hh", ""]


def test_the_second_direction_starts_at_the_end_and_both_feed_the_next_layer():
    graph = unroll(Experiment(seq_len=3, num_layers=2, bidirectional=True))
    edges = set(graph.edges)
    assert Edge(Node("h_0", 4, 1, 1), Node("h", 3, 1, 1), "W_hh", 1, 1) in edges
    assert Edge(Node("h", 3, 1, 1), Node("h", 2, 1, 1), "W_hh", 1, 1) in edges
    into = [edge.source for edge in graph.edges if edge.target == Node("h", 2, 2, 0) and edge.matrix == "W_ih"]
    assert into == [Node("h", 2, 1, 0), Node("h", 2, 1, 1)]
    assert {edge.source for edge in edges if edge.target == Node("y", 2)} == {Node("h", 2, 2, 0), Node("h", 2, 2, 1)}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_has_its_inputs_and_answers(form: str):
    graph = unroll(Experiment(task=TASK_OF_FORM[form], seq_len=9))
    inputs, answers = steps(graph, "x"), steps(graph, "y")
    every = list(range(1, graph.steps + 1))
    expected = {
        "one-to-one": ([1], [1]),
        "one-to-many": ([1], every),
        "many-to-one": (every, [9]),
        "many-to-many": (every, every),
    }
    if form == "many-to-many-unequal":
        assert inputs == every[: len(inputs)]
        assert answers == every[len(inputs) :]
        assert len(inputs) != len(answers)
    else:
        assert (inputs, answers) == expected[form]
    assert steps(graph, "loss") == answers
    assert steps(graph, "h") == every


def steps(graph: Graph, kind: str) -> list[int]:
    return [node.step for node in graph.nodes if node.kind == kind]


@given(experiments)
def test_every_node_comes_after_all_it_is_computed_from(experiment: Experiment):
    graph = unroll(experiment)
    position = {node: i for i, node in enumerate(graph.nodes)}
    assert len(position) == len(graph.nodes)
    assert len(set(graph.edges)) == len(graph.edges)
    assert all(position[edge.source] < position[edge.target] for edge in graph.edges)


@given(experiments)
def test_there_are_as_many_nodes_and_edges_as_the_formulas_say(experiment: Experiment):
    graph, task = unroll(experiment), TASKS[experiment.task](experiment)
    T, L, D = task.steps, experiment.num_layers, 1 + experiment.bidirectional
    given_, asked = int(task.given.sum()), int(task.asked.sum())
    marked = 1 if experiment.loss_at == "last" else asked
    assert len(graph.nodes) == L * D + T * L * D + given_ + asked + marked
    recurrent = T * L * D * (2 if CELLS[experiment.cell].has_c else 1)
    assert len(graph.edges) == recurrent + given_ * D + T * (L - 1) * D * D + asked * D + marked


@given(experiments)
def test_no_two_nodes_stand_in_one_place(experiment: Experiment):
    graph = unroll(experiment)
    places = [graph.place(node) for node in graph.nodes]
    assert len(set(places)) == len(places)
    cells = experiment.num_layers * (1 + experiment.bidirectional)
    assert {graph.row(node) for node in graph.nodes} == set(range(cells + 3))


@given(experiments)
def test_edges_of_one_matrix_are_the_same_at_every_step(experiment: Experiment):
    graph = unroll(experiment)
    for edge in graph.edges:
        if edge.matrix == "W_hh":
            assert edge.source.step - edge.target.step == (1 if edge.direction else -1)
            assert (edge.source.layer, edge.source.direction) == (edge.layer, edge.direction)
        elif edge.matrix:
            assert edge.source.step == edge.target.step


@given(experiments)
def test_the_formula_counts_the_parameters_of_the_network(experiment: Experiment):
    counted = sizes(experiment)
    assert counted.parameters() == Trainer(experiment).snapshot().parameters
    longer = dataclasses.replace(experiment, seq_len=experiment.seq_len + 1, batch_size=7)
    assert sizes(longer).parameters() == counted.parameters()
    wider = dataclasses.replace(experiment, hidden_size=experiment.hidden_size + 1)
    assert sizes(wider).parameters() > counted.parameters()


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize(("layers", "directions"), [(1, 1), (2, 1), (1, 2), (3, 2)])
def test_shapes_are_those_of_torch(cell: str, layers: int, directions: int):
    said = Sizes(cell=cell, T=7, B=4, I=3, H=5, O=2, L=layers, D=directions).shapes()
    module = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[cell](3, 5, layers, bidirectional=directions == 2)
    x = torch.zeros(said["x"].sizes)
    output, state = module(x)
    h_n, *c_n = state if cell == "lstm" else [state]
    assert (output.shape, h_n.shape) == (said["output"].sizes, said["h_n"].sizes)
    assert [c.shape for c in c_n] == [said[name].sizes for name in said if name == "c_n"]
    assert x[0].shape == said["x_t"].sizes
    assert h_n[0].shape == said["h_t"].sizes


def test_the_lessons_example():
    shapes = TEXTBOOK.shapes()
    cell = nn.RNNCell(100, 64)
    x = torch.zeros(4, 80, 100).transpose(0, 1)  # the lesson has the batch first
    assert x.shape == shapes["x"].sizes
    assert cell(x[0]).shape == shapes["h_t"].sizes == (4, 64)
    assert TEXTBOOK.formula()[0][2] == sum(p.numel() for p in cell.parameters())
