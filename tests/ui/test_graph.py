"""The unrolled graph of a network that reads words: their names at its nodes, and what an opened cell reads."""

from typing import Any

import numpy as np
import pytest
from made_up import a_snapshot

from rnnviz.graph.shapes import sizes
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Opened, Snapshot
from rnnviz.tasks import TASKS, task_of
from rnnviz.training.trainer import Trainer
from rnnviz.ui.graph.seen import read_by, said
from rnnviz.ui.graph.texts import texts


def a_look(opened: Opened | None = None, **settings: Any) -> tuple[Experiment, Snapshot]:
    experiment = Experiment(**settings)
    trainer = Trainer(experiment)
    trainer.step(2)
    return experiment, trainer.snapshot(opened=opened)


@pytest.mark.parametrize("embedding_size", [0, 3])
def test_nodes_are_told_the_words_that_are_read_and_said(embedding_size):
    experiment, snapshot = a_look(task="reversal", seq_len=6, embedding_size=embedding_size)
    task, trace = task_of(experiment), snapshot.trace
    found = said(trace, experiment)
    tokens = task.probe.inputs[:, 0]
    assert found["x"] == ["" if token < 0 else (task.vocabulary or ())[token] for token in tokens]
    assert found["y"] == [(task.classes or ())[n] for n in trace.outputs.argmax(axis=1)]


def test_numbers_are_no_words():
    experiment, snapshot = a_look(seq_len=5)
    assert said(snapshot.trace, experiment) == {}
    assert read_by(Opened(0, 0, 0, 0), snapshot.trace, experiment) == ""


def test_an_opened_cell_says_which_row_it_reads_and_reads_it():
    for t in range(4):
        experiment = Experiment(task="recall", seq_len=5, embedding_size=3)
        trainer = Trainer(experiment)
        snapshot = trainer.snapshot(opened=Opened(0, 0, t, 0))
        token = int(trainer.task.probe.inputs[t, 0])
        word = (trainer.task.vocabulary or ())[token]
        sentence = str(read_by(Opened(0, 0, t, 0), snapshot.trace, experiment))
        assert sentence == f"At step {t + 1}, x_t is row {token} of the embedding, “{word}”; rows count from 0."
        assert snapshot.inside
        assert trainer.model.embedding
        np.testing.assert_array_equal(snapshot.inside.x, trainer.model.embedding.weight[token].detach())
        assert read_by(Opened(1, 0, t, 0), snapshot.trace, experiment) == ""


def test_without_an_embedding_the_place_of_the_one_is_said():
    experiment, snapshot = a_look(Opened(0, 0, 4, 0), task="recall", seq_len=5)
    sentence = str(read_by(Opened(0, 0, 4, 0), snapshot.trace, experiment))
    assert sentence == "At step 5, x_t is one-hot, “speaks?”: a 1 at place 10, counted from 0, else 0."
    assert snapshot.inside
    np.testing.assert_array_equal(np.flatnonzero(snapshot.inside.x), [10])


def test_where_nothing_is_read_that_is_said():
    experiment, snapshot = a_look(task="reversal", seq_len=6, embedding_size=3)
    assert str(read_by(Opened(0, 0, 5, 0), snapshot.trace, experiment)) == "At step 6 nothing is read: x_t is 0."


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm", "mingru"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_an_opened_cell_does_not_contradict_the_state_that_is_shown(padded, cell, bidirectional):
    skipped = 0
    for seed, mask in [(0, True), (1, True), (2, True), (1, False)]:
        experiment = Experiment(
            task=padded,
            seq_len=9,
            cell=cell,
            mask_padding=mask,
            seed=seed,
            bidirectional=bidirectional,
            embedding_size=2,
        )
        trainer = Trainer(experiment)
        padding = trainer.task.probe.padding
        assert padding is not None
        for t in (0, 8):
            opened = Opened(0, int(bidirectional), t, 0)
            snapshot = trainer.snapshot(opened=opened)
            assert snapshot.inside
            state = snapshot.trace.hidden[0, int(bidirectional), t]
            np.testing.assert_array_equal(snapshot.inside.values["h"], state)
            words = str(read_by(opened, snapshot.trace, experiment))
            assert ("is skipped" in words) == bool(mask and padding[t, 0])
            if mask and padding[t, 0]:
                skipped += 1
                assert not state.any()
            if snapshot.inside.at_once is not None:
                assert snapshot.inside.at_once < 1e-6
    assert skipped


def test_the_shapes_and_the_gradients_speak_of_the_embedding():
    embedded, one_hot = (sizes(Experiment(task="recall", embedding_size=size)) for size in (3, 0))
    shapes = embedded.shapes()
    assert (str(shapes["words"]), str(shapes["embedding"]), str(shapes["x"])) == ("(20, 1)", "(11, 3)", "(20, 1, 3)")
    assert embedded.parameters() == Trainer(Experiment(task="recall", embedding_size=3)).snapshot().parameters
    assert "embedding" not in one_hot.shapes()
    assert "row of the embedding" in texts(embedded, 32)["backward"]["x"]
    assert "row of the embedding" not in texts(one_hot, 32)["backward"]["x"]
    assert texts(embedded, 32)["letters"] != texts(one_hot, 32)["letters"]


def test_of_a_large_vocabulary_the_words_of_the_sequence_alone_are_sent(monkeypatch):
    monkeypatch.setattr(TASKS["recall"], "outputs", 9000)
    monkeypatch.setattr(TASKS["recall"], "classes", tuple(f"word {n}" for n in range(9000)))
    experiment = Experiment(task="recall", seq_len=8)
    found = said(a_snapshot(experiment).trace, experiment)
    assert [len(words) for words in found.values()] == [8, 8]
