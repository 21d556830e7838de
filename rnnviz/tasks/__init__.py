"""Tasks: what a network can be trained on. A new one is a module here, and an option of Experiment.task of its name."""

import functools
from collections.abc import Iterator, Mapping
from importlib import import_module

from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.task import Task


class _Modules(Mapping[str, type[Task]]):
    """The tasks an Experiment can name, each found in the module of its name once somebody asks for it."""

    @property
    def names(self) -> Mapping[str, str]:
        return Experiment.SETTINGS["task"].options  # pyright: ignore[reportAttributeAccessIssue]

    def __getitem__(self, name: str) -> type[Task]:
        if name not in self.names:
            raise KeyError(name)
        return _found(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


@functools.cache
def _found(name: str) -> type[Task]:
    """Return the one task that the module `name` defines."""
    module = import_module(f"rnnviz.tasks.{name}")
    (task,) = (
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Task) and kind.__module__ == module.__name__
    )
    return task


TASKS: Mapping[str, type[Task]] = _Modules()
"""Each task under the name an Experiment calls it, in the order in which they are offered."""


def reads_text(task: type[Task]) -> bool:
    """Say whether a task has one sequence of tokens to read, and no other beside it."""
    return task.reads_tokens() and not task.source_vocabulary


@functools.lru_cache(maxsize=32)
def task_of(experiment: Experiment) -> Task:
    """Return the task of an experiment. Raises BadValue where the experiment does not fit the task's data."""
    return TASKS[experiment.task](experiment)
