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

PER_CELL, PER_WEIGHT, PER_PRODUCT, PER_SUM = 8e-6, 0.1e-9, 0.07e-9, 10e-9
"""Seconds of an ordinary core for one cell at one time step, forwards and back: to call it, for each of its weights,
for each of them and each sequence of the batch, for each of its sums and each sequence."""
PER_ANSWER = 8e-9
"""Seconds for one number that is said at one step of one sequence: its softmax, and the way back."""
PER_READ, PER_EMBEDDED = 2e-9, 1e-9
"""Seconds for one number that is read from an embedding, and back; and for each number of that embedding, all of which
the optimizer moves."""
PER_LOOK, PER_LOOKED = 100e-6, 5.5e-9
"""Seconds for one look at the source, and back: to call it, for each of its values of each sequence."""
PER_STEP = 0.7e-3
"""Seconds of one training step beside the cells: its data, the loss, and the optimizer."""
UNWATCHED = 0.65
"""The part of `seconds` that a step takes of a core with nothing else to do, in a small network: roughly, from times of
0.45 (torch's own LSTM) to 0.8 taken on a busy machine."""
MOST_SECONDS = 0.25
"""Of a core for one change of the weights, which nothing interrupts. Neighbours on the same worker wait for it, on a
busy machine for twice as long, and have to see something new every 1.5 s."""
MOST_VALUES = 8_000_000
"""Values one training step may keep: a visitor among many gets some 100 MB."""
MOST_WEIGHTS = 1_500_000
"""Numbers that are learned, each of which a visitor has six times in a worker (itself, its gradient, Adam's two means,
two moments to go back to), a cell's as often again (see kernels/layer.py), and four times in the server (a checkpoint
and a moment), in 4 bytes: up to 72 and 24 MB."""


def seconds(experiment: Experiment) -> float:
    """Estimate what one change of the weights takes of one ordinary core, in seconds."""
    cell, H, B = CELLS[experiment.cell], experiment.hidden_size, experiment.batch_size
    total = 0.0
    for stack in _stacks(experiment):
        for inputs in stack.layers(experiment):
            weights = H * (len(cell.from_hidden) * H + len(cell.from_input) * inputs)
            each = PER_CELL + weights * (PER_WEIGHT + B * PER_PRODUCT) + B * len(cell.from_input) * H * PER_SUM
            total += each * stack.directions * stack.steps
    E = experiment.embedding_size
    said = PER_ANSWER + _read_out(experiment) * PER_PRODUCT
    looked = _looked(experiment)
    each = B * (TASKS[experiment.task].answer_size(experiment) * said + looked * PER_LOOKED) + PER_LOOK * bool(looked)
    return (
        total + each * _steps(experiment) + PER_READ * B * E * _words(experiment) + PER_EMBEDDED * _embedded(experiment)
    )


def training(experiment: Experiment, steps: int) -> float:
    """Estimate what so many training steps of a sweep take of one ordinary core, in seconds."""
    return steps * (PER_STEP + UNWATCHED * seconds(experiment))


def values(experiment: Experiment) -> int:
    """Return how many values one training step keeps for the way back."""
    H, L, sums = experiment.hidden_size, experiment.num_layers, len(CELLS[experiment.cell].sums)
    kept = sum(stack.steps * (H * L * stack.directions * sums + stack.inputs) for stack in _stacks(experiment))
    each = _looked(experiment) + TASKS[experiment.task].answer_size(experiment)
    return (kept + each * _steps(experiment)) * experiment.batch_size


def weights(experiment: Experiment) -> int:
    """Return how many numbers are learned."""
    cell, H = CELLS[experiment.cell], experiment.hidden_size
    total = _embedded(experiment) + (_read_out(experiment) + 1) * TASKS[experiment.task].answer_size(experiment)
    for stack in _stacks(experiment):
        for inputs in stack.layers(experiment):
            total += stack.directions * sum(map(math.prod, cell.parameters(inputs, H).values()))
    M = _features(experiment)
    if experiment.attention == "additive" and M:
        total += H * H + (M + 1) * H + H  # W_q, W_k and b, v
    elif experiment.attention == "dot" and M != H:
        total += M * H  # W_a
    return total


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
