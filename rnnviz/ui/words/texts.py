"""The texts of the page of words: what a visitor has typed, or the probe, and the same with a word changed."""

import functools
from dataclasses import dataclass, replace

from rnnviz.language import Text
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import task_of
from rnnviz.tasks.task import NOTHING, Task
from rnnviz.ui.live.frames import Typed

Word = tuple[Text, int]
"""A word as it is written, and its token."""


@dataclass(frozen=True)
class Written:
    """A text as it is read, word by word.

    cut: how many of its words, the first ones, were too many. changed: which of those that are read are others than in
    the other text. only: whether what was to be left out is all there is.
    """

    words: tuple[Word, ...]
    cut: int = 0
    changed: tuple[int, ...] = ()
    only: bool = False

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
    new = task.tokens_of(typed.word) if typed.word else []
    changed[typed.at : typed.at + 1] = new
    if not changed:
        return (replace(first, only=True),)
    second = _cut(changed, task)
    places = (typed.at + n - second.cut for n in range(len(new)))
    return replace(first, changed=(typed.at,)), replace(second, changed=tuple(n for n in places if n >= 0))


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
