"""Forecasts beside a loop of torch."""

import math

import numpy as np
import pytest
import torch
from trained import CELLS

from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.airline import MONTHS, PASSENGERS
from rnnviz.training.trainer import Trainer


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("task", "difference"), [("sine", False), ("airline", False), ("airline", True)])
def test_forecasts_are_what_a_loop_of_torch_says(cell, task, difference):
    trainer = Trainer(Experiment(task=task, cell=cell, num_layers=2, difference=difference), torch.float64)
    trainer.step(5)
    forecast, held_out = trainer.snapshot().forecast, trainer.task.held_out
    assert forecast is not None
    assert held_out is not None
    recurrent, readout = trainer.model.to_torch()
    free_running, state, output = [], None, torch.tensor(math.nan)
    truth = [float(value) for value in PASSENGERS] if task == "airline" else None
    scale, offset = held_out.scale, held_out.offset
    inputs = torch.from_numpy(held_out.inputs).double()
    with torch.no_grad():
        one_step = readout(recurrent(inputs[:, None])[0])[:, 0, 0].numpy()
        for n, x in enumerate(inputs):
            x = x.clone()
            if n >= held_out.start:
                x[held_out.feedback] = output
            hidden, state = recurrent(x[None, None], state)
            output = readout(hidden)[0, 0, 0]
            free_running.append(output.item() if n >= held_out.start else math.nan)
    if truth is None:
        truth = [*held_out.inputs[:, 0].astype(float), float(held_out.targets[-1])]
    one_step, free_running = one_step * scale + offset, np.array(free_running) * scale + offset
    if difference:
        truth = truth[1:]  # the first change is that to the second value
        one_step += truth[:-1]
        value = truth[held_out.start]
        for n in range(held_out.start, len(free_running)):
            free_running[n] = value = value + free_running[n]
    for ours, expected in (
        (forecast.one_step, one_step),
        (forecast.free_running, free_running),
        (forecast.repeat_last, truth[:-1]),
        (forecast.truth, truth[1:]),
    ):
        np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-6)
    assert forecast.start == held_out.start
    np.testing.assert_allclose(forecast.repeat_last[1:], forecast.truth[:-1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("difference", [False, True])
@pytest.mark.parametrize("task", ["sine", "airline", "series"])
def test_beyond_the_data_a_forecast_is_what_a_loop_of_torch_says(cell, task, difference):
    series = tuple(float(value) for value in np.random.default_rng(3).normal(1, 2, 430).cumsum())
    difference = difference and task != "sine"
    trainer = Trainer(
        Experiment(task=task, cell=cell, num_layers=2, difference=difference, series=series), torch.float64
    )
    trainer.step(5)
    forecast, held_out = trainer.snapshot(beyond=15).forecast, trainer.task.held_out
    assert forecast is not None
    assert held_out is not None
    values = {"sine": np.sin((np.arange(121) + 0.5) * np.pi / 20), "airline": PASSENGERS, "series": np.array(series)}
    last, read = float(values[task][-1]), torch.from_numpy(held_out.inputs).double()
    known = torch.zeros(15, read.shape[1], dtype=torch.float64)
    if task == "airline":
        trained = MONTHS[1 + difference : 100]
        known[:, 1] = torch.from_numpy((np.arange(15) % 12 + 1 - trained.mean()) / trained.std())  # from January on
    recurrent, readout = trainer.model.to_torch()
    expected = []
    with torch.no_grad():
        _hidden, state = recurrent(read[:, None])
        newest = last - float(values[task][-2]) if difference else last
        output = (newest - held_out.offset) / held_out.scale
        for x in known:
            x[0] = output
            hidden, state = recurrent(x[None, None], state)
            output = readout(hidden).item()
            said = output * held_out.scale + held_out.offset
            last = last + said if difference else said
            expected.append(last)
    np.testing.assert_allclose(forecast.beyond, expected, rtol=1e-5, atol=1e-5)
    assert forecast.truth[-1] == pytest.approx(values[task][-1], rel=1e-5)
    without = trainer.snapshot().forecast
    assert without
    assert without.beyond.shape == (0,)
    np.testing.assert_array_equal(without.free_running, forecast.free_running)


def test_a_bidirectional_network_makes_no_forecast():
    assert Trainer(Experiment(bidirectional=True)).snapshot().forecast is None
    assert Trainer(Experiment(task="recall")).snapshot().forecast is None
