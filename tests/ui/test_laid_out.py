"""Pictures that are laid out once for all who look at the same network in the same way, each at its own numbers."""

from contextvars import copy_context
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from pseudo import PSEUDO
from received import sent

from rnnviz.language import reader
from rnnviz.language.door import ENGLISH, Language
from rnnviz.looks.look import look
from rnnviz.runs.messages import Frame, Orders
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.training.trainer import Trainer
from rnnviz.ui.bench import page as bench
from rnnviz.ui.lab import page as lab
from rnnviz.ui.live import board as board_module
from rnnviz.ui.live.board import Board
from rnnviz.ui.live.frames import Asked

RUN = cast(Run, SimpleNamespace(notice=None, frame=True, token=""))


def figures(board: Board, experiment: Experiment, steps: int, language: Language = ENGLISH) -> dict[str, Any]:
    """What a browser is sent of the pictures after so many training steps."""
    trainer, asked = Trainer(experiment), Asked(-1, "", View(beyond=7))
    trainer.step(steps)
    wanted = board.wanted(asked, experiment)
    frame = Frame(0, 1, Orders(experiment), look(trainer.subject(), wanted), True, 0.0, None, wanted=wanted)

    def render() -> dict[str, Any]:
        reader.set(language)
        return sent(board.render(frame, RUN, asked))["figures"]

    return copy_context().run(render)


@pytest.mark.parametrize("task", ["sine", "recall", "reverse", "square"])
@pytest.mark.parametrize("board", [bench.BOARD, lab.BOARD], ids=lambda board: board.name)
def test_a_picture_that_is_laid_out_already_is_the_one_that_is_laid_out_anew(board, task, monkeypatch):
    experiment = Experiment(task=task, hidden_size=4)
    seen = [(3, ENGLISH), (3, ENGLISH), (5, ENGLISH), (5, PSEUDO), (3, ENGLISH)]
    board._laid.clear()
    found = [figures(board, experiment, *what) for what in seen]
    assert board._laid
    board._laid.clear()
    monkeypatch.setattr(board_module, "MOST_LAID", 0)
    monkeypatch.setattr(board_module, "_filled", lambda trace, arrays: trace)
    for before, anew in zip(found, [figures(board, experiment, *what) for what in seen], strict=True):
        np.testing.assert_equal(before, anew)
    assert not board._laid


def test_no_more_are_kept_than_a_server_has_room_for(monkeypatch):
    monkeypatch.setattr(board_module, "MOST_LAID", 7)
    for hidden_size in (2, 3, 4):
        figures(bench.BOARD, Experiment(hidden_size=hidden_size), 0)
    assert len(bench.BOARD._laid) == 7


def test_nothing_of_a_visitor_s_own_data_is_kept():
    bench.BOARD._laid.clear()
    series = tuple(np.sin(np.arange(60.0)).tolist())
    assert figures(bench.BOARD, Experiment(task="series", series=series), 0)
    assert figures(bench.BOARD, Experiment(task="text", corpus="the rain in spain " * 30), 0)
    assert not bench.BOARD._laid
