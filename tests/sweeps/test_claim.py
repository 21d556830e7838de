"""The jobs that measure what attention is worth: what a network writes right, and which are planned."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from swept import told

from rnnviz import Experiment, Trainer, cost
from rnnviz.looks.decoding import rules_of
from rnnviz.model.decoder import Decoder
from rnnviz.model.decoding import greedy
from rnnviz.model.passes import Passes
from rnnviz.sweeps import claim
from rnnviz.sweeps.claim import Comparison, write
from rnnviz.tasks import TASKS
from rnnviz.tasks.pairs import Pair, Pairs
from rnnviz.tasks.task import VALIDATION, Batch

REVERSE = Experiment(
    **{**TASKS["reverse"].suggested, "task": "reverse", "cell": "gru", "seq_len": 6, "hidden_size": 32}
)


def by_hand(trainer: Trainer, pairs: list[Pair]) -> tuple[dict[int, list[bool]], dict[int, list[bool]]]:
    """Decode one source after another, token by token; and ask for each token after the right ones before it."""
    task, model, criterion = trainer.task, trainer.model, trainer.criterion
    assert isinstance(task, Pairs)
    exact, right = defaultdict(list), defaultdict(list)
    for source, target in pairs:
        rules = rules_of(task, tuple(target))
        line = greedy(Decoder(model, source, rules.longest), rules)
        exact[len(source)].append(line.tokens.tolist() == [*target, task.end])
        with torch.no_grad():
            outputs, _targets, _ends = criterion.answers(model, task.batch([(source, target)]))
        said = outputs[:, 0].argmax(-1).tolist()
        for t, origin in enumerate(task.origins(source, target)):
            right[origin + 1].append(said[t] == target[t])
    return exact, right


def shares(found: dict[int, list[bool]]) -> dict[int, tuple[int, Any]]:
    return {place: (len(there), pytest.approx(np.mean(there))) for place, there in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("attention", "steps"), [("none", 500), ("additive", 150)])
def test_what_is_right_is_what_is_written_source_by_source(monkeypatch, attention, steps):
    monkeypatch.setattr(claim, "EXAMINED", 60)
    experiment = replace(REVERSE, attention=attention)
    written = write(experiment, steps)
    trainer = Trainer(experiment)
    trainer.step(steps)
    task = trainer.task
    assert isinstance(task, Pairs)
    random = task.generator(VALIDATION, 3)
    mixed = task.drawn(random, 60, held_out=True)
    long = [task.long(random) for _ in range(60)]
    for seen, pairs in ((written.mixed, mixed), (written.long, long)):
        assert told(seen) == tuple(map(shares, by_hand(trainer, pairs)))
    assert written.steps == steps
    assert 0 < written.mixed.exact.max() < 1  # there is something to tell apart


def test_no_more_is_computed_at_once_than_a_training_step_may_keep(monkeypatch):
    monkeypatch.setattr(claim, "EXAMINED", 50)
    whole, answers, sizes = write(REVERSE, 20), Passes.answers, []

    def counted(self: Passes, batch: Batch) -> Any:
        sizes.append(batch.inputs.shape[1])
        return answers(self, batch)

    monkeypatch.setattr(Passes, "answers", counted)
    monkeypatch.setattr(cost, "MOST_VALUES", 7 * cost.values(replace(REVERSE, batch_size=1)))
    pieces = write(REVERSE, 20)
    assert sizes == 2 * [*7 * [7], 1]
    assert told(pieces.mixed) == told(whole.mixed)
    assert told(pieces.long) == told(whole.long)


def test_a_network_that_diverges_is_measured_as_it_was_before(monkeypatch):
    monkeypatch.setattr(claim, "EXAMINED", 20)
    wild = replace(REVERSE, cell="rnn", nonlinearity="relu", optimizer="sgd", learning_rate=10.0, clip_norm=0.0)
    written = write(wild, 400)
    assert 0 < written.steps < 400
    assert written.mixed.counts.sum() == 20


def test_networks_differ_in_attention_order_and_seed_alone():
    comparison = Comparison(replace(REVERSE, seed=7, bidirectional_encoder=True), 3, 100)
    jobs = {job.key: job for job in comparison.jobs}
    assert set(jobs) == {
        (order, attention, seed)
        for order in ("backwards", "forwards")
        for attention in ("none", "additive", "dot")
        for seed in range(3)
    }
    for (order, attention, seed), job in jobs.items():
        experiment, steps = job.args
        assert (experiment.answer_order, experiment.attention, experiment.seed) == (order, attention, seed)
        fixed = replace(experiment, answer_order="backwards", attention="none", seed=0)
        assert fixed == replace(REVERSE, attention="none", bidirectional_encoder=False)
        assert steps == 100
        assert job.cost > 0


def test_a_task_that_leaves_no_order_open_has_one():
    assert Comparison(replace(REVERSE, task="dates"), 3, 100).orders == ("backwards",)
    assert {job.key[0] for job in Comparison(replace(REVERSE, task="dates"), 3, 100).jobs} == {"backwards"}
