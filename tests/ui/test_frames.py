"""The live socket as a browser has it, without a browser and without workers: what is said when there is no frame."""

import asyncio
import gc
import json
import weakref
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import loops
import numpy as np
import pytest
from received import received, sent
from starlette.websockets import WebSocket

from rnnviz import Experiment
from rnnviz.looks.look import look
from rnnviz.runs.messages import Frame, Orders, Problem, Request
from rnnviz.runs.run import MOST_BLAMED, Run
from rnnviz.settings.view import View
from rnnviz.snapshot import Opened, Touch
from rnnviz.training.trainer import Trainer
from rnnviz.ui.bench import page as bench
from rnnviz.ui.graph import page as unrolled
from rnnviz.ui.lab import page as lab
from rnnviz.ui.live import frames
from rnnviz.ui.live.wire import encoded
from rnnviz.ui.race import together
from rnnviz.wanted import WHOLE, Wanted

ASK = json.dumps({"seen": -1, "key": ""})


class Idle:
    """A pool whose workers never answer."""

    name = "test"

    def __init__(self):
        self.run: Run | None = Run(0, Orders(Experiment()), self)  # pyright: ignore[reportArgumentType]
        self.asked: list[Request] = []
        self.looked_for = asyncio.Event()

    def find(self, token: str) -> Run | None:
        self.looked_for.set()
        return self.run if self.run and token == self.run.token else None

    def send(self, run: Run): ...

    def request(self, run: Run):
        self.asked += run.requests


@pytest.fixture
def idle(monkeypatch):
    pool = Idle()
    monkeypatch.setattr(frames, "pool", lambda: pool)
    monkeypatch.setattr(frames, "PATIENCE", 0.01)
    return pool


def talk(pool: Idle, *says: str, hang_up: bool = True, beyond: int = 0, query: str = "") -> list[dict[str, Any]]:
    """Open the socket of the pool's run, say this, and return what the server has sent when it waits for more; or, if
    we don't hang up then, when it has.

    beyond: how far the page wants a forecast to go on, beside what the address says in its `query`.
    """

    def wanted(asked: frames.Asked, experiment: Experiment) -> Wanted:
        return Wanted(beyond=beyond + asked.view.beyond)

    route = frames.frames_route("/live/test", lambda frame, run, asked: {}, wanted)
    heard: list[dict[str, Any]] = []
    kept, gone = [], weakref.ref(pool.run) if pool.run else lambda: None
    answered, quiet = asyncio.Event(), asyncio.Event()
    incoming = [{"type": "websocket.connect"}, *({"type": "websocket.receive", "text": text} for text in says)]

    async def receive():
        if incoming:
            return incoming.pop(0)
        await answered.wait()
        quiet.set()
        if not hang_up:
            pool.looked_for.clear()
            await pool.looked_for.wait()  # before the server waits for what is asked next
            pool.run = None
            gc.collect()
            kept.append(gone() is not None)
        return await asyncio.Future()

    async def send(message: Any):
        heard.append(message)
        sent = [part["type"] for part in heard].count("websocket.send")
        if sent >= len(says) or message["type"] == "websocket.close":
            answered.set()

    async def run():
        assert pool.run
        scope = {
            "type": "websocket",
            "path_params": {"token": pool.run.token},
            "headers": [],
            "query_string": query.encode(),
        }
        talking = asyncio.create_task(route.endpoint(WebSocket(scope, receive, send)))
        talking.add_done_callback(lambda _: quiet.set())
        await quiet.wait()
        if hang_up:
            talking.cancel()
        await asyncio.wait([talking], timeout=10)

    loops.run(run())
    assert not any(kept)
    return heard


def said(heard: list[dict[str, Any]]) -> list[str]:
    return [received(message["bytes"])["words"]["notice"] for message in heard if message["type"] == "websocket.send"]


def test_what_there_is_to_say_needs_no_frame(idle):
    assert "being built" in said(talk(idle, ASK))[0]
    idle.run.lost(blamed=True)
    assert "another goes on from step 0" in said(talk(idle, ASK))[0]
    for _ in range(MOST_BLAMED - 1):
        idle.run.lost(blamed=True)
    assert "given up" in said(talk(idle, ASK))[0]
    idle.run.reset()
    assert "given up" not in said(talk(idle, ASK))[0]
    idle.run.worker = SimpleNamespace(doubtful=True, preparing=None)
    idle.run.frame = SimpleNamespace(snapshot=None)
    assert "not answer" in said(talk(idle, ASK))[0]


@pytest.mark.parametrize(("beyond", "seen"), [(5, 3), (6, -1), (0, -1)])
def test_a_frame_that_does_not_go_on_as_far_as_is_asked_is_made_anew(idle, beyond, seen):
    wanted = Wanted(beyond=5)
    idle.run.receive(Frame(0, 3, idle.run.orders, None, False, 0.0, None, wanted=wanted))
    idle.asked.clear()
    talk(idle, json.dumps({"seen": 3, "key": ""}), beyond=beyond, query="beyond=0")
    assert idle.asked == [Request(0, seen, Wanted(beyond=beyond))]


