"""The bench's pictures, on top of them the network's own graph, unrolled over the same columns."""

from dataclasses import dataclass, replace
from typing import Any

from rnnviz.graph.unrolled import Graph, unroll
from rnnviz.language import N_, say, sentences, template
from rnnviz.runs.messages import Frame
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.ui import scripts
from rnnviz.ui.graph.described import described, structure
from rnnviz.ui.graph.seen import NEEDS, numbers, told
from rnnviz.ui.live.board import Board
from rnnviz.ui.live.frames import Asked
from rnnviz.wanted import Wanted

MARKS = 16
"""Units of whose numbers there is room in a column."""
WORDS = {"title": N_("Network"), "fold": N_("Hide"), "unfold": N_("Show the network")}
KEY = template("Edges: the gradient going back, {largest} (wide) to {least}.")
HELP = N_(
    "The network, unrolled: each column is a time step. A cell of colour is a number of its x_t, h_t or y_t: blue "
    "below 0, white at 0, red above. An edge, or where columns are narrow the bar below a state, is as wide as the "
    "norm of the gradient that goes back there, on a log scale; dotted or grey below the floor of float32. Click a "
    "node to look inside the cell."
)
DECODER = N_("This is the decoder alone: the encoder has time steps of its own, which the page “Unrolled graph” shows.")

COMPONENT = scripts.component(
    "bench",
    "bench/bench.js",
    ("live/glossary.css", "live/live.css", "graph/unrolled.css", "graph/stave.css"),
    html="live/live.html",
)


def over_time(graph: Graph) -> Graph:
    """Return what of a graph stands in the columns of the time steps: no starts, no losses, no encoder."""
    kept = tuple(node for node in graph.nodes if node.kind not in ("h_0", "loss") and not node.encoder)
    there = set(kept)
    edges = tuple(edge for edge in graph.edges if edge.source in there and edge.target in there)
    return replace(graph, nodes=kept, edges=edges, source_steps=0, source_directions=0)


@dataclass(frozen=True)
class Score(Board):
    """Live pictures, and the graph of the network that is seen in them."""

    def wanted(self, asked: Asked, experiment: Experiment) -> Wanted:
        """See Board.wanted."""
        found = super().wanted(asked, experiment)
        return found if asked.graph is None else replace(found, needs=found.needs | NEEDS, opened=asked.opened)

    def render(self, frame: Frame, run: Run, asked: Asked) -> dict[str, Any]:
        """See Board.render; of the graph, its numbers, and once all that stays."""
        message, experiment, snapshot = super().render(frame, run, asked), frame.orders.experiment, frame.snapshot
        if asked.graph is None or snapshot is None:
            return message
        message["words"] |= told(snapshot, experiment)
        message["graph"] = {"key": structure(experiment), **numbers(snapshot, experiment, MARKS)}
        if asked.graph != structure(experiment):
            message["graph"]["network"] = graph(experiment)
        return message

    def _outdated(self, frame: Frame, asked: Asked) -> bool:
        another = asked.graph is not None and asked.graph != structure(frame.orders.experiment)
        return super()._outdated(frame, asked) or (another and frame.snapshot is not None)


def graph(experiment: Experiment) -> dict[str, Any]:
    """Return what is drawn of an experiment's network over its time steps, and said of that."""
    found = described(experiment, drawn=over_time(unroll(experiment)))
    words = sentences(HELP, DECODER if TASKS[experiment.task].source_vocabulary else "")
    return found | {"text": found["text"] | {"flow": say(KEY), "help": say(words)}}


def words() -> dict[str, str]:
    """Return what stands beside the graph whatever the network."""
    return {name: say(word) for name, word in WORDS.items()}
