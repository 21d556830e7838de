"""The tasks: what every task promises, and what each one is by its source's own figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.settings.experiment import SERIES_LIMIT, Experiment
from rnnviz.tasks import TASKS, airline, video, wave
from rnnviz.tasks.airline import MONTHS, PASSENGERS
from rnnviz.tasks.form import EQUAL, FORMS, MANY_TO_ONE, ONE_TO_MANY, ONE_TO_ONE, UNEQUAL
from rnnviz.tasks.recall import FILLERS, LANGUAGES, QUESTION
from rnnviz.tasks.series import Series
from rnnviz.tasks.task import Batch, HeldOut
from rnnviz.training.trainer import Trainer

SERIES = tuple(float(value) for value in np.random.default_rng(7).normal(size=1000).cumsum())
RANDOM = [name for name in TASKS if name != "sine"]  # the sine's batches are the same for every seed
NO_SERIES = [name for name in TASKS if name not in ("sine", "airline", "series")]


def build(name, **settings):
    return TASKS[name](Experiment(task=name, series=SERIES, **settings))


def held_out(task) -> HeldOut:
    assert task.held_out is not None
    return task.held_out


def same(a: Batch, b: Batch):
    return np.array_equal(a.inputs, b.inputs) and np.array_equal(a.targets, b.targets)


def sequences(batch: Batch):
    """Each sequence of a batch, inputs and targets, as bytes."""
    return {batch.inputs[:, b].tobytes() + batch.targets[:, b].tobytes() for b in range(batch.inputs.shape[1])}


def learned(name, cell, steps, **settings):
    """Loss and accuracy of the validation batch, after so many steps with the settings the task suggests."""
    trainer = Trainer(Experiment(task=name, cell=cell, **{**TASKS[name].suggested, **settings}))
    trainer.step(steps)
    snapshot = trainer.snapshot()
    return snapshot.validation_loss, snapshot.accuracy


@st.composite
def experiments(draw):
    name = draw(st.sampled_from(list(TASKS)))
    longest = TASKS[name].longest(Experiment(task=name, series=SERIES))
    return Experiment(
        task=name,
        seq_len=draw(st.integers(2, longest)),
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
    assert TASKS[name].sentence.endswith(".")


@given(experiments(), st.integers(0, 10**6))
def test_shapes_and_types(experiment, step):
    task = TASKS[experiment.task](experiment)
    T, B = task.steps, experiment.batch_size
    training, validation, probe = task.training_batch(step), task.validation, task.probe
    for batch, sequences in [(training, B), (validation, None), (probe, 1)]:
        steps, width = batch.inputs.shape[:2]
        assert sequences in (None, width)
        assert batch.inputs.shape == (steps, width, task.inputs)
        assert batch.targets.shape == ((steps, width) if task.classes else (steps, width, task.outputs))
        assert (batch.mask.shape, batch.mask.dtype) == ((steps,), np.bool_)
        assert steps == T or (batch is validation and batch.mask.sum() == T)
        assert batch.inputs.dtype == np.float32
        assert batch.targets.dtype == (np.int64 if task.classes else np.float32)
        assert batch.inputs.flags.c_contiguous
        assert batch.targets.flags.c_contiguous
        assert np.isfinite(batch.inputs).all()
        assert np.isfinite(batch.targets).all()
        assert batch.mask[-1]
    assert task.classes is None or len(task.classes) == task.outputs
    assert task.words is None or len(task.words) == task.inputs


@given(experiments(), st.integers(0, 10**6))
def test_a_task_has_its_form(experiment, step):
    task = TASKS[experiment.task](experiment)
    training, probe = task.training_batch(step), task.probe
    np.testing.assert_array_equal(training.mask, task.asked)
    assert (task.asked | ~probe.mask).all()  # a probe may be asked less
    for batch in (training, probe):
        assert (batch.inputs[~task.given] == 0).all()
    T, given, asked = task.steps, np.flatnonzero(task.given).tolist(), np.flatnonzero(task.asked).tolist()
    every, first, last = list(range(T)), [0], [T - 1]
    if task.form is UNEQUAL:
        assert given + asked == every
    else:
        expected = {
            "one-to-one": (first, last),
            "one-to-many": (first, every),
            "many-to-one": (every, last),
            "many-to-many": (every, every),
        }
        assert (given, asked) == expected[task.form.name]
    assert experiment.seq_len == T or task.form is ONE_TO_ONE


@pytest.mark.parametrize("name", TASKS)
def test_marked_are_all_answers_that_are_asked_or_the_last_alone(name):
    every, last = (build(name, loss_at=loss_at, seq_len=12) for loss_at in ("every", "last"))
    for mask in (every.asked, every.validation.mask, every.probe.mask):
        asked = np.flatnonzero(mask).tolist()
        assert np.flatnonzero(every.marked(mask)).tolist() == asked
        assert np.flatnonzero(last.marked(mask)).tolist() == asked[-1:]
    assert not every.leaves_some
    assert last.leaves_some == (every.asked.sum() > 1)


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("loss_at", ["every", "last"])
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
    assert all(form.label and form.sentence.endswith(".") for form in FORMS.values())


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


@pytest.mark.parametrize("name", TASKS)
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


# Sine: row 1


@pytest.mark.parametrize("k", range(200))
def test_sine_is_the_plain_formula(k):
    batch = build("sine", seq_len=20, batch_size=1).training_batch(k)
    plain = np.sin(np.linspace(k * np.pi, (k + 1) * np.pi, 21))
    np.testing.assert_allclose(batch.inputs[:, 0, 0], plain[:20], rtol=0, atol=6e-8)
    np.testing.assert_allclose(batch.targets[:, 0, 0], plain[1:], rtol=0, atol=6e-8)


@given(st.integers(2, 500), st.integers(1, 128), st.integers(0, 10**4))
def test_sine_streams_read_on_where_they_stopped(T, B, k):
    task = build("sine", seq_len=T, batch_size=B)
    batch = task.training_batch(k)
    t = (k * T + np.arange(T)) * np.pi / 20
    ahead = 2 * np.pi * np.arange(B) / B
    np.testing.assert_allclose(batch.inputs[..., 0], np.sin(t[:, None] + ahead), rtol=0, atol=1e-7)
    np.testing.assert_array_equal(batch.inputs[1:], batch.targets[:-1])
    np.testing.assert_array_equal(task.training_batch(k + 1).inputs[0], batch.targets[-1])


def test_sine_stays_accurate_after_very_many_steps():
    task = build("sine", seq_len=20, batch_size=1)
    assert same(task.training_batch(2 * 10**12), task.training_batch(0))


def test_sine_is_tested_halfway_between_the_training_samples():
    task = build("sine", seq_len=20)
    halfway = np.sin((np.arange(20) + 0.5) * np.pi / 20)
    np.testing.assert_allclose(task.probe.inputs[:, 0, 0], halfway, rtol=0, atol=6e-8)
    forecast = held_out(task)
    np.testing.assert_allclose(forecast.targets[:19], halfway[1:], rtol=0, atol=6e-8)
    assert len(forecast.targets) - forecast.start == 80  # two periods


@pytest.mark.parametrize("carry_state", [True, False])
def test_sine_is_validated_from_the_state_it_is_trained_from(carry_state):
    validation = build("sine", seq_len=20, carry_state=carry_state).validation
    warm_up = 200 if carry_state else 0  # five periods
    assert np.flatnonzero(validation.mask).tolist() == list(range(warm_up, warm_up + 20))
    t = (np.arange(warm_up + 21) + 0.5)[:, None] * np.pi / 20 + np.arange(4) * np.pi / 2
    np.testing.assert_allclose(validation.inputs[..., 0], np.sin(t[:-1]), rtol=0, atol=1e-7)
    np.testing.assert_allclose(validation.targets[..., 0], np.sin(t[1:]), rtol=0, atol=1e-7)


# Airline: row 17


def test_airline_figures_are_those_of_the_literature():
    assert PASSENGERS.size == 144
    assert (PASSENGERS[0], PASSENGERS[-1]) == (112, 432)
    assert (PASSENGERS.min(), PASSENGERS.max()) == (104, 622)
    assert PASSENGERS.sum() == 40363
    by_year = PASSENGERS.reshape(12, 12)
    assert by_year.sum(axis=1).tolist() == [1520, 1676, 2042, 2364, 2700, 2867, 3408, 3939, 4421, 4572, 5140, 5714]
    by_month = [2901, 2820, 3242, 3205, 3262, 3740, 4216, 4213, 3629, 3199, 2794, 3142]
    assert by_year.sum(axis=0).tolist() == by_month


def test_airline_steps_read_the_month_before_and_the_number_of_the_month():
    forecast = held_out(build("airline"))
    passengers = forecast.targets * forecast.scale + forecast.offset
    np.testing.assert_allclose(passengers, PASSENGERS[1:], rtol=1e-5)
    assert forecast.start + 1 == 100  # of 144 months are for training
    assert forecast.offset == pytest.approx(PASSENGERS[:100].mean())
    assert forecast.scale == pytest.approx(PASSENGERS[:100].std())
    month = MONTHS[1:]
    expected = (month - month[:99].mean()) / month[:99].std()
    np.testing.assert_allclose(forecast.inputs[:, 1], expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("T", [2, 12, 43, 99])
def test_airline_training_ignores_the_test_figures(T, monkeypatch):
    before = [build("airline", seq_len=T, batch_size=16).training_batch(step) for step in range(50)]
    validation = build("airline", seq_len=T).validation
    changed = np.concatenate([PASSENGERS[:100], PASSENGERS[100:] * 3 + 7])
    monkeypatch.setattr(airline, "PASSENGERS", changed)
    after = build("airline", seq_len=T, batch_size=16)
    assert all(same(batch, after.training_batch(step)) for step, batch in enumerate(before))
    assert not np.array_equal(validation.targets[validation.mask], after.validation.targets[validation.mask])


@pytest.mark.parametrize("name", ["airline", "series"])
@given(T=st.integers(2, 99))
def test_windows_ask_for_test_values_alone_where_they_test(name, T):
    task = build(name, seq_len=T, batch_size=128)
    values = PASSENGERS if name == "airline" else np.array(SERIES)
    train = len(values) * 7 // 10
    trained = ((values - values[:train].mean()) / values[:train].std()).astype(np.float32)
    test, trained = set(trained[train:].tolist()), set(trained[:train].tolist())
    assert set(task.training_batch(0).targets.ravel().tolist()) <= trained
    for batch in (task.validation, task.probe):
        assert set(batch.targets[batch.mask].ravel().tolist()) <= test


def test_windows_reach_every_training_value():
    task = build("airline", seq_len=12, batch_size=128)
    targets = np.concatenate([task.training_batch(step).targets for step in range(20)], axis=1)
    normalised = ((PASSENGERS[1:100] - PASSENGERS[:100].mean()) / PASSENGERS[:100].std()).astype(np.float32)
    assert set(targets.ravel().tolist()) == set(normalised.tolist())


@pytest.mark.parametrize(("T", "windows"), [(12, 16), (40, 5), (44, 1), (45, 1), (99, 1)])
def test_validation_is_spread_over_the_test_part(T, windows):
    validation = build("airline", seq_len=T).validation
    assert validation.inputs.shape[1] == windows
    assert validation.mask.sum() == min(T, 44)
    forecast = held_out(build("airline"))
    np.testing.assert_array_equal(validation.targets[:, -1, 0], forecast.targets[-T:])


def test_airline_learns_the_changes_where_told_to():
    task, of_values = build("airline", difference=True), held_out(build("airline"))
    forecast = held_out(task)
    changes = np.diff(PASSENGERS)
    trained = changes[:99]  # among the first 100 months
    expected = (changes - trained.mean()) / trained.std()
    np.testing.assert_allclose(forecast.inputs[:, 0], expected[:-1], atol=1e-6)
    np.testing.assert_allclose(forecast.targets, expected[1:], atol=1e-6)
    np.testing.assert_allclose(forecast.inputs[:, 1], of_values.inputs[1:, 1], atol=0.02)  # months, normalised anew
    np.testing.assert_allclose(forecast.values(forecast.targets), PASSENGERS[2:], rtol=1e-6)
    foretold = forecast.summed(forecast.targets[forecast.start :], PASSENGERS[99])
    np.testing.assert_allclose(foretold, PASSENGERS[100:], rtol=1e-5)
    np.testing.assert_array_equal(forecast.repeat_last, PASSENGERS[1:-1])
    np.testing.assert_allclose(of_values.repeat_last, PASSENGERS[:-1], rtol=1e-6)
    assert len(forecast.targets) - forecast.start == len(of_values.targets) - of_values.start == 44


@pytest.mark.parametrize("T", [2, 12, 98])
def test_changes_are_tested_by_the_same_answers_as_values(T):
    """So that repeating the last value errs as much, in the series' own units."""
    error, changes = [], np.diff(PASSENGERS)
    task = build("airline", seq_len=T, batch_size=128, difference=True)
    for batch, part in ((task.training_batch(0), changes[:99]), (task.validation, changes[99:])):
        asked = batch.targets[batch.mask].ravel() * held_out(task).scale + held_out(task).offset
        assert set(np.round(asked, 2)) <= set(part.astype(float))
    for difference in (False, True):
        task = build("airline", seq_len=T, difference=difference)
        batch, scale = task.validation, held_out(task).scale
        assert batch.mask.sum() == min(T, 44)
        error.append(np.sqrt(task.measured(batch)[1].loss) * scale)
    assert error[0] == pytest.approx(error[1], rel=1e-5)


