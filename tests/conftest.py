"""What holds for all tests."""

import torch

torch.set_num_threads(1)  # at these sizes more are slower, and beside other processes a hundred times so
