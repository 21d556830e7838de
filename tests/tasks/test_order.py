"""Word order: row 16 of the list of what is taught. 从好变坏 and 从坏变好 have the same characters."""

import itertools
import math

import numpy as np
import pytest
from built import build
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.tasks.order import BAD, GOOD
from rnnviz.training.trainer import Trainer


def phrases(task, batch) -> dict[str, str]:
    """Each phrase of a batch, and which way it goes."""
    return {
        "".join(task.vocabulary[token] for token in tokens): str(task.classes[answer])
        for tokens, answer in zip(batch.inputs.T, batch.targets[-1], strict=True)
    }


def pair(phrase: str) -> frozenset[str]:
    return frozenset(phrase) & {*GOOD, *BAD}


def all_there_are() -> dict[str, str]:
    """Every phrase, written out from what the patterns mean."""
    found = {}
    for good, bad in itertools.product(GOOD, BAD):
        for start, end, way in ((good, bad, "worse"), (bad, good, "better")):
            found |= {f"从{start}变{end}": way, f"由{start}转{end}": way, f"{end}自{start}来": way}
    return found


@pytest.mark.parametrize("seed", range(3))
def test_three_pairs_in_ten_are_held_out_the_textbooks_own_among_them(seed):
    task = build("order", seed=seed, batch_size=128)
    trained = {phrase: way for step in range(100) for phrase, way in phrases(task, task.training_batch(step)).items()}
    tested = phrases(task, task.validation)
    assert trained | tested == all_there_are()
    assert {*map(pair, trained)}.isdisjoint(map(pair, tested))
    assert len({*map(pair, tested)}) == round(0.3 * 144)
    assert phrases(task, task.probe) == {"从好变坏": "worse"}
    assert (tested["从好变坏"], tested["从坏变好"]) == ("worse", "better")


@given(st.integers(0, 2**31 - 1))
def test_a_bag_of_characters_is_right_half_the_time_exactly_and_the_last_one_does_not_tell(seed):
    task = build("order", seed=seed)
    bag, last = task.measured(task.validation)
    assert (bag.loss, bag.accuracy) == (pytest.approx(math.log(2)), 0.5)
    assert (last.loss, last.accuracy) == (pytest.approx(math.log(2) / 3), pytest.approx(5 / 6))
    ways: dict[str, set[str]] = {}
    for phrase, way in phrases(task, task.validation).items():
        ways.setdefault("".join(sorted(phrase)), set()).add(way)
    assert all(way == {"better", "worse"} for way in ways.values())  # whatever a bag says, it is wrong once in two


def test_a_linear_bag_of_characters_is_right_half_the_time():
    """Logistic regression on the counts, by gradient descent: what it says of a phrase it says of its opposite."""
    task = build("order")
    batch = task.validation
    bag, _last = task.measured(batch)
    counts = np.eye(task.inputs)[batch.inputs].sum(axis=0)  # (B, I)
    weights, answers = np.random.default_rng(0).normal(size=task.inputs), batch.targets[-1]
    for _ in range(5000):
        said = 1 / (1 + np.exp(-counts @ weights))
        weights -= 0.1 * counts.T @ (said - answers) / len(answers)
    said = 1 / (1 + np.exp(-counts @ weights))
    chances = np.where(answers, said, 1 - said)
    assert (np.log(chances).mean(), ((said > 0.5) == answers).mean()) == (pytest.approx(-bag.loss, abs=1e-3), 0.5)


@pytest.mark.parametrize("seed", range(3))
def test_a_network_of_16_units_learns_the_order(seed):
    trainer = Trainer(Experiment(task="order", seed=seed, **TASKS["order"].suggested), keeps_history=False)
    trainer.step(200)
    assert trainer.accuracy == 1
