"""Ready: all kernels are compiled, once on a machine, before the first network needs one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from rnnviz.cells import CELLS
from rnnviz.kernels.cache import WAIT, kept, missing, once, tidy
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Lens
from rnnviz.training.trainer import Trainer

PARTS = {cell: {"cell": cell} for cell in CELLS} | {
    "sgd": {"nonlinearity": "relu", "optimizer": "sgd"},
    "words": {"task": "languages", "embedding_size": 2, "seq_len": 4},
    "both": {"task": "recall", "bidirectional": True},
    "additive": {"task": "reverse", "cell": "gru", "attention": "additive"},
    "dot": {"task": "reverse", "cell": "gru", "attention": "dot"},
}
"""What has loops of its own: each cell, the other optimizer, embeddings with classes, a second direction, and each kind
of attention."""
KERNELS = 20 + 3 * len(CELLS)
"""How many compiled functions that is: of a cell its ways forwards and back, and back in float64; and what all use."""
TELLING = 0.2
"""Seconds from one look at how far it is to the next."""


def prepare(tell: Callable[[float], object] = lambda share: None) -> None:
    """Compile what is not kept on this machine yet; tell meanwhile how much is, from 0 to 1, and nothing if all is.

    Processes that do so at the same time share the work, and all wait until it is done.
    """
    tidy()
    if not missing(PARTS):
        return
    with _telling(tell):
        for wait in (0.0, WAIT):
            for part, settings in PARTS.items():
                with once(part, wait) as mine:
                    if mine:
                        _use(Experiment(hidden_size=4, **{"seq_len": 5} | settings))  # pyright: ignore
    if not missing(PARTS):
        tell(1.0)


@contextmanager
def _telling(tell: Callable[[float], object]) -> Iterator[None]:
    """Tell how much is kept, by a thread: a function takes up to a second, and other processes are at work as well."""
    over = Event()

    def look() -> None:
        while not over.wait(TELLING):
            if there := kept():  # none ever is where nothing can be kept
                tell(min(there / KERNELS, 1.0))

    looking = Thread(target=look, name="compiling", daemon=True)
    looking.start()
    try:
        yield
    finally:
        over.set()
        looking.join()


def _use(experiment: Experiment) -> None:
    trainer = Trainer(experiment)
    trainer.step()
    trainer.snapshot(lens=Lens())  # the lab goes back in float64


def main() -> None:
    """Prepare this machine."""
    prepare(lambda share: print(f"compiling the kernels, once: {100 * share:.0f} %", flush=True))


if __name__ == "__main__":
    main()