@pytest.mark.parametrize(("query", "beyond"), [("beyond=7", 7), ("beyond=-3&speed=x", 0), ("beyond=x", 24), ("", 24)])
def test_how_a_page_looks_at_the_run_stands_in_its_socket_s_address(idle, query, beyond):
    talk(idle, ASK, query=query)
    assert idle.asked == [Request(0, -1, Wanted(beyond=beyond))]
    view = View.from_query(dict(parse_qsl(query)))
    address = frames.feed(idle.run, "/live/test", False, replace(view, speed="max"))["socket"]
    assert View.from_query(dict(parse_qsl(urlsplit(address).query))) == view


def test_a_silent_socket_is_closed_and_keeps_no_run(idle, monkeypatch):
    monkeypatch.setattr(frames, "LONGEST_SILENCE", 0.05)
    *answers, last = talk(idle, ASK, ASK, hang_up=False)
    assert [message["type"] for message in answers] == ["websocket.accept", "websocket.send", "websocket.send"]
    assert (last["type"], last["code"]) == ("websocket.close", frames.SILENT)


def test_a_request_is_answered_at_once_when_there_is_another(idle, monkeypatch):
    monkeypatch.setattr(frames, "PATIENCE", 60.0)
    frame = Frame(0, 3, idle.run.orders, None, False, 0.0, None, wanted=Wanted(beyond=24))
    asked = []

    def request(run: Run):
        asked.append(run)
        if len(asked) == 2:  # the first gets no frame
            run.receive(frame)

    monkeypatch.setattr(idle, "request", request)
    first, second = (received(m["bytes"]) for m in talk(idle, ASK, ASK) if m["type"] == "websocket.send")
    assert "being built" in first["words"]["notice"]
    assert second == {}


def test_what_is_typed_is_cut_and_counted_from_the_first_word():
    text = "first" + "x" * frames.LONGEST_TEXT
    typed = frames._typed({"text": text, "at": -4, "word": None, "step": 2.7})
    assert typed == frames.Typed("x" * frames.LONGEST_TEXT, 0, None, 2)
    assert frames._typed({}) == frames.Typed()


