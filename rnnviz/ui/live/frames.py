"""What every live component of a page is fed by: a WebSocket from which the browser pulls frames of its run.

The browser asks for the next frame when it has drawn the last. That is the back-pressure, since nothing queues, and
the lease, since a run nobody asks for is paused. The script does not run at all while the pictures move.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from rnnviz.diagnosis import describe_divergence
from rnnviz.language import N_, Message, Text, _, counted, say, sentences
from rnnviz.runs.messages import Frame
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Opened, Touch
from rnnviz.ui.live.wire import encoded
from rnnviz.ui.shell import reader
from rnnviz.ui.shell.run import pool
from rnnviz.ui.web import below
from rnnviz.wanted import Wanted

PLAIN = View()
"""How a page looks at a run that has no say in it."""
UPDATES_PER_SECOND = 20
"""What the pictures ask for; they get less where the server or the browser is busy."""
SHORTEST_INTERVAL = 0.05
"""Seconds between two frames to one browser, however often it asks."""
PATIENCE = 1.0
"""Seconds after which a browser that waits for a frame is told why there is none yet, and asks again."""
LONGEST_REQUEST = 40_000
"""Characters a request may have; the pages' own are some two hundred, and what a visitor has typed."""
LONGEST_TEXT = 10_000
"""Characters of that which are read, the last ones: a network, too, reads the last tokens where they are too many."""
LONGEST_SOURCE = 200
"""Characters of a source that is typed, of which the first are read."""
MOST_FORCED, MOST_TOUCHES = 100, 50
"""Tokens with which an output may have to begin, and times a visitor may lay a hand on attention."""
UNKNOWN = 4404
"""The WebSocket code that says: this run is gone, let the script open another."""

LONGEST_SILENCE = 30.0
"""Seconds a browser may keep its socket without asking for anything, as one does that does not show the page."""
SILENT = 4408
"""The WebSocket code that says: this socket asked for nothing; open another when the page is seen again."""


@dataclass(frozen=True)
class Typed:
    """What a visitor wants to be read: a text of their own, or the probe where that is None.

    at: which of its words is to be another one, and word: which; None to leave it out. step: after which step the
    answer is judged, the last if None. Both are counted from 0.
    """

    text: str | None = None
    at: int | None = None
    word: str | None = None
    step: int | None = None


@dataclass(frozen=True)
class Decode:
    """What a visitor wants to be decoded of two sequences: see Asking.

    text: the source as it was typed, the probe where that is None. search: whether examples are to be found. Whether a
    token or a step exists is for whoever knows the network to see.
    """

    text: str | None = None
    forced: tuple[int, ...] = ()
    touches: tuple[Touch, ...] = ()
    sums: tuple[int, int] | None = None
    search: bool = False


@dataclass(frozen=True)
class Asked:
    """A browser's request: the number of the frame it shows, what that was drawn for, how its page looks at the run,
    the cell it looks into, what is to be read, the training step of the newest line that was written: -1 for none, None
    if no other is wanted yet, what is to be decoded, the training step that is looked at, None for the newest, a second
    one, if it is to be seen beside that, and of which network it has the graph: "" for none yet, None if it shows
    none."""

    seen: int
    key: str
    view: View = PLAIN
    opened: Opened | None = None
    typed: Typed = Typed()
    newest: int | None = None
    pairs: Decode = Decode()
    at: int | None = None
    then: int | None = None
    graph: str | None = None


def feed(run: Run, path: str, stopped: bool, view: View = PLAIN) -> dict[str, Any]:
    """Return what frames.js needs to know; view: what the page's frames depend on; its socket's address
    holds that, and the reader's language."""
    query = urlencode(replace(view, speed=PLAIN.speed).to_query() | reader.parameters())
    return {
        # below the page's folder, wherever a proxy puts that
        "socket": f".{path}/{run.token}{f'?{query}' if query else ''}",
        "server": pool().name,
        "interval": 1000 / UPDATES_PER_SECOND,
        "stopped": stopped,
        "words": {
            "lost": _("The connection to the server is lost; trying again."),
            "waiting": say(WAITING),
            "restarted": _("The server was restarted: the network started anew."),
            "anew": _("The server had given this network's place away while nobody looked: it started anew."),
        },
    }


def frames_route(
    path: str,
    render: Callable[[Frame, Run, Asked], dict[str, Any]],
    wanted: Callable[[Asked, Experiment], Wanted],
    outdated: Callable[[Frame, Asked], bool] = lambda frame, asked: False,
) -> WebSocketRoute:
    """Return the route that answers each request with what `render` makes of the next frame.

    wanted: what a frame has to show of an experiment. outdated: whether the newest frame has to be drawn anew at once,
    though the browser has seen it.
    """

    async def answer(socket: WebSocket) -> None:
        await socket.accept()
        reader.answer(socket.query_params)
        view = View.from_query(socket.query_params)
        asking = asyncio.ensure_future(_asked(socket, view))
        try:
            while pool().find(socket.path_params["token"]):
                asked = await asking
                run = pool().find(socket.path_params["token"])
                if not run:
                    break
                asking = asyncio.ensure_future(_asked(socket, view))
                began = monotonic()
                what = replace(wanted(asked, run.orders.experiment), at=asked.at, then=asked.then)
                run.at = asked.at
                frame = run.shown(what)
                if not (frame and _whole(frame)):
                    frame = await _before(asking, run.next_frame(-1, PATIENCE, what))
                elif not outdated(frame, asked):
                    frame = await _before(asking, run.next_frame(asked.seen, PATIENCE, what))
                message = render(frame, run, asked) if frame else {"words": {"notice": notice(run)}}
                message |= moment(frame, run) if frame else {}
                await socket.send_bytes(encoded(message))
                del run, frame  # an open socket must not keep a run whose session has ended
                await asyncio.sleep(max(0.0, began + SHORTEST_INTERVAL - monotonic()))
            await socket.close(UNKNOWN)
        except TimeoutError:
            await socket.close(SILENT)
        except WebSocketDisconnect:
            pass  # the visitor left
        finally:
            asking.cancel()

    return WebSocketRoute(below(path) + "/{token}", answer)


