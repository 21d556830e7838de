"""What a network costs a server that many people share, told from its settings alone: and whether that is too much."""

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rnnviz.cells import CELLS
from rnnviz.language import N_, Message
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.tasks.pairs import Pairs

PER_STEP, PER_LAYER, PER_TIME = 16e-6, 15e-6, 0.15e-6
"""Seconds of an ordinary core for one training step of any network; for each layer in each direction; and for each of
its time steps. These and all below were fitted to measured training steps of 0.02 to 300 ms, of every cell."""
PER_WEIGHT, PER_PRODUCT = 3.5e-9, 0.017e-9
"""For one weight of the cells: to lay it out for the loops, and to move it; and for one product that it is a factor of,
at a time step of a sequence, forwards or back."""
PER_BLOCK, PER_SUM = 14e-9, 1e-9
"""For one block of a cell's sums, at a time step of a sequence; and for each sum in it, with what is made of it."""
PER_ANSWER, PER_READ, PER_EMBEDDED = 3.5e-9, 1.6e-9, 0.4e-9
"""For one number that is said at a time step of a sequence: its softmax, and the way back; for one that is read from an
embedding, and back; and for each number of that embedding, all of which the optimizer moves."""
OF_TWO, PER_LAYER_OF_TWO, PER_PAIR = 50e-6, 33e-6, 7e-6
"""What a network of two parts takes besides: for a training step; for each layer in each direction; and to draw a pair,
and mask what is not there of it."""
PER_CALL, PER_LOOKED = 3.5e-6, 2.3e-9
"""For one time step of a decoder that looks at the source: to call each layer, and the look; and for each value of that
look, of a sequence."""
MOST_SECONDS = 0.25
"""Of a core for one change of the weights, which nothing interrupts. Neighbours on the same worker wait for it, on a
busy machine for twice as long, and have to see something new every 1.5 s."""
MOST_VALUES = 8_000_000
"""Values one training step may keep: with all that is written beside them, 100 to 200 MB for a visitor among many."""
MOST_WEIGHTS = 1_500_000
"""Numbers that are learned, in 4 bytes. A worker holds each up to 16 times for a visitor: itself, its gradient, Adam's
two means, three moments and that which is looked at; and of a cell its places and slopes (see kernels/layer.py), and
once more in each pass. The server holds each five times, in a checkpoint and two moments. Measured, that is up to 96
and 30 MB."""


def seconds(experiment: Experiment) -> float:
    """Estimate what one change of the weights takes of one ordinary core, in seconds."""
    cell, H, B = CELLS[experiment.cell], experiment.hidden_size, experiment.batch_size
    total, recurrent = PER_STEP, 3 if cell.from_hidden else 1
    for stack in _stacks(experiment):
        for inputs in stack.layers(experiment):
            met = 3 * inputs + recurrent * H  # by each sum: forwards, back, and in the gradient of W
            each = len(cell.sums) * (PER_BLOCK + H * (PER_SUM + met * PER_PRODUCT))
            over_time = stack.steps * (PER_TIME + B * each)
            total += stack.directions * (PER_LAYER + PER_WEIGHT * _in_layer(experiment, inputs) + over_time)
    said = PER_ANSWER + 3 * _read_out(experiment) * PER_PRODUCT
    total += B * _answers(experiment) * TASKS[experiment.task].answer_size(experiment) * said
    total += PER_READ * B * experiment.embedding_size * _words(experiment) + PER_EMBEDDED * _embedded(experiment)
    return total + _of_two(experiment)


def _of_two(experiment: Experiment) -> float:
    """Estimate what a network of two parts takes besides; 0 of one part."""
    if not issubclass(TASKS[experiment.task], Pairs):
        return 0.0
    L, B, looked = experiment.num_layers, experiment.batch_size, _looked(experiment)
    directions = sum(stack.directions for stack in _stacks(experiment))
    looks = _steps(experiment) * ((L + 1) * PER_CALL + B * looked * PER_LOOKED) if looked else 0
    return OF_TWO + L * directions * PER_LAYER_OF_TWO + B * PER_PAIR + looks


def training(experiment: Experiment, steps: float) -> float:
    """Estimate what so many training steps take of one ordinary core, in seconds."""
    return steps * seconds(experiment)


def values(experiment: Experiment) -> int:
    """Return how many values one training step keeps for the way back."""
    H, L, sums = experiment.hidden_size, experiment.num_layers, len(CELLS[experiment.cell].sums)
    kept = sum(stack.steps * (H * L * stack.directions * sums + stack.inputs) for stack in _stacks(experiment))
    each = _looked(experiment) + TASKS[experiment.task].answer_size(experiment)
    return (kept + each * _steps(experiment)) * experiment.batch_size


def weights(experiment: Experiment) -> int:
    """Return how many numbers are learned."""
    H = experiment.hidden_size
    total = _embedded(experiment) + (_read_out(experiment) + 1) * TASKS[experiment.task].answer_size(experiment)
    for stack in _stacks(experiment):
        for inputs in stack.layers(experiment):
            total += stack.directions * _in_layer(experiment, inputs)
    M = _features(experiment)
    if experiment.attention == "additive" and M:
        total += H * H + (M + 1) * H + H  # W_q, W_k and b, v
    elif experiment.attention == "dot" and M != H:
        total += M * H  # W_a
    return total