def test_changes_allow_a_sequence_of_one_step_less():
    with pytest.raises(ValueError, match=r"144 values, and a sequence length of 99 needs at least 145"):
        build("airline", seq_len=99, difference=True)
    assert TASKS["airline"].longest(Experiment(task="airline", difference=True)) == 98


@pytest.mark.parametrize("step", [1.0, 0.1, 1 / 3])
def test_a_series_of_even_changes_is_refused_where_these_are_to_be_learned(step):
    series = tuple((np.arange(100) * step).tolist())
    TASKS["series"](Experiment(task="series", series=series))
    with pytest.raises(ValueError, match=r"changes by as much .* Switch off .Learn the change"):
        TASKS["series"](Experiment(task="series", series=series, difference=True))


def test_airline_says_what_sequence_length_is_allowed():
    assert TASKS["airline"].longest(Experiment(task="airline")) == 99
    build("airline", seq_len=99)
    with pytest.raises(ValueError, match=r"144 values, and a sequence length of 100 needs at least 145"):
        build("airline", seq_len=100)


# Adding


@given(st.integers(2, 500), st.integers(0, 10**6))
def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum(T, step):
    batch = build("adding", seq_len=T, batch_size=16).training_batch(step)
    values, marks = batch.inputs[..., 0], batch.inputs[..., 1]
    assert ((values >= 0) & (values < 1)).all()
    assert set(np.unique(marks)) <= {0, 1}
    assert (marks[: T // 2].sum(axis=0) == 1).all()
    assert (marks[T // 2 :].sum(axis=0) == 1).all()
    np.testing.assert_allclose(batch.targets[-1, :, 0], (values * marks).sum(axis=0), rtol=1e-6)
    assert np.flatnonzero(batch.mask).tolist() == [T - 1]


def test_adding_always_answering_one_errs_by_a_sixth():
    task = build("adding", seq_len=4, batch_size=128)
    answers = np.concatenate([task.training_batch(step).targets[-1, :, 0] for step in range(1000)]).astype(np.float64)
    # The squared error has mean 1/6 and variance 7/180; four standard errors of 128,000 draws:
    assert np.mean((answers - 1) ** 2) == pytest.approx(1 / 6, abs=4 * np.sqrt(7 / 180 / answers.size))


def test_adding_marks_every_place():
    task = build("adding", seq_len=7, batch_size=128)
    marks = sum(task.training_batch(step).inputs[..., 1].sum(axis=1) for step in range(10))
    assert (np.asarray(marks) > 0).all()


# Recall: row 7


@given(st.integers(2, 500), st.integers(0, 10**6))
def test_recall_answers_with_the_language_of_the_first_word(T, step):
    task = build("recall", seq_len=T, batch_size=16)
    batch = task.training_batch(step)
    assert (batch.inputs.sum(axis=-1) == 1).all()
    words = np.array(task.words)[batch.inputs.argmax(-1)]  # (T, B)
    assert (words[-1] == QUESTION).all()
    assert set(words[1:-1].ravel()) <= set(FILLERS)
    assert np.array(task.classes)[batch.targets[-1]].tolist() == [LANGUAGES[country] for country in words[0]]
    assert np.flatnonzero(batch.mask).tolist() == [T - 1]


@given(st.integers(0, 2**31 - 1))
def test_recall_is_validated_on_as_many_of_each_answer(seed):
    validation = build("recall", seed=seed).validation
    assert np.bincount(validation.targets[-1]).tolist() == [16] * 4


def test_recall_draws_every_word():
    assert build("recall", batch_size=128).training_batch(0).inputs.any(axis=(0, 1)).all()


# Square: row 8, one to one


@given(st.integers(2, 500), st.integers(1, 128), st.integers(0, 10**6))
def test_square_is_one_step_however_long_a_sequence_is_asked_for(seq_len, B, step):
    task = build("square", seq_len=seq_len, batch_size=B)
    assert same(task.training_batch(step), build("square", batch_size=B).training_batch(step))
    for batch in (task.training_batch(step), task.validation, task.probe):
        assert len(batch.mask) == 1
        assert ((batch.inputs >= -1) & (batch.inputs < 1)).all()
        np.testing.assert_array_equal(batch.targets, batch.inputs**2)


def test_square_is_tested_halfway_between_the_numbers_it_can_be_trained_on():
    task = build("square", batch_size=128)
    assert (task.training_batch(0).inputs.astype(np.float64) * 2**23 % 1 == 0).all()
    for batch in (task.validation, task.probe):
        assert (batch.inputs.astype(np.float64) * 2**23 % 1 == 0.5).all()


def test_square_always_answering_a_third_errs_by_four_forty_fifths():
    x = build("square").validation.inputs.astype(np.float64)
    assert np.mean((x**2 - 1 / 3) ** 2) == pytest.approx(4 / 45, rel=0.01)
    assert "error of 0.089" in TASKS["square"].sentence


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_square_is_learned(cell):
    loss, _ = learned("square", cell, 500)
    assert loss < 4 / 45 / 20


def test_square_needs_more_than_one_tanh_unit():
    losses = [learned("square", "rnn", 1000, hidden_size=H)[0] for H in (1, 2)]
    assert losses[0] > 4 / 45 / 2  # a single unit, rising or falling, at best fits one half of it
    assert losses[1] < 4 / 45 / 20


# Wave: row 8, one to many


@given(st.integers(2, 500), st.integers(0, 10**6))
def test_wave_is_the_sine_of_the_speed_read_first(T, step):
    task = build("wave", seq_len=T, batch_size=16)
    for batch in (task.training_batch(step), task.validation, task.probe):
        omega = batch.inputs[0, :, 0].astype(np.float64)
        assert ((omega >= np.float32(wave.SLOWEST)) & (omega <= np.float32(wave.FASTEST))).all()
        t = np.arange(1, T + 1)[:, None]
        np.testing.assert_allclose(batch.targets[..., 0], np.sin(omega * t), rtol=0, atol=1e-7 + 3e-8 * T)


def test_wave_always_answering_zero_errs_by_half():
    targets = build("wave", batch_size=128).training_batch(0).targets
    assert np.mean(targets**2) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_wave_is_learned(cell):
    loss, _ = learned("wave", cell, 750)
    assert loss < 0.05


# Reversal: row 8, many to many of unequal lengths


@given(st.integers(2, 500), st.integers(0, 10**6))
def test_reversal_asks_for_the_last_letters_backwards(T, step):
    task = build("reversal", seq_len=T, batch_size=16)
    m = max(1, T // 3)
    n = T - m
    for batch in (task.training_batch(step), task.validation, task.probe):
        assert np.flatnonzero(batch.mask).tolist() == list(range(n, T))
        assert (batch.inputs[:n].sum(axis=-1) == 1).all()
        assert (batch.inputs[n:] == 0).all()
        read = batch.inputs[:n].argmax(-1)
        for b in range(read.shape[1]):
            assert batch.targets[n:, b].tolist() == read[:, b].tolist()[::-1][:m]


def test_reversal_draws_every_letter():
    inputs = build("reversal", seq_len=12, batch_size=128).training_batch(0).inputs
    assert inputs[:8].any(axis=1).all()


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_reversal_is_learned(cell):
    _, accuracy = learned("reversal", cell, 750)
    assert accuracy is not None
    assert accuracy > 0.9


# Video: row 2


@given(st.integers(2, 500), st.integers(1, 128), st.integers(0, 10**4))
def test_video_asks_for_the_next_frame_of_a_light_going_round(T, B, step):
    task = build("video", seq_len=T, batch_size=B)
    for batch in (task.training_batch(step), task.validation, task.probe):
        np.testing.assert_array_equal(batch.inputs[1:], batch.targets[:-1])
        frames = np.concatenate([batch.inputs, batch.targets[-1:]]).astype(np.float64)  # (T + 1, B, 4)
        assert ((frames >= 0) & (frames <= 1)).all()
        top_left, top_right, bottom_left, bottom_right = np.moveaxis(2 * frames - 1, -1, 0)
        np.testing.assert_allclose(top_left + bottom_right, 0, atol=1e-6)  # light on one corner, none on the opposite
        np.testing.assert_allclose(top_right + bottom_left, 0, atol=1e-6)
        light = top_left + 1j * top_right
        np.testing.assert_allclose(np.abs(light), 1, atol=1e-6)
        turn = np.angle(light[1:] / light[:-1])  # (T, B): the same in every frame of a clip
        np.testing.assert_allclose(turn, np.broadcast_to(turn[0], turn.shape), atol=1e-5)
        assert ((np.abs(turn) > video.SLOWEST - 1e-5) & (np.abs(turn) < video.FASTEST + 1e-5)).all()


@given(st.integers(1, 128), st.integers(0, 10**4), st.integers(0, 2**31 - 1))
def test_video_takes_its_thousand_clips_in_turn(B, step, seed):
    task, one_by_one = build("video", seq_len=3, batch_size=B, seed=seed), build("video", seq_len=3, seed=seed)
    batch = task.training_batch(step)
    for b in (0, B - 1):
        [clip] = sequences(one_by_one.training_batch((step * B + b) % 1000))
        assert clip == batch.inputs[:, b].tobytes() + batch.targets[:, b].tobytes()


def test_video_has_a_thousand_clips_both_ways_round():
    task = build("video", seq_len=2, batch_size=100)
    batches = [task.training_batch(step) for step in range(10)]
    assert len(set().union(*map(sequences, batches))) == 1000
    assert same(task.training_batch(10), batches[0])
    light = np.concatenate([batch.inputs[..., 0] + 1j * batch.inputs[..., 1] - 0.5 - 0.5j for batch in batches], axis=1)
    clockwise = np.angle(light[1] / light[0]) > 0
    assert 400 < clockwise.sum() < 600


def test_video_saying_the_same_frame_again_errs_by_what_is_said():
    task = build("video", **TASKS["video"].suggested)
    batches = [task.training_batch(step) for step in range(100)]
    error = np.mean([np.mean((batch.targets - batch.inputs) ** 2) for batch in batches])
    # (1 - cos(speed)) / 4, whose standard deviation is 0.0087: four standard errors of a thousand clips.
    assert error == pytest.approx((1 - (np.sin(0.5) - np.sin(0.1)) / 0.4) / 4, abs=0.0011)
    assert "about 0.013" in TASKS["video"].sentence


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_video_is_learned_far_better_than_by_saying_the_same_frame_again(cell):
    loss, _ = learned("video", cell, 750)
    assert loss < 0.013 / 2


# A visitor's own series


@given(st.integers(0, 400), st.integers(2, 250))
def test_series_too_short_says_how_many_values_are_needed(count, T):
    series = tuple(float(value % 7) for value in range(count))
    experiment = Experiment(task="series", series=series, seq_len=T)
    needed = next(n for n in range(1, 1000) if n * 7 // 10 >= T + 1)
    if count >= needed:
        TASKS["series"](experiment)
        assert TASKS["series"].longest(experiment) >= T
    elif count:
        with pytest.raises(ValueError, match=rf"There are {count} values, .* of {T} needs at least {needed},"):
            TASKS["series"](experiment)
        assert TASKS["series"].longest(experiment) < T or T == 2


def test_series_not_there_yet():
    with pytest.raises(ValueError, match="no series yet: upload a CSV file"):
        TASKS["series"](Experiment(task="series"))


@pytest.mark.parametrize("value", [0.0, 0.1, -1e300])
def test_series_constant_where_it_trains(value):
    with pytest.raises(ValueError, match="all the same value"):
        TASKS["series"](Experiment(task="series", series=(value,) * 70 + (1.0,) * 30))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=30, max_size=60), st.booleans())
def test_series_of_any_numbers_is_normalised_or_refused(values, difference):
    experiment = Experiment(task="series", series=tuple(values), seq_len=10, difference=difference)
    try:
        task = TASKS["series"](experiment)
    except ValueError:
        with pytest.raises(ValueError, match=r"same value|too far apart|changes by as much"):
            TASKS["series"](experiment)
        return
    forecast = held_out(task)
    assert np.isfinite(np.square(task.validation.targets)).all()
    assert np.isfinite([forecast.scale, forecast.offset]).all()
    assert forecast.scale > 0


def test_series_forecast_stays_cheap():
    series = tuple(np.sin(np.arange(SERIES_LIMIT) / 9).tolist())
    forecast = held_out(TASKS["series"](Experiment(task="series", series=series)))
    assert (forecast.start, len(forecast.targets)) == (100, 200)
    values = forecast.targets * forecast.scale + forecast.offset
    np.testing.assert_allclose(values, series[-200:], atol=1e-6)


@pytest.mark.parametrize("difference", [False, True])
@pytest.mark.parametrize("values", [*range(6, 20), 30, 142, 143, 150, 333, 334, 400, 1_000, 1_001])
def test_the_values_a_forecast_of_a_series_shows_are_those_that_are_named(values, difference):
    series = tuple(float(n * n % 17) for n in range(values))
    held_out = Series(Experiment(task="series", series=series, seq_len=2, difference=difference)).held_out
    truth = held_out.targets * held_out.scale + held_out.offset
    if held_out.last is not None:
        truth = truth + held_out.last
    named = np.array(series[Series.shown(values)])
    assert len(named) - len(truth) in (0, int(difference))
    assert len(truth) - held_out.start == min(values - values * 7 // 10, 100)  # test values
    assert named[-1] == series[-1]
    assert truth == pytest.approx(named[-len(truth) :], abs=1e-4)
