"""What every task of two sequences promises."""

import math
from collections import Counter
from textwrap import dedent as dedented

import numpy as np
import pytest
import torch
from built import build, learned
from hypothesis import given, settings
from hypothesis import strategies as st
from paired import drawn, pairs

from rnnviz.language import BadValue
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.tasks.pairs import BEGIN, COUNTED, END, TYPED, Pairs
from rnnviz.tasks.task import NOTHING, VALIDATION

NAMES = [name for name in TASKS if issubclass(TASKS[name], Pairs)]
names = st.sampled_from(NAMES)
seeds = st.integers(0, 2**31 - 1)


def test_they_are_the_tasks_with_a_source():
    assert [name for name in TASKS if TASKS[name].source_vocabulary] == NAMES
    assert NAMES == ["reverse", "dates", "numbers", "translate"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("setting", "value"), [("bidirectional", True), ("truncation", 3), ("dropout", 0.1), ("loss_at", "last")]
)
def test_what_two_networks_can_t_be_trained_with_is_refused(name, setting, value):
    with pytest.raises(BadValue, match="means nothing to a task of two sequences"):
        build(name, **{setting: value})


@given(names, seeds, st.booleans(), st.sampled_from(["backwards", "forwards"]), st.integers(2, 30))
def test_a_pair_is_a_source_and_the_target_that_is_right(name, seed, held_out, answer_order, seq_len):
    task = pairs(name, answer_order=answer_order, seq_len=seq_len)
    S, T = task.sizes(task.experiment)
    for source, target in task.drawn(np.random.default_rng(seed), 40, held_out=held_out):
        assert 0 < len(source) <= S
        assert 0 < len(target) < T
        assert task.right(source) == tuple(target)
        assert {*target} <= {*range(task.end)}
        origins = task.origins(source, target)
        assert len(origins) == len(target)
        assert {*origins} <= {NOTHING, *range(len(source))}
        assert len({*origins} - {NOTHING}) >= 1


@given(names, seeds, st.booleans())
def test_a_source_written_and_typed_is_read_as_it_was(name, seed, held_out):
    task = pairs(name)
    for source, _target in task.drawn(np.random.default_rng(seed), 20, held_out=held_out):
        assert [token for _piece, token in task.source_tokens(task.source_text(source))] == [*source]


@pytest.mark.parametrize("name", NAMES)
def test_some_sources_are_as_long_as_any_and_the_probe_s_target_is(name):
    task = pairs(name)
    S, T = task.sizes(task.experiment)
    sources = [source for source, _ in drawn(name, 0, 5000, held_out=False)]
    assert max(map(len, sources)) == S
    assert (task.probe.targets[-1, 0], len(task.probe.targets), task.steps) == (task.end, T, T)
    for seed in range(20):
        source, target = task.long(np.random.default_rng(seed))
        assert len(target) == T - 1
        assert task.right(source) == tuple(target)


@settings(max_examples=20)  # of thousands of sources each
@given(names, seeds)
def test_no_source_is_trained_on_and_held_out(name, seed):
    """Of few sources that there are, as of three letters, each is drawn many times."""
    trained = {tuple(source) for source, _ in drawn(name, seed, 2000, held_out=False, seq_len=3)}
    held_out = {tuple(source) for source, _ in drawn(name, seed + 1, 2000, held_out=True, seq_len=3)}
    assert len(trained) > 200
    assert len(held_out) > 200
    assert trained.isdisjoint(held_out)


@settings(max_examples=20)  # of thousands of sources each
@given(names, seeds, st.integers(0, 10**6))
def test_the_batches_are_those_of_the_right_kind(name, seed, step):
    task = pairs(name, seed=seed, batch_size=30)
    kinds = {True: set(), False: set()}
    for held_out in kinds:
        for start in range(5):
            found = task.drawn(np.random.default_rng([seed, start]), 500, held_out=held_out)
            kinds[held_out] |= {tuple(source) for source, _ in found}
    [test] = task.test
    for batch, other in [
        (task.training_batch(step), True),
        (task.validation, False),
        (task.probe, False),
        (test, False),
    ]:
        assert kinds[other].isdisjoint(read(batch.source))


def read(source) -> list[tuple[int, ...]]:
    return [tuple(column[column != NOTHING].tolist()) for column in source.T]


@given(names, seeds, st.integers(1, 40))
def test_side_by_side_sources_end_together_and_targets_begin_together(name, seed, B):
    task = pairs(name)
    found = task.drawn(np.random.default_rng(seed), B, held_out=False)
    batch = task.batch(found)
    assert batch.source is not None
    assert (task.classes[task.end], task.vocabulary[task.begin]) == (END, BEGIN)  # pyright: ignore[reportOptionalSubscript]
    for b, (source, target) in enumerate(found):
        S, T, said = len(batch.source), len(batch.targets), [*target, task.end]
        assert batch.source[:, b].tolist() == [NOTHING] * (S - len(source)) + [*source]
        assert batch.targets[:, b].tolist() == said + [NOTHING] * (T - len(said))
        assert batch.inputs[: len(said), b].tolist() == [task.begin, *target]
    assert (batch.inputs >= 0).all()
    assert max(len(source) for source, _ in found) == len(batch.source)
    assert max(len(target) for _, target in found) + 1 == len(batch.targets)


