"""script: an Experiment as a short PyTorch script of its own, which trains it and prints the same losses."""

import itertools
import re
import textwrap
from collections.abc import Iterable, Sequence

from rnnviz.export.network import network
from rnnviz.export.numbers import number
from rnnviz.export.pairs import network_of_two
from rnnviz.export.training import training
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.setting import Choice
from rnnviz.tasks import TASKS
from rnnviz.tasks.task import COLUMNS, Task

_DESCRIPTION = (
    "An experiment of rnnviz as a plain PyTorch script: it trains the same network on the same data, and prints the "
    "training loss of every step. Task: {task}. Cell: {cell}."
)

_IMPORTS = ("import numpy as np", "import torch", "from torch import nn")


def script(experiment: Experiment) -> str:
    """Return a script that needs NumPy, PyTorch and what its task names, and whose losses are those of
    Trainer(experiment).

    All choices are made here, so that nothing stands in it that this experiment does not need. Raises ValueError
    where the experiment does not fit the task's data.
    """
    task = TASKS[experiment.task](experiment)
    made = network_of_two(experiment, task) if task.source_vocabulary else network(experiment, task)
    body = [*task.code(), *made, *training(experiment, task)]
    return _joined([_description(experiment) + _imports(task), _constants(experiment, body), *body])


def _imports(task: Task) -> str:
    """Write what is imported: first what belongs to Python."""
    return "\n" + "\n".join([*task.imports, *[""] * bool(task.imports), *_IMPORTS]) + "\n"


def _description(experiment: Experiment) -> str:
    labels = {name: _option(experiment, name) for name in ("task", "cell")}
    return textwrap.fill(_DESCRIPTION.format(**labels), COLUMNS, initial_indent="# ", subsequent_indent="# ")


def _option(experiment: Experiment, name: str) -> str:
    declared = Experiment.SETTINGS[name]
    assert isinstance(declared, Choice)
    return str(declared.options[getattr(experiment, name)])


def _constants(experiment: Experiment, body: Iterable[str]) -> str:
    """Give a value to each setting that `body` mentions."""
    mentioned = set(re.findall(r"\w+", "\n".join(body)))
    names = [name for name in _NUMBERS if name.upper() in mentioned]
    return "\n".join(
        ["STEPS = 20  # as many as you like", *(f"{name.upper()} = {number(experiment, name)}" for name in names)]
    )


_NUMBERS = (
    "seed",
    "vocabulary_size",
    "seq_len",
    "batch_size",
    "embedding_size",
    "hidden_size",
    "truncation",
    "dropout",
)
"""The settings that a script may call by their names in capitals."""


def _joined(paragraphs: Sequence[str]) -> str:
    """Put an empty line between paragraphs of code, and two around a definition."""
    codes = [textwrap.dedent(paragraph).strip("\n") for paragraph in paragraphs]
    text = codes[0]
    for before, after in itertools.pairwise(codes):
        defines = any(re.search(r"^(def|class) ", code, re.MULTILINE) for code in (before, after))
        text += ("\n\n\n" if defines else "\n\n") + after
    return text + "\n"
