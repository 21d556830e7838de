"""Trainer: against plain PyTorch scripts, and that what is looked at, stopped or interrupted changes nothing."""

import dataclasses
import math
import pickle

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import rnnviz.training.trainer
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Snapshot
from rnnviz.tasks import TASKS
from rnnviz.tasks.airline import MONTHS, PASSENGERS
from rnnviz.tasks.form import EQUAL
from rnnviz.tasks.task import Batch, Task
from rnnviz.training.trainer import HISTORY_LIMIT, Diverged, Trainer

CELLS = ["rnn", "gru", "lstm"]


class Noise(Task):
    """Random numbers, whose answers are asked at some steps alone; batches don't follow one another."""

    inputs, outputs = 2, 3
    form = EQUAL
    asked_at = (1, 4)
    size = 1.0

    def _draw(self, seed: int, B: int) -> Batch:
        rng, T = np.random.default_rng(seed), self.experiment.seq_len
        inputs, targets = (rng.normal(size=(T, B, n)).astype(np.float32) for n in (self.inputs, self.outputs))
        if self.classes:
            targets = np.where(self._mask()[:, None], rng.integers(0, len(self.classes), (T, B)), -1)  # -1: no class
        return Batch(inputs, targets * np.float32(self.size) if self.size != 1 else targets, self._mask())

    def _mask(self):
        return np.isin(np.arange(self.experiment.seq_len), self.asked_at)

    def training_batch(self, step: int) -> Batch:
        return self._draw(step + 2, self.experiment.batch_size)

    @property
    def validation(self) -> Batch:
        return self._draw(0, 5)

    @property
    def probe(self) -> Batch:
        return self._draw(1, 1)


@pytest.fixture
def noise(monkeypatch) -> type[Noise]:
    """Put a Noise task of this test's own in the place of "adding"."""
    task = type("ThisNoise", (Noise,), {})
    monkeypatch.setitem(rnnviz.training.trainer.TASKS, "adding", task)
    return task


def weights(trainer: Trainer) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in trainer.model.parameters()]


def same_bits(a: Trainer, b: Trainer) -> bool:
    pairs = zip(weights(a), weights(b), strict=True)
    return (a.steps, a.loss) == (b.steps, b.loss) and all(torch.equal(*pair) for pair in pairs)


def losses(trainer: Trainer, steps: int) -> list[float]:
    found = []
    for _ in range(steps):
        trainer.step()
        found.append(trainer.loss)
    return found


