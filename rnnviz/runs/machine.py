"""What every process that computes asks of the machine: one thread, and freed memory that stays."""

import contextlib
import ctypes

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Environment variables that say how many threads to compute with; read when NumPy and torch are loaded."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Of malloc.h."""
LARGEST = 32 * 2**20
"""Bytes of an array whose memory is kept when it is freed: the most that M_MMAP_THRESHOLD can be."""
KEPT = 4 * LARGEST
"""Bytes of freed memory a process may keep: what one training step of the largest networks takes."""


def keep_memory() -> None:
    """Have malloc keep what is freed: to fetch a long sequence's arrays anew at every step takes half of the time."""
    with contextlib.suppress(OSError, AttributeError):  # only glibc has it
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, LARGEST)
        mallopt(M_TRIM_THRESHOLD, KEPT)
