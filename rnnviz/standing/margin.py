"""By how much a number has to be better than another before it is called so, and which loss is to be reached.

Less than that, and the next batch or another seed may turn it round. A tenth of almost nothing is nothing, so that
losses have to differ by a part of the one there is to beat, too; and who does not beat that has learned nothing of use.
"""

from rnnviz.diagnosis import HARDLY
from rnnviz.snapshot import Baseline
from rnnviz.tasks.task import Task

MARGIN = 0.1
"""The part by which a number has to be better than another."""
CLOCK = 0.25
"""The same of the processor's time: of equal networks in one race one took up to 12 % longer than another, measured
over 12 training steps on a machine that others used, and up to 8 % over 60 and more."""
SAME_SIZE = 0.03
"""Up to this part, numbers of parameters or of training steps are called equal."""


def beats(loss: float, baseline: float) -> bool:
    """Say whether a loss is better than the baseline's by more than chance would make it; NaN is not."""
    return loss <= (1 - HARDLY) * baseline


def plainly_less(loss: float, other: float, baseline: float) -> bool:
    """Say whether a loss is less than another one by the margin, and beats the baseline's."""
    return beats(loss, baseline) and loss <= (1 - MARGIN) * other and other - loss >= HARDLY * baseline


def to_reach(chosen: float, task: type[Task], baseline: Baseline) -> float:
    """Return the validation loss to reach, as the task tells it: the one a visitor has chosen; where that is 0, that at
    which a network is called healthy."""
    return chosen or float(task.told((1 - task.good) * baseline.loss))
