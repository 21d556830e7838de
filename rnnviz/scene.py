"""Scene: all that a picture is drawn from."""

from dataclasses import dataclass, field

from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Snapshot


@dataclass(frozen=True)
class Scene:
    """What is trained, what was seen of it at one training step, and how that is looked at."""

    experiment: Experiment
    snapshot: Snapshot
    view: View = field(default_factory=View)
