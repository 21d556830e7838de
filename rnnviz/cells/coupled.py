"""An LSTM that forgets exactly what it lets in."""

from rnnviz.cells.cell import Cell, Step, Sum, Wiring
from rnnviz.cells.lstm import FORGET, FORGETS, INPUT, LETS_IN, OUTPUT, SHOWS, C, G, H
from rnnviz.language import N_

CELL = Cell(
    name="coupled",
    label=N_("LSTM, coupled gates"),
    help=N_(
        "An LSTM that forgets exactly as much as it lets in, f_t = 1 - i_t: a quarter fewer weights, and mostly no "
        "worse. It has no forget-gate bias of its own."
    ),
    source="Greff et al., LSTM: A Search Space Odyssey, arXiv:1503.04069 (CIFG)",
    equations=(
        Sum(name="i", function="sigmoid", gate=INPUT, does=LETS_IN),
        Step(name="f", expression="1 - i", gate=FORGET, does=FORGETS),
        G,
        Sum(name="o", function="sigmoid", gate=OUTPUT, does=SHOWS),
        C,
        H,
    ),
    states=("h", "c"),
    keeps="f",
    proposes="g",
    wiring=Wiring(
        size=(640, 324),
        wires=(
            *("M30 50 H144", "M176 50 H304", "M336 50 H610", "M30 280 H520", "M260 150 H186", "M160 132 V66"),
            *("M260 280 V243", "M260 207 V150 H304", "M360 280 V243", "M360 207 V150 H336", "M320 134 V66"),
            *("M480 280 V243", "M480 207 V166", "M480 50 V77", "M480 113 V134", "M496 150 H610"),
        ),
        rounds=(("×", 160, 50), ("+", 320, 50), ("×", 320, 150), ("×", 480, 150)),
        boxes=(("1−", 160, 150), ("σ", 260, 225), ("tanh", 360, 225), ("σ", 480, 225), ("tanh", 480, 95)),
        values=(
            ("c_before", "c_{t-1}", 60, 28),
            ("h_before", "h_{t-1}", 60, 256),
            ("x", "x", 60, 304),
            ("f", "f_t", 122, 88),
            ("i", "i_t", 228, 180),
            ("g", "g_t", 400, 180),
            ("o", "o_t", 524, 180),
            ("c", "c_t", 570, 28),
            ("tanh_c", "tanh c_t", 566, 82),
            ("h", "h_t", 596, 126),
        ),
    ),
)
