"""The live pictures: a component that draws them once, and the WebSocket route from which it pulls what changed.

The browser asks for the next frame when it has drawn the last. That is the back-pressure, since nothing queues, and
the lease, since a run nobody asks for is paused. The script does not run at all while the pictures move.
"""

import asyncio
import base64
import json
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import plotly
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.components.v2 import component

from rnnviz.diagnosis import describe_divergence, diagnose, forecast_sentence, short
from rnnviz.experiment import Experiment
from rnnviz.plots import PICTURES, key
from rnnviz.tasks import TASKS
from rnnviz.text import N_, _
from rnnviz.ui.run import pool
from rnnviz.view import View
from rnnviz.workers.messages import Frame
from rnnviz.workers.pool import Run

UPDATES_PER_SECOND = 10
"""What the pictures ask for; they get less where the server or the browser is busy."""
SHORTEST_INTERVAL = 0.05
"""Seconds between two frames to one browser, however often it asks."""
PATIENCE = 1.0
"""Seconds after which a browser that waits for a frame is told that there is none yet, and asks again."""
LONGEST_REQUEST = 2000
"""Characters a request may have; this page's are some two hundred."""
UNKNOWN = 4404
"""The WebSocket code that says: this run is gone, let the script open another."""

PLOTLY = f"/live/plotly-{plotly.__version__}.min.js"
"""plotly.js comes from the installed package: a classroom may have no internet."""

READOUTS = {
    "step": (N_("Training step"), N_("How many times the weights were changed; each change looks at one batch.")),
    "loss": (N_("Training loss"), N_("How wrong the answers to the newest training batch were, before its change.")),
    "validation": (N_("Validation loss"), N_("How wrong the answers are on a fixed batch it is never trained on.")),
    "norm": (N_("Gradient norm"), N_("The length of the gradient of all weights together, in the newest step.")),
    "clipped": (N_("After clipping"), N_("That length after clipping shortened the gradient to the chosen limit.")),
    "learning_rate": (N_("Learning rate"), N_("The one the network is trained with now.")),
    "parameters": (N_("Parameters"), N_("How many weights and biases are trained, the read-out's included.")),
    "rate": (N_("Steps/second"), N_("Training steps made per second.")),
}
"""The numbers beside the pictures: label, and what it is."""

_COMPONENT = component(
    "rnnviz_live",
    **{kind: Path(__file__).with_name(f"live.{kind}").read_text() for kind in ("html", "css", "js")},
    isolate_styles=False,  # plotly.js styles its buttons and labels from the document's head
)