def test_what_is_to_be_decoded_is_bounded():
    asked = frames._decode(
        {
            "text": "x" * (frames.LONGEST_SOURCE + 1),
            "forced": [3, -1] * frames.MOST_FORCED,
            "touches": [{"at": n, "to": None, "step": -1} for n in range(frames.MOST_TOUCHES + 1)],
            "sums": [2.7, -3],
            "search": 1,
        }
    )
    assert asked == frames.Decode(
        text="x" * frames.LONGEST_SOURCE,
        forced=(3, 0) * (frames.MOST_FORCED // 2),
        touches=tuple(Touch(n + 1, None, 0) for n in range(frames.MOST_TOUCHES)),
        sums=(2, 0),
        search=True,
    )
    assert frames._decode({}) == frames.Decode() == frames.Asked(-1, "").pairs


@pytest.mark.parametrize(
    "pairs",
    [
        '"x"',
        "[1]",
        '{"forced": 3}',
        '{"forced": {"a": 1}}',
        '{"forced": [1e999]}',
        '{"touches": [3]}',
        '{"touches": [{}]}',
        '{"sums": [1]}',
        '{"sums": [1, 2, 3]}',
    ],
)
def test_what_no_page_asks_to_have_decoded_ends_the_talk(idle, pairs):
    assert said(talk(idle, f'{{"seen": 1, "key": "", "pairs": {pairs}}}')) == []


@pytest.mark.parametrize("typed", ['"x"', '{"at": "x"}', '{"step": 1e999}', "[1]"])
def test_what_no_page_sends_ends_the_talk(idle, typed):
    assert said(talk(idle, f'{{"seen": 1, "key": "", "typed": {typed}}}')) == []


@pytest.mark.parametrize("opened", [None, Opened(0, 0, 1, 0)])
@pytest.mark.parametrize("page", [bench.BOARD, lab.BOARD, unrolled], ids=["bench", "lab", "graph"])
def test_a_page_is_drawn_from_what_it_wants_and_no_more(idle, page, opened):
    experiment, asked = Experiment(cell="mingru"), frames.Asked(-1, "", opened=opened)
    trainer = Trainer(experiment)
    trainer.step(2)
    wanted = page.wanted(asked, experiment)
    frame = Frame(0, 1, Orders(experiment), look(trainer.subject(), wanted), True, 0.0, None, wanted=wanted)
    message = page.render(frame, idle.run, asked)
    assert message.get("figures") or message.get("values")
    encoded(message)


def test_the_moment_that_is_looked_at_is_asked_for_and_bounded(idle):
    run, at = idle.run, []
    talk(idle, *(json.dumps({"seen": -1, "key": "", "at": at}) for at in (40, -3, None)))
    for request in idle.asked:
        if request.wanted.at not in at:
            at.append(request.wanted.at)
    assert at == [40, 0, None]
    assert run.at is None


def test_a_second_moment_is_asked_for_and_drawn_behind_the_first(idle):
    talk(idle, json.dumps({"seen": -1, "key": "", "then": 40}), json.dumps({"seen": -1, "key": "", "then": -3}))
    assert {request.wanted.then for request in idle.asked} == {40, 0}
    trainer = Trainer(idle.run.orders.experiment)
    wanted = replace(bench.BOARD.wanted(frames.Asked(-1, ""), trainer.experiment), then=2)
    trainer.step(2)
    before = look(trainer.subject(), wanted)
    trainer.step(3)
    frame = Frame(0, 3, idle.run.orders, look(trainer.subject(), wanted), True, 1.0, None, wanted=wanted)
    alone = bench.BOARD.render(frame, idle.run, frames.Asked(-1, ""))
    pinned = bench.BOARD.render(replace(frame, then=before), idle.run, frames.Asked(-1, alone["key"]))
    for name, ghosts in {"prediction": 1, "gradients": 1, "loss": 1, "forecast": 3, "states": 0, "input": 0}.items():
        traces = pinned["figures"][name]["data"]
        np.testing.assert_equal(traces[: len(traces) - ghosts], alone["figures"][name]["data"])
        assert all(trace["name"].endswith("step 2") for trace in traces[len(traces) - ghosts :])
    then = bench.BOARD.render(replace(frame, snapshot=before), idle.run, frames.Asked(-1, ""))
    said, ghost = (message["figures"]["prediction"]["data"] for message in (then, pinned))
    np.testing.assert_array_equal(ghost[-1]["y"], said[1]["y"])
    assert (said[1]["y"] != alone["figures"]["prediction"]["data"][1]["y"]).all()
    assert [board.ghosts for board in (bench.BOARD, lab.BOARD, together.BOARD)] == [True, True, False]
    again = bench.BOARD.render(replace(frame, then=before), idle.run, frames.Asked(-1, pinned["key"]))
    assert len(again["arrays"]["prediction"]) == len(alone["figures"]["prediction"]["data"])  # what is pinned stays


@pytest.mark.parametrize("at", ['"x"', "[4]", "1e999", "{}"])
def test_a_moment_that_is_no_training_step_is_not_answered(idle, at):
    talk(idle, f'{{"seen": -1, "key": "", "at": {at}}}')
    assert idle.asked == []


EACH, SOME = (
    "The weights after each training step are kept.",
    "Of every 4 training steps, the weights after one are kept.",
)
MOMENTS = [
    ((0,), None, "Now: step 0", EACH),
    ((0, 1, 2), None, "Now: step 2", EACH),
    ((0, 1, 2), 1, "Step 1 of 2", EACH),
    ((0, 4, 8, 9), 4, "Step 4 of 9", SOME),
    ((0, 4, 8, 9), 9, "Now: step 9", SOME),
]


@pytest.mark.parametrize(("steps", "at", "said", "kept"), MOMENTS)
def test_a_frame_says_which_moment_it_shows_and_how_finely_they_are_kept(idle, steps, at, said, kept):
    trainer = Trainer(idle.run.orders.experiment)
    trainer.step(steps[-1] if at is None else at)
    seen = look(trainer.subject(), Wanted())
    frame = Frame(0, 3, idle.run.orders, seen, True, 1.0, None, wanted=Wanted(at=at), moments=steps)
    found = frames.moment(frame, idle.run)["moment"]
    assert (found["said"], found["kept"], found["steps"], found["at"]) == (said, kept, [*steps], at)
    again = replace(frame, orders=replace(frame.orders, start=frame.orders.start + 1))
    assert frames.moment(again, idle.run)["moment"]["training"] != found["training"]


def test_no_number_of_now_stands_beside_those_of_a_moment(idle):
    trainer = Trainer(idle.run.orders.experiment)
    trainer.step(2)
    wanted = Wanted(WHOLE, at=2)
    stopped = Problem(step=9, quantity="loss")
    frame = Frame(0, 3, idle.run.orders, look(trainer.subject(), wanted), True, 7.0, stopped, wanted=wanted)
    then, now = replace(frame, moments=(0, 1, 2, 8)), replace(frame, moments=(0, 1, 2))
    said_then, said_now = (
        sent(bench.BOARD.render(one, idle.run, frames.Asked(-1, "")))["words"] for one in (then, now)
    )
    assert [said_now[name] for name in ("rate", "learning_rate", "diagnosis")] == ["stopped", "0.01", ""]
    assert said_now["problem"]
    assert [said_then[name] for name in ("rate", "learning_rate", "problem")] == ["–", "–", ""]
    assert said_then["diagnosis"]
    assert said_then["loss"] == said_now["loss"]
