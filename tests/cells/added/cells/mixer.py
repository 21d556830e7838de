"""A cell nobody has: one gate mixes c_t, and the proposal sees the input and, through a diagonal, the cell state."""

from rnnviz.cells.cell import Cell, Step, Sum, Wiring
from rnnviz.language import N_

CELL = Cell(
    name="mixer",
    label="Mixer",
    help=N_("A cell made up to see what a new one touches."),
    source="tests/cells/added",
    equations=(
        Sum(name="q", function="sigmoid", gate=N_("mixing gate"), does=N_("mixing gate: how much stays")),
        Sum(name="u", function="tanh", reads="x", sees="c_before", gate=N_("mixed in"), does=N_("what is mixed in")),
        Step(name="c", expression="q * c_before + (1 - q) * u", does=N_("the new cell state")),
        Step(name="h", expression="tanh(c)", does=N_("the new hidden state")),
    ),
    states=("h", "c"),
    keeps="q",
    proposes="u",
    wiring=Wiring(
        size=(300, 100),
        wires=("M10 50 H120", "M150 50 H290"),
        boxes=(("tanh", 135, 50),),
        values=(("h_before", "h_{t-1}", 40, 30), ("x", "x", 40, 90), ("h", "h_t", 260, 30)),
    ),
)
