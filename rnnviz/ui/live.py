"""The live pictures of the bench: a component that draws them once, and what it is sent of each frame."""

from pathlib import Path
from typing import Any

import plotly
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rnnviz.diagnosis import diagnose, forecast_sentence, short
from rnnviz.experiment import Experiment
from rnnviz.plots import PICTURES, key
from rnnviz.tasks import TASKS
from rnnviz.text import N_, _
from rnnviz.ui.frames import Asked, feed, frames_route, live_component, plain, warnings
from rnnviz.view import View
from rnnviz.workers.messages import Frame
from rnnviz.workers.pool import Run

PATH = "/live/frames"
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

_COMPONENT = live_component("live")


class Preload:
    """ASGI middleware: tells a browser that opens a page to fetch plotly.js at once, not when it first draws."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as the app does, with a header that names plotly.js if it is a page."""

        async def with_hint(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["path"] == "/" and headers.get("content-type", "").startswith("text/html"):
                    headers.append("Link", f"<{PLOTLY}>; rel=preload; as=script")
            await send(message)

        await self._app(scope, receive, with_hint if scope["type"] == "http" else send)


def pictures(run: Run, view: View, stopped: bool) -> None:
    """Show the run's live pictures and numbers, as `view` says."""
    run.look(view)
    _COMPONENT(
        key="live",
        data={
            **feed(run, PATH, stopped),
            "plotly": PLOTLY,
            "pictures": [{"name": name, "title": _(p.title), "alt": _(p.alt)} for name, p in PICTURES.items()],
            "readouts": {name: [_(label), _(help)] for name, (label, help) in READOUTS.items()},
        },
        on_gone_change=lambda: None,
        on_stopped_change=lambda: None,
    )


async def _plotly(_request: Request) -> FileResponse:
    file = Path(str(plotly.__file__)).parent / "package_data" / "plotly.min.js"
    return FileResponse(file, headers={"Cache-Control": "public, max-age=31536000, immutable"})


def render(frame: Frame, run: Run, asked: Asked) -> dict[str, Any]:
    """Return what the browser shows of `frame`: words, and for each picture its figure, or what changed in it."""
    experiment, snapshot, view = frame.orders.experiment, frame.snapshot, run.view
    message: dict[str, Any] = {
        "seen": frame.version,
        "key": _key(frame, view) if snapshot else asked.key,
        "playing": frame.playing,
        "stopped": frame.problem is not None,
        "words": _words(frame, run),
    }
    if snapshot is None:
        return message
    if message["key"] == asked.key:
        message["arrays"] = {
            name: [{attribute: plain(value) for attribute, value in trace.items()} for trace in traces]
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
        message["figures"] = plain(message["figures"])
    return message


def _key(frame: Frame, view: View) -> str:
    """Say what the figures depend on beside their arrays."""
    assert frame.snapshot
    return repr(key(frame.snapshot, view, frame.orders.experiment))


def _words(frame: Frame, run: Run) -> dict[str, str]:
    experiment, snapshot = frame.orders.experiment, frame.snapshot
    words = dict.fromkeys([*READOUTS, "diagnosis", "advice", "prediction_note", "loss_note"], "") | warnings(frame, run)
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


def _outdated(frame: Frame, run: Run, asked: Asked) -> bool:
    return frame.snapshot is not None and _key(frame, run.view) != asked.key


ROUTES = [Route(PLOTLY, _plotly), frames_route(PATH, render, _outdated)]
"""What the server answers beside Streamlit's own pages."""
