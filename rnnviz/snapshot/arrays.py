"""The arrays a snapshot is made of.

Axes are named once, here: L layers, D directions (1, or 2 when bidirectional), T time steps, H hidden units,
I input features, O outputs. Time index 0 is time step 1 of the formulas. For the backward direction, index t
is the state the reverse pass holds at position t of the sequence, as in torch.nn.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]
Indices = npt.NDArray[np.integer]
