"""The plain recurrent cell."""

from rnnviz.cells.cell import Cell, Sum, Wiring
from rnnviz.language import N_

CELL = Cell(
    name="rnn",
    label="RNN",
    help=N_(
        "The plain cell: one sum and one function. On its way back the gradient meets W_hh at every step, and tends to "
        "vanish or explode."
    ),
    source="Elman, Finding Structure in Time, 1990",
    torch="RNN",
    equations=(Sum(name="h", function="f", rows="", does=N_("the new hidden state")),),
    wiring=Wiring(
        size=(480, 200),
        wires=("M30 120 H144", "M160 185 V136", "M176 120 H264", "M316 120 H450", "M380 120 V30"),
        rounds=(("+", 160, 120),),
        boxes=(("f", 290, 120),),
        weights=(("hh", 116, 140), ("ih", 140, 164)),
        values=(
            ("h_before", "h_{t-1}", 62, 98),
            ("x", "x", 192, 172),
            ("a", "a_t", 222, 98),
            ("h", "h_t", 430, 98),
            ("h", "h_t", 412, 40),
        ),
    ),
)
