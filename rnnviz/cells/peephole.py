"""An LSTM whose gates see the cell state."""

from rnnviz.cells.cell import Cell, Sum, Wiring
from rnnviz.cells.lstm import CELL as LSTM
from rnnviz.cells.lstm import FORGET, FORGETS, INPUT, LETS_IN, OUTPUT, SHOWS, C, G, H
from rnnviz.language import N_

CELL = Cell(
    name="peephole",
    label=N_("LSTM with peepholes"),
    help=N_(
        "An LSTM whose gates also look at the cell state, each unit at its own: they know what is stored even while "
        "the output gate hides it, which helps to count and to time."
    ),
    source="Gers and Schmidhuber, Recurrent Nets that Time and Count, 2000",
    equations=(
        Sum(name="i", function="sigmoid", sees="c_before", gate=INPUT, does=LETS_IN),
        Sum(name="f", function="sigmoid", sees="c_before", gate=FORGET, does=FORGETS),
        G,
        C,
        Sum(name="o", function="sigmoid", sees="c", gate=OUTPUT, does=SHOWS),
        H,
    ),
    states=("h", "c"),
    keeps="f",
    proposes="g",
    wiring=Wiring(
        size=LSTM.wiring.size,
        # c_(t-1) comes down to f and i, c_t to o
        wires=(*LSTM.wiring.wires, "M94 50 V225 H134", "M94 225 V262 H212 V225 H234", "M436 50 V225 H454"),
        rounds=LSTM.wiring.rounds,
        boxes=LSTM.wiring.boxes,
        values=LSTM.wiring.values,
    ),
)
