"""Long short-term memory, with a forget gate; and what its kinds share with it."""

from rnnviz.cells.cell import Cell, Step, Sum, Wiring
from rnnviz.language import N_

INPUT, FORGET = N_("input gate"), N_("forget gate")
LETS_IN = N_("input gate: how much of the new is let in")
FORGETS = N_("forget gate: how much of the old cell state stays")
G = Sum(name="g", function="tanh", gate=N_("cell input"), does=N_("the new, as proposed"))
C = Step(name="c", expression="f * c_before + i * g", does=N_("the new cell state"))
OUTPUT, SHOWS = N_("output gate"), N_("output gate: how much of the cell state shows")
H = Step(name="h", expression="o * tanh(c)", does=N_("the new hidden state"))

CELL = Cell(
    name="lstm",
    label="LSTM",
    help=N_("A cell state c_t beside h_t, on which a forget gate is all that a gradient meets on its way back."),
    source=(
        "Hochreiter and Schmidhuber, Long Short-Term Memory, 1997; the forget gate: Gers, Schmidhuber and Cummins, "
        "Learning to Forget, 2000"
    ),
    torch="LSTM",
    equations=(
        Sum(name="i", function="sigmoid", gate=INPUT, does=LETS_IN),
        Sum(name="f", function="sigmoid", gate=FORGET, does=FORGETS),
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
            *("M30 50 H144", "M176 50 H304", "M336 50 H610", "M30 280 H520", "M160 280 V243", "M160 207 V66"),
            *("M260 280 V243", "M260 207 V150 H304", "M360 280 V243", "M360 207 V150 H336", "M320 134 V66"),
            *("M480 280 V243", "M480 207 V166", "M480 50 V77", "M480 113 V134", "M496 150 H610"),
        ),
        rounds=(("×", 160, 50), ("+", 320, 50), ("×", 320, 150), ("×", 480, 150)),
        boxes=(("σ", 160, 225), ("σ", 260, 225), ("tanh", 360, 225), ("σ", 480, 225), ("tanh", 480, 95)),
        values=(
            ("c_before", "c_{t-1}", 60, 28),
            ("h_before", "h_{t-1}", 60, 256),
            ("x", "x", 60, 304),
            ("f", "f_t", 122, 180),
            ("i", "i_t", 228, 180),
            ("g", "g_t", 400, 180),
            ("o", "o_t", 524, 180),
            ("c", "c_t", 570, 28),
            ("tanh_c", "tanh c_t", 566, 82),
            ("h", "h_t", 596, 126),
        ),
    ),
)