def plain_script(cell: str, steps: int, seed: int = 0, carry: bool = True) -> list[float]:
    """Row 1 of the list of what is taught, as anybody would write it with torch.nn."""
    found = []
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        recurrent = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[cell](1, 32)
        readout = nn.Linear(32, 1)
        optimizer = torch.optim.Adam([*recurrent.parameters(), *readout.parameters()], lr=0.01)
        criterion = nn.MSELoss()
        state = None
        for k in range(steps):
            x = np.sin(np.linspace(k * np.pi, (k + 1) * np.pi, 21)).astype(np.float32)
            inputs = torch.from_numpy(x[:-1]).view(20, 1, 1)
            targets = torch.from_numpy(x[1:]).view(20, 1, 1)
            hidden, state = recurrent(inputs, state)
            state = tuple(part.detach() for part in state) if cell == "lstm" else state.detach()
            state = state if carry else None
            loss = criterion(readout(hidden), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            found.append(loss.item())
    return found


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("carry", [True, False])
def test_row_1_is_the_plain_script(cell, carry):
    trainer = Trainer(Experiment(cell=cell, carry_state=carry, seed=3))
    script = plain_script(cell, 100, seed=3, carry=carry)
    assert script[-1] < script[0] / 2
    np.testing.assert_allclose(losses(trainer, 100), script, rtol=0, atol=1e-5)


def test_the_default_experiment_is_row_1():
    np.testing.assert_allclose(losses(Trainer(Experiment()), 100), plain_script("rnn", 100), rtol=0, atol=1e-5)


SETTINGS = [
    {"cell": "rnn", "clip_norm": 0.05},
    {"cell": "gru", "num_layers": 2, "bidirectional": True, "batch_size": 3},
    {"cell": "lstm", "num_layers": 2, "loss_at": "last", "optimizer": "sgd"},
    {"cell": "lstm", "task": "recall", "batch_size": 4},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_same_experiment_gives_the_same_bits(settings):
    one, other = (Trainer(Experiment(**settings)) for _ in range(2))
    one.step(30)
    for _ in range(30):
        other.step()
    assert same_bits(one, other)
    different = Trainer(Experiment(**settings, seed=1))
    different.step(30)
    assert not same_bits(one, different)


@pytest.mark.parametrize("settings", SETTINGS)
def test_looking_changes_nothing(settings):
    watched, unwatched = (Trainer(Experiment(**settings)) for _ in range(2))
    unwatched.step(40)
    watched.snapshot()
    for _ in range(20):
        watched.step(2)
        watched.snapshot()
        watched.checkpoint()
    assert same_bits(watched, unwatched)
    histories = [trainer.snapshot().history for trainer in (watched, unwatched)]
    for name in ("step", "loss", "validation"):
        np.testing.assert_array_equal(*(getattr(history, name) for history in histories))


@pytest.mark.parametrize("settings", SETTINGS)
def test_it_goes_on_from_a_checkpoint_bit_for_bit(settings):
    experiment = Experiment(**settings)
    whole, before = Trainer(experiment), Trainer(experiment)
    whole.step(40)
    before.step(25)
    after = Trainer(experiment)
    after.step(3)  # which is forgotten
    after.restore(before.checkpoint())
    assert same_bits(after, before)
    assert_same(after.snapshot(), before.snapshot())
    after.step(15)
    assert same_bits(after, whole)
    assert_same(after.snapshot(), whole.snapshot())


def assert_same(one, other):
    """Compare everything in two snapshots, to the last bit."""
    assert type(one) is type(other)
    if dataclasses.is_dataclass(one):
        one, other = vars(one), vars(other)
    if isinstance(one, dict):
        assert list(one) == list(other)
        for name in one:
            assert_same(one[name], other[name])
    else:
        np.testing.assert_array_equal(one, other)


def test_a_checkpoint_is_small_and_restores_the_training_not_the_settings():
    trainer = Trainer(Experiment(batch_size=128, seq_len=500))
    trainer.step(2)
    assert len(trainer.checkpoint()) < 100_000
    slower = Trainer(Experiment(batch_size=128, seq_len=500, learning_rate=1e-5))
    slower.restore(trainer.checkpoint())
    before = weights(slower)
    slower.step()
    moved = max((a - b).abs().max().item() for a, b in zip(weights(slower), before, strict=True))
    assert 0 < moved < 1e-4


def test_live_settings_act_on_a_running_network():
    trainer = Trainer(Experiment())
    trainer.step(5)
    trainer.adjust(Experiment(learning_rate=1e-5, clip_norm=0.001))
    before = weights(trainer)
    trainer.step()
    assert max((a - b).abs().max().item() for a, b in zip(weights(trainer), before, strict=True)) < 2e-5
    assert trainer.snapshot().gradients.clipped_norm == pytest.approx(0.001, rel=1e-2)
    with pytest.raises(ValueError, match="new Trainer"):
        trainer.adjust(Experiment(hidden_size=33))
    assert trainer.experiment == Experiment(learning_rate=1e-5, clip_norm=0.001)


def test_clipping_is_torchs():
    unclipped, clipped = Trainer(Experiment()), Trainer(Experiment(clip_norm=0.1, optimizer="sgd", learning_rate=1.0))
    before = weights(clipped)
    unclipped.step()
    clipped.step()
    norms = unclipped.snapshot().gradients
    assert norms.norm == norms.clipped_norm > 0.1
    recurrent, readout = Trainer(Experiment()).model.to_torch()
    parameters = [*recurrent.parameters(), *readout.parameters()]
    batch = unclipped.task.training_batch(0)
    outputs = readout(recurrent(torch.from_numpy(batch.inputs))[0])
    functional.mse_loss(outputs, torch.from_numpy(batch.targets)).backward()
    norm = torch.nn.utils.clip_grad_norm_(parameters, 0.1)
    assert clipped.snapshot().gradients.norm == pytest.approx(norm.item(), rel=1e-5)
    assert clipped.snapshot().gradients.clipped_norm == pytest.approx(0.1, rel=1e-3)
    for old, new, parameter in zip(before, weights(clipped), parameters, strict=True):
        torch.testing.assert_close(old - new, parameter.grad, rtol=0, atol=1e-7)


@pytest.mark.parametrize("loss_at", ["every", "last"])
@pytest.mark.parametrize("classes", [None, ("a", "b", "c")])
def test_the_loss_is_the_mean_over_the_asked_steps(noise, classes, loss_at):
    noise.classes = classes
    trainer = Trainer(Experiment(task="adding", seq_len=6, batch_size=4, loss_at=loss_at), torch.float64)
    recurrent, readout = trainer.model.to_torch()
    batch = trainer.task.training_batch(0)
    outputs = readout(recurrent(torch.from_numpy(batch.inputs).double())[0])
    terms = []
    for t in {"every": [1, 4], "last": [4]}[loss_at]:
        for b in range(4):
            target = batch.targets[t, b]
            if classes:
                terms.append(-outputs[t, b].log_softmax(0)[target])
            else:
                terms += (outputs[t, b] - torch.from_numpy(target)).square()
    trainer.step()
    assert trainer.loss == pytest.approx(torch.stack(terms).mean().item(), abs=1e-12)
    snapshot = trainer.snapshot()
    assert snapshot.trace.targets.shape == snapshot.trace.outputs.shape == (6, 3)
    np.testing.assert_array_equal(np.isfinite(snapshot.trace.targets).all(1), [False, True, False, False, True, False])
    if classes:
        np.testing.assert_allclose(snapshot.trace.outputs.sum(1), 1, rtol=0, atol=1e-12)
        assert snapshot.trace.targets[1].tolist() == np.eye(3)[trainer.task.probe.targets[1, 0]].tolist()
        expected = validation_outputs(trainer).argmax(-1).numpy() == trainer.task.validation.targets
        assert snapshot.accuracy == pytest.approx(expected[[1, 4] if loss_at == "every" else [4]].mean())
    else:
        assert snapshot.accuracy is None


def validation_outputs(trainer: Trainer) -> Tensor:
    recurrent, readout = trainer.model.to_torch()
    with torch.no_grad():
        return readout(recurrent(torch.from_numpy(trainer.task.validation.inputs).to(readout.weight.dtype))[0])


def test_batches_that_dont_follow_one_another_start_from_zero(noise):
    with_state, without = (Trainer(Experiment(task="adding", carry_state=carry)) for carry in (True, False))
    assert losses(with_state, 5) == losses(without, 5)
    noise.consecutive = True
    assert losses(Trainer(Experiment(task="adding")), 5) != losses(without, 5)


def test_a_bidirectional_network_carries_its_forward_half_alone():
    trainer = Trainer(Experiment(bidirectional=True), torch.float64)
    recurrent, readout = trainer.model.to_torch()
    first, second = (torch.from_numpy(trainer.task.training_batch(k).inputs).double() for k in (0, 1))
    _, state = recurrent(first)
    trainer.step()
    recurrent.load_state_dict(trainer.model.recurrent.state_dict())
    readout.load_state_dict(trainer.model.readout.state_dict())
    state = state.detach()
    state[1] = 0
    outputs = readout(recurrent(second, state)[0])
    targets = torch.from_numpy(trainer.task.training_batch(1).targets).double()
    trainer.step()
    assert trainer.loss == pytest.approx(functional.mse_loss(outputs, targets).item(), abs=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_a_snapshot_shows_the_probe_from_a_zero_state(cell):
    experiment = Experiment(cell=cell, num_layers=2, bidirectional=True, seq_len=15)
    trainer = Trainer(experiment, torch.float64)
    trainer.step(3)
    snapshot = trainer.snapshot()
    recurrent, readout = trainer.model.to_torch()
    probe = trainer.task.probe
    hidden, _ = recurrent(torch.from_numpy(probe.inputs).double())
    trace, gradients = snapshot.trace, snapshot.gradients
    last_layer = np.concatenate(list(trace.hidden[-1]), axis=1)
    np.testing.assert_allclose(last_layer, hidden[:, 0].detach(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(trace.outputs, readout(hidden)[:, 0].detach(), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(trace.inputs, probe.inputs[:, 0])
    np.testing.assert_array_equal(trace.targets, probe.targets[:, 0])
    shape = (2, 2, 15, 32)
    assert gradients.hidden.shape == shape
    assert gradients.hidden_norms.shape == shape[:3]
    assert all(array.shape == shape for array in [*trace.gates.values(), *gradients.preactivations.values()])
    assert (trace.cell is None) == (cell != "lstm")
    assert snapshot.parameters == sum(parameter.numel() for parameter in recurrent.parameters()) + 65
    assert snapshot.step == trainer.steps == 3
    assert snapshot.loss == trainer.loss
    batch = trainer.task.validation
    errors = (validation_outputs(trainer).numpy() - batch.targets)[batch.mask]
    assert snapshot.validation_loss == pytest.approx(np.square(errors).mean(), abs=1e-12)
    # A bias is added at every step, so that dL/db is dL/da_t summed over t.
    loss = functional.mse_loss(readout(hidden), torch.from_numpy(probe.targets).double())
    biases = [parameter for name, parameter in recurrent.named_parameters() if name.startswith("bias_ih")]
    for bias, (layer, direction) in zip(torch.autograd.grad(loss, biases), np.ndindex(2, 2), strict=True):
        summed = [array[layer, direction].sum(0) for array in gradients.preactivations.values()]
        np.testing.assert_allclose(np.concatenate(summed), bias, rtol=0, atol=1e-12)


def test_before_the_first_step_there_is_a_picture_and_no_loss():
    snapshot = Trainer(Experiment()).snapshot()
    assert (snapshot.step, len(snapshot.history.step)) == (0, 0)
    assert math.isnan(snapshot.loss)
    assert math.isnan(snapshot.gradients.norm)
    assert math.isfinite(snapshot.validation_loss)
    assert snapshot.gradients.hidden.any()


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


def test_the_history_is_bounded_even_and_keeps_the_first_steps():
    trainer = Trainer(Experiment(hidden_size=1, seq_len=2))
    found = losses(trainer, 4 * HISTORY_LIMIT + 7)
    history = trainer.snapshot().history
    assert HISTORY_LIMIT / 2 <= len(history.step) <= HISTORY_LIMIT
    assert history.step[:3].tolist() == [1, 2, 3]
    (stride,) = set(np.diff(history.step[3:]))
    assert history.step[3] <= 1 + stride
    assert history.step[-1] > trainer.steps - 2 * stride
    np.testing.assert_array_equal(history.loss, np.array(found)[history.step - 1])
    assert np.isfinite(history.validation).all()


@pytest.mark.parametrize("carry_state", [True, False])
def test_validation_starts_from_the_state_that_training_starts_from(carry_state):
    """After 150 steps the plain RNN still hears of an empty memory a period later, but not a hundred periods later."""
    trainer = Trainer(Experiment(carry_state=carry_state), torch.float64)
    trainer.step(150)
    before = 4000 if carry_state else 0
    t = (np.arange(before + 21) + 0.5)[:, None] * np.pi / 20 + np.arange(4) * np.pi / 2
    values = torch.from_numpy(np.sin(t)[..., None])
    recurrent, readout = trainer.model.to_torch()
    with torch.no_grad():
        said = readout(recurrent(values[:-1])[0])
    errors = (said - values[1:])[-20:].numpy()
    assert trainer.validation_loss == pytest.approx(np.square(errors).mean(), rel=0.01)


def test_the_curves_have_the_validation_loss_after_each_step_and_its_norm():
    trainer = Trainer(Experiment())
    for _ in range(5):
        trainer.step()
        snapshot = trainer.snapshot()
        assert snapshot.history.validation[-1] == snapshot.validation_loss
        assert snapshot.history.norm[-1] == snapshot.gradients.norm


@pytest.mark.filterwarnings("error")
def test_a_loss_that_is_no_number_stops_training_before_the_weights_move(noise):
    trainer = Trainer(Experiment(task="adding"))
    trainer.step(3)
    before, loss = weights(trainer), trainer.loss
    noise.size = 1e30
    for _ in range(2):
        with pytest.raises(Diverged, match="loss of step 4") as caught:
            trainer.step(5)
        assert (caught.value.step, caught.value.quantity) == (4, "loss")
    assert (trainer.steps, trainer.loss) == (3, loss)
    assert all(torch.equal(*pair) for pair in zip(before, weights(trainer), strict=True))
    assert isinstance(trainer.snapshot(), Snapshot)
    noise.size = 1.0
    trainer.step()
    assert trainer.steps == 4


def test_a_gradient_that_is_no_number_does_too():
    trainer = Trainer(Experiment())
    trainer.step(3)
    before = weights(trainer)
    handle = trainer.model.readout.bias.register_hook(lambda gradient: gradient * math.inf)
    with pytest.raises(Diverged, match="gradient of step 4") as caught:
        trainer.step()
    assert (caught.value.step, caught.value.quantity) == (4, "gradient")
    assert all(torch.equal(*pair) for pair in zip(before, weights(trainer), strict=True))
    handle.remove()
    trainer.step()
    assert math.isfinite(trainer.loss)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_a_network_driven_into_infinity_stops(nonlinearity):
    trainer = Trainer(Experiment(nonlinearity=nonlinearity, learning_rate=10.0, optimizer="sgd", num_layers=2))
    with pytest.raises(Diverged):
        trainer.step(2000)
    trainer.snapshot()
    with pytest.raises(Diverged):
        trainer.step()


def test_diverged_crosses_a_process_boundary():
    error = pickle.loads(pickle.dumps(Diverged(7, "loss")))
    assert (error.step, error.quantity, str(error)) == (7, "loss", str(Diverged(7, "loss")))


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_task_trains_on_every_cell(cell, optimizer):
    for task in TASKS:
        series = tuple(np.sin(np.arange(50.0)).tolist())
        trainer = Trainer(Experiment(task=task, cell=cell, optimizer=optimizer, seq_len=8, series=series))
        trainer.step(2)
        assert math.isfinite(trainer.snapshot().validation_loss)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_a_sequence_of_one_step_is_recorded_as_any_other(cell, bidirectional):
    experiment = Experiment(task="square", cell=cell, num_layers=2, bidirectional=bidirectional, hidden_size=3)
    trainer = Trainer(experiment, torch.float64)
    trainer.step(5)
    snapshot = trainer.snapshot()
    recurrent, readout = trainer.model.to_torch()
    with torch.no_grad():
        hidden, _ = recurrent(torch.from_numpy(trainer.task.probe.inputs).double())
        np.testing.assert_allclose(snapshot.trace.outputs, readout(hidden)[:, 0], rtol=1e-12)
    shape = (2, 1 + bidirectional, 1, 3)
    assert snapshot.trace.hidden.shape == snapshot.gradients.hidden.shape == shape
    assert (snapshot.gradients.hidden != 0).any()


def test_training_learns():
    trainer = Trainer(Experiment(task="recall", cell="gru", seq_len=5, batch_size=32))
    before = trainer.snapshot()
    trainer.step(150)
    after = trainer.snapshot()
    assert before.accuracy is not None
    assert after.accuracy is not None
    assert before.accuracy < 0.6 < 0.95 < after.accuracy
    assert after.validation_loss < before.validation_loss / 2
