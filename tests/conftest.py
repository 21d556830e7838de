"""What holds for all tests."""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded, as in the worker processes

import torch
from hypothesis import settings

settings.register_profile("shared", deadline=None)  # the machines are shared: no test is judged by the clock
settings.load_profile("shared")
torch.set_num_threads(1)  # at these sizes more are slower, and beside other processes a hundred times so
