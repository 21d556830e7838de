"""The texts of the page of words: what a visitor has typed, or the probe, and the same with a word changed."""

import functools
from dataclasses import dataclass

from rnnviz.language import Text
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import task_of
from rnnviz.tasks.task import NOTHING, Task
from rnnviz.ui.live.frames import Typed

Word = tuple[Text, int]
"""A word as it is written, and its token."""


@dataclass(frozen=True)
class Written:
    """A text as it is read, word by word; cut: how many of its words were too many."""

    words: tuple[Word, ...]
    cut: int = 0

    @property
    def tokens(self) -> tuple[int, ...]:
        """The tokens alone."""
        return tuple(token for _, token in self.words)


@functools.lru_cache(maxsize=64)
def texts(typed: Typed, experiment: Experiment) -> tuple[Written, ...]:
    """Return what is to be read: nothing for the probe, one text, or two where a word of it is to be another one."""
    task = task_of(experiment)
    own = [] if typed.text is None else task.tokens_of(typed.text)
    if not own and typed.at is None:
        return ()
    first = _cut([*own] or _probe(task), task)
    if typed.at is None or typed.at >= len(first.words):
        return (first,) if own else ()
    changed = [*first.words]
    changed[typed.at : typed.at + 1] = task.tokens_of(typed.word) if typed.word else []
    return (first, _cut(changed, task)) if changed else (first,)


def _cut(words: list[Word], task: Task) -> Written:
    padding = task.framed([token for _, token in words]).padding
    read = 0 if padding is None else int((~padding).sum())
    return Written(tuple(words[len(words) - read :]), len(words) - read)


def _probe(task: Task) -> list[Word]:
    """Return the probe's words, without padding."""
    probe = task.probe
    tokens = probe.inputs[:, 0] if probe.padding is None else probe.inputs[~probe.padding[:, 0], 0]
    return [(named(task, token), token) for token in tokens.tolist()]


def named(task: Task, token: int) -> Text:
    """Return what a token says; nothing where none is read."""
    return "" if token == NOTHING else (task.vocabulary or ())[token]
