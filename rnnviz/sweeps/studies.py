"""How far back the gradient reaches, by length, cell and spectral radius. The server never loads torch for it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rnnviz.cells import CELLS
from rnnviz.cost import training
from rnnviz.language import N_, Text
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array
from rnnviz.sweeps.job import Job
from rnnviz.sweeps.learning import BATCH_SIZE, HIDDEN_SIZE

if TYPE_CHECKING:
    from rnnviz.training.trainer import Trainer


@dataclass(frozen=True)
class Variant:
    """A network that is compared with others: its cell, and what is added to its forget gate's bias."""

    cell: str
    forget_bias: float = 0.0

    @property
    def label(self) -> Text:
        """What it is called."""
        label = CELLS[self.cell].label
        return N_("{cell}, forget bias {bias}", cell=label, bias=self.forget_bias) if self.forget_bias else label


VARIANTS = {name: Variant(name) for name in CELLS} | {
    f"{name}_2": Variant(name, 2.0) for name, cell in CELLS.items() if cell.forgets
}
"""The networks that can be compared, by the names they go under: every cell, and with its forget gate half open."""
COMPARED = ("rnn", "gru", "lstm", "lstm_2")
"""Those that are, unless others are chosen."""
LENGTHS = (10, 20, 50, 100, 200, 500)
RADII = (0.1, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.3, 1.6, 2.0)
RADIUS_LENGTH = 200
"""The sequence length at which the spectral radius is varied."""
STEPS = 200
"""Training steps between the first and the second look at a network."""


@dataclass(frozen=True, eq=False)
class Look:
    """The gradient of one network at one moment, by distance d = T - t from the last step, at which its loss is.

    total: the norm of dL/dh_(T-d), (T,). memory: that of dh_T/dh_(T-d), (T,); of a cell with a c_t, of
    dh_T/dc_(T-d).
    horizon, floor: the distances at which memory has fallen to 1/e of its start and to float32's smallest normal
    number, infinity where it has not.
    """

    total: Array
    memory: Array
    horizon: float
    floor: float


@dataclass(frozen=True, eq=False)
class Profile:
    """A network before and after training; `after` is None if it was not trained, or diverged."""

    before: Look
    after: Look | None


def length_jobs(variants: Sequence[str] = COMPARED) -> list[Job]:
    """Return jobs by (variant, radius), then by (variant, length), the quickest first; their results are Profiles.

    A cell without a W_hh has no radius.
    """
    lengths = [
        Job((variant, length), profile, (experiment, STEPS), training(experiment, STEPS))
        for variant in variants
        for length in LENGTHS
        for experiment in [_recall(variant, seq_len=length)]
    ]
    radii = [
        Job(
            (variant, radius),
            profile,
            (_recall(variant, seq_len=RADIUS_LENGTH, initialisation="spectral", spectral_radius=radius), 0),
            0.05,
        )
        for variant in variants
        if CELLS[VARIANTS[variant].cell].from_hidden
        for radius in RADII
    ]
    return radii + sorted(lengths, key=lambda job: job.cost)


def _recall(variant: str, **settings: object) -> Experiment:
    fixed = {"task": "recall", "hidden_size": HIDDEN_SIZE, "batch_size": BATCH_SIZE, "clip_norm": 1.0}
    return Experiment(**fixed | asdict(VARIANTS[variant]) | settings)  # pyright: ignore[reportArgumentType]


def profile(experiment: Experiment, steps: int) -> Profile:
    """Look at a network at its start, and after `steps` training steps."""
    from rnnviz.training.trainer import Diverged, Trainer

    trainer = Trainer(experiment, keeps_history=False)
    before = _look(trainer)
    try:
        trainer.step(steps)
    except Diverged:
        return Profile(before, None)
    return Profile(before, _look(trainer) if steps else None)


def _look(trainer: "Trainer") -> Look:
    from rnnviz.looks.memory import memory

    subject = trainer.subject()
    found = memory(subject.recording.tapes[0], 1)
    return Look(subject.profile[0, 0, ::-1], found.path[::-1], found.horizon, found.floor)
