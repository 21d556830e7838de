"""What every task promises."""

import numpy as np
import pytest
from built import SERIES, build, held_out, same, sequences
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.tasks.form import EQUAL, FORMS, MANY_TO_ONE, ONE_TO_MANY, ONE_TO_ONE, UNEQUAL
from rnnviz.tasks.task import NOTHING
from rnnviz.training.trainer import Trainer

RANDOM = [name for name in TASKS if name != "sine" and not TASKS[name].by_heart]  # others are the same for every seed


PAIRS = [name for name in TASKS if TASKS[name].source_vocabulary]
ALONE = [name for name in TASKS if name not in PAIRS]
NO_SERIES = [name for name in TASKS if name not in ("sine", "airline", "series")]


@st.composite
def experiments(draw):
    name = draw(st.sampled_from(list(TASKS)))
    longest = TASKS[name].longest(Experiment(task=name, series=SERIES))
    return Experiment(
        task=name,
        seq_len=draw(st.integers(TASKS[name].shortest, longest)),
        batch_size=draw(st.integers(1, 128)),
        seed=draw(st.integers(0, 2**31 - 1)),
        series=SERIES,
    )


def test_every_task_an_experiment_names_is_there():
    assert list(TASKS) == list(Experiment.SETTINGS["task"].options)  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("name", TASKS)
def test_suggested_settings_are_settings_and_fit(name):
    suggested = TASKS[name].suggested
    assert set(suggested) <= set(Experiment.SETTINGS) - {"task", "cell", "seed"}
    task = build(name, **suggested)
    assert task.experiment.seq_len <= task.longest(task.experiment)
    assert str(TASKS[name].sentence).endswith(".")


@given(experiments(), st.integers(0, 10**6))
def test_shapes_and_types(experiment, step):
    task = TASKS[experiment.task](experiment)
    T, B = task.steps, experiment.batch_size
    training, validation, probe = task.training_batch(step), task.validation, task.probe
    for batch, expected in [(training, B), (validation, None), (probe, 1)]:
        steps, width = batch.inputs.shape[:2]
        assert expected in (None, width)
        assert batch.inputs.shape == ((steps, width) if task.vocabulary else (steps, width, task.inputs))
        assert batch.targets.shape == ((steps, width) if task.classes else (steps, width, task.outputs))
        assert (batch.mask.shape, batch.mask.dtype) == ((steps,), np.bool_)
        if batch.source is None:
            assert steps == T or (batch is validation and batch.mask.sum() == T)
        else:
            assert steps == T if batch is probe else steps <= T
            assert batch.source.dtype == np.int64
            assert batch.source.flags.c_contiguous
            assert NOTHING <= batch.source.min() <= batch.source.max() < len(task.source_vocabulary)
        assert (batch.source is None) == (experiment.task in ALONE)
        assert batch.inputs.dtype == (np.int64 if task.vocabulary else np.float32)
        assert batch.targets.dtype == (np.int64 if task.classes else np.float32)
        assert batch.inputs.flags.c_contiguous
        assert batch.targets.flags.c_contiguous
        assert np.isfinite(batch.inputs).all()
        assert task.vocabulary is None or NOTHING <= batch.inputs.min() <= batch.inputs.max() < task.inputs
        assert np.isfinite(batch.targets).all()
        assert task.classes is None or (0 if batch.source is None else NOTHING) <= batch.targets.min()
        assert task.classes is None or batch.targets.max() < task.outputs
        assert batch.mask[-1]
    assert task.classes is None or len(task.classes) == task.outputs
    assert task.vocabulary is None or len(task.vocabulary) == task.inputs


@given(experiments(), st.integers(0, 10**6))
def test_a_task_has_its_form(experiment, step):
    task = TASKS[experiment.task](experiment)
    training, probe = task.training_batch(step), task.probe
    np.testing.assert_array_equal(training.mask, task.asked[: len(training.mask)])
    assert len(training.mask) == task.steps or experiment.task in PAIRS
    assert (task.asked | ~probe.mask).all()  # a probe may be asked less
    for batch in (training, probe):
        assert (batch.inputs[~task.given[: len(batch.inputs)]] == (NOTHING if task.vocabulary else 0)).all()
    T, given, asked = task.steps, np.flatnonzero(task.given).tolist(), np.flatnonzero(task.asked).tolist()
    every, first, last = list(range(T)), [0], [T - 1]
    if experiment.task in PAIRS:
        assert task.form is UNEQUAL
        assert given == asked == every  # of the decoder, which reads what it was to write before
    elif task.form is UNEQUAL:
        assert given + asked == every
    else:
        expected = {
            "one-to-one": (first, last),
            "one-to-many": (first, every),
            "many-to-one": (every, last),
            "many-to-many": (every, every),
        }
        assert (given, asked) == expected[task.form.name]
    longest = T if probe.source is None else len(probe.source)
    assert experiment.seq_len == longest or task.form is ONE_TO_ONE or not task.has_length


