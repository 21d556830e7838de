"""Live pictures: a component that draws them once, and what it is sent of each frame."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import plotly.graph_objects as go
from starlette.routing import WebSocketRoute

from rnnviz.diagnosis import NEEDS, diagnose
from rnnviz.language import N_, Message, Text, reader, say, short, template
from rnnviz.plots import Picture
from rnnviz.plots.needs import wanted
from rnnviz.plots.projector import enlarged
from rnnviz.plots.score import beside, stave
from rnnviz.runs.messages import Frame
from rnnviz.runs.run import Run
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Part, Snapshot
from rnnviz.tasks import TASKS
from rnnviz.ui import scripts
from rnnviz.ui.live.frames import LAST_GOOD, Asked, feed, frames_route, warnings
from rnnviz.ui.shell.glossary import glossary
from rnnviz.wanted import Wanted

READOUTS = {
    "step": (N_("Training step"), N_("How many times the weights were changed; each change looks at one batch.")),
    "loss": (N_("Training loss"), N_("How wrong the answers to the newest training batch were, before its change.")),
    "validation": (
        N_("Validation"),
        N_("How wrong the answers are on a fixed batch, held out from training unless it is to be learned by heart."),
    ),
    "norm": (N_("Gradient"), N_("The length of the gradient of all weights together, in the newest step.")),
    "clipped": (N_("Clipped to"), N_("That length after clipping shortened the gradient to the chosen limit.")),
    "learning_rate": (N_("Learning rate"), N_("The one the network is trained with now.")),
    "parameters": (N_("Parameters"), N_("How many weights and biases are trained, the read-out's included.")),
    "rate": (N_("Steps/second"), N_("Training steps made per second.")),
}
"""The numbers beside pictures: label, and what it is."""
NOTES = (
    "diagnosis",
    "advice",
    "forecast_note",
    "loss_note",
    "memory_note",
    "distance_note",
    "factors_note",
    "embedding_note",
    "gradients_note",
    "positions_note",
)
"""What else may be said beside and under pictures."""

NOT_THEN = "–"
"""In the place of a number that is known of now alone, at a moment of the past."""

VALUES = {
    "values": N_("Values as text"),
    "values_of": template("{picture}: values as text"),
    "values_at": template("{picture}. Training step {step}"),
    "some": N_("Some of the rows and columns, evenly spread; the first and the last are among them."),
    "value": N_("value"),
    "save": N_("Save as a picture"),
    "close": N_("Close"),
}
"""What is said around the values of a picture."""

MOST_LAID = 128
"""Pictures that are kept laid out, of some 20 kB each."""

_COMPONENT = scripts.component("live", "live/live.js", ("live/glossary.css", "live/live.css"))


@dataclass(frozen=True)
class Board:
    """Live pictures that belong together, and the numbers beside them."""

    name: str
    pictures: dict[str, Picture]
    readouts: Mapping[str, tuple[Message, Message]]
    """The numbers: label, and what it is."""
    words: Callable[[Frame, Snapshot], dict[str, Text]]
    """The readouts' values, and what there is to say under the pictures."""
    needs: tuple[Part, ...] = NEEDS
    """What the words need, beside what the pictures do."""
    staves: Mapping[str, float] = field(default_factory=dict)
    """Which pictures stand one above the other as a score, the others beside them; and each one's share of the height,
    which is the window's. None: all stand in columns, and the page is as long as it has to be."""
    stopped: Message = LAST_GOOD
    """What the pictures are when the network has stopped by itself."""
    component: Callable[..., Any] = _COMPONENT
    """What draws them."""
    waits: bool = False
    """Whether a frame a second will do while nobody sees them: the worker is for what is in the window, then."""

    together: bool = False
    """Whether its pictures show all networks of a race: then their scene has the others too."""
    follows: bool = False
    """Whether what is looked into is at the cursor's time step, once that is pinned."""
    _laid: dict[Hashable, dict[str, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The newest pictures that were laid out, of no visitor's own data: plotly takes ten milliseconds each, in which
    everybody waits, and a class opens the same page at once."""

    def show(self, run: Run, view: View, stopped: bool, **more: Any) -> None:
        """Show the run's live pictures and numbers, as `view` says; more: what else the component has to know."""
        self.component(
            key=self.name,
            data={
                **feed(run, self._path, stopped, view),
                "plotly": f".{scripts.PLOTLY}",
                "glossary": glossary(),
                "text": {name: say(words) for name, words in VALUES.items()},
                "pictures": [
                    {
                        "name": name,
                        "title": say(p.title),
                        "alt": say(p.alt),
                        "share": self.staves.get(name),
                        "hidden": not _there(p, run.orders.experiments),
                    }
                    for name, p in self.pictures.items()
                ],
                "readouts": {name: [say(label), say(help)] for name, (label, help) in self.readouts.items()},
                "waits": self.waits,
                "ghosts": self.ghosts,
                "follows": self.follows,
                **more,
            },
            on_gone_change=lambda: None,
            on_stopped_change=lambda: None,
        )

    @property
    def ghosts(self) -> bool:
        """Whether a second moment is seen in any of its pictures."""
        return any(picture.ghosts for picture in self.pictures.values())

    @property
    def route(self) -> WebSocketRoute:
        """What feeds the pictures."""
        return frames_route(
            self._path,
            self.render,
            self.wanted,
            outdated=self._outdated,
        )

    def wanted(self, asked: Asked, experiment: Experiment) -> Wanted:
        """Return what a frame has to show."""
        return wanted(self.pictures, asked.view, experiment, self.needs, together=self.together)

    def render(self, frame: Frame, run: Run, asked: Asked) -> dict[str, Any]:
        """Return what the browser shows of `frame`: words, and for each picture its figure, or what changed in it."""
        experiments, snapshot, view = frame.orders.experiments, frame.snapshot, asked.view
        message: dict[str, Any] = {
            "seen": frame.version,
            "key": asked.key,
            "playing": frame.playing,
            "stopped": frame.problem is not None,
            "hidden": [name for name, picture in self.pictures.items() if not _there(picture, experiments)],
            "words": dict.fromkeys([*self.readouts, *NOTES], "") | warnings(frame, run, self.stopped),
        }
        if snapshot is None:
            return message
        message["words"] |= self.words(frame, snapshot)
        scene = scene_of(frame, snapshot, view)
        pictures, message["key"] = self._drawn(scene), self._key(scene)
        if message["key"] == asked.key:
            message["arrays"] = {name: p.arrays(scene) for name, p in pictures.items() if not p.still}
        else:
            message["figures"] = {
                name: {
                    **(enlarged if view.projector else dict)(self._figure(picture, scene)),
                    "caption": picture.caption and picture.caption(scene),
                    "sentence": picture.sentence(scene),
                }
                for name, picture in pictures.items()
            }
        return message

    def _outdated(self, frame: Frame, asked: Asked) -> bool:
        snapshot = frame.snapshot
        return bool(snapshot) and self._key(scene_of(frame, snapshot, asked.view)) != asked.key

    def _drawn(self, scene: Scene) -> dict[str, Picture]:
        """Return the pictures there is something to draw of."""
        return {
            name: picture
            for name, picture in self.pictures.items()
            if _there(picture, [lane.experiment for lane in scene.lanes])
            and set(picture.needs) <= scene.snapshot.parts.keys()
        }

    def _figure(self, picture: Picture, scene: Scene) -> dict[str, Any]:
        """Return what a picture is drawn from: laid out once for all who look at the same networks in the same way,
        and filled with the arrays of each."""
        experiments = tuple(lane.experiment for lane in scene.lanes)
        if scene.then or any(experiment.series or experiment.corpus for experiment in experiments):
            return _parts(self._laid_out(picture, scene))
        key = (picture.depends(scene), experiments, scene.by_time, scene.view, reader.get().code)
        arrays = picture.arrays(scene)
        if (laid := self._laid.get(key)) is None:
            laid = _parts(self._laid_out(picture, scene))
            empty = [dict.fromkeys(own) for own in arrays]
            laid = self._laid[key] = laid | {"data": _all_filled(laid["data"], empty)}
            while len(self._laid) > MOST_LAID:
                del self._laid[next(iter(self._laid))]
        return laid | {"data": _all_filled(laid["data"], arrays)}

    def _laid_out(self, picture: Picture, scene: Scene) -> go.Figure:
        if not self.staves:
            return picture.figure(scene)
        if picture.name not in self.staves:
            return beside(picture, scene)
        return stave(picture, scene, lowest=picture.name == [*self.staves][-1])

    @property
    def _path(self) -> str:
        return f"/live/{self.name}"

    def _key(self, scene: Scene) -> str:
        """Say what the figures depend on beside their arrays."""
        depends = [picture.depends(scene) for picture in self._drawn(scene).values()]
        return repr((depends, scene.view.projector, reader.get().code))


def _parts(figure: Any) -> dict[str, Any]:
    """Return what a figure is drawn from. Its own `to_plotly_json` would write the arrays as text."""
    traces, layout = figure.data, figure.layout
    return {"data": [trace.to_plotly_json() for trace in traces], "layout": layout.to_plotly_json()}


def _all_filled(traces: Sequence[dict[str, Any]], arrays: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_filled(trace, own) for trace, own in zip(traces, arrays, strict=True)]


def _filled(trace: dict[str, Any], arrays: dict[str, Any]) -> dict[str, Any]:
    """Return a trace with other arrays, by plotly.js's names, such as "marker.color"."""
    for name, value in arrays.items():
        outer, _, inner = name.partition(".")
        trace = trace | {outer: _filled(trace.get(outer, {}), {inner: value}) if inner else value}
    return trace


def scene_of(frame: Frame, snapshot: Snapshot, view: View) -> Scene:
    """Return what a frame shows of all networks of a race, or of the first alone where only that was asked for."""
    if not frame.lanes:
        then = Scene(frame.orders.experiment, frame.then, view) if frame.then else None
        return Scene(frame.orders.experiment, snapshot, view, then=then)
    first, *others = (
        Scene(
            experiment,
            lane.snapshot,
            view,
            lane.seconds,
            diverged=lane.problem.step if lane.problem else 0,
        )
        for experiment, lane in zip(frame.orders.experiments, frame.lanes, strict=True)
    )
    return replace(first, snapshot=snapshot, others=tuple(others), by_time=frame.orders.by_time)


def _there(picture: Picture, experiments: Sequence[Experiment]) -> bool:
    """Say whether there is anything to see in a picture of these networks."""
    return picture.lane < len(experiments) and picture.shown(experiments[0])


def numbers(frame: Frame, snapshot: Snapshot) -> dict[str, Text]:
    """Return the values of READOUTS, and the diagnosis."""
    experiment, gradients = frame.orders.experiment, snapshot.gradients
    told = TASKS[experiment.task].told
    clips = experiment.clip_norm or gradients.clipped_norm < gradients.norm  # it may have been switched off since then
    diagnosis = None if frame.problem and not frame.past else diagnose(snapshot, experiment)
    return {
        "step": f"{snapshot.step:,}",
        "loss": short(told(snapshot.loss), 3),
        "validation": short(told(snapshot.validation_loss), 3),
        "norm": short(gradients.norm, 3),
        "clipped": short(gradients.clipped_norm, 3) if clips else N_("off"),
        "learning_rate": NOT_THEN if frame.past else short(experiment.learning_rate, 3),
        "parameters": f"{snapshot.parameters:,}",
        "rate": rate(frame),
        "kind": diagnosis.kind if diagnosis else "",
        "diagnosis": diagnosis.sentence if diagnosis else "",
        "advice": diagnosis.advice if diagnosis else "",
    }


def rate(frame: Frame) -> Text:
    """Return how many training steps are made a second, or why none."""
    if frame.past:
        return NOT_THEN
    return N_("stopped") if frame.problem else short(frame.steps_per_second, 3) if frame.playing else N_("paused")
