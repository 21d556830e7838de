"""What a shared server takes: the refusal names what would fit, and it does. Times are measured in benchmarks."""

import itertools
from dataclasses import replace

import pytest
import torch
from textbook import step_of, weights_of, zeros
from torch.utils.flop_counter import FlopCounterMode

from rnnviz import Experiment, cost
from rnnviz.cells import CELLS
from rnnviz.cost import MOST_VALUES, MOST_WEIGHTS, seconds, too_big, values, weights
from rnnviz.model.network import SequenceModel
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer

LARGEST = Experiment(hidden_size=128, num_layers=4, bidirectional=True, seq_len=500, batch_size=128)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("layers", [1, 4])
def test_what_is_refused_fits_with_the_batch_size_that_is_named_and_with_no_larger(cell, layers):
    asked = replace(LARGEST, cell=cell, num_layers=layers)
    sentence = too_big(asked)
    assert sentence
    largest = int(str(sentence).split("at most ")[1].split(",")[0])
    assert not too_big(replace(asked, batch_size=largest))
    assert too_big(replace(asked, batch_size=largest + 1))


def test_where_no_batch_is_small_enough_a_length_is_named(monkeypatch):
    monkeypatch.setattr("rnnviz.cost.MOST_SECONDS", 0.005)
    sentence = too_big(LARGEST) or ""
    largest = int(str(sentence).split("at most ")[1].split(" ")[0])
    assert not too_big(replace(LARGEST, batch_size=1, seq_len=largest))
    assert too_big(replace(LARGEST, batch_size=1, seq_len=largest + 1))


def test_the_largest_settings_fit_in_a_small_batch():
    for cell in ("rnn", "gru", "lstm"):
        assert not too_big(replace(LARGEST, cell=cell, batch_size=1))


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_products_are_those_that_torch_counts_and_those_with_zeros(cell, bidirectional, monkeypatch):
    for name in [name for name in vars(cost) if name.startswith("PER_")]:
        monkeypatch.setattr(cost, name, float(name == "PER_PRODUCT"))
    T, B, E, H, L, D = 4, 3, 5, 6, 2, 1 + bidirectional
    shape = Experiment(task="text", seq_len=T, batch_size=B, embedding_size=E, hidden_size=H, num_layers=L)
    experiment = replace(shape, cell=cell, bidirectional=bidirectional)
    task = TASKS[experiment.task](experiment)
    model = SequenceModel(experiment, task.inputs, task.outputs, torch.Generator(), tokens=True)
    with FlopCounterMode(display=False) as counted:
        x = torch.zeros(T, B, E, requires_grad=True)
        for layer in range(L):
            x = torch.cat([unrolled(model, x, layer, direction) for direction in range(D)], 2)
        model.readout(x).sum().backward()
    products, read_out = counted.get_total_flops() / 2, 3 * T * B * D * H * task.outputs
    if cell == "gru":  # one of four blocks of sums sees no h, one no x
        products = read_out + (products - read_out) * 4 / 3
    if cell == "mingru":  # neither of two sees h, which the gradient of W still meets
        products += L * D * T * B * 2 * H * H
    assert seconds(experiment) == products


def unrolled(model: SequenceModel, x: torch.Tensor, layer: int, direction: int) -> torch.Tensor:
    experiment, hidden = model.experiment, []
    weights = weights_of(dict(model.recurrent.named_parameters()), layer, direction)
    state = tuple(part.requires_grad_() for part in zeros(experiment, x))
    for x_t in x.flip(0) if direction else x:
        state = step_of(experiment)(x_t, state, weights)
        hidden.append(state[0])
    return torch.stack(hidden)


def test_an_answer_that_is_not_marked_costs_nothing():
    every = Experiment(task="text", seq_len=20, batch_size=8)
    last = replace(every, loss_at="last")
    one = seconds(every) - seconds(replace(every, seq_len=19)) - (seconds(last) - seconds(replace(last, seq_len=19)))
    assert seconds(every) - seconds(last) == pytest.approx(19 * one)
    assert one > 0


def test_cost_grows_with_every_setting_it_depends_on():
    small = Experiment(hidden_size=8, seq_len=10)
    for larger in ({"hidden_size": 9}, {"num_layers": 2}, {"bidirectional": True}, {"seq_len": 11}, {"batch_size": 2}):
        assert seconds(replace(small, **larger)) > seconds(small)
        assert values(replace(small, **larger)) > values(small)


