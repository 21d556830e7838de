"""Scene: all that a picture is drawn from."""

from dataclasses import dataclass, field

from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Snapshot


@dataclass(frozen=True)
class Scene:
    """What is trained, what was seen of it at one training step, and how that is looked at.

    seconds: of the processor that it has trained, as far as that is asked for: see Lane. diverged: the training step
    that could not be made, since its loss or gradient was no finite number; 0 if there is none yet. others: the same of
    the other networks of a race, where a picture shows all of them; by_time: whether it is one of equal computing time.
    then: the same network at a second moment, to be seen behind this one, if one is pinned.
    """

    experiment: Experiment
    snapshot: Snapshot
    view: View = field(default_factory=View)
    seconds: float = 0.0
    diverged: int = 0
    others: tuple["Scene", ...] = ()
    by_time: bool = False
    then: "Scene | None" = None

    @property
    def lanes(self) -> tuple["Scene", ...]:
        """Those of all networks of the race, this one first."""
        return (self, *self.others)