def _in_layer(experiment: Experiment, inputs: int) -> int:
    """Return how many weights the cells of a layer have in one direction."""
    return sum(map(math.prod, CELLS[experiment.cell].parameters(inputs, experiment.hidden_size).values()))


@dataclass(frozen=True)
class _Stack:
    """Cells over one time axis; inputs: how many numbers those of the first layer read at a step."""

    steps: int
    inputs: int
    directions: int

    def layers(self, experiment: Experiment) -> list[int]:
        """Return how many numbers the cells of each layer read."""
        return [self.inputs, *[self.directions * experiment.hidden_size] * (experiment.num_layers - 1)]


def _stacks(experiment: Experiment) -> list[_Stack]:
    """Return the encoder's, where there is a source, and that of the network itself."""
    task = TASKS[experiment.task]
    read = task.columns(experiment)
    if not issubclass(task, Pairs):
        return [_Stack(_steps(experiment), read, 1 + experiment.bidirectional)]
    S, _T = task.sizes(experiment)
    inputs = experiment.embedding_size or len(task.source_vocabulary)
    context = _features(experiment) if experiment.attention == "additive" else 0
    return [_Stack(S, inputs, experiment.encoder_directions), _Stack(_steps(experiment), read + context, 1)]


def _features(experiment: Experiment) -> int:
    """Return how many numbers a state that attention looks at has, M; 0 without attention."""
    attends = TASKS[experiment.task].source_vocabulary and experiment.attention != "none"
    return experiment.encoder_directions * experiment.hidden_size if attends else 0


def _looked(experiment: Experiment) -> int:
    """Return how many values one look at the source has, of one sequence; 0 without attention."""
    if not (M := _features(experiment)):
        return 0
    S, keys = _stacks(experiment)[0].steps, experiment.hidden_size if experiment.attention == "additive" else 0
    return S * (keys + 2) + M  # the tanh units', the scores and weights, the context


def _read_out(experiment: Experiment) -> int:
    """Return how many numbers the read-out sees."""
    return (1 + experiment.bidirectional) * experiment.hidden_size + _features(experiment)


def _answers(experiment: Experiment) -> int:
    """Return at how many steps an answer is marked, at the most."""
    last = TASKS[experiment.task].form.one_answer or experiment.loss_at == "last"
    return 1 if last else _steps(experiment)


def _words(experiment: Experiment) -> int:
    """Return how many words are looked up in an embedding; 0 without one."""
    return sum(stack.steps for stack in _stacks(experiment)) if _embedded(experiment) else 0


def _embedded(experiment: Experiment) -> int:
    """Return how many numbers the embeddings have; 0 without any."""
    task = TASKS[experiment.task]
    words = task.known(experiment) if experiment.embedding_size else None
    return (len(words) + len(task.source_vocabulary)) * experiment.embedding_size if words else 0


def too_big(experiment: Experiment) -> Message | None:
    """Say that a shared server can't hold this network, and what would fit; None if it can."""
    if (count := weights(experiment)) > MOST_WEIGHTS:
        return N_(
            "This network has {count} weights, and a shared server takes up to {most}. Take a smaller vocabulary, a "
            "smaller embedding or fewer units.",
            count=count,
            most=MOST_WEIGHTS,
        )
    if _fits(experiment):
        return None
    batch = _largest(experiment, "batch_size")
    if batch:
        return N_(
            "Together these settings are too much for a shared server. Take a batch size of at most {largest}, a "
            "shorter sequence, or a smaller network.",
            largest=batch,
        )
    return N_(
        "Together these settings are too much for a shared server. Take a sequence length of at most {largest} at "
        "batch size 1, or a smaller network.",
        largest=_largest(dataclasses.replace(experiment, batch_size=1), "seq_len"),
    )


def too_big_together(experiments: Sequence[Experiment]) -> Message | None:
    """Say that a shared server can't hold the networks of a race together; None if it can."""
    count = sum(map(weights, experiments))
    if count <= MOST_WEIGHTS:
        return None
    return N_(
        "Together the networks of this race have {count} weights, and a shared server takes up to {most}. Take fewer "
        "networks, or smaller ones.",
        count=count,
        most=MOST_WEIGHTS,
    )


def _fits(experiment: Experiment) -> bool:
    return seconds(experiment) <= MOST_SECONDS and values(experiment) <= MOST_VALUES


def _largest(experiment: Experiment, name: str) -> int:
    """Return the largest value of a setting with which it fits, below its present one; 0 if there is none."""
    least = int(Experiment.SETTINGS[name].least)  # pyright: ignore[reportAttributeAccessIssue]
    fits: Callable[[int], bool] = lambda value: _fits(dataclasses.replace(experiment, **{name: value}))  # noqa: E731
    return next((value for value in range(getattr(experiment, name), least - 1, -1) if fits(value)), 0)


def _steps(experiment: Experiment) -> int:
    return TASKS[experiment.task].length(experiment)
