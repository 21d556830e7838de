"""Ready: all kernels are compiled, once on a machine, before the first network needs one."""

from collections.abc import Iterator

from rnnviz.cells import CELLS
from rnnviz.kernels.cache import WAIT, once, tidy
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Lens
from rnnviz.training.trainer import Trainer

PARTS = {cell: {"cell": cell} for cell in CELLS} | {
    "sgd": {"nonlinearity": "relu", "optimizer": "sgd"},
    "words": {"task": "languages", "embedding_size": 2, "seq_len": 4},
    "both": {"task": "recall", "bidirectional": True},
}
"""What has loops of its own: each cell, the other optimizer, embeddings with classes, a second direction."""


def prepare() -> Iterator[float]:
    """Compile what is not kept on this machine yet; yield how far that is, from 0 to 1, and nothing if all is kept.

    Processes that do so at the same time share the work, and all wait until it is done.
    """
    tidy()
    for wait in (0.0, WAIT):
        for number, (part, settings) in enumerate(PARTS.items()):
            with once(part, wait) as mine:
                if mine:
                    yield number / len(PARTS)
                    _use(Experiment(hidden_size=4, **{"seq_len": 5} | settings))  # pyright: ignore


def _use(experiment: Experiment) -> None:
    trainer = Trainer(experiment)
    trainer.step()
    trainer.snapshot(lens=Lens())  # the lab goes back in float64


def main() -> None:
    """Prepare this machine."""
    for part in prepare():
        print(f"compiling the kernels, once: {100 * part:.0f} %", flush=True)


if __name__ == "__main__":
    main()