async def _before(asking: asyncio.Future[Asked], coming: Coroutine[Any, Any, Frame | None]) -> Frame | None:
    """Return the frame that is coming, or None once something else is asked for, which needs no more wait."""
    frame = asyncio.ensure_future(coming)
    try:
        await asyncio.wait([asking, frame], return_when=asyncio.FIRST_COMPLETED)
        return frame.result() if frame.done() else None
    finally:
        frame.cancel()


def _whole(frame: Frame) -> bool:
    """Say whether all is there that was wanted, of what can be seen at all."""
    failed = frame.problem is not None and frame.problem.sentence
    return frame.snapshot is None or bool(failed) or frame.wanted.parts <= frame.snapshot.parts.keys()


async def _asked(socket: WebSocket, view: View) -> Asked:
    """Read a browser's request. Raises TimeoutError; WebSocketDisconnect for what this page's script never sends."""
    try:
        async with asyncio.timeout(LONGEST_SILENCE):
            text = await socket.receive_text()
        request = json.loads(text[:LONGEST_REQUEST])
        opened = _opened(*map(int, request["opened"])) if request.get("opened") else None
        newest = None if request.get("newest") is None else max(int(request["newest"]), -1)
        at, then = (None if request.get(name) is None else max(int(request[name]), 0) for name in ("at", "then"))
        typed = _typed(request.get("typed") or {})
        pairs = _decode(request.get("pairs") or {})
        if request.get("t") is not None:  # where the cursor is pinned, from 1
            view = replace(view, jacobian=View.SETTINGS["jacobian"].nearest(int(request["t"])))
        graph = None if request.get("graph") is None else str(request["graph"])
        return Asked(int(request["seen"]), str(request["key"]), view, opened, typed, newest, pairs, at, then, graph)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise WebSocketDisconnect from error


def _opened(layer: int, direction: int, step: int, unit: int, encoder: int = 0) -> Opened:
    return Opened(layer, direction, step, unit, bool(encoder))


def _typed(request: dict[str, Any]) -> Typed:
    text, at, word, step = (request.get(name) for name in ("text", "at", "word", "step"))
    return Typed(
        None if text is None else str(text)[-LONGEST_TEXT:],
        None if at is None else max(int(at), 0),
        None if word is None else str(word)[:LONGEST_TEXT],
        None if step is None else max(int(step), 0),
    )


def _decode(request: dict[str, Any]) -> Decode:
    text, sums = request.get("text"), request.get("sums")
    step, at = (None, None) if sums is None else map(int, sums)
    return Decode(
        None if text is None else str(text)[:LONGEST_SOURCE],
        tuple(max(int(token), 0) for token in request.get("forced", ())[:MOST_FORCED]),
        tuple(_touch(touch) for touch in request.get("touches", ())[-MOST_TOUCHES:]),
        None if step is None or at is None else (max(step, 0), max(at, 0)),
        bool(request.get("search")),
    )


def _touch(request: dict[str, Any]) -> Touch:
    to, step = request.get("to"), request.get("step")
    return Touch(
        max(int(request["at"]), 0), None if to is None else max(int(to), 0), None if step is None else max(int(step), 0)
    )


def moment(frame: Frame, run: Run) -> dict[str, Any]:
    """Return which moments of its training a frame may be of, and which one it is of, in numbers and in words."""
    if not (frame.snapshot and frame.moments):
        return {}
    step, newest, steps = frame.snapshot.step, frame.reached, frame.moments
    where = N_("Step {step} of {newest}", step=step, newest=newest)
    kept = counted(
        "The weights after each training step are kept.",
        "Of every {n} training steps, the weights after one are kept.",
        steps[1] - steps[0] if len(steps) > 2 else 1,
    )
    return {
        "moment": {
            "training": f"{run.token}/{frame.orders.start}",
            "at": frame.wanted.at,
            "then": frame.wanted.then,
            "steps": list(steps),
            "said": say(where if frame.past else N_("Now: step {step}", step=step)),
            "kept": say(kept),
        }
    }


WAITING = N_("The network is being built ...")
LAST_GOOD = N_("The pictures are the last good ones. Press Reset to start again.")


def warnings(frame: Frame, run: Run, stopped: Message = LAST_GOOD) -> dict[str, str]:
    """Return what a visitor must be told of a run: why it stopped, with what is `stopped`, and where it went on."""
    said: Text = ""
    if (problem := frame.problem) and not frame.past:
        experiment = frame.orders.experiment
        said = problem.sentence or sentences(describe_divergence(problem.step, problem.quantity, experiment), stopped)
    return {"problem": say(said), "notice": notice(run)}


def notice(run: Run) -> str:
    """Return what a visitor must be told of the process that trains the run, be there pictures or not."""
    return say(run.notice or ("" if run.frame else WAITING))
