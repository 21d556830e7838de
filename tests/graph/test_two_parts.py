"""The graph of an encoder and a decoder as data, and the sizes of both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.cells import CELLS
from rnnviz.graph.shapes import sizes
from rnnviz.graph.unrolled import Edge, Graph, Node, unroll
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import task_of
from rnnviz.training.trainer import Trainer

experiments = st.builds(
    Experiment,
    task=st.sampled_from(["reverse", "dates", "numbers"]),
    cell=st.sampled_from(list(CELLS)),
    seq_len=st.integers(3, 9),
    num_layers=st.integers(1, 3),
    attention=st.sampled_from(["none", "additive", "dot"]),
    bidirectional_encoder=st.booleans(),
    embedding_size=st.sampled_from([0, 3]),
    hidden_size=st.integers(1, 6),
)


def source(kind: str, step: int, layer: int = 0, direction: int = 0) -> Node:
    return Node(kind, step, layer, direction, encoder=True)


def two_steps(**settings) -> Graph:
    return unroll(Experiment(task="reverse", seq_len=2, **settings))  # S = 2, T = 3


def test_a_decoder_begins_in_what_its_encoder_ends_in():
    graph = two_steps()
    start, x1, x2, h1, h2 = source("h_0", 0, 1), *(source("x", s) for s in (1, 2)), *(source("h", s, 1) for s in (1, 2))
    assert graph.nodes[:5] == (start, x1, h1, x2, h2)
    written = [Node(kind, t, int(kind == "h")) for t in (1, 2, 3) for kind in ("x", "h", "y", "loss")]
    assert graph.nodes[5:] == tuple(written)
    assert set(graph.edges) == {
        Edge(x1, h1, "W_ih", 1),
        Edge(start, h1, "W_hh", 1),
        Edge(x2, h2, "W_ih", 1),
        Edge(h1, h2, "W_hh", 1),
        *(Edge(Node("x", t), Node("h", t, 1), "W_ih", 1) for t in (1, 2, 3)),
        *(Edge(h2 if t == 1 else Node("h", t - 1, 1), Node("h", t, 1), "W_hh", 1) for t in (1, 2, 3)),
        *(Edge(Node("h", t, 1), Node("y", t), "W_hy") for t in (1, 2, 3)),
        *(Edge(Node("y", t), Node("loss", t), "") for t in (1, 2, 3)),
    }


def test_an_lstm_hands_over_its_c_too_and_the_backward_half_hands_over_nothing():
    graph = two_steps(cell="lstm", attention="dot", bidirectional_encoder=True, num_layers=2)
    over = [edge for edge in graph.edges if edge.source.encoder and edge.target.kind == "h" and not edge.target.encoder]
    assert over == [
        Edge(source("h", 2, layer), Node("h", 1, layer), matrix, layer) for layer in (1, 2) for matrix in ("W_hh", "")
    ]


def test_additive_attention_is_asked_by_the_state_before_and_read_by_the_first_layer():
    graph = two_steps(attention="additive", num_layers=2, bidirectional_encoder=True)
    into = {t: {edge.source for edge in graph.edges if edge.target == Node("ctx", t)} for t in (1, 2)}
    seen = {source("h", s, 2, d) for s in (1, 2) for d in (0, 1)}
    assert into == {1: seen | {source("h", 2, 2)}, 2: seen | {Node("h", 1, 2)}}
    out = [(edge.target, edge.matrix) for edge in graph.edges if edge.source == Node("ctx", 2)]
    assert out == [(Node("h", 2, 1), "W_ih"), (Node("y", 2), "W_hy")]
    asking = [edge.target for edge in graph.edges if edge.source == source("h", 2, 2) and edge.matrix == "query"]
    assert asking == [Node("ctx", 1)]


def test_dot_attention_is_asked_by_the_state_after_and_read_by_the_answer_alone():
    graph = two_steps(attention="dot")
    into = [(edge.source, edge.matrix) for edge in graph.edges if edge.target == Node("ctx", 2)]
    assert into == [(Node("h", 2, 1), "query"), (source("h", 1, 1), "a_ts"), (source("h", 2, 1), "a_ts")]
    assert [edge.target for edge in graph.edges if edge.source == Node("ctx", 2)] == [Node("y", 2)]


@given(experiments)
def test_every_node_comes_after_all_it_is_computed_from_in_a_place_of_its_own(experiment: Experiment):
    graph = unroll(experiment)
    position = {node: i for i, node in enumerate(graph.nodes)}
    assert len(position) == len(graph.nodes)
    assert len(set(graph.edges)) == len(graph.edges)
    assert all(position[edge.source] < position[edge.target] for edge in graph.edges)
    assert len({(node.encoder, *graph.place(node)) for node in graph.nodes}) == len(graph.nodes)
    assert {graph.row(node) for node in graph.nodes} <= set(range(graph.rows))
    handed = [edge for edge in graph.edges if edge.matrix in ("W_hh", "") and edge.target.kind == "h"]
    assert all(graph.row(edge.source) == graph.row(edge.target) for edge in handed)


@given(experiments)
def test_there_are_as_many_nodes_and_edges_as_the_formulas_say(experiment: Experiment):
    graph, task = unroll(experiment), task_of(experiment)
    assert task.probe.source is not None
    S, T, L, D = len(task.probe.source), task.steps, experiment.num_layers, experiment.encoder_directions
    looks, reads = experiment.attention != "none", experiment.attention == "additive"
    assert len(graph.nodes) == L * D + S + S * L * D + T * (3 + L + looks)
    recurrent = (S * D + T) * L * (2 if CELLS[experiment.cell].has_c else 1)
    upwards = S * D + S * (L - 1) * D * D + T * (1 + reads) + T * (L - 1) + T * (1 + looks) + T
    assert len(graph.edges) == recurrent + upwards + looks * T * (1 + S * D)


@given(experiments)
def test_the_formula_counts_the_parameters_of_both_parts(experiment: Experiment):
    counted = sizes(experiment)
    assert counted.parameters() == Trainer(experiment).snapshot().parameters


@pytest.mark.parametrize("attention", ["none", "additive", "dot"])
@pytest.mark.parametrize("embedding_size", [0, 5])
def test_every_matrix_has_its_line_and_its_own_count(attention: str, embedding_size: int):
    experiment = Experiment(
        task="reverse",
        cell="gru",
        attention=attention,
        bidirectional_encoder=True,
        embedding_size=embedding_size,
        num_layers=2,
        hidden_size=7,
    )
    model = Trainer(experiment).model
    assert model.encoder
    by_line = {str(what): count for what, _, count in sizes(experiment).formula()}
    stacks = {"encoder": model.encoder.recurrent, "decoder": model.recurrent}
    for part, stack in stacks.items():
        for layer in (1, 2):
            own = [p.numel() for name, p in stack.named_parameters() if f"_l{layer - 1}" in name]
            assert by_line.pop(f"{part}, layer {layer}") == sum(own)
    assert by_line.pop("W_hy, b_y") == sum(p.numel() for p in model.readout.parameters())
    for name, embedding in {
        "embedding of the source": model.encoder.embedding,
        "embedding": model.embedding,
    }.items():
        assert by_line.pop(name, 0) == (embedding.weight.numel() if embedding else 0)
    names = {"additive": ["W_q", "W_k, b", "v"], "dot": ["W_a"], "none": []}[attention]
    linears = model.attention.linears if model.attention else []
    assert by_line == {
        name: sum(p.numel() for p in linear.parameters()) for name, linear in zip(names, linears, strict=True)
    }


@pytest.mark.parametrize("attention", ["none", "additive", "dot"])
def test_shapes_are_those_of_the_network(attention: str):
    experiment = Experiment(task="reverse", attention=attention, bidirectional_encoder=True, embedding_size=5)
    trainer = Trainer(experiment)
    model, trace = trainer.model, trainer.snapshot().trace
    said = sizes(experiment).shapes()
    assert model.encoder
    assert model.encoder.embedding
    assert trace.source
    assert said["embedding_s"].sizes == tuple(model.encoder.embedding.weight.shape)
    S, M = trace.source.states.shape
    assert said["h̄"].sizes == (S, 1, M)
    if attention == "additive":
        assert said["x_t"].sizes == (1, trace.inputs.shape[1])
    if attention == "none":
        assert not {"a_t", "ctx_t"} & said.keys()
        return
    assert trace.attention is not None
    assert trace.contexts is not None
    assert said["a_t"].sizes == (1, trace.attention.shape[1])
    assert said["ctx_t"].sizes == (1, trace.contexts.shape[1])
