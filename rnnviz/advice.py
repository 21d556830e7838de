"""What to try against what a diagnosis says: of all that may help, only what is not already done."""

from collections.abc import Iterable

from rnnviz.cells import CELLS
from rnnviz.cells.cell import Cell
from rnnviz.language import N_, OR, Message, listed
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Snapshot
from rnnviz.tasks import TASKS


def _try(things: Iterable[Message | None]) -> Message:
    """Return advice made of those of `things` that are said."""
    return N_("Try {things}.", things=listed([thing for thing in things if thing] or [N_("another seed")], OR))


def against_vanishing(experiment: Experiment) -> Message:
    """Say what may let a gradient travel further."""
    cell = CELLS[experiment.cell]
    plain = not cell.keeps
    return _try(
        [
            _attention(experiment),
            _gates(cell),
            N_("tanh") if cell.chooses and experiment.nonlinearity == "sigmoid" else None,
            N_("orthogonal initial weights") if plain and experiment.initialisation == "default" else None,
            N_("a spectral radius of 1") if plain and _radius(experiment) < 1 else None,
            N_("a forget-gate bias of 1 or 2") if cell.forgets and experiment.forget_bias < 1 else None,
            _shorter(experiment, 10),
        ]
    )


def against_explosion(experiment: Experiment) -> Message:
    """Say what may keep a gradient short."""
    clipped = 0 < experiment.clip_norm <= 1
    return _try(
        [
            N_("a smaller learning rate") if experiment.learning_rate > 1e-4 else None,
            None if clipped else N_("clipping the gradient norm at 1"),
            N_("tanh instead of relu")
            if CELLS[experiment.cell].chooses and experiment.nonlinearity == "relu"
            else None,
            N_("a spectral radius of 1") if _radius(experiment) > 1 else None,
            _shorter(experiment, 100),
        ]
    )


def against_jumps(experiment: Experiment) -> Message:
    """Say what may steady a loss."""
    clipped = 0 < experiment.clip_norm <= 1
    return _try(
        [
            N_("a smaller learning rate") if experiment.learning_rate > 1e-4 else None,
            N_("a larger batch size") if experiment.batch_size < 128 else None,
            None if clipped else N_("clipping the gradient norm at 1"),
        ]
    )


def against_silence(experiment: Experiment) -> Message:
    """Say what may let a gradient through where there is none."""
    dead = CELLS[experiment.cell].chooses and experiment.nonlinearity == "relu"
    return _try([N_("tanh instead of relu, whose units can all be off") if dead else None, N_("another seed")])


def against_overfitting(snapshot: Snapshot, experiment: Experiment) -> Message:
    """Say what may carry over what was learned."""
    return _try(
        [
            _difference(snapshot, experiment),
            N_("a larger batch size") if experiment.batch_size < 4 else None,
            N_("a smaller hidden size") if experiment.hidden_size > 8 else None,
            N_("one layer") if experiment.num_layers > 1 else None,
            N_("a smaller learning rate") if experiment.learning_rate > 0.001 else None,
            N_("a pause before it gets worse"),
        ]
    )


def against_standstill(snapshot: Snapshot, experiment: Experiment) -> Message:
    """Say what may get a network to learn."""
    rate = experiment.learning_rate
    usual = TASKS[experiment.task].suggested.get("learning_rate", Experiment.DEFAULTS["learning_rate"])
    return _try(
        [
            _difference(snapshot, experiment),
            N_("more training steps"),
            _attention(experiment),
            N_("Adam") if experiment.optimizer == "sgd" else None,
            N_("a larger learning rate") if rate < usual else N_("a smaller learning rate") if rate > usual else None,
            N_("more hidden units") if experiment.hidden_size < 16 else None,
            _gates(CELLS[experiment.cell]) if _steps(experiment) > 1 else None,
        ]
    )


def _gates(cell: Cell) -> Message | None:
    """Return the advice to take a cell that keeps its state, where this one does not: those torch has."""
    keep = [other.label for other in CELLS.values() if other.keeps and other.torch]
    return None if cell.keeps else N_("a cell with gates ({cells})", cells=listed(keep, OR))


def _attention(experiment: Experiment) -> Message | None:
    """Return the advice to look back at the source, where there is one."""
    offered = TASKS[experiment.task].source_vocabulary and experiment.attention == "none"
    return N_("attention") if offered else None


def _shorter(experiment: Experiment, most: int) -> Message | None:
    """Return the advice to take a shorter sequence, where its length is a setting and more than so many steps."""
    offered = TASKS[experiment.task].has_length and _steps(experiment) > most
    return N_("a shorter sequence") if offered else None


def _difference(snapshot: Snapshot, experiment: Experiment) -> Message | None:
    """Return the advice to learn changes, where the last value is what there is to beat."""
    offered = TASKS[experiment.task].differences and not experiment.difference
    if not offered or snapshot.baseline.name != "repeat":
        return None
    return N_("learning the change instead of the value")


def _steps(experiment: Experiment) -> int:
    """Return how many time steps the network is trained on at once."""
    return TASKS[experiment.task].length(experiment)


def _radius(experiment: Experiment) -> float:
    """Return the spectral radius that was chosen, 1 where none was or there is no W_hh."""
    if not CELLS[experiment.cell].from_hidden:
        return 1.0
    return experiment.spectral_radius if experiment.initialisation in ("orthogonal", "spectral") else 1.0