class Preload:
    """ASGI middleware: tells a browser that opens a page to fetch plotly.js at once, not when it first draws."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as the app does, with a header that names plotly.js if it is a page."""

        async def with_hint(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("Link", f"<{PLOTLY}>; rel=preload; as=script")
            await send(message)

        await self._app(scope, receive, with_hint if scope["type"] == "http" else send)


def pictures(run: Run, view: View, stopped: bool) -> None:
    """Show the run's live pictures and numbers, as `view` says."""
    run.look(view)
    _COMPONENT(
        key="live",
        data={
            "socket": f"/live/frames/{run.token}",
            "plotly": PLOTLY,
            "interval": 1000 / UPDATES_PER_SECOND,
            "pictures": [{"name": name, "title": _(p.title), "alt": _(p.alt)} for name, p in PICTURES.items()],
            "readouts": {name: [_(label), _(help)] for name, (label, help) in READOUTS.items()},
            "stopped": stopped,
            "words": {
                "lost": _("The connection to the server is lost; trying again."),
                "waiting": _("The network is being built ..."),
            },
        },
        on_gone_change=lambda: None,
        on_stopped_change=lambda: None,
    )


async def _plotly(_request: Request) -> FileResponse:
    file = Path(str(plotly.__file__)).parent / "package_data" / "plotly.min.js"
    return FileResponse(file, headers={"Cache-Control": "public, max-age=31536000, immutable"})


async def _frames(socket: WebSocket) -> None:
    """Answer each request {"seen": frame number, "key": what the figures on screen were drawn for} with a frame."""
    if not _same_origin(socket):
        await socket.close(1008)
        return
    await socket.accept()
    try:
        while run := pool().find(socket.path_params["token"]):
            seen, shown = await _asked(socket)
            began = monotonic()
            frame = await _next(run, seen, shown)
            await socket.send_text(json.dumps(render(frame, run, shown) if frame else {}, allow_nan=False))
            del run  # an open socket must not keep a run whose session has ended
            await asyncio.sleep(max(0.0, began + SHORTEST_INTERVAL - monotonic()))
        await socket.close(UNKNOWN)
    except WebSocketDisconnect:
        pass  # the visitor left


async def _asked(socket: WebSocket) -> tuple[int, str]:
    """Read a browser's request. Raises WebSocketDisconnect for what this page's script never sends."""
    try:
        text = await socket.receive_text()
        request = json.loads(text[:LONGEST_REQUEST])
        return int(request["seen"]), str(request["key"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise WebSocketDisconnect from error


async def _next(run: Run, seen: int, shown: str) -> Frame | None:
    """Return the newest frame if it is not what the browser shows, else wait for the next."""
    frame = run.frame
    if frame and frame.snapshot and _key(frame, run.view) != shown:
        return frame
    return await run.next_frame(seen, PATIENCE)


def render(frame: Frame, run: Run, shown: str) -> dict[str, Any]:
    """Return what the browser shows of `frame`: words, and for each picture its figure, or what changed in it."""
    experiment, snapshot, view = frame.orders.experiment, frame.snapshot, run.view
    message: dict[str, Any] = {
        "seen": frame.version,
        "key": _key(frame, view) if snapshot else shown,
        "playing": frame.playing,
        "stopped": frame.problem is not None,
        "words": _words(frame, run),
    }
    if snapshot is None:
        return message
    if message["key"] == shown:
        message["arrays"] = {
            name: [{attribute: _plain(value) for attribute, value in trace.items()} for trace in traces]
            for name, traces in ((n, p.arrays(snapshot, view, experiment)) for n, p in PICTURES.items())
        }
    else:
        message["figures"] = {
            name: {
                **p.figure(snapshot, view, experiment).to_plotly_json(),
                "sentence": p.sentence(snapshot, view, experiment),
            }
            for name, p in PICTURES.items()
        }
        message["figures"] = _plain(message["figures"])
    return message


def _key(frame: Frame, view: View) -> str:
    """Say what the figures depend on beside their arrays."""
    assert frame.snapshot
    return repr(key(frame.snapshot, view, frame.orders.experiment))


def _words(frame: Frame, run: Run) -> dict[str, str]:
    experiment, snapshot = frame.orders.experiment, frame.snapshot
    words = dict.fromkeys([*READOUTS, "diagnosis", "advice", "prediction_note", "loss_note", "problem", "notice"], "")
    words["notice"] = run.notice or ""
    if frame.problem:
        words["problem"] = frame.problem.sentence or " ".join(
            (
                describe_divergence(frame.problem.step, frame.problem.quantity, experiment),
                _("The pictures are the last good ones. Press Reset to start again."),
            )
        )
    if snapshot is None:
        return words
    diagnosis = None if frame.problem else diagnose(snapshot, experiment)
    gradients = snapshot.gradients
    return words | {
        "step": f"{snapshot.step:,}",
        "loss": short(snapshot.loss, 3),
        "validation": short(snapshot.validation_loss, 3),
        "norm": short(gradients.norm, 3),
        "clipped": short(gradients.clipped_norm, 3) if experiment.clip_norm else _("off"),
        "learning_rate": short(experiment.learning_rate, 3),
        "parameters": f"{snapshot.parameters:,}",
        "rate": _("stopped") if frame.problem else short(frame.steps_per_second, 3) if frame.playing else _("paused"),
        "diagnosis": diagnosis.sentence if diagnosis else "",
        "advice": diagnosis.advice if diagnosis else "",
        "prediction_note": _about_forecast(frame, experiment),
        "loss_note": ""
        if snapshot.accuracy is None
        else _("Right answers on the validation batch: {share:.0%}.").format(share=snapshot.accuracy),
    }


def _about_forecast(frame: Frame, experiment: Experiment) -> str:
    assert frame.snapshot
    task = TASKS[experiment.task]
    if frame.snapshot.forecast:
        return forecast_sentence(frame.snapshot.forecast, _(task.unit))
    if task.forecasts:
        return _("No forecast: a bidirectional network reads the sequence backwards too, and so has seen the answer.")
    return ""


def _plain(value: Any) -> Any:
    """Return `value` as JSON can hold it; arrays as plotly.js reads them, so NaN and infinity need no word in JSON."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        value = value.astype(np.float64) if value.dtype == np.int64 else value  # JavaScript has no int64 arrays
        shape = ", ".join(map(str, value.shape))
        return {"dtype": f"{value.dtype.kind}{value.dtype.itemsize}", "bdata": _base64(value), "shape": shape}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value.item() if isinstance(value, np.generic) else value


def _base64(array: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).data).decode()


def _same_origin(socket: WebSocket) -> bool:
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")


ROUTES = [Route(PLOTLY, _plotly), WebSocketRoute("/live/frames/{token}", _frames)]
"""What the server answers beside Streamlit's own pages."""
