"""Data to Plotly figures: the pictures of a running network, by name and in the page's order."""

from rnnviz.plots.alignment import ALIGNMENT
from rnnviz.plots.answer import ANSWER
from rnnviz.plots.causes import DERIVATIVE, JACOBIAN
from rnnviz.plots.distances import DISTANCES
from rnnviz.plots.exactness import LENGTHS, POSITIONS
from rnnviz.plots.forecast import FORECAST
from rnnviz.plots.gradients import GRADIENTS
from rnnviz.plots.input import INPUT
from rnnviz.plots.likeliest import LIKELIEST
from rnnviz.plots.loss import LOSS
from rnnviz.plots.memory import FACTORS, MEMORY
from rnnviz.plots.paths import ATTENTION_PATH, STATE_PATH
from rnnviz.plots.picture import Arrays, Picture
from rnnviz.plots.prediction import PREDICTION
from rnnviz.plots.race.answers import ANSWERS
from rnnviz.plots.race.losses import LOSSES
from rnnviz.plots.race.maps import MAPS
from rnnviz.plots.race.memories import MEMORIES
from rnnviz.plots.race.profiles import PROFILES
from rnnviz.plots.shares import DISTANCE, SHARES, TRAINING
from rnnviz.plots.source import ENCODER, ENCODER_GRADIENTS
from rnnviz.plots.states import STATES_PICTURE, available_states, shown_states

SCORE: dict[str, Picture] = {p.name: p for p in (INPUT, PREDICTION, STATES_PICTURE, GRADIENTS)}
"""Those over the time steps, from top to bottom: see score.py."""

PICTURES: dict[str, Picture] = SCORE | {p.name: p for p in (LOSS, ENCODER, ENCODER_GRADIENTS, FORECAST, DISTANCES)}
"""The bench's."""

PATHS: dict[str, Picture] = {p.name: p for p in (STATE_PATH, ATTENTION_PATH)}
"""What each loss asks of a source."""

LAB: dict[str, Picture] = {
    p.name: p for p in (GRADIENTS, MEMORY, *PATHS.values(), SHARES, DISTANCE, FACTORS, DERIVATIVE, JACOBIAN, TRAINING)
}
"""The gradient lab's."""

WORDS: dict[str, Picture] = {p.name: p for p in (ANSWER,)}
"""The page of words'."""

WRITING: dict[str, Picture] = {p.name: p for p in (LIKELIEST,)}
"""Of what a network writes."""

PAIRS: dict[str, Picture] = {p.name: p for p in (ALIGNMENT, LOSS)}
"""Of two sequences, while it learns."""

EXACTNESS: dict[str, Picture] = {p.name: p for p in (LENGTHS, POSITIONS)}
"""How much of them is written right."""

RACE: dict[str, Picture] = {p.name: p for p in (LOSSES, ANSWERS, PROFILES, MEMORIES, *MAPS)}
"""Of all networks of a race."""


__all__ = [
    "EXACTNESS",
    "LAB",
    "PAIRS",
    "PATHS",
    "PICTURES",
    "RACE",
    "SCORE",
    "WORDS",
    "WRITING",
    "Arrays",
    "Picture",
    "available_states",
    "shown_states",
]
