"""A visitor's own series as a task."""

import numpy as np
import pytest
from built import held_out
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import SERIES_LIMIT
from rnnviz.tasks import TASKS
from rnnviz.tasks.series import Series


@pytest.mark.parametrize("step", [1.0, 0.1, 1 / 3])
def test_a_series_of_even_changes_is_refused_where_these_are_to_be_learned(step):
    series = tuple((np.arange(100) * step).tolist())
    TASKS["series"](Experiment(task="series", series=series))
    with pytest.raises(ValueError, match=r"changes by as much .* Switch off .Learn the change"):
        TASKS["series"](Experiment(task="series", series=series, difference=True))


@given(st.integers(0, 400), st.integers(2, 250))
def test_series_too_short_says_how_many_values_are_needed(count, T):
    series = tuple(float(value % 7) for value in range(count))
    experiment = Experiment(task="series", series=series, seq_len=T)
    needed = next(n for n in range(1, 1000) if n * 7 // 10 >= T + 1)
    if count >= needed:
        TASKS["series"](experiment)
        assert TASKS["series"].longest(experiment) >= T
    elif count:
        with pytest.raises(
            ValueError, match=rf"There (is one value|are {count} values), .* of {T} needs at least {needed},"
        ):
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