@given(names, st.text() | st.text("abc ABCyz0123456789年月日-/,.三十千百零twohudrn "), st.integers(1, 100))
def test_whatever_is_typed_is_read(name, text, times):
    task = pairs(name)
    found = task.source_tokens(text * times)
    assert len(found) <= TYPED
    assert all(piece and NOTHING <= token < len(task.source_vocabulary) for piece, token in found)
    right = task.right([token for _piece, token in found])
    assert right is None or {*right} <= {*range(task.end)}
    task.source_text([token for _piece, token in found if token != NOTHING])


@given(names, st.lists(st.integers(-3, 60), max_size=30))
def test_whatever_is_read_has_a_right_target_or_none(name, source):
    task = pairs(name)
    right = task.right(source)
    if right is not None:
        assert {*right} <= {*range(task.end)}
        assert len(task.origins(source, right)) == len(right)


@given(names, st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_what_is_read_is_written_as_it_is_read_again(name, tokens):
    task = pairs(name)
    source = [token % len(task.source_vocabulary) for token in tokens]
    again = [token for _piece, token in task.source_tokens(task.source_text(source))]
    blanks = name == "dates"  # one blank between two characters, none at the ends
    assert again == source or (blanks and task.source_text(again) == " ".join(task.source_text(source).split()))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_right_for_nothing(name):
    assert pairs(name).right([]) is None


@pytest.mark.parametrize("name", NAMES)
def test_every_token_is_trained_on(name):
    task = pairs(name)
    found = drawn(name, 0, 20_000, held_out=False)
    assert {token for source, _ in found for token in source} == {*range(len(task.source_vocabulary))}
    assert {token for _, target in found for token in target} == {*range(task.end)}


@pytest.mark.parametrize("name", NAMES)
def test_baselines_are_what_counting_by_hand_says(name):
    task = pairs(name, seed=3)
    C, batch = task.outputs, task.validation
    random = task.generator(VALIDATION, 2)
    seen = [*task.drawn(random, COUNTED, held_out=False), task.long(random)]
    counts: dict[str, dict] = {"step": {}, "before": {}}
    for _source, target in seen:
        for t, (before, token) in enumerate(zip([task.begin, *target], [*target, task.end], strict=True)):
            counts["step"].setdefault(t, Counter())[token] += 1
            counts["before"].setdefault((t, before), Counter())[token] += 1
    expected = {"chance": ([], []), "step": ([], []), "before": ([], [])}
    for column, before in zip(batch.targets.T.tolist(), batch.inputs.T.tolist(), strict=True):
        target = [token for token in column if token != NOTHING]
        expected["chance"][1].append(C ** -len(target))
        expected["chance"][0].extend([math.log(C)] * len(target))
        for baseline in counts:
            full = True
            for t, token in enumerate(target):
                counter = counts[baseline].get(t if baseline == "step" else (t, before[t]), Counter())
                expected[baseline][0].append(-math.log((counter[token] + 0.5) / (counter.total() + 0.5 * C)))
                full = full and counter[token] == max(counter.values(), default=-1)
            expected[baseline][1].append(full)
    for found in task.measured(batch):
        losses, full = expected[found.name]
        assert found.loss == pytest.approx(np.mean(losses), rel=1e-9)
        assert found.accuracy == pytest.approx(np.mean(full), abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("answer_order", ["backwards", "forwards"])
def test_a_script_draws_the_same_batches(name, answer_order):
    experiment = Experiment(task=name, seed=5, batch_size=7, answer_order=answer_order)
    task = TASKS[name](experiment)
    lines = ["import numpy as np", "import torch", *task.imports, "SEED, SEQ_LEN, BATCH_SIZE = 5, 20, 7"]
    known: dict = {}
    exec("\n".join(lines), known)
    for paragraph in task.code():
        exec(dedented(paragraph), known)
    for step in (0, 1, 1000):
        batch, found = task.training_batch(step), known["batch"](step)
        assert all(part.dtype == torch.int64 for part in found)
        assert batch.source is not None
        order = np.argsort(batch.source == NOTHING, axis=0, kind="stable")  # a script's sources begin together
        source = np.take_along_axis(batch.source, order, axis=0)
        for ours, theirs in zip((source, batch.inputs, batch.targets), found, strict=True):
            np.testing.assert_array_equal(ours, theirs.numpy())


@pytest.mark.slow
@pytest.mark.parametrize(("name", "steps"), [("numbers", 200), ("dates", 200), ("translate", 250)])
def test_a_gru_learns_what_is_held_out_with_attention(name, steps):
    _loss, accuracy = learned(name, "gru", steps)
    assert accuracy is not None
    assert accuracy >= 0.95
