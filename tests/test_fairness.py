"""What the networks of a race have the same of: sizes held against counted parameters, and what is said of them."""

from dataclasses import replace

import pytest
from torch import nn

from rnnviz import Experiment
from rnnviz.cells import CELLS
from rnnviz.cost import weights
from rnnviz.fairness import NEAR, SIZES, about, fair, meeting, off, sized
from rnnviz.settings.race import Terms
from rnnviz.training.trainer import Trainer

TORCH = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
SINE = Experiment()
LSTM = replace(SINE, cell="lstm")
WIDE = replace(SINE, hidden_size=100)


def counted(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("count", [50, 1153, 20_000])
@pytest.mark.parametrize("cell", TORCH)
def test_the_size_is_the_one_whose_torch_network_comes_nearest(cell, count, layers):
    found = sized(Experiment(cell=cell, num_layers=layers), count)
    torchs = {size: counted(TORCH[cell](1, size, layers)) + counted(nn.Linear(size, 1)) for size in SIZES}
    assert weights(found) == torchs[found.hidden_size]
    assert abs(weights(found) - count) == min(abs(had - count) for had in torchs.values())


@pytest.mark.parametrize("cell", CELLS)
def test_the_size_is_the_nearest_of_every_cell(cell):
    experiment = Experiment(task="recall", cell=cell)
    had = {size: Trainer(replace(experiment, hidden_size=size)).snapshot().parameters for size in range(1, 30)}
    for count in (had[7], had[12] + 1, (had[20] + had[21]) // 2):
        found = sized(experiment, count)
        assert abs(had[found.hidden_size] - count) == min(abs(n - count) for n in had.values())


def test_the_smallest_and_the_largest_are_what_is_nearest_out_of_reach():
    assert sized(LSTM, 1).hidden_size == SIZES[0]
    assert sized(SINE, 10**6).hidden_size == SIZES[-1]


def test_terms_give_the_others_their_sizes():
    others = (replace(LSTM, hidden_size=9), replace(SINE, cell="gru"))
    assert [e.hidden_size for e in fair(SINE, others, Terms())] == [32, 32]
    for own in ("time", "own"):
        assert fair(SINE, others, Terms(fair=own)) == others
    assert fair(SINE, others, Terms(fair="parameters")) == tuple(sized(e, weights(SINE)) for e in others)


def test_a_size_of_the_first_to_which_all_come_near_is_found():
    others = (replace(SINE, cell="gru"), LSTM)
    assert max(abs(off(other, SINE)) for other in fair(SINE, others, Terms(fair="parameters"))) > NEAR
    size = meeting(SINE, others)
    assert size
    first = replace(SINE, hidden_size=size)
    assert all(abs(off(other, first)) <= NEAR for other in fair(first, others, Terms(fair="parameters")))
    wide = replace(LSTM, hidden_size=128)
    assert meeting(wide, (SINE,)) is None  # no plain network has as many


@pytest.mark.parametrize(
    ("terms", "experiments", "said"),
    [
        ("width", (SINE, LSTM), "Equal is the hidden size, 32. Parameters are not: network b has 3.9 times those of"),
        ("own", (WIDE, replace(WIDE, hidden_size=101)), "network b has 101. Parameters are nearly equal, within 3 %."),
        (
            "own",
            (WIDE, replace(WIDE, hidden_size=99), replace(WIDE, cell="gru")),
            "Parameters are not: network b has about as many as network a, network c has 3 times those of network a.",
        ),
        ("width", (SINE, replace(SINE, learning_rate=0.1)), "Equal is the hidden size, 32. All have 1,153 parameters."),
        ("time", (SINE, LSTM), "Equal is the computing time: a network whose step is quick makes more of them. Param"),
        ("own", (SINE, replace(LSTM, hidden_size=9)), "Hidden sizes are not: network a has 32, network b has 9."),
        ("parameters", (SINE, replace(LSTM, hidden_size=15)), "network b has 1,096, 4.9 % fewer, with hidden size 15."),
        ("parameters", (SINE, replace(LSTM, hidden_size=16)), "network b has 1,233, 6.9 % more, with hidden size 16."),
        ("parameters", (SINE, SINE), "Equal is the number of parameters, network a's 1,153, within 3 %"),
    ],
)
def test_it_says_what_is_equal_and_what_is_not(terms, experiments, said):
    assert said in str(about(Terms(fair=terms), experiments))
