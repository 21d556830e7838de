"""The unrolled graph of an encoder and a decoder: its words, its values, and what an opened cell says it reads."""

from typing import Any

import numpy as np
import pytest

from rnnviz.graph.shapes import sizes
from rnnviz.graph.unrolled import unroll
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Opened, Snapshot
from rnnviz.tasks import task_of
from rnnviz.training.trainer import Trainer
from rnnviz.ui.graph.described import as_lists
from rnnviz.ui.graph.seen import inside, read_by, said, values
from rnnviz.ui.graph.texts import texts


def a_look(opened: Opened | None = None, **settings: Any) -> tuple[Experiment, Trainer, Snapshot]:
    experiment = Experiment(**{"task": "reverse", "seq_len": 6, "attention": "additive", "hidden_size": 5} | settings)
    trainer = Trainer(experiment)
    trainer.step(1)
    return experiment, trainer, trainer.snapshot(opened=opened)


def test_nodes_are_told_what_is_read_on_both_sides_and_what_is_said():
    experiment, _, snapshot = a_look()
    task, found = task_of(experiment), said(snapshot.trace, experiment)
    source, read = task.probe.source, task.probe.inputs[:, 0]
    assert source is not None
    assert found["source.x"] == [task.source_vocabulary[token] for token in source[:, 0]]
    assert found["x"][0] == "<begin>"
    assert found["x"] == [(task.vocabulary or ())[token] for token in read]
    assert len(found["y"]) == task.steps


@pytest.mark.parametrize("attention", ["none", "additive", "dot"])
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_every_edge_and_node_of_the_graph_has_a_number(cell: str, attention: str):
    experiment, _, snapshot = a_look(cell=cell, attention=attention, num_layers=2, bidirectional_encoder=True)
    found, counted = values(snapshot, experiment), sizes(experiment)
    assert counted.source
    S, T, L, D, H = counted.source.S, counted.T, 2, counted.source.D, 5
    assert found["x"].shape == (T, counted.I)  # no context in it
    assert found["source.x"].shape == (S, counted.source.I)
    assert found["source.h"].shape == (L, D, S, H)
    assert ("source.c" in found) == (cell == "lstm")
    assert found["source.total"].shape == found["source.before"].shape == (L, D, S)
    assert found["source.readout"].shape == (D, S)
    if attention == "none":
        assert not {"a_ts", "ctx", "attention.states"} & found.keys()
        return
    assert found["a_ts"].shape == (T, S)
    assert found["ctx"].shape == (T, counted.context) == (T, D * H)
    assert found["attention.states"].shape == (D, T, S)
    top = np.concatenate(found["source.h"][-1], axis=-1)
    np.testing.assert_allclose(found["ctx"], found["a_ts"] @ top, rtol=0, atol=1e-6)


@pytest.mark.parametrize("embedding_size", [0, 3])
@pytest.mark.parametrize("attention", ["none", "additive", "dot"])
def test_an_opened_cell_of_the_decoder_says_what_its_input_is_made_of(attention: str, embedding_size: int):
    opened = Opened(0, 0, 2, 1)
    experiment, trainer, snapshot = a_look(opened, attention=attention, embedding_size=embedding_size)
    assert snapshot.inside
    trace, token = snapshot.trace, int(trainer.task.probe.inputs[2, 0])
    word = (trainer.task.vocabulary or ())[token]
    sentence = str(read_by(opened, trace, experiment))
    if attention == "additive":
        assert sentence.startswith(
            "At step 3, x_t is [y_(2); ctx_(3)]: first y_(2), then the 5 numbers of the context."
        )
    else:
        assert sentence.startswith("At step 3, x_t is y_(2).")
    assert f"“{word}”" in sentence
    columns = embedding_size or len(trainer.task.vocabulary or ())
    read, context = snapshot.inside.x[:columns], snapshot.inside.x[columns:]
    if embedding_size:
        assert trainer.model.embedding
        assert f"is row {token} of the embedding" in sentence
        np.testing.assert_array_equal(read, trainer.model.embedding.weight[token].detach())
    else:
        assert f"a 1 at place {token}" in sentence
        np.testing.assert_array_equal(np.flatnonzero(read), [token])
    if attention == "additive":
        assert trace.contexts is not None
        np.testing.assert_allclose(context, trace.contexts[2], rtol=0, atol=1e-6)
    else:
        assert not len(context)
    assert read_by(Opened(1, 0, 2, 1), trace, experiment) == ""


@pytest.mark.parametrize("embedding_size", [0, 3])
def test_an_opened_cell_of_the_encoder_reads_the_source(embedding_size: int):
    opened = Opened(0, 1, 4, 2, encoder=True)
    experiment, trainer, snapshot = a_look(opened, bidirectional_encoder=True, embedding_size=embedding_size)
    source = trainer.task.probe.source
    assert source is not None
    assert snapshot.inside
    token = int(source[4, 0])
    sentence = str(read_by(opened, snapshot.trace, experiment))
    letter = trainer.task.source_vocabulary[token]
    if embedding_size:
        assert (
            sentence
            == f"At source step 5, x_t is row {token} of the source's embedding, “{letter}”; rows count from 0."
        )
    else:
        assert (
            sentence == f"At source step 5, x_t is one-hot, “{letter}”: a 1 at place {token}, counted from 0, else 0."
        )
        np.testing.assert_array_equal(np.flatnonzero(snapshot.inside.x), [token])
    assert inside(snapshot.inside)["opened"] == [0, 1, 4, 2, 1]
    assert snapshot.trace.source
    np.testing.assert_array_equal(snapshot.inside.values["h"], snapshot.trace.source.hidden[0, 1, 4])


def test_the_parts_of_the_graph_are_told_apart_as_it_is_sent():
    sent = as_lists(unroll(Experiment(task="reverse", seq_len=6, attention="dot", bidirectional_encoder=True)))
    assert sent["source"] == {"steps": 6, "directions": 2, "middle": [1, 2]}
    assert sent["middle"] == [1]
    parts = [tuple(node[5:]) for node in sent["nodes"]]
    assert set(parts) == {(), (1,)}
    alone = as_lists(unroll(Experiment(seq_len=6)))
    assert alone["source"] is None
    assert {len(node) for node in alone["nodes"]} == {5}


def test_the_words_are_those_of_two_parts():
    def told(**settings: Any) -> dict[str, Any]:
        return texts(sizes(Experiment(task="reverse", **settings)), 32)

    additive, none = told(attention="additive", bidirectional_encoder=True), told()
    assert "ctx_t" in additive["time"]
    assert "ctx_t" not in none["time"]
    assert {"query", "a_ts"} & additive["matrices"].keys() == {"query", "a_ts"}
    assert not {"query", "a_ts"} & none["matrices"].keys()
    assert [len(told["encoded"]) for told in (additive, none)] == [2, 1]
