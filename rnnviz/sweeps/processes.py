"""How a process of the sweeps' pool is prepared, and ends with the server. Itself it loads neither NumPy nor torch."""

import contextlib
import os
import signal
import threading
from multiprocessing.connection import Connection

from rnnviz.runs.machine import THREADS, keep_memory


def initialise(lifeline: Connection) -> None:
    """Prepare a process for jobs: one thread each, behind the server and the live networks.

    The process ends when the other end of `lifeline` is closed, be it because the server was killed.
    """
    os.nice(10)
    os.environ.update(dict.fromkeys(THREADS, "1"))  # before NumPy is loaded
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the server's whole group; the server ends the others
    keep_memory()
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    import torch

    torch.set_num_threads(1)


def _end_with(lifeline: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        lifeline.recv()
    os._exit(1)