TWO = Experiment(task="reverse", hidden_size=32, batch_size=8)


@pytest.mark.parametrize("attention", ["none", "additive", "dot"])
def test_two_sequences_cost_more_with_every_setting_they_depend_on(attention):
    small = replace(TWO, attention=attention)
    for larger in ({"hidden_size": 33}, {"num_layers": 2}, {"seq_len": 21}, {"batch_size": 9}):
        assert seconds(replace(small, **larger)) > seconds(small)
        assert values(replace(small, **larger)) > values(small)
    both = replace(small, bidirectional_encoder=True)
    assert (seconds(both) > seconds(small)) == (values(both) > values(small)) == (attention != "none")


def test_looking_at_the_source_costs_more_the_longer_it_is():
    kinds = [replace(TWO, attention=attention, seq_len=60) for attention in ("none", "dot", "additive")]
    for measure in (seconds, values):
        plain, dot, additive = map(measure, kinds)
        assert plain < dot < additive
    every = replace(TWO, attention="additive", hidden_size=128, num_layers=4, batch_size=128)
    assert not too_big(replace(every, seq_len=20, batch_size=8))
    sentence = str(too_big(replace(every, seq_len=500)))
    largest = int(sentence.split("at most ")[1].split(" ")[0])
    assert not too_big(replace(every, seq_len=largest, batch_size=1))
    assert too_big(replace(every, seq_len=largest + 1, batch_size=1))


WORDS = Experiment(task="reviews", vocabulary_size=10_000, embedding_size=100, seq_len=80, batch_size=128)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    "settings",
    [
        {"task": "sine", "num_layers": 2},
        {"task": "airline", "bidirectional": True, "num_layers": 3},
        {"task": "recall"},
        {"task": "recall", "embedding_size": 4},
        {"task": "reviews", "vocabulary_size": 200, "embedding_size": 5, "seq_len": 2},
    ],
)
def test_weights_are_those_the_network_has(cell, settings):
    experiment = Experiment(cell=cell, hidden_size=6, **settings)
    assert weights(experiment) == Trainer(experiment).snapshot().parameters


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("task", [task for task in TASKS if TASKS[task].source_vocabulary])
@pytest.mark.parametrize(("num_layers", "embedding_size", "seq_len"), [(1, 0, 5), (2, 3, 9)])
def test_weights_of_two_parts_are_those_the_network_has(cell, task, num_layers, embedding_size, seq_len):
    for attention, both in itertools.product(["none", "additive", "dot"], [False, True]):
        looks = {"attention": attention, "bidirectional_encoder": both}
        sizes = {"num_layers": num_layers, "embedding_size": embedding_size, "seq_len": seq_len}
        experiment = Experiment(task=task, cell=cell, hidden_size=6, **sizes, **looks)
        assert weights(experiment) == parameters(experiment)


def parameters(experiment: Experiment) -> int:
    task = TASKS[experiment.task](experiment)
    sizes, source = (task.inputs, task.outputs), len(task.source_vocabulary)
    model = SequenceModel(experiment, *sizes, torch.Generator(), tokens=True, source=source)
    return sum(parameter.numel() for parameter in model.parameters())


def test_an_embedding_costs_what_is_read_of_it_and_its_size():
    for larger in ({"vocabulary_size": 10_001}, {"embedding_size": 101}):
        assert seconds(replace(WORDS, **larger)) > seconds(WORDS)
    assert values(replace(WORDS, embedding_size=101)) > values(WORDS)


def test_an_embedding_that_is_too_large_is_refused_and_the_tutorials_fits():
    assert not too_big(replace(WORDS, cell="lstm", num_layers=2, hidden_size=64))
    large = replace(WORDS, vocabulary_size=20_000, embedding_size=256, batch_size=1)
    assert f"up to {MOST_WEIGHTS:,}" in str(too_big(large))
    assert not too_big(replace(large, embedding_size=64))


def test_a_task_of_one_step_costs_one_step():
    square = Experiment(task="square", hidden_size=128, num_layers=4, seq_len=500, batch_size=128)
    assert not too_big(square)
    assert values(square) == values(replace(square, seq_len=2)) < MOST_VALUES
