"""rnnviz: see a recurrent network think. The names below are the notebook's interface, and stay put."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnnviz.scene import Scene as Scene
    from rnnviz.settings.experiment import Experiment as Experiment
    from rnnviz.snapshot import Snapshot as Snapshot
    from rnnviz.training.race import Race as Race
    from rnnviz.training.trainer import Diverged as Diverged
    from rnnviz.training.trainer import Trainer as Trainer

_HOMES = {
    "Experiment": "settings.experiment",
    "Scene": "scene",
    "Snapshot": "snapshot",
    "Race": "training.race",
    "Trainer": "training.trainer",
    "Diverged": "training.trainer",
}

__all__ = ["Diverged", "Experiment", "Race", "Scene", "Snapshot", "Trainer"]


def __getattr__(name: str) -> Any:
    # Resolved at first use: the server imports rnnviz, and must stay without torch.
    if name not in _HOMES:
        raise AttributeError(f"module 'rnnviz' has no attribute {name!r}")
    return getattr(import_module(f"rnnviz.{_HOMES[name]}"), name)
