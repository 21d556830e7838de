"""What pages show before the process that trains has started: how far the compiling is, and room for those pictures
alone which there will be."""

import json
from types import SimpleNamespace

import pytest
from opened import components, page, pairs, run, words

from rnnviz.runs.messages import Frame, Orders
from rnnviz.runs.worker import Worker
from rnnviz.settings.experiment import Experiment
from rnnviz.ui.bench.page import BOARD
from rnnviz.ui.live.frames import Asked


class Starting(Worker):
    """A worker without a process, which has compiled 40 percent."""

    def __init__(self):
        self.pulse = SimpleNamespace(beats=0, prepared=40)  # pyright: ignore[reportAttributeAccessIssue]

    def send(self, message: object): ...


@pytest.mark.slow
@pytest.mark.parametrize("opened", [words, pairs])
def test_a_page_without_live_pictures_tells_of_the_compiling_until_it_is_done(opened):
    app = opened()
    assert not app.warning
    worker = Starting()
    app.session_state["run"].worker = worker
    run(app)
    assert app.warning[0].value == "Compiling what trains the networks, once on this machine: 40 %."
    worker.pulse.beats = 1
    run(app)
    assert not app.warning
    assert not components(app)


@pytest.mark.slow
def test_there_is_no_room_for_pictures_that_the_first_frame_hides():
    app = page()
    pictures = json.loads(components(app)[0].proto.json)["pictures"]
    first = Frame(0, 1, Orders(Experiment()), None, True, 0.0, None)
    hidden = BOARD.render(first, app.session_state["run"], Asked(-1, ""))["hidden"]
    assert "encoder" in hidden
    assert [picture["name"] for picture in pictures if picture["hidden"]] == hidden