@pytest.mark.parametrize("name", ALONE)
def test_marked_are_all_answers_that_are_asked_or_the_last_alone(name):
    every, last = (build(name, loss_at=loss_at, seq_len=12) for loss_at in ("every", "last"))
    for mask in (every.asked, every.validation.mask, every.probe.mask):
        asked = np.flatnonzero(mask).tolist()
        assert np.flatnonzero(every.marked(mask)).tolist() == asked
        assert np.flatnonzero(last.marked(mask)).tolist() == asked[-1:]
    assert not every.leaves_some
    assert last.leaves_some == (every.asked.sum() > 1)


@pytest.mark.parametrize(
    ("name", "loss_at"), [*((name, "every") for name in TASKS), *((name, "last") for name in ALONE)]
)
def test_the_trainer_counts_what_is_marked(name, loss_at):
    trainer = Trainer(Experiment(task=name, loss_at=loss_at, seq_len=6, hidden_size=3, series=SERIES))
    trace = trainer.snapshot().trace
    np.testing.assert_array_equal(trace.marked, trainer.task.marked(trainer.task.probe.mask))


def test_every_form_has_a_task():
    forms = {name: TASKS[name].form for name in TASKS}
    assert set(forms.values()) == set(FORMS.values())
    assert [forms[name] for name in ("square", "wave", "recall", "video", "reversal")] == [
        ONE_TO_ONE,
        ONE_TO_MANY,
        MANY_TO_ONE,
        EQUAL,
        UNEQUAL,
    ]
    assert all(form.label and str(form.sentence).endswith(".") for form in FORMS.values())


@given(experiments(), st.integers(0, 10**6))
def test_a_batch_is_a_function_of_the_experiment_and_the_step(experiment, step):
    one, other = TASKS[experiment.task](experiment), TASKS[experiment.task](experiment)
    for earlier in (step + 1, 0):
        other.training_batch(earlier)
    assert same(one.training_batch(step), other.training_batch(step))
    assert same(one.validation, other.validation)
    assert same(one.probe, other.probe)


@pytest.mark.parametrize("name", RANDOM)
def test_seeds_and_steps_differ(name):
    one, other = build(name, seq_len=30, batch_size=8), build(name, seq_len=30, batch_size=8, seed=1)
    assert not same(one.training_batch(0), other.training_batch(0))
    assert not same(one.training_batch(0), one.training_batch(1))


@pytest.mark.parametrize("name", [name for name in TASKS if not TASKS[name].by_heart])
@pytest.mark.parametrize("batch_size", [1, 32, 64])  # 1 and 64: the probe's and a validation's own
def test_nothing_of_the_training_is_in_validation_or_probe(name, batch_size):
    task = build(name, seq_len=20, batch_size=batch_size)
    trained = set().union(*(sequences(task.training_batch(step)) for step in range(200)))
    assert trained.isdisjoint(sequences(task.validation))
    assert trained.isdisjoint(sequences(task.probe))


@pytest.mark.parametrize("name", ["sine", "airline", "series"])
def test_held_out_series(name):
    series = held_out(build(name))
    assert TASKS[name].forecasts
    N = len(series.targets)
    assert series.inputs.shape == (N, TASKS[name].inputs)
    assert (series.inputs.dtype, series.targets.dtype) == (np.float32, np.float32)
    assert 0 < series.start < N
    np.testing.assert_array_equal(series.inputs[1:, series.feedback], series.targets[:-1])


@pytest.mark.parametrize("name", NO_SERIES)
def test_no_series_to_hold_out(name):
    assert build(name).held_out is None
    assert not TASKS[name].forecasts
