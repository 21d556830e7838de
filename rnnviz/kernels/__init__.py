"""What computes each cell. A cell's kernel is the KERNEL of the module here that has the cell's name."""

from importlib import import_module

from rnnviz.cells import CELLS
from rnnviz.kernels.kernel import Kernel
from rnnviz.settings.experiment import Experiment


def kernel_of(experiment: Experiment) -> Kernel:
    """Return what computes the experiment's cell."""
    module = import_module(f"rnnviz.kernels.{experiment.cell}")
    return module.KERNEL(CELLS[experiment.cell], experiment)
