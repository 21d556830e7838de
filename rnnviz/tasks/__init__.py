"""Tasks: what a network can be trained on. A new one is a module here and a name in TASKS."""

from rnnviz.tasks.adding import Adding
from rnnviz.tasks.airline import Airline
from rnnviz.tasks.recall import Recall
from rnnviz.tasks.reversal import Reversal
from rnnviz.tasks.series import Series
from rnnviz.tasks.sine import Sine
from rnnviz.tasks.square import Square
from rnnviz.tasks.task import Task
from rnnviz.tasks.video import Video
from rnnviz.tasks.wave import Wave

TASKS: dict[str, type[Task]] = {
    "sine": Sine,
    "airline": Airline,
    "adding": Adding,
    "recall": Recall,
    "square": Square,
    "wave": Wave,
    "reversal": Reversal,
    "video": Video,
    "series": Series,
}
"""Each task under the name an Experiment calls it."""
