"""What a trained network looks like at one moment: NumPy arrays with stated axes, and nothing that runs."""

from rnnviz.snapshot.analysis import Analysis, Factors, Lens, Memory, Shares
from rnnviz.snapshot.arrays import Array, Indices
from rnnviz.snapshot.embedding import Embedding
from rnnviz.snapshot.learning import Baseline, Curve, Distances, Forecast, History, Lows, to_beat
from rnnviz.snapshot.pairs import Asking, Decoding, Exactness, Found, Line, Paths, Source, Sums, Touch, Tree
from rnnviz.snapshot.probe import Attended, Flow, Gradients, Inside, Opened, Padding, Trace
from rnnviz.snapshot.reading import Passage, Passages, Reading
from rnnviz.snapshot.snapshot import Part, Snapshot, Unseen
from rnnviz.snapshot.writing import Draft, Writing

__all__ = [
    "Analysis",
    "Array",
    "Asking",
    "Attended",
    "Baseline",
    "Curve",
    "Decoding",
    "Distances",
    "Draft",
    "Embedding",
    "Exactness",
    "Factors",
    "Flow",
    "Forecast",
    "Found",
    "Gradients",
    "History",
    "Indices",
    "Inside",
    "Lens",
    "Line",
    "Lows",
    "Memory",
    "Opened",
    "Padding",
    "Part",
    "Passage",
    "Passages",
    "Paths",
    "Reading",
    "Shares",
    "Snapshot",
    "Source",
    "Sums",
    "Touch",
    "Trace",
    "Tree",
    "Unseen",
    "Writing",
    "to_beat",
]
